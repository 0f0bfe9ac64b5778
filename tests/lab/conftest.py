"""A small museum for the lab."""

import csv

import pytest

from app.lab import compare, folder, recovery_report
from app.lab.collection import Collection, choose
from app.lab.plots import panel_plot
from app.lab.report import ReportFolder
from app.lab.result_cache import ResultCache
from app.retrieval.images.codec import encode_jpeg
from tests.lab.quick import WORKS
from tests.support.fakes import draw_picture
from tests.support.remembering import remembering


@pytest.fixture(scope="session", autouse=True)
def known_plots():
    """Equal numbers need not be drawn anew: test_plots holds that they look alike."""
    known = remembering(panel_plot)
    with pytest.MonkeyPatch.context() as patched:
        for module in (compare, folder, recovery_report):
            patched.setattr(module, "panel_plot", known)
        yield


@pytest.fixture(scope="session")
def museum(tmp_path_factory):
    """A catalogue of works by three hands, and their pictures beside it."""
    root = tmp_path_factory.mktemp("museum")
    with (root / "works.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["accession", "image", "title", "artist", "school"])
        for number in range(WORKS):
            picture = encode_jpeg(draw_picture(number))
            (root / f"{number}.jpg").write_bytes(picture)
            hand, school = f"hand {number % 3}", f"school {number // 16}"
            writer.writerow([f"A-{number}", f"{number}.jpg", "", hand, school])
        writer.writerow(["A-0", "1.jpg", "another view", "", ""])
        writer.writerow(["A-99", "gone.jpg", "", "", ""])
    return root


@pytest.fixture
def result_cache(tmp_path):
    report = ReportFolder(tmp_path / "noted", "A test", {})
    with ResultCache(report, ()) as result_cache:
        yield result_cache


@pytest.fixture
def works(museum):
    return Collection(choose(museum / "works.csv", museum, None, 0), seed=3)
