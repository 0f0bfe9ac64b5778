"""Every subject has a name, and facets and audit trails speak in names."""

import pytest

from app.retrieval.descriptors.subjects import SUBJECTS
from app.web.shell.content.subject_names import SUBJECT_NAMES, fact_words, value_name


def test_every_subject_has_a_name_of_its_own(in_app):
    assert tuple(SUBJECT_NAMES) == SUBJECTS
    assert len({str(name) for name in SUBJECT_NAMES.values()}) == len(SUBJECTS)


@pytest.mark.parametrize(
    ("facet", "value", "name"),
    [
        ("shows", "big_cat", "Lion, tiger or leopard"),
        ("shows", "unicorn", "unicorn"),
        ("artist", "dog", "dog"),
    ],
)
def test_only_subjects_are_put_into_words(in_app, facet, value, name):
    assert value_name(facet, value) == name


@pytest.mark.parametrize(
    ("fact", "value", "words"),
    [
        ("shows", "cat; ship", "Cat, Ship or boat"),
        ("shows", "none", "None of these"),
        ("shows", "", ""),
        ("title", "none", "none"),
    ],
)
def test_an_audit_trail_says_what_was_stated(in_app, fact, value, words):
    assert fact_words(fact, value) == words
