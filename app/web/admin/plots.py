"""Plots drawn on the server: no script, no style, nothing that our headers forbid.

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


@dataclass(frozen=True, slots=True)
class Series:
    """Series of numbers, drawn in one colour.

    Attributes
    ----------
    name : str
        For people.
    style : str
        Class of the shapes: ``found``, ``uncertain``, ``not_found``, ``right`` …
    values : sequence of float
    """

    name: str
    style: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Plot:
    """Plot and the words around it.

    Attributes
    ----------
    picture : Markup
    series : tuple of Series
        For the legend; nothing to explain with one alone.
    highest : float
        Value of the upper edge.
    ends : tuple of str
        What stands below the left and the right edge.
    """

    picture: Markup
    series: tuple[Series, ...]
    highest: float
    ends: tuple[str, str]


def columns(title: str, series: Sequence[Series], ends: tuple[str, str]) -> Plot:
    """Draw columns, one series on top of the other.

    Parameters
    ----------
    title : str
        What is to be seen, for whoever does not see it.
    series : sequence of Series
        All of the same length.
    ends : tuple of str
    """
    count = max((len(one.values) for one in series), default=0)
    sums = [sum(one.values[i] for one in series) for i in range(count)]
    highest = max(sums, default=0.0) or 1.0
    step = WIDTH / max(count, 1)
    shapes = []
    for i in range(count):
        top = HEIGHT
        for one in series:
            height = HEIGHT * one.values[i] / highest
            if height <= 0:
                continue
            top -= height
            shapes.append(
                _rect(one.style, (i + GAP / 2) * step, top, (1 - GAP) * step, height)
            )
    return Plot(_svg(title, shapes), tuple(series), highest, ends)


def curves(
    title: str, series: Sequence[Series], ends: tuple[str, str], *, highest: float
) -> Plot:
    """Draw lines over the same steps, at least two values each.

    Parameters
    ----------
    title : str
    series : sequence of Series
    ends : tuple of str
    highest : float
        Value of the upper edge.
    """
    shapes = []
    for one in series:
        step = WIDTH / (len(one.values) - 1)
        points = " ".join(
            f"{i * step:.1f},{HEIGHT * (1 - value / highest):.1f}"
            for i, value in enumerate(one.values)
        )
        shapes.append(
            Markup(
                '<polyline class="{}" points="{}" vector-effect="non-scaling-stroke"/>'
            ).format(one.style, points)
        )
    return Plot(_svg(title, shapes), tuple(series), highest, ends)


def bar(share: float, style: str = "found") -> Markup:
    """Draw one bar that lies in a cell of a table; the number stands beside it."""
    width = 100 * min(max(share, 0.0), 1.0)
    return Markup(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" '
        'aria-hidden="true"><rect class="{}" width="{}" height="10"/></svg>'
    ).format(style, f"{width:.2f}")


def _svg(title: str, shapes: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg class="plot" role="img" aria-label="{}" viewBox="0 0 {:.0f} {:.0f}" '
        'preserveAspectRatio="none">{}</svg>'
    ).format(title, WIDTH, HEIGHT, Markup("").join(shapes))


def _rect(style: str, x: float, y: float, width: float, height: float) -> Markup:
    numbers = (f"{number:.2f}" for number in (x, y, width, height))
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        style, *numbers
    )
