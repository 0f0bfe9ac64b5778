"""Instance folder: the key in it."""

import stat
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from app.configuration.errors import ConfigurationError
from app.configuration.instance import obtain_secret_key
from app.configuration.parsers import SECRET_KEY_BYTES
from tests.support.waiting import WAIT_SECONDS


def test_the_secret_key_is_made_once_and_kept_private(tmp_path):
    key = obtain_secret_key(tmp_path)
    assert len(key) == 2 * SECRET_KEY_BYTES
    assert obtain_secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_processes_that_start_at_once_agree_on_one_key(tmp_path):
    everybody = Barrier(8)

    def start(_):
        everybody.wait(WAIT_SECONDS)
        return obtain_secret_key(tmp_path)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(start, range(8)))) == 1


def test_a_damaged_secret_key_is_refused(tmp_path):
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(ConfigurationError, match="delete it"):
        obtain_secret_key(tmp_path)
