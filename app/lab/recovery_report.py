"""Tables and plots of ``recover``: what each method bears, fault by fault.

Small multiples on equal axes: one panel per perturbation, one line per method.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from app.lab.asking import Key
from app.lab.page import Cell
from app.lab.plots import Series, panel_plot
from app.lab.recovery import RecoveryFigures, Trial, best_threshold, judge, rank_curve
from app.lab.report import ReportFolder, label_of
from app.retrieval.simulation.photo import STEPS

STRENGTHS = (0.2, 0.4, 0.6, 0.8, 1.0)
PROFILE_NAMES = (*STEPS, "mild", "hard")
FIGURES = {
    "recall_at_1": "recall@1",
    "recall_at_10": "recall@10",
    "mean_rank": "mean rank",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
}
"""Figures of an `RecoveryFigures`, as people call them."""
PLOTTED = ("recall_at_1", "f1", "precision", "recall")
CURVE_POINTS = 12
COLUMNS = 5
"""Panels side by side."""
SHARES = (-0.03, 1.03)
"""Range of an axis of shares, so that 0 and 1 do not stick to its ends."""
Outcomes: TypeAlias = Mapping[Key, Mapping[tuple[str, float], RecoveryFigures]]
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

    Parameters
    ----------
    report : ReportFolder
    summary : str
        Who was asked for.
    trials : sequence of Trial
    keys : sequence of Key
        Methods whose lines are drawn; the second one's is compared with the backbones.
    backbones : sequence of Key
        The same pooling of other networks, if there are any.
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
    report.table("All figures", *all_figures(outcomes_of(trials, everyone)))


def by_perturbation(
    trials: Sequence[Trial], keys: Sequence[Key]
) -> tuple[list[str], list[list[Cell]]]:
    """Set recall@1 over all strengths: header, and a row per perturbation."""
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


def all_figures(outcomes: Outcomes) -> tuple[list[str], list[list[Cell]]]:
    """Set every figure: header, and a row per perturbation, strength and method."""
    header = ["perturbation", "strength", "method", "photos", *FIGURES.values()]
    rows: list[list[Cell]] = []
    for name in PROFILE_NAMES:
        for strength in STRENGTHS:
            for key, own in outcomes.items():
                one = own[name, strength]
                figures = (getattr(one, figure) for figure in FIGURES)
                rows.append([name, strength, label_of(key), one.photos, *figures])
    return header, rows


def strength_plot(outcomes: Outcomes, figure: str, y_label: str) -> str:
    """Draw one figure of the outcomes by strength, a panel per perturbation."""
    panels: dict[str, Series] = {
        name.replace("_", " "): {
            label_of(key): [
                (strength, getattr(own[name, strength], figure))
                for strength in STRENGTHS
            ]
            for key, own in outcomes.items()
        }
        for name in PROFILE_NAMES
    }
    return panel_plot(
        panels, x_label="strength", y_label=y_label, columns=COLUMNS, y_range=SHARES
    )


def rank_plot(trials: Sequence[Trial], keys: Sequence[Key]) -> str:
    """Draw rank curves over all strengths, a panel per perturbation."""
    last = 1 + max(trial.rank for trial in trials if trial.rank is not None)
    ranks = sorted({round(rank) for rank in np.geomspace(1, last, CURVE_POINTS)})
    mine: dict[tuple[str, Key], list[Trial]] = defaultdict(list)
    for trial in trials:
        mine[trial.profile, trial.method].append(trial)
    panels: dict[str, Series] = {
        name.replace("_", " "): {
            label_of(key): rank_curve(mine[name, key], ranks) for key in keys
        }
        for name in PROFILE_NAMES
    }
    return panel_plot(
        panels,
        x_label="first works looked at",
        y_label="share of photos whose work is among them",
        columns=COLUMNS,
        y_range=SHARES,
        log_x=True,
    )


def _plot(
    report: ReportFolder, trials: Sequence[Trial], keys: Sequence[Key], suffix: str
) -> None:
    outcomes = outcomes_of(trials, keys)
    for figure in PLOTTED:
        name = FIGURES[figure]
        report.plot(
            f"{name}{suffix} by strength",
            strength_plot(outcomes, figure, name),
            f"{name[0].upper()}{name[1:]} by the strength of each perturbation.",
            f"One panel per perturbation, one line per method: {name} from strength "
            f"{STRENGTHS[0]} to {STRENGTHS[-1]}. The table has the figures.",
        )
    report.plot(
        f"Rank curves{suffix}",
        rank_plot(trials, keys),
        "Share of photos whose work is among the first, over all strengths.",
        "One panel per perturbation: lines that rise with the works looked at.",
    )
