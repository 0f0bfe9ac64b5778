"""Opening of the live generation: as it was built, or as visitors search it."""

from pathlib import Path

from sqlalchemy.orm import Session

from app.models import LivePointer
from app.retrieval.errors import EmptyGalleryError, IncompatibleArtefactError
from app.retrieval.gallery.gallery import Gallery
from app.retrieval.gallery.shards.cut import is_cut, open_cut
from app.retrieval.generations.registry import Generation
from app.retrieval.generations.store import Store
from app.retrieval.model import Model
from app.retrieval.runtime.place import INDEX_COMMAND
from app.services.index import thresholds
from app.services.index.searcher import Searcher
from app.services.media.published import Kind
from app.services.shards.engine import ShardConnection
from app.services.system.tasks import NotHereYetError, TaskContext
from app.services.vectors.store import VectorStore


class LivePublication:
    """Opener of the live generation, for :class:`app.services.index.live.LiveIndex`.

    The model stays open from one generation to the next, as long as it is the same.
    """

    def __init__(
        self,
        model_dir: Path,
        generations: Path,
        vectors: VectorStore | None = None,
        shards: ShardConnection | None = None,
    ) -> None:
        self._model_dir = model_dir
        self._vectors = vectors
        self._shards = shards
        self._store = Store(generations)
        self._model: Model | None = None

    def current_name(self) -> str | None:
        """Return the name of the live generation; None before the first one."""
        return self._store.current_name()

    def open(self) -> Searcher:
        """Open the live generation; raises as :func:`open_searcher`."""
        searcher = open_searcher(
            self._model_dir,
            self._store.root,
            self._vectors,
            self._shards,
            model=self._model,
        )
        self._model = searcher.model
        return searcher


def open_gallery(
    model_dir: Path, generations: Path, *, model: Model | None = None
) -> tuple[Model, Gallery, str]:
    """Open the parts of a live generation that is in one piece, and return its name.

    Parameters and errors as of :func:`open_searcher`.
    """
    model, store, live = _live(model_dir, generations, model)
    if is_cut(live.path):
        raise IncompatibleArtefactError(
            live.path,
            "an index in one piece, or MORELLI_SHARDS_URL,",
            "shards",
            INDEX_COMMAND,
        )
    live, gallery = store.open(model)
    return model, gallery, live.name


def _live(
    model_dir: Path, generations: Path, model: Model | None = None
) -> tuple[Model, Store, Generation]:
    store = Store(generations)
    live = store.current()
    if live is None:
        raise EmptyGalleryError(INDEX_COMMAND)
    if model is None or model.model_id != live.manifest.model_id:
        # One thread: the server runs one process per core.
        model = Model.open(model_dir, threads=1)
    return model, store, live


def open_searcher(
    model_dir: Path,
    generations: Path,
    vectors: VectorStore | None = None,
    shards: ShardConnection | None = None,
    *,
    model: Model | None = None,
) -> Searcher:
    """Open the live generation as it was built, with the model that made it.

    Parameters
    ----------
    model_dir, generations : Path
    vectors : VectorStore, optional
        What finds the nearest descriptors; None: the index does.
    shards : ShardConnection, optional
        Way to the shards, of an index that is cut.
    model : Model, optional
        One that is open already, and may be the one that made it.

    Raises
    ------
    EmptyGalleryError
        If nothing is published.
    ArtefactError
        If the generation or the model cannot be used.
    """
    model, store, live = _live(model_dir, generations, model)
    if shards is not None and is_cut(live.path):
        connect = shards.connect
        live, sharded = store.open_by(
            lambda path, vocabulary: open_cut(path, vocabulary, connect), model
        )
        return Searcher(model, sharded, live.name)
    model, gallery, name = open_gallery(model_dir, generations, model=model)
    if vectors is not None:
        gallery.ask(vectors.open(name, model.model_id))
    return Searcher(model, gallery, name)


def open_as_served(
    session: Session,
    model_dir: Path,
    generations: Path,
    vectors: VectorStore | None = None,
    shards: ShardConnection | None = None,
) -> Searcher:
    """Open what visitors search: with the thresholds that are set, and all changes.

    Raises
    ------
    EmptyGalleryError, ArtefactError
        As :func:`open_searcher`.
    NotHereYetError
        If another server has built an index, and this one has none yet.
    """
    try:
        searcher = open_searcher(model_dir, generations, vectors, shards)
    except EmptyGalleryError:
        refuse_while_fetching(session)
        raise
    searcher.catch_up(session)
    searcher.use_thresholds(thresholds.stored(session, searcher.model_id))
    session.commit()
    return searcher


def open_in_task(context: TaskContext) -> Searcher:
    """Open, in a task, what visitors search; as :func:`open_as_served`."""
    return open_as_served(
        context.session,
        context.config["MORELLI_MODEL"],
        context.folders.generations,
        context.vectors,
        context.shards,
    )


def refuse_while_fetching(session: Session) -> None:
    """Do nothing unless an index is live that this machine, which has none, lacks.

    Raises
    ------
    NotHereYetError
    """
    if session.get(LivePointer, Kind.INDEX.value) is not None:
        raise NotHereYetError
