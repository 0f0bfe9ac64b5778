"""Evaluation reports that are kept, to be compared."""

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from app.models import EvaluationReport
from app.services.system.paging import Page, select_page

REPORTS_PER_PAGE = 25


def newest(session: Session) -> EvaluationReport | None:
    """Return the newest report; None before the first one."""
    latest = select(EvaluationReport).order_by(EvaluationReport.id.desc()).limit(1)
    return session.scalars(latest).first()


def find(session: Session, report_id: int) -> EvaluationReport | None:
    """Return a report by its number, or None."""
    return session.get(EvaluationReport, report_id)


def of_task(session: Session, task_id: int) -> EvaluationReport | None:
    """Return the report that came of a task, or None."""
    own = select(EvaluationReport).where(EvaluationReport.task_id == task_id)
    return session.scalars(own).first()


def earlier(session: Session, report: EvaluationReport) -> EvaluationReport | None:
    """Return the report before a given one, to compare it with; None for the first."""
    before = (
        select(EvaluationReport)
        .where(EvaluationReport.id < report.id)
        .order_by(EvaluationReport.id.desc())
        .limit(1)
    )
    return session.scalars(before).first()


def list_reports(session: Session, number: int = 1) -> Page[EvaluationReport] | None:
    """Return a page of reports, newest first; None if there is no such page."""
    listed = (
        select(EvaluationReport)
        .options(defer(EvaluationReport.cases))
        .order_by(EvaluationReport.id.desc())
    )
    return select_page(session, listed, number, REPORTS_PER_PAGE)
