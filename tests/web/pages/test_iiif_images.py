from io import BytesIO
from urllib.parse import urlsplit

import pytest
from PIL import Image as Pillow
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, now
from app.web.pages import iiif_images
from tests.support.museum import original_of

SERVICE = f"/iiif/images/{original_of(0)}"


def test_the_service_leads_to_what_it_says_of_itself(client):
    answer = client.get(SERVICE)
    assert answer.status_code == 303
    found = client.get(urlsplit(answer.location).path)
    assert found.content_type.startswith("application/ld+json")
    assert urlsplit(found.json["id"]).path == SERVICE
    assert (found.json["type"], found.json["profile"]) == ("ImageService3", "level2")
    plain = client.get(answer.location, headers={"Accept": "application/json"})
    assert plain.content_type == "application/json"


def test_a_region_is_served_and_may_be_kept(client):
    answer = client.get(f"{SERVICE}/0,0,100,80/50,/90/gray.png")
    assert answer.status_code == 200
    with Pillow.open(BytesIO(answer.data)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "L", (40, 50))
    assert "max-age=86400" in answer.headers["Cache-Control"]
    assert "no-cache" not in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    link = answer.headers["Link"]
    assert f'{SERVICE}/0,0,100,80/50,40/90/gray.png>;rel="canonical"' in link
    again = client.get(
        f"{SERVICE}/0,0,100,80/50,/90/gray.png",
        headers={"If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304


def test_the_whole_is_the_picture_as_it_is_stored(client):
    whole = client.get(f"{SERVICE}/full/max/0/default.jpg")
    name = f"{original_of(0)[:2]}/{original_of(0)}.jpg"
    with client.get(f"/media/works/{name}") as stored:
        assert whole.data == stored.data
    whole.close()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("full/9999,/0/default.jpg", 400),
        ("x/max/0/default.jpg", 400),
        ("full/^9999,/0/default.jpg", 501),
        ("full/max/45/default.jpg", 501),
        ("full/max/0/default.tif", 501),
        ("full/max/0/default", 404),
        ("full/max/0", 404),
    ],
)
def test_what_cannot_be_had_is_refused_and_other_sites_may_read_why(
    client, address, status
):
    answer = client.get(f"{SERVICE}/{address}")
    assert answer.status_code == status
    if status != 404:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.content_type.startswith("text/plain")


@pytest.mark.parametrize("end", ["", "/info.json", "/full/max/0/default.jpg"])
def test_works_that_are_not_on_show_are_not_served(client, in_app, end):
    assert client.get(f"/iiif/images/{'0' * 64}{end}").status_code == 404
    with client.get(f"{SERVICE}{end}") as shown:
        assert shown.status_code in (200, 303)
    work = db.session.scalars(select(Artwork).where(Artwork.accession == "1900.0"))
    work.one().withdrawn_at = now()
    db.session.commit()
    answer = client.get(f"{SERVICE}{end}")
    assert answer.status_code == 404
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_network_may_ask_for_many_but_not_for_all(make_app, monkeypatch):
    client = make_app(RATELIMIT_ENABLED=True).test_client()
    address = f"{SERVICE}/full/9,/0/default.jpg"
    assert client.get(address).status_code == 200
    assert iiif_images.IMAGE_RATE == "3000 per minute"
