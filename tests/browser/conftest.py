"""A real server over the small museum, and headless Chromium in front of it."""

import os
import shutil
import threading
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Error, sync_playwright
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from tests.browser.late_pages import in_two_parts
from tests.support.waiting import ended

WHOLE = ("chromium", "chromium-browser", "google-chrome")
# Without its windows, Chromium does the same in half the time.
NAMES = ("chromium-headless-shell", *WHOLE)


@pytest.fixture(scope="session")
def launch():
    """Return a function that starts the first Chromium of some names, with flags."""
    # Chromium refuses its sandbox to root, which is who runs tests in a container.
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    started: list[Browser] = []

    def start(names, *more):
        path = next(filter(None, map(shutil.which, names)), None)
        if path is None:
            pytest.skip(f"there is no Chromium on the PATH ({', '.join(names)})")
        try:
            browser = playwright.chromium.launch(
                executable_path=path, args=[*flags, *more]
            )
        except Error as error:
            pytest.skip(f"{path} does not start: {error}")
        started.append(browser)
        return browser

    with sync_playwright() as playwright:
        yield start
        for browser in started:
            browser.close()


@pytest.fixture(scope="session")
def chromium(launch):
    return launch(NAMES)


@pytest.fixture
def serve():
    """Return a function that serves an application that is made for its address."""
    served = ExitStack()

    def start(make):
        server = make_server("127.0.0.1", 0, Response(status=503), threaded=True)
        served.callback(server.server_close)
        address = f"http://127.0.0.1:{server.server_port}"
        server.app = in_two_parts(make(address))
        # So often, in seconds, it looks whether it is to end: half of one is the usual.
        thread = threading.Thread(
            daemon=True, target=server.serve_forever, args=(0.01,)
        )
        thread.start()
        served.callback(ended, thread)
        served.callback(server.shutdown)
        return address

    with served:
        yield start


@pytest.fixture
def address(app, serve):
    return serve(lambda _address: app)


@pytest.fixture
def open_page(chromium, address):
    """Return a function that opens a page; its complaints fail the test."""
    contexts, complaints = [], []

    def listen(message):
        # A refused photo is answered with an error status, which is no complaint, and
        # service workers are let in by those tests only that are about them.
        is_expected = message.text.startswith(
            (
                "Failed to load resource",
                "Service Worker registration blocked",
                # So it is on sites without https.
                "The Cross-Origin-Opener-Policy header has been ignored",
                # Without a graphics card, pictures are read back to be shown.
                "[.WebGL",
            )
        )
        if message.type in ("error", "warning") and not is_expected:
            complaints.append(message.text)

    def start(path="/", *, width=1280, browser=chromium, **options):
        phone = {"has_touch": True, "is_mobile": True} if width < 500 else {}
        options.setdefault("service_workers", "block")
        options.setdefault("base_url", address)
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            **phone,
            **options,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield start
    for context in contexts:
        context.close()
    # Refusals by the content security policy arrive here as well.
    assert complaints == []


@pytest.fixture
def photo_file(photo):
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo}
