"""Evaluation of the engine, or of one channel, on labelled photos.

What is evaluated is anything that replies to a photo: the engine, or one of its
channels alone. Photos come one by one, so thousands of simulated ones never lie in
memory together.
"""

import math
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from app.retrieval.errors import ShardAwayError
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.search.engine import Engine
from app.retrieval.search.trace import Trace
from app.retrieval.types import Hit, Image
from app.retrieval.verification.evidence import Verdict

SHORTLIST_K = 100
"""Hits of a channel that count for its recall."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledPhoto:
    """Photo with its ground truth.

    Attributes
    ----------
    name : str
        For people: a file's name or an accession number.
    image : (H, W, 3) uint8, RGB
    works : frozenset of str
        Ids of the works it shows; any of them is a right answer. Empty for a photo
        of something else, whose right answer is "not found".
    kind : str
        Figures are also given per kind.
    in_view : frozenset of str
        Other works that are really in the photo, at its edge or behind: to name one is
        no mistake.
    """

    name: str
    image: Image
    works: frozenset[str]
    kind: str
    in_view: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Reply:
    """Answer to a labelled photo, of the engine or of one channel.

    Attributes
    ----------
    works : tuple of str
        Most probable first, each once.
    found : tuple of str
        Those that are called *found*, in the same order.
    confidence : float
        In the first of them; NaN without one.
    verdict : Verdict or None
        None where the evaluated thing gives no verdict.
    shortlists : mapping of str to tuple of str
        By the name of the channel (`GLOBAL`, `SEMANTIC`, `LOCAL`) the work of each of
        its hits, best first; without the channels that were not asked.
    timings_ms : mapping of str to float
        Per stage, and ``total``.
    """

    works: tuple[str, ...]
    found: tuple[str, ...]
    confidence: float
    verdict: Verdict | None
    shortlists: Mapping[str, tuple[str, ...]]
    timings_ms: Mapping[str, float]


Ask: TypeAlias = Callable[[PreparedPhoto, Collection[str]], Reply]
"""Replies to a photo as if some works did not exist."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A labelled photo and the reply to it.

    Attributes
    ----------
    name, works, kind, in_view
        As in `LabelledPhoto`.
    reply : Reply
    reply_without : Reply or None
        To the same photo with its own works left out of the gallery.
    """

    name: str
    works: frozenset[str]
    kind: str
    reply: Reply
    reply_without: Reply | None = None
    in_view: frozenset[str] = frozenset()

    @property
    def is_right(self) -> bool:
        """Whether the first answer is a work that the photo shows."""
        return bool(self.reply.works) and self.reply.works[0] in self.works

    @property
    def in_photo(self) -> frozenset[str]:
        """All works that are known to be in the photo."""
        return self.works | self.in_view

    def confidence(self, reply: Reply) -> float:
        """Return how sure a reply to this photo is, for its rank among all.

        NaN, as of a reply that says nothing, where it names first what is only in view.
        """
        is_junk = bool(reply.works) and reply.works[0] in self.in_view - self.works
        return math.nan if is_junk else reply.confidence

    def strangers(self, reply: Reply) -> tuple[str, ...]:
        """Return the works that a reply calls *found* and that are not in the photo."""
        if reply.verdict is not Verdict.FOUND or not reply.works:
            return ()
        named = dict.fromkeys((reply.works[0], *reply.found))
        return tuple(work for work in named if work not in self.in_photo)

    def is_wrong(self, reply: Reply) -> bool:
        """Whether a reply to this photo calls something *found* that is not in it."""
        return bool(self.strangers(reply))


def ask_all(
    photos: Iterable[LabelledPhoto], ask: Ask, *, leave_out: bool = False
) -> Iterator[Outcome]:
    """Ask photos one by one.

    Parameters
    ----------
    photos : iterable of LabelledPhoto
    ask : callable
        See `engine_asker` and `channel_asker`.
    leave_out : bool
        Ask each photo that has an answer a second time with its works left out:
        then "found" is a false accept.

    Yields
    ------
    outcome : Outcome
        One per photo, in order.
    """
    for one in photos:
        photo = PreparedPhoto(one.image)
        reply = ask(photo, ())
        without = ask(photo, one.works) if leave_out and one.works else None
        yield Outcome(one.name, one.works, one.kind, reply, without, one.in_view)


def engine_asker(engine: Engine) -> Ask:
    """Evaluate the whole engine.

    Works are ranked by their probability even where that is too low to be shown: the
    ranking and the verdict are judged apart.
    """

    def ask(photo: PreparedPhoto, excluded_works: Collection[str]) -> Reply:
        return reply_of(engine, engine.trace(photo, excluded_works=excluded_works))

    return ask


def reply_of(engine: Engine, trace: Trace) -> Reply:
    """Reduce a trace to what is evaluated.

    Raises
    ------
    ShardAwayError
        If only a part of the gallery was searched: that says nothing of the whole.
    """
    if trace.answer.missing:
        raise ShardAwayError(trace.answer.missing)
    works = tuple(match.item.work_id for match in trace.candidates)
    return Reply(
        works,
        tuple(
            match.item.work_id
            for match in trace.answer.matches
            if match.verdict is Verdict.FOUND
        ),
        trace.candidates[0].probability if works else math.nan,
        trace.answer.verdict,
        {
            channel: _works_of(engine, hits)
            for channel, hits in trace.shortlists.items()
        },
        trace.answer.timings_ms,
    )


def channel_asker(engine: Engine, channel: str) -> Ask:
    """Evaluate `GLOBAL` or `SEMANTIC` alone, whose shortlists give no verdict."""

    def ask(photo: PreparedPhoto, excluded_works: Collection[str]) -> Reply:
        begun = time.perf_counter()
        hits = engine.ask_networks(
            photo, engine.gallery.mask_of(excluded_works)
        ).shortlists[channel]
        works = _works_of(engine, hits)
        confidence = hits[0].similarity if hits else math.nan
        timings_ms = {"total": 1000 * (time.perf_counter() - begun)}
        return Reply(
            tuple(dict.fromkeys(works)),
            (),
            confidence,
            None,
            {channel: works},
            timings_ms,
        )

    return ask


def _works_of(engine: Engine, hits: Sequence[Hit]) -> tuple[str, ...]:
    return tuple(engine.gallery.items[hit.position].work_id for hit in hits)
