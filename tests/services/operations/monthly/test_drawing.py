"""The PDF of a monthly report."""

from app.services.operations.monthly.drawing import EMPTY, INK, _shade, draw
from app.services.operations.monthly.report import MonthlyReport, Section, Week
from tests.support.pdfs import page_count, text_length

WEEK = Week(["Monday", "Tuesday"], [[0] * 24, [5] + [0] * 23])
HEAD = ("Title", "Artist", "Accession number", "Times found")


def report(*sections):
    return MonthlyReport(
        "February 2026", "Monthly report", sections, "Counted.", "IN LATIN", "de"
    )


def works(count, title="Hare"):
    rows = [(title, "Ada Bright", "1900.1", "1,234")] * count
    return Section("Which works?", "Most often Hare.", HEAD, rows, text_columns=3)


def test_sentences_tables_and_the_picture_are_drawn():
    hours = Section("At which hours?", "Most often on Tuesday.", week=WEEK)
    data = draw(report(works(2), hours))
    assert data.startswith(b"%PDF-")
    assert b"/Lang (de)" in data
    assert page_count(data) == 1
    assert text_length(data) > text_length(draw(report(works(2)))) + 500
    assert text_length(draw(report(works(5)))) > text_length(draw(report(works(2))))


def test_a_long_report_goes_over_pages():
    assert page_count(draw(report(*[works(10)] * 6))) > 2


def test_a_long_title_does_not_overflow_its_column():
    data = draw(report(works(10, "A very long title of a work " * 12)))
    assert page_count(data) > 1


def test_letters_the_font_lacks_are_replaced_and_it_is_said():
    replaced = draw(report(works(1, "葛飾北斎")))
    plain = draw(report(works(1, "GeShiBeiZhai")))
    assert text_length(replaced) > text_length(plain) + 10


def test_hours_are_the_darker_the_more_searches_they_have():
    assert _shade(0.0) == EMPTY
    assert _shade(1.0) == INK
    assert INK < _shade(0.5) < _shade(0.1) < (255, 255, 255)
