"""A database that cannot be opened: one sentence with the remedy."""

import pytest

from app.commands.statuses import MISCONFIGURED, UNREACHABLE
from app.factory import create_app
from app.programs import evaluate, index

ADDRESS = "postgresql+psycopg://morelli:hush@127.0.0.1:1/morelli"
COMMANDS = (
    ("db", "upgrade"),
    ("accounts", "create-admin", "ada@example.org"),
    ("accounts", "list"),
    ("accounts", "invite", "ada@example.org", "curator"),
    ("collection", "status"),
    ("collection", "rebuild"),
    ("feedback", "export", "photos"),
    ("imports", "list"),
    ("imports", "plan", "works.csv"),
    ("retention", "run"),
    ("worker",),
)


@pytest.fixture
def settings(tmp_path, monkeypatch):
    given = {
        "MORELLI_INSTANCE": str(tmp_path),
        "MORELLI_DATABASE_URL": ADDRESS,
        "MORELLI_SECRET_KEY": "k" * 64,
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return given


def is_one_sentence(text):
    assert text.count("\n") == 1
    assert "morelli:***@127.0.0.1:1/morelli cannot be opened: " in text
    assert "does its server run?" in text
    assert "hush" not in text
    return True


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("words", COMMANDS)
def test_commands_say_so(words):
    app = create_app()
    with app.app_context():  # which the program flask sees to
        result = app.test_cli_runner().invoke(args=words)
    assert result.exit_code == UNREACHABLE
    assert is_one_sentence(result.output)


@pytest.mark.usefixtures("settings")
def test_scripts_say_so(capsys, tmp_path):
    assert evaluate.main(["--versions", "1"]) == UNREACHABLE
    assert is_one_sentence(capsys.readouterr().err)
    given = ["--catalogue", "works.csv", "--images", str(tmp_path)]
    assert index.main(given) == UNREACHABLE
    assert is_one_sentence(capsys.readouterr().err)


@pytest.mark.usefixtures("settings")
def test_pages_ask_to_come_back_and_only_the_log_says_why(caplog):
    client = create_app().test_client()
    answer = client.get("/works/")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "127.0.0.1:1" not in answer.text
    assert "127.0.0.1:1/morelli cannot be opened" in caplog.text
    assert "hush" not in answer.text + caplog.text


@pytest.mark.usefixtures("settings")
def test_a_setting_that_cannot_be_used_stops_the_command(monkeypatch, capsys):
    monkeypatch.setenv("MORELLI_DATABASE_URL", "mysql://u:hush@host/db")
    with pytest.raises(SystemExit) as ended:
        __import__("wsgi")
    assert ended.value.code == MISCONFIGURED
    printed = capsys.readouterr().err
    assert printed.startswith("MORELLI_DATABASE_URL=mysql://u:***@host/db cannot be")
    assert printed.count("\n") == 1


@pytest.mark.usefixtures("settings")
@pytest.mark.postgresql(reason="its server says what it has not")
def test_a_database_or_a_user_that_there_is_not_is_named(databases, monkeypatch):
    there = databases.address("postgres")
    for address, named in (
        (there.replace("/postgres", "/nowhere"), '"nowhere" does not exist'),
        (there.replace("//postgres", "//nobody:hush"), '"nobody" does not exist'),
    ):
        monkeypatch.setenv("MORELLI_DATABASE_URL", address)
        app = create_app()
        with app.app_context():
            result = app.test_cli_runner().invoke(args=["db", "upgrade"])
        assert result.exit_code == UNREACHABLE
        assert named in result.output
        assert result.output.count("\n") == 1
        assert "hush" not in result.output
