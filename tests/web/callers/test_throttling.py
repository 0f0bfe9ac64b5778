"""Guessing has an end, over all networks and processes; its victim is not kept out."""

import multiprocessing
from io import BytesIO

import pytest
import time_machine

from app.factory import create_app
from app.models import now
from app.web.callers import throttling
from app.web.callers.throttling import FROM_EVERYWHERE, PER_ACCOUNT
from tests.support.databases import environ_of
from tests.support.people import CHEAP_HASHING, Person, with_account
from tests.support.redis import free_port
from tests.support.waiting import WAIT_SECONDS

TRIES = PER_ACCOUNT[0].amount


@pytest.fixture
def anna(app):
    return with_account(app)


def person_at(app, address, **facts):
    person = Person(app, **facts)
    person.browser.environ_base["REMOTE_ADDR"] = address
    return person


def guess(app, address, times):
    """Try wrong passwords for Anna from an address; return how many were looked at."""
    stranger = person_at(app, address)
    statuses = [stranger.log_in(password="wrong").status_code for _ in range(times)]
    assert set(statuses) <= {200, 429}
    return statuses.count(200)


def guess_in_a_process(settings, results):
    app = create_app(
        {**settings, "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": CHEAP_HASHING}
    )
    results.put(guess(app, "192.0.2.1", 8))


def test_twenty_wrong_tries_elsewhere_do_not_keep_the_owner_out(app, anna):
    assert guess(app, "192.0.2.1", 20) == TRIES
    anna.browser.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert anna.log_in().status_code == 302


def test_all_addresses_of_one_customer_are_one(app, anna):
    looked_at = [guess(app, f"2001:db8:0:7::{n:x}", 1) for n in range(1, 14)]
    assert sum(looked_at) == TRIES
    assert guess(app, "2001:db8:0:8::1", 1) == 1


def test_guessing_from_many_networks_has_an_end_too(app, anna):
    looked_at = [guess(app, f"192.0.2.{n}", TRIES) for n in range(12)]
    assert sum(looked_at) == FROM_EVERYWHERE[0].amount
    anna.browser.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert anna.log_in().status_code == 429


def test_a_known_device_is_let_in_whatever_strangers_tried(app, anna):
    anna.log_in()
    anna.log_out()
    for number in range(12):
        guess(app, f"192.0.2.{number}", TRIES)
    anna.browser.environ_base["REMOTE_ADDR"] = "192.0.2.1"
    assert anna.log_in(password="mistyped").status_code == 200
    assert anna.log_in().status_code == 302


def test_a_known_device_guesses_no_more_than_others(app, anna):
    anna.log_in()
    anna.log_out()
    statuses = [anna.log_in(password="wrong").status_code for _ in range(TRIES + 1)]
    assert statuses == [200] * TRIES + [429]
    # It is a device of hers only: at other accounts it is a stranger's.
    with_account(app, "ben@example.org")
    for _ in range(TRIES):
        Person(app, "ben@example.org").log_in(password="wrong")
    assert anna.log_in(email="ben@example.org").status_code == 429


def test_who_sets_the_password_by_mail_is_let_in_whatever_strangers_tried(app, anna):
    for number in range(12):
        guess(app, f"192.0.2.{number}", TRIES)
    anna.post("/account/reset", email=anna.email)
    path = anna.mailed_link().removeprefix("http://localhost:8000")
    fields = {"password": anna.password, "password_confirm": anna.password}
    assert anna.post(path, **fields).status_code == 302
    assert anna.log_in().status_code == 302


def test_logging_in_does_not_forgive_strangers(app, anna):
    guess(app, "192.0.2.1", TRIES)
    anna.browser.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    anna.log_in()
    assert guess(app, "192.0.2.1", 1) == 0


def test_after_a_while_one_may_try_again(app, anna):
    with time_machine.travel(now(), tick=False) as clock:
        guess(app, "192.0.2.1", TRIES)
        refused = person_at(app, "192.0.2.1").log_in()
        assert refused.headers["Retry-After"] == "900"
        clock.shift(901)
        assert guess(app, "192.0.2.1", 2 * TRIES) == TRIES


@pytest.mark.slow
def test_two_processes_and_a_restart_count_together(make_app):
    app = make_app()
    with_account(app)
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    instance = app.config["MORELLI_INSTANCE"]
    settings = {
        **environ_of(instance),
        "MORELLI_INSTANCE": str(instance),
        "MORELLI_SECRET_KEY": app.config["SECRET_KEY"],
    }
    other = context.Process(target=guess_in_a_process, args=(settings, results))
    other.start()
    looked_at = guess(app, "192.0.2.1", 8)
    looked_at += results.get(timeout=WAIT_SECONDS)
    other.join(WAIT_SECONDS)
    assert other.exitcode == 0
    assert looked_at == TRIES
    assert guess(make_app(), "192.0.2.1", 1) == 0


def test_searches_of_one_network_are_limited_over_its_addresses(
    make_app, photo, caplog
):
    app = make_app(MORELLI_SEARCH_RATE="2 per hour")
    statuses = []
    for number in range(3):
        browser = person_at(app, f"2001:db8::{number}").browser
        fields = {"photo": (BytesIO(photo), "photo.jpg")}
        statuses.append(browser.post("/api/v1/search", data=fields).status_code)
    assert statuses == [200, 200, 429]
    assert "2001:db8" not in caplog.text


def test_what_is_counted_is_kept_for_nobody_to_read(app, anna):
    guess(app, "192.0.2.1", 2)
    Person(app, "x" * 400_000 + "@example.org").log_in()
    folder = app.config["MORELLI_INSTANCE"] / "limits"
    kept = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"anna" not in kept
    assert b"192.0.2" not in kept
    assert len(kept) < 300_000


def test_every_form_that_asks_for_a_password_is_guarded(app):
    assert set(throttling.GUARDED) <= set(app.view_functions)


def test_without_the_redis_that_is_set_guessing_has_an_end_all_the_same(make_app):
    app = make_app(MORELLI_LIMITS_URL=f"redis://127.0.0.1:{free_port()}/0")
    with_account(app)
    assert guess(app, "192.0.2.1", 20) == TRIES
