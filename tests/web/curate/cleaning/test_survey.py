import pytest
from sqlalchemy import select

from app.background import BACKGROUND
from app.extensions import db
from app.models import Artwork, AuditEntry, Relation, WorkFinding
from app.services.curation import findings, relations
from tests.support.people import logged_in

PAGE = "/curate/care/"


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


@pytest.fixture
def detail_id(app):
    """A relation: the third work shows a part of the first."""
    with app.app_context():
        first, _, third = db.session.scalars(select(Artwork).limit(3))
        relation = Relation(
            artwork=first,
            other=third,
            kind="whole",
            inlier_count=148,
            similarity=0.37,
            verdict="proposed",
        )
        db.session.add(relation)
        db.session.commit()
        return relation.id


def verdict_of(app, relation_id):
    with app.app_context():
        return db.session.get_one(Relation, relation_id).verdict


def test_before_the_first_look_the_page_says_so(curator):
    page = curator.browser.get(PAGE).text
    assert "has not been looked through yet" in page
    assert "There is nothing of this kind" in page


def test_the_button_looks_through_the_collection_once_at_a_time(app, curator):
    first = curator.post(f"{PAGE}look", page=PAGE)
    assert curator.post(f"{PAGE}look", page="/curate/works/").location == first.location
    assert "is being looked through" in curator.browser.get(PAGE).text
    assert app.extensions[BACKGROUND].work_off() == 1
    assert "Last looked through" in curator.browser.get(PAGE).text


def test_a_relation_is_shown_with_both_works_and_its_figures(curator, detail_id):
    page = curator.browser.get(PAGE).text
    assert "The first picture is a detail of the second." in page
    assert page.index("1900.2") < page.index("1900.0")
    assert "148" in page
    assert "0.37" in page


def test_a_confirmed_relation_is_shown_to_visitors_until_it_is_taken_back(
    app, curator, client, detail_id
):
    assert "Related works" not in client.get("/works/1900.0").text
    curator.post(f"{PAGE}relations/{detail_id}", page=PAGE, verdict="confirmed")
    assert "Has a detail in" in client.get("/works/1900.0").text
    detail = client.get("/works/1900.2").text
    assert "Detail of" in detail
    assert 'href="/works/1900.0"' in detail
    with app.app_context():
        [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.user_id > 0))
        assert (entry.action, entry.after["verdict"]) == ("relation", "confirmed")
        entry_id = entry.id
    trail = "/curate/changes/"
    assert "Relation judged" in curator.browser.get(trail).text
    for _ in range(2):  # the second time is too late, and changes nothing
        curator.post(f"{trail}{entry_id}/undo", page=trail)
        assert verdict_of(app, detail_id) == "proposed"
    assert "Related works" not in client.get("/works/1900.0").text


def test_a_withdrawn_work_is_no_relative(app, curator, client, detail_id):
    curator.post(f"{PAGE}relations/{detail_id}", page=PAGE, verdict="confirmed")
    curator.post("/curate/works/3/withdraw", page="/curate/works/3")
    assert "Related works" not in client.get("/works/1900.0").text


def test_what_is_decided_is_listed_apart(curator, detail_id):
    curator.post(f"{PAGE}relations/{detail_id}", page=PAGE, verdict="rejected")
    listed = {
        verdict: "1900.2"
        in curator.browser.get(f"{PAGE}?kind=detail&verdict={verdict}").text
        for verdict in ("proposed", "confirmed", "rejected")
    }
    assert listed == {"proposed": False, "confirmed": False, "rejected": True}


def test_faults_are_shown_with_their_reason_and_remedy(app, curator):
    with app.app_context():
        first, second = db.session.scalars(select(Artwork).limit(2))
        figures = {"asked": 3, "named": 1, "other": 2}
        db.session.add(
            WorkFinding(artwork=first, kind="not_found", figures=figures, other=second)
        )
        db.session.add_all(
            WorkFinding(
                artwork=first, kind=kind.value, figures={"features": 9, "wanted": 80}
            )
            for kind in findings.FindingKind
            if kind is not findings.FindingKind.NOT_FOUND
        )
        db.session.commit()
    sentences = {
        "not_found": "are taken for another work",
        "few_features": "9, at least 80 are wanted",
        "no_image": "Add a picture.",
        "unreadable": "Replace the picture.",
        "not_indexed": "Build the index anew.",
    }
    for kind, sentence in sentences.items():
        assert sentence in curator.browser.get(f"{PAGE}?kind={kind}").text


def test_nonsense_is_refused(curator, detail_id):
    for address in ("?kind=nonsense", "?page=2", "?kind=no_image&page=0"):
        assert curator.browser.get(PAGE + address).status_code == 404
    address = f"{PAGE}relations/{detail_id}"
    assert curator.post(address, page=PAGE, verdict="maybe").status_code == 404
    missing = f"{PAGE}relations/99"
    assert curator.post(missing, page=PAGE, verdict="confirmed").status_code == 404


def test_lists_have_pages(app, curator):
    with app.app_context():
        works = [
            Artwork(accession=f"x{i}") for i in range(relations.RELATIONS_PER_PAGE)
        ]
        db.session.add_all(works)
        db.session.flush()
        first = db.session.scalars(select(Artwork.id).limit(1)).one()
        for work in [*works, db.session.get_one(Artwork, 2)]:
            pair = sorted((first, work.id))
            db.session.add(
                Relation(artwork_id=pair[0], other_id=pair[1], kind="duplicate")
            )
        db.session.commit()
    assert "Page 1 of 2" in curator.browser.get(PAGE).text
    assert "Page 2 of 2" in curator.browser.get(f"{PAGE}?page=2").text


def test_which_side_of_a_work_is_missing_is_said_on_both_pages(app, curator):
    with app.app_context():
        work = db.session.scalars(select(Artwork).limit(1)).one()
        work.type = "bust"
        kind = findings.FindingKind.ONE_SIDE
        findings.replace_findings(db.session(), work.id, [findings.Finding(kind)])
        db.session.commit()
        address = f"/curate/works/{work.id}"
    advice = "Only one view: add pictures from the left, the right and behind."
    assert advice in curator.browser.get(address).text
    listed = curator.browser.get(f"{PAGE}?kind=one_side").text
    assert advice in listed
    assert "Only one side" in listed


def test_a_gap_names_the_two_pictures(app, curator):
    with app.app_context():
        work = db.session.scalars(select(Artwork).limit(1)).one()
        figures = {"pictures": 3, "one": 1, "other": 3}
        gap = findings.Finding(findings.FindingKind.GAP, figures)
        findings.replace_findings(db.session(), work.id, [gap])
        db.session.commit()
    page = curator.browser.get(f"{PAGE}?kind=gap").text
    assert "the sides that pictures 1 and 3 show" in page
