"""Settings of a cluster: secrets, ports and the environment that all servers share."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.cluster.namespaces import Machine

DATABASE_PORT, STORAGE_PORT, LIMITS_PORT, MAIL_PORT = 5432, 9000, 6379, 2525
SITE_PORT = 8000
"""Of an application server, on its machine."""
BUCKET = "museum"
REGION = "us-east-1"
DATABASE, USER = "morelli", "postgres"
KEYS_FILE = "keys.json"


@dataclass(frozen=True, slots=True)
class Keys:
    """Secrets that all servers of a cluster share."""

    secret_key: str
    storage_key: str
    storage_secret: str

    @classmethod
    def of(cls, folder: Path) -> "Keys":
        """Read those of a cluster, or make them."""
        path = folder / KEYS_FILE
        if not path.exists():
            made = {name: secrets.token_hex(32) for name in cls.__slots__}
            path.touch(mode=0o600)
            path.write_text(json.dumps(made))
        return cls(**json.loads(path.read_text()))


def settings_of(
    folder: Path, keys: Keys, machines: Mapping[str, Machine], public_url: str
) -> dict[str, str]:
    """Return the environment of an application server: what it shares, and its folder.

    Parameters
    ----------
    folder : Path
        Its instance folder.
    machines : mapping of str to Machine
        By the names of the parts.
    public_url : str
        Where visitors reach one of the servers.
    """
    at = {name: machine.address for name, machine in machines.items()}
    endpoint = f"http://{at['storage']}:{STORAGE_PORT}"
    return {
        "MORELLI_INSTANCE": str(folder),
        "MORELLI_DATABASE_URL": f"postgresql+psycopg://{USER}@{at['database']}:"
        f"{DATABASE_PORT}/{DATABASE}",
        "MORELLI_MEDIA_URL": f"s3://{BUCKET}/morelli?endpoint={endpoint}"
        f"&region={REGION}",
        "MORELLI_LIMITS_URL": f"redis://{at['limits']}:{LIMITS_PORT}/0",
        "MORELLI_SECRET_KEY": keys.secret_key,
        "MORELLI_PUBLIC_URL": public_url,
        "MORELLI_SMTP_HOST": at["mail"],
        "MORELLI_SMTP_PORT": str(MAIL_PORT),
        "MORELLI_SMTP_ENCRYPTION": "none",
        "MORELLI_MAIL_FROM": "Museum <museum@example.org>",
        "AWS_ACCESS_KEY_ID": keys.storage_key,
        "AWS_SECRET_ACCESS_KEY": keys.storage_secret,
    }


def own_environ() -> dict[str, str]:
    """Return the environment without what would lead a part to somewhere else."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AWS_") and not name.lower().endswith("_proxy")
    }
