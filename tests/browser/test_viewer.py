"""Our manifests on a page of another origin: Mirador shows and enlarges them."""

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Request

from app.extensions import db
from app.models import Artwork, ReferenceImage
from app.retrieval.settings import ImageSettings
from app.services.collection.pictures import store_picture
from app.services.media.folder import FolderStore
from tests.support.fakes import draw_picture
from tests.support.museum import encoded
from tests.support.waiting import ended
from tools.viewer import obtain_viewer

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="en"><title>Another museum</title>
<div id="viewer" style="position:absolute;inset:0"></div>
<script src="/mirador.js"></script>
<script>
window.viewer = Mirador.viewer({{
  id: "viewer", windows: [{{ manifestId: "{manifest}" }}],
  workspaceControlPanel: {{ enabled: false }},
}});
</script></html>"""


@pytest.fixture
def other_site(app, address):
    """A server of another origin with a page that shows the work's manifest."""
    try:
        script = obtain_viewer().read_bytes()
    except OSError as error:
        pytest.skip(f"the viewer cannot be fetched: {error}")
    manifest = f"{address}/iiif/works/large/manifest.json"
    files = {
        "/": ("text/html", PAGE.format(manifest=manifest).encode()),
        "/mirador.js": ("text/javascript; charset=utf-8", script),
    }

    class Files(BaseHTTPRequestHandler):
        def do_GET(self):
            kind, data = files.get(self.path, ("text/plain", b""))
            self.send_response(200 if data else 404)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_facts):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    thread = threading.Thread(daemon=True, target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    ended(thread)
    server.server_close()


@pytest.fixture
def large(app):
    picture = draw_picture(3, height=1200, width=1600)
    store = FolderStore(app.config["MORELLI_INSTANCE"] / "media" / "works")
    kept = store_picture(encoded(picture, quality=95), store, settings=ImageSettings())
    with app.app_context():
        image = ReferenceImage(
            sha256=kept.sha256,
            media_name=kept.media_name,
            width=kept.width,
            height=kept.height,
        )
        label = {"title": "The Large Work", "artist": "Ada Bright", "rights": "Museum"}
        said = {"description@en": "An *old* <frame>.\n\n- Oak\n- Glue & nails"}
        work = Artwork(accession="large", images=[image], details=said, **label)
        db.session.add(work)
        db.session.commit()
    return kept


def test_mirador_on_another_site_shows_and_enlarges_a_work(chromium, other_site, large):
    context = chromium.new_context(viewport={"width": 1280, "height": 844})
    context.set_default_timeout(30_000)
    page = context.new_page()
    asked: list[tuple[int, str]] = []
    failed: list[Request] = []
    page.on("response", lambda answer: asked.append((answer.status, answer.url)))
    page.on("requestfailed", lambda request: failed.append(request))
    page.goto(other_site)
    page.get_by_text("The Large Work").first.wait_for()
    service = f"/iiif/images/{large.sha256}"
    page.locator(".openseadragon-canvas canvas").first.wait_for()
    with page.expect_response(lambda answer: f"{service}/info.json" in answer.url):
        page.reload()
    page.locator(".openseadragon-canvas canvas").first.wait_for()
    page.get_by_role("button", name="Toggle sidebar").click()
    described = page.locator("p", has_text="An old <frame>.")
    described.first.wait_for()
    assert described.first.locator("i").inner_text() == "old"
    page.get_by_text(re.compile(r"Oak\s+Glue & nails\s*$")).first.wait_for()
    # Any tile in the full size of the picture: a pixel of its region is one of its own.
    whole = re.compile(rf"{service}/\d+,\d+,(\d+),(\d+)/(max|\1,\2|\1,)/")
    with page.expect_response(
        lambda answer: whole.search(answer.url) is not None
    ) as tile:
        for _ in range(8):
            page.get_by_role("button", name="Zoom in").click()
    assert tile.value.status == 200
    assert tile.value.headers["content-type"] == "image/jpeg"
    ours = [one for one in asked if "/iiif/" in one[1] or "/media/" in one[1]]
    assert ours
    assert [one for one in ours if one[0] >= 400] == []
    # Tiles that are not looked at any more are given up by the viewer itself.
    broken = [one.url for one in failed if one.failure != "net::ERR_ABORTED"]
    assert [one for one in broken if "/iiif/" in one or "/media/" in one] == []
    context.close()
