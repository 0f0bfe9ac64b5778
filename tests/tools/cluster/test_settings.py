"""Settings that all servers of a cluster share."""

from app.configuration.load import read_settings
from tools.cluster.namespaces import Machine
from tools.cluster.settings import KEYS_FILE, Keys, own_environ, settings_of

NAMES = ("database", "storage", "limits", "mail", "one")


def machine(name):
    return Machine(name, f"10.73.0.{2 + NAMES.index(name)}", "port", -1, -1)


def test_keys_are_made_once_and_nobody_else_reads_them(tmp_path):
    keys = Keys.of(tmp_path)
    assert Keys.of(tmp_path) == keys
    assert len({keys.secret_key, keys.storage_key, keys.storage_secret}) == 3
    assert (tmp_path / KEYS_FILE).stat().st_mode & 0o077 == 0


def test_settings_of_a_server_are_accepted_and_lead_to_the_other_machines(tmp_path):
    keys = Keys.of(tmp_path)
    machines = {name: machine(name) for name in NAMES}
    environ = settings_of(tmp_path, keys, machines, "http://127.0.0.1:8000")
    settings = read_settings(environ)
    for name, there in (
        ("MORELLI_DATABASE_URL", "database"),
        ("MORELLI_MEDIA_URL", "storage"),
        ("MORELLI_LIMITS_URL", "limits"),
        ("MORELLI_SMTP_HOST", "mail"),
    ):
        assert machines[there].address in settings[name]
    assert settings["MORELLI_INSTANCE"] == tmp_path
    assert settings["MORELLI_SECRET_KEY"] == keys.secret_key


def test_nothing_of_the_surroundings_leads_a_part_elsewhere(monkeypatch):
    for name in ("AWS_PROFILE", "HTTP_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "elsewhere")
    assert "elsewhere" not in own_environ().values()
