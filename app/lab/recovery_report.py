"""Tables and plots of ``recover``: small multiples, one panel per perturbation."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np

from app.lab.asking import Key
from app.lab.plots import Points, panel_plot
from app.lab.recovery import FIGURES, Trial, best_threshold, judge, rank_curve
from app.lab.report import Cell, ReportFolder, label_of
from app.retrieval.simulation.photo import STEPS

STRENGTHS = (0.2, 0.4, 0.6, 0.8, 1.0)
PROFILE_NAMES = (*STEPS, "mild", "hard")
PLOTTED = ("recall@1", "F1", "precision", "recall")
CURVE_POINTS = 12
COLUMNS = 5
"""Panels side by side."""
SHARES = (-0.03, 1.03)
"""Range of an axis of shares, so that 0 and 1 do not stick to its ends."""
Outcomes: TypeAlias = Mapping[Key, Mapping[tuple[str, float], Mapping[str, float]]]
"""By method, then by perturbation and strength."""


def outcomes_of(trials: Sequence[Trial], keys: Sequence[Key]) -> Outcomes:
    """Judge each method at its best threshold."""
    outcomes = {}
    for key in keys:
        mine = [trial for trial in trials if trial.method == key]
        threshold = best_threshold(mine)
        groups = defaultdict(list)
        for trial in mine:
            groups[trial.profile, trial.strength].append(trial)
        outcomes[key] = {
            place: judge(members, threshold) for place, members in groups.items()
        }
    return outcomes


def fill(
    report: ReportFolder,
    summary: str,
    trials: Sequence[Trial],
    keys: Sequence[Key],
    backbones: Sequence[Key],
) -> None:
    """Bring tables and plots into the report.

    The second key is compared with the backbones: the same pooling of other networks,
    if there are any.
    """
    report.paragraph(
        f"{summary}, {len(PROFILE_NAMES)} perturbations at {len(STRENGTHS)} strengths. "
        "A method answers when its best score reaches the threshold at which its F1 "
        "over all these photos is highest. Precision: of its answers, the right ones; "
        "answers to strangers are wrong. Recall: of the photos of works in the "
        "gallery, those answered rightly. Recall@1 and the rank curves need no "
        "threshold."
    )
    everyone = [*keys, *backbones]
    report.table("Recall@1 over all strengths", *by_perturbation(trials, everyone))
    _plot(report, trials, keys, "")
    if backbones:
        _plot(report, trials, [keys[1], *backbones], " by backbone")
    outcomes = outcomes_of(trials, everyone)
    report.table(
        "All figures",
        ["perturbation", "strength", "method", *FIGURES],
        [
            [name, strength, label_of(key), *own[name, strength].values()]
            for name in PROFILE_NAMES
            for strength in STRENGTHS
            for key, own in outcomes.items()
        ],
    )


def by_perturbation(
    trials: Sequence[Trial], keys: Sequence[Key]
) -> tuple[list[str], list[list[Cell]]]:
    """Tabulate recall@1 over all strengths: header, and a row per perturbation."""
    ranks: dict[tuple[str, Key], list[int]] = defaultdict(list)
    for trial in trials:
        if trial.rank is not None:
            for name in (trial.profile, "all"):
                ranks[name, trial.method].append(trial.rank)
    header = ["perturbation", *map(label_of, keys)]
    rows: list[list[Cell]] = [
        [name, *(float(np.mean(np.array(ranks[name, key]) < 1)) for key in keys)]
        for name in (*PROFILE_NAMES, "all")
    ]
    return header, rows


def _plot(
    report: ReportFolder, trials: Sequence[Trial], keys: Sequence[Key], suffix: str
) -> None:
    outcomes = outcomes_of(trials, keys)

    def by_strength(figure: str, name: str, key: Key) -> Points:
        own = outcomes[key]
        return [(strength, own[name, strength][figure]) for strength in STRENGTHS]

    for figure in PLOTTED:
        report.plot(
            f"{figure}{suffix} by strength",
            _panels(
                keys,
                partial(by_strength, figure),
                x_label="strength",
                y_label=figure,
            ),
            f"{figure[0].upper()}{figure[1:]} by the strength of each perturbation.",
            f"One panel per perturbation, one line per method: {figure} from strength "
            f"{STRENGTHS[0]} to {STRENGTHS[-1]}. The table has the figures.",
        )
    last = 1 + max(trial.rank for trial in trials if trial.rank is not None)
    ranks = sorted({round(rank) for rank in np.geomspace(1, last, CURVE_POINTS)})
    mine: dict[tuple[str, Key], list[Trial]] = defaultdict(list)
    for trial in trials:
        mine[trial.profile, trial.method].append(trial)
    report.plot(
        f"Rank curves{suffix}",
        _panels(
            keys,
            lambda name, key: rank_curve(mine[name, key], ranks),
            x_label="first works looked at",
            y_label="share of photos whose work is among them",
            log_x=True,
        ),
        "Share of photos whose work is among the first, over all strengths.",
        "One panel per perturbation: lines that rise with the works looked at.",
    )


def _panels(
    keys: Sequence[Key],
    points: Callable[[str, Key], Points],
    *,
    x_label: str,
    y_label: str,
    log_x: bool = False,
) -> str:
    """Draw the points of each method on equal axes, a panel per perturbation."""
    panels = {
        name.replace("_", " "): {label_of(key): points(name, key) for key in keys}
        for name in PROFILE_NAMES
    }
    return panel_plot(
        panels,
        x_label=x_label,
        y_label=y_label,
        columns=COLUMNS,
        y_range=SHARES,
        log_x=log_x,
    )
