"""Audit trail: who changed what, when, and how it was before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, selectinload

from app.models import Artwork, AuditEntry, BulkEdit, ImportRun, User, now
from app.models.collection import AnyWork
from app.models.row_sets import row_set
from app.services.system.paging import Page, select_page

ENTRIES_PER_PAGE = 50
INVITE, UNINVITE, JOIN = "account_invite", "account_uninvite", "account_join"
CONNECT = "account_connect"
"""Connecting one's account with the identity provider's."""
FIRST_ADMIN = "account_first"
"""Making the first administrator, by the code in the shell."""
SITE, OWN_PAGE = "site", "own_page"
SITE_ACTIONS = (SITE, OWN_PAGE)
"""Changes of the museum's site, which can be taken back."""
GROUND_TRUTH = "ground_truth"
"""Judging whether a labelled photo shows a work."""
PHOTO_REVIEW = "photo_review"
"""Deciding what a visitor's photo shows; it names the photo by its answer's id."""
EVALUATION_SET = "evaluation_set"
"""Stating whether a photo is in the evaluation set, and which works are in it."""
HOOK_ADD, HOOK_CHANGE, HOOK_SECRET = "webhook_add", "webhook_change", "webhook_secret"
HOOK_ON, HOOK_OFF, HOOK_DELETE = "webhook_on", "webhook_off", "webhook_delete"
"""What is done to webhooks."""
BULK_EDIT = "bulk_edit"
"""Editing many works at once, as a whole; each work has an entry of its own."""
ADMINS_ACTIONS = (
    *SITE_ACTIONS,
    *(INVITE, UNINVITE, JOIN, FIRST_ADMIN, CONNECT),
    "account_grant",
    "account_revoke",
    "account_lock",
    "account_unlock",
    "account_end",
    "account_second_factor",
    "account_delete",
    "thresholds",
    "retention",
    GROUND_TRUTH,
    *(HOOK_ADD, HOOK_CHANGE, HOOK_SECRET, HOOK_ON, HOOK_OFF, HOOK_DELETE),
)
"""What only admins do, and only they get to see: it names people."""
ACCOUNT = "account"
"""Key, in what an entry holds, of the number of the account that was changed."""

OF_A_WORK = ("action", "artwork_id", "subject", "before", "after", "undoes_id")
"""Columns of an entry that tell one change of an edit of many works from another."""


@dataclass(frozen=True, slots=True)
class WorkChange:
    """Change of a work; attributes as parameters of :func:`record`."""

    action: str
    artwork: AnyWork
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    undoes_id: int | None = None


_invites = AuditEntry.action.in_((INVITE, UNINVITE))
"""Entries that name an address which need not have an account."""


def record(
    session: Session,
    action: str,
    *,
    user: User | None,
    artwork: Artwork | None = None,
    subject: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    undoes: AuditEntry | None = None,
    run: ImportRun | None = None,
    token_name: str | None = None,
) -> AuditEntry:
    """Write down a change; it is committed together with the change itself.

    Parameters
    ----------
    action : str
        What was done, in one word.
    user : User or None
        Who did it; None from the shell.
    subject : str
        What it was done to, in words that outlive it.
    before, after : mapping, optional
        JSON that is enough to take the change back.
    run : ImportRun, optional
        The import that it belongs to.
    token_name : str, optional
        What the account calls the access token that a program did it with.
    """
    entry = AuditEntry(
        action=action,
        user=user,
        artwork=artwork,
        subject=subject,
        before=dict(before or {}),
        after=dict(after or {}),
        undoes_id=undoes.id if undoes else None,
        run=run,
        token_name=token_name,
    )
    session.add(entry)
    return entry


def record_all(session: Session, run: ImportRun, changes: Sequence[WorkChange]) -> None:
    """Write down changes that an import makes, all at once; their works have numbers.

    They are committed together with the changes themselves.
    """
    entries = [
        {
            "action": one.action,
            "user_id": run.user_id,
            "artwork_id": one.artwork.id,
            "subject": one.artwork.accession,
            "before": dict(one.before),
            "after": dict(one.after),
            "run_id": run.id,
        }
        for one in changes
    ]
    if entries:
        session.execute(insert(AuditEntry), entries)


