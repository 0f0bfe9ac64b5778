"""Made-up outcomes of an evaluation, small enough to reckon with on paper."""

import math

from app.retrieval.evaluation.asking import Outcome, Reply
from app.retrieval.search.trace import GLOBAL, LOCAL
from app.retrieval.verification.evidence import Verdict


def reply(works, confidence, verdict, *, total=100.0, shortlist=None):
    found = tuple(works if shortlist is None else shortlist)
    timings = {"describe": total / 2, "total": total}
    shortlists = {GLOBAL: found, LOCAL: found[:1]}
    named = tuple(works[:1]) if verdict is Verdict.FOUND else ()
    return Reply(tuple(works), named, confidence, verdict, shortlists, timings)


NOTHING = reply("", math.nan, Verdict.NOT_FOUND)
OUTCOMES = [
    # Right and sure; without its work, one that is only perhaps.
    Outcome(
        "one",
        frozenset("a"),
        "wall",
        reply("ab", 0.9, Verdict.FOUND, total=10.0),
        reply("b", 0.4, Verdict.UNCERTAIN),
    ),
    # Named second; without its work, wrongly found.
    Outcome(
        "two",
        frozenset("b"),
        "wall",
        reply("ab", 0.8, Verdict.FOUND, total=20.0),
        reply("a", 0.7, Verdict.FOUND),
    ),
    # Right but not sure.
    Outcome("three", frozenset("cd"), "floor", reply("d", 0.5, Verdict.UNCERTAIN)),
    # Nothing to be found, and nothing found.
    Outcome("four", frozenset(), "street", NOTHING),
]
