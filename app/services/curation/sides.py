"""Sides of a work in the round: which of them its pictures leave out.

A photo can be verified by a picture that shows the same side. Pictures that share
details with each other cover what lies between them; between others there is a gap.
"""

from collections.abc import Sequence
from itertools import combinations

from app.retrieval.settings import VerificationSettings
from app.retrieval.types import LocalFeatures
from app.retrieval.verification.epipolar import verify_epipolar


def find_gap(views: Sequence[LocalFeatures]) -> tuple[int, int] | None:
    """Find two pictures of a work that no others link.

    Parameters
    ----------
    views : sequence of LocalFeatures
        Of the pictures, in their order.

    Returns
    -------
    gap : tuple of int or None
        Indices of the first picture and of the first that cannot be reached from it by
        pictures that share details; None where all can.
    """
    settings = VerificationSettings()
    chance = settings.epipolar_chance
    group = list(range(len(views)))
    for one, other in combinations(range(len(views)), 2):
        if group[one] == group[other]:
            continue
        if verify_epipolar(views[one], views[other], settings).inlier_count > chance:
            joined, left = sorted((group[one], group[other]))
            group = [joined if number == left else number for number in group]
    apart = (view for view, number in enumerate(group) if number != group[0])
    first = next(apart, None)
    return None if first is None else (0, first)
