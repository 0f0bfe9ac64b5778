"""Audited, undoable changes of the museum's site and its own pages.

A change is one transaction with its entry in the audit trail and with the site's next
revision, by which every server process notices it. Whoever changes says which revision
was seen: two administrators do not undo each other's work without knowing.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypedDict

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.models import AuditEntry, MuseumSite, OwnPage, User
from app.services.curation.editing import ChangedMeanwhileError
from app.services.site.profile import profile_of, read_profile, values_of
from app.services.system import audit
from app.services.system.claims import count_changes

MOST_PAGES = 40
"""Own pages: more are no addition to the site, but a site of their own."""


class PageText(TypedDict):
    """Own page in one language."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class PageFields:
    """Own page, as it is edited and as the audit trail remembers it.

    Attributes
    ----------
    slug : str
        Its name in the address.
    in_header : bool
    position : int
        Among the others; of two with the same one, the older comes first.
    texts : dict of str to PageText
        By the code of the language.
    """

    slug: str
    in_header: bool = False
    position: int = 0
    texts: dict[str, PageText] = field(default_factory=dict)


class TakenSlugError(Exception):
    """Name in the address that another page has."""


class TooManyPagesError(Exception):
    """Page beyond those that a site may have."""


class SiteEditor:
    """Editor of the site in somebody's name; commits each change.

    Parameters
    ----------
    user : User or None
        Who changes; None from the shell.
    """

    def __init__(self, session: Session, user: User | None) -> None:
        self._session = session
        self._user = user

    def change(self, values: Mapping[str, Any], seen: int) -> AuditEntry | None:
        """Change some of what ``profile`` names; None if nothing differs.

        Parameters
        ----------
        seen : int
            The revision that the change starts from.

        Raises
        ------
        ChangedMeanwhileError
            If somebody has changed the site since.
        """
        before = values_of(read_profile(self._session))
        changed = {name: one for name, one in values.items() if before[name] != one}
        if not changed:
            return None
        self._begin(seen)
        self._write(before | changed)
        return self._end(
            audit.SITE, "", {name: before[name] for name in changed}, changed
        )

    def add_page(self, fields: PageFields, seen: int) -> AuditEntry:
        """Add a page.

        Raises
        ------
        TakenSlugError, TooManyPagesError
        ChangedMeanwhileError
            As :meth:`change`.
        """
        self._check_slug(fields.slug)
        counted = select(func.count()).select_from(OwnPage)
        if self._session.scalars(counted).one() >= MOST_PAGES:
            raise TooManyPagesError
        self._begin(seen)
        page = OwnPage(**asdict(fields))
        self._session.add(page)
        return self._end(audit.OWN_PAGE, page.slug, {}, state_of(page))

    def edit_page(
        self, page: OwnPage, fields: PageFields, seen: int
    ) -> AuditEntry | None:
        """Change a page; None if nothing differs.

        Raises
        ------
        TakenSlugError
        ChangedMeanwhileError
            As :meth:`change`.
        """
        before, after = state_of(page), asdict(fields)
        if before == after:
            return None
        self._check_slug(fields.slug, page)
        self._begin(seen)
        set_page(page, after)
        return self._end(audit.OWN_PAGE, page.slug, before, after)

    def delete_page(self, page: OwnPage, seen: int) -> AuditEntry:
        """Delete a page; the audit trail remembers it.

        Raises
        ------
        ChangedMeanwhileError
            As :meth:`change`.
        """
        before = state_of(page)
        self._begin(seen)
        self._session.delete(page)
        return self._end(audit.OWN_PAGE, before["slug"], before, {})

    def undo(self, entry: AuditEntry) -> AuditEntry:
        """Take a change back.

        Raises
        ------
        ChangedMeanwhileError
            If it was taken back already, or what it changed has been changed since.
        """
        profile = read_profile(self._session)
        if audit.is_undone(self._session, entry):
            raise ChangedMeanwhileError
        if entry.action == audit.SITE:
            values = values_of(profile)
            if any(values.get(name) != one for name, one in entry.after.items()):
                raise ChangedMeanwhileError
            self._begin(profile.revision)
            self._write(values | entry.before)
        else:
            self._undo_page(entry, profile.revision)
        return self._end(
            entry.action, entry.subject, entry.after, entry.before, undoes=entry
        )

    def _undo_page(self, entry: AuditEntry, revision: int) -> None:
        page = None
        if entry.after:
            page = find_page(self._session, entry.after["slug"])
            if page is None or state_of(page) != entry.after:
                raise ChangedMeanwhileError
        if entry.before:
            try:
                self._check_slug(entry.before["slug"], page)
            except TakenSlugError as error:
                raise ChangedMeanwhileError from error
        self._begin(revision)
        if page is None:
            self._session.add(OwnPage(**entry.before))
        elif entry.before:
            set_page(page, entry.before)
        else:
            self._session.delete(page)

    def _check_slug(self, slug: str, page: OwnPage | None = None) -> None:
        holder = find_page(self._session, slug)
        if holder is not None and holder is not page:
            raise TakenSlugError(slug)

    def _begin(self, seen: int) -> None:
        """Take the next revision, which nobody else can until this is committed."""
        site = MuseumSite.__table__
        taken = update(MuseumSite).where(MuseumSite.revision == seen)
        if not count_changes(self._session, taken.values(revision=site.c.revision + 1)):
            self._session.rollback()
            raise ChangedMeanwhileError

    def _write(self, values: Mapping[str, Any]) -> None:
        # What is as the program has it is not written down: its defaults may change.
        usual = values_of(profile_of({}))
        kept = {name: one for name, one in values.items() if usual.get(name) != one}
        self._session.execute(update(MuseumSite).values(profile=kept))

    def _end(
        self,
        action: str,
        subject: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        undoes: AuditEntry | None = None,
    ) -> AuditEntry:
        entry = audit.record(
            self._session,
            action,
            user=self._user,
            subject=subject,
            before=before,
            after=after,
            undoes=undoes,
        )
        self._session.commit()
        return entry


def find_page(session: Session, slug: str) -> OwnPage | None:
    """Return the own page of this name."""
    return session.scalars(select(OwnPage).where(OwnPage.slug == slug)).first()


def list_pages(session: Session) -> list[OwnPage]:
    """Return the own pages in their order."""
    ordered = select(OwnPage).order_by(OwnPage.position, OwnPage.id)
    return list(session.scalars(ordered))


def state_of(page: OwnPage) -> dict[str, Any]:
    """Return a page as the audit trail remembers it."""
    return {
        "slug": page.slug,
        "in_header": page.in_header,
        "position": page.position,
        "texts": page.texts,
    }


def set_page(page: OwnPage, state: Mapping[str, Any]) -> None:
    """Bring a page to a state that the audit trail remembers; the caller commits."""
    for name, value in state.items():
        setattr(page, name, value)
