"""The page of a report: its tables, and what is around them and the plots."""

import html
import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Cell: TypeAlias = str | int | float | None
_STYLE = """
:root { color-scheme: light dark; --paper: #fffdf9; --ink: #1f1c19; --quiet: #5f574f;
  --line: #d8d0c4; }
@media (prefers-color-scheme: dark) { :root { --paper: #161411; --ink: #efe9df;
  --quiet: #b5ab9d; --line: #3d372f; } }
body { max-width: 72rem; margin: 0 auto; padding: 1.5rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1, h2 { font-weight: 600; line-height: 1.2; }
h2 { margin-top: 2.5rem; }
p { overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin: 1.5rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--quiet); padding-bottom: 0.5rem; }
th, td { padding: 0.2rem 0.7rem; border-bottom: 1px solid var(--line);
  text-align: right; white-space: nowrap; }
th:first-child, .text { text-align: left; }
td.text { white-space: normal; min-width: 7.5rem; }
figure { margin: 1.5rem 0; }
figcaption { color: var(--quiet); }
svg, .large { max-width: 100%; height: auto; }
.row { display: flex; gap: 0.75rem; overflow-x: auto; padding: 0.5rem 0;
  border-bottom: 1px solid var(--line); }
.row div { flex: none; width: 9rem; font-size: 0.8rem; overflow-wrap: anywhere; }
.row img { display: block; max-width: 100%; height: auto; }
dl { display: grid; grid-template-columns: max-content auto; gap: 0 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
""".strip()


def whole_page(
    title: str, sections: Sequence[str], settings: Mapping[str, object]
) -> str:
    """Put a page together.

    Parameters
    ----------
    title : str
        Plain text.
    sections : sequence of str
        HTML, in order.
    settings : mapping of str to anything
        Listed at the end.
    """
    shown = html.escape(title)
    facts = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(_words(value))}</dd>\n"
        for name, value in settings.items()
    )
    body = "\n".join(sections)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{shown}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n"
        f"<main>\n<h1>{shown}</h1>\n{body}\n<h2>Settings</h2>\n<dl>\n{facts}</dl>\n"
        f"</main>\n</body>\n</html>\n"
    )


def table_of(name: str, header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Set a table, whose columns of words are as those of its first row."""
    first = rows[0] if rows else header
    heads = "".join(
        f'<th scope="col"{_text_class(cell)}>{html.escape(head)}</th>'
        for head, cell in zip(header, first, strict=True)
    )
    lines = "".join(f"<tr>{_cells(row)}</tr>\n" for row in rows)
    return (
        f'<div class="scroll" tabindex="0"><table>'
        f"<caption>{html.escape(name)}</caption>\n"
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{lines}</tbody></table></div>"
    )


def show(cell: Cell) -> str:
    """Set a cell as people read it."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return "–"
    if isinstance(cell, float):
        return f"{cell:.3f}" if abs(cell) < 10 else f"{cell:,.1f}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def _cells(row: Sequence[Cell]) -> str:
    shown = [
        f"<td{_text_class(cell)}>{html.escape(show(cell))}</td>" for cell in row[1:]
    ]
    first = html.escape(show(row[0])) if row else ""
    return f'<th scope="row">{first}</th>' + "".join(shown)


def _text_class(cell: Cell) -> str:
    return ' class="text"' if isinstance(cell, str) else ""


def _words(setting: object) -> str:
    """Set a setting as people read it."""
    if isinstance(setting, list):
        return ", ".join(map(str, setting)) or "none"
    return "none" if setting is None else str(setting)
