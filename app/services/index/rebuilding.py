"""Rebuild of the index in the background: missing features first, then all."""

from app.retrieval.errors import RetrievalError
from app.retrieval.generations.store import Store
from app.retrieval.model import Model
from app.retrieval.settings import RetrievalSettings
from app.services.index import building
from app.services.system.lock import INDEXING_LOCK, exclusively
from app.services.system.media import MediaFolder
from app.services.system.parallel import worker_count
from app.services.system.tasks import TaskFailedError, TaskHandle

KIND = "rebuild"
FEATURES, BUILDING = "features", "building"
"""Steps, as the pages know them."""


def rebuild(handle: TaskHandle) -> None:
    """Do a task of this kind.

    Raises
    ------
    TaskFailedError
        If nothing can be published; what was live stays live.
    TaskStoppedError
        Between two pictures, if somebody wants that.
    AlreadyRunningError
        If another process is indexing: then the task waits.
    """
    shop = handle.workshop
    settings = RetrievalSettings()
    media = MediaFolder(shop.folders.works)
    try:
        with exclusively(shop.folders.instance / INDEXING_LOCK):
            # One thread for the network: pictures, not layers, run in parallel.
            model = Model.open(shop.config["MORELLI_MODEL"], threads=1)
            key = building.features_key(model.model_id, settings.local)
            pending = building.find_pending(shop.session, key)
            computed = building.compute_features(
                shop.session,
                pending,
                media,
                model,
                settings.local,
                workers=worker_count(),
            )
            for done, _fault in enumerate(computed):
                handle.progress(done, len(pending), FEATURES)
            handle.progress(len(pending), len(pending), BUILDING)
            building.publish_generation(
                shop.session,
                Store(shop.folders.generations),
                media,
                model,
                settings,
                progress=lambda _step: None,
            )
    except RetrievalError as error:
        raise TaskFailedError(str(error)) from error
