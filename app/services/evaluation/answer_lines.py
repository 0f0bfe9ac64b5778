"""Serialisation of answers to labelled photos: lines of a file, cases of a report."""

import json
import math
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from app.retrieval.evaluation.asking import SHORTLIST_K, Outcome, Reply, reply_of
from app.retrieval.files.atomic import write_atomically
from app.retrieval.search.engine import Engine
from app.retrieval.search.trace import Trace
from app.retrieval.verification.evidence import Verdict
from app.services.evaluation.judgements import Judged, corrected
from app.services.evaluation.judgements import without as without_away

REPLY, WITHOUT = "reply", "without"
"""Keys of a line: the reply to its photo, and the one without the photo's works."""
TOP = 5
"""First works of a reply that figures look at."""


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


def essence(line: Mapping[str, Any]) -> dict[str, Any]:
    """Reduce a line to what figures and cases are computed from, now and later.

    Shortlists are long, and count only for works that may turn out to be in the photo.
    """
    replies = {key: line[key] for key in (REPLY, WITHOUT) if key in line}
    meant = {*line["expected"], *line["in_view"]}
    for reply in replies.values():
        meant.update(_named(reply))
    return {**line, **{key: _reduced(one, meant) for key, one in replies.items()}}


def outcome(line: Mapping[str, Any], judged: Judged) -> Outcome:
    """Return a line as what figures are made of, by the corrected ground truth."""
    known = without_away(judged, line["away"])
    works, in_view = corrected(line["expected"], line["in_view"], known)
    without = line.get(WITHOUT)
    return Outcome(
        line["name"],
        works,
        line["kind"],
        _reply_from(line[REPLY]),
        _reply_from(without) if without else None,
        in_view,
    )


def cases(line: Mapping[str, Any], judged: Judged) -> Iterator[dict[str, Any]]:
    """Yield what a report shows of a line: one case, or two."""
    truth = outcome(line, judged)
    for key, left_out in ((REPLY, False), (WITHOUT, True)):
        if key not in line:
            continue
        kept = line[key]
        reply = _reply_from(kept)
        answered = _named(kept)
        is_right = not left_out and truth.is_right
        is_answerable = bool(truth.works) and not left_out
        is_found = reply.verdict is Verdict.FOUND
        # Beside the photo's own works, left out or not, what it is said to show.
        right = truth.in_photo if left_out else truth.works
        yield {
            "number": line["number"],
            "name": line["name"],
            "kind": line["kind"],
            "expected": sorted(truth.works),
            "in_view": sorted(truth.in_view),
            "left_out": left_out,
            "width": line["width"],
            "height": line["height"],
            "answered": answered[0] if answered else "",
            "verdict": kept["verdict"],
            "probability": kept["confidence"] or 0.0,
            "similarity": kept["similarity"],
            "inlier_count": kept["inlier_count"],
            "is_right": is_right,
            # Whether the work that is named first is in the photo, asked for or not.
            "is_in_photo": bool(answered) and answered[0] in truth.in_photo,
            "is_answerable": is_answerable,
            # Whether it was answered as it should be.
            "is_good": not truth.is_wrong(reply)
            and (not is_answerable or (is_right and is_found)),
            "claims": [work for work in answered if work not in right],
            "judged": {work: judged[work] for work in answered if work in judged},
        }


def named(line: Mapping[str, Any]) -> set[str]:
    """Return the works that a line's replies name, and that may be judged."""
    return {work for key in (REPLY, WITHOUT) for work in _named(line.get(key))}


def _named(kept: Mapping[str, Any] | None) -> list[str]:
    """Return the works that a reply names: the first, and all that are *found*."""
    if kept is None:
        return []
    return list(dict.fromkeys((*kept["works"][:1], *kept.get("found", ()))))


def _reduced(kept: Mapping[str, Any], meant: Collection[str]) -> dict[str, Any]:
    shortlists = {
        channel: [work for work in works if work in meant]
        for channel, works in kept.get("shortlists", {}).items()
    }
    return {**kept, "works": kept["works"][:TOP], "shortlists": shortlists}


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
