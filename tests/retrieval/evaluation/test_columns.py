"""Tables as plain text."""

from app.retrieval.evaluation.columns import set_columns


def test_columns_are_aligned():
    assert set_columns([["", "n"], ["long", "7"], ["x", "123"]]) == (
        "        n\nlong    7\nx     123"
    )
