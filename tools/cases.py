"""Hand in every file of a folder as people would, and print what became of it.

    python -m tools.cases FOLDER

Each table, workbook, ZIP file, manifest or record is sent on the import page of an
empty museum, looked through, and recorded as the page proposes. The pictures in the
folder ``photos`` are asked through the API of the museum that the settings name, if it
has an index. Exit status 2: a page or the API failed where it should have answered.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import lxml.html
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from werkzeug.test import TestResponse

from app.background import BACKGROUND
from app.commands.shared import DONE, FAILED, run_explained
from app.configuration.load import Folders
from app.extensions import db
from app.factory import create_app
from app.retrieval.generations.store import Store
from app.services.accounts import accounts
from app.services.system import database

PHOTOS = "photos"
IMPORTS = "/curate/imports/"
PASSWORD = "a museum of its own"  # noqa: S105 - of an account that lives for a second
CURATOR = "curator@example.org"
LINES_SHOWN = 4
WIDEST = 100


class Outcome(NamedTuple):
    """What became of a file: in short, and what is said of it."""

    name: str
    result: str
    said: list[str]
    is_failure: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    options = parser.parse_args(arguments)
    return run_explained(lambda: run(options.folder))


def run(folder: Path) -> int:
    """Hand everything in; return the exit status."""
    is_failure = False
    for outcome in chain(hand_in(folder), ask(folder / PHOTOS)):
        is_failure |= outcome.is_failure
        print(f"{outcome.name:34} {outcome.result}", flush=True)
        for line in outcome.said[:LINES_SHOWN]:
            print(f"{'':34}   {line[:WIDEST]}")
        if len(outcome.said) > LINES_SHOWN:
            print(f"{'':34}   … and {len(outcome.said) - LINES_SHOWN} more")
    return FAILED if is_failure else DONE


def hand_in(folder: Path) -> Iterator[Outcome]:
    """Send each file of a folder on the import page of a museum of its own."""
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix != ".md":
            with tempfile.TemporaryDirectory() as instance:
                museum = {"MORELLI_INSTANCE": Path(instance), "MORELLI_LINKS": False}
                yield Import(create_app(museum)).of(path)


def ask(folder: Path) -> Iterator[Outcome]:
    """Ask each photo of a folder through the API of the museum that is set."""
    if not folder.is_dir():
        return
    app = create_app()
    if Store(Folders(app.config["MORELLI_INSTANCE"]).generations).current() is None:
        yield Outcome(folder.name, "not asked: MORELLI_INSTANCE has no index", [])
        return
    client = app.test_client()
    for path in sorted(folder.iterdir()):
        photo = {"photo": (BytesIO(path.read_bytes()), path.name)}
        response = client.post("/api/v1/search", data=photo)
        told = response.get_json(silent=True) or {}
        if response.status_code >= 500:
            yield Outcome(path.name, response.status, [], is_failure=True)
        elif response.status_code >= 400:
            yield Outcome(path.name, "refused", [str(told.get("message", ""))])
        else:
            matches = [match["accession"] for match in told["matches"]]
            result = f"{told['decision']} {', '.join(matches[:1])}"
            yield Outcome(path.name, result, list(map(str, told["remarks"])))


class PageFailedError(Exception):
    """Page that failed instead of answering."""


class Import:
    """Import of one file into an empty museum, by its pages."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._browser: FlaskClient = app.test_client()

    def of(self, path: Path) -> Outcome:
        """Take a file in as the pages propose; return what became of it."""
        try:
            self._log_in()
            sent = (BytesIO(path.read_bytes()), path.name)
            mapping = self._send(IMPORTS, IMPORTS, file=sent)
            if mapping.request.path == IMPORTS:
                return Outcome(path.name, "refused", notices(mapping))
            looked = self._send(mapping.request.path, mapping.request.path)
            if looked.status_code == 422:
                return Outcome(path.name, "asks", notices(looked))
            shown = looked.request.path
            self._work_off()
            if not self._has_form(shown, f"{shown}/start"):
                return Outcome(path.name, "not recorded", self._report(shown))
            self._send(shown, f"{shown}/start")
            self._work_off()
            return Outcome(path.name, self._recorded(), self._report(shown))
        except PageFailedError as error:
            return Outcome(path.name, str(error), [], is_failure=True)

    def _log_in(self) -> None:
        with self._app.app_context():
            database.upgrade()
            user = accounts.create_confirmed(CURATOR, hash_password(PASSWORD))
            accounts.grant(user, "curator")
            db.session.commit()
        login = "/account/login"
        page = f"{login}?next={IMPORTS}"
        self._send(page, login, email=CURATOR, password=PASSWORD)

    def _send(self, page: str, action: str, **given: Any) -> TestResponse:
        """Fill in a form of a page as far as it is given, and send it."""
        fields: dict[str, Any] = dict(self._forms(page)[action].form_values())
        sent = self._browser.post(
            action, data={**fields, **given}, follow_redirects=True
        )
        return self._answered(sent)

    def _has_form(self, page: str, action: str) -> bool:
        return action in self._forms(page)

    def _forms(self, page: str) -> dict[str, Any]:
        """Return the forms of a page, by the addresses that they are sent to."""
        opened = self._answered(self._browser.get(page, follow_redirects=True))
        forms = lxml.html.fromstring(opened.text).forms
        # A form without an address is sent to its own page.
        return {form.get("action", page): form for form in forms}

    def _answered(self, response: TestResponse) -> TestResponse:
        if response.status_code >= 400 and response.status_code != 422:
            raise PageFailedError(f"{response.request.path}: {response.status}")
        return response

    def _work_off(self) -> None:
        with self._app.app_context():
            self._app.extensions[BACKGROUND].work_off()

    def _recorded(self) -> str:
        """Say which works the museum holds now, and with how many pictures."""
        told = self._browser.get("/api/v1/works?per_page=50").get_json()
        works = told["works"]
        pictures = sum(len(work["images"]) for work in works)
        numbers = ", ".join(work["accession"] for work in works[:LINES_SHOWN])
        return f"{told['total']} works, {pictures} pictures: {numbers}"

    def _report(self, shown: str) -> list[str]:
        """Return what the page says of the rows."""
        page = self._answered(self._browser.get(shown, follow_redirects=True))
        rows = lxml.html.fromstring(page.text).xpath("//ol[@class='report']/li")
        return [" ".join(row.text_content().split()) for row in rows]


def notices(page: TestResponse) -> list[str]:
    """Return what a page has to say before all else."""
    found = lxml.html.fromstring(page.text).xpath("//p[contains(@class, 'notice')]")
    return [" ".join(one.text_content().split()) for one in found]


if __name__ == "__main__":
    sys.exit(main())
