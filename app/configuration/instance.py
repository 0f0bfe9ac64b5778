"""Instance folder: what lies where in it, who may enter it, and the secret key."""

import logging
import os
import secrets
import stat
from pathlib import Path

from app.configuration.errors import ConfigurationError
from app.configuration.parsers import SECRET_KEY_BYTES
from app.retrieval.files.atomic import OWNER_ONLY, write_atomically

logger = logging.getLogger(__name__)

OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""Rights of everybody but the owner."""


class Folders:
    """Folders of an instance, where it keeps what it must not lose."""

    def __init__(self, instance: Path) -> None:
        self.instance = instance
        self.database = instance / "morelli.db"
        """The SQLite file, unless another database is set."""
        self.generations = instance / "generations"
        """Root of the published indexes."""
        self.shards = instance / "shards"
        """Root of the shards of indexes, where they are built or held."""
        self.works = instance / "media" / "works"
        """Pictures of the works."""
        self.recordings = instance / "media" / "recordings"
        """Audio and video of the works."""
        self.queries = instance / "media" / "queries"
        """Photos that visitors asked about."""
        self.site = instance / "media" / "site"
        """The museum's logo, and the icons made of it."""
        self.maps = instance / "maps"
        """Maps of the collection; can be made again."""
        self.tiles = instance / "tiles"
        """Parts of works' pictures for deep zoom; can be made again."""
        self.comparisons = instance / "comparisons"
        """Comparisons of methods, for a day."""
        self.evaluations = instance / "evaluations"
        """Photos of evaluations that were answered wrong; ZIP files that wait."""
        self.imports = instance / "imports"
        """Catalogues that were sent to be imported, until they are."""
        self.mail = instance / "mail"
        """Mails that wait for the mail server, or for the operator without one."""
        self.workers = instance / "workers"
        """Locks that tell which of this folder's workers live."""
        self.admission = instance / "turnstile"
        """Who waits to be searched; of no use once the server has stopped."""
        self.limits = instance / "limits"
        """What the rate limits count, for a day at most; not to be backed up."""
        self.metrics = instance / "metrics"
        """What server processes count; of no use once the server has stopped."""
        self.translations = instance / "translations"
        """Translated texts, compiled; made again whenever they are missing."""


def obtain_secret_key(folder: Path) -> str:
    """Return the key kept in ``folder``, making it first where there is none.

    Processes that start at once agree on one key: it is written whole to a file of its
    own, and the hard link that gives it the final name succeeds for the first only.

    Raises
    ------
    ConfigurationError
        If the file is there but holds no usable key.
    """
    path = folder / "secret_key"
    if not path.exists():
        draft = folder / f".secret_key.{secrets.token_hex(8)}"
        new = secrets.token_hex(SECRET_KEY_BYTES).encode()
        write_atomically(draft, new, mode=OWNER_ONLY)
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # another process was first: its key is read below
        finally:
            draft.unlink()
    key = path.read_text(encoding="ascii").strip()
    if len(key) < SECRET_KEY_BYTES:
        raise ConfigurationError(
            "MORELLI_SECRET_KEY", "", f"{path} holds no key; delete it to get a new one"
        )
    return key


def keep_to_owner() -> None:
    """Let what this process writes be its owner's alone; for entry points.

    Photos, addresses and keys lie in the instance folder, and nobody but the program
    reads its files.
    """
    os.umask(0o077)


def prepare_instance(folder: Path) -> None:
    """Make the instance folder where it is missing, and close it to all but its owner.

    Whatever lies in it is closed off with it, also what was written before. A folder
    that others share, such as one for temporary files, is left as it is.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    is_open = bool(found.st_mode & OTHERS)
    is_shared = bool(found.st_mode & stat.S_ISVTX)
    if is_open and (is_shared or found.st_uid != os.geteuid()):
        logger.warning("others than its owner may look into %s", folder)
    elif is_open:
        folder.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)
