"""Programs of a cluster, found on this machine."""

import shutil
import subprocess

from tools.cluster import programs
from tools.cluster.programs import (
    find_limits_server,
    find_postgresql,
    find_postgresql_with_vectors,
)


def test_the_database_s_programs_are_found_and_run():
    found = find_postgresql()
    assert found is not None
    command = [str(found / "postgres"), "--version"]
    assert b"PostgreSQL" in subprocess.check_output(command, timeout=60)


def test_one_with_vectors_is_found_by_its_extension(tmp_path, monkeypatch):
    plain, rich = tmp_path / "plain" / "bin", tmp_path / "rich" / "bin"
    extension = rich.parent / "share" / "postgresql" / "extension"
    for folder in (plain, rich, extension):
        folder.mkdir(parents=True)
    monkeypatch.setattr(programs, "_postgresqls", lambda: [plain, rich])
    assert find_postgresql_with_vectors() is None
    (extension / "vector.control").touch()
    assert find_postgresql_with_vectors() == rich


def test_valkey_comes_before_redis(monkeypatch):
    there = {"redis-server": "/usr/bin/redis-server"}
    monkeypatch.setattr(shutil, "which", there.get)
    assert find_limits_server() == "/usr/bin/redis-server"
    there["valkey-server"] = "/usr/bin/valkey-server"
    assert find_limits_server() == "/usr/bin/valkey-server"
    there.clear()
    assert find_limits_server() is None
