"""Tables of a new museum: made once, however many processes begin at once."""

import subprocess
import sys

import pytest
from alembic.script import ScriptDirectory

from app.services.system import database
from tests.support.databases import environ_of
from tests.support.waiting import SCRIPT_SECONDS

BEGIN = """
from app.factory import create_app
from app.services.system import database

app = create_app()
with app.app_context():
    database.prepare()
    print(database.version() == database.newest_version())
"""


@pytest.mark.slow
def test_server_worker_and_indexing_may_begin_at_once(tmp_path):
    begun = [
        subprocess.Popen(
            [sys.executable, "-c", BEGIN],
            env={**environ_of(tmp_path), "MORELLI_INSTANCE": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in begun:
        told, faults = process.communicate(timeout=SCRIPT_SECONDS)
        assert (process.returncode, told.strip()) == (0, "True"), faults


def test_the_versions_that_are_known_are_those_that_alembic_goes_through():
    scripts = ScriptDirectory.from_config(database.alembic_config())
    revisions = [one.revision for one in scripts.walk_revisions("base", "heads")]
    assert database.known_versions() == tuple(reversed(revisions))
