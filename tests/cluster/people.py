"""People in front of several servers, who note what each of them was answered."""

import http.client
import json
import random
import re
import threading
import time
from dataclasses import dataclass
from http.client import HTTPMessage
from io import BytesIO

from werkzeug.datastructures import FileStorage
from werkzeug.http import parse_cookie
from werkzeug.test import encode_multipart

from tests.support.people import PASSWORD, TOKEN
from tests.support.waiting import WAIT_SECONDS

ADMINISTRATOR = "admin@example.org"
BROKEN = 0
"""Stands for the status where there was no answer."""
REST_SECONDS = 0.3
"""Before somebody who was not answered tries again."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Request and what became of it.

    ``status`` is `BROKEN` where there was no answer; ``what`` says what was asked.
    """

    what: str
    address: str
    since: float
    until: float
    status: int

    @property
    def is_done(self):
        return 200 <= self.status < 400


class Browser:
    """Somebody's browser, which goes to one server or another."""

    def __init__(self, addresses):
        self.addresses = addresses
        self.asked = []
        self._cookies = {}

    def get(self, server, path):
        return self._request(server, "GET", path)

    def post(self, server, path, page, **fields):
        """Send a form, with the token of its page; None if there was no page."""
        status, _, text = self.get(server, page)
        if status != 200:
            return status, HTTPMessage(), text
        token = TOKEN.findall(text)[0]
        return self.send(server, path, {"csrf_token": token, **fields})

    def send(self, server, path, fields):
        boundary, body = encode_multipart(fields)
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self._request(server, "POST", path, body, kind)

    def _request(self, server, method, path, body=None, headers=None):
        address = self.addresses[server % len(self.addresses)]
        host, _, port = address.partition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=WAIT_SECONDS)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        since = time.monotonic()
        try:
            connection.request(
                method, path, body, {**(headers or {}), "Cookie": cookies}
            )
            answer = connection.getresponse()
            data = answer.read()
            status = answer.status
            for line in answer.headers.get_all("Set-Cookie") or ():
                self._cookies |= parse_cookie(line.partition(";")[0])
            found = answer.headers, data.decode(errors="replace")
        except (OSError, http.client.HTTPException):
            status, found = BROKEN, (HTTPMessage(), "")
        finally:
            connection.close()
        until = time.monotonic()
        self.asked.append(Asked(f"{method} {path}", address, since, until, status))
        return status, *found


class Person(threading.Thread):
    """Somebody who does something again and again, until told to stop."""

    def __init__(self, name, addresses):
        super().__init__(name=name, daemon=True)
        self.browser = Browser(addresses)
        self.stopped = threading.Event()
        self.faults = []

    def run(self):
        number = 0
        while not self.stopped.is_set():
            try:
                self.act(number)
            except Exception as error:  # noqa: BLE001 - told by the test itself
                self.faults.append(repr(error))
                return
            number += 1
            if self.browser.asked[-1].status in (BROKEN, 503):
                self.stopped.wait(REST_SECONDS)

    def act(self, number):
        raise NotImplementedError


class Visitor(Person):
    """Searches for works by their photos, and knows what each of them shows."""

    def __init__(self, number, addresses, photos):
        super().__init__(f"visitor {number}", addresses)
        self.photos = photos
        self.found = 0
        self._chance = random.Random(number)  # noqa: S311 - not for secrets

    def act(self, number):
        accession = self._chance.choice(sorted(self.photos))
        photo = {"photo": photo_file(self.photos[accession])}
        status, headers, text = self.browser.send(number, "/api/v1/search", photo)
        if status == 200:
            answer = json.loads(text)
            named = [match["accession"] for match in answer["matches"]]
            if answer["decision"] != "found" or named[:1] != [accession]:
                self.faults.append(f"{accession}: {answer['decision']} {named}")
            self.found += 1
        elif status == 503 and "Retry-After" not in headers:
            self.faults.append(f"a 503 that does not say when to come back: {text}")
        elif status not in (503, BROKEN):
            self.faults.append(f"{status}: {text[:300]}")


class Deleter(Visitor):
    """Searches in a browser, and deletes every search with its photo."""

    def __init__(self, number, addresses, photos):
        super().__init__(number, addresses, photos)
        self.deleted = []

    def act(self, number):
        accession = self._chance.choice(sorted(self.photos))
        status, headers, _ = self.browser.post(
            number, "/queries", "/", photo=photo_file(self.photos[accession])
        )
        if status != 303:
            return
        query = re.findall(r"/queries/([0-9a-f-]+)", headers["Location"])[0]
        page = f"/queries/{query}/delete"
        status, _, _ = self.browser.post(number + 1, page, page)
        if status == 303:
            self.deleted.append(query)


class Curator(Person):
    """Edits titles, invites people, and lets the index be built anew."""

    def __init__(self, addresses, link):
        super().__init__("curator", addresses)
        self.confirmed, self.tried = {}, {}
        self.invited = []
        self._log_in(link)
        _, _, text = self.browser.get(0, "/curate/works/")
        self.ids = sorted(set(map(int, re.findall(r"/curate/works/(\d+)", text))))
        assert self.ids, text

    def _log_in(self, link):
        both = {"password": PASSWORD, "password_confirm": PASSWORD}
        status, _, text = self.browser.post(0, link, link, **both)
        assert status == 302, text
        page = "/account/login"
        who = {"email": ADMINISTRATOR, "password": PASSWORD}
        status, _, text = self.browser.post(1, page, page, **who)
        assert status == 302, text

    def act(self, number):
        work, title = self.ids[number % len(self.ids)], f"Title {number}"
        self.tried[title] = work
        page = f"/curate/works/{work}"
        status, _, text = self.browser.get(number, page)
        if status != 200:
            return
        seen = re.findall(r'name="seen"[^>]*value="([^"]+)"', text)[0]
        token = TOKEN.findall(text)[0]
        fields = {"csrf_token": token, "seen": seen, "title": title}
        status, _, _ = self.browser.send(number, page, fields)
        if 200 < status < 400:
            self.confirmed[title] = work
        if number % 4 == 1:
            self.invite(number)
        if number % 8 == 2:
            self.browser.post(number, "/curate/index/rebuild", "/curate/index/")

    def invite(self, number):
        email = f"guest{number}@example.org"
        fields = {"email": email, "role": "curator", "way": "mail"}
        status, _, _ = self.browser.post(
            number, "/admin/invitations/", "/admin/users/", **fields
        )
        if 200 < status < 400:
            self.invited.append(email)


def photo_file(data):
    return FileStorage(BytesIO(data), "photo.jpg", content_type="image/jpeg")
