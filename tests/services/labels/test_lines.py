"""Lines of a photo, gathered into labels."""

import numpy as np

from app.services.labels.lines import labels_of, outline_of
from app.services.labels.recognition import Line


def line(text, left, top, width=200, height=20, tilt=0.0):
    box = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    return Line(text, 0.99, (box @ turn.T + (left, top)).astype(np.float32))


def texts(lines):
    return [[one.text for one in label] for label in labels_of(lines)]


def test_lines_below_each_other_are_one_label():
    lines = [line("1814", 50, 80), line("Ingres", 50, 20), line("Odalisque", 50, 50)]
    assert texts(lines) == [["Ingres", "Odalisque", "1814"]]


def test_labels_side_by_side_and_far_apart_are_two():
    lines = [line("left", 0, 0), line("right", 400, 5), line("below", 0, 300)]
    assert texts(lines) == [["left"], ["right"], ["below"]]


def test_pieces_of_one_line_are_read_from_left_to_right():
    lines = [line("1814", 230, 2, width=60), line("Odalisque,", 0, 0)]
    assert texts(lines) == [["Odalisque,", "1814"]]


def test_a_tilted_label_is_read_along_its_lines():
    tilt = np.deg2rad(12)
    lines = [
        line("second", 100 - 6, 100 + 28, tilt=tilt, width=400),
        line("first", 100, 100, tilt=tilt, width=60),
        line("line", 100 + 80, 100 + 17, tilt=tilt, width=60),
    ]
    assert texts(lines) == [["first", "line", "second"]]


def test_the_outline_surrounds_all_lines():
    outline = outline_of([line("a", 10, 20), line("b", 30, 60, width=300)])
    assert outline.tolist() == [[10, 20], [330, 20], [330, 80], [10, 80]]


def test_nothing_is_no_label():
    assert labels_of([]) == []
