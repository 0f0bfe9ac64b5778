"""Top-ranked works for one picture by every method, of a catalogue or an instance."""

import argparse
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.configuration.load import Folders
from app.factory import create_app
from app.lab import collection, networks
from app.lab.asking import Asker, Key, Ranking
from app.lab.methods import (
    COSINE,
    EUCLID,
    LEARNT,
    PROBABILITY,
    VOTES,
    EngineMethod,
    WordMethod,
    described,
    engine_scores,
    query_features,
    vote_scores,
)
from app.lab.picture_cache import PictureCache
from app.lab.report import ReportFolder
from app.retrieval.gallery.gallery import Gallery
from app.retrieval.measures.distances import Cosine
from app.retrieval.measures.learnt import SIMILARITY_FILE
from app.retrieval.measures.structural import Ssim, SsimOverEuclidean
from app.retrieval.model import Model
from app.retrieval.search.engine import Engine
from app.retrieval.settings import RetrievalSettings
from app.retrieval.types import FloatArray, Image
from app.services.collection import works as collection_works
from app.services.index.opening import open_gallery
from app.services.media.opening import open_stores
from app.services.media.store import read_picture
from app.services.system import database

OTHER_MEASURES = (EUCLID, Ssim.name, SsimOverEuclidean.name)
"""Asked of the activations, besides every method's own measure."""
SPARE = 4
"""Times as many hits as works are shown: works have several pictures, and some that
the index holds have been withdrawn."""


@dataclass(frozen=True, slots=True)
class Answers:
    """First works by every method.

    Attributes
    ----------
    works : mapping of (method, measure) to sequence of str
        Accession numbers, most alike first, each once.
    titles : mapping of str to str
        Of all works named.
    pictures : mapping of str to (H, W, 3) uint8
        Of all works named.
    """

    works: Mapping[Key, Sequence[str]]
    titles: Mapping[str, str]
    pictures: Mapping[str, Image]


def of_catalogue(
    options: argparse.Namespace, picture: Image, report: ReportFolder
) -> Answers:
    """Ask every method, after showing them all works of a catalogue."""
    own = options.model / SIMILARITY_FILE
    similarity = options.similarity or (own if own.is_file() else None)
    with tempfile.TemporaryDirectory() as folder:
        methods = [
            *networks.bundled_methods(options.model, similarity),
            *networks.given_methods(options, Path(folder)),
        ]
        wanted = {(method.name, method.measures[0]) for method in methods}
        wanted |= {(networks.ACTIVATIONS, measure) for measure in OTHER_MEASURES}
        wanted.add((networks.DEEP_RANKING, LEARNT))
        asker = Asker(methods, only=wanted)
        with (
            collection.opened(options) as works,
            networks.open_cache(options, report, works.files()) as result_cache,
        ):
            asker.look_through(works, range(len(works)), result_cache)
            asker.finish(range(len(works)))
            rows = {
                reply.key: reply.first(options.first)
                for reply in asker.ask(PictureCache(picture))
            }
            named = {
                works.works[row].accession: row for own in rows.values() for row in own
            }
            titles = works.labels("title")
            return Answers(
                {
                    key: [works.works[row].accession for row in own]
                    for key, own in rows.items()
                },
                {name: titles[row] or name for name, row in named.items()},
                {name: works.picture(row) for name, row in named.items()},
            )


def of_instance(first: int, picture: Image) -> Answers:
    """Ask the methods whose descriptors the live index holds."""
    app = create_app()
    folders = Folders(app.config["MORELLI_INSTANCE"])
    with app.app_context():
        database.check()
        model_dir = app.config["MORELLI_MODEL"]
        model, gallery, _ = open_gallery(model_dir, folders.generations)
        ranked: dict[Key, list[str]] = {}
        for key, scores in gallery_scores(model, gallery, PictureCache(picture)):
            rows = Ranking.of(key, scores).first(SPARE * first)
            ranked[key] = list(
                dict.fromkeys(gallery.items[row].work_id for row in rows)
            )
        shown = collection_works.works_by_accession(
            {name for names in ranked.values() for name in names}
        )
        found = {
            key: [name for name in names if name in shown][:first]
            for key, names in ranked.items()
        }
        media = open_stores(app.config["MORELLI_MEDIA_URL"], folders).works
        works = {name: shown[name] for own in found.values() for name in own}
        return Answers(
            found,
            {name: work.title or name for name, work in works.items()},
            {
                name: read_picture(media, work.images[0].media_name)
                for name, work in works.items()
            },
        )


def gallery_scores(
    model: Model, gallery: Gallery, cache: PictureCache
) -> Iterator[tuple[Key, FloatArray]]:
    """Score the images of a gallery by every method that it is ready for."""
    settings, description = RetrievalSettings(), described(cache, model)
    yield (
        (networks.DEEP_RANKING, COSINE),
        Cosine().score(description.descriptor, gallery.descriptors.astype(np.float32)),
    )
    if gallery.styles.shape[1]:
        style = model.style_of(cache.image, description)
        yield (
            (networks.STYLE, COSINE),
            Cosine().score(style, gallery.styles.astype(np.float32)),
        )
    features = query_features(cache, settings)
    yield (
        (WordMethod.name, VOTES),
        vote_scores(gallery.inverted_index, features, settings),
    )
    engine = Engine(model, gallery, settings)
    yield (EngineMethod.name, PROBABILITY), engine_scores(engine, cache)
