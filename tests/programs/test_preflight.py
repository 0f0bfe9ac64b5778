"""What keeps a server from serving is one sentence with its setting, and a status."""

import socket

import pytest

from app.commands.statuses import DONE, MISCONFIGURED, UNREACHABLE
from app.extensions import db
from app.factory import create_app
from app.models import FirstCode
from app.programs import preflight
from app.services.accounts import accounts
from app.services.system import database


@pytest.fixture
def settings(tmp_path, monkeypatch):
    def set_all(**given):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        usual = {"MORELLI_INSTANCE": tmp_path / "instance", "MORELLI_PORT": port}
        for name, value in {**usual, **given}.items():
            monkeypatch.setenv(name, str(value))

    return set_all


def said(capsys):
    text = capsys.readouterr().err
    assert text.count("\n") == 1, text
    return text


def test_a_new_museum_gets_its_tables_and_a_code(settings, tmp_path, capsys):
    settings()
    assert preflight.main() == DONE
    assert "/start/ and give this code" in said(capsys)
    app = create_app({"MORELLI_INSTANCE": tmp_path / "instance"})
    with app.app_context():
        database.check()
        assert db.session.query(FirstCode).count() == 1
        accounts.grant(accounts.create_confirmed("ada@example.org", None), "admin")
        db.session.commit()
        db.session.remove()
        assert preflight.main() == DONE
        assert capsys.readouterr().err == ""
        assert db.session.query(FirstCode).count() == 0


def test_a_port_that_is_taken(settings, capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        settings(MORELLI_PORT=port)
        assert preflight.main() == MISCONFIGURED
    assert said(capsys) == (
        f"MORELLI_PORT={port} cannot be used: another program listens there; stop it, "
        "or choose another port.\n"
    )


def test_an_address_that_is_another_machines(settings, capsys):
    settings(MORELLI_HOST="192.0.2.1")
    assert preflight.main() == MISCONFIGURED
    assert "MORELLI_HOST=192.0.2.1 cannot be used: this machine" in said(capsys)


def test_a_model_that_is_not_there(settings, tmp_path, capsys):
    settings(MORELLI_MODEL=tmp_path)
    assert preflight.main() == MISCONFIGURED
    assert f"MORELLI_MODEL={tmp_path} cannot be used: it is no model" in said(capsys)


def test_a_folder_that_is_a_file(settings, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    settings(MORELLI_INSTANCE=tmp_path / "file")
    assert preflight.main() == MISCONFIGURED
    assert f"MORELLI_INSTANCE={tmp_path / 'file'} cannot be used" in said(capsys)


def test_a_database_that_does_not_answer(settings, capsys):
    settings(
        MORELLI_DATABASE_URL="postgresql+psycopg://morelli:hush@127.0.0.1:1/morelli",
        MORELLI_SECRET_KEY="k" * 64,
    )
    assert preflight.main() == UNREACHABLE
    text = said(capsys)
    assert "morelli:***@127.0.0.1:1/morelli cannot be opened" in text
    assert "hush" not in text
