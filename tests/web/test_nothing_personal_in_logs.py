"""A whole visit, failures included, leaves nothing personal in the log."""

import io
import logging
import re

import pytest
from sqlalchemy import select

from app import extensions
from app.configuration import load
from app.extensions import db
from app.models import Query, User
from app.services.media.folder import FolderStore
from app.services.search.photo_decoder import PhotoDecoder
from app.services.system.mail import Mailer
from app.web.pages import answers
from app.web.shell import logs
from tests.support.locking import LOCKED, locked
from tests.support.mail_server import Mailbox, serving
from tests.support.people import Person, bearing

ADDRESS, NEW_ADDRESS = "anna.archer@example.org", "anna.baker@example.com"
PASSWORD, WRONG, NEW = "correct horse hen", "wrong horse hen", "new horse hen"
NETWORK = "203.0.113.77"
PHOTO = "IMG_anna_at_home.jpg"


@pytest.fixture
def log():
    """What the server writes to standard error, in both styles."""
    root, stream = logging.getLogger(), io.StringIO()
    level, handlers = root.level, root.handlers[:]
    logs.configure("text")
    root.addHandler(logs.handler("json"))
    for handler in root.handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def mailbox():
    return Mailbox()


@pytest.fixture
def app(make_app, mailbox, monkeypatch):
    monkeypatch.setattr(extensions, "BUSY_TIMEOUT_MS", 5)
    monkeypatch.setattr(load, "LOCK_MS", 5)
    with serving(mailbox) as port:
        yield make_app(
            MORELLI_SEARCH_RATE="7 per hour",
            MORELLI_SMTP_HOST="127.0.0.1",
            MORELLI_SMTP_PORT=port,
            MORELLI_SMTP_ENCRYPTION="none",
            MORELLI_MAIL_FROM="search@museum.org",
            MORELLI_PUBLIC_URL="https://museum.org",
        )


class Visit:
    """Everything that Anna does, first while the database is locked, then again."""

    def __init__(self, app, mailbox):
        self.app = app
        self.path = app.config["MORELLI_INSTANCE"]
        self.mailbox = mailbox
        self.anna = Person(app, ADDRESS, PASSWORD)
        self.anna.browser.environ_base["REMOTE_ADDR"] = NETWORK
        self.secrets: set[str | None] = {
            ADDRESS,
            NEW_ADDRESS,
            PASSWORD,
            WRONG,
            NEW,
            NETWORK,
            PHOTO,
        }
        self.secrets |= {"anna.archer", "anna.baker", "Annas script"}

    def do(self, act):
        with locked(self.path):
            act()
        answer = act()
        assert answer.status_code < 400, answer.text
        self.note()
        return answer

    def note(self):
        """Keep whatever is personal now."""
        cookies = (
            self.anna.browser.get_cookie(n) for n in ("morelli", "remember_token")
        )
        self.secrets |= {cookie.value for cookie in cookies if cookie}
        with self.app.app_context():
            for user in db.session.scalars(select(User)):
                self.secrets |= {user.email, user.password, user.fs_uniquifier}
            for query in db.session.scalars(select(Query)):
                self.secrets |= {query.id, query.photo_name, query.visitor}
            db.session.remove()

    def link(self):
        path = self.anna.mailed_link()
        self.secrets |= {part for part in re.split("[/?=]", path) if len(part) > 20}
        return path

    def deliver(self, *refusals):
        """Let the mail server refuse what waits, each time in another way."""
        for refusal in refusals:
            self.mailbox.refused = dict.fromkeys((ADDRESS, NEW_ADDRESS), refusal)
            (self.app.config["MORELLI_INSTANCE"] / "mail/deferrals.json").unlink(True)
            Mailer.from_config(self.app.config).deliver()

    def log_in(self):
        """Log in, unless the locked database already let us: that only reads."""
        if not self.anna.is_logged_in:
            self.anna.log_in(remember="y")
        return self.anna.browser.get("/account/")

    def search(self, photo):
        sent = (io.BytesIO(photo), PHOTO)
        return self.anna.post("/queries", page="/", photo=sent)


