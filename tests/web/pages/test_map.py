import gzip
import json
import re
import subprocess
import sys

import numpy as np
import pytest
from sqlalchemy import select

from app.configuration.load import ROOT, Folders
from app.extensions import db
from app.models import Artwork, now
from app.services.map import building
from app.services.media.opening import open_stores
from tests.support.mapped import make_map
from tests.support.museum import WORKS, original_of
from tests.support.people import logged_in
from tests.support.waiting import SCRIPT_SECONDS

PAGE = "/map"


@pytest.fixture(autouse=True)
def quick_layout(monkeypatch):
    """What t-SNE makes is tried elsewhere."""
    monkeypatch.setattr(
        building, "arrange", lambda vectors, _told: vectors[:, :2].copy()
    )


@pytest.fixture
def mapped(app):
    return make_map(app)


def address(client, name, page=PAGE):
    [found] = re.findall(rf'data-{name}="([^"]+)"', client.get(page).text)
    return found.replace("&amp;", "&")


def listed(page):
    return [int(number) for number in re.findall(r'<li data-work="(\d+)"', page)]


def labels_of(client):
    answer = client.get(address(client, "labels"))
    assert answer.headers["Content-Encoding"] == "gzip"
    return json.loads(gzip.decompress(answer.data))


def withdraw(app, accession):
    with app.app_context():
        wanted = select(Artwork).where(Artwork.accession == accession)
        db.session.scalars(wanted).one().withdrawn_at = now()
        db.session.commit()


def test_before_the_first_map_the_page_says_so_and_nothing_leads_to_it(app, client):
    answer = client.get(PAGE)
    assert answer.status_code == 200
    assert "There is no map yet." in answer.text
    assert "/curate" not in answer.text
    assert f'href="{PAGE}"' not in client.get("/works/").text
    curator = logged_in(app, "curator@example.org", "curator")
    assert 'href="/curate/map/"' in curator.browser.get(PAGE).text


@pytest.mark.usefixtures("mapped")
def test_the_collection_leads_to_the_map(client):
    assert f'href="{PAGE}"' in client.get("/works/").text


@pytest.mark.usefixtures("mapped")
def test_all_works_are_listed_without_a_script(client):
    page = client.get(PAGE).text
    assert listed(page) == list(range(WORKS))
    assert page.count('href="/works/1900.') == WORKS
    assert "7 works, each beside those that are like it." in page
    assert "drawn by a script with WebGL" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.usefixtures("mapped")
def test_the_list_has_pages_as_others_have(client, monkeypatch):
    monkeypatch.setattr("app.services.map.reading.WORKS_PER_PAGE", 3)
    assert listed(client.get(f"{PAGE}?page=3").text) == [6]
    assert 'href="/map?by=style&amp;page=2"' in client.get(PAGE).text
    for number in ("0", "4", "x"):
        assert client.get(f"{PAGE}?page={number}").status_code == 404


@pytest.mark.usefixtures("mapped")
def test_certain_works_can_be_asked_for(client):
    assert listed(client.get(f"{PAGE}?works=5-0-3").text) == [5, 0, 3]
    assert listed(client.get(f"{PAGE}?works=5-x--1-99").text) == [5, 1]
    assert "There is no work." in client.get(f"{PAGE}?works=").text
    many = "-".join(["2"] * 500)
    assert len(listed(client.get(f"{PAGE}?works={many}").text)) <= 48


@pytest.mark.usefixtures("mapped")
def test_each_likeness_has_a_map(client):
    style, picture = (client.get(f"{PAGE}?by={by}").text for by in ("style", "picture"))
    assert 'by=style" aria-current="true"' in style
    assert 'by=picture" aria-current="true"' in picture
    assert "/style/places.bin" in style
    assert "/picture/places.bin" in picture
    nonsense = client.get(f"{PAGE}?by=nonsense").text
    assert 'by=style" aria-current="true"' in nonsense


def test_a_model_without_styles_offers_no_choice(app, client):
    make_map(app, style_length=0)
    page = client.get(PAGE).text
    assert "/picture/places.bin" in page
    assert "by=style" not in page


@pytest.mark.usefixtures("mapped")
def test_the_files_can_be_kept_for_good(client):
    for name in ("places", "labels", "sheets"):
        with client.get(address(client, name)) as answer:
            assert answer.status_code == 200
            assert "immutable" in answer.headers["Cache-Control"]
            assert "public" in answer.headers["Cache-Control"]
            assert "Set-Cookie" not in answer.headers
            assert "Cookie" not in answer.headers.get("Vary", "")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.usefixtures("mapped")
def test_an_outdated_version_is_answered_but_not_kept(client):
    old = re.sub("v=.*", "v=old", address(client, "places"))
    assert client.get(old).headers["Cache-Control"] == "no-cache"
    assert client.get(old).data == client.get(address(client, "places")).data


