"""Terms of the collection with their codes: listing, and what curators state.

A statement is one transaction with its entry in the audit trail, by which it is undone.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import LONGEST_TERM, Artwork, AuditEntry, TermCode, User
from app.models.keys import plain_text
from app.services.collection.vocabulary.codes import COLUMNS, OF_FIELD, read_code
from app.services.system import audit
from app.services.system.paging import Page, slice_page

ACTION = "term_codes"
"""In the audit trail."""
TERMS_PER_PAGE = 25


class Lacking(StrEnum):
    """Filter of terms by whether they have a code."""

    ANY = "any"
    NONE = "none"
    """Those without any code."""
    CODED = "coded"


class TermChangedError(Exception):
    """Change of a term's codes since they were seen, by somebody else."""


@dataclass(frozen=True, slots=True)
class Term:
    """Term of a field: what works say, letter by letter.

    Attributes
    ----------
    works : int
        That say so.
    codes : mapping of str to str
        By the vocabulary.
    stated : mapping of str to mapping
        Codes that works state themselves, with their numbers, by the vocabulary.
    """

    text: str
    works: int
    codes: Mapping[str, str] = field(default_factory=dict)
    stated: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def seen(self) -> str:
        """Return what tells whether its codes were changed meanwhile."""
        return " ".join(f"{name}:{self.codes[name]}" for name in sorted(self.codes))


@dataclass(frozen=True, slots=True)
class SharedCode:
    """Code that several terms of a field have: they may be the same."""

    authority: str
    code: str
    terms: Sequence[Term]


def list_terms(
    session: Session,
    name: str,
    number: int = 1,
    *,
    text: str = "",
    lacking: Lacking = Lacking.ANY,
) -> Page[Term] | None:
    """Return a page of the terms of a field, those of most works first.

    Parameters
    ----------
    name : str
        Of a field, one of ``codes.OF_FIELD``.
    text : str
        Only terms that have it, whatever the capitals and accents.
    """
    codes = _codes_in(session, name)
    sought = plain_text(text)
    terms = [
        Term(said, works, codes.get(said, {}))
        for said, works in _counts(session, name).items()
        if sought in plain_text(said)
        and (lacking is Lacking.ANY or (said in codes) is (lacking is Lacking.CODED))
    ]
    terms.sort(key=lambda one: (-one.works, one.text))
    page = slice_page(terms, number, TERMS_PER_PAGE)
    if page is None:
        return None
    stated = _stated(session, name, [one.text for one in page.entries])
    shown = [
        Term(one.text, one.works, one.codes, stated.get(one.text, {}))
        for one in page.entries
    ]
    return Page(shown, page.number, page.count, page.total)


def shared_codes(session: Session, name: str) -> list[SharedCode]:
    """Return codes that several terms of a field have which works use."""
    counts = _counts(session, name)
    by_code: dict[tuple[str, str], list[Term]] = defaultdict(list)
    for said, codes in _codes_in(session, name).items():
        if said in counts:
            for authority, code in codes.items():
                by_code[authority, code].append(Term(said, counts[said], codes))
    shared = [
        SharedCode(*key, sorted(terms, key=lambda one: (-one.works, one.text)))
        for key, terms in by_code.items()
        if len(terms) > 1
    ]
    # Terms that share their codes of two vocabularies are told once.
    told = {tuple(term.text for term in one.terms): one for one in reversed(shared)}
    return sorted(told.values(), key=lambda one: one.terms[0].text)


def find_term(session: Session, name: str, text: str) -> Term | None:
    """Return a term that works use; None where none does, or it is too long."""
    if not 0 < len(text) <= LONGEST_TERM:
        return None
    works = _counts(session, name, text).get(text)
    return None if works is None else Term(text, works, _codes_of(session, name, text))


