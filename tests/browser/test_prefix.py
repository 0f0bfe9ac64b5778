"""A site below a path of the museum's own: asking, and what browsers keep of it."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SCOPES = """async () => {
  await navigator.serviceWorker.ready;
  const found = await navigator.serviceWorker.getRegistrations();
  return found.map((one) => new URL(one.scope).pathname);
}"""


@pytest.fixture
def address(make_app, serve):
    return serve(lambda address: make_app(MORELLI_PUBLIC_URL=f"{address}/suche"))


def test_a_photo_is_answered_and_nothing_is_asked_of_or_kept_for_the_rest_of_the_host(
    open_page, photo_file
):
    page = open_page("/suche/", service_workers="allow")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.get_by_label("Your photo of the work").set_input_files(photo_file)
    page.get_by_role("button", name="Find the work").click()
    page.wait_for_url("**/suche/queries/*")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("main").get_by_role("link").first.wait_for()
    paths = {
        urlsplit(one).path for one in asked if not one.startswith(("data", "blob"))
    }
    assert len(paths) > 3
    assert not [path for path in paths if not path.startswith("/suche/")]
    assert page.evaluate(SCOPES) == ["/suche/"]
    kept = page.context.cookies()
    assert kept
    assert {one["path"] for one in kept} == {"/suche"} or {
        one["path"] for one in kept
    } == {"/suche/"}
