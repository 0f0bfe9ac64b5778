"""Mapping of an answer of the engine to database rows."""

from collections.abc import Mapping

from app.models import Artwork, Query, QueryMatch
from app.retrieval.search.answers import Answer, Match
from app.retrieval.types import FloatArray
from app.retrieval.verification.evidence import Verdict
from app.services.collection.works import works_by_accession
from app.services.index.features import gallery_item
from app.services.index.searcher import Searcher
from app.services.search import evidence


def query_of(
    answer: Answer, searcher: Searcher, attributes: Mapping[str, object]
) -> Query:
    """Turn an answer into rows, leaving out works that the database does not show.

    Those were excluded from the search already; only one that disappeared while the
    search was running can still be among the hits.
    """
    named = [match.item.work_id for match in answer.matches]
    works = works_by_accession(named)
    matches = [
        _match(match, works[match.item.work_id], searcher)
        for match in answer.matches
        if match.item.work_id in works
    ]
    for rank, match in enumerate(matches):
        match.rank = rank
    verdict, probability = answer.verdict, answer.probability
    if len(matches) < len(named):
        verdict = matches[0].verdict if matches else Verdict.NOT_FOUND
        probability = matches[0].probability if matches else 0.0
        if verdict is Verdict.NOT_FOUND and not answer.is_complete:
            verdict = Verdict.UNCERTAIN
    return Query(
        verdict=verdict,
        probability=probability,
        is_complete=answer.is_complete,
        model_id=searcher.model_id,
        generation=searcher.generation,
        similar=[
            [similar.item.work_id, round(float(similar.similarity), 4)]
            for similar in answer.similar
        ],
        total_ms=round(float(answer.timings_ms.get("total", 0.0)), 1),
        timings_ms={
            stage: round(float(duration), 1)
            for stage, duration in answer.timings_ms.items()
        },
        activation_map=evidence.activation_map_of(answer),
        seen=evidence.seen_in(answer),
        matches=matches,
        **attributes,
    )


def _match(match: Match, artwork: Artwork, searcher: Searcher) -> QueryMatch:
    recognised = (
        image
        for image in artwork.images
        if gallery_item(artwork.accession, image.sha256) == match.item
    )
    return QueryMatch(
        artwork=artwork,
        image=next(recognised, None),
        verdict=match.verdict,
        probability=float(match.probability),
        similarity=match.similarity,
        inlier_count=len(match.seen_points),
        outline=_packed(match.outline),
        region=_packed(match.region),
        points=evidence.pack_points(match.seen_points),
        comparison=evidence.pack_comparison(match.comparison),
    )


def _packed(polygon: FloatArray | None) -> list[list[float]] | None:
    return None if polygon is None else evidence.rounded_shares(polygon)
