"""Class retrieval: rankings of labelled pictures by every measure, judged by class."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.commands.shared import watch
from app.lab.labelled import PictureFeatures
from app.retrieval.evaluation import metrics
from app.retrieval.measures.distances import Cosine, Euclidean
from app.retrieval.measures.measure import Measure, rerank, score_all
from app.retrieval.measures.structural import Ssim, SsimOverEuclidean, over_distance
from app.retrieval.runtime.parallel import map_in_order, worker_count
from app.retrieval.types import FloatArray

Orders: TypeAlias = NDArray[np.int32]
"""(Q, M): positions in the gallery for each of Q queries, most alike first."""
RANKS = (10, 30)
FIGURES = (
    *(f"precision@{rank}" for rank in RANKS),
    *(f"recall@{rank}" for rank in RANKS),
    *(f"F1@{rank}" for rank in RANKS),
    "mAP",
)
CURVE_RANKS = (1, 2, 3, 5, 10, 15, 20, 30, 40, 50)
MOST_WHOLE = 1000
"""Pictures that structural similarity compares all with all: about 10 minutes on one
core. Of more, it re-ranks a shortlist."""
SHORTLIST = 100


def orders_of(
    queries: PictureFeatures,
    gallery: PictureFeatures,
    learnt: Measure[FloatArray] | None = None,
) -> dict[str, Orders]:
    """Put a gallery of N pictures in order for each of Q queries, by every measure.

    Parameters
    ----------
    queries, gallery : PictureFeatures
        If they are the same, pictures do not find themselves.
    learnt : Measure, optional
        Of descriptors.

    Returns
    -------
    orders : dict of str to (Q, N) or (Q, N - 1) int32
        By the name of the measure. Euclid compares activations, as does the ratio with
        it; cosine and the learnt similarity compare descriptors. Of other pictures,
        and of many, structural similarity re-ranks a shortlist of Euclid.
    """
    without_own = queries is gallery

    def order_by(measure: Measure[FloatArray]) -> Orders:
        descriptors = queries.structural.features, gallery.structural.features
        return order_of(score_all(measure, *descriptors), without_own=without_own)

    euclid = score_all(Euclidean(), queries.activations, gallery.activations)
    by_euclid = order_of(euclid, without_own=without_own)
    head = by_euclid.shape[1]
    if not without_own or len(gallery) > MOST_WHOLE:
        head = min(SHORTLIST, head)
    orders = {
        Euclidean.name: by_euclid,
        Cosine.name: order_by(Cosine()),
        **reranked(by_euclid, euclid, queries, gallery, head),
    }
    if learnt is not None:
        orders[learnt.name] = order_by(learnt)
    return orders


def order_of(scores: FloatArray, *, without_own: bool = False) -> Orders:
    """Sort scores (Q, N) to orders (Q, N); equal ones stay in the gallery's order.

    Without their own, queries are the gallery and do not find themselves: (Q, N - 1).
    """
    orders = np.argsort(-scores, axis=1, kind="stable").astype(np.int32)
    if without_own:
        kept = orders != np.arange(len(orders))[:, None]
        orders = orders[kept].reshape(len(orders), -1)
    return orders


def reranked(
    orders: Orders,
    euclid: FloatArray,
    queries: PictureFeatures,
    gallery: PictureFeatures,
    head: int,
) -> dict[str, Orders]:
    """Put the first of each order anew by structural similarity, and by the ratio.

    Parameters
    ----------
    orders : (Q, M) int32
    euclid : (Q, N) float32
        Scores of `Euclidean`, that the ratio is made with.
    queries, gallery : PictureFeatures
        If they are the same, each two pictures are compared once.
    head : int
        How many are put anew.
    """
    known = np.full(euclid.shape, np.nan, np.float32)

    def compare(row: int) -> FloatArray:
        shortlist = orders[row, :head]
        missing = shortlist[np.isnan(known[row, shortlist])]
        grey = gallery.structural.luminance[missing]
        known[row, missing] = Ssim().score(queries.structural.luminance[row], grey)
        if queries is gallery:
            # Two threads may both compare a pair, and write the same number.
            known[missing, row] = known[row, missing]
        return np.asarray(known[row, shortlist], np.float32)

    rows = range(len(orders))
    by_ssim, by_ratio = orders.copy(), orders.copy()
    outcomes = map_in_order(compare, rows, workers=worker_count())
    for row, ssim in watch(outcomes, len(rows), "Comparing structure"):
        ratio = over_distance(ssim, euclid[row, orders[row, :head]])
        by_ssim[row] = rerank(orders[row], ssim)
        by_ratio[row] = rerank(orders[row], ratio)
    return {Ssim.name: by_ssim, SsimOverEuclidean.name: by_ratio}


def judge(
    orders: Orders, labels: Sequence[str]
) -> Iterator[tuple[str, Mapping[str, float]]]:
    """Judge the orders of one measure, class by class, and "" for all at the end.

    Parameters
    ----------
    orders : (Q, Q - 1) int32
        Of `orders_of`.
    labels : sequence of str, length Q

    Yields
    ------
    label : str
    figures : mapping of str to float in [0, 1]
        By `FIGURES`, averaged over the pictures of the class. Recall is the share of
        the class that is found; of 19 others, 10 places can hold 53 %.
    """
    names = np.array(labels)
    ids = [str(position) for position in range(len(labels))]
    rankings = [[ids[position] for position in order] for order in orders.tolist()]
    members = {
        label: {ids[position] for position in np.flatnonzero(names == label)}
        for label in sorted(set(labels))
    }
    relevant = [members[label] - {own} for label, own in zip(labels, ids, strict=True)]
    for label in [*members, ""]:
        chosen = np.flatnonzero((names == label) | (label == "")).tolist()
        yield (
            label,
            _figures([rankings[i] for i in chosen], [relevant[i] for i in chosen]),
        )


def precision_curve(orders: Orders, labels: Sequence[str]) -> list[tuple[float, float]]:
    """Points (rank, precision) at `CURVE_RANKS`, as far as there are any."""
    names = np.array(labels)
    right = names[orders[:, : CURVE_RANKS[-1]]] == names[:, None]
    return [
        (rank, float(right[:, :rank].mean()))
        for rank in CURVE_RANKS
        if rank <= right.shape[1]
    ]


def _figures(
    rankings: Sequence[Sequence[str]], relevant: Sequence[set[str]]
) -> Mapping[str, float]:
    precisions = [metrics.precision_at_k(rankings, relevant, rank) for rank in RANKS]
    recalls = [metrics.share_found_at_k(rankings, relevant, rank) for rank in RANKS]
    f1s = [metrics.f1(*both) for both in zip(precisions, recalls, strict=True)]
    ap = metrics.mean_average_precision(rankings, relevant)
    return dict(zip(FIGURES, (*precisions, *recalls, *f1s, ap), strict=True))
