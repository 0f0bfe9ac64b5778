"""Generations on disk: built aside, examined, published in one step.

::

    root/CURRENT                 the name of the live generation, one line
    root/LOCK                    held by the one process that builds
    root/<fingerprint>/          a generation
    root/staging/                one being built, or what a killed build left
    root/discarded/              one being removed
    root/refused/                the last one that failed its examination

Only the replacement of ``CURRENT``, which the file system does in one step, makes a
generation live. Whatever dies before that leaves the old one working, and what it
left behind is swept by the next build.
"""

import fcntl
import logging
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import count
from pathlib import Path

from app.retrieval.errors import (
    ArtefactError,
    DamagedArtefactError,
    EmptyGalleryError,
    ExaminationError,
    IncompatibleArtefactError,
    StoreBusyError,
    StoreWriteError,
)
from app.retrieval.examination import Examination
from app.retrieval.gallery import Gallery
from app.retrieval.gallery_writer import GalleryWriter
from app.retrieval.manifest import INDEX_COMMAND, Manifest
from app.retrieval.model import Model
from app.retrieval.settings import RetrievalSettings
from app.retrieval.types import GalleryFeatures, GalleryItem

KEPT_GENERATIONS = 3
"""Live one included. The others serve workers that have not yet swapped, and an
operator who wants yesterday's back."""

_CURRENT = "CURRENT"
_LOCK = "LOCK"
_STAGING = "staging"
_DISCARDED = "discarded"
_REFUSED = "refused"
_NAME = re.compile(r"[0-9a-f]{16}(-\d+)?")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Generation:
    """A published generation.

    Attributes
    ----------
    name : str
    path : Path
    manifest : Manifest
    """

    name: str
    path: Path
    manifest: Manifest


