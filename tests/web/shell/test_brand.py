"""Colours and pictures of the museum, at addresses that name their content."""

import re

import pytest

from app.services.site.logo import store_logo
from app.web.shell.current import media
from tests.support.logos import png_logo
from tests.support.sites import set_site


@pytest.fixture
def logo(app):
    with app.app_context():
        stored = store_logo(png_logo(), media().site)
    set_site(app, logo=stored.folder, logo_size=[stored.width, stored.height])
    return stored


def test_nothing_is_asked_for_where_the_programs_colours_are_good(client):
    assert "/brand/" not in client.get("/").text


def test_a_colour_is_a_style_sheet_after_that_of_the_program(app, client):
    set_site(app, accent_light="#14532d")
    page = client.get("/").text
    [address] = re.findall(r'href="(/brand/[^"]+\.css)"', page)
    assert page.index("morelli.css") < page.index(address)
    sheet = client.get(address)
    assert sheet.mimetype == "text/css"
    assert "--accent: #14532d" in sheet.text
    assert "--accent: #e3a58d" in sheet.text  # dark pages have the program's own
    assert "immutable" in sheet.headers["Cache-Control"]


@pytest.mark.parametrize(
    "name", ["14532d-.css", "14532d-red.css", "14532d-000;}.css", "14532d-%7D%7B.css"]
)
def test_no_address_puts_anything_else_into_a_style_sheet(client, name):
    assert client.get(f"/brand/{name}").status_code == 404


def test_the_logo_stands_on_every_page_and_makes_its_icons(client, logo):
    for address in ("/", "/about", "/nowhere"):
        page = client.get(address).text
        found = re.findall(rf"/brand/{logo.folder}/([a-z0-9-]+\.png)", page)
        assert found == ["icon-64.png", "icon-180.png", "logo.png"]
    for name in found:
        with client.get(f"/brand/{logo.folder}/{name}") as picture:
            assert picture.mimetype == "image/png"
            assert picture.data.startswith(b"\x89PNG")
            assert "immutable" in picture.headers["Cache-Control"]
            assert "Set-Cookie" not in picture.headers


def test_the_name_stands_beside_the_logo_or_is_told_of_it(app, client, logo):
    set_site(app, name="House & Home")
    assert 'alt=""><span>House &amp; Home</span>' in client.get("/").text
    set_site(app, shows_name=False)
    page = client.get("/").text
    assert 'alt="House &amp; Home"></a>' in page
    assert "<title>Which work is this? – House &amp; Home</title>" in page


@pytest.mark.parametrize(
    "address",
    [
        "/brand/" + "a" * 64 + "/logo.png",
        "/brand/" + "a" * 64 + "/passwd",
        "/brand/../logo.png",
        "/brand/..%2f..%2fsecret_key/logo.png",
    ],
)
def test_there_is_nothing_else_to_be_had(client, logo, address):
    assert client.get(address).status_code == 404


def test_where_browsers_once_looked_for_the_icon_they_find_it(client, logo):
    assert client.get("/favicon.ico").location.endswith(f"{logo.folder}/icon-64.png")


def test_without_a_logo_there_is_the_programs_icon(client):
    assert client.get("/favicon.ico").location.endswith("icon.svg")


def test_phones_and_pages_without_a_network_know_the_museum(app, client, logo):
    set_site(app, name="House", accent_light="#14532d")
    manifest = client.get("/manifest.webmanifest").json
    assert (manifest["name"], manifest["theme_color"]) == ("House", "#14532d")
    purposes = {one["sizes"] + one["purpose"] for one in manifest["icons"]}
    assert purposes == {"192x192any", "512x512any", "512x512maskable"}
    worker = client.get("/worker.js").text
    assert f"/brand/{logo.folder}/logo.png" in worker
    assert "/brand/14532d-e3a58d.css" in worker
    set_site(app, name="Home")
    assert client.get("/worker.js").text != worker
