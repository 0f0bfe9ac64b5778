import numpy as np
import pytest

from app.models import Artwork, now
from app.services.words.suggestions import SuggestionKind, suggest
from bench.words import with_slip
from tests.services.words.conftest import LABELS


@pytest.fixture
def names(collection, vocabulary):
    """Return a function that gives what is suggested: numbers of works, and artists."""

    def said(text, **options):
        found = suggest(collection, vocabulary, text, **options)
        return [one.work.accession if one.work else one.artist for one in found]

    return said


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("caravagio", "CARAVAGGIO"),
        ("ventrini", "Venturini Gaspare"),
        ("carav", "CARAVAGGIO"),
        ("durer", "Dürer, Albrecht"),
        ("DUERER", "Dürer, Albrecht"),
        ("albrehct drer", "Dürer, Albrecht"),
        ("rem brandt", "Rembrandt van Rijn"),
        ("elgie", "IM-0024"),
        ("virgin and chlid", "1982.23/4"),
        ("virgin child saint ane", "1982.23/40"),
        ("lutepleyer", "1900.2"),
        ("selfportrait", "7"),
        ("lute player caravagio", "1900.2"),
        ("appostles petr", "8"),
        ("petres boat", "9"),
        ("1982.23/4", "1982.23/4"),
        ("im0024", "IM-0024"),
    ],
)
def test_slips_are_understood(names, typed, first):
    assert names(typed)[:1] == [first]


@pytest.mark.parametrize("typed", ["", "  ", "xyzzyx", "%", "'\"; --", "a" * 500, "\0"])
def test_what_means_nothing_gives_nothing(names, typed):
    assert names(typed) == []


def test_all_labels_are_found_with_two_slips(names):
    rng = np.random.default_rng(0)
    for accession, title, _artist, _room in LABELS:
        if len(title) > 8:
            typed = with_slip(with_slip(title.lower(), rng), rng)
            assert accession in names(typed)[:3], typed


def test_an_artist_comes_with_how_many_works_there_are(collection, vocabulary):
    first, *others = suggest(collection, vocabulary, "caravaggio")
    assert (first.kind, first.works, first.work) == (SuggestionKind.ARTIST, 2, None)
    assert [one.kind for one in others] == [SuggestionKind.WORK, SuggestionKind.WORK]


def test_works_of_the_room_come_first_and_others_after_them(collection, vocabulary):
    found = suggest(collection, vocabulary, "caravagio", room="Room 2")
    assert found[0].work
    assert found[0].work.accession == "1900.2"
    assert [one.in_room for one in found] == [True, False, False]
    assert found[1].artist == "CARAVAGGIO"
    elsewhere = suggest(collection, vocabulary, "caravagio", room="Hall")
    assert [one.in_room for one in elsewhere] == [False] * 3


def test_no_more_is_suggested_than_is_asked_for(names):
    assert len(names("caravaggio", count=2)) == 2


def test_what_curators_change_is_found_by_its_new_words_at_once(
    collection, vocabulary, names
):
    assert names("sunflwers") == []
    work = collection.query(Artwork).filter_by(accession="7").one()
    work.title = "Sunflowers"
    collection.commit()
    assert names("sunflwers") == ["7"]
    assert "7" not in names("self-portrait")
    work.withdrawn_at = now()
    collection.commit()
    assert names("sunflwers") == []
    assert names("7") == []
    work.withdrawn_at = None
    collection.commit()
    assert names("sunflwers") == ["7"]


def test_a_deleted_work_is_found_no_more(collection, names):
    collection.delete(collection.query(Artwork).filter_by(accession="7").one())
    collection.commit()
    assert names("self-portrait") == []
