"""Nearest neighbours from an engine that several servers share, which speaks ids.

What an engine holds is not this gallery: rows of a newer or an older generation are in
it too, and it may be away. So ids that are not here are passed over, more is asked for
where that leaves too little, and whatever goes wrong is answered by comparing with
every row. An answer may come later; it is never a poorer one.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from app.retrieval.errors import NeighboursAwayError
from app.retrieval.gallery.nearest import ExactIndex, check_query
from app.retrieval.types import BoolArray, FloatArray, Hit

MOST_ASKED = 4000
"""Neighbours that an engine is asked for at most: the rest is found here."""

logger = logging.getLogger(__name__)


class Neighbours(Protocol):
    """Engine that holds the descriptors of a gallery's images, and maybe of others."""

    def nearest(self, descriptor: FloatArray, count: int) -> Sequence[str]:
        """Find the ids of the images whose descriptors are nearest.

        Parameters
        ----------
        descriptor : (D,) float32, unit length
        count : int, > 0

        Returns
        -------
        ids : sequence of str
            Different ones, most similar first; fewer than ``count`` where it finds no
            more.

        Raises
        ------
        NeighboursAwayError
            If it does not answer, or does not hold the whole gallery any more.
        """
        ...

    def check(self) -> None:
        """Ask whether it could be searched now; raises as :meth:`nearest`."""
        ...


class SharedIndex:
    """Index over what an engine finds; exact where that is not enough.

    Parameters
    ----------
    neighbours : Neighbours
    exact : ExactIndex
        Over the gallery's own descriptors: what is found is compared again with them.
    position_of : callable
        Gives the position of an image id; None if it is not in the gallery.
    """

    def __init__(
        self,
        neighbours: Neighbours,
        exact: ExactIndex,
        position_of: Callable[[str], int | None],
    ) -> None:
        self._neighbours = neighbours
        self._exact = exact
        self._position_of = position_of
        self._fault: str | None = None

    @property
    def dimension(self) -> int:
        """Length D of a descriptor."""
        return self._exact.dimension

    def __len__(self) -> int:
        return len(self._exact)

    def fault(self) -> str | None:
        """Say why the engine cannot be asked now; None if it can."""
        try:
            self._neighbours.check()
        except NeighboursAwayError as error:
            self._note(str(error))
        else:
            self._note(None)
        return self._fault

    def nearest(
        self, descriptor: FloatArray, k: int, *, excluded: BoolArray | None = None
    ) -> tuple[Hit, ...]:
        """See `ExactIndex.nearest`; some of the true neighbours may be missing."""
        check_query(self, descriptor, excluded)
        barred = 0 if excluded is None else int(np.count_nonzero(excluded))
        wanted = min(k, len(self) - barred)
        asked = k + min(k, barred)
        try:
            while wanted and asked <= MOST_ASKED:
                ids = self._neighbours.nearest(descriptor, asked)
                self._note(None)
                known = (self._position_of(one) for one in ids)
                found = sorted({one for one in known if one is not None})
                positions = np.array(found, np.intp)
                if excluded is not None:
                    positions = positions[~excluded[positions]]
                if len(positions) >= wanted:
                    return self._exact.rank(descriptor, positions)[:k]
                if len(ids) < asked:
                    break
                asked *= 4
        except NeighboursAwayError as error:
            self._note(str(error))
        return self._exact.nearest(descriptor, k, excluded=excluded)

    def _note(self, fault: str | None) -> None:
        """Say in the log when the engine goes away, and when it is there again."""
        if fault == self._fault:
            return
        self._fault = fault
        if fault is None:
            logger.info("the nearest are found by the engine again")
        else:
            logger.warning("%s; all descriptors are compared instead", fault)
