import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from app.configuration.load import ROOT
from app.extensions import db, metadata
from tests.support.waiting import SCRIPT_SECONDS


def test_migrations_make_the_tables_that_the_models_describe(in_app):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []


@pytest.mark.sqlite(reason="its pragmas")
def test_sqlite_lets_readers_and_a_writer_work_side_by_side(in_app):
    pragma = db.session.execute
    assert pragma(text("PRAGMA journal_mode")).scalar() == "wal"
    assert pragma(text("PRAGMA busy_timeout")).scalar_one() > 0
    assert pragma(text("PRAGMA foreign_keys")).scalar() == 1


def test_settings_of_the_caller_win(make_app):
    app = make_app(MORELLI_SEARCH_RATE="5 per hour", SESSION_COOKIE_NAME="other")
    assert app.config["MORELLI_SEARCH_RATE"] == "5 per hour"
    assert app.config["SESSION_COOKIE_NAME"] == "other"


def test_the_web_process_never_imports_tensorflow(tmp_path):
    code = (
        "import sys; from app.factory import create_app;"
        f"create_app({{'MORELLI_INSTANCE': {str(tmp_path)!r}}});"
        "sys.exit(any(m in sys.modules for m in ('tensorflow', 'keras', 'sklearn')))"
    )
    subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, timeout=SCRIPT_SECONDS
    )
