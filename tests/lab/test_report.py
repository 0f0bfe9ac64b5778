"""What a report folder holds, and what it does to what was there before."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

from app.lab import plots
from app.lab.errors import LabError
from app.lab.report import ReportFolder, file_name, show
from app.retrieval.images.codec import read
from tests.support.fakes import draw_picture


def write_report(path, *, seed=3):
    settings = {"seed": seed, "catalogue": Path("works.csv"), "works": None}
    report = ReportFolder(path, "Which <one>?", settings)
    report.heading("All of it")
    report.paragraph("2 < 3")
    report.table(
        "Recall & time",
        ["method", "recall@1", "works", "bytes"],
        [["CAM", np.float32(0.5), 1200, None], ["sum", float("nan"), np.int64(7), 8]],
    )
    lines = {"a": [(1, 0.5), (2, 1)]}
    svg = plots.panel_plot({"": lines}, x_label="rank", y_label="recall")
    report.plot("Rank curves", svg, "by rank", "Recall rises from 0.5 to 1")
    report.plot("Same again", svg, "by rank", "The same")
    report.pictures(
        "First works", [[("asked", draw_picture(1)), ("1 & A", draw_picture(2))]]
    )
    report.picture("The whole", draw_picture(3), "all of it", 'a "picture"')
    report.rows("All places", ["work", "row"], [["A", 1], ["B, C", 2]])
    return report.write()


def test_the_page_is_whole_and_needs_nothing_beside_it(tmp_path):
    page = write_report(tmp_path / "report").read_text("utf-8")
    assert "Which &lt;one&gt;?" in page
    assert "2 &lt; 3" in page
    assert page.count("data:image/jpeg;base64,") == 3
    assert not re.findall(r"<script|<link|@import|(?:src|href)=\"(?!data:|#)", page)
    assert 'aria-label="Recall rises from 0.5 to 1"' in page


def test_ids_are_unique_in_the_page_and_references_lead_to_them(tmp_path):
    page = write_report(tmp_path / "report").read_text("utf-8")
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', page))
    named = {a or b for a, b in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', page)}
    assert named <= set(ids)


def test_tables_are_written_as_csv_and_json(tmp_path):
    folder = write_report(tmp_path / "report").parent
    with (folder / "recall-time.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1:] == [["CAM", "0.5", "1200", ""], ["sum", "", "7", "8"]]
    content = json.loads((folder / "report.json").read_text("utf-8"))
    assert content["settings"] == {"seed": 3, "catalogue": "works.csv", "works": None}
    first = content["figures"]["Recall & time"][0]
    assert first == {"method": "CAM", "recall@1": 0.5, "works": 1200, "bytes": None}
    assert content["versions"]["numpy"] == np.__version__
    assert (folder / "rank-curves.svg").read_text("utf-8").startswith("<?xml")


def test_what_is_too_large_for_the_page_is_a_file_beside_it(tmp_path):
    folder = write_report(tmp_path / "report").parent
    picture = draw_picture(3)
    kept = read(folder / "the-whole.jpg")
    assert kept.shape == picture.shape
    assert np.abs(kept.astype(int) - picture).mean() < 4
    places = (folder / "all-places.csv").read_text("utf-8")
    assert places == 'work,row\nA,1\n"B, C",2\n'
    page = (folder / "index.html").read_text("utf-8")
    assert 'alt="a &#34;picture&#34;"' in page
    assert "All places: 2 rows in all-places.csv." in page
    assert "B, C" not in page


def test_two_runs_write_the_same_files(tmp_path):
    one, other = (write_report(tmp_path / name).parent for name in ("one", "other"))
    names = sorted(path.name for path in one.iterdir())
    assert names == sorted(path.name for path in other.iterdir())
    assert len(names) == 7
    for name in names:
        assert (one / name).read_bytes() == (other / name).read_bytes()


def test_a_report_is_replaced_as_a_whole(tmp_path):
    folder = write_report(tmp_path / "report").parent
    (folder / "stale.csv").write_text("old")
    write_report(folder, seed=4)
    assert not (folder / "stale.csv").exists()
    assert '"seed": 4' in (folder / "report.json").read_text("utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_folder_that_is_no_report_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(LabError, match="--out"):
        ReportFolder(tmp_path, "title", {})
    assert (tmp_path / "letter.txt").read_text() == "dear"


def test_tables_that_do_not_fit_are_refused(tmp_path):
    report = ReportFolder(tmp_path / "report", "title", {})
    with pytest.raises(ValueError, match="not 2 long"):
        report.table("one", ["a", "b"], [[1]])
    report.table("one", ["a"], [[1]])
    with pytest.raises(ValueError, match="already"):
        report.table("One!", ["a"], [[1]])


def test_cells_are_shown_as_people_read_them():
    assert [show(cell) for cell in (0.12345, 1234, "x", None)] == [
        "0.123",
        "1,234",
        "x",
        "–",
    ]
    assert file_name("SSIM ÷ Euclid: R-MAC!") == "ssim-euclid-r-mac"
