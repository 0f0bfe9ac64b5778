"""Disputed cases as admins judge them, and what that does to every evaluation."""

import io
import zipfile

import numpy as np
import pytest

from app.background import BACKGROUND
from app.extensions import db
from app.models import EvaluationReport, RelevanceJudgement
from tests.support.fakes import draw_picture, photograph
from tests.support.museum import encoded
from tests.support.people import logged_in, with_account

PAGE = "/admin/evaluations/"
DISPUTED = f"{PAGE}disputed"
ROWS = "photo,references,kind\nwall.jpg,1900.0,wall\nstreet.jpg,NONE,street\n"


@pytest.fixture
def admin(app):
    return logged_in(app, "ada@example.org", "admin")


@pytest.fixture(scope="module")
def packed():
    """A photo of work 0 with work 4 beside it, said to be of 0; and one of nothing."""
    left, right = photograph(draw_picture(0)), photograph(draw_picture(4), seed=1)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("photos.csv", ROWS)
        archive.writestr("wall.jpg", encoded(np.hstack([left, right])))
        archive.writestr("street.jpg", encoded(photograph(draw_picture(998))))
    return file.getvalue()


@pytest.fixture
def evaluate(app, admin, packed):
    def evaluate():
        file = (io.BytesIO(packed), "photos.zip")
        admin.post(PAGE, file=file, leave_out="yes")
        assert app.extensions[BACKGROUND].work_off() == 1
        with app.app_context():
            reports = db.session.query(EvaluationReport)
            report = reports.order_by(EvaluationReport.id.desc()).first()
            assert report is not None
            return report.id

    return evaluate


def figures_of(app, report_id):
    with app.app_context():
        return db.session.get_one(EvaluationReport, report_id).figures


def judge(person, report_id, relevance="in_view", work="1900.4", number=0, **fields):
    return person.post(
        f"{PAGE}{report_id}/judge",
        page=PAGE,
        number=str(number),
        work=work,
        relevance=relevance,
        **fields,
    )


def judgements_of(app):
    with app.app_context():
        found = db.session.query(RelevanceJudgement).all()
        return [(one.accession, one.relevance.value, one.photo) for one in found]


def test_marked_neighbours_are_no_false_accepts_ever_after(app, admin, evaluate):
    first = evaluate()
    assert figures_of(app, first)["false_accept"] == 1 / 2
    page = admin.browser.get(DISPUTED).text
    assert "wall.jpg" in page
    assert "This is right after all" in page
    answer = judge(admin, first, disputed="yes")
    assert answer.location == DISPUTED
    page = admin.browser.get(DISPUTED).text
    assert "0 cases are open" in page
    assert "ada@example.org" in page
    assert "It is in the photo, too" in page
    assert figures_of(app, first)["false_accept"] == 0
    page = admin.browser.get(f"{PAGE}{first}").text
    assert "1 work counts as being in its photo" in page
    assert "0 of 2 (0 to 66 %)" in page.replace("\N{NO-BREAK SPACE}", " ")
    second = evaluate()  # whose photos stay, too: they are right by judgement alone
    assert figures_of(app, second)["false_accept"] == 0
    with admin.browser.get(f"{PAGE}{second}/photos/0.jpg") as picture:
        assert picture.status_code == 200
    page = admin.browser.get("/admin/recognition/").text
    assert "1900.4" not in page.partition('id="confused"')[2]


def test_a_judgement_is_taken_back_from_the_list_and_from_the_trail(
    app, admin, evaluate
):
    report = evaluate()
    judge(admin, report)
    with app.app_context():
        [judgement] = db.session.query(RelevanceJudgement)
        address = f"{PAGE}judgements/{judgement.id}/withdraw"
    admin.post(address, page=DISPUTED)
    assert judgements_of(app) == []
    assert figures_of(app, report)["false_accept"] == 1 / 2
    trail = admin.browser.get("/admin/changes/").text
    assert trail.count("Ground truth corrected") >= 2
    assert "wall.jpg · 1900.4" in trail
    assert "As the list of photos says" in trail
    admin.post("/admin/changes/2/undo", page="/admin/changes/")
    assert judgements_of(app) == [("1900.4", "in_view", "wall.jpg")]
    assert figures_of(app, report)["false_accept"] == 0
    answer = admin.post("/admin/changes/2/undo", page="/admin/changes/")
    assert "cannot be taken back" in admin.browser.get(answer.location).text


