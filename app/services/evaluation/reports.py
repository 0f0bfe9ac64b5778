"""Queries for evaluation reports: the newest, the one before another, pages."""

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from app.models import EvaluationReport
from app.services.system.paging import Page, select_page

REPORTS_PER_PAGE = 25
NEWEST_FIRST = select(EvaluationReport).order_by(EvaluationReport.id.desc())


def newest(session: Session) -> EvaluationReport | None:
    """Return the newest report; None before the first one."""
    return session.scalars(NEWEST_FIRST.limit(1)).first()


def of_task(session: Session, task_id: int) -> EvaluationReport | None:
    """Return the report that came of a task, or None; its cases are read later."""
    own = select(EvaluationReport).where(EvaluationReport.task_id == task_id)
    return session.scalars(own.options(defer(EvaluationReport.cases))).first()


def earlier(session: Session, report: EvaluationReport) -> EvaluationReport | None:
    """Return the report before a given one, to compare it with; None for the first."""
    before = NEWEST_FIRST.where(EvaluationReport.id < report.id)
    return session.scalars(before.limit(1)).first()


def list_reports(session: Session, number: int = 1) -> Page[EvaluationReport] | None:
    """Return a page of reports, newest first; None if there is no such page."""
    listed = NEWEST_FIRST.options(defer(EvaluationReport.cases))
    return select_page(session, listed, number, REPORTS_PER_PAGE)
