"""Template helpers that put counted shares into words, with how far they are known."""

from flask import Flask
from flask_babel import format_decimal, gettext, ngettext

from app.retrieval.generations.calibration import ReliabilityBin
from app.retrieval.generations.proportion import Proportion


def register(app: Flask) -> None:
    """Give the templates these functions."""
    app.jinja_env.filters.update({one.__name__: one for one in (calibrated, counted)})


def interval(one: Proportion) -> str:
    """Write the bounds of a share, in whole per cent."""
    low, high = (format_decimal(round(100 * bound)) for bound in one.interval)
    words = str(gettext("%(low)s to %(high)s %%", low=low, high=high))
    # Torn over two lines, "86" and "%" are hard to read.
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def counted(one: Proportion) -> str:
    """Write a share as counts, with its bounds."""
    return str(
        gettext(
            "%(number)s of %(total)s (%(interval)s)",
            number=format_decimal(one.count),
            total=format_decimal(one.total),
            interval=interval(one),
        )
    )


def calibrated(one: ReliabilityBin) -> str:
    """Say how many of the answers that were as sure as one were right."""
    said = gettext(
        "Of answers as sure as this, %(right)s of %(answers)s were right when this "
        "collection was tried with hard simulated photos (%(interval)s).",
        right=format_decimal(one.right.count),
        answers=format_decimal(one.right.total),
        interval=interval(one.right),
    )
    if not one.versions:
        return str(said)
    versions = ngettext(
        "%(num)s of the others named a work of which the photo showed another version.",
        "%(num)s of the others named works of which the photos showed other versions.",
        one.versions,
    )
    return f"{said} {versions}"
