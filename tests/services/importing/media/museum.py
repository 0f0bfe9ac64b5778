"""A museum with audio, video and links, and what another one has of them."""

import hashlib
import zipfile
from io import BytesIO

from app.extensions import db
from app.models import Artwork, MediaKind
from app.services.collection import exporting, lido, manifests
from app.services.collection.content.media import shown_media
from app.services.collection.manifests import Addresses
from app.services.curation.work_media import MediaEditor, said_of
from app.services.system.links.connections import LinkError, Refusal
from app.web.shell import current
from tests.services.importing.importer import work
from tests.support.recordings import make_recording

PLACE = "https://museum.example/"
NUMBER = "1900.0"
GERMAN = "Guten Tag.\n\nHier hören Sie: den Tisch; „rund“ & <neu>."
ARABIC = "أهلاً. هذه الطاولة (1900) مستديرة."
LINKS = {"en": "More; about it", "fr": "Plus"}
MORE = "https://pages.example/more?a=1&b=2"


class RecordingWeb:
    """Gives recordings away by their addresses, in whole or not at all."""

    def __init__(self, files=()):
        self.files = dict(files)
        self.asked = []

    def read(self, address):
        if address not in self.files:
            raise LinkError(Refusal.STATUS)
        self.asked.append(address)
        return self.files[address]

    def copy(self, address, file):
        file.write(self.read(address))


def equip():
    """Give a work audio in two languages, a video, and a page in two."""
    artwork = work(NUMBER)
    editor = MediaEditor(db.session(), current.media().recordings, None)
    for kind, container, picture, said in (
        (MediaKind.AUDIO, "mp3", "", said_of("de", "Der Tisch", GERMAN)),
        (MediaKind.AUDIO, "ogg", "", said_of("ar", "الطاولة", ARABIC)),
        (MediaKind.VIDEO, "mp4", "libx264", said_of("en", "Restored", "No words.")),
        (MediaKind.AUDIO, "wav", "", said_of("", "", "Knocking")),
    ):
        data = make_recording(container, picture=picture, seconds=1)
        editor.add_recording(artwork, kind, BytesIO(data), said)
    for language, title in LINKS.items():
        editor.add_link(artwork, MORE, said_of(language, title, ""))
    return artwork


def described(number=NUMBER):
    """What visitors hear, see and follow of a work; files by their checksums."""
    store = current.media().recordings
    return [
        {
            "kind": one.kind.value,
            "said": said_of(one.language, one.title, one.transcript),
            "address": one.address,
            "format": one.mimetype,
            "seconds": one.seconds,
            "file": _checksum(store, one.media_name) if one.media_name else "",
        }
        for one in shown_media(work(number))
    ]


def _checksum(store, name):
    with store.open(name).file as file:
        return hashlib.sha256(file.read()).hexdigest()


def files():
    """The recordings by the addresses that exports name."""
    store = current.media().recordings
    found = {}
    for one in shown_media(work(NUMBER)):
        if one.media_name:
            with store.open(one.media_name).file as file:
                found[PLACE + one.media_name] = file.read()
    return found


def forget():
    """Delete all works, with their recordings, as another museum has none."""
    store = current.media().recordings
    for one in db.session.query(Artwork):
        for medium in one.media:
            if medium.media_name:
                store.delete(medium.media_name)
        db.session.delete(one)
    db.session.commit()


def addresses_of(accession):
    name = f"{PLACE}{accession}"
    place = PLACE.__add__
    return Addresses(f"{name}/manifest.json", name, place, place, place)


def table():
    return "".join(exporting.table(db.session(), PLACE.__add__))


def packed(recordings, folder="recordings/"):
    """A ZIP file of the table and the recordings, and no address that leads to one."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        written.writestr("works.csv", table().replace(PLACE, "https://gone.example/"))
        for address, data in recordings.items():
            written.writestr(folder + address.removeprefix(PLACE), data)
    return file.getvalue()


def lido_file():
    return "".join(lido.lido_records(db.session(), addresses_of, "Museum"))


def manifest():
    return manifests.manifest(work(NUMBER), addresses_of(NUMBER))