@pytest.mark.usefixtures("mapped")
def test_places_and_labels_belong_together(client):
    places = np.frombuffer(client.get(address(client, "places")).data, "<f4")
    places = places.reshape(-1, 3)
    labels = labels_of(client)
    assert len(places) == len(labels["title"]) == WORKS
    assert (places[:, 2] > 0).all()
    work = labels["accession"].index("1900.0")
    assert labels["title"][work] == "The Astronomer’s Table"
    assert labels["artists"][labels["artist"][work]] == "Ada Bright"
    assert labels["schools"][labels["school"][work]] == "Dutch"
    assert labels["year"][work] == 1668


@pytest.mark.usefixtures("mapped")
def test_a_number_leads_to_the_small_picture_of_its_work(client):
    work = labels_of(client)["accession"].index("1900.4")
    template = address(client, "picture")
    answer = client.get(template.replace("/0.jpg", f"/{work}.jpg"))
    assert answer.status_code == 302
    assert answer.location.endswith(f"{original_of(4)}.s.jpg")
    assert client.get(template.replace("/0.jpg", "/99.jpg")).status_code == 404


@pytest.mark.usefixtures("mapped")
def test_a_withdrawn_work_is_gone_from_everywhere_at_once(app, client):
    work = labels_of(client)["accession"].index("1900.0")
    before = address(client, "places")
    withdraw(app, "1900.0")
    assert address(client, "places") != before
    assert work not in listed(client.get(PAGE).text)
    assert listed(client.get(f"{PAGE}?works={work}").text) == []
    assert "6 works" in client.get(PAGE).text
    labels = labels_of(client)
    assert labels["accession"][work] is None
    assert "Astronomer" not in json.dumps(labels)
    places = np.frombuffer(client.get(address(client, "places")).data, "<f4")
    assert places.reshape(-1, 3)[work, 2] == 0
    picture = address(client, "picture").replace("/0.jpg", f"/{work}.jpg")
    assert client.get(picture).status_code == 404


def test_the_map_before_is_still_served_to_open_pages(app, client, mapped):
    old = address(client, "places")
    with app.app_context():
        db.session.add(Artwork(accession="other"))
        work = db.session.scalars(select(Artwork)).first()
        assert work is not None
        work.images = []
        db.session.commit()
    with app.app_context():
        folders = Folders(app.config["MORELLI_INSTANCE"])
        stored = building.build(
            db.session(),
            folders,
            open_stores("", folders),
            "fake",
            lambda *_told: None,
        )
    assert stored.name != mapped.name
    assert client.get(old).status_code == 200
    assert stored.name in address(client, "places")


@pytest.mark.usefixtures("mapped")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("coarse-0", "coarse-7"),
        ("coarse-0", "huge-0"),
        ("coarse-0", "..%2fmanifest-0"),
        ("/style/", "/nonsense/"),
        ("/style/", "/../"),
    ],
)
def test_no_other_name_leads_to_a_file(client, old, new):
    known = address(client, "sheets")
    with client.get(known) as answer:
        assert answer.status_code == 200
    assert client.get(known.replace(old, new)).status_code in (404, 308)


@pytest.mark.usefixtures("mapped")
@pytest.mark.parametrize("name", ["0" * 16, "..", "CURRENT", "LOCK"])
@pytest.mark.parametrize("file", ["coarse-0.jpg", "places.bin", "labels.json"])
def test_no_other_map_is_there(client, name, file):
    assert client.get(f"/maps/{name}/style/{file}").status_code == 404


@pytest.mark.usefixtures("mapped")
def test_the_page_keeps_to_the_policy(client):
    page = client.get(PAGE).text
    assert " style=" not in page
    assert re.search(r"<script(?![^>]*(src=|application/json))", page) is None


@pytest.mark.usefixtures("mapped")
def test_no_title_ends_the_scripts_words(client):
    [words] = re.findall(
        r"<script[^>]*data-words>(.*?)</script>", client.get(PAGE).text
    )
    assert json.loads(words)["in_view"] == "Works in view"


@pytest.mark.slow
def test_serving_the_map_takes_no_part_of_making_it_along():
    """Servers have many processes, and what places works fills a hundred megabytes."""
    code = (
        "import app.factory, sys; sys.exit(any(name in sys.modules for name in "
        "('openTSNE', 'sklearn', 'tensorflow', 'app.lab')))"
    )
    subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, timeout=SCRIPT_SECONDS
    )


COLOURS = re.findall(
    r"\[(\d+), (\d+), (\d+)\]", (ROOT / "static" / "map-groups.js").read_text("utf-8")
)


@pytest.mark.parametrize("wall", [(0xFF, 0xFD, 0xF9), (0x21, 0x1E, 0x1A)])
@pytest.mark.parametrize("colour", COLOURS, ids=" ".join)
def test_groups_can_be_told_from_the_wall_by_day_and_by_night(colour, wall):
    """Three to one, as WCAG 2.2 asks of what is no text (1.4.11)."""
    one, other = sorted(map(luminance, (tuple(map(int, colour)), wall)))
    assert (other + 0.05) / (one + 0.05) >= 3


def luminance(colour):
    shares = np.array(colour) / 255
    linear = np.where(
        shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4
    )
    return float(linear @ (0.2126, 0.7152, 0.0722))
