"""Audited, undoable edits of tours.

Each is one transaction with its entry in the audit trail, which holds the whole of what
was changed before and after: titles, or the list of stops with their texts.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Artwork, AuditEntry, Tour, TourStop, User, now
from app.services.curation.editing import ChangedMeanwhileError
from app.services.system import audit

CREATE, EDIT, STOPS = "tour_create", "tour_edit", "tour_stops"
PUBLISH, UNPUBLISH, DELETE = "tour_publish", "tour_unpublish", "tour_delete"
RESTORE = "tour_restore"
ACTIONS = (CREATE, EDIT, STOPS, PUBLISH, UNPUBLISH, DELETE, RESTORE)
"""In the audit trail."""
TOUR = "tour"
"""Key, in what an entry holds, of the number of the tour."""
FACTS = ("title", "intro", "language", "translation_of_id")
MOST_STOPS = 100
LONGEST_TITLE, LONGEST_TEXT = 200, 5_000
"""Characters."""

Entry = TypeVar("Entry", bound=AuditEntry | None)


class FullTourError(Exception):
    """Tour with as many stops as it can have."""


class EmptyTourError(Exception):
    """Tour without a work that visitors would see: it cannot be published."""


class Stop(TypedDict):
    """Stop as the audit trail holds it."""

    artwork: int
    text: str


class TourEditor:
    """Editor of tours in somebody's name; commits each edit.

    Parameters
    ----------
    user : User or None
        Who changes; None from the shell.
    """

    def __init__(self, session: Session, user: User | None) -> None:
        self._session = session
        self._user = user

    def create(self, title: str, intro: str, language: str) -> Tour:
        """Begin a tour, which nobody sees before it is published."""
        tour = Tour(title=title, intro=intro, language=language)
        self._session.add(tour)
        self._session.flush()
        self._commit(self._record(CREATE, tour, {}, facts_of(tour)))
        return tour

    def describe(
        self, tour: Tour, facts: Mapping[str, Any], *, seen: int | None = None
    ) -> AuditEntry | None:
        """Change what a tour is called; what is left out stays. None if nothing.

        Parameters
        ----------
        seen : int, optional
            The tour's revision when its texts were read.

        Raises
        ------
        ChangedMeanwhileError
            If it was changed since.
        ValueError
            If it would be a translation of itself, or of a translation.
        """
        _agree(tour, seen)
        original_id = facts.get("translation_of_id")
        if original_id is not None:
            original = self._session.get(Tour, original_id)
            is_one = original is not None and original.translation_of_id is None
            if not is_one or original_id == tour.id or self._has_translations(tour):
                raise ValueError("a translation is of a tour that is none itself")
        return self._commit(self._describe(tour, facts))

    def add(self, tour: Tour, artwork: Artwork) -> AuditEntry | None:
        """Add a stop at the end; None if the work has one.

        Raises
        ------
        FullTourError
            If the tour has as many stops as it can have.
        """
        stops = stops_of(tour)
        if any(stop["artwork"] == artwork.id for stop in stops):
            return None
        if len(stops) >= MOST_STOPS:
            raise FullTourError
        new = Stop(artwork=artwork.id, text="")
        return self._commit(self._arrange(tour, [*stops, new]))

    def tell(
        self, stop: TourStop, text: str, *, seen: int | None = None
    ) -> AuditEntry | None:
        """Change what is said at a stop; None if nothing differs.

        Raises
        ------
        ChangedMeanwhileError
            If the text was changed since it was read, which had revision ``seen``.
        """
        if text == stop.text:
            return None
        _agree(stop.tour, seen)
        stops = stops_of(stop.tour)
        stops[_place_of(stop)]["text"] = text
        return self._commit(self._arrange(stop.tour, stops))

    def move(self, stop: TourStop, places: int) -> AuditEntry | None:
        """Move a stop towards the end, or, negative, the beginning; both stop it."""
        tour, stops, place = stop.tour, stops_of(stop.tour), _place_of(stop)
        target = min(max(place + places, 0), len(stops) - 1)
        if target == place:
            return None
        stops.insert(target, stops.pop(place))
        return self._commit(self._arrange(tour, stops))

    def remove(self, stop: TourStop) -> AuditEntry:
        """Take a stop out of its tour."""
        tour, stops = stop.tour, stops_of(stop.tour)
        del stops[_place_of(stop)]
        return self._commit(self._arrange(tour, stops))

    def publish(self, tour: Tour) -> AuditEntry | None:
        """Let visitors see a tour; None if they do.

        Raises
        ------
        EmptyTourError
            If it has no work on show.
        """
        if not any(not stop.artwork.is_withdrawn for stop in tour.stops):
            raise EmptyTourError
        return self._commit(self._show(tour, is_published=True))

    def unpublish(self, tour: Tour) -> AuditEntry | None:
        """Let visitors see a tour no more; None if they do not."""
        return self._commit(self._show(tour, is_published=False))

    def delete(self, tour: Tour) -> AuditEntry | None:
        """Delete a tour, until somebody takes that back; None if it is deleted."""
        return self._commit(self._drop(tour, is_deleted=True))

    def undo(self, entry: AuditEntry) -> AuditEntry:
        """Take a change back; that is a change too, and can be taken back itself.

        Raises
        ------
        ChangedMeanwhileError
            If it was taken back already, or what it changed has changed since.
        """
        tour = self._session.get(Tour, entry.after[TOUR])
        if tour is None or audit.is_undone(self._session, entry):
            raise ChangedMeanwhileError(entry.subject)
        before = {name: one for name, one in entry.before.items() if name != TOUR}
        after = {name: one for name, one in entry.after.items() if name != TOUR}
        undone: AuditEntry | None
        if entry.action in (CREATE, DELETE, RESTORE):
            undone = self._drop(tour, is_deleted=entry.action != DELETE)
        elif entry.action in (PUBLISH, UNPUBLISH):
            undone = self._show(tour, is_published=entry.action == UNPUBLISH)
        elif entry.action == EDIT:
            now_there = facts_of(tour)
            if {name: now_there[name] for name in after} != after:
                raise ChangedMeanwhileError(tour.title)
            undone = self._describe(tour, before)
        else:
            if stops_of(tour) != after["stops"]:
                raise ChangedMeanwhileError(tour.title)
            undone = self._arrange(tour, self._that_exist(before["stops"]))
        if undone is None:
            raise ChangedMeanwhileError(tour.title)
        undone.undoes_id = entry.id
        return self._commit(undone)

    def _describe(self, tour: Tour, facts: Mapping[str, Any]) -> AuditEntry | None:
        before = facts_of(tour)
        changed = [name for name in facts if facts[name] != before[name]]
        if not changed:
            return None
        for name in changed:
            setattr(tour, name, facts[name])
        then, there = ({name: one[name] for name in changed} for one in (before, facts))
        return self._record(EDIT, tour, then, there)

    def _show(self, tour: Tour, *, is_published: bool) -> AuditEntry | None:
        if is_published == (tour.published_at is not None):
            return None
        tour.published_at = now() if is_published else None
        return self._record(PUBLISH if is_published else UNPUBLISH, tour, {}, {})

    def _drop(self, tour: Tour, *, is_deleted: bool) -> AuditEntry | None:
        if is_deleted == (tour.deleted_at is not None):
            return None
        tour.deleted_at = now() if is_deleted else None
        return self._record(DELETE if is_deleted else RESTORE, tour, {}, {})

    def _arrange(self, tour: Tour, stops: Sequence[Stop]) -> AuditEntry:
        before = stops_of(tour)
        there = {stop.artwork_id: stop for stop in tour.stops}
        tour.stops = [
            there.get(stop["artwork"]) or TourStop(artwork_id=stop["artwork"])
            for stop in stops
        ]
        for position, (row, stop) in enumerate(zip(tour.stops, stops, strict=True)):
            row.position, row.text = position, stop["text"]
        after = {"stops": [dict(stop) for stop in stops]}
        return self._record(STOPS, tour, {"stops": before}, after)

    def _that_exist(self, stops: Sequence[Stop]) -> list[Stop]:
        ids = [stop["artwork"] for stop in stops]
        found = select(Artwork.id).where(Artwork.id.in_(ids))
        there = set(self._session.scalars(found))
        return [stop for stop in stops if stop["artwork"] in there]

    def _has_translations(self, tour: Tour) -> bool:
        told = select(Tour.id).where(Tour.translation_of_id == tour.id)
        return self._session.scalars(told.limit(1)).first() is not None

    def _record(
        self,
        action: str,
        tour: Tour,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> AuditEntry:
        tour.revision += 1
        return audit.record(
            self._session,
            action,
            user=self._user,
            subject=tour.title,
            before=before,
            after={**after, TOUR: tour.id},
        )

    def _commit(self, entry: Entry) -> Entry:
        self._session.commit()
        return entry


def facts_of(tour: Tour) -> dict[str, Any]:
    """Return what a tour is called, and what else is said of the whole."""
    return {name: getattr(tour, name) for name in FACTS}


def stops_of(tour: Tour) -> list[Stop]:
    """Return the stops of a tour as the audit trail holds them."""
    return [Stop(artwork=stop.artwork_id, text=stop.text) for stop in tour.stops]


def _place_of(stop: TourStop) -> int:
    return [one.id for one in stop.tour.stops].index(stop.id)


def _agree(tour: Tour, seen: int | None) -> None:
    if seen is not None and seen != tour.revision:
        raise ChangedMeanwhileError(tour.title)
