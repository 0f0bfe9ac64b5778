"""Judged works: every report obeys, whatever index it asked, and it can be undone."""

import pytest
from sqlalchemy import select

from app.models import (
    AuditEntry,
    EvaluationReport,
    Relevance,
    RelevanceJudgement,
    User,
)
from app.services.evaluation import correcting, disputes, grading, judgements

SHA, OTHER_SHA = "a" * 64, "b" * 64


def reply(*works, found=None, verdict="found", confidence=0.9):
    return {
        "works": list(works),
        "found": list(works[:1] if found is None else found),
        "confidence": confidence,
        "verdict": verdict,
        "shortlists": {"global": list(works)},
        "timings_ms": {"total": 10.0},
        "similarity": 0.5,
        "inlier_count": 12,
    }


def line(number=0, sha256=SHA, expected=("A",), **replies):
    return {
        "number": number,
        "name": f"{number}.jpg",
        "kind": "wall",
        "expected": list(expected),
        "in_view": [],
        "away": [],
        "sha256": sha256,
        "width": 3,
        "height": 2,
        **replies,
    }


NEIGHBOUR = line(reply=reply("A"), without=reply("B"))


@pytest.fixture
def keep(session):
    def keep(*lines, name="Report", generation="one"):
        report = EvaluationReport(name=name, generation=generation, answers=[*lines])
        session.add(report)
        grading.keep_photos(report)
        grading.grade(session, report)
        session.commit()
        return report

    return keep


@pytest.fixture
def user(session):
    user = User(email="ada@example.org", fs_uniquifier="x", active=True)
    session.add(user)
    session.commit()
    return user


def test_a_neighbour_that_is_marked_is_no_false_accept(session, keep, user):
    report = keep(NEIGHBOUR)
    assert report.figures["false_accept"] == 1.0
    assert report.figures["precision"] == 0.5
    [case] = disputes.open_cases(report)
    assert (case["left_out"], case["claims"], case["photo"]) == (True, ["B"], True)
    assert correcting.judge(session, report, 0, "B", Relevance.IN_VIEW, user) == "0.jpg"
    assert report.figures["false_accept"] == 0.0
    assert report.figures["proportions"]["false_accept"] == {"count": 0, "total": 1}
    assert report.figures["precision"] == 1.0
    assert report.figures["gap"] == 1.0
    assert disputes.open_cases(report) == []
    assert disputes.count_corrections(report) == 1
    assert all(one["is_good"] for one in report.cases)
    # The photo stays to be seen: the judgement may be taken back.
    assert all(one["photo"] for one in report.cases)


def test_what_was_judged_is_good_for_later_indexes_and_other_lists(session, keep, user):
    correcting.judge(session, keep(NEIGHBOUR), 0, "B", Relevance.IN_VIEW, user)
    renamed = {**NEIGHBOUR, "number": 7, "name": "renamed.jpg"}
    later = keep(renamed, name="Later", generation="two")
    assert later.figures["false_accept"] == 0.0
    another = keep(line(sha256=OTHER_SHA, reply=reply("A"), without=reply("B")))
    assert another.figures["false_accept"] == 1.0


def test_all_reports_with_the_photo_are_computed_anew(session, keep, user):
    first, second = keep(NEIGHBOUR), keep(NEIGHBOUR)
    other = keep(line(sha256=OTHER_SHA, reply=reply("A"), without=reply("B")))
    correcting.judge(session, second, 0, "B", Relevance.IN_VIEW, user)
    session.expire_all()
    shares = [one.figures["false_accept"] for one in (first, second, other)]
    assert shares == [0.0, 0.0, 1.0]


def test_this_is_right_after_all_makes_a_miss_a_hit(session, keep, user):
    report = keep(line(reply=reply("B")))
    assert report.figures["misnamed"] == 1.0
    correcting.judge(session, report, 0, "B", Relevance.SHOWN, user)
    assert report.figures["misnamed"] == 0.0
    assert report.figures["top1"] == report.figures["true_accept"] == 1.0
    assert report.figures["recall_global_100"] == 1.0
    [case] = report.cases
    assert case["expected"] == ["A", "B"]
    assert case["is_right"]


