"""Workers of Dask that compute features: any number, on any machine.

A worker offers itself by a resource, ``--resources features=2``: two pictures at a
time. Each opens the model of its machine once. A picture whose worker dies is given to
another one; where four died of it, it is a fault of that picture.
"""

import logging
import os
from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import Any

from distributed import KilledWorker

from app.configuration.load import Folders, read_settings
from app.retrieval.errors import ImageError, RetrievalError
from app.retrieval.model import Model
from app.retrieval.runtime.parallel import take_in_order
from app.retrieval.settings import LocalSettings
from app.retrieval.types import GalleryFeatures
from app.services.media.opening import open_stores
from app.services.media.store import MediaStore, read_picture
from app.services.shards.computing import Pending, PictureFault
from app.services.shards.dask import DaskEngine, workers_of

RESOURCE = "features"
PICTURE_SECONDS = 600.0
"""After which a picture that nobody has computed ends the run."""

logger = logging.getLogger(__name__)


class FeatureWorkersError(RetrievalError):
    """Failure of the workers, which the operator can mend; what is computed is kept."""


class DaskFeatureWorkers:
    """Workers that a scheduler knows; see `FeatureWorkers`.

    Parameters
    ----------
    engine : DaskEngine
    """

    def __init__(self, engine: DaskEngine) -> None:
        self._engine = engine

    def computer(self, model_id: str) -> "DaskComputer | None":
        """See :meth:`FeatureWorkers.computer`."""
        try:
            count = self._engine.run(self._count()).result()
        except OSError as error:
            logger.warning("features are computed here: %s", error)
            return None
        return DaskComputer(self._engine, model_id, count) if count else None

    async def _count(self) -> int:
        """Return how many pictures the workers compute at a time."""
        workers = await workers_of(await self._engine.client())
        return sum(int(one["resources"].get(RESOURCE, 0)) for one in workers.values())


class DaskComputer:
    """Computer of features on the workers that are there; see `FeatureComputer`.

    Attributes
    ----------
    count : int
        Pictures that they compute at a time.
    """

    def __init__(self, engine: DaskEngine, model_id: str, count: int) -> None:
        self._engine = engine
        self._model_id = model_id
        self.count = count

    def compute(
        self, pictures: Sequence[Pending], settings: LocalSettings
    ) -> Iterator[tuple[Pending, GalleryFeatures | PictureFault]]:
        """See :meth:`FeatureComputer.compute`."""
        logger.info("features are computed by workers, %d at a time", self.count)
        submit = partial(self._submit, settings)
        return take_in_order(
            lambda picture: self._engine.run(submit(picture)),
            pictures,
            workers=self.count,
        )

    async def _submit(
        self, settings: LocalSettings, picture: Pending
    ) -> GalleryFeatures | PictureFault:
        client = await self._engine.client()
        future = client.submit(
            compute_on_worker,
            picture,
            self._model_id,
            settings,
            pure=False,
            resources={RESOURCE: 1},
        )
        try:
            answer: Any = future.result(PICTURE_SECONDS)
            found: GalleryFeatures | PictureFault = await answer
        except KilledWorker:
            return PictureFault(*picture, "the workers that computed it ended")
        except TimeoutError as error:
            raise FeatureWorkersError(
                f"No worker has computed a picture for {PICTURE_SECONDS / 60:.0f} "
                "minutes. Start workers with --resources features=2 and run again: "
                "what is computed is kept."
            ) from error
        except RuntimeError as error:
            raise FeatureWorkersError(str(error)) from error
        return found


def compute_on_worker(
    picture: Pending, model_id: str, settings: LocalSettings
) -> GalleryFeatures | PictureFault:
    """Compute a picture's features, as the settings of this machine say.

    Raises
    ------
    RuntimeError
        If this machine cannot compute those of that model: our own errors cannot be
        sent.
    """
    try:
        model, media = _opened()
        if model.model_id != model_id:
            raise RuntimeError(
                f"A worker at {os.uname().nodename} has the model {model.model_id}; "
                f"the index needs {model_id}. Set MORELLI_MODEL there."
            )
        image = read_picture(media, picture.media_name)
        return model.reference_features(image, settings)
    except (OSError, ImageError) as error:
        return PictureFault(*picture, str(error))
    except RetrievalError as error:
        raise RuntimeError(str(error)) from error


@cache
def _opened() -> tuple[Model, MediaStore]:
    """Open the model and the pictures, once for all threads of this worker."""
    values = read_settings(os.environ)
    folders = Folders(values["MORELLI_INSTANCE"])
    media = open_stores(values["MORELLI_MEDIA_URL"], folders).works
    return Model.open(values["MORELLI_MODEL"], threads=1), media
