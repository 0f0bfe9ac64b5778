import pytest

from app.extensions import db
from app.models import Artwork, Relation
from app.services.curation.merging.choosing import (
    SAME,
    FieldRule,
    field_pairs,
    find_pairs,
    taken_facts,
)

pytestmark = pytest.mark.usefixtures("in_app")


def work(accession, **said):
    made = Artwork(accession=accession, **said)
    db.session.add(made)
    db.session.flush()
    return made


def relate(one, other, **said):
    relation = Relation(
        artwork=one, other=other, **{"kind": "duplicate", "inlier_count": 9, **said}
    )
    db.session.add(relation)
    db.session.commit()


def test_the_longer_text_is_chosen_or_that_of_the_kept_work():
    kept = work("A", title="Hare", technique="Oil", details={"x": "1"})
    other = work("B", title="The Hare", artist="Dürer", details={"x": "", "y": "2"})
    longer = taken_facts(field_pairs(kept, other, FieldRule.LONGER))
    assert longer == {"title": "The Hare", "artist": "Dürer", "details.y": "2"}
    filled = taken_facts(field_pairs(kept, other, FieldRule.FILLED))
    assert filled == {"artist": "Dürer", "details.y": "2"}


def test_what_is_the_same_is_no_choice():
    assert (
        field_pairs(work("A", title="x"), work("B", title="x"), FieldRule.LONGER) == []
    )


def test_the_fuller_work_is_kept_unless_a_number_is_preferred():
    one, other = work("A.1", title="Hare"), work("B.1", title="Hare", artist="Dürer")
    relate(one, other)
    [pair] = find_pairs(db.session(), SAME, rule=FieldRule.LONGER)
    assert (pair.kept, pair.other) == (other, one)
    [pair] = find_pairs(db.session(), SAME, rule=FieldRule.LONGER, prefix="A.")
    assert (pair.kept, pair.other) == (one, other)


@pytest.mark.parametrize(
    ("said", "agrees"),
    [({}, True), ({"title": "hare"}, True), ({"title": "Dog"}, False)],
)
def test_pairs_that_contradict_each_other_are_told(said, agrees):
    relate(work("A", title="Hare"), work("B", **said))
    [pair] = find_pairs(db.session(), SAME, rule=FieldRule.LONGER)
    assert pair.agrees is agrees


def test_rejected_and_withdrawn_pairs_are_not_proposed(in_app):
    from app.models import now

    relate(work("A"), work("B"), verdict="rejected")
    relate(work("C"), work("D", withdrawn_at=now()))
    relate(work("E"), work("F"), kind="view")
    assert find_pairs(db.session(), SAME, rule=FieldRule.LONGER) == []