def test_only_judgements_are_undone_on_the_admins_trail(app, admin):
    fields = {"found": "0.9", "uncertain": "0.5", "sure": "yes"}
    page = "/admin/recognition/"
    admin.post(f"{page}thresholds", page=page, **fields)
    answer = admin.post("/admin/changes/1/undo", page="/admin/recognition/")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"work": "1900.3"}, 404),
        ({"number": "7"}, 404),
        ({"number": "x"}, 404),
        ({"relevance": "perhaps"}, 400),
        ({"report_id": 99}, 404),
    ],
)
def test_what_was_not_answered_is_not_judged(app, admin, evaluate, fields, status):
    answer = judge(admin, **{"report_id": evaluate(), **fields})
    assert answer.status_code == status
    assert judgements_of(app) == []


def test_only_admins_judge(app, admin, evaluate, client):
    report = evaluate()
    judge(admin, report)
    with app.app_context():
        [judgement] = db.session.query(RelevanceJudgement)
        withdrawal = f"{PAGE}judgements/{judgement.id}/withdraw"
    curator = logged_in(app, "carl@example.org", "curator")
    visitor = logged_in(app, "bob@example.org")
    for person in (curator, visitor):
        assert person.browser.get(DISPUTED).status_code == 403
        token = "/account/"
        fields = {"number": "0", "work": "1900.4", "relevance": "absent"}
        for address in (f"{PAGE}{report}/judge", withdrawal, "/admin/changes/1/undo"):
            answer = person.post(address, page=token, **fields)
            assert answer.status_code == 403, address
    assert "/account/login" in client.get(DISPUTED).location
    assert judgements_of(app) == [("1900.4", "in_view", "wall.jpg")]


def test_a_report_from_before_says_that_it_is_too_old(app, admin):
    case = {
        "number": 0,
        "name": "old.jpg",
        "expected": [],
        "answered": "1900.0",
        "left_out": False,
        "photo": False,
        "answered_image": "",
        "width": 3,
        "probability": 0.9,
        "similarity": 0.5,
        "inlier_count": 12,
        "height": 2,
        "is_right": False,
        "is_answerable": False,
        "is_good": False,
        "verdict": "found",
    }
    names = ("top1", "top5", "true_accept", "misnamed", "false_accept", "precision")
    shares = ("f1", "recall_global_100", "recall_local_100", "recall_union_100", "gap")
    figures = dict.fromkeys((*names, *shares), 0.5)
    more = {"queries": 1, "per_kind": {}, "latency_ms": {"p50": 1.0, "p95": 2.0}}
    settings = {"found": 0.9, "uncertain": 0.5, "folder": "1"}
    with app.app_context():
        old = EvaluationReport(
            name="Old", cases=[case], figures={**figures, **more}, settings=settings
        )
        db.session.add(old)
        db.session.commit()
        number = old.id
    page = admin.browser.get(f"{PAGE}{number}").text
    assert "too old to be corrected" in page
    assert "50.0%" in page.replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    assert judge(admin, number).status_code == 404
    assert "0 cases are open" in admin.browser.get(DISPUTED).text


def test_an_account_that_is_deleted_is_named_no_more(app, admin, evaluate):
    judge(admin, evaluate())
    other = with_account(app, "eve@example.org", "admin")
    with app.app_context():
        account = admin.account()
        db.session.delete(db.session.merge(account))
        db.session.commit()
    other.log_in()
    page = other.browser.get(DISPUTED).text
    assert "an account that is deleted" in page
    assert "ada@example.org" not in page
