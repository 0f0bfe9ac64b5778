import sys

import pytest

from app.configuration import databases, load
from app.configuration.databases import mask_password, parse_database_url
from app.configuration.load import ConfigurationError

ADDRESS = "postgresql+psycopg://morelli:hush@db.museum.org/morelli"
KEY = "k" * 64


def read(address, **others):
    given = {"MORELLI_DATABASE_URL": address, "MORELLI_SECRET_KEY": KEY}
    return load.read_settings(given | others)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("", ""),
        (ADDRESS, ADDRESS),
        (ADDRESS.replace("+psycopg", ""), ADDRESS),
        ("sqlite:////srv/morelli.db", "sqlite+pysqlite:////srv/morelli.db"),
        (
            "postgresql://u:p%40ss%2F@/name?host=%2Frun",
            "postgresql+psycopg://u:p%40ss%2F@/name?host=%2Frun",
        ),
    ],
)
def test_addresses_name_their_driver(text, address):
    assert parse_database_url(text) == address


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("morelli.db", "write it like"),
        ("postgresql+psycopg://u:hu/sh@host:x/db", "%2F for @, : and / in the"),
        ("mysql://u:hush@host/db", "PostgreSQL or SQLite"),
        ("nonsense://u:hush@host/db", "PostgreSQL or SQLite"),
        ("postgresql+psycopg2://u:hush@host/db", "postgresql\\+psycopg://"),
        ("postgresql+pg8000://u:hush@host/db", "the supported driver"),
    ],
)
def test_others_are_refused_by_a_sentence_without_the_password(text, reason):
    with pytest.raises(ConfigurationError, match=reason) as refused:
        read(text)
    assert "hush" not in str(refused.value)
    assert "hu/sh" not in str(refused.value)


def test_a_missing_driver_is_named_with_the_command_that_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigurationError, match=r"pip install .*cluster") as refused:
        read(ADDRESS)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("localhost:6379", "write it like"),
        ("memcached://host", "write it like"),
        ("redis:///0", "write it like"),
        ("redis://:hush@host:x/0", "its port is no number"),
    ],
)
def test_addresses_of_no_redis_are_refused(text, reason):
    with pytest.raises(ConfigurationError, match=reason) as refused:
        load.read_settings({"MORELLI_LIMITS_URL": text})
    assert "hush" not in str(refused.value)


def test_an_address_of_a_redis_is_taken_where_its_package_is_installed(monkeypatch):
    address = "rediss://:hush@host:6380/0"
    given = {"MORELLI_LIMITS_URL": address}
    assert load.read_settings(given)["MORELLI_LIMITS_URL"] == address
    monkeypatch.setattr(databases, "find_spec", lambda _name: None)
    with pytest.raises(ConfigurationError, match=r"redis is not installed.*pip"):
        load.read_settings(given)


def test_a_shared_database_needs_a_key_that_all_servers_have():
    with pytest.raises(ConfigurationError, match=r"MORELLI_SECRET_KEY=.*one key"):
        read(ADDRESS, MORELLI_SECRET_KEY="")
    assert read(ADDRESS)["MORELLI_DATABASE_URL"] == ADDRESS
    for own in ("", "sqlite:////srv/morelli.db"):
        assert read(own, MORELLI_SECRET_KEY="")["MORELLI_SECRET_KEY"] == ""


def test_the_pool_is_bounded_where_others_share_the_database(tmp_path):
    settings = {
        "MORELLI_INSTANCE": str(tmp_path),
        "MORELLI_SECRET_KEY": KEY,
        "MORELLI_DATABASE_POOL": "3",
    }
    shared = load.load({**settings, "MORELLI_DATABASE_URL": ADDRESS})
    options = shared["SQLALCHEMY_ENGINE_OPTIONS"]
    assert (options["pool_size"], options["max_overflow"]) == (3, 0)
    own = load.load({**settings, "MORELLI_DATABASE_URL": "sqlite:///x.db"})
    assert own["SQLALCHEMY_ENGINE_OPTIONS"]["max_overflow"] == -1


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (ADDRESS, "postgresql+psycopg://morelli:***@db.museum.org/morelli"),
        ("x://u:a@b:c/d@host/db", "x://u:***@host/db"),
        ("x:///db?host=a&password=hush&b=c", "x:///db?host=a&password=***&b=c"),
        ("x:///db?sslpassword=hush", "x:///db?sslpassword=***"),
        ("x://u@host/db", "x://u@host/db"),
        ("8000", "8000"),
    ],
)
def test_passwords_are_masked(text, masked):
    assert mask_password(text) == masked


SCHEDULER = "tcp://scheduler.museum.org:8786"


@pytest.fixture
def with_dask(monkeypatch):
    monkeypatch.setattr(databases, "find_spec", lambda name: name)


@pytest.mark.usefixtures("with_dask")
@pytest.mark.parametrize("text", ["", SCHEDULER, "tls://10.0.0.1:8786"])
def test_schedulers_of_shards_are_understood(text):
    assert (
        load.read_settings({"MORELLI_SHARDS_URL": text})["MORELLI_SHARDS_URL"] == text
    )


@pytest.mark.usefixtures("with_dask")
@pytest.mark.parametrize(
    "text", ["scheduler:8786", "http://host:8786", "tcp://host", "tcp://host:x"]
)
def test_other_schedulers_are_refused(text):
    with pytest.raises(ConfigurationError, match="write it like “tcp://host:8786”"):
        load.read_settings({"MORELLI_SHARDS_URL": text})


def test_without_dask_the_command_that_brings_it_is_named(monkeypatch):
    monkeypatch.setattr(databases, "find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match="requirements-shards"):
        load.read_settings({"MORELLI_SHARDS_URL": SCHEDULER})


@pytest.mark.usefixtures("with_dask")
@pytest.mark.parametrize(
    ("others", "reason"),
    [
        ({}, "servers find the shards"),
        (
            {
                "MORELLI_SHARDS_URL": SCHEDULER,
                "MORELLI_VECTORS_URL": "milvus://host:19530",
            },
            "leave MORELLI_VECTORS_URL empty",
        ),
    ],
)
def test_shards_need_a_scheduler_and_no_other_engine(others, reason):
    with pytest.raises(ConfigurationError, match=reason):
        load.read_settings({"MORELLI_SHARDS": "2", **others})
