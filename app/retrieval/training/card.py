"""Model card: what a model was made from, how, and how good it is, in words."""

from collections.abc import Mapping
from typing import Any

from app.retrieval.descriptors.manifest import ModelManifest
from app.retrieval.generations.proportion import Proportion

BY_HAND = "## How this one came about"
"""Heading of what a person adds to a card, up to its end."""
OWN_CLASSES = (
    "Classes follow the catalogue that was trained on, with its gaps and its judgement."
)
TAUGHT_CLASSES = "Classes are those of photographs, and none of them is a painting."
COUNTED, SHARE = "held-out works", "recall@"
"""In the names of figures that are shares of all held-out works."""


def write_card(manifest: ModelManifest) -> str:
    """Write ``MODEL_CARD.md`` from what the manifest says of the training.

    Parameters
    ----------
    manifest : ModelManifest
        ``training`` has the groups ``data``, ``recipe`` and ``figures``; a figure is
        a number or a mapping of names to numbers. Shares of held-out works get their
        interval (Wilson's, at 95 %).
    """
    training = manifest.training
    held_out = training.get("data", {}).get("held out", 0)
    is_taught = training.get("recipe", {}).get("teacher", "none") != "none"
    frames = ", ".join(f"{width}×{height}" for height, width in manifest.frames)
    lines = [
        f"# Model card: {manifest.name}",
        "",
        f"`{manifest.backbone}` up to `{manifest.layer}`, {len(manifest.classes)} "
        f"classes, descriptors of {manifest.dimension} numbers ({manifest.pooling}) "
        f"from pictures fitted into {frames} pixels. Made by "
        "`train.py`; `model.json` holds the same facts for programs.",
    ]
    for group in ("data", "recipe", "figures"):
        rows = _rows(training.get(group, {}), held_out)
        lines += ["", f"## {group.capitalize()}", "", *rows]
    lines += [
        "",
        "## Limits",
        "",
        "Descriptors say that pictures look alike, not that they show the same work: "
        "that is for geometric verification to find out. Figures are from simulated "
        "photos. A work that fills less than about a third of a photo's width is "
        "mostly missed by the descriptor. "
        f"{TAUGHT_CLASSES if is_taught else OWN_CLASSES} "
        "They weigh a picture and are no attribution.",
        "",
    ]
    return "\n".join(lines)


def renew_card(card: str, manifest: ModelManifest) -> str:
    """Write a card anew and keep what a person added to the old one."""
    _, heading, text = card.partition(BY_HAND)
    return write_card(manifest) + (f"\n{heading}{text}" if heading else "")


def _rows(facts: Mapping[str, Any], held_out: int) -> list[str]:
    rows = []
    for name, fact in facts.items():
        if isinstance(fact, list):
            continue  # the course of a training is for programs
        if isinstance(fact, Mapping):
            count = held_out if COUNTED in name else 0
            fact = ", ".join(
                f"{key} {_text(value)}{_interval(key, value, count)}"
                for key, value in fact.items()
            )
        rows.append(f"- {name}: {_text(fact)}")
    return rows or ["- none"]


def _interval(name: str, share: float, count: int) -> str:
    if not count or not name.startswith(SHARE):
        return ""
    low, high = Proportion.of_share(share, count).interval
    return f" ({low:.3f} to {high:.3f})"


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
