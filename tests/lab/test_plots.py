"""Plots: always the same text, readable by programs and in the dark."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from app.lab import plots

SERIES = {"CAM": [(1, 0.2), (10, 0.8)], "costs $5": [(1, 0.1), (10, float("nan"))]}


def parse(svg):
    return ET.fromstring(svg)  # noqa: S314 - our own text


@pytest.fixture(scope="module")
def svg():
    return plots.panel_plot(
        {"blur": SERIES, "noise": SERIES, "crop": {"CAM": []}},
        x_label="rank",
        y_label="recall",
        columns=2,
        y_range=(0, 1),
        log_x=True,
    )


def test_a_plot_is_the_same_text_twice(svg):
    again = plots.panel_plot(
        {"blur": SERIES, "noise": SERIES, "crop": {"CAM": []}},
        x_label="rank",
        y_label="recall",
        columns=2,
        y_range=(0, 1),
        log_x=True,
    )
    assert svg == again


def test_a_plot_says_its_names_as_text(svg):
    texts = {"".join(element.itertext()) for element in parse(svg).iter()}
    assert {"blur", "noise", "crop", "rank", "recall", "CAM", "costs $5"} <= texts


def test_a_plot_takes_the_colours_of_its_page(svg):
    assert "currentColor" in svg
    assert not re.search(r"#000000|#ffffff|<metadata", svg)
    assert "prefers-color-scheme" in plots.standalone(svg)
    parse(plots.standalone(svg).encode())


def test_every_line_has_a_mark_of_its_own():
    assert len(set(plots.MARKS)) == len(plots.MARKS) == len(plots.COLOURS)


def test_dots_are_grouped_by_colour_and_the_others_come_last():
    rng = np.random.default_rng(0)
    groups = {name: rng.integers(0, 90, (40, 2)) for name in ("Dutch", "$5", "others")}
    svg = plots.scatter_plot(groups)
    assert svg == plots.scatter_plot(groups)
    texts = [element.text for element in parse(svg).iter()]
    assert [text for text in texts if text in groups] == [*groups]
    moved = {**groups, "Dutch": groups["Dutch"] // 2}
    assert svg != plots.scatter_plot(moved), "the dots are drawn where they are"
    empty = {**groups, "$5": np.empty((0, 2), np.int64)}
    assert parse(plots.scatter_plot(empty)) is not None


def test_bars_stand_in_the_order_they_are_given():
    svg = plots.bar_plot({"first": 0.25, "second": 0.5}, x_label="recall@1")
    texts = [element.text for element in parse(svg).iter() if element.text]
    heights = {
        text: float(y)
        for y, text in re.findall(r'y="([\d.]+)"[^>]*>(first|second)<', svg)
    }
    assert heights["first"] < heights["second"]
    assert "0.25" in texts
