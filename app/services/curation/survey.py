"""Survey of the collection: duplicates, and works that photos will not find.

First all works are compared with each other, then photos are simulated of each. Where
it has got to stands in the task, committed with what was found, so a killed look is
gone on with and repeats one work at most.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator

import numpy as np
from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session, selectinload

from app.models import Artwork
from app.retrieval.errors import ImageError, RetrievalError
from app.retrieval.generations.registry import GenerationRegistry
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.search.near_duplicates import Relative, find_relatives
from app.retrieval.simulation.photo import PROFILES, perturb
from app.retrieval.types import Image
from app.services.collection.form import Form, form_of
from app.services.curation import relations
from app.services.curation.editing import changed_works
from app.services.curation.findings import Finding, FindingKind, replace_findings
from app.services.curation.relations import ProposedRelation
from app.services.curation.sides import find_gap
from app.services.index.changes import current_revision
from app.services.index.features import gallery_item
from app.services.index.opening import open_in_task
from app.services.media.store import read_picture
from app.services.system.tasks import (
    TaskContext,
    TaskFailedError,
    TaskHandle,
    enqueue,
    latest_done,
    unfinished,
)

KIND = "care"
"""Of a task that looks through all works."""
NEW_KIND = "comparison"
"""Of a task that compares what an import brought with all works."""
RUN = "run"
"""Parameter of such a task: the number of the import."""
SEEN = "seen"
"""Parameter of a task that looks through all works: what it found them to be."""
COMPARING, EXAMINING = "comparing", "examining"
"""Steps, as the pages know them; and parameters of the task: the number of the last
work that was through each."""
FEWEST_FEATURES = 80
"""Of the 500 that a picture has at most. Of 60 works with 500, photos taken under hard
conditions found 58; with 80 of them left 52, with 50 only 43, with 30 only 28."""
PROFILE = "mild"
PHOTOS = 3
"""Simulated at most: a second and a third where the first was not answered right, for
one bad crop is no fault of the work."""


def survey_collection(handle: TaskHandle) -> None:
    """Do a task that looks through all works.

    Raises
    ------
    TaskFailedError
        If there is no index that can be asked.
    """
    surveyor = Surveyor(handle)
    session, task = handle.context.session, handle.task
    if SEEN not in task.parameters:
        seen = _collection_seen(session, surveyor.searcher.generation)
        task.parameters = {**task.parameters, SEEN: seen}
    surveyor.propose_same_files()
    # One after the other: comparing takes a fraction of the time, and an answer with a
    # duplicate is no fault, which has to be known by then.
    surveyor.walk(COMPARING, surveyor.propose_relatives)
    relations.forget_stale(session, surveyor.since)
    surveyor.walk(EXAMINING, surveyor.examine)


def survey_import(handle: TaskHandle) -> None:
    """Do a task that compares what an import brought; raises as the other one."""
    surveyor = Surveyor(handle)
    surveyor.propose_same_files()
    is_new = Artwork.id.in_(changed_works(handle.task.parameters[RUN]))
    surveyor.walk(COMPARING, surveyor.propose_relatives, among=is_new)


def enqueue_if_changed(context: TaskContext) -> None:
    """Note that all works are to be looked through, if anything has changed since."""
    session = context.session
    live = GenerationRegistry(context.folders.generations).current_name()
    if live is None or unfinished(session, KIND) is not None:
        return
    latest = latest_done(session, KIND)
    seen = _collection_seen(session, live)
    if latest is None or latest.parameters.get(SEEN) != seen:
        enqueue(session, KIND, {}, None)


class Surveyor:
    """Survey of works, one at a time, with the index that visitors search."""

    def __init__(self, handle: TaskHandle) -> None:
        self._handle = handle
        context, begun = handle.context, handle.task.started_at
        assert begun is not None  # noqa: S101 - it runs
        self.since = begun
        self._session = context.session
        self._media = context.media.works
        try:
            self.searcher = open_in_task(context)
        except RetrievalError as error:
            raise TaskFailedError(str(error)) from error

    def walk(
        self,
        step: str,
        visit: Callable[[Artwork], None],
        *,
        among: ColumnElement[bool] = true(),  # noqa: B008 - an expression, never changed
    ) -> None:
        """Visit works on show but those that were visited before; commits each.

        In one thread: the other cores are for visitors.
        """
        session, task = self._session, self._handle.task
        session.commit()
        shown = Artwork.withdrawn_at.is_(None) & among
        after = task.parameters.get(step, 0)
        done = _count(session, shown, Artwork.id <= after)
        total = _count(session, shown)
        ids = select(Artwork.id).where(shown, Artwork.id > after).order_by(Artwork.id)
        for work_id in session.scalars(ids).all():
            self.searcher.catch_up(session)
            work = session.get(Artwork, work_id, options=[selectinload(Artwork.images)])
            if work is not None and not work.is_withdrawn:
                visit(work)
            done += 1
            task.parameters = {**task.parameters, step: work_id}
            self._handle.progress(done, max(done, total), step)

    def propose_same_files(self) -> None:
        """Propose relations of works that have the very same picture."""
        for finding in relations.same_files(self._session):
            relations.propose(self._session, finding, self.since)

    def propose_relatives(self, work: Artwork) -> None:
        """Propose relations to works whose pictures show something that a work's do."""
        strongest: dict[str, Relative] = {}
        for position in self._positions(work):
            for relative in find_relatives(self.searcher.engine.gallery, position):
                known = strongest.get(relative.item.work_id)
                if known is None or relative.inlier_count > known.inlier_count:
                    strongest[relative.item.work_id] = relative
        numbers = self._numbers(strongest)
        for accession, relative in strongest.items():
            if accession in numbers:
                proposed = ProposedRelation(
                    work.id,
                    numbers[accession],
                    relations.RelationKind(relative.kinship.value),
                    relative.inlier_count,
                    relative.similarity,
                )
                relations.propose(self._session, proposed, self.since)

    def examine(self, work: Artwork) -> None:
        """Keep why photos would not find a work."""
        replace_findings(self._session, work.id, self._findings(work))

    def _findings(self, work: Artwork) -> list[Finding]:
        """Find why photos would not find a work.

        Its duplicates are as good an answer as the work itself: that there are some
        is a relation, and no other fault.
        """
        if not work.images:
            return [Finding(FindingKind.NO_IMAGE)]
        positions = self._positions(work)
        if not positions:
            return [Finding(FindingKind.NOT_INDEXED)]
        gallery = self.searcher.engine.gallery
        features = max(len(gallery.local_features_of(i)) for i in positions)
        faults = []
        if features < FEWEST_FEATURES:
            figures = {"features": features, "wanted": FEWEST_FEATURES}
            faults.append(Finding(FindingKind.FEW_FEATURES, figures))
        if form_of(work) is Form.ROUND:
            faults.extend(self._missing_side(work))
        try:
            picture = read_picture(self._media, work.images[0].media_name)
        except (OSError, ImageError):
            return [*faults, Finding(FindingKind.UNREADABLE)]
        failure = self._fails(work, picture)
        return [*faults, failure] if failure else faults

    def _missing_side(self, work: Artwork) -> Iterator[Finding]:
        """Find which side of a work in the round its pictures leave out."""
        if len(work.images) == 1:
            yield Finding(FindingKind.ONE_SIDE)
            return
        positions = self._positions(work)
        if len(positions) < len(work.images):  # one is not in the index yet
            return
        gallery = self.searcher.engine.gallery
        gap = find_gap([gallery.local_features_of(place) for place in positions])
        if gap is not None:
            one, other = gap
            figures = {"pictures": len(positions), "one": one + 1, "other": other + 1}
            yield Finding(FindingKind.GAP, figures)

    def _fails(self, work: Artwork, picture: Image) -> Finding | None:
        """Ask simulated photos; a work fails by most of them.

        The same picture gives the same photos every time.
        """
        accession, sha256 = work.accession, work.images[0].sha256
        copies = relations.copies_of(self._session, work)
        own_file = gallery_item(accession, sha256).image_id.removeprefix(accession)
        rng = np.random.default_rng(int(sha256[:16], 16))
        taken_for: Counter[str] = Counter()
        named = 0
        for asked in range(1, PHOTOS + 1):
            photo = PreparedPhoto(perturb(picture, PROFILES[PROFILE], rng).image)
            answer = self.searcher.answer(photo, excluded_works=())
            first = answer.matches[0].item if answer.matches else None
            if first and (
                first.work_id in (accession, *copies)
                or first.image_id == first.work_id + own_file
            ):
                named += 1
            elif first:
                taken_for[first.work_id] += 1
            if named > asked - named:
                return None
        others = self._numbers([work for work, _ in taken_for.most_common(1)])
        other_id = next(iter(others.values()), None)
        figures = {"asked": PHOTOS, "named": named, "other": sum(taken_for.values())}
        return Finding(FindingKind.NOT_FOUND, figures, other_id)

    def _positions(self, work: Artwork) -> list[int]:
        """Return where the pictures of a work are in the index, as far as they are."""
        gallery = self.searcher.engine.gallery
        places = (
            gallery.position_of(gallery_item(work.accession, image.sha256).image_id)
            for image in work.images
        )
        return [place for place in places if place is not None]

    def _numbers(self, accessions: Collection[str]) -> dict[str, int]:
        named = Artwork.accession.in_(accessions)
        rows = self._session.execute(select(Artwork.accession, Artwork.id).where(named))
        return {row.accession: row.id for row in rows}


def _collection_seen(session: Session, generation: str) -> list[object]:
    """Return what changes with the works and with the index."""
    return [current_revision(session), generation]


def _count(session: Session, *meant: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(Artwork).where(*meant)
    return session.scalars(counted).one()
