"""The daily run of the server itself: once a day, by one process, never in the way."""

import logging
import runpy
import time
from types import SimpleNamespace

import pytest

from app.configuration.load import ROOT
from app.services.operations import retention
from app.services.system.database import DatabaseNotReadyError
from app.services.system.lock import exclusively
from app.web import housekeeping
from app.web.account.mail import POST
from app.web.housekeeping import HOUSEKEEPER
from app.web.shell.current import SEARCH, folders


@pytest.fixture
def keeper(app):
    return app.extensions[HOUSEKEEPER]


@pytest.fixture
def runs(monkeypatch):
    """Count the runs, which are done all the same."""
    done, run = [], retention.run

    def counted(*arguments):
        done.append(arguments)
        return run(*arguments)

    monkeypatch.setattr(retention, "run", counted)
    return done


def test_it_tidies_up_once_a_day_with_the_days_that_are_set(make_app, runs):
    app = make_app(MORELLI_RETENTION_DAYS="7")
    keeper = app.extensions[HOUSEKEEPER]
    for _ in range(3):
        keeper.look()
    assert [days for _, days in runs] == [7]


def test_another_process_may_be_faster(app, keeper, runs, caplog):
    with app.app_context():
        lock = folders().instance / retention.LOCK
    with exclusively(lock):
        keeper.look()
    assert caplog.records == []
    keeper.look()
    assert len(runs) == 2


@pytest.mark.parametrize(
    ("fault", "level"),
    [
        (OSError("the disk is gone"), logging.ERROR),
        (DatabaseNotReadyError("It is old", "flask db upgrade"), logging.WARNING),
    ],
)
def test_what_goes_wrong_is_logged_and_tried_again(
    keeper, monkeypatch, caplog, fault, level
):
    def fail(*_arguments):
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr(retention, "run", fail)
        keeper.look()
    [record] = caplog.records
    assert record.levelno == level
    caplog.set_level(logging.INFO)
    keeper.look()
    assert "0 old photos" in caplog.text


def test_it_looks_by_itself_until_it_is_stopped(keeper, monkeypatch, runs):
    monkeypatch.setattr(housekeeping, "FIRST_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(housekeeping, "LOOK_SECONDS", 0.01)
    keeper.start()
    for _ in range(500):
        if runs:
            break
        time.sleep(0.01)
    keeper.stop()
    assert len(runs) == 1


def test_each_process_of_the_server_starts_one():
    begun = []
    parts = {
        name: SimpleNamespace(start=lambda name=name: begun.append(name))
        for name in (POST, HOUSEKEEPER)
    }
    parts[SEARCH] = SimpleNamespace(open=lambda: None)
    server = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    server["post_worker_init"](SimpleNamespace(wsgi=SimpleNamespace(extensions=parts)))
    assert HOUSEKEEPER in begun
