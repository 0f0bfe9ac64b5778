"""A name in one style sheet is not another thing in a sheet of the same page."""

import re
from collections import Counter

import pytest

from app.configuration.load import ROOT

CURATE = ("browse", "account", "curate")
TOGETHER = {
    "curators": CURATE,
    "administrators": (*CURATE, "admin"),
    "comparison": (*CURATE, "compare"),
}
"""Sheets of rooms that one page loads, besides that of all pages."""
COMMENT, RULE = re.compile(r"/\*.*?\*/", re.S), re.compile(r"([^{}]+)\{")


def selectors(sheet):
    """Return what a sheet styles, whatever the size of the screen."""
    text = COMMENT.sub("", (ROOT / "static" / f"{sheet}.css").read_text("utf-8"))
    parts = (part.strip() for rule in RULE.findall(text) for part in rule.split(","))
    return {part for part in parts if part and not part.startswith(("@", "("))}


@pytest.mark.parametrize("sheets", TOGETHER.values(), ids=TOGETHER)
def test_no_two_sheets_of_a_page_style_the_same(sheets):
    styled = Counter(part for sheet in sheets for part in selectors(sheet))
    assert len(styled) > 100
    assert [part for part, times in styled.items() if times > 1] == []
