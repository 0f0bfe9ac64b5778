"""SVG plots drawn on the server, without scripts or styles.

Each is an SVG picture that is stretched to the width there is, so it holds shapes and
no words. Words stand around it in the page, and every number in the table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HEIGHT = 1000.0, 240.0
"""Of the picture's own space."""
GAP = 0.15
"""Between two columns, as a share of their distance."""
RECT = Markup('<rect class="{}" x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}"/>')
CELL = Markup(
    '<rect class="{}" x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}" '
    'fill-opacity="{:.2f}"/>'
)
LINE = Markup('<polyline class="{}" points="{}" vector-effect="non-scaling-stroke"/>')


@dataclass(frozen=True, slots=True)
class Series:
    """Series of numbers, drawn in one colour."""

    name: str
    """For people."""
    style: str
    """Class of the shapes: ``found``, ``uncertain``, ``not_found``, ``right`` …"""
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Plot:
    """Plot and the words around it."""

    picture: Markup
    series: Sequence[Series]
    """For the legend; nothing to explain with one alone."""
    highest: float
    """Value of the upper edge."""
    ends: tuple[str, str]
    """What stands below the left and the right edge."""


def columns(title: str, series: Sequence[Series], ends: tuple[str, str]) -> Plot:
    """Draw columns, one series on top of the other, all of the same length.

    The title says what is to be seen, for whoever does not see it.
    """
    sums = [sum(levels) for levels in zip(*(one.values for one in series), strict=True)]
    highest = max(sums, default=0.0) or 1.0
    step = WIDTH / max(len(sums), 1)
    shapes = []
    for i in range(len(sums)):
        left, top = (i + GAP / 2) * step, HEIGHT
        for one in series:
            height = HEIGHT * one.values[i] / highest
            if height > 0:
                top -= height
                width = (1 - GAP) * step
                shapes.append(RECT.format(one.style, left, top, width, height))
    return Plot(_svg(title, shapes), series, highest, ends)


def grid(title: str, series: Series, rows: int, ends: tuple[str, str]) -> Plot:
    """Draw cells row by row, each as strong as its value; the highest is full."""
    length = len(series.values) // rows
    highest = max(series.values, default=0.0) or 1.0
    width, height = WIDTH / length, HEIGHT / rows
    shapes = [
        CELL.format(
            series.style,
            i % length * width,
            i // length * height,
            width - 2,
            height - 2,
            value / highest,
        )
        for i, value in enumerate(series.values)
        if value > 0
    ]
    return Plot(_svg(title, shapes), [series], highest, ends)


def curve(title: str, series: Series, ends: tuple[str, str]) -> Plot:
    """Draw a line through values in [0, 1] over equal steps, at least two of them."""
    step = WIDTH / (len(series.values) - 1)
    points = " ".join(
        f"{i * step:.1f},{HEIGHT * (1 - value):.1f}"
        for i, value in enumerate(series.values)
    )
    shapes = [LINE.format(series.style, points)]
    return Plot(_svg(title, shapes), [series], 1.0, ends)


def lines(
    title: str,
    series: Sequence[Series],
    bounds: Sequence[Sequence[tuple[float, float]]],
    ends: tuple[str, str],
) -> Plot:
    """Draw shares in [0, 1] as lines over equal steps, each with its interval.

    Parameters
    ----------
    bounds : sequence of sequence of (float, float)
        Of each series, the lower and the upper bound of each value.
    """
    step = WIDTH / max(len(series[0].values), 1)
    shapes = []
    for number, (one, ranges) in enumerate(zip(series, bounds, strict=True)):
        # Beside each other, so that marks of the same height are all seen.
        places = [(i + 0.5) * step + 8 * (number - 1) for i in range(len(one.values))]
        points = " ".join(
            f"{x:.1f},{HEIGHT * (1 - value):.1f}"
            for x, value in zip(places, one.values, strict=True)
        )
        shapes.append(LINE.format(one.style, points))
        for x, value, (low, high) in zip(places, one.values, ranges, strict=True):
            top, height = HEIGHT * (1 - high), HEIGHT * (high - low)
            shapes.append(RECT.format(one.style, x - 0.75, top, 1.5, height))
            mark = HEIGHT * (1 - value) - 3
            shapes.append(RECT.format(one.style, x - 3, mark, 6, 6))
    return Plot(_svg(title, shapes), series, 1.0, ends)


def bar(share: float, style: str = "found") -> Markup:
    """Draw one bar that lies in a cell of a table; the number stands beside it."""
    width = 100 * min(max(share, 0.0), 1.0)
    return Markup(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" '
        'aria-hidden="true"><rect class="{}" width="{:.2f}" height="10"/></svg>'
    ).format(style, width)


def interval_mark(low: float, share: float, high: float, style: str) -> Markup:
    """Draw a share in [0, 1] as a mark on the line from its lower to its upper bound.

    It lies in a cell of a table; the numbers stand beside it.
    """
    return Markup(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" '
        'aria-hidden="true"><rect class="range" width="100" height="10"/>'
        '<rect class="{0}" x="{1:.2f}" y="4" width="{2:.2f}" height="2"/>'
        '<rect class="{0}" x="{3:.2f}" width="1" height="10"/></svg>'
    ).format(style, 100 * low, 100 * (high - low), 99 * share)


def _svg(title: str, shapes: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg class="plot" role="img" aria-label="{}" viewBox="0 0 {:.0f} {:.0f}" '
        'preserveAspectRatio="none">{}</svg>'
    ).format(title, WIDTH, HEIGHT, Markup("").join(shapes))
