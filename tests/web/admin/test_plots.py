"""Plots as SVG: where their shapes lie."""

import re

from app.web.admin.plots import HEIGHT, Series, lines


def test_lines_go_through_shares_with_a_bar_from_bound_to_bound():
    series = [Series("Found", "found", [0.5, 1.0])]
    plot = lines("Shares", series, [[(0.25, 0.75), (0.8, 1.0)]], ("May", "June"))
    picture = str(plot.picture)
    assert 'aria-label="Shares"' in picture
    [points] = re.findall(r'points="([^"]+)"', picture)
    heights = [float(one.split(",")[1]) for one in points.split()]
    assert heights == [HEIGHT / 2, 0.0]
    tops = re.findall(r'y="([\d.-]+)" width="1.50" height="([\d.]+)"', picture)
    first, last = ([float(one) for one in pair] for pair in tops)
    assert first == [HEIGHT * 0.25, HEIGHT * 0.5]
    assert last == [0.0, 48.0]
    assert (plot.highest, plot.ends) == (1.0, ("May", "June"))


def test_one_value_is_a_mark_alone():
    plot = lines("Shares", [Series("Found", "found", [0.0])], [[(0, 0)]], ("", ""))
    assert str(plot.picture).count("<rect") == 2
