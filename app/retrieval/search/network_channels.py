"""The two channels of the networks: what a photo looks like, and what it shows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.retrieval.gallery.overlay import Searchable
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.model import Model
from app.retrieval.search.answers import Match
from app.retrieval.search.fusion import best_of_views
from app.retrieval.search.trace import GLOBAL, SEMANTIC
from app.retrieval.search.views import views_of
from app.retrieval.settings import ShortlistSettings
from app.retrieval.types import BoolArray, Description, Hit


@dataclass(frozen=True, slots=True, eq=False)
class NetworkView:
    """Answers of the networks about one photo.

    Attributes
    ----------
    descriptions : tuple of Description
        Of the photo's views, the whole of it first.
    semantics : Description or None
        Of the whole photo by the semantic network; None with a model that has none.
    shortlists : mapping of str to tuple of Hit
        By the name of the channel; most similar first.
    """

    descriptions: tuple[Description, ...]
    semantics: Description | None
    shortlists: Mapping[str, tuple[Hit, ...]]

    def compare(self, gallery: Searchable, match: Match) -> Match:
        """Fill in how similar a match is to the photo, for either network."""
        position = match.position
        similarity = max(
            float(gallery.descriptor_of(position) @ description.descriptor)
            for description in self.descriptions
        )
        match = replace(match, similarity=similarity)
        if self.semantics is None:
            return match
        own = gallery.semantic_of(position)
        semantic = float(own @ self.semantics.descriptor)
        rival = 0.0
        for hit in reversed(self.shortlists[SEMANTIC]):
            if gallery.items[hit.position].work_id == match.item.work_id:
                # From another side, which may be the one that the photo shows.
                semantic = max(semantic, hit.similarity)
            else:
                rival = hit.similarity
        return replace(
            match,
            semantic_similarity=semantic,
            semantic_margin=semantic - rival,
            crowd=len(gallery.items),
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
    descriptions = tuple(model.descriptor.describe(view) for view in views_of(photo))
    count = settings.global_count
    global_hits = best_of_views(
        [
            gallery.search_global(description.descriptor, count, excluded=excluded)
            for description in descriptions
        ],
        count,
    )
    shortlists = {GLOBAL: global_hits}
    semantics = None
    if model.semantic is not None:
        semantics = model.semantic.describe(photo.image)
        shortlists[SEMANTIC] = gallery.search_semantic(
            semantics.descriptor, count, excluded=excluded
        )
    return NetworkView(descriptions, semantics, shortlists)
