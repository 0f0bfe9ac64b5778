"""Draft of a backup: files brought from their stores, or linked to those before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.services.media.opening import MediaStores
from app.services.media.store import StoredFile
from app.services.operations.backup import copying
from app.services.operations.backup.copying import Earlier, Watch
from app.services.operations.backup.manifest import BackedUpFile

FILES = "files"
"""Step, for whoever watches, before the name of the store."""
OWNER_FOLDER = 0o700


@dataclass(slots=True)
class BackupDraft:
    """Draft of a backup: a staged folder that is being filled.

    Attributes
    ----------
    path : Path
    media : MediaStores
    earlier : Earlier
    watch : callable
        Told of the progress; what it raises stops it.
    files : dict of str to BackedUpFile
        What is in it, by path.
    """

    path: Path
    media: MediaStores
    earlier: Earlier
    watch: Watch
    files: dict[str, BackedUpFile] = field(default_factory=dict)

    def bring(self, area: str, wanted: set[str] | None) -> None:
        """Bring the files of a store that are not here yet.

        Parameters
        ----------
        wanted : set of str or None
            Their names; None: all that the store has.
        """
        store = getattr(self.media, area)
        (self.path / area).mkdir(OWNER_FOLDER, exist_ok=True)
        listed = [
            one
            for one in store.list()
            if (wanted is None or one.name in wanted)
            and f"{area}/{one.name}" not in self.files
        ]

        def take(one: StoredFile) -> BackedUpFile | None:
            name = f"{area}/{one.name}"
            path, earlier = self.path / name, self.earlier.path / name
            known = self.earlier.files.get(name)
            linked = copying.link(known, earlier, one, path)
            return linked or copying.take(store, one.name, path)

        for number, (one, taken) in enumerate(copying.at_once(take, listed), start=1):
            if taken is not None:
                self.files[f"{area}/{one.name}"] = taken
            self.watch(number, len(listed), f"{FILES} {area}")

    def fetch(self, named: Mapping[str, set[str]]) -> set[str]:
        """Fetch the files that are named and not here; return those that are gone."""

        def take(name: str) -> BackedUpFile | None:
            area, _, inside = name.partition("/")
            return copying.take(getattr(self.media, area), inside, self.path / name)

        gone = set()
        for name, taken in copying.at_once(take, self.lacks(named)):
            if taken is None:
                gone.add(name)
            else:
                self.files[name] = taken
        return gone

    def keep_only(self, area: str, names: set[str]) -> None:
        """Remove files of a store that nothing names any more."""
        for path in [one for one in self.files if one.startswith(f"{area}/")]:
            if path.removeprefix(f"{area}/") not in names:
                (self.path / path).unlink()
                del self.files[path]

    def lacks(self, named: Mapping[str, set[str]]) -> set[str]:
        """Return the files that are named and not here."""
        paths = {f"{area}/{name}" for area, names in named.items() for name in names}
        return paths - self.files.keys()
