import pytest
from sqlalchemy import event, select

from app.models import Artwork, ReferenceImage
from app.services.system.paging import MOST_PAGES, select_page, slice_page

ACCESSIONS = [f"A-{number}" for number in range(7)]
LISTED = select(Artwork.accession).order_by(Artwork.accession)


@pytest.fixture
def full(session):
    session.add_all(Artwork(accession=accession) for accession in ACCESSIONS)
    session.commit()
    return session


def paged(session, number, size):
    """Both ways must agree."""
    selected = select_page(session, LISTED, number, size)
    assert selected == slice_page(session.scalars(LISTED).all(), number, size)
    return selected


def test_all_pages_together_are_the_list(full):
    pages = [paged(full, number, 3) for number in (1, 2, 3)]
    assert [entry for page in pages for entry in page.entries] == ACCESSIONS
    assert {(page.count, page.total) for page in pages} == {(3, 7)}
    assert [page.number for page in pages] == [1, 2, 3]


@pytest.mark.parametrize("number", [-1, 0, 4, MOST_PAGES, 10**30])
def test_a_page_that_does_not_exist_is_none(full, number):
    assert paged(full, number, 3) is None


def test_a_full_last_page_is_the_last(full):
    assert paged(full, 1, 7).count == 1
    assert paged(full, 2, 7) is None


def test_a_page_may_have_hundreds_of_entries(session):
    """The library cuts each off at a hundred, unless it is told otherwise."""
    session.add_all(Artwork(accession=f"B-{number:03}") for number in range(250))
    session.commit()
    pages = [paged(session, number, 200) for number in (1, 2)]
    assert [len(page.entries) for page in pages] == [200, 50]


def test_an_empty_list_has_one_empty_page(session):
    page = paged(session, 1, 3)
    assert (list(page.entries), page.count, page.total) == ([], 1, 0)
    assert paged(session, 2, 3) is None


@pytest.mark.sqlite(reason="how it tells its plans")
def test_counting_reads_no_rows(full):
    """Of 44,000 works, none is brought together to be counted."""
    statements = []
    with full.bind.connect() as connection:
        event.listen(
            full.bind,
            "before_cursor_execute",
            lambda *arguments: statements.append((arguments[2], arguments[3])),
        )
        joined = select(Artwork).outerjoin(ReferenceImage).order_by(Artwork.title_key)
        page = select_page(full, joined, 1, 3)
        assert page is not None
        assert page.total == 7
        [(count, values)] = [one for one in statements if "count(" in one[0]]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {count}", values)
        steps = [row.detail for row in plan]
    assert not any("TEMP B-TREE" in step or "MATERIALIZE" in step for step in steps)