class Store:
    """The generations under one folder.

    Parameters
    ----------
    root : Path
        Made by the first build.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def current_name(self) -> str | None:
        """Read which generation is live; None before the first one.

        One small read: cheap enough to ask before every query.

        Raises
        ------
        DamagedArtefactError
            If ``CURRENT`` does not hold a name.
        """
        path = self.root / _CURRENT
        try:
            name = path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            name = ""
        if not _NAME.fullmatch(name):
            raise DamagedArtefactError(path, "it holds no name", INDEX_COMMAND)
        return name

    def current(self) -> Generation | None:
        """Describe the live generation; None before the first one.

        Raises
        ------
        ArtefactError
            If it is missing, damaged or of another format.
        """
        name = self.current_name()
        if name is None:
            return None
        return Generation(name, self.root / name, Manifest.read(self.root / name))

    def open(
        self, model: Model, settings: RetrievalSettings | None = None
    ) -> tuple[Generation, Gallery]:
        """Open the live generation, mapped into memory.

        What is open stays usable when later builds remove its folder.

        Parameters
        ----------
        model : Model
            The one that will ask.
        settings : RetrievalSettings, optional

        Raises
        ------
        EmptyGalleryError
            If nothing has been published yet.
        IncompatibleArtefactError
            If it was made by another model or with other settings.
        DamagedArtefactError
            If a file is missing, cut short or not what it claims to be.
        """
        generation = self.current()
        if generation is None:
            raise EmptyGalleryError(INDEX_COMMAND)
        manifest = generation.manifest
        wanted = _feature_settings(settings or RetrievalSettings())
        found = {name: manifest.settings.get(name) for name in wanted}
        for expected, actual in (
            (f"model {model.model_id}", f"model {manifest.model_id}"),
            (f"settings {wanted}", f"settings {found}"),
        ):
            if actual != expected:
                raise IncompatibleArtefactError(
                    generation.path, expected, actual, INDEX_COMMAND
                )
        manifest.check_lengths(generation.path)
        try:
            return generation, Gallery.open(generation.path, model.vocabulary)
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise DamagedArtefactError(
                generation.path, str(error), INDEX_COMMAND
            ) from error

    def build(
        self,
        items: Iterable[tuple[GalleryItem, GalleryFeatures]],
        model: Model,
        *,
        examine: Callable[[Gallery], Examination],
        settings: RetrievalSettings | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> Generation:
        """Build a generation, examine it and make it live.

        The same items, model and settings give the same files, bit for bit, and so
        the same name; one that is there already is made live again as it is.

        Parameters
        ----------
        items : iterable of (GalleryItem, GalleryFeatures)
            Read once. What it raises ends the build and passes through.
        model : Model
            The one that computed the features.
        examine : callable
            Given the new gallery, opened as a server would open it.
        settings : RetrievalSettings, optional
        progress : callable, optional
            Told the name of each step when it begins.

        Returns
        -------
        generation : Generation
            The live one.

        Raises
        ------
        EmptyGalleryError
            If there are no items.
        ExaminationError
            If the examination failed; the new files are kept in ``refused``.
        StoreBusyError
            If another process is building here.
        StoreWriteError
            If the files cannot be written (disk full, no permission).
        """
        settings = settings or RetrievalSettings()
        with self._lock(), self._staging() as staging:
            progress("features")
            with self._writing():
                writer = GalleryWriter(staging, model.vocabulary, settings.gallery)
            for item, features in items:
                with self._writing():
                    writer.add(item, features)
            if not len(writer):
                raise EmptyGalleryError(INDEX_COMMAND)
            with self._writing():
                writer.finish(progress)
                gallery = Gallery.open(staging, model.vocabulary)
                manifest = Manifest.of(
                    staging,
                    model_id=model.model_id,
                    settings={
                        **_feature_settings(settings),
                        **asdict(settings.gallery),
                    },
                    works=gallery.work_count,
                    images=len(gallery),
                )
            name = self._name_of_equal(manifest)
            if name is None:
                progress("examination")
                examination = examine(gallery)
                name = self._settle(staging, manifest, examination)
            progress("publication")
            with self._writing():
                self._publish(name)
            self._prune(name)
        return Generation(name, self.root / name, Manifest.read(self.root / name))

    def _settle(
        self, staging: Path, manifest: Manifest, examination: Examination
    ) -> str:
        """Give an examined generation its lasting place, and return its name."""
        with self._writing():
            replace(manifest, examination=examination.figures).write(staging)
            if examination.failures:
                refused = self.root / _REFUSED
                self._discard(refused)
                staging.rename(refused)
                raise ExaminationError(refused, examination.failures)
            # On disk before any name points to it, or a power cut could publish
            # a generation whose files are still empty.
            _sync_tree(staging)
            name = next(
                name
                for name in _names(manifest.fingerprint)
                if not (self.root / name).exists()
            )
            staging.rename(self.root / name)
            _sync(self.root)
        return name

    def _name_of_equal(self, manifest: Manifest) -> str | None:
        """Find an undamaged generation with the same content."""
        for name in _names(manifest.fingerprint):
            path = self.root / name
            if not path.exists():
                return None
            try:
                twin = Manifest.read(path)
            except ArtefactError as error:
                logger.warning("Passing over a broken generation: %s", error)
                continue
            if twin.files == manifest.files and twin.matches_content(path):
                return name
        return None

    def _publish(self, name: str) -> None:
        # The time of publication orders generations when old ones are removed.
        os.utime(self.root / name)
        new = self.root / f"{_CURRENT}.new"
        new.write_text(name + "\n", encoding="ascii")
        _sync(new)
        new.replace(self.root / _CURRENT)
        _sync(self.root)

    def _prune(self, live: str) -> None:
        """Remove all but the last generations; a failure costs space, not service."""
        folders = [path for path in self.root.iterdir() if _NAME.fullmatch(path.name)]
        folders.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
        others = [path for path in folders if path.name != live]
        for path in others[KEPT_GENERATIONS - 1 :]:
            try:
                self._discard(path)
            except OSError as error:
                logger.warning("Cannot remove old generation %s: %s", path, error)

    def _discard(self, path: Path) -> None:
        """Remove a folder; killed half-way, it no longer bears a valid name."""
        discarded = self.root / _DISCARDED
        if path.exists():
            path.rename(discarded)
        if discarded.exists():
            shutil.rmtree(discarded)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Hold the store for building; the kernel frees it when a holder dies."""
        with self._writing():
            self.root.mkdir(parents=True, exist_ok=True)
            file = (self.root / _LOCK).open("w")
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StoreBusyError(self.root) from error
            yield

    @contextmanager
    def _staging(self) -> Iterator[Path]:
        """Make an empty folder to build in, and sweep what is left of it after."""
        staging = self.root / _STAGING
        with self._writing():
            for leftover in (self.root / _DISCARDED, staging):
                self._discard(leftover)
            staging.mkdir()
        try:
            yield staging
        finally:
            self._discard(staging)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            raise StoreWriteError(self.root, reason) from error


def _names(fingerprint: str) -> Iterator[str]:
    """Names for a generation: a damaged namesake may be in the way, or even in use."""
    yield fingerprint
    for number in count(2):
        yield f"{fingerprint}-{number}"


def _feature_settings(settings: RetrievalSettings) -> Mapping[str, int]:
    """Pick the settings of reference features, which later ones must equal."""
    return {
        "reference_side_px": settings.local.reference_side_px,
        "reference_features": settings.local.reference_features,
    }


def _sync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    """Wait until a file, or the entries of a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
