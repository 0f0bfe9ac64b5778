"""The first works for one picture: of a catalogue, or of an indexed instance."""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.configuration.load import Folders
from app.factory import create_app
from app.lab import collection, networks
from app.lab.asking import Asker, Key, Ranking
from app.lab.methods import (
    EUCLID,
    LEARNT,
    EngineMethod,
    Method,
    WordMethod,
    described,
)
from app.lab.picture_cache import PictureCache
from app.lab.report import ReportFolder
from app.lab.result_cache import ResultCache
from app.lab.vector_method import VectorMethod
from app.retrieval.gallery.gallery import Gallery
from app.retrieval.images.codec import read
from app.retrieval.measures.learnt import SIMILARITY_FILE
from app.retrieval.measures.structural import Ssim, SsimOverEuclidean
from app.retrieval.model import Model
from app.retrieval.search.engine import Engine
from app.retrieval.settings import RetrievalSettings
from app.retrieval.types import Image
from app.services.collection import works as collection_works
from app.services.index.searcher import open_gallery
from app.services.system import database
from app.services.system.media import MediaFolder

OTHER_MEASURES = (EUCLID, Ssim.name, SsimOverEuclidean.name)
"""Asked of the activations, besides every method's own measure."""
SPARE = 4
"""Times as many hits as works are shown: works have several pictures, and some that
the index holds have been withdrawn."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The first works by every method.

    Attributes
    ----------
    works : mapping of (method, measure) to sequence of str
        Accession numbers, most alike first, each once.
    titles : mapping of str to str
        Of all works named.
    pictures : mapping of str to callable
        Reads the picture of each of them.
    """

    works: Mapping[Key, Sequence[str]]
    titles: Mapping[str, str]
    pictures: Mapping[str, Callable[[], Image]]


def of_catalogue(
    options: argparse.Namespace, picture: Image, report: ReportFolder
) -> Answers:
    """Ask every method, after showing them all works of a catalogue.

    Raises
    ------
    LabError
        If the options name no collection, or networks that cannot be had.
    """
    own = options.model / SIMILARITY_FILE
    similarity = options.similarity or (own if own.is_file() else None)
    with tempfile.TemporaryDirectory() as folder:
        methods = [
            *networks.bundled_methods(options.model, similarity),
            *networks.given_methods(
                options.weights, options.model, Path(folder), options.seed
            ),
        ]
        wanted = {(method.name, method.measures[0]) for method in methods}
        wanted |= {(networks.ACTIVATIONS, measure) for measure in OTHER_MEASURES}
        wanted.add((networks.DEEP_RANKING, LEARNT))
        asker = Asker(methods, only=wanted)
        with collection.opened(options) as works:
            files = [*networks.files_of(options), *works.files()]
            with ResultCache(report, files) as result_cache:
                asker.look_through(works, range(len(works)), result_cache)
                asker.finish(range(len(works)))
                found = {
                    (reply.method, reply.measure): [
                        works.works[row].accession for row in reply.first(options.first)
                    ]
                    for reply in asker.ask(PictureCache(picture))
                }
                rows = {work.accession: row for row, work in enumerate(works.works)}
                named = {name: rows[name] for own in found.values() for name in own}
                titles = works.labels("title")
                return Answers(
                    found,
                    {name: titles[row] or name for name, row in named.items()},
                    {name: partial(works.picture, row) for name, row in named.items()},
                )


def of_instance(first: int, picture: Image) -> Answers:
    """Ask the methods whose descriptors the live index holds.

    Raises
    ------
    EmptyGalleryError
        If nothing is indexed.
    ArtefactError
        If the index, or the model, cannot be used.
    """
    app = create_app()
    folders = Folders(app.config["MORELLI_INSTANCE"])
    with app.app_context():
        database.check()
        model_dir = app.config["MORELLI_MODEL"]
        model, gallery, _ = open_gallery(model_dir, folders.generations)
        cache = PictureCache(picture)
        ranked: dict[Key, list[str]] = {}
        for method in indexed_methods(model, gallery):
            measure = method.measures[0]
            reply = Ranking.of(method.name, measure, method.ask(cache, measure))
            names = [gallery.items[row].work_id for row in reply.first(SPARE * first)]
            ranked[method.name, measure] = list(dict.fromkeys(names))
        shown = collection_works.works_by_accession(
            {name for names in ranked.values() for name in names}
        )
        found = {
            key: [name for name in names if name in shown][:first]
            for key, names in ranked.items()
        }
        media = MediaFolder(folders.works)
        works = {name: shown[name] for own in found.values() for name in own}
        return Answers(
            found,
            {name: work.title or name for name, work in works.items()},
            {
                name: partial(read, media.path(work.images[0].media_name))
                for name, work in works.items()
            },
        )


def indexed_methods(model: Model, gallery: Gallery) -> Iterator[Method]:
    """Make the methods that a gallery is ready for."""
    settings = RetrievalSettings()
    yield VectorMethod.over(
        networks.DEEP_RANKING,
        networks.ABOUT_SERVED,
        lambda cache: described(cache, model).descriptor[None],
        gallery.descriptors,
    )
    if gallery.styles.shape[1]:
        yield VectorMethod.over(
            "style",
            networks.ABOUT_STYLE,
            lambda cache: model.style_of(cache.image, described(cache, model))[None],
            gallery.styles,
        )
    yield WordMethod.over(gallery.inverted_index, settings)
    yield EngineMethod.over(Engine(model, gallery, settings))
