"""Usage statistics: searches counted over days, whoever asked.

Hours and days are those of UTC. Everything here is counted from an index of the table
(``ix_query_counted``), never from its rows, which are far larger.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

import numpy as np
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import (
    InstrumentedAttribute,
    Session,
    selectinload,
)

from app.models import Artwork, Feedback, Query, QueryMatch, User
from app.models.queries import hour_of
from app.retrieval.verification.evidence import Verdict

PERCENTILES = (50, 90, 95, 99)
SAMPLE = 5_000
"""Newest searches whose stages are looked at: enough for the 99th percentile."""
MOST_FOUND = 24
DAYS_SHOWN = 92
"""Longer periods are shown by months."""
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Period:
    """Period of days, the first and the last included."""

    first: date
    last: date

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time.min, UTC)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time.min, UTC)

    @property
    def is_long(self) -> bool:
        """Whether it is shown by months instead of days."""
        return (self.last - self.first).days >= DAYS_SHOWN

    @property
    def before(self) -> "Period":
        """The period of as many days that ends where this one begins."""
        length = self.last - self.first + timedelta(days=1)
        return Period(self.first - length, self.first - timedelta(days=1))

    def bucket(self, day: date) -> date:
        """Return the day itself, or the first of its month."""
        return day.replace(day=1) if self.is_long else day

    def buckets(self) -> Iterator[date]:
        """Yield every day, or the first of every month."""
        day = self.bucket(self.first)
        while day <= self.last:
            yield day
            day = self.bucket(day + timedelta(days=31 if self.is_long else 1))


@dataclass(frozen=True, slots=True)
class Latency:
    """Latency of a stage of the search, in milliseconds.

    Attributes
    ----------
    percentiles : tuple of float
        For each of ``PERCENTILES``.
    searches : int
        That were measured.
    """

    stage: str
    percentiles: tuple[float, ...]
    searches: int


class Statistics:
    """Usage statistics of a period; what is needed twice is counted once."""

    def __init__(self, session: Session, period: Period) -> None:
        self.session = session
        self.period = period

    def _within(self, moment: InstrumentedAttribute[datetime]) -> ColumnElement[bool]:
        return and_(moment >= self.period.begin, moment < self.period.end)

    @property
    def _in_period(self) -> ColumnElement[bool]:
        begin, end = hour_of(self.period.begin), hour_of(self.period.end)
        return Query.asked_hour.between(begin, end - 1)

    @cached_property
    def _by_hour(self) -> list[tuple[int, Verdict, int]]:
        counted = (
            select(Query.asked_hour, Query.verdict, func.count())
            .where(self._in_period)
            .group_by(Query.asked_hour, Query.verdict)
        )
        return [
            (hour, verdict, n) for hour, verdict, n in self.session.execute(counted)
        ]

    def by_day(self) -> dict[date, Counter[Verdict]]:
        """Count by days, or by months, in order; days without a search are there."""
        counts: dict[date, Counter[Verdict]] = {
            day: Counter() for day in self.period.buckets()
        }
        epoch = date(1970, 1, 1)
        for hour, verdict, count in self._by_hour:
            day = epoch + timedelta(days=hour // 24)
            counts[self.period.bucket(day)][verdict] += count
        return counts

    def by_hour(self) -> dict[int, Counter[Verdict]]:
        """Count by the hour of the day, 0 to 23."""
        counts: dict[int, Counter[Verdict]] = {hour: Counter() for hour in range(24)}
        for hour, verdict, count in self._by_hour:
            counts[hour % 24][verdict] += count
        return counts

    def by_weekday(self) -> list[list[int]]:
        """Count by weekday, Monday first, and in each by the hour of the day."""
        counts = [[0] * 24 for _ in range(7)]
        for hour, _verdict, count in self._by_hour:
            # The first day of 1970 was a Thursday.
            counts[(hour // 24 + 3) % 7][hour % 24] += count
        return counts

    def busiest_hour(self) -> tuple[int, int, int] | None:
        """Return weekday, hour and searches of the hour of the week with most.

        The first of several; None without any search.
        """
        most = max(
            (count, -day, -hour)
            for day, hours in enumerate(self.by_weekday())
            for hour, count in enumerate(hours)
        )
        return (-most[1], -most[2], most[0]) if most[0] else None

    def by_verdict(self) -> dict[Verdict, int]:
        """Count by what was answered; every verdict is there."""
        counts = dict.fromkeys(Verdict, 0)
        for _, verdict, count in self._by_hour:
            counts[verdict] += count
        return counts

    def by_language(self) -> list[tuple[str, int]]:
        """Count by the language of the page, the most frequent first."""
        return self._by(0)

    def by_device(self) -> list[tuple[str, int]]:
        """Count by the sort of device, the most frequent first."""
        return self._by(1)

    @cached_property
    def _origins(self) -> list[tuple[str, str, int]]:
        counted = (
            select(Query.language, Query.device, func.count())
            .where(self._in_period)
            .group_by(Query.language, Query.device)
        )
        return [
            (one or "", two or "", n) for one, two, n in self.session.execute(counted)
        ]

    def _by(self, place: int) -> list[tuple[str, int]]:
        counts: Counter[str] = Counter()
        for row in self._origins:
            counts[str(row[place])] += row[2]
        return counts.most_common()

    def judged(self) -> dict[Verdict, tuple[int, int]]:
        """Count answers called right and wrong in the period, by what was answered."""
        counted = (
            select(Query.verdict, Feedback.is_right, func.count())
            .join(Feedback.query)
            .where(self._within(Feedback.created_at))
            .group_by(Query.verdict, Feedback.is_right)
        )
        counts: Counter[tuple[Verdict, bool]] = Counter()
        for verdict, is_right, count in self.session.execute(counted):
            counts[verdict, is_right] = count
        return {one: (counts[one, True], counts[one, False]) for one in Verdict}

    @cached_property
    def found_otherwise(self) -> dict[str, dict[Verdict, int]]:
        """Count of who found the work without the answer, by how and by that answer."""
        counted = (
            select(Feedback.found_by, Query.verdict, func.count())
            .join(Feedback.query)
            .where(self._within(Feedback.created_at), Feedback.found_by.is_not(None))
            .group_by(Feedback.found_by, Query.verdict)
        )
        counts: dict[str, dict[Verdict, int]] = {}
        for way, verdict, count in self.session.execute(counted):
            counts.setdefault(str(way), dict.fromkeys(Verdict, 0))[verdict] = count
        return counts

    def missed(self) -> list[tuple[Artwork, int]]:
        """Return works that visitors named after *not found*, the most named first."""
        times = func.count().label("times")
        counted = (
            select(Feedback.artwork_id, times)
            .join(Feedback.query)
            .where(
                self._within(Feedback.created_at),
                Query.verdict == Verdict.NOT_FOUND,
                Feedback.artwork_id.is_not(None),
            )
            .group_by(Feedback.artwork_id)
            .order_by(times.desc(), Feedback.artwork_id)
            .limit(MOST_FOUND)
        )
        return self._with_works(
            [(n, count) for n, count in self.session.execute(counted) if n is not None]
        )

    def rooms(self) -> list[tuple[str, int]]:
        """Count the works found by the rooms they hang in, the most frequent first."""
        hung = select(Artwork.id, Artwork.location).where(Artwork.location != "")
        rooms = {number: str(room) for number, room in self.session.execute(hung)}
        counts: Counter[str] = Counter()
        for number, count in self._times_found:
            if number in rooms:
                counts[rooms[number]] += count
        return counts.most_common(MOST_FOUND)

    def registrations(self) -> dict[date, int]:
        """Count new accounts by days, or by months, in order."""
        counts = dict.fromkeys(self.period.buckets(), 0)
        made = select(User.created_at).where(self._within(User.created_at))
        for moment in self.session.scalars(made):
            counts[self.period.bucket(moment.date())] += 1
        return counts

    @cached_property
    def _times_found(self) -> list[tuple[int, int]]:
        asked = select(Query.id).where(self._in_period, Query.verdict == Verdict.FOUND)
        times = func.count().label("times")
        counted = (
            select(QueryMatch.artwork_id, times)
            .where(QueryMatch.query_id.in_(asked), QueryMatch.verdict == Verdict.FOUND)
            .group_by(QueryMatch.artwork_id)
            .order_by(times.desc(), QueryMatch.artwork_id)
        )
        return [(number, count) for number, count in self.session.execute(counted)]

    def most_found(self) -> list[tuple[Artwork, int]]:
        """Return the works found most often, with their pictures."""
        return self._with_works(self._times_found[:MOST_FOUND])

    def _with_works(self, found: list[tuple[int, int]]) -> list[tuple[Artwork, int]]:
        loaded = self.session.scalars(
            select(Artwork)
            .where(Artwork.id.in_([number for number, _ in found]))
            .options(selectinload(Artwork.images))
        )
        works = {work.id: work for work in loaded}
        return [(works[number], count) for number, count in found]

    def latencies(self) -> list[Latency]:
        """Measure the whole of all searches, and the stages of the newest ones."""
        totals = self.session.scalars(select(Query.total_ms).where(self._in_period))
        whole = np.fromiter(totals, np.float64)
        if not len(whole):
            return []
        newest = self.session.scalars(
            select(Query.timings_ms)
            .where(self._within(Query.created_at))
            .order_by(Query.created_at.desc())
            .limit(SAMPLE)
        )
        stages: dict[str, list[float]] = {}
        for timings in newest:
            for stage, duration in timings.items():
                stages.setdefault(stage, []).append(float(duration))
        stages.pop(TOTAL, None)
        measured = {TOTAL: whole, **{k: np.array(v) for k, v in stages.items()}}
        return [
            Latency(
                stage,
                tuple(float(p) for p in np.percentile(values, PERCENTILES)),
                len(values),
            )
            for stage, values in measured.items()
        ]


def first_day(session: Session) -> date | None:
    """Return the day of the first search; None before it."""
    earliest = select(Query.asked_hour).order_by(Query.asked_hour).limit(1)
    hour = session.scalars(earliest).first()
    return None if hour is None else date(1970, 1, 1) + timedelta(days=hour // 24)