def record_bulk_edit(
    session: Session, edit: BulkEdit, user_id: int | None, changes: Sequence[WorkChange]
) -> None:
    """Write down changes that an edit of many works makes, or takes back, all at once.

    They are committed together with the changes themselves.
    """
    if not changes:
        return
    types = {name: getattr(AuditEntry, name).type for name in OF_A_WORK}
    rows = [
        (
            *(one.action, one.artwork.id, one.artwork.accession),
            *(dict(one.before), dict(one.after), one.undoes_id),
        )
        for one in changes
    ]
    sent = row_set(session, types, rows)
    of_all = {"user_id": user_id, "bulk_edit_id": edit.id, "created_at": now()}
    columns = (
        literal(value, getattr(AuditEntry, name).type).label(name)
        for name, value in of_all.items()
    )
    chosen = select(*(sent.c[name] for name in types), *columns)
    session.execute(insert(AuditEntry).from_select([*types, *of_all], chosen))


def is_undone(session: Session, entry: AuditEntry) -> bool:
    """Tell whether a change has been taken back."""
    taken_back = select(AuditEntry.id).where(AuditEntry.undoes_id == entry.id)
    return session.scalars(taken_back).first() is not None


def undone_among(session: Session, entries: Page[AuditEntry]) -> frozenset[int]:
    """Return the numbers of those changes on a page that have been taken back."""
    ids = [entry.id for entry in entries.entries]
    taken_back = select(AuditEntry.undoes_id).where(AuditEntry.undoes_id.in_(ids))
    return frozenset(number for number in session.scalars(taken_back) if number)


def forget_account(session: Session, user: User) -> None:
    """Name an account no more that is about to be deleted; the caller commits."""
    about = or_(
        AuditEntry.after[ACCOUNT].as_integer() == user.id,
        and_(_invites, AuditEntry.subject == user.email),
    )
    named = AuditEntry.action.in_(ADMINS_ACTIONS)
    for entry in session.scalars(select(AuditEntry).where(named, about)):
        entry.subject = ""
        entry.after = {k: v for k, v in entry.after.items() if k != ACCOUNT}
    # Names of tokens are the owner's words.
    session.execute(
        update(AuditEntry)
        .where(AuditEntry.user_id == user.id, AuditEntry.token_name.is_not(None))
        .values(token_name=None)
    )


def forget_invited(session: Session, before: datetime) -> None:
    """Name nobody any more who was invited long ago and has no account.

    The caller commits.
    """
    has_account = exists().where(User.email == AuditEntry.subject)
    session.execute(
        update(AuditEntry)
        .where(_invites, AuditEntry.created_at < before, ~has_account)
        .values(subject="")
    )


def list_entries(
    session: Session,
    number: int = 1,
    *,
    artwork: Artwork | None = None,
    by_admins: bool = False,
) -> Page[AuditEntry] | None:
    """Return a page of changes, the newest first; None if there is no such page.

    What an edit of many works changed is listed with each work; among all changes, the
    edit is one.

    Parameters
    ----------
    artwork : Artwork, optional
        Only changes of this work.
    by_admins : bool
        What only admins do, instead of what curators do.
    """
    admins = AuditEntry.action.in_(ADMINS_ACTIONS)
    meant: list[ColumnElement[bool]] = [admins if by_admins else ~admins]
    if artwork is not None:
        meant.append(AuditEntry.artwork_id == artwork.id)
    else:
        meant.append(
            AuditEntry.bulk_edit_id.is_(None) | AuditEntry.artwork_id.is_(None)
        )
    listed = (
        select(AuditEntry)
        .where(*meant)
        .options(selectinload(AuditEntry.user), selectinload(AuditEntry.artwork))
        .order_by(AuditEntry.id.desc())
    )
    return select_page(session, listed, number, ENTRIES_PER_PAGE)
