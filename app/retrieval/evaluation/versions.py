"""Evaluation on simulated versions of works.

A museum holds one of two versions and a visitor photographs the other: *found* would
be wrong, and *perhaps* is most useful with the difference outlined. When it holds both,
the one that the photo shows must come first.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from app.retrieval.evaluation.columns import set_columns
from app.retrieval.gallery.overlay import GalleryOverlay
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.model import Model
from app.retrieval.search.answers import Answer, Match
from app.retrieval.search.engine import Engine
from app.retrieval.simulation.versions import Change
from app.retrieval.types import BoolArray, GalleryItem, Image
from app.retrieval.verification.difference import filled
from app.retrieval.verification.evidence import Verdict

OUTLINED = 0.3
"""Least overlap, intersection over union, of a difference that counts as outlined."""
VERSION = "simulated version"
"""Id of the version's work and image, where the gallery holds it too."""


@dataclass(frozen=True, slots=True, eq=False)
class VersionPhoto:
    """Photo of a version of a work that the gallery holds.

    Attributes
    ----------
    name : str
    work : str
        Id of the work that it is a version of.
    change : Change
    version : (H, W, 3) uint8, RGB
        As the gallery would hold it.
    changed : (H, W) bool
        Where it differs from the work.
    photo : (h, w, 3) uint8, RGB
        Of the version.
    """

    name: str
    work: str
    change: Change
    version: Image
    changed: BoolArray
    photo: Image


@dataclass(frozen=True, slots=True)
class VersionOutcome:
    """What was answered to the photo of a version.

    Attributes
    ----------
    name, work, change
        As in `VersionPhoto`.
    verdict : Verdict
        While the gallery holds the other version only.
    named : str
        The first work answered then; "" for none.
    overlap : float in [0, 1]
        Intersection over union of the outlined and the true difference then; 0 where
        nothing is outlined, or the work is not answered.
    is_first : bool
        The version itself is first once the gallery holds both.
    has_false_outline : bool
        And a difference is outlined on it, which there is not.
    """

    name: str
    work: str
    change: Change
    verdict: Verdict
    named: str
    overlap: float
    is_first: bool
    has_false_outline: bool


def ask_versions(
    photos: Iterable[VersionPhoto],
    model: Model,
    gallery: GalleryOverlay,
    *,
    excluded_works: Collection[str] = (),
) -> Iterator[VersionOutcome]:
    """Ask photos of versions one by one, without and with the version in the gallery.

    Parameters
    ----------
    photos : iterable of VersionPhoto
    model : Model
    gallery : GalleryOverlay
        Made with this model; not changed.
    excluded_works : collection of str
        Ids of works that must not appear.
    """
    alone = Engine(model, gallery)
    for one in photos:
        photo = PreparedPhoto(one.photo)
        without = alone.identify(photo, excluded_works=excluded_works)
        features = model.reference_features(one.version, alone.settings.local)
        item = GalleryItem(VERSION, VERSION)
        both = Engine(model, gallery.extended((), [(item, features)]))
        answer = both.identify(photo, excluded_works=excluded_works)
        first = answer.matches[0] if answer.matches else None
        own = _match_of(answer, VERSION)
        yield VersionOutcome(
            one.name,
            one.work,
            one.change,
            without.verdict,
            without.matches[0].item.work_id if without.matches else "",
            overlap(_match_of(without, one.work), one.changed),
            first is not None and first is own,
            bool(own and own.comparison and own.comparison.outlines),
        )


def overlap(match: Match | None, changed: BoolArray) -> float:
    """Measure how well a match outlines a difference.

    Parameters
    ----------
    match : Match or None
    changed : (H, W) bool
        The true difference.

    Returns
    -------
    overlap : float in [0, 1]
        Intersection over union; 0 where nothing is outlined.
    """
    if match is None or match.comparison is None:
        return 0.0
    height, width = changed.shape
    outlined = filled(match.comparison.outlines, (height, width))
    union = np.count_nonzero(outlined | changed)
    return np.count_nonzero(outlined & changed) / union if union else 0.0


@dataclass(frozen=True, slots=True)
class VersionFigures:
    """How versions were answered; shares in [0, 1], NaN if of nothing.

    Attributes
    ----------
    photos : int
    found : float
        Called "found" though the gallery holds another version only.
    outlined : float
        With that other version answered and the difference outlined.
    first : float
        The right one of two versions is first.
    false_outline : float
        A difference is outlined on the right one.
    """

    photos: int
    found: float
    outlined: float
    first: float
    false_outline: float

    @classmethod
    def of(cls, outcomes: Sequence[VersionOutcome]) -> "VersionFigures":
        """Sum up some outcomes."""
        return cls(
            len(outcomes),
            _share([one.verdict is Verdict.FOUND for one in outcomes]),
            _share([one.overlap >= OUTLINED for one in outcomes]),
            _share([one.is_first for one in outcomes]),
            _share([one.has_false_outline for one in outcomes]),
        )


@dataclass(frozen=True, slots=True)
class VersionReport:
    """All figures of an evaluation on versions.

    Attributes
    ----------
    outcomes : tuple of VersionOutcome
    """

    outcomes: tuple[VersionOutcome, ...]

    @property
    def figures(self) -> dict[str, VersionFigures]:
        """Figures per change, in the order of `Change`, and of ``all``."""
        by_change = {
            change.value: [one for one in self.outcomes if one.change is change]
            for change in Change
        }
        groups = {name: own for name, own in by_change.items() if own}
        groups["all"] = list(self.outcomes)
        return {name: VersionFigures.of(own) for name, own in groups.items()}

    def to_dict(self) -> dict[str, Any]:
        """Bring to plain values for JSON."""
        return {
            "figures": {name: asdict(own) for name, own in self.figures.items()},
            "outcomes": [asdict(one) for one in self.outcomes],
        }

    def table(self) -> str:
        """Set the figures as plain text, shares in per cent."""
        lines = [["", "photos", "found", "outlined", "first", "false outline"]]
        for name, own in self.figures.items():
            shares = (own.found, own.outlined, own.first, own.false_outline)
            cells = (f"{100 * share:.1f}" for share in shares)
            lines.append([name, str(own.photos), *cells])
        return set_columns(lines)


def _match_of(answer: Answer, work: str) -> Match | None:
    return next((one for one in answer.matches if one.item.work_id == work), None)


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else math.nan
