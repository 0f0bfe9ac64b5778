from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, now
from app.services.collection.content.layout import USUAL, FieldChoice, keep_layout
from app.web.pages import iiif


def test_from_the_collection_every_work_on_show_is_reached(client, monkeypatch):
    monkeypatch.setattr(iiif, "WORKS_PER_COLLECTION", 3)
    top = client.get("/iiif/collection.json").json
    manifests = []
    for entry in top["items"]:
        assert entry["type"] == "Collection"
        part = client.get(urlsplit(entry["id"]).path).json
        assert part["id"] == entry["id"]
        manifests += [item["id"] for item in part["items"]]
    works = [client.get(urlsplit(address).path).json for address in manifests]
    assert [work["id"] for work in works] == manifests
    assert len(works) == 7
    assert works[0]["label"] == {"none": ["The Astronomer’s Table"]}


def test_a_manifest_has_a_canvas_with_the_picture(client):
    answer = client.get("/iiif/works/1900.0/manifest.json")
    assert answer.content_type.startswith("application/ld+json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    [canvas] = answer.json["items"]
    annotation = canvas["items"][0]["items"][0]
    assert annotation["motivation"] == "painting"
    assert annotation["target"] == canvas["id"]
    body = annotation["body"]
    assert body["id"] == f"{body['service'][0]['id']}/full/max/0/default.jpg"
    picture = client.get(urlsplit(body["id"]).path)
    picture.close()
    assert picture.content_type == "image/jpeg"
    assert (body["width"], body["height"]) == (canvas["width"], canvas["height"])
    facts = {
        one["label"]["en"][0]: one["value"]["none"] for one in answer.json["metadata"]
    }
    assert facts["Artist"] == ["Ada Bright"]
    assert answer.json["homepage"][0]["id"].endswith("/works/1900.0")


def test_ids_begin_with_the_public_address_or_with_the_one_that_was_asked(make_app):
    path = "/iiif/works/1900.0/manifest.json"
    asked = {"Host": "search.museum.example:8080"}
    guessed = make_app().test_client().get(path, headers=asked).json
    assert guessed["id"] == f"http://search.museum.example:8080{path}"
    public = make_app(MORELLI_PUBLIC_URL="https://museum.example").test_client()
    described = public.get(path, headers=asked).text
    assert f'"https://museum.example{path}"' in described
    assert "8080" not in described


def test_details_and_licences_are_told(client, in_app):
    [work] = db.session.scalars(select(Artwork).where(Artwork.accession == "1900.0"))
    work.details = {
        "Height": "3 cm",
        "Blank": "",
        "Value": "9 million",
        "title@de": "Der Tisch",
        "story@ar": "قصة",
        "description@de": "Ein *Tisch*.",
    }
    fields = (*USUAL.fields, FieldChoice("Height", names={"en": "How high"}))
    keep_layout(db.session(), replace(USUAL, fields=fields), None)
    work.rights = "https://creativecommons.org/publicdomain/zero/1.0/"
    db.session.commit()
    described = client.get("/iiif/works/1900.0/manifest.json").json
    assert described["rights"] == "http://creativecommons.org/publicdomain/zero/1.0/"
    assert "requiredStatement" not in described
    height = {"label": {"none": ["How high"]}, "value": {"none": ["3 cm"]}}
    assert height in described["metadata"]
    assert "9 million" not in str(described)  # hidden from visitors
    story = {"label": {"none": ["Story"]}, "value": {"ar": ["قصة"]}}
    assert story in described["metadata"]
    assert described["summary"] == {"de": ["<div><p>Ein <i>Tisch</i>.</p></div>"]}
    title = {"none": ["The Astronomer’s Table"], "de": ["Der Tisch"]}
    assert described["label"] == title
    assert not [one for one in described["metadata"] if "Blank" in str(one)]


def test_a_withdrawn_work_has_no_manifest(client, in_app):
    work = db.session.scalars(select(Artwork).where(Artwork.accession == "1900.0"))
    work.one().withdrawn_at = now()
    db.session.commit()
    assert client.get("/iiif/works/1900.0/manifest.json").status_code == 404
    [part] = client.get("/iiif/collection.json").json["items"]
    listed = client.get(urlsplit(part["id"]).path).json["items"]
    assert len(listed) == 6


@pytest.mark.parametrize(
    "address", ["/iiif/collection/9.json", "/iiif/works/x/manifest.json"]
)
def test_what_is_not_there_is_not_there(client, address):
    assert client.get(address).status_code == 404
