"""``upgrade`` as an operator meets it."""

import pytest
from alembic import command

from app.extensions import db
from app.services.system import database

TODAY = "0029"


@pytest.fixture
def run(app, tmp_path):
    """Run the command over a database of an earlier version."""
    (tmp_path / "backups").mkdir()
    with app.app_context():
        db.session.remove()
        command.downgrade(database.alembic_config(), TODAY)

    def run(*words):
        return app.test_cli_runner().invoke(args=["upgrade", *words])

    return run


def test_it_says_what_it_did_and_the_way_back(run, tmp_path):
    done = run("--folder", str(tmp_path / "backups"))
    assert done.exit_code == 0, done.output
    assert f"from {TODAY} to {database.newest_version()}" in done.output
    assert f"upgrade --back-to {TODAY}" in done.output
    assert len(list((tmp_path / "backups").glob("2*"))) == 1
    assert "Nothing to do" in run().output
    back = run("--no-backup", "--back-to", TODAY)
    assert f"to {TODAY}" in back.output
    assert back.exit_code == 0


def test_without_a_folder_for_the_backup_it_refuses_in_a_sentence(run, app):
    refused = run()
    assert refused.exit_code == 2
    assert "Set MORELLI_BACKUP_FOLDER, or name one by --folder" in refused.output
    with app.app_context():
        assert database.version() == TODAY


def test_without_a_backup_only_if_that_is_said(run):
    done = run("--no-backup")
    assert done.exit_code == 0
    assert "Backup made" not in done.output
