"""People in front of the site: each with a browser of their own, and a mailbox."""

import re

from flask_security import hash_password

from app.extensions import db
from app.models import TokenScope
from app.services.accounts import accounts, tokens
from app.services.system.mail import Outbox, read
from app.services.system.mail_server import recipient

PASSWORD = "correct horse battery"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
LINK = re.compile(r"https?://\S+")
CHEAP_HASHING = {
    "argon2__time_cost": 1,
    "argon2__memory_cost": 8,
    "argon2__parallelism": 1,
}


class Person:
    """Somebody with an e-mail address and a browser."""

    def __init__(self, app, email="anna@example.org", password=PASSWORD):
        self.app = app
        self.email = email
        self.password = password
        self.browser = app.test_client()

    def post(self, address, /, page=None, **fields):
        """Send a form as a browser does, with the token of its page."""
        found = TOKEN.findall(self.browser.get(page or address).text)
        token = {"csrf_token": found[0]} if found else {}
        return self.browser.post(address, data={**token, **fields})

    def register(self, **fields):
        once_more = {"password": self.password, "password_confirm": self.password}
        return self.post(
            "/account/register", **{"email": self.email, **once_more, **fields}
        )

    def log_in(self, **fields):
        return self.post(
            "/account/login",
            **{"email": self.email, "password": self.password, **fields},
        )

    def log_out(self):
        return self.post("/account/logout", page="/account/")

    @property
    def is_logged_in(self):
        return self.browser.get("/account/").status_code == 200

    def mails(self):
        outbox = Outbox(self.app.config["MORELLI_INSTANCE"] / "mail")
        letters = map(read, outbox.waiting())
        return [letter for letter in letters if recipient(letter) == self.email]

    def mailed_link(self):
        """Return the address in the newest mail."""
        [link, *_] = LINK.findall(self.mails()[-1].get_content())
        return link

    def follow(self, link):
        """Open a mailed link in this browser, and press the button if there is one."""
        address = link.removeprefix(self.app.config["PUBLIC_URL"])
        opened = self.browser.get(address)
        button = 'method="post" action="(/account/[^"]+)"'
        if address.startswith("/account/reset/") or not re.search(button, opened.text):
            return opened
        return self.post(address)

    def account(self):
        """Return the account as it is now, with its roles."""
        with self.app.app_context():
            user = accounts.find(self.email)
            if user is not None:
                assert user.roles is not None  # read before the session ends
            db.session.expunge_all()
            return user


def with_account(app, email="anna@example.org", *roles):
    """Return somebody whose account is confirmed, not logged in yet."""
    with app.app_context():
        user = accounts.create_confirmed(email, hash_password(PASSWORD))
        for role in roles:
            accounts.grant(user, role)
        db.session.commit()
    return Person(app, email)


def program_of(person, scope=TokenScope.READ, name="Program"):
    """Return a client without cookies that sends a token of somebody's account."""
    with person.app.app_context():
        user = accounts.find(person.email)
        assert user is not None
        secret = tokens.issue(user, name, scope=scope).secret
        db.session.commit()
    return bearing(person.app, secret)


def bearing(app, secret):
    """Return a client without cookies that sends this as its token."""
    client = app.test_client(use_cookies=False)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


def logged_in(app, email="anna@example.org", *roles):
    """Return somebody who has logged in."""
    person = with_account(app, email, *roles)
    person.log_in()
    return person
