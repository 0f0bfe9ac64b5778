"""Computer of pictures' features in this process."""

from collections.abc import Iterator, Sequence

from app.retrieval.errors import ImageError
from app.retrieval.model import Model
from app.retrieval.runtime.parallel import map_in_order, worker_count
from app.retrieval.settings import LocalSettings
from app.retrieval.types import GalleryFeatures
from app.services.media.store import MediaStore, read_picture
from app.services.shards.computing import Pending, PictureFault


class ComputesHere:
    """Computer in the threads of this process.

    Parameters
    ----------
    model : Model
        Asked for one picture at a time: a network run on a batch may round otherwise,
        and a resumed run has other batches.
    media : MediaStore
    workers : int, >= 1, optional
        Threads; as many as there are cores.
    """

    def __init__(
        self, model: Model, media: MediaStore, *, workers: int | None = None
    ) -> None:
        self._model = model
        self._media = media
        self._workers = workers or worker_count()

    def compute(
        self, pictures: Sequence[Pending], settings: LocalSettings
    ) -> Iterator[tuple[Pending, GalleryFeatures | PictureFault]]:
        """See :meth:`FeatureComputer.compute`."""

        def compute(picture: Pending) -> GalleryFeatures | PictureFault:
            try:
                image = read_picture(self._media, picture.media_name)
            except (OSError, ImageError) as error:
                return PictureFault(*picture, str(error))
            return self._model.reference_features(image, settings)

        return map_in_order(compute, pictures, workers=self._workers)
