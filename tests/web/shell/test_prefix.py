"""A site below a path of a museum's own host: no address leads out of it."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from tests.support.people import TOKEN, Person, logged_in, with_account
from tests.support.routes import address_of

PUBLIC = "https://museum.org/suche"
PREFIX = "/suche"
CARRYING = ("href", "src", "action", "formaction", "content", "poster", "srcset")


class Addresses(HTMLParser):
    """What a page names that begins with a slash, or as a whole address."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, _tag, attributes):
        for name, value in attributes:
            is_own = name.startswith("data-") and name != "data-key"  # of a keyboard
            is_address = name in CARRYING or is_own
            if is_address and value and value.startswith(("/", "http")):
                self.found.append(value)


@pytest.fixture
def below(make_app):
    return make_app(MORELLI_PUBLIC_URL=PUBLIC)


def outside(addresses, page):
    """Return those of addresses on this host that are not below the prefix."""
    strays = []
    for address in addresses:
        whole = urlsplit(urljoin(f"https://museum.org{page}", address))
        is_ours = whole.netloc in ("museum.org", "localhost")
        if is_ours and not whole.path.startswith(f"{PREFIX}/"):
            strays.append(address)
    return strays


@pytest.mark.slow
@pytest.mark.parametrize("roles", [(), ("admin", "curator")])
def test_no_page_names_an_address_out_of_the_prefix(below, roles):
    browser = (
        logged_in(below, "ada@example.org", *roles).browser
        if roles
        else below.test_client()
    )
    strays, pages, seen = {}, 0, 0
    for rule in list(below.url_map.iter_rules()):
        if "GET" not in rule.methods:
            continue
        address = PREFIX + address_of(below, rule)
        with browser.get(address) as answer:
            found = [answer.headers["Location"]] if "Location" in answer.headers else []
            if answer.mimetype == "text/html":
                pages += 1
                found += Addresses(answer.text).found
            seen += len(found)
            if wrong := outside(found, address):
                strays[address] = wrong
    assert pages > 40
    assert seen > 400
    assert not strays


def test_pages_of_works_stay_below_it_and_are_found(below):
    client = below.test_client()
    listed = Addresses(client.get("/suche/works/").text).found
    works = [one for one in listed if one.startswith("/suche/works/1")]
    assert works
    page = client.get(works[0])
    assert page.status_code == 200
    pictures = [one for one in Addresses(page.text).found if "/media/" in one]
    assert pictures
    assert all(one.startswith(("/suche/", PUBLIC)) for one in pictures)
    with client.get(urlsplit(pictures[0]).path) as picture:
        assert picture.mimetype == "image/jpeg"


def test_a_proxy_may_hand_requests_on_without_the_prefix(below):
    client = below.test_client()
    answer = client.get("/works/")
    assert answer.status_code == 200
    assert 'href="/suche/works/"' in answer.text
    assert client.get("/healthz").status_code == 200


def test_the_prefix_alone_leads_to_its_slash(below):
    answer = below.test_client().get("/suche?q=1")
    assert answer.status_code == 308
    assert answer.headers["Location"] == "/suche/?q=1"


def test_a_name_that_begins_alike_is_another_path(below):
    assert below.test_client().get("/suchen/works/").status_code == 404


def test_no_header_moves_the_site(make_app):
    client = make_app().test_client()
    environ = {"SCRIPT_NAME": "/evil"}
    answer = client.get("/works/", environ_overrides=environ)
    assert "/evil" not in answer.text


def test_cookies_are_kept_to_the_prefix(make_app):
    below = make_app(MORELLI_PUBLIC_URL=PUBLIC, MORELLI_HTTPS="yes")
    person = with_account(below)
    person.browser.environ_base["wsgi.url_scheme"] = "https"
    cookies = person.browser.get("/account/login").headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Secure-morelli")
        assert "Path=/suche;" in cookie
        assert "Secure" in cookie


def test_logging_in_leads_back_to_the_page_below_it(below):
    with_account(below, "ada@example.org", "admin")
    person = Person(below, "ada@example.org")
    led = person.browser.get("/suche/admin/").headers["Location"]
    assert led.startswith("/suche/account/login?next=/suche/admin/")
    answer = person.post(
        led, email="ada@example.org", password=person.password, next="/suche/admin/"
    )
    assert answer.headers["Location"] == "/suche/admin/"
    left = person.log_out()
    assert left.headers["Location"].startswith("/suche")
    [device] = [
        one
        for one in answer.headers.getlist("Set-Cookie")
        if one.startswith("morelli_device")
    ]
    assert "Path=/suche;" in device


def test_another_language_comes_back_to_the_page(below):
    person = Person(below)
    token = TOKEN.findall(person.browser.get("/suche/about").text)[0]
    answer = person.browser.post(
        "/suche/language",
        data={"csrf_token": token, "language": "de", "page": "/suche/about"},
    )
    assert answer.headers["Location"] == "/suche/about"


def test_worker_and_manifest_reach_as_far_as_the_prefix(below):
    client = below.test_client()
    script = client.get("/suche/worker.js").text
    known = json.loads(script.removeprefix("const KNOWN = ").partition(";\n")[0])
    named = [known["root"], known["page"], known["queries"], known["token"]]
    named += [known["store"], *known["files"]]
    assert all(one.startswith("/suche/") for one in named)
    manifest = json.loads(client.get("/suche/manifest.webmanifest").text)
    assert manifest["scope"] == manifest["start_url"] == "/suche/"


def test_programs_are_told_the_prefix(below):
    client = below.test_client()
    document = client.get("/suche/api/openapi.json").json
    assert document["servers"] == [{"url": "/suche"}]
    samples = json.dumps(document)
    assert "https://museum.org/suche/api/v1/" in samples
    assert "https://museum.org/api/v1/" not in samples


def test_scripts_name_no_path_from_the_top_of_the_host(app):
    begun_at_the_top = re.compile(r"""["'`(]/[a-z]""")
    scripts = sorted(Path(app.static_folder).glob("*.js"))
    assert len(scripts) > 20
    for script in scripts:
        code = re.sub(r"//.*|/\*[\s\S]*?\*/", "", script.read_text(encoding="utf-8"))
        assert not begun_at_the_top.search(code), script.name