@pytest.fixture
def visit(app, mailbox):
    return Visit(app, mailbox)


def test_a_visit_leaves_nothing_personal(visit, log, photo, monkeypatch):
    begin(visit, photo)
    answer = ask(visit, photo)
    break_down(visit, answer, photo, monkeypatch)
    ask_as_program(visit)
    change(visit)
    end(visit)
    told = log.getvalue()
    # All of it happened, and was told of.
    for words in (
        *(LOCKED, "RuntimeError: broken", "Permission denied"),
        *("put off", "dropped", "status=429", '"status": 429'),
        *("hidden due to hide_parameters", "answered"),
    ):
        assert words in told
    found = {secret for secret in visit.secrets if secret and secret in told}
    assert found == set()


def begin(visit, photo):
    """Ask before there is an account, make one, confirm it, log in."""
    anna = visit.anna
    visit.do(lambda: visit.search(photo))
    visit.do(anna.register)
    link = visit.link()
    visit.deliver("450 4.2.0", "421 4.2.0")
    visit.do(lambda: anna.follow(link))
    anna.log_out()
    assert anna.log_in(password=WRONG).status_code == 200
    visit.do(visit.log_in)


def ask(visit, photo):
    """Ask, and judge the answer; return its address."""
    answer = visit.do(lambda: visit.search(photo)).headers["Location"]
    judge = f"{answer}/feedback"
    visit.do(lambda: visit.anna.post(judge, page=answer, said="yes"))
    assert visit.search(b"no photo").status_code == 422
    return answer


def break_down(visit, answer, photo, monkeypatch):
    """Let pages break whose address is a key, a disk, and ask too often."""

    def fail(*_arguments, **_options):
        raise RuntimeError("broken")

    def refuse(folder, name, _data):
        raise PermissionError(13, "Permission denied", str(folder.root / name))

    with monkeypatch.context() as patched:
        patched.setattr(answers, "render_template", fail)
        assert visit.anna.browser.get(answer).status_code == 500
        patched.setattr(PhotoDecoder, "read", fail)
        assert visit.search(photo).status_code == 500
    with monkeypatch.context() as patched:
        patched.setattr(FolderStore, "write", refuse)
        assert visit.search(photo).status_code == 303
    visit.note()
    assert visit.search(b"").status_code == 429


def ask_as_program(visit):
    """Make a token and use it; and one that lets nobody in."""
    page = "/account/tokens/"
    fields = {"name": "Annas script", "lifetime": "0", "password": PASSWORD}
    made = visit.do(lambda: visit.anna.post(page, **fields))
    [token] = re.findall(r"<textarea[^>]*>([^<]+)</textarea>", made.text)
    visit.secrets.add(token)
    program = bearing(visit.app, token)
    program.environ_base["REMOTE_ADDR"] = NETWORK
    visit.do(lambda: program.get("/api/v1/queries"))
    stranger = bearing(visit.app, f"{token}x")
    assert stranger.get("/api/v1/queries").status_code == 401


def change(visit):
    """Take another address, and forget the password."""
    anna = visit.anna
    new = {"email": NEW_ADDRESS, "password": PASSWORD}
    visit.do(lambda: anna.post("/account/email", **new))
    anna.email = NEW_ADDRESS
    link = visit.link()
    visit.deliver("450 4.2.0")
    visit.do(lambda: anna.follow(link))
    visit.do(lambda: anna.post("/account/reset", email=NEW_ADDRESS))
    path = visit.link().removeprefix("https://museum.org")
    visit.do(lambda: anna.post(path, password=NEW, password_confirm=NEW))
    anna.password = NEW
    visit.do(visit.log_in)


def end(visit):
    """Delete the account; what waits for it is refused for good before."""
    visit.deliver("550 5.1.1")

    def delete():
        visit.log_in()  # who tries to leave is logged out
        return visit.anna.post("/account/delete", password=NEW)

    visit.do(delete)
    assert visit.anna.account() is None
