"""A report of the lab, opened from its folder."""

import pytest

from app.lab.report import ReportFolder
from tests.support.fakes import draw_picture

pytestmark = pytest.mark.browser


def test_a_report_is_no_wider_than_a_phone(chromium, tmp_path):
    report = ReportFolder(tmp_path / "report", "Every descriptor", {"weights": "none"})
    report.paragraph(f"Copy {'a_path_that_does_not_end/' * 12} here.")
    report.table("Comparison", [f"column {n}" for n in range(20)], [[0.5] * 20])
    report.pictures("First", [[("1", draw_picture(n)) for n in range(12)]])
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(report.write().as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator("table").bounding_box()["width"] > 390, "it scrolls by itself"
    context.close()
