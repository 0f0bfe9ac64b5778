import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, now
from tests.services.importing.standards.web import read

LIDO, LINKED_ART = "/records/1900.0/lido.xml", "/records/1900.0/linked-art.json"


def test_a_work_is_described_for_other_sites(client):
    lido = client.get(LIDO)
    assert lido.mimetype == "application/xml"
    assert "The Astronomer’s Table" in lido.text
    described = client.get(LINKED_ART)
    assert described.content_type.startswith("application/ld+json")
    assert described.json["id"] == "http://localhost/works/1900.0"
    for answer in (lido, described):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_manifest_leads_to_the_records(client):
    found = client.get("/iiif/works/1900.0/manifest.json").json["seeAlso"]
    paths = [one["id"].removeprefix("http://localhost") for one in found]
    assert paths == [LIDO, LINKED_ART]


def test_a_museum_that_brings_the_manifest_in_learns_nothing_of_the_records(client):
    [record] = read(client.get("/iiif/works/1900.0/manifest.json").data)
    assert record.accession == "1900.0"
    assert "See also" not in record.details


@pytest.mark.parametrize("address", [LIDO, LINKED_ART])
def test_withdrawn_works_are_not_described(client, in_app, address):
    [work] = db.session.scalars(select(Artwork).where(Artwork.accession == "1900.0"))
    work.withdrawn_at = now()
    db.session.commit()
    assert client.get(address).status_code == 404
    assert client.get(address.replace("1900.0", "x")).status_code == 404
