"""``flask sources …``: a collection kept in step with a source, in a shell."""

import pytest

from app.extensions import db
from app.models import Artwork
from app.retrieval.generations.validation import Validation
from app.retrieval.model import Model
from app.services.importing import sources as importing_sources
from app.services.index import building
from tests.services.importing.standards.lido_records import NAMESPACES, simple
from tests.services.importing.standards.oai_repository import BASE, Repository
from tests.support.fakes import fake_model


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(
        Model, "open", classmethod(lambda _cls, _folder, threads: fake_model())
    )
    passed = Validation({}, ())
    monkeypatch.setattr(building, "validate", lambda *_args, **_kwargs: passed)


@pytest.fixture
def serve(monkeypatch):
    def give(*numbers):
        records = [
            (
                number,
                "2026-01-01T00:00:00Z",
                simple(number).replace("<lido:lido>", f"<lido:lido {NAMESPACES}>"),
            )
            for number in numbers
        ]
        web = Repository(records, page=20, deletions="no")
        monkeypatch.setattr(importing_sources, "LinkReader", lambda *_, **__: web)

    return give


def sources(app, *args):
    return app.test_cli_runner().invoke(args=["sources", *args])


def shown(app):
    with app.app_context():
        on_show = db.session.query(Artwork).filter(Artwork.withdrawn_at.is_(None))
        return on_show.filter(Artwork.accession.startswith("KG ")).count()


def test_a_source_is_added_looked_through_and_synced(app, serve):
    serve(1, 2)
    assert sources(app, "add", BASE, "--nightly").exit_code == 0
    assert f"1: {BASE}, nightly, in step: never" in sources(app, "list").output
    dry = sources(app, "sync", "--dry-run", "1")
    assert dry.exit_code == 0, dry.output
    assert "new: 2, changed: 0, gone: 0" in dry.output
    assert shown(app) == 0
    done = sources(app, "sync", "1")
    assert done.exit_code == 0, done.output
    assert shown(app) == 2
    assert "never" not in sources(app, "list").output
    again = sources(app, "sync", "1")
    assert again.exit_code == 0, again.output
    assert "Nothing has changed." in again.output
    assert sources(app, "forget", "1").exit_code == 0
    assert sources(app, "list").output == ""


def test_much_is_withdrawn_only_once_that_is_confirmed(app, serve):
    serve(*range(12))
    sources(app, "add", BASE)
    sources(app, "sync", "1")
    serve()
    refused = sources(app, "sync", "1")
    assert refused.exit_code == 2, refused.output
    assert "12 works would be withdrawn" in refused.output
    assert shown(app) == 12
    assert sources(app, "sync", "--confirm", "1").exit_code == 0
    assert shown(app) == 0


def test_what_cannot_be_done_is_said(app):
    twice = [sources(app, "add", BASE).exit_code for _ in range(2)]
    assert twice == [0, 2]
    assert "no address of the web" in sources(app, "add", "museum").output
    assert "There is no source 7" in sources(app, "sync", "7").output
