"""Audited, undoable edits of works.

A change is one transaction with its entry in the audit trail and, where it alters what
can be found, with its announcement: the very next search of any process obeys it. What
takes time, decoding a picture and computing its features, is done before.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import Artwork, AuditEntry, ReferenceImage, User, now
from app.retrieval.images.encoded import FileFault
from app.retrieval.settings import ImageSettings
from app.services.collection.labels import (
    DETAIL,
    LABEL_COLUMNS,
    MAX_ACCESSION_LENGTH,
    fact_of,
    label_of,
    set_facts,
)
from app.services.collection.subjects import SHOWS, normal_statement
from app.services.curation.versions import (
    ChangedMeanwhileError as ChangedMeanwhileError,
)
from app.services.curation.versions import claim, compare
from app.services.curation.work_images import (
    FeatureMaker,
    Picture,
    add_features,
    arrange_pictures,
    picture_of,
    pictures_of,
    take_picture,
)
from app.services.index.changes import announce
from app.services.media.store import MediaStore
from app.services.system import audit
from app.services.system.webhooks import outbox
from app.services.system.webhooks.events import EventKind, works_data

CREATE, EDIT, IMAGES = "create", "edit", "images"
WITHDRAW, RESTORE = "withdraw", "restore"
"""Actions in the audit trail."""

EVENTS = {
    CREATE: EventKind.WORK_ADDED,
    RESTORE: EventKind.WORK_ADDED,
    EDIT: EventKind.WORK_CHANGED,
    IMAGES: EventKind.WORK_CHANGED,
    WITHDRAW: EventKind.WORK_WITHDRAWN,
}
"""What webhooks are told of each action."""

Entry = TypeVar("Entry", bound=AuditEntry | None)


def changed_works(run_id: int) -> Select[Any]:
    """Select the works of which an import changed what can be found."""
    return (
        select(AuditEntry.artwork_id)
        .where(AuditEntry.run_id == run_id)
        .where(AuditEntry.action.in_((CREATE, IMAGES, RESTORE)))
    )


class TakenAccessionError(Exception):
    """Accession number that another work has."""


class WorkEditor:
    """Editor of works in somebody's name; commits each edit.

    Parameters
    ----------
    media : MediaStore
        Of the works' pictures.
    maker : FeatureMaker or None
        None where nothing is published yet: features come with the first index.
    user : User or None
        Who changes; None from the shell.
    settings : ImageSettings
        What is accepted as a picture.
    token_name : str, optional
        What the user calls the access token, where a program changes.
    tells : bool
        Whether webhooks are told of each edit; no where they are told of all together.

    Attributes
    ----------
    file_faults : tuple of FileFault
        Of the file that a picture was last taken from.
    """

    def __init__(
        self,
        session: Session,
        media: MediaStore,
        maker: FeatureMaker | None,
        user: User | None,
        settings: ImageSettings,
        token_name: str | None = None,
        *,
        tells: bool = True,
    ) -> None:
        self._session = session
        self._media = media
        self._maker = maker
        self._user = user
        self._settings = settings
        self._token_name = token_name
        self._tells = tells
        self.file_faults: tuple[FileFault, ...] = ()

    def create(self, accession: str, label: Mapping[str, str]) -> Artwork:
        """Record a new work without pictures.

        Raises
        ------
        TakenAccessionError
            If there is a work of this accession number, even a withdrawn one.
        ValueError
            If the accession number is blank or too long.
        """
        accession = accession.strip()
        if not 0 < len(accession) <= MAX_ACCESSION_LENGTH:
            raise ValueError(
                f"an accession number has 1 to {MAX_ACCESSION_LENGTH} characters"
            )
        taken = select(Artwork.id).where(Artwork.accession == accession)
        if self._session.scalars(taken).first() is not None:
            raise TakenAccessionError(accession)
        artwork = Artwork(accession=accession)
        set_facts(artwork, _clean(label))
        self._session.add(artwork)
        said = label_of(artwork) | {name: fact_of(artwork, name) for name in label}
        self._record(CREATE, artwork, {}, said)
        try:
            self._session.commit()
        except IntegrityError as error:  # somebody else has just recorded it
            self._session.rollback()
            raise TakenAccessionError(accession) from error
        return artwork

    def edit(
        self, artwork: Artwork, label: Mapping[str, str], *, seen: str | None = None
    ) -> AuditEntry | None:
        """Change a work's label; what it leaves out stays. None if nothing differs.

        Parameters
        ----------
        label : mapping of str to str
            By names as of ``labels.fact_of``, ``SHOWS`` among them.
        seen : str, optional
            The :func:`version_of` the work when the label was read.

        Raises
        ------
        ChangedMeanwhileError
            If the work was changed since it was seen.
        UnknownSubjectError
            If it is to show what the vocabulary does not have.
        """
        claim(self._session, artwork, seen)
        return self._commit(self._edit(artwork, label))

    def withdraw(
        self, artwork: Artwork, *, seen: str | None = None
    ) -> AuditEntry | None:
        """Let a work be found no more; its record stays. None if it is withdrawn.

        Raises ``ChangedMeanwhileError`` as :meth:`edit`, as all that take ``seen``.
        """
        return self._commit(self._show(artwork, is_shown=False, seen=seen))

    def restore(
        self, artwork: Artwork, *, seen: str | None = None
    ) -> AuditEntry | None:
        """Let a withdrawn work be found again; None if it is not withdrawn."""
        return self._commit(self._show(artwork, is_shown=True, seen=seen))

    def add_image(
        self, artwork: Artwork, data: bytes, *, seen: str | None = None
    ) -> AuditEntry:
        """Add a picture after the others. Raises as :func:`take_picture`."""
        compare(artwork, seen)
        new = self._take(artwork, data)
        pictures = [*pictures_of(artwork), new]
        return self._commit(self._arrange(artwork, pictures, seen=seen))

    def replace_image(self, image: ReferenceImage, data: bytes) -> AuditEntry:
        """Put another picture into a picture's place. Raises as :meth:`add_image`."""
        artwork = image.artwork
        new = self._take(artwork, data)
        pictures = pictures_of(artwork)
        pictures[_position_of(image)] = new
        return self._commit(self._arrange(artwork, pictures))

    def remove_image(
        self, image: ReferenceImage, *, seen: str | None = None
    ) -> AuditEntry:
        """Take a picture away from its work; its file stays, for undoing."""
        artwork = image.artwork
        pictures = pictures_of(artwork)
        del pictures[_position_of(image)]
        return self._commit(self._arrange(artwork, pictures, seen=seen))

    def move_image(self, image: ReferenceImage, places: int) -> AuditEntry | None:
        """Move a picture among its work's; None if it is there already.

        Parameters
        ----------
        places : int
            Towards the end; negative: towards the beginning. Stops at both.
        """
        pictures = pictures_of(image.artwork)
        position = _position_of(image)
        target = min(max(position + places, 0), len(pictures) - 1)
        if target == position:
            return None
        pictures.insert(target, pictures.pop(position))
        return self._commit(self._arrange(image.artwork, pictures))

    def undo(self, entry: AuditEntry) -> AuditEntry:
        """Take a change back; that is a change too, and can be taken back itself.

        Raises
        ------
        ChangedMeanwhileError
            If it was taken back already, or what it changed has changed since.
        """
        artwork = entry.artwork
        if artwork is None or audit.is_undone(self._session, entry):
            raise ChangedMeanwhileError(entry.subject)
        undone: AuditEntry | None
        if entry.action in (CREATE, RESTORE, WITHDRAW):
            undone = self._show(artwork, is_shown=entry.action == WITHDRAW)
        elif entry.action == EDIT:
            now_there = {name: fact_of(artwork, name) for name in entry.after}
            _agree(now_there, entry.after, artwork)
            undone = self._edit(artwork, entry.before)
        else:
            _agree({"images": pictures_of(artwork)}, entry.after, artwork)
            undone = self._arrange(artwork, entry.before["images"])
        if undone is None:
            raise ChangedMeanwhileError(artwork.accession)
        undone.undoes_id = entry.id
        return self._commit(undone)

    def _edit(self, artwork: Artwork, label: Mapping[str, str]) -> AuditEntry | None:
        new = _clean(label)
        before = {name: fact_of(artwork, name) for name in new}
        changed = [name for name in new if before[name] != new[name]]
        if not changed:
            return None
        after = {name: new[name] for name in changed}
        set_facts(artwork, after)
        return self._record(
            EDIT, artwork, {name: before[name] for name in changed}, after
        )

    def _show(
        self, artwork: Artwork, *, is_shown: bool, seen: str | None = None
    ) -> AuditEntry | None:
        compare(artwork, seen)
        if is_shown != artwork.is_withdrawn:
            return None
        with self._session.no_autoflush:
            artwork.withdrawn_at = None if is_shown else now()
            if is_shown:
                add_features(artwork, self._media, self._maker)
            claim(self._session, artwork, seen)
        announce(self._session, [artwork])
        return self._record(RESTORE if is_shown else WITHDRAW, artwork, {}, {})

    def _arrange(
        self,
        artwork: Artwork,
        pictures: Sequence[Picture],
        *,
        seen: str | None = None,
    ) -> AuditEntry:
        compare(artwork, seen)
        before = pictures_of(artwork)
        # Nothing is written before the slow part is over: others may write meanwhile.
        with self._session.no_autoflush:
            arrange_pictures(artwork, pictures)
            add_features(artwork, self._media, self._maker)
            claim(self._session, artwork, seen)
        announce(self._session, [artwork])
        after = {"images": list(pictures)}
        return self._record(IMAGES, artwork, {"images": before}, after)

    def _take(self, artwork: Artwork, data: bytes) -> Picture:
        stored = take_picture(artwork, data, self._media, self._settings)
        self.file_faults = stored.faults
        return picture_of(stored)

    def _commit(self, entry: Entry) -> Entry:
        self._session.commit()
        return entry

    def _record(
        self,
        action: str,
        artwork: Artwork,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> AuditEntry:
        # Also when only pictures changed: the next editor is to notice.
        artwork.updated_at = now()
        if self._tells:
            outbox.tell(self._session, EVENTS[action], works_data([artwork]))
        return audit.record(
            self._session,
            action,
            user=self._user,
            artwork=artwork,
            subject=artwork.accession,
            before=before,
            after=after,
            token_name=self._token_name,
        )


def differs(artwork: Artwork, label: Mapping[str, str]) -> bool:
    """Tell whether an edit would change anything; see :meth:`WorkEditor.edit`."""
    new = _clean(label)
    return any(fact_of(artwork, name) != new[name] for name in new)


def _clean(label: Mapping[str, str]) -> dict[str, str]:
    clean = {name: label[name].strip() for name in LABEL_COLUMNS if name in label}
    if SHOWS in label:
        clean[SHOWS] = normal_statement(label[SHOWS])
    return clean | {name: label[name] for name in label if name.startswith(DETAIL)}


def _position_of(image: ReferenceImage) -> int:
    hashes = [one.sha256 for one in image.artwork.images]
    return hashes.index(image.sha256)


def _agree(there: object, expected: object, artwork: Artwork) -> None:
    if there != expected:
        raise ChangedMeanwhileError(artwork.accession)
