"""The small museum of the tests: its works, its index, and photos as they are sent."""

import hashlib
import shutil
from copy import copy
from io import BytesIO

from PIL import Image as Pillow

from app.configuration.load import Folders
from app.retrieval.errors import EmptyGalleryError
from app.retrieval.gallery.gallery import Gallery
from app.services.collection.works import find_record
from app.services.index.features import gallery_item
from app.services.index.searcher import Searcher
from tests.support.fakes import fake_model, features_of

WORKS = 7
LABELS = {
    0: {
        "title": "The Astronomer’s Table",
        "artist": "Ada Bright",
        "date": "c. 1668",
        "technique": "Oil on canvas",
        "school": "Dutch",
        "location": "Room 12",
    },
    1: {"title": "<script>alert(1)</script>", "artist": "“><img src=x onerror=a()>"},
    2: {},
}
"""Work 1 tries to break out of the page, work 2 has nothing but its number."""


class FakePublication:
    """Publishes whatever a test puts into it."""

    def __init__(self, searcher=None):
        self.searcher = searcher
        self.fault = None
        self.opened = 0

    def current_name(self):
        return self.searcher.generation if self.searcher else None

    def open(self):
        self.opened += 1
        if self.fault:
            raise self.fault
        if self.searcher is None:
            raise EmptyGalleryError("python precompute_descriptors.py")
        # As the real one does: what one of them learns, others know nothing of.
        return copy(self.searcher)


def accession_of(number):
    return f"1900.{number}"


def original_of(number):
    return hashlib.sha256(str(number).encode()).hexdigest()


def museum_item(number):
    """The ids by which an index knows a work of the museum."""
    return gallery_item(accession_of(number), original_of(number))


def copy_instance(folder, target):
    """Copy an instance folder; its compiled texts stay where they are, half of it."""
    texts = Folders(folder).translations
    ignored = shutil.ignore_patterns(texts.name)
    shutil.copytree(folder, target, ignore=ignored)
    Folders(target).translations.symlink_to(texts)


def encoded(image, kind="JPEG", **options):
    """Encode a picture as a visitor's phone would."""
    file = BytesIO()
    Pillow.fromarray(image).save(file, kind, **options)
    return file.getvalue()


def make_searcher(numbers, generation="generation-1", neighbours=None):
    gallery = Gallery.build(
        ((museum_item(number), features_of(number)) for number in numbers),
        fake_model().vocabulary,
    )
    if neighbours is not None:
        gallery.ask(neighbours)
    return Searcher(fake_model(), gallery, generation)


def work_of(accession):
    """Return the work that has a number, which there is."""
    work = find_record(accession)
    assert work is not None
    return work
