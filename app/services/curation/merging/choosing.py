"""Choices of a merge: which work is kept, and what it says in each field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.models import Artwork, Relation
from app.models.keys import plain_text
from app.services.collection.labels import DETAIL, LABEL_COLUMNS, fact_of
from app.services.collection.subjects import SHOWS
from app.services.curation.relations import RelationKind, RelationState

SAME = (RelationKind.SAME_FILE, RelationKind.DUPLICATE)
"""Kinds of relations between works that may be one."""
MOST_AT_ONCE = 200
"""Pairs that are previewed together, and merged in one transaction."""


class FieldRule(StrEnum):
    """Rule by which the text of a field is chosen."""

    LONGER = "longer"
    """The longer one, of the two works."""
    FILLED = "filled"
    """That of the kept work; of the other one where it says nothing."""


@dataclass(frozen=True, slots=True)
class FieldPair:
    """Field in which two works differ.

    Attributes
    ----------
    name : str
        As of ``labels.fact_of``.
    kept, other : str
        What the two works say.
    takes_other : bool
        Whether the other work's is chosen.
    """

    name: str
    kept: str
    other: str
    takes_other: bool


@dataclass(frozen=True, slots=True)
class MergePair:
    """Proposed merge: the work that is kept, and the one that becomes a part of it.

    Attributes
    ----------
    fields : sequence of FieldPair
        What differs.
    agrees : bool
        Whether title and artist do not contradict that it is one work.
    """

    kept: Artwork
    other: Artwork
    fields: Sequence[FieldPair]
    agrees: bool


def field_pairs(kept: Artwork, other: Artwork, rule: FieldRule) -> list[FieldPair]:
    """Return the fields in which two works differ, with what the rule chooses."""
    pairs = []
    for name in fact_names(kept, other):
        here, there = fact_of(kept, name), fact_of(other, name)
        if here != there:
            longer = len(there.strip()) > len(here.strip())
            takes = longer if rule is FieldRule.LONGER else not here.strip()
            pairs.append(FieldPair(name, here, there, takes))
    return pairs


def fact_names(*works: Artwork) -> list[str]:
    """Return the names of all that works may say: label, subjects, details."""
    details = {name for work in works for name in work.details or {}}
    return [*LABEL_COLUMNS, SHOWS, *(f"{DETAIL}{name}" for name in sorted(details))]


def taken_facts(pairs: Sequence[FieldPair]) -> dict[str, str]:
    """Return what the kept work is to say otherwise than it does."""
    return {one.name: one.other for one in pairs if one.takes_other}


def find_pairs(
    session: Session,
    kinds: Sequence[RelationKind],
    *,
    rule: FieldRule,
    prefix: str = "",
) -> list[MergePair]:
    """Find works that the survey takes for one, the surest first.

    Of those that hang together the fullest is kept, and each of the others is merged
    into it.

    Parameters
    ----------
    prefix : str
        Works whose accession number begins with it are kept rather than fuller ones.
    """
    gone = select(Artwork.id).where(Artwork.withdrawn_at.is_not(None))
    listed = (
        select(Relation)
        .where(
            Relation.kind.in_(kinds),
            Relation.verdict != RelationState.REJECTED,
            Relation.artwork_id.not_in(gone),
            Relation.other_id.not_in(gone),
        )
        .options(
            joinedload(Relation.artwork).selectinload(Artwork.images),
            joinedload(Relation.other).selectinload(Artwork.images),
        )
        .order_by(Relation.inlier_count.desc(), Relation.id)
        .limit(MOST_AT_ONCE)
    )
    found = []
    for group in _groups(session.scalars(listed).all()):
        kept = max(group, key=lambda work: _fullness(work, prefix))
        for other in group:
            if other is not kept:
                pairs = field_pairs(kept, other, rule)
                found.append(MergePair(kept, other, pairs, _agree(kept, other)))
    return found


def _groups(relations: Sequence[Relation]) -> list[list[Artwork]]:
    """Return the works that hang together, in the order of their relations."""
    group_of: dict[int, list[Artwork]] = {}
    for relation in relations:
        one = group_of.setdefault(relation.artwork.id, [relation.artwork])
        two = group_of.setdefault(relation.other.id, [relation.other])
        if one is not two:
            one.extend(two)
            group_of |= dict.fromkeys((work.id for work in two), one)
    return list({id(group): group for group in group_of.values()}.values())


def _fullness(work: Artwork, prefix: str) -> tuple[bool, int, int, int, int]:
    """Return what works are compared by: the greatest is kept."""
    facts = [fact_of(work, name).strip() for name in fact_names(work)]
    return (
        bool(prefix) and work.accession.startswith(prefix),
        sum(map(bool, facts)),
        sum(map(len, facts)),
        len(work.images),
        -work.id,
    )


def _agree(one: Artwork, other: Artwork) -> bool:
    said: Sequence[Mapping[str, str]] = [
        {name: plain_text(fact_of(work, name)) for name in ("title", "artist")}
        for work in (one, other)
    ]
    first, second = said
    return all(
        not first[name] or not second[name] or first[name] == second[name]
        for name in first
    )
