"""Store of generations on disk: built aside, validated, published in one step.

::

    root/CURRENT                 the name of the live generation, one line
    root/LOCK                    held by the one process that builds
    root/<fingerprint>/          a generation
    root/.<name>.staged/         one being built, or what a killed build left
    root/.<name>.discarded/      one being removed
    root/refused/                the last one that failed its examination

Only the replacement of ``CURRENT``, which the file system does in one step, makes a
generation live. Whatever dies before that leaves the old one working, and what it
left behind is swept by the next build.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from itertools import count
from pathlib import Path
from typing import TypeVar

from app.retrieval.errors import (
    ArtefactError,
    DamagedArtefactError,
    EmptyGalleryError,
    GenerationRejectedError,
    IncompatibleArtefactError,
)
from app.retrieval.files.atomic import empty_folder, put_in_place, sweep
from app.retrieval.gallery.gallery import Gallery
from app.retrieval.gallery.writer import GalleryWriter
from app.retrieval.generations.manifest import Manifest
from app.retrieval.generations.registry import Generation, GenerationRegistry
from app.retrieval.generations.validation import Validation
from app.retrieval.local.vocabulary import Vocabulary
from app.retrieval.model import Model
from app.retrieval.runtime.place import INDEX_COMMAND
from app.retrieval.settings import RetrievalSettings
from app.retrieval.types import FloatArray, GalleryFeatures, GalleryItem

_NEW = "new"
"""What a generation is staged as: its name follows from its content."""
_REFUSED = "refused"

Opened = TypeVar("Opened")

logger = logging.getLogger(__name__)


class Store(GenerationRegistry):
    """Store of the generations under one folder: builds them, opens the live one.

    Parameters
    ----------
    root : Path
        Made by the first build.
    """

    def open(
        self, model: Model, settings: RetrievalSettings | None = None
    ) -> tuple[Generation, Gallery]:
        """Open the live generation, mapped into memory; see :meth:`open_by`."""
        return self.open_by(Gallery.open, model, settings)

    def open_by(
        self,
        read: Callable[[Path, Vocabulary], Opened],
        model: Model,
        settings: RetrievalSettings | None = None,
    ) -> tuple[Generation, Opened]:
        """Open the live generation, whatever is in its folder.

        What is open stays usable when later builds remove its folder.

        Parameters
        ----------
        read : callable
            Opens the folder, with the model's visual words.
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
        wanted = feature_settings(settings or RetrievalSettings())
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
            return generation, read(generation.path, model.vocabulary)
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise DamagedArtefactError(
                generation.path, str(error), INDEX_COMMAND
            ) from error

    def build(
        self,
        items: Iterable[tuple[GalleryItem, GalleryFeatures]],
        model: Model,
        *,
        examine: Callable[[Gallery], Validation],
        settings: RetrievalSettings | None = None,
        progress: Callable[[str], None] = lambda _: None,
        share: Callable[[Generation], None] = lambda _: None,
    ) -> Generation:
        """Build a generation, examine it and make it live.

        The same items, model and settings give the same files, bit for bit, and so
        the same name; one that is there already, and was examined with this decision,
        is made live again as it is.

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
        share : callable, optional
            Given the generation when it is whole and examined, before it is live here:
            tells other servers. What it raises ends the build and passes through.

        Returns
        -------
        generation : Generation
            The live one.

        Raises
        ------
        EmptyGalleryError
            If there are no items.
        GenerationRejectedError
            If the examination failed; the new files are kept in ``refused``.
        StoreBusyError
            If another process is building here.
        StoreWriteError
            If the files cannot be written (disk full, no permission).
        """
        settings = settings or RetrievalSettings()
        with self._lock(), self._staging() as staging:
            progress("features")
            gallery, manifest = self._write(
                staging, items, model, settings, progress=progress
            )

            def examination() -> Validation:
                progress("examination")
                return examine(gallery)

            name = self._place(staging, manifest, examination)
            progress("publication")
            self._go_live(name, share)
        return self._read(name)

    def _write(
        self,
        staging: Path,
        items: Iterable[tuple[GalleryItem, GalleryFeatures]],
        model: Model,
        settings: RetrievalSettings,
        *,
        progress: Callable[[str], None] = lambda _: None,
        word_weights: FloatArray | None = None,
        recipe: Mapping[str, str] | None = None,
    ) -> tuple[Gallery, Manifest]:
        """Write a gallery's files, open it, and describe them.

        The ``recipe`` is kept among the settings of the manifest.
        """
        with self._writing():
            writer = GalleryWriter(
                staging, model.vocabulary, settings.gallery, word_weights=word_weights
            )
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
                decision=model.decision,
                settings={
                    **feature_settings(settings),
                    **asdict(settings.gallery),
                    **(recipe or {}),
                },
                works=gallery.work_count,
                images=len(gallery),
            )
        return gallery, manifest

    def _place(
        self, staging: Path, manifest: Manifest, examine: Callable[[], Validation]
    ) -> str:
        """Examine a generation and give it its place, unless an equal one is there."""
        name = self._name_of_equal(manifest)
        return name or self._settle(staging, manifest, examine())

    def _go_live(self, name: str, share: Callable[[Generation], None]) -> None:
        share(self._read(name))
        with self._writing():
            self._publish(name)
        self._prune(name)

    def _settle(
        self, staging: Path, manifest: Manifest, examination: Validation
    ) -> str:
        """Give an examined generation its lasting place, and return its name."""
        with self._writing():
            replace(manifest, examination=examination.figures).write(staging)
            if examination.failures:
                refused = self.root / _REFUSED
                put_in_place(staging, refused)
                raise GenerationRejectedError(refused, examination.failures)
            name = next(
                name
                for name in _names(manifest.fingerprint)
                if not (self.root / name).exists()
            )
            put_in_place(staging, self.root / name)
        return name

    def _name_of_equal(self, manifest: Manifest) -> str | None:
        """Find an undamaged generation with the same content and examination."""
        for name in _names(manifest.fingerprint):
            path = self.root / name
            if not path.exists():
                return None
            try:
                twin = Manifest.read(path)
            except ArtefactError as error:
                logger.warning("Passing over a broken generation: %s", error)
                continue
            is_examined = twin.decision == manifest.decision
            is_equal = is_examined and twin.files == manifest.files
            if is_equal and twin.matches_content(path):
                return name
        return None

    @contextmanager
    def _staging(self) -> Iterator[Path]:
        """Make an empty folder to build in; what was left of others is swept."""
        with ExitStack() as stack:
            with self._writing():
                sweep(self.root)
                staging = stack.enter_context(empty_folder(self.root / _NEW))
            yield staging


def _names(fingerprint: str) -> Iterator[str]:
    """Names for a generation: a damaged namesake may be in the way, or even in use."""
    yield fingerprint
    for number in count(2):
        yield f"{fingerprint}-{number}"


def feature_settings(settings: RetrievalSettings) -> Mapping[str, int]:
    """Pick the settings of reference features, which later ones must equal."""
    return {
        "reference_side_px": settings.local.reference_side_px,
        "reference_features": settings.local.reference_features,
    }
