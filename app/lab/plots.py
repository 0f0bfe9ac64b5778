"""Plots as SVG: small multiples, bars and scatter, the same text for the same numbers.

Texts stay texts and take the colour of the page they are put in; every line has a mark
of its own besides its colour.
"""

import io
import itertools
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeAlias

from app.retrieval.runtime.folders import leave_home

leave_home()

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullFormatter
from numpy.typing import NDArray

Points: TypeAlias = Sequence[tuple[float, float]]
"""(x, y) along a line; NaN leaves a gap."""

COLOURS = (
    "#4477aa",
    "#ee6677",
    "#228833",
    "#b8a125",
    "#66a8c8",
    "#aa3377",
    "#888888",
    "#cc6a1f",
)
"""Of lines, told apart by people who see few colours too (after Paul Tol)."""
MARKS = "osD^vPX*"
WIDTH_INCHES = 8.0
"""Of a plot; more where many panels stand side by side."""
PANEL_SHAPE = 0.75
"""Height of a panel by its width."""
LETTER_INCHES, LINE_INCHES = 0.075, 0.22
"""Of the texts, about."""
DOTS_PER_INCH = 150
DOT_AREA = 9.0
"""In square points."""
_OTHERS = {"color": "#a8a29a", "marker": "."}
_INK = "#010203"
"""Stands for the page's own text colour, and is replaced by it."""
_STYLE: dict[Any, Any] = {  # rc_context wants keys it lists one by one
    "svg.fonttype": "none",
    "text.parse_math": False,  # dollar signs are no formulas
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib; others replace it
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "grid.alpha": 0.25,
    "legend.frameon": False,
    "lines.markersize": 4,
    "lines.linewidth": 1.5,
    **dict.fromkeys(
        ("text.color", "axes.labelcolor", "axes.edgecolor", "axes.titlecolor"), _INK
    ),
    **dict.fromkeys(("xtick.color", "ytick.color", "grid.color"), _INK),
}


def panel_plot(
    panels: Mapping[str, Mapping[str, Points]],
    *,
    x_label: str,
    y_label: str,
    columns: int = 4,
    y_range: tuple[float, float] | None = None,
    log_x: bool = False,
) -> str:
    """Draw small multiples: the same lines in one panel per name, on equal axes.

    Parameters
    ----------
    panels : mapping of str to mapping of str to points
        Lines by name, at least one panel of them; its name is its title. At most eight
        lines can be told apart.
    x_label, y_label : str
    columns : int
        Panels side by side.
    y_range : tuple of float, optional
        Least and greatest y; otherwise as the points need.
    log_x : bool
        Ranks, for instance, are read on a logarithmic axis.

    Returns
    -------
    svg : str
        One ``<svg>`` element without XML header, transparent.
    """
    names = list(dict.fromkeys(name for series in panels.values() for name in series))
    looks = _looks(names)
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    panel_width = max(2.2, WIDTH_INCHES / columns)
    width, height = panel_width * columns, panel_width * PANEL_SHAPE * rows
    with mpl.rc_context(_STYLE):
        size = width, height + _legend_height(names, width) + LINE_INCHES
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        flat: list[Axes] = list(axes.flat)
        for place, (title, series) in zip(flat, panels.items(), strict=False):
            for name, points in series.items():
                x, y = zip(*points, strict=True) if points else ((), ())
                place.plot(x, y, **looks[name])
            place.set_title(title)
            if log_x:
                place.set_xscale("log")
                place.xaxis.set_major_formatter("{x:g}")
                place.xaxis.set_minor_formatter(NullFormatter())
            if y_range:
                place.set_ylim(*y_range)
        for place in flat[len(panels) :]:
            place.set_visible(False)
        figure.supxlabel(x_label, fontsize="medium")
        figure.supylabel(y_label, fontsize="medium")
        _add_legend(figure, looks)
        return _svg(figure)


def bar_plot(bars: Mapping[str, float], *, x_label: str) -> str:
    """Draw one horizontal bar per name, the first on top."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(6.4, 0.7 + 0.24 * len(bars)), layout="constrained")
        axes = figure.subplots()
        drawn = axes.barh([*bars], [*bars.values()], color=COLOURS[0])
        axes.bar_label(drawn, fmt="%.3g", padding=3)
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(x_label)
        return _svg(figure)


def scatter_plot(groups: Mapping[str, NDArray[np.integer]]) -> str:
    """Draw dots in a plane whose axes mean nothing, y downwards.

    Parameters
    ----------
    groups : mapping of str to (N, 2) int
        Dots of one colour. The last group, which is meant for the others, is grey and
        below the rest. The dots are a bitmap inside, for there may be many.
    """
    *names, others = groups
    looks = _looks(names) | {others: _OTHERS}
    height = WIDTH_INCHES * PANEL_SHAPE + _legend_height(groups, WIDTH_INCHES)
    with mpl.rc_context(_STYLE):
        size = WIDTH_INCHES, height
        figure = Figure(figsize=size, dpi=DOTS_PER_INCH, layout="constrained")
        axes = figure.subplots()
        for name, look in reversed(looks.items()):
            x, y = groups[name].T
            axes.scatter(x, y, s=DOT_AREA, linewidths=0, rasterized=True, **look)
        axes.set_aspect("equal")
        axes.invert_yaxis()
        axes.set_axis_off()
        _add_legend(figure, looks, linestyle="none")
        return _svg(figure)


def standalone(svg: str) -> str:
    """Make a file of its own of a plot: light and dark, with a background."""
    style = (
        "<style>:root{color:#222;background:#fff}@media(prefers-color-scheme:dark)"
        "{:root{color:#ddd;background:#181818}}</style>"
    )
    head, end, rest = svg.partition(">")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{head}{end}{style}{rest}'


def _add_legend(
    figure: Figure, looks: Mapping[str, dict[str, Any]], **line: Any
) -> None:
    handles = [
        Line2D([], [], label=name, **look, **line) for name, look in looks.items()
    ]
    columns = _legend_columns(looks, figure.get_figwidth())
    figure.legend(handles=handles, loc="outside upper center", ncols=columns)


def _legend_height(names: Collection[str], width: float) -> float:
    return LINE_INCHES * -(-len(names) // _legend_columns(names, width))


def _legend_columns(names: Collection[str], width: float) -> int:
    """Say how many names fit side by side into a width in inches."""
    longest = max((len(name) for name in names), default=1)
    return max(1, int(width / (longest * LETTER_INCHES + 0.6)))


def _looks(names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Give each line a colour and a mark."""
    looks = zip(names, itertools.cycle(COLOURS), itertools.cycle(MARKS), strict=False)
    return {name: {"color": colour, "marker": mark} for name, colour, mark in looks}


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    # The salt decides the ids that matplotlib would otherwise draw at random.
    with mpl.rc_context({"svg.hashsalt": "morelli"}):
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(buffer, format="svg", metadata=nothing)
    text = buffer.getvalue()
    element = text[text.index("<svg") :].rstrip()
    element = re.sub(r"<metadata>.*?</metadata>\s*", "", element, flags=re.DOTALL)
    return element.replace(_INK, "currentColor")
