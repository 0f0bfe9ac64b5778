"""Before there is anything to search, every door says what the operator has to run."""

import pytest
from sqlalchemy import text

from app.extensions import db
from app.models import Worker, now
from app.retrieval.errors import DamagedArtefactError, MissingArtefactError
from app.services.system.claims import LEASE
from tests.support.museum import WORKS, make_searcher
from tests.support.vectors import FakeVectors

COMMAND = "python precompute_descriptors.py"


@pytest.fixture
def nothing_published(publication):
    publication.searcher = None


@pytest.mark.usefixtures("nothing_published")
def test_without_an_index_page_and_interface_name_the_command(client, ask_api, photo):
    page, answer = client.get("/"), ask_api(photo)
    assert page.status_code == answer.status_code == 503
    assert COMMAND in page.text
    assert COMMAND in answer.json["error"]["message"]
    assert answer.json["error"]["code"] == "no_collection"


@pytest.mark.usefixtures("nothing_published")
def test_works_can_be_read_without_an_index(client):
    assert client.get("/works/").status_code == 200
    assert client.get("/works/1900.0").status_code == 200


@pytest.mark.parametrize(
    "fault",
    [
        lambda path: MissingArtefactError(path / "model.json", "python train.py"),
        lambda path: DamagedArtefactError(path, "cut short", "python train.py"),
    ],
)
def test_a_missing_model_names_the_command_but_no_folder(
    client, ask_api, photo, publication, caplog, tmp_path, fault
):
    publication.fault = fault(tmp_path)
    page, answer = client.get("/"), ask_api(photo)
    assert page.status_code == answer.status_code == 503
    assert "Run: python train.py" in page.text
    assert answer.json["error"]["code"] == "not_ready"
    assert str(tmp_path) not in page.text + answer.text
    assert str(tmp_path) in caplog.text


def test_ready_as_soon_as_a_photo_could_be_searched_and_workers_are_counted(
    app, client
):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    facts = {"ready": True, "generation": "generation-1"}
    assert answer.json == {**facts, "workers": 0}
    with app.app_context():
        db.session.add(Worker(name="alive"))
        db.session.add(Worker(name="dead", heartbeat_at=now() - 2 * LEASE))
        db.session.commit()
    assert client.get("/readyz").json == {**facts, "workers": 1}


def test_ready_without_the_engine_of_nearest_neighbours_and_that_is_said(
    client, publication, photo, ask_api
):
    away = FakeVectors().open("generation-1", "fake")
    publication.searcher = make_searcher(range(WORKS), neighbours=away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["vectors"]) == (200, "away")
    assert ask_api(photo).json["decision"] == "found"


@pytest.mark.usefixtures("nothing_published")
def test_alive_but_not_ready_without_an_index(client):
    assert client.get("/healthz").json == {"alive": True}
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["ready"] is False
    assert COMMAND in answer.json["reason"]


def test_not_ready_without_tables(make_app, museum, tmp_path):
    (tmp_path / "instance").mkdir()
    client = make_app().test_client()
    for address in ("/", "/readyz", "/works/"):
        answer = client.get(address)
        assert answer.status_code == 503
        assert COMMAND in answer.text


def test_not_ready_with_the_tables_of_another_version(client, in_app):
    db.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    db.session.commit()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "flask --app wsgi upgrade" in answer.json["reason"]


def test_not_ready_when_the_database_cannot_be_opened(make_app, tmp_path):
    url = f"sqlite:///{tmp_path}/no/such/folder/morelli.db"
    client = make_app(MORELLI_DATABASE_URL=url).test_client()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "cannot be opened" in answer.json["reason"]


def test_a_database_that_becomes_ready_is_noticed(make_app, in_app, client):
    newest = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    replace = text("UPDATE alembic_version SET version_num = :version")
    db.session.execute(replace, {"version": "0000"})
    db.session.commit()
    assert client.get("/").status_code == 503
    db.session.execute(replace, {"version": newest})
    db.session.commit()
    assert client.get("/").status_code == 200
