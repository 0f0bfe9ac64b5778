"""Figures over time, and what changed between two runs."""

from app.extensions import db
from app.models import EvaluationRun
from app.services.evaluation.own_set import history


def run(**sums):
    one = EvaluationRun(is_finished=True, unasked={}, **sums)
    db.session.add(one)
    db.session.commit()
    return one


def test_figures_are_listed_oldest_first_with_their_intervals(in_app):
    first = run(asked=10, answerable=8, first=6, found=4, wrong=1)
    run(asked=0, answerable=0)
    db.session.add(EvaluationRun())  # not finished
    db.session.commit()
    old, new = history.list_figures(db.session())
    assert old.run is first
    assert (old.first.share, old.found.share, old.wrong.share) == (0.75, 0.5, 0.1)
    low, high = old.found.interval
    assert 0.2 < low < 0.5 < high < 0.8
    assert new.found.total == 0


def test_only_the_newest_are_listed(in_app):
    for number in range(history.MOST_RUNS + 2):
        run(asked=number)
    listed = history.list_figures(db.session())
    assert [one.run.asked for one in listed][:2] == [2, 3]
    assert len(listed) == history.MOST_RUNS
