"""What the log says of those who failed to get in, and what it does not say."""

import re

import pytest

from app.configuration.load import ROOT
from app.models import User
from app.web.callers.events import account_hash, caller_address, network_hash
from app.web.shell.logs import FORMATTERS
from tests.support.people import PASSWORD, Person, bearing, logged_in, with_account

ADDRESS = "2001:db8::17"


@pytest.fixture
def events(caplog):
    """Return what security events were logged, as facts."""

    def read():
        logged = [r for r in caplog.records if r.name == "morelli.security"]
        names = ("event", "address", "account", "network")
        return [{n: vars(r)[n] for n in names if n in vars(r)} for r in logged]

    return read


def named(app, event, email):
    with app.app_context():
        account = account_hash(email) if email else "-"
        network = network_hash("127.0.0.1")
        return {"event": event, "account": account, "network": network}


@pytest.mark.parametrize("email", ["anna@example.org", "nobody@example.org"])
def test_a_wrong_password_at_login_is_an_event(app, events, email):
    with_account(app)
    Person(app, email).log_in(password="wrong")
    assert events() == [named(app, "wrong_password", email)]


@pytest.mark.parametrize("page", ["delete", "tokens/", "email", "password"])
def test_a_wrong_present_password_is_an_event(app, events, page):
    anna = logged_in(app)
    new = {"new_password": "a new password", "new_password_confirm": "a new password"}
    fields = {"name": "x", "lifetime": "30", "email": "new@example.org", **new}
    anna.post(f"/account/{page}", **fields, password="wrong")
    assert events() == [named(app, "wrong_password", anna.email)]


def test_the_right_password_is_none(app, events):
    anna = logged_in(app)
    Person(app).browser.get("/admin/users/")  # led to the login page
    anna.post("/account/delete", password=PASSWORD)
    assert events() == []


def test_a_wrong_second_factor_is_an_event(app, events):
    with app.test_request_context():
        User(email="anna@example.org").track_failed_authn("code", True)
    assert events()[0]["event"] == "wrong_second_factor"


def test_too_many_attempts_are_an_event(app, events):
    for _ in range(11):
        Person(app, "anna@example.org").log_in(password="wrong")
    assert events()[-1] == named(app, "too_many_attempts", "anna@example.org")


def test_too_many_searches_are_an_event(make_app, events):
    app = make_app(MORELLI_SEARCH_RATE="1 per hour")
    for _ in range(2):
        app.test_client().post("/api/v1/search")
    assert events() == [named(app, "too_many_searches", "")]


def test_a_closed_door_is_an_event(app, events):
    anna = logged_in(app)
    assert anna.browser.get("/admin/users/").status_code == 403
    assert Person(app).browser.post("/admin/users/1/lock").status_code == 401
    assert events() == [
        named(app, "role_missing", anna.email),
        named(app, "role_missing", ""),
    ]


def test_an_invalid_token_is_an_event(app, events):
    assert bearing(app, "morelli_guessed").get("/api/v1/queries").status_code == 401
    assert events() == [named(app, "invalid_token", "")]


def test_no_address_is_in_the_log_unless_it_is_asked_for(app, caplog):
    stranger = Person(app, "anna@example.org")
    stranger.browser.environ_base["REMOTE_ADDR"] = ADDRESS
    for _ in range(11):
        stranger.log_in(password="wrong")
    lines = [FORMATTERS["text"].format(record) for record in caplog.records]
    lines += [FORMATTERS["json"].format(record) for record in caplog.records]
    assert any("event=too_many_attempts" in line for line in lines)
    assert not [line for line in lines if "2001:db8" in line or "anna" in line]


@pytest.mark.parametrize("address", ["192.0.2.1", ADDRESS])
def test_the_documented_filter_finds_whom_to_shut_out(make_app, caplog, address):
    """As fail2ban does it: the filter's lines are joined, <ADDR> is an address."""
    app = make_app(MORELLI_SECURITY_LOG_ADDRESSES="yes")
    stranger = Person(app, "anna@example.org")
    stranger.browser.environ_base["REMOTE_ADDR"] = address
    stranger.log_in(password="wrong")
    page = (ROOT / "docs" / "operating.md").read_text("utf-8")
    [pattern] = re.findall(r"^failregex = (.*)$", page, re.M)
    [date] = re.findall(r"^datepattern = (.*)$", page, re.M)
    assert date == r"^\[%%Y-%%m-%%d %%H:%%M:%%S%%z\]"
    finds = re.compile(pattern.replace("<ADDR>", r"(?P<addr>[0-9a-f.:]+)"))
    lines = [FORMATTERS["text"].format(record) for record in caplog.records]
    # The time is cut out before the pattern is looked for.
    timeless = [re.sub(r"^\[[^]]+\]", "", line, count=1) for line in lines]
    found = [match["addr"] for line in timeless if (match := finds.search(line))]
    assert found == [address]


@pytest.mark.parametrize("written", ["nonsense", "192.0.2.1 event=wrong_password", ""])
def test_only_addresses_are_written_as_addresses(app, written):
    with app.test_request_context(environ_base={"REMOTE_ADDR": written}):
        assert caller_address() == "unknown"
