"""Parts of a cluster, as they are started."""

from pathlib import Path

import pytest

from tools.cluster import parts
from tools.cluster.namespaces import Machine
from tools.cluster.programs import MissingProgramError


def machine(name):
    return Machine(name, "10.73.0.2", "port", -1, -1)


def test_servers_use_others_and_others_do_not(tmp_path):
    environ = {"MORELLI_INSTANCE": str(tmp_path)}
    server, worker = parts.site(1, machine("one"), tmp_path, environ, 7)
    assert (server.name, worker.name) == ("server-1", "worker-1")
    assert server.listener == 7
    assert "fd://7" in server.command
    assert server.uses_others
    assert worker.uses_others
    assert not parts.mail(machine("mail"), tmp_path).uses_others


def test_a_missing_program_is_named_with_its_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "find_limits_server", lambda: None)
    with pytest.raises(MissingProgramError, match=r"no Redis.*apt-get install"):
        parts.limits(machine("limits"), tmp_path)
    monkeypatch.setattr(parts, "find_postgresql_with_vectors", lambda: None)
    with pytest.raises(MissingProgramError, match=r"no PostgreSQL.*make setup"):
        parts.database(machine("database"), Path("nowhere"))
