"""The work that a photo shows, chosen on the map of the collection."""

from tests.support.mapped import make_map
from tests.support.people import logged_in


def test_a_work_of_the_map_leads_back_to_the_photo(app, curator, asked):
    page = f"/curate/desk/{asked}"
    assert "Choose it on the map" not in curator.browser.get(page).text
    assert curator.browser.get(f"{page}/map").status_code == 404
    make_map(app)
    assert f"{page}/map" in curator.browser.get(page).text
    shown = curator.browser.get(f"{page}/map").text
    assert f'href="{page}?work=1900.3"' in shown
    assert f'data-work="{page}?work=ACCESSION"' in shown
    # As the script of the list asks.
    listed = curator.browser.get(f"{page}/map?works=0-2").text
    assert listed.count(f'href="{page}?work=') == 2
    assert curator.browser.get(f"{page}/map?page=99").status_code == 404
    chosen = curator.browser.get(f"{page}?work=1900.3").text
    assert "Chosen on the map:" in chosen
    assert f"{page}/add?work=1900.3" in chosen
    assert f"{page}/add?work=1900.4" not in chosen


def test_a_photo_that_staff_may_not_see_has_no_map(app, curator, ask, photo):
    make_map(app)
    found = ask(photo).location.rpartition("/")[2]
    assert curator.browser.get(f"/curate/desk/{found}/map").status_code == 404


def test_nobody_else_chooses(app, asked):
    make_map(app)
    visitor = logged_in(app, "visitor@example.org").browser
    assert visitor.get(f"/curate/desk/{asked}/map").status_code == 403
