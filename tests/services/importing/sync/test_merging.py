from hypothesis import given
from hypothesis import strategies as st

from app.services.importing.sync.merging import merged

FACTS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "x", "y"]))


def test_only_the_sources_own_changes_are_taken():
    before = {"title": "Hof", "artist": "Lind", "date": "1880", "type": "oil"}
    said = {"title": "Bauernhof", "artist": "Lindt", "date": "1880"}
    there = {"title": "Hof", "artist": "M. Lind", "date": "1881", "type": "oil"}
    assert merged(said, before, there) == (
        {"title": "Bauernhof", "type": ""},
        ["artist"],
    )


@given(FACTS, FACTS, FACTS)
def test_nothing_that_somebody_else_changed_is_overwritten(said, before, there):
    changes, kept = merged(said, before, there)
    assert all(there.get(name, "") == before.get(name, "") for name in changes)
    assert not set(changes) & set(kept)
    assert all(value == said.get(name, "") for name, value in changes.items())


@given(FACTS, FACTS)
def test_what_nobody_else_changed_becomes_what_the_source_says(said, before):
    changes, kept = merged(said, before, before)
    after = {**before, **changes}
    assert not kept
    assert all(after.get(name, "") == said.get(name, "") for name in {*said, *before})