def state_codes(
    session: Session,
    user: User | None,
    name: str,
    text: str,
    given: Mapping[str, str],
    *,
    seen: str | None = None,
) -> AuditEntry | None:
    """State the codes of a term; None where they are these already; commits.

    Parameters
    ----------
    given : mapping of str to str
        Codes or addresses by the vocabulary; blank for none.
    seen : str, optional
        :attr:`Term.seen` when the codes were read.

    Raises
    ------
    CodeFormError
        If one is no code of its vocabulary, by its form.
    TermChangedError
        If somebody else changed them since.
    """
    codes = {one: read_code(one, given.get(one, "")) for one in OF_FIELD[name]}
    after = {one: code for one, code in codes.items() if code}
    before = _taken_out(session, name, text)
    if seen is not None and Term(text, 0, before).seen != seen:
        session.rollback()
        raise TermChangedError(text)
    if before == after:
        session.rollback()
        return None
    return _write(session, user, name, text, before, after)


def take_back(session: Session, entry: AuditEntry, user: User | None) -> None:
    """Take a statement back; commits.

    Raises
    ------
    TermChangedError
        If it was taken back already, or the codes have changed since.
    """
    name, after = entry.after["field"], entry.after["codes"]
    subject, before = entry.subject, entry.before["codes"]
    is_there = _taken_out(session, name, subject) == after
    if not is_there or audit.is_undone(session, entry):
        session.rollback()
        raise TermChangedError(subject)
    _write(session, user, name, subject, after, before, undoes=entry)


def _taken_out(session: Session, name: str, text: str) -> dict[str, str]:
    """Take the codes of a term out and return them; nobody else changes them now."""
    gone = delete(TermCode).where(TermCode.field == name, TermCode.text == text)
    taken = session.execute(gone.returning(TermCode.authority, TermCode.code))
    return {row[0]: row[1] for row in taken}


def _write(
    session: Session,
    user: User | None,
    name: str,
    text: str,
    before: Mapping[str, str],
    after: Mapping[str, str],
    undoes: AuditEntry | None = None,
) -> AuditEntry:
    session.add_all(
        TermCode(field=name, text=text, authority=authority, code=code)
        for authority, code in after.items()
    )
    entry = audit.record(
        session,
        ACTION,
        user=user,
        subject=text,
        before={"field": name, "codes": dict(before)},
        after={"field": name, "codes": dict(after)},
        undoes=undoes,
    )
    try:
        session.commit()
    except IntegrityError as error:  # where none were, another one was quicker
        session.rollback()
        raise TermChangedError(text) from error
    return entry


def _counts(session: Session, name: str, text: str | None = None) -> dict[str, int]:
    column = getattr(Artwork, name)
    meant = column != "" if text is None else column == text
    asked = select(column, func.count()).group_by(column)
    asked = asked.where(meant, func.length(column) <= LONGEST_TERM)
    return {row[0]: row[1] for row in session.execute(asked)}


def _codes_in(session: Session, name: str) -> dict[str, dict[str, str]]:
    asked = select(TermCode.text, TermCode.authority, TermCode.code)
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for said, authority, code in session.execute(asked.where(TermCode.field == name)):
        found[said][authority] = code
    return dict(found)


def _codes_of(session: Session, name: str, text: str) -> dict[str, str]:
    mine = (TermCode.field == name, TermCode.text == text)
    asked = select(TermCode.authority, TermCode.code).where(*mine)
    return {row[0]: row[1] for row in session.execute(asked)}


def _stated(
    session: Session, name: str, texts: Sequence[str]
) -> dict[str, dict[str, dict[str, int]]]:
    """Count the codes that works state themselves, of some terms."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    field_column = getattr(Artwork, name)
    for column, (field_name, authority) in COLUMNS.items():
        if field_name != name:
            continue
        said = Artwork.details[column].as_string()
        asked = select(field_column, said, func.count()).group_by(field_column, said)
        asked = asked.where(field_column.in_(texts), said.is_not(None))
        for text, code, works in session.execute(asked):
            found.setdefault(text, {}).setdefault(authority, {})[code] = works
    return found
