"""Facts of works are called by names that people know."""

import pytest

from app.web.shell.content.shown import fact_name


@pytest.mark.parametrize(
    ("fact", "name"),
    [
        ("shows", "Shows"),
        ("artist", "Artist"),
        ("details.Provenance", "Provenance"),
        ("something", "something"),
    ],
)
def test_facts_of_a_trail_have_names(in_app, fact, name):
    assert fact_name(fact) == name
