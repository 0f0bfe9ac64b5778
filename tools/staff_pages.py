"""Picture every page of curators and administrators, to be looked at.

    python -m tools.staff_pages

Serves the museum of ``python -m tools.screenshots``, and looks at each page that the
routes name on a phone and on a desk, in light and in dark. The pictures are whole pages
in ``build/staff-pages/``; pages that are wider than their screen are named.
"""

import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask_security.utils import hash_password
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from app.commands.shared import DONE, FAILED, run_explained, say
from app.configuration.load import ROOT, Folders, read_settings
from app.extensions import db
from app.factory import create_app
from app.models import User
from app.programs import demo
from app.services.accounts import accounts
from app.services.system import database
from tools.screenshots import ARRIVED, BROWSERS, INSTANCE, open_page, serving

PICTURES = ROOT / "build" / "staff-pages"
SCREENS = {
    (width, scheme): (width, height)
    for width, height in ((390, 844), (1280, 1024))
    for scheme in ("light", "dark")
}
EMAIL = "staff@example.org"
AREAS = ("/curate/", "/admin/")
MOST_OF_A_KIND = 1
"""Pages of one route that are followed from lists: one work stands for all."""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
LINKS = "[...document.querySelectorAll('main a[href]')].map((link) => link.href)"


def main() -> int:
    """Run the script; return its exit status."""
    return run_explained(run)


def run() -> int:
    """Prepare the museum, serve it, take the pictures."""
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        say(f"There is no Chromium on the PATH ({', '.join(BROWSERS)}).")
        return FAILED
    os.environ.setdefault("MORELLI_INSTANCE", str(INSTANCE))
    settings = read_settings(os.environ)
    folders = Folders(settings["MORELLI_INSTANCE"])
    catalogue, images = demo.draw(folders.instance / "drawn")
    status = demo.prepare(catalogue, images, folders, settings["MORELLI_MODEL"])
    if status != DONE:
        return status
    app = create_app()
    with app.app_context():
        database.upgrade()  # where an earlier build has drawn it
    password = admit(app)
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    # Chromium refuses its sandbox to root, who builds in a container.
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        wide = list(look_at_all(app, browser, address, password))
        browser.close()
    for name in wide:
        say(f"wider than its screen: {name}")
    say(
        f"{len(list(PICTURES.glob('*.png')))} pictures in {PICTURES.relative_to(ROOT)}/"
    )
    return FAILED if wide else DONE


def admit(app: Flask) -> str:
    """Let somebody in who is curator and administrator; return a new password."""
    password = secrets.token_urlsafe(16)
    with app.app_context():
        user = db.session.scalars(select(User).where(User.email == EMAIL)).first()
        if user is None:
            user = accounts.create_confirmed(EMAIL, hash_password(password))
            for role in ("curator", "admin"):
                accounts.grant(user, role)
        user.password = hash_password(password)
        db.session.commit()
    return password


def look_at_all(
    app: Flask, browser: Browser, address: str, password: str
) -> Iterator[str]:
    """Picture all pages on all screens; yield the names of those that do not fit."""
    for (width, scheme), size in SCREENS.items():
        page = open_page(browser, address, size, scheme)
        log_in(page, password)
        for name, path in list(pages(app, page, address)):
            page.goto(path)
            page.evaluate(ARRIVED)
            title = f"{name}-{width}-{scheme}"
            page.screenshot(path=PICTURES / f"{title}.png", full_page=True)
            if page.evaluate(TOO_WIDE):
                yield title
        page.context.close()


def log_in(page: Page, password: str) -> None:
    """Log in by the form."""
    page.goto("/account/login")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda there: "/account/login" not in there)


def pages(app: Flask, page: Page, address: str) -> Iterator[tuple[str, str]]:
    """Yield pages with names for their files: of all routes, and what they lead to."""
    routes = app.url_map.bind(urlsplit(address).netloc)
    waiting = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(AREAS) and not rule.arguments
    ]
    seen: dict[str, int] = {}
    while waiting:
        path = waiting.pop(0)
        if not path.startswith(AREAS) or not routes.test(path, "GET"):
            continue
        endpoint = str(routes.match(path, "GET")[0])
        if seen.get(endpoint, 0) >= MOST_OF_A_KIND:
            continue
        answer = page.request.get(path)
        kind = answer.headers.get("content-type", "")
        if not answer.ok or not kind.startswith("text/html"):
            continue
        seen[endpoint] = seen.get(endpoint, 0) + 1
        page.goto(path)
        waiting += [
            urlsplit(urljoin(address, link)).path for link in page.evaluate(LINKS)
        ]
        yield endpoint.replace(".", "-"), path


if __name__ == "__main__":
    sys.exit(main())
