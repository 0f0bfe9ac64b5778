"""PostgreSQL's programs: missing, too old, failing."""

import pytest
from sqlalchemy import make_url

from app.services.operations.backup import programs
from app.services.operations.backup.manifest import BackupError


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Return a function that puts a program on the PATH."""

    def put(name, script):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o700)

    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return put


def test_a_missing_program_is_said_with_what_brings_it(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(BackupError, match=r"no pg_dump on the PATH\. Install .* 16"):
        programs.find(programs.DUMP, 16, "the server is")


def test_an_older_program_than_the_server_is_refused(program):
    program("pg_dump", "echo 'pg_dump (PostgreSQL) 15.4 (Debian 15.4-1)'")
    assert programs.find(programs.DUMP, 15, "the server is") == 15
    with pytest.raises(BackupError, match="PostgreSQL 15, and the server is of 17"):
        programs.find(programs.DUMP, 17, "the server is")


def test_a_password_is_in_no_argument_and_in_no_message(program):
    program("pg_dump", 'echo "$@ $PGPASSWORD" > "$(dirname "$0")/told"; exit 1')
    url = make_url("postgresql+psycopg://anna:hush@db.museum.org/morelli")
    with pytest.raises(BackupError, match="pg_dump failed") as caught:
        programs.run(programs.DUMP, url, ["--format=custom"])
    assert "hush" not in str(caught.value)


def test_the_password_is_handed_over_beside_them(program, tmp_path):
    program("pg_dump", 'printf "%s|%s" "$*" "$PGPASSWORD" > "$(dirname "$0")/told"')
    url = make_url("postgresql+psycopg://anna:hush@db.museum.org/morelli")
    programs.run(programs.DUMP, url, ["--format=custom"])
    arguments, password = (tmp_path / "told").read_text().split("|")
    assert password == "hush"
    assert arguments.endswith("--dbname=postgresql://anna@db.museum.org/morelli")
    assert "hush" not in arguments
