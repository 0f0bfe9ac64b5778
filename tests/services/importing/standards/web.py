"""A web of a few documents, and reading from it."""

import json
from io import BytesIO

from app.services.importing.standards.documents import Library
from app.services.importing.standards.harvest import Harvest
from app.services.importing.standards.opening import read_address, recognised
from app.services.system.links.connections import LinkError, Refusal

PLACE = "https://museum.org/iiif/"


class FakeWeb:
    """Gives away what it was given, and nothing else."""

    def __init__(self, files):
        self.files = files
        self.asked = []

    @property
    def read_count(self):
        return len(self.asked)

    def read(self, address):
        self.asked.append(address)
        if address not in self.files:
            raise LinkError(Refusal.STATUS)
        return as_bytes(self.files[address])


def web_of(**files):
    return FakeWeb({PLACE + name: data for name, data in files.items()})


def as_bytes(document):
    return document if isinstance(document, bytes) else json.dumps(document).encode()


def read(start, web=None, language="en", harvest=None):
    """Read an address, or a document that was sent."""
    library = Library(web, wait=lambda _seconds: None)
    harvest = harvest or Harvest()
    if isinstance(start, str):
        return list(read_address(start, library, language, harvest))
    data = as_bytes(start)
    return list(recognised(lambda: BytesIO(data))(library, language, harvest))
