"""PDF of a monthly report: tables, and the hours of the week as a picture."""

from contextlib import closing

from app.services.operations.monthly.report import MonthlyReport, Section, Week
from app.services.visits.pdf_writer import (
    GAP_MM,
    LINE,
    MARGIN_MM,
    SMALL_PT,
    TEXT_PT,
    PdfWriter,
)

ROW_MM = 6.5
"""Height of a row of the picture, and of one of a table with a line of words."""
ROOM_MM = 30.0
"""That a section needs beside its rows, on the page where it begins."""
DAY_MM = 30.0
"""Width of the names of its days."""
HOURS = 24
HOUR_STEP = 3
"""Hours from one that is written below the picture to the next."""
INK = (31, 92, 74)
"""Colour of the hour with the most searches; others are paler."""
EMPTY = (243, 241, 237)
"""Colour of an hour without any."""
PALEST = 0.15
FIRST_WIDTH, TEXT_WIDTH, NUMBER_WIDTH = 4, 3, 2
"""Of columns, each in relation to the others."""
RULE_MM, RULE_GREY = 0.1, 150


def draw(report: MonthlyReport) -> bytes:
    """Draw a report as PDF."""
    writer = PdfWriter(report.title, report.lead, report.latin_note, report.language)
    with closing(writer):
        writer.words(report.note, SMALL_PT)
        for section in report.sections:
            _write_section(writer, section)
        return writer.finished()


def _write_section(writer: PdfWriter, section: Section) -> None:
    rows = len(section.rows) if section.week is None else len(section.week.days)
    # With its sentence and head, so that only rows of several lines end elsewhere.
    writer.heading(section.title, (rows + 1) * ROW_MM + ROOM_MM)
    writer.words(section.sentence, TEXT_PT)
    writer.pdf.ln(GAP_MM / 2)
    if section.rows:
        _write_table(writer, section)
    if section.week is not None:
        _draw_week(writer, section.week)


def _write_table(writer: PdfWriter, section: Section) -> None:
    """Write a table; it may go on to the next page, where its head stands again."""
    words = section.text_columns
    numbers = len(section.head) - words
    writer.set_font(SMALL_PT)
    writer.pdf.set_line_width(RULE_MM)
    writer.pdf.set_draw_color(RULE_GREY)
    with writer.pdf.table(
        borders_layout="HORIZONTAL_LINES",
        col_widths=[
            FIRST_WIDTH,
            *[TEXT_WIDTH] * (words - 1),
            *[NUMBER_WIDTH] * numbers,
        ],
        text_align=["LEFT"] * words + ["RIGHT"] * numbers,
        line_height=SMALL_PT * LINE,
        padding=(0.8, 1.5),
    ) as table:
        for row in (section.head, *section.rows):
            line = table.row()
            for cell in row:
                line.cell(writer.known(cell))


def _draw_week(writer: PdfWriter, week: Week) -> None:
    pdf = writer.pdf
    highest = max(max(counts) for counts in week.counts) or 1
    width = (pdf.w - 2 * MARGIN_MM - DAY_MM) / HOURS
    writer.set_font(SMALL_PT)
    for name, counts in zip(week.days, week.counts, strict=True):
        top = pdf.get_y()
        pdf.cell(DAY_MM, ROW_MM, writer.known(name))
        for hour, count in enumerate(counts):
            pdf.set_fill_color(*_shade(count / highest))
            left = MARGIN_MM + DAY_MM + hour * width
            pdf.rect(left, top, width - 0.4, ROW_MM - 0.4, style="F")
        pdf.set_xy(MARGIN_MM, top + ROW_MM)
    for hour in range(0, HOURS, HOUR_STEP):
        pdf.set_x(MARGIN_MM + DAY_MM + hour * width)
        pdf.cell(width * HOUR_STEP, ROW_MM, f"{hour:02d}:00")
    pdf.ln(ROW_MM)


def _shade(share: float) -> tuple[int, int, int]:
    """Return the colour of an hour with a share of the highest number."""
    if not share:
        return EMPTY
    strength = PALEST + (1 - PALEST) * share
    red, green, blue = (round(255 - strength * (255 - one)) for one in INK)
    return red, green, blue
