"""The two channels of the networks: what a photo looks like, and what it shows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.retrieval.gallery.overlay import Searchable
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.model import Model
from app.retrieval.search.fusion import best_of_views
from app.retrieval.search.trace import GLOBAL, SEMANTIC
from app.retrieval.search.views import semantic_views, views_of
from app.retrieval.settings import ShortlistSettings
from app.retrieval.types import (
    BoolArray,
    Description,
    FloatArray,
    Hit,
    Image,
    Match,
)


@dataclass(frozen=True, slots=True, eq=False)
class NetworkView:
    """Answers of the networks about one photo.

    Attributes
    ----------
    image : (h, w, 3) uint8
        The view that most likely shows what is meant.
    descriptions : tuple of Description
        Of the photo's views, the whole of it first.
    semantics : tuple of (E,) float32
        Of its semantic views; none with a model that has no such network.
    shortlists : mapping of str to tuple of Hit
        By the name of the channel; most similar first.
    """

    image: Image
    descriptions: tuple[Description, ...]
    semantics: tuple[FloatArray, ...]
    shortlists: Mapping[str, tuple[Hit, ...]]

    def compare(self, gallery: Searchable, match: Match) -> Match:
        """Fill in how similar a match is to the photo, for either network."""
        position = match.position
        similarity = max(
            float(gallery.descriptor_of(position) @ description.descriptor)
            for description in self.descriptions
        )
        match = replace(match, similarity=similarity)
        if not self.semantics:
            return match
        own = gallery.semantic_of(position)
        semantic = max(float(own @ view) for view in self.semantics)
        rival = 0.0
        for hit in reversed(self.shortlists[SEMANTIC]):
            if gallery.items[hit.position].work_id == match.item.work_id:
                # From another side, which may be the one that the photo shows.
                semantic = max(semantic, hit.similarity)
            else:
                rival = hit.similarity
        return replace(
            match, semantic_similarity=semantic, semantic_margin=semantic - rival
        )


def ask_networks(
    photo: PreparedPhoto,
    model: Model,
    gallery: Searchable,
    settings: ShortlistSettings,
    excluded: BoolArray | None,
) -> NetworkView:
    """Describe a photo by both networks, and make their shortlists.

    Parameters
    ----------
    photo : PreparedPhoto
    model : Model
    gallery : Searchable
    settings : ShortlistSettings
    excluded : (N,) bool or None
        Positions to leave out, from the gallery's ``mask_of``.
    """
    views = views_of(photo)
    descriptions = tuple(model.descriptor.describe(view) for view in views)
    count = settings.global_count
    global_hits = best_of_views(
        [
            gallery.search_global(description.descriptor, count, excluded=excluded)
            for description in descriptions
        ],
        count,
    )
    shortlists = {GLOBAL: global_hits}
    semantics: tuple[FloatArray, ...] = ()
    if model.semantic is not None:
        semantics = tuple(
            model.semantic.describe(view).descriptor for view in semantic_views(photo)
        )
        shortlists[SEMANTIC] = best_of_views(
            [
                gallery.search_semantic(semantic, count, excluded=excluded)
                for semantic in semantics
            ],
            count,
        )
    return NetworkView(views[-1], descriptions, semantics, shortlists)