def test_of_several_works_each_is_judged_by_itself(session, keep, user):
    report = keep(line(expected=(), reply=reply("B", "C", found=("B", "C"))))
    correcting.judge(session, report, 0, "B", Relevance.SHOWN, user)
    assert report.figures["misnamed"] == 1.0  # C is still said to be there
    [case] = disputes.open_cases(report)
    assert case["claims"] == ["C"]
    correcting.judge(session, report, 0, "C", Relevance.ABSENT, user)
    assert report.figures["misnamed"] == 1.0
    assert disputes.open_cases(report) == []
    assert disputes.count_corrections(report) == 1


def test_every_judgement_is_in_the_trail_and_is_undone(session, keep, user):
    report = keep(NEIGHBOUR)
    correcting.judge(session, report, 0, "B", Relevance.ABSENT, user)
    correcting.judge(session, report, 0, "B", Relevance.IN_VIEW, user)
    correcting.judge(session, report, 0, "B", Relevance.IN_VIEW, user)  # says no more
    first, second = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    assert second.user is user
    assert second.subject == "0.jpg · B"
    assert second.before == {"relevance": "absent"}
    assert second.after["relevance"] == "in_view"
    with pytest.raises(judgements.JudgedMeanwhileError):
        correcting.undo(session, first, user)
    correcting.undo(session, second, user)
    assert report.figures["false_accept"] == 1.0
    correcting.undo(session, first, user)
    assert session.scalars(select(RelevanceJudgement)).all() == []
    with pytest.raises(judgements.JudgedMeanwhileError):
        correcting.undo(session, first, user)


def test_a_judgement_outlives_its_report_and_is_undone_without(session, keep, user):
    report, other = keep(NEIGHBOUR), keep(NEIGHBOUR)
    correcting.judge(session, report, 0, "B", Relevance.IN_VIEW, user)
    [judgement] = session.scalars(select(RelevanceJudgement))
    session.delete(report)
    session.commit()
    session.refresh(judgement)
    assert judgement.report_id is None
    assert keep(NEIGHBOUR).figures["false_accept"] == 0.0
    correcting.withdraw(session, judgement, user)
    session.refresh(other)
    assert other.figures["false_accept"] == 1.0
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    correcting.undo(session, entry, user)
    [judgement] = session.scalars(select(RelevanceJudgement))
    assert (judgement.relevance, judgement.report_id) == (Relevance.IN_VIEW, None)


@pytest.mark.parametrize(("number", "work"), [(1, "B"), (0, "C"), (0, "")])
def test_only_what_was_answered_is_judged(session, keep, user, number, work):
    report = keep(NEIGHBOUR)
    with pytest.raises(correcting.NotAnsweredError):
        correcting.judge(session, report, number, work, Relevance.IN_VIEW, user)
    assert session.scalars(select(RelevanceJudgement)).all() == []


def test_a_report_without_answers_cannot_be_corrected(session, user):
    old = EvaluationReport(name="Old", cases=[{"number": 0}])
    session.add(old)
    session.commit()
    with pytest.raises(correcting.NotAnsweredError):
        correcting.judge(session, old, 0, "B", Relevance.IN_VIEW, user)


def test_what_cannot_be_found_now_is_not_missed(session, keep, user):
    correcting.judge(
        session, keep(line(reply=reply("B"))), 0, "B", Relevance.SHOWN, user
    )
    gone = line(expected=(), reply=reply(verdict="not_found", confidence=None))
    assert keep(gone).figures["top1"] == 0.0
    assert keep({**gone, "away": ["B"]}).figures["top1"] is None


def test_the_hash_is_of_the_content():
    assert judgements.digest(b"photo") == judgements.digest(b"photo")
    assert len(judgements.digest(b"")) == 64
    assert judgements.digest(b"photo") != judgements.digest(b"photo ")


def test_many_photos_are_looked_up_in_batches(session, keep, user, monkeypatch):
    monkeypatch.setattr(judgements, "BATCH", 1)
    correcting.judge(session, keep(NEIGHBOUR), 0, "B", Relevance.IN_VIEW, user)
    found = judgements.of_photos(session, [OTHER_SHA, SHA, SHA])
    assert found == {SHA: {"B": Relevance.IN_VIEW}}
