"""A repository and an image service on a real server, asked by the guarded reader."""

import json
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from app.extensions import db
from app.models import TaskState
from app.services.importing import sources
from app.services.importing.standards import documents
from app.services.importing.sync import catalogues
from app.services.system.links.fetching import LinkReader
from tests.services.importing.importer import rows_of, work
from tests.services.importing.standards.lido_records import NAMESPACES, simple
from tests.services.importing.standards.oai_repository import BASE, Repository
from tests.support.fakes import draw_picture
from tests.support.museum import encoded
from tests.support.waiting import ended

PUBLIC = "127.0.0.2"


class Server(ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("", 0), Site)


class Site(BaseHTTPRequestHandler):
    """Answers for the repository, and as a service of reduced pictures."""

    server: Server

    def do_GET(self):
        body, kind = self.answer(urlsplit(self.path))
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)

    def answer(self, parts):
        at = f"http://museum.example:{self.server.server_port}"
        if parts.path == "/oai":
            address = f"{BASE}?{parts.query}".removesuffix("?")
            answer = repository(at).read(address)
            return answer, "text/xml"
        if parts.path == "/iiif/1/info.json":
            return json.dumps(
                {
                    "@context": "http://iiif.io/api/image/3/context.json",
                    "id": f"{at}/iiif/1",
                    "type": "ImageService3",
                    "profile": "level1",
                    "width": 8000,
                    "height": 6000,
                    "maxWidth": 200,
                }
            ).encode(), "application/ld+json"
        if parts.path == "/iiif/1/full/max/0/default.jpg":
            return encoded(draw_picture(60)), "image/jpeg"
        return b"", "text/plain"

    def log_message(self, *_arguments):
        """Keep quiet."""


def repository(at):
    record = simple(1, picture=f"{at}/iiif/1/info.json")
    record = record.replace("<lido:lido>", f"<lido:lido {NAMESPACES}>")
    return Repository([(1, "2026-01-01T00:00:00Z", record)])


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(documents, "PAUSES", ())
    found = Server()
    thread = threading.Thread(target=found.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield found
    found.shutdown()
    ended(thread)
    found.server_close()


def run_of(importer, server):
    address = f"http://museum.example:{server.server_port}/oai"
    source = catalogues.add(db.session(), address, None)
    catalogues.begin(db.session(), source, None, records=True)
    importer.work_off()
    return catalogues.latest_run(db.session(), source)


def let_in(monkeypatch, server, *public):
    reader = partial(
        LinkReader,
        resolve=lambda _host, _port: [PUBLIC],
        permits=lambda address: address in public,
        ports=(server.server_port,),
    )
    monkeypatch.setattr(sources, "LinkReader", reader)


def test_a_source_is_synced_with_its_pictures(importer, server, monkeypatch):
    let_in(monkeypatch, server, PUBLIC)
    run = run_of(importer, server)
    assert rows_of(run) == [(1, "KG 1", "created", ["picture_served_small"])]
    assert len(work("KG 1").images) == 1


def test_a_source_inside_the_museums_network_is_not_asked(
    importer, server, monkeypatch
):
    let_in(monkeypatch, server)
    run = run_of(importer, server)
    assert run.task.state is TaskState.FAILED
    assert "could not be fetched" in run.task.fault
    assert rows_of(run) == []
