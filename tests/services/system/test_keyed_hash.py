from hypothesis import given
from hypothesis import strategies as st

from app.services.system.keyed_hash import HASH_BYTES, derived_key, keyed_hash

KEY = derived_key("s" * 64, "tests")


@given(st.text(st.characters(exclude_categories=())))
def test_every_text_has_a_short_hash_that_stays_the_same(text):
    assert keyed_hash(KEY, text) == keyed_hash(KEY, text)
    assert len(keyed_hash(KEY, text)) == HASH_BYTES


def test_another_key_or_purpose_gives_other_names():
    keys = {derived_key("s" * 64, "other"), derived_key("t" * 64, "tests"), KEY}
    assert len({keyed_hash(key, "anna@example.org") for key in keys}) == 3
