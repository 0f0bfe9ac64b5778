import pytest

from app.models import Artwork
from app.services.curation.bulk.variants import grouped, variants_of


def texts(counts):
    return [[value.text for value in one.values] for one in grouped(counts)]


@pytest.mark.parametrize(
    "other",
    [
        "Oil on Canvas",
        "oil on canvass",
        "Oil on canvas.",
        " oil  on canvas",
        "Öil on cánvas",
        "canvas, oil on",
        "Oil oncanvas",
        "Oil on cnavas",
    ],
)
def test_spellings_of_the_same_belong_together(other):
    assert texts({"Oil on canvas": 5, other: 1}) == [["Oil on canvas", other]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Room 1", "Room 2"),
        ("Room 12", "Room 1 2 3"),
        ("Oil", "Foil"),
        ("Monet", "Manet"),
        ("Oil on canvas", "Oil on panel"),
        ("!", "?"),
    ],
)
def test_what_is_something_else_is_told_apart(one, other):
    assert texts({one: 1, other: 1}) == []


def test_groups_hang_together_and_those_of_most_works_come_first():
    counts = {"Rijn, Rembrandt van": 1, "Rembrandt van Rijn": 9, "Rembrant van Rijn": 2}
    more = {"Tempera": 40, "tempera": 2}
    assert texts({**counts, **more}) == [
        ["Tempera", "tempera"],
        ["Rembrandt van Rijn", "Rembrant van Rijn", "Rijn, Rembrandt van"],
    ]


def test_values_are_counted_by_their_works(session):
    for number, said in enumerate(["Oil", "oil", "Oil", "", "Tempera"]):
        session.add(Artwork(accession=str(number), technique=said))
    session.flush()
    (group,) = variants_of(session, "technique")
    assert [(value.text, value.works) for value in group.values] == [
        ("Oil", 2),
        ("oil", 1),
    ]
    assert group.works == 3
