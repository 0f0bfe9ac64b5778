"""JSON of other museums, in which anything may stand."""

import pytest

from app.services.importing.standards.documents import parsed


@pytest.mark.parametrize(
    "data",
    [rb'["a\ud800b", "\uD83D\uDE00"]', b'["a\xed\xa0\x80b", "\xf0\x9f\x98\x80"]'],
)
def test_halves_of_signs_which_no_database_stores_are_replaced(data):
    half, whole = parsed(data)
    assert half.encode() == b"a?b"
    assert whole == "\U0001f600"


@pytest.mark.parametrize("data", [b"", b"[", b"[" * 100_000, b"\xff", b'"\\ud8"'])
def test_what_is_no_json_is_nothing(data):
    assert parsed(data) is None
