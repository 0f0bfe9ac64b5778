"""Serialisation of answers to labelled photos: lines of a file, cases of a report."""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.retrieval.evaluation.asking import SHORTLIST_K, Outcome, Reply, reply_of
from app.retrieval.files.atomic import write_atomically
from app.retrieval.search.engine import Engine
from app.retrieval.search.trace import Trace
from app.retrieval.verification.evidence import Verdict


def kept(engine: Engine, trace: Trace) -> dict[str, Any]:
    """Return what a line keeps of an answer."""
    reply = reply_of(engine, trace)
    first = trace.candidates[0] if trace.candidates else None
    return {
        "works": reply.works[:SHORTLIST_K],
        "found": reply.found,
        "confidence": None if math.isnan(reply.confidence) else reply.confidence,
        "verdict": reply.verdict.value if reply.verdict else None,
        "shortlists": {
            channel: works[:SHORTLIST_K] for channel, works in reply.shortlists.items()
        },
        "timings_ms": dict(reply.timings_ms),
        "similarity": first.similarity if first else None,
        "inlier_count": first.inlier_count if first else 0,
    }


def whole_lines(path: Path) -> list[dict[str, Any]]:
    """Return what a killed worker left, and cut off a line that it did not end."""
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        write_atomically(path, whole.encode())
    return [json.loads(line) for line in whole.splitlines()]


def cases(line: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what a report keeps of a line: one case, or two."""
    for key, left_out in (("reply", False), ("without", True)):
        if key not in line:
            continue
        reply = line[key]
        answered = reply["works"][0] if reply["works"] else ""
        is_right = not left_out and answered in line["expected"]
        is_answerable = bool(line["expected"]) and not left_out
        found = reply["verdict"] == Verdict.FOUND.value
        yield {
            "number": line["number"],
            "name": line["name"],
            "kind": line["kind"],
            "expected": line["expected"],
            "in_view": line.get("in_view", []),
            "left_out": left_out,
            "width": line["width"],
            "height": line["height"],
            "answered": answered,
            "verdict": reply["verdict"],
            "probability": reply["confidence"] or 0.0,
            "similarity": reply["similarity"],
            "inlier_count": reply["inlier_count"],
            "is_right": is_right,
            "is_answerable": is_answerable,
            # Whether it was answered as it should be.
            "is_good": is_right and found
            if is_answerable
            else not found or answered in line.get("in_view", ()),
        }


def outcome(line: Mapping[str, Any]) -> Outcome:
    """Return a line as what figures are made of."""
    without = line.get("without")
    return Outcome(
        line["name"],
        frozenset(line["expected"]),
        line["kind"],
        _reply_from(line["reply"]),
        _reply_from(without) if without else None,
        frozenset(line.get("in_view", ())),
    )


def _reply_from(kept: Mapping[str, Any]) -> Reply:
    return Reply(
        tuple(kept["works"]),
        tuple(kept.get("found", ())),
        math.nan if kept["confidence"] is None else kept["confidence"],
        Verdict(kept["verdict"]) if kept["verdict"] else None,
        {
            channel: tuple(works)
            for channel, works in kept.get("shortlists", {}).items()
        },
        kept["timings_ms"],
    )
