"""Proportion of a count, and how far a small sample lets it be known."""

from dataclasses import dataclass
from math import nan, sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


@dataclass(frozen=True, slots=True)
class Proportion:
    """Binomial proportion: so many of so many.

    Attributes
    ----------
    count : int
        Of those that are what is asked for, <= ``total``.
    total : int, >= 0

    Raises
    ------
    ValueError
        If the counts are of nothing that can be.
    """

    count: int
    total: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.total:
            raise ValueError(f"{self.count} of {self.total}")

    @classmethod
    def of_share(cls, share: float, total: float) -> "Proportion":
        """Return the proportion whose share, in [0, 1], was kept beside its total."""
        return cls(round(share * total), round(total))

    @property
    def share(self) -> float:
        """Share in [0, 1]; NaN where nothing was counted."""
        return self.count / self.total if self.total else nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson score interval of the share, at a confidence of 95 %; in [0, 1].

        With few trials, or shares near 0 and 1, where the textbook's interval is of
        no use, it still holds the true share about as often as it says. Everything
        where nothing was counted.

        References
        ----------
        Wilson, Probable inference, the law of succession, and statistical inference,
        JASA 22 (1927); recommended for small samples by Brown, Cai and DasGupta,
        Interval estimation for a binomial proportion, Statistical Science 16 (2001).
        """
        if not self.total:
            return 0.0, 1.0
        share, spread = self.share, _Z * _Z / self.total
        middle = (share + spread / 2) / (1 + spread)
        half = sqrt(spread * (share * (1 - share) + spread / 4)) / (1 + spread)
        # The ends are exact where the formula is, but for rounding.
        low = 0.0 if self.count == 0 else middle - half
        high = 1.0 if self.count == self.total else middle + half
        return low, high
