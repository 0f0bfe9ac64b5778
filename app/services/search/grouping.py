"""Grouping of unanswered photos by what they look like.

A photo's descriptor is not kept. What is kept are the works that it looks like; two
photos of one thing look like the same works.
"""

from collections.abc import Sequence

from app.models import Query

ALIKE = 0.3
"""Share of the works that either looks like, from which on two photos are alike.

Of twelve works each, six in common.
"""


def group_alike(queries: Sequence[Query]) -> list[list[Query]]:
    """Group photos by likeness to the first of a group.

    To the first alone: a chain of photos, each like the next, would end at anything.

    Returns
    -------
    groups : list of list of Query
        The largest first; within and among equals in the given order.
    """
    groups: list[tuple[frozenset[str], list[Query]]] = []
    for query in queries:
        works = frozenset(accession for accession, _ in query.similar)
        likeness = [_overlap(works, of_first) for of_first, _ in groups]
        best = max(likeness, default=0.0)
        if best >= ALIKE:
            groups[likeness.index(best)][1].append(query)
        else:
            groups.append((works, [query]))
    return sorted((members for _, members in groups), key=len, reverse=True)


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    either = one | other
    return len(one & other) / len(either) if either else 0.0
