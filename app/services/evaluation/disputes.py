"""Disputed cases: sure answers that the list of photos contradicts, not judged yet."""

from typing import Any

from app.models import EvaluationReport, Relevance
from app.retrieval.verification.evidence import Verdict


def open_cases(report: EvaluationReport) -> list[dict[str, Any]]:
    """Return the disputed cases of a report of which nobody has judged all works.

    The surest come first: of these it is likeliest that the list is wrong.
    """
    found = [
        dict(case)
        for case in report.cases
        if case["verdict"] == Verdict.FOUND.value
        and set(case.get("claims", ())) - case.get("judged", {}).keys()
    ]
    return sorted(found, key=lambda case: -float(case["probability"]))


def count_corrections(report: EvaluationReport) -> int:
    """Count the works in photos of a report that count as right by a judgement."""
    return len(
        {
            (case["number"], work)
            for case in report.cases
            for work, relevance in case.get("judged", {}).items()
            if relevance != Relevance.ABSENT
        }
    )
