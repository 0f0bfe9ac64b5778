import os
import stat

import pytest

from app.configuration import load
from app.configuration.load import ConfigurationError
from app.programs import demo, evaluate, index


def test_an_empty_environment_gives_the_defaults(tmp_path):
    settings = load.read_settings({})
    assert settings["MORELLI_PORT"] == 8000
    assert settings["MORELLI_INSTANCE"] == load.ROOT / "instance"


def test_an_empty_variable_means_the_default():
    assert load.read_settings({"MORELLI_PORT": " "})["MORELLI_PORT"] == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MORELLI_PORT", "http"),
        ("MORELLI_PORT", "70000"),
        ("MORELLI_WORKERS", "0"),
        ("MORELLI_MAX_UPLOAD_MB", "-1"),
        ("MORELLI_SEARCH_RATE", "often"),
        ("MORELLI_HTTPS", "maybe"),
        ("MORELLI_TIME_ZONE", "Rome"),
        ("MORELLI_TIME_ZONE", "../Europe/Rome"),
        ("MORELLI_TIME_ZONE", "Europe"),
        ("MORELLI_SECRET_KEY", "dev"),
        ("MORELLI_DATABASE_URL", "morelli.db"),
        ("MORELLI_PUBLIC_URL", "search.museum.org"),
        ("MORELLI_PUBLIC_URL", "ftp://museum.org"),
        ("MORELLI_PUBLIC_URL", "https://museum.org/#a"),
        ("MORELLI_MAIL_FROM", "Museum"),
        ("MORELLI_SMTP_ENCRYPTION", "ssl"),
        ("MORELLI_SECURITY_CONTACT", "security@museum.org"),
        ("MORELLI_SECURITY_CONTACT", "mailto:security"),
        ("MORELLI_SECURITY_CONTACT", "http://museum.org/security"),
        ("MORELLI_SECURITY_CONTACT", "https:///security"),
        ("MORELLI_SECURITY_CONTACT", "mailto:a@museum.org\nExpires: never"),
    ],
)
def test_nonsense_is_refused_by_name_and_value(name, value):
    with pytest.raises(ConfigurationError, match=f"{name}={value} cannot be used: "):
        load.read_settings({name: value})


def test_mails_that_leave_the_machine_need_a_sender_and_an_address_to_link_to():
    environ = {"MORELLI_SMTP_HOST": "mail.museum.org"}
    for name, value in (
        ("MORELLI_PUBLIC_URL", "https://museum.org/"),
        ("MORELLI_MAIL_FROM", "Museum <search@museum.org>"),
    ):
        with pytest.raises(ConfigurationError, match=name):
            load.read_settings(environ)
        environ[name] = value
    settings = load.read_settings(environ)
    assert settings["MORELLI_PUBLIC_URL"] == "https://museum.org"


@pytest.mark.parametrize(
    ("host", "address"),
    [("::", "http://localhost:8000"), ("10.0.0.7", "http://10.0.0.7:8000")],
)
def test_without_a_public_address_the_own_one_is_meant(tmp_path, host, address):
    settings = {"MORELLI_INSTANCE": str(tmp_path), "MORELLI_HOST": host}
    assert load.load(settings)["PUBLIC_URL"] == address


def test_a_variable_that_is_no_setting_is_named_in_the_log(caplog):
    load.read_settings({"MORELLI_PROT": "8000"})
    assert "MORELLI_PROT" in caplog.text


def test_every_setting_says_what_it_is_for():
    assert all(
        s.help.endswith(".") and s.name.startswith("MORELLI_") for s in load.SETTINGS
    )


def test_an_instance_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="MORELLI_INSTANCE"):
        load.load({"MORELLI_INSTANCE": str(tmp_path / "file" / "instance")})


@pytest.fixture
def usual_umask():
    """What most systems give a process: everybody may read what it writes."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("usual_umask")
@pytest.mark.parametrize("mode", [None, 0o755, 0o777])
def test_nobody_but_its_owner_gets_into_the_instance_folder(tmp_path, mode):
    folder = tmp_path / "instance"
    if mode is not None:
        folder.mkdir()
        folder.chmod(mode)
    load.load({"MORELLI_INSTANCE": str(folder)})
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.usefixtures("usual_umask")
def test_a_folder_that_others_share_is_left_open_and_said(tmp_path, caplog):
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    load.load({"MORELLI_INSTANCE": str(folder)})
    assert stat.S_IMODE(folder.stat().st_mode) == 0o1777
    assert f"may look into {folder}" in caplog.text


@pytest.mark.usefixtures("usual_umask")
@pytest.mark.parametrize("script", [demo, evaluate, index])
def test_what_scripts_write_is_their_owners_alone(script, capsys):
    with pytest.raises(SystemExit):
        script.main(["--help"])
    assert os.umask(0o022) == 0o077
