"""Curators change works while visitors search, in several processes at once.

Nothing may fail, and once a change was confirmed to its curator no search that begins
afterwards may be answered as if it had not happened.
"""

import json
import random
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from io import BytesIO

import pytest
from flask_security import hash_password
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.configuration.load import ROOT
from app.extensions import db
from app.factory import create_app
from app.programs import index
from app.retrieval.drawings.collection import generate_collection
from app.retrieval.images.codec import encode_jpeg
from app.services.accounts import accounts
from app.services.operations import demonstration
from tests.support.databases import environ_of
from tests.support.fakes import draw_picture
from tests.support.people import PASSWORD, TOKEN
from tests.support.waiting import ended

pytestmark = pytest.mark.slow

WORKS, CHANGES, CLIENTS = 12, 100, 4
NEW_WORKS = 37
"""Each is recorded with a picture, gets another, and three of four are withdrawn."""
WORKERS = 2


class Browser:
    """Somebody's browser, as far as forms need one."""

    def __init__(self, address):
        self.address = address
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(jar)

    def get(self, path):
        with self._opener.open(self.address + path) as answer:
            return answer.read().decode()

    def post(self, path, page, **fields):
        """Send a form; return where it led, and the page there."""
        token = TOKEN.findall(self.get(page))[0]
        status, url, text = self.send(path, {"csrf_token": token, **fields})
        assert status == 200, text
        return url.removeprefix(self.address), text

    def send(self, path, fields):
        boundary, body = encode_multipart(fields)
        request = urllib.request.Request(  # noqa: S310 - our own server
            self.address + path,
            body,
            {"Content-Type": f"multipart/form-data; boundary={boundary}"},
        )
        with self._opener.open(request) as answer:
            return answer.status, answer.url, answer.read().decode()


class Confirmed:
    """What must be found by which picture, as far as it was confirmed."""

    def __init__(self):
        self._lock = threading.Lock()
        self._known = {}
        self._count = 0

    def say(self, accession, picture, *, is_found):
        with self._lock:
            self._count += 1
            self._known[accession, picture] = (is_found, self._count)

    def doubt(self, accession):
        """A change of this work is on its way: nothing is certain until it is there."""
        with self._lock:
            for key in self._known:
                if key[0] == accession:
                    self._known[key] = (None, self._count)

    def look(self, key):
        with self._lock:
            return self._known[key]

    def any(self, chance):
        with self._lock:
            certain = [k for k, v in self._known.items() if v[0] is not None]
            return chance.choice(certain)


class Visitor(threading.Thread):
    """Searches all the time, and compares each answer with what was confirmed."""

    def __init__(self, number, address, confirmed, pictures):
        super().__init__()
        self.browser = Browser(address)
        self.confirmed = confirmed
        self.pictures = pictures
        self.chance = random.Random(number)  # noqa: S311 - not for secrets
        self.stopped = threading.Event()
        self.searches = 0
        self.faults = []

    def run(self):
        while not self.stopped.is_set():
            try:
                self.search()
            except Exception as error:  # noqa: BLE001 - told by the test itself
                self.faults.append(repr(error))
                return

    def search(self):
        accession, picture = key = self.confirmed.any(self.chance)
        before = self.confirmed.look(key)
        photo = photo_file(self.pictures[picture])
        _, _, text = self.browser.send("/api/v1/search", {"photo": photo})
        self.searches += 1
        answer = json.loads(text)
        named = [match["accession"] for match in answer["matches"]]
        if self.confirmed.look(key) != before or before[0] is None:
            return  # it was changed meanwhile: either answer is right
        # What is gone may be proposed for another picture of its, and is never found.
        is_named = accession in named
        is_found = is_named and answer["decision"] == "found"
        is_right = is_named if before[0] else not is_found
        if not is_right:
            self.faults.append(f"{accession} by {picture}: {before}, named {named}")


def photo_file(data):
    return FileStorage(BytesIO(data), "photo.jpg", content_type="image/jpeg")


@pytest.fixture(scope="module")
def pictures():
    """Pictures by their number; the first ones hang in the museum."""
    hanging = [work.image for work in generate_collection(WORKS, seed=77)]
    new = [draw_picture(number) for number in range(2 * NEW_WORKS)]
    return [encode_jpeg(image) for image in hanging + new]


@pytest.fixture
def address(tmp_path, monkeypatch):
    instance = tmp_path / "instance"
    monkeypatch.setenv("MORELLI_INSTANCE", str(instance))
    museum = tmp_path / "museum"
    demonstration.draw_collection(museum, generate_collection(WORKS, seed=77))
    arguments = ["--catalogue", str(museum / demonstration.CATALOGUE_FILE)]
    arguments += ["--images", str(museum / demonstration.IMAGES_FOLDER)]
    assert index.main(arguments) == 0
    app = create_app()
    with app.app_context():
        curator = accounts.create_confirmed(
            "curator@example.org", hash_password(PASSWORD)
        )
        accounts.grant(curator, "curator")
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environ = {
        **environ_of(instance),
        "MORELLI_PORT": str(port),
        "MORELLI_WORKERS": str(WORKERS),
        "MORELLI_SEARCH_RATE": "1000000 per minute",
    }
    process = subprocess.Popen([sys.executable, "serve.py"], cwd=ROOT, env=environ)
    yield wait_for(f"http://127.0.0.1:{port}")
    process.terminate()
    assert process.wait(60) == 0


def wait_for(address):
    deadline = time.monotonic() + 60
    while True:
        try:
            Browser(address).get("/readyz")
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return address


def test_no_search_is_answered_as_if_a_confirmed_change_had_not_happened(
    address, pictures
):
    confirmed = Confirmed()
    for number in range(WORKS):
        confirmed.say(f"IM-{number + 1:04d}", number, is_found=True)
    visitors = [
        Visitor(number, address, confirmed, pictures) for number in range(CLIENTS)
    ]
    for visitor in visitors:
        visitor.start()
    try:
        changes = change_all_the_time(address, confirmed, pictures)
    finally:
        for visitor in visitors:
            visitor.stopped.set()
        ended(*visitors)
    assert [fault for visitor in visitors for fault in visitor.faults] == []
    assert changes >= CHANGES
    assert min(visitor.searches for visitor in visitors) > 10


def change_all_the_time(address, confirmed, pictures):
    """Add works, replace their pictures, withdraw most; return how many changes."""
    curator = Browser(address)
    curator.post(
        "/account/login",
        "/account/login",
        email="curator@example.org",
        password=PASSWORD,
    )
    changes = 0
    for number in range(NEW_WORKS):
        accession = f"NEW-{number:03d}"
        first, second = WORKS + 2 * number, WORKS + 2 * number + 1
        page, text = curator.post(
            "/curate/works/new",
            "/curate/works/new",
            accession=accession,
            title=f"Work {number}",
            picture=photo_file(pictures[first]),
        )
        assert "The very next photo finds it" in text
        confirmed.say(accession, first, is_found=True)
        confirmed.doubt(accession)
        image = re.findall(r"/pictures/(\d+)/replace", text)[0]
        curator.post(
            f"{page}/pictures/{image}/replace",
            page,
            picture=photo_file(pictures[second]),
        )
        confirmed.say(accession, second, is_found=True)
        if number % 4:  # some stay, so that visitors look for both
            confirmed.doubt(accession)
            _, text = curator.post(f"{page}/withdraw", page)
            assert "No search finds it any more" in text
            confirmed.say(accession, second, is_found=False)
            changes += 1
        confirmed.say(accession, first, is_found=False)
        changes += 2
    return changes
