"""The page of a report: what is said in it, set by a template."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from jinja2 import Environment, FileSystemLoader, StrictUndefined

Cell: TypeAlias = str | int | float | None
Section: TypeAlias = tuple[str, Mapping[str, object]]
"""A macro of the template, and what it is given."""
PAGE_TEMPLATE = "report.html"


def whole_page(
    title: str, sections: Sequence[Section], settings: Mapping[str, object]
) -> str:
    """Put a page together.

    Parameters
    ----------
    title : str
        Plain text.
    sections : sequence of Section
        In order.
    settings : mapping of str to anything
        Listed at the end.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"shown": show, "words": _words}
    template = environment.get_template(PAGE_TEMPLATE)
    return template.render(title=title, sections=sections, settings=settings)


def show(cell: Cell) -> str:
    """Set a cell as people read it."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return "–"
    if isinstance(cell, float):
        return f"{cell:.3f}" if abs(cell) < 10 else f"{cell:,.1f}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def _words(setting: object) -> str:
    """Set a setting as people read it."""
    if isinstance(setting, list):
        return ", ".join(map(str, setting)) or "none"
    return "none" if setting is None else str(setting)
