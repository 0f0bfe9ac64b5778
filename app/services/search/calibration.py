"""Calibration of a stored answer: how often answers as sure as it were right."""

from app.extensions import db
from app.models import GenerationRecord, Query
from app.retrieval.generations.calibration import (
    Calibration,
    ReliabilityBin,
    states_certainty,
)


def calibration_of(query: Query) -> ReliabilityBin | None:
    """Return how often answers as sure as this were right, in the index that gave it.

    None where the answer does not say how sure it is, where that index was not tried,
    or where too few answers of the trial were as sure. The record of an index is one
    small row, which a session reads once.
    """
    if not query.matches:
        return None
    first = query.matches[0]
    is_different = bool(first.difference_outlines)
    if not states_certainty(query.verdict, first.verdict, is_different=is_different):
        return None
    generation = db.session.get(GenerationRecord, query.generation)
    table = Calibration.read(generation.examination) if generation else None
    if table is None:
        return None
    one = table.bin_of(first.probability)
    return one if one.is_enough else None
