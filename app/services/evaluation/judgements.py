"""Relevance judgements: *this is right after all*, with a trail.

A list of labelled photos says what each shows, and is wrong at times: a neighbour on
the wall is in the photo too, a label names the wrong work. A judgement corrects that
for good, because it belongs to the photo's content and the work's number: the next
evaluation obeys it, whatever the list and the index are called then.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from app.models import (
    AuditEntry,
    EvaluationReport,
    Relevance,
    RelevanceJudgement,
    User,
    now,
)
from app.services.system import audit
from app.services.system.paging import Page, select_page

ACTION = audit.GROUND_TRUTH
PER_PAGE = 25
BATCH = 500
"""Photos that are asked for at a time: databases bound what a statement may name."""
UNJUDGED = ""
"""Stands in the trail for no judgement."""

Judged = Mapping[str, Relevance]
"""Judgements of one photo, by the works' accession numbers."""
JudgedOf = Callable[[str], Judged]
"""Looks up what was judged of a photo, by the hash of its file."""


class JudgedMeanwhileError(Exception):
    """Conflict: somebody else has judged, or taken back, the same meanwhile."""


@dataclass(frozen=True, slots=True)
class PhotoPlace:
    """Photo that is judged, and where it is seen.

    Attributes
    ----------
    sha256 : str
        Of its file.
    name : str
        Of its file, for people.
    report_id : int or None
    number : int
        In that report.
    """

    sha256: str
    name: str
    report_id: int | None
    number: int


def digest(data: bytes) -> str:
    """Return what a photo's content is known by."""
    return hashlib.sha256(data).hexdigest()


def of_photos(session: Session, hashes: Iterable[str]) -> dict[str, Judged]:
    """Return what was judged of photos, by their hashes; without those unjudged."""
    wanted = sorted(set(hashes))
    judged: dict[str, dict[str, Relevance]] = {}
    for start in range(0, len(wanted), BATCH):
        among = RelevanceJudgement.photo_sha256.in_(wanted[start : start + BATCH])
        for one in session.scalars(select(RelevanceJudgement).where(among)):
            judged.setdefault(one.photo_sha256, {})[one.accession] = one.relevance
    return dict(judged)


def lookup(session: Session) -> JudgedOf:
    """Return what looks up judgements, one photo after the other."""
    return lambda sha256: of_photos(session, [sha256]).get(sha256, {})


def without(judged: Judged, away: Collection[str]) -> Judged:
    """Leave out judgements of works that cannot be found, and so cannot be missed."""
    return {work: one for work, one in judged.items() if work not in away}


def corrected(
    works: Collection[str], in_view: Collection[str], judged: Judged
) -> tuple[frozenset[str], frozenset[str]]:
    """Correct what a list says of a photo: works that it shows, and others in view.

    *Absent* confirms the list and changes nothing.
    """
    shown = {work for work, one in judged.items() if one is Relevance.SHOWN}
    beside = {work for work, one in judged.items() if one is Relevance.IN_VIEW}
    return frozenset({*works, *shown}), frozenset({*in_view, *beside})


def list_judgements(
    session: Session, number: int = 1
) -> Page[RelevanceJudgement] | None:
    """Return a page of judgements, newest first; None if there is no such page."""
    listed = (
        select(RelevanceJudgement)
        .options(selectinload(RelevanceJudgement.user))
        .order_by(RelevanceJudgement.created_at.desc(), RelevanceJudgement.id.desc())
    )
    return select_page(session, listed, number, PER_PAGE)


def record(
    session: Session,
    place: PhotoPlace,
    accession: str,
    relevance: Relevance | None,
    user: User | None,
    *,
    undoes: AuditEntry | None = None,
) -> bool:
    """Judge a work in a photo, or judge it no more, and write that down.

    The caller computes anew what depends on it, and commits.

    Returns
    -------
    changed : bool
        False where it was judged so already.

    Raises
    ------
    JudgedMeanwhileError
        If somebody else judges it just now.
    """
    known = session.scalars(_of(place.sha256, accession)).first()
    before = known.relevance if known else None
    if before is relevance:
        return False
    if known is not None and relevance is None:
        session.delete(known)
    elif known is not None and relevance is not None:
        known.relevance, known.user, known.created_at = relevance, user, now()
    elif relevance is not None:
        session.add(
            RelevanceJudgement(
                photo_sha256=place.sha256,
                accession=accession,
                relevance=relevance,
                photo=place.name,
                user=user,
                report_id=place.report_id,
                number=place.number,
            )
        )
    audit.record(
        session,
        ACTION,
        user=user,
        subject=f"{place.name} · {accession}",
        before={"relevance": before or UNJUDGED},
        after={
            "relevance": relevance or UNJUDGED,
            "sha256": place.sha256,
            "work": accession,
            "photo": place.name,
            "report": place.report_id,
            "number": place.number,
        },
        undoes=undoes,
    )
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise JudgedMeanwhileError(place.name) from error
    return True


def take_back(session: Session, entry: AuditEntry, user: User | None) -> str:
    """Judge again as before an entry of the trail; return the photo's hash.

    The caller computes anew what depends on it, and commits.

    Raises
    ------
    JudgedMeanwhileError
        If it was taken back already, or judged again since.
    """
    facts = entry.after
    report = session.get(EvaluationReport, facts["report"] or 0)
    place = PhotoPlace(
        facts["sha256"], facts["photo"], report.id if report else None, facts["number"]
    )
    known = session.scalars(_of(place.sha256, facts["work"])).first()
    if audit.is_undone(session, entry) or facts["relevance"] != (
        known.relevance if known else UNJUDGED
    ):
        raise JudgedMeanwhileError(entry.subject)
    before = entry.before["relevance"]
    relevance = Relevance(before) if before else None
    record(session, place, facts["work"], relevance, user, undoes=entry)
    return place.sha256


def _of(sha256: str, accession: str) -> Select[RelevanceJudgement]:
    return select(RelevanceJudgement).where(
        RelevanceJudgement.photo_sha256 == sha256,
        RelevanceJudgement.accession == accession,
    )
