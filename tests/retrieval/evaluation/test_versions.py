"""Asking photos of versions: with outlines made up, and through a real engine."""

import json
from dataclasses import replace

import numpy as np
import pytest

from app.retrieval.evaluation.versions import (
    VersionFigures,
    VersionOutcome,
    VersionPhoto,
    VersionReport,
    ask_versions,
    overlap,
)
from app.retrieval.gallery.gallery import Gallery
from app.retrieval.gallery.overlay import GalleryOverlay
from app.retrieval.search.answers import Match
from app.retrieval.simulation.versions import Change, make_version
from app.retrieval.types import GalleryItem, no_numbers
from app.retrieval.verification.evidence import Comparison, Verdict
from tests.support.fakes import (
    NO_MATCHES,
    draw_picture,
    fake_collection,
    fake_model,
    photograph,
)

UNCOMPARED = Match(
    0, GalleryItem("i", "w"), NO_MATCHES, None, no_numbers(), coverage=0.0
)
LEFT_HALF = np.zeros((40, 60), np.bool_)
LEFT_HALF[:, :30] = True


def box(left, right):
    corners = [[left, 0], [right, 0], [right, 1], [left, 1]]
    return np.array(corners, np.float32)


def compared(*outlines):
    blocks = np.zeros((3, 4), np.int8)
    return replace(UNCOMPARED, comparison=Comparison(1, 0.9, 0.1, outlines, blocks))


@pytest.mark.parametrize(
    ("outlines", "expected"),
    [
        ([box(0, 0.5)], 1),
        ([box(0, 1)], 0.5),
        ([box(0, 0.2), box(0.3, 0.5)], 0.8),
        ([box(0.6, 1)], 0),
        ([], 0),
    ],
)
def test_overlap_of_outlined_and_true_difference(outlines, expected):
    assert overlap(compared(*outlines), LEFT_HALF) == pytest.approx(expected, abs=0.06)


def test_nothing_overlaps_without_a_comparison():
    assert overlap(UNCOMPARED, LEFT_HALF) == overlap(None, LEFT_HALF) == 0


def outcome(change, verdict, *, overlap=0.0, is_first=True, has_false_outline=False):
    return VersionOutcome(
        "a", "a", change, verdict, "a", overlap, is_first, has_false_outline
    )


OUTCOMES = (
    outcome(Change.MOVED, Verdict.FOUND),
    outcome(Change.MOVED, Verdict.UNCERTAIN, overlap=0.31),
    outcome(Change.ADDED, Verdict.UNCERTAIN, overlap=0.9, is_first=False),
    outcome(Change.ADDED, Verdict.NOT_FOUND, overlap=0.29, has_false_outline=True),
)


def test_figures_per_change_and_of_all():
    figures = VersionReport(OUTCOMES).figures
    assert list(figures) == ["moved", "added", "all"]
    assert figures["all"] == VersionFigures(4, 0.25, 0.5, 0.75, 0.25)
    assert figures["moved"] == VersionFigures(2, 0.5, 0.5, 1.0, 0.0)


def test_report_as_text_and_as_json():
    report = VersionReport(OUTCOMES)
    assert report.table().splitlines()[-1].split() == [
        *("all", "4", "25.0", "50.0", "75.0", "25.0")
    ]
    plain = json.loads(json.dumps(report.to_dict()))
    assert plain["figures"]["added"]["first"] == 0.5
    assert plain["outcomes"][0]["verdict"] == "found"


def test_a_version_is_asked_without_and_with_itself_in_the_gallery():
    gallery = Gallery.build(fake_collection(8), fake_model().vocabulary)
    overlay = GalleryOverlay.over(gallery)
    rng = np.random.default_rng(0)
    made = make_version(draw_picture(5), draw_picture(6), Change.ADDED, rng)
    shown = VersionPhoto(
        "photo",
        "work-5",
        made.change,
        made.image,
        made.changed,
        photograph(made.image),
    )
    (answered,) = ask_versions([shown], fake_model(), overlay)
    assert answered.named == "work-5"
    assert answered.is_first
    assert len(overlay) == 8
    (hidden,) = ask_versions([shown], fake_model(), overlay, excluded_works=["work-5"])
    assert hidden.named != "work-5"
    assert hidden.overlap == 0
