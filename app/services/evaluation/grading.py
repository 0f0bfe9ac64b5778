"""Grading of kept answers: figures and cases of a report, by the corrected truth.

A report keeps what was answered. What that is worth is computed from it when it is
made, and anew in all reports that have a photo of which something is judged.
"""

from collections.abc import Collection

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session, undefer

from app.models import Artwork, EvaluationReport, ReferenceImage
from app.retrieval.evaluation.report import Report
from app.services.evaluation import answer_lines, judgements


def grade(session: Session, report: EvaluationReport) -> None:
    """Compute figures and cases of a report that keeps its answers.

    The caller commits.
    """
    lines = report.answers or []
    judged = judgements.of_photos(session, (line["sha256"] for line in lines))
    by_line = [(line, judged.get(line["sha256"], {})) for line in lines]
    cases = [case for one in by_line for case in answer_lines.cases(*one)]
    pictures = _thumbnails(session, {work for one in cases for work in one["claims"]})
    kept = {line["number"] for line in lines if line["photo"]}
    for case in cases:
        case["photo"] = case["number"] in kept
        case["images"] = {work: pictures.get(work, "") for work in case["claims"]}
    figures = Report.of([answer_lines.outcome(*one) for one in by_line]).to_dict()
    report.figures, report.cases = figures, cases


def regrade(session: Session, sha256: str) -> int:
    """Compute all reports anew that have a photo; return how many. The caller commits.

    Their rows are locked first, so that of two who judge at once the second one sees
    what the first one did.
    """
    holds = cast(EvaluationReport.answers, String).contains(sha256)
    locked = (
        select(EvaluationReport)
        .where(holds)
        .order_by(EvaluationReport.id)
        .options(undefer(EvaluationReport.answers))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = session.scalars(locked).all()
    for report in found:
        grade(session, report)
    return len(found)


def keep_photos(report: EvaluationReport) -> Collection[int]:
    """Note of which photos a small version is kept; return their numbers.

    Those that are answered otherwise than the list says, whatever was judged of them.
    """
    lines = report.answers or []
    disputed = {
        line["number"]
        for line in lines
        for case in answer_lines.cases(line, {})
        if not case["is_good"]
    }
    report.answers = [{**line, "photo": line["number"] in disputed} for line in lines]
    return disputed


def _thumbnails(session: Session, accessions: Collection[str]) -> dict[str, str]:
    """Return the small first pictures of works, by their numbers."""
    wanted, found = sorted(accessions), {}
    for start in range(0, len(wanted), judgements.BATCH):
        among = Artwork.accession.in_(wanted[start : start + judgements.BATCH])
        first_pictures = session.execute(
            select(Artwork.accession, ReferenceImage)
            .join(ReferenceImage.artwork)
            .where(ReferenceImage.position == 0, among)
        )
        found.update({work: image.thumbnail_name for work, image in first_pictures})
    return found
