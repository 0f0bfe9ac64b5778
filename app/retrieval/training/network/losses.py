"""Losses of fine-tuning: InfoNCE of two photos of a work, classes, what a teacher says.

Written with ``keras.ops``; the tests compute the same by hand.
"""

from typing import Any

from app.retrieval.runtime.keras import ops

LABEL_SMOOTHING = 0.1
LEAST_RELATION = -0.2
"""Cosine below which it does not matter how unlike two pictures are to a teacher."""
_NEVER = -1e9  # a logit that the softmax cannot choose


def pair_loss(
    descriptors: Any,
    memory: Any,
    positions: Any,
    remembers: Any,
    *,
    temperature: float,
) -> Any:
    """In-batch softmax: find the other photo among all photos and remembered works.

    A batch alone has too few works to be hard. The memory holds the last descriptor
    of every work, so that each photo is told from the whole collection.

    Parameters
    ----------
    descriptors : (2B, D) float32, unit length
        All first photos, then all second ones in the same order.
    memory : (N, D) float32
        Last descriptor of each work; zero for one that has not been seen.
    positions : (B,) int
        Rows of the memory that are the batch's own works.
    remembers : scalar bool
        Whether the memory takes part.
    temperature : float, > 0
        Divides cosines: the smaller, the more the hardest negatives count.

    Returns
    -------
    loss : scalar, in nats

    References
    ----------
    .. [1] van den Oord, Li and Vinyals, "Representation learning with contrastive
       predictive coding", 2018 (InfoNCE).
    .. [2] Wu et al., "Unsupervised feature learning via non-parametric instance
       discrimination", CVPR 2018 (memory of all instances).
    """
    count = ops.shape(descriptors)[0]
    half = count // 2
    owners = ops.concatenate([positions, positions])
    among = ops.matmul(descriptors, ops.transpose(descriptors)) / temperature
    among = among + _NEVER * ops.eye(count)
    remembered = ops.matmul(descriptors, ops.transpose(memory)) / temperature
    rows = ops.arange(ops.shape(memory)[0], dtype=positions.dtype)
    is_own = owners[:, None] == rows[None, :]
    hidden = ops.cast(ops.logical_or(is_own, ops.logical_not(remembers)), "float32")
    logits = ops.concatenate([among, remembered + _NEVER * hidden], axis=1)
    partners = ops.roll(ops.arange(count), half)
    chosen = ops.take_along_axis(logits, partners[:, None], axis=1)[:, 0]
    return ops.mean(ops.logsumexp(logits, axis=1) - chosen)


def class_loss(logits: Any, targets: Any) -> Any:
    """Cross-entropy against smoothed soft labels, over the labelled pictures only.

    Parameters
    ----------
    logits, targets : (B, K) float32
        A row of zero targets is an unlabelled picture.

    Returns
    -------
    loss : scalar, in nats; 0 if nothing is labelled
    """
    has_label = ops.sum(targets, axis=1)
    smoothed = (1 - LABEL_SMOOTHING) * targets + LABEL_SMOOTHING / logits.shape[1]
    entropies = -ops.sum(smoothed * ops.log_softmax(logits), axis=1)
    return ops.sum(entropies * has_label) / ops.maximum(ops.sum(has_label), 1)


def soft_label_loss(logits: Any, probabilities: Any) -> Any:
    """Kullback-Leibler divergence of a student's classes from those of its teacher.

    Parameters
    ----------
    logits, probabilities : (B, K) float32

    Returns
    -------
    loss : scalar >= 0, in nats

    References
    ----------
    .. [1] Hinton, Vinyals and Dean, "Distilling the knowledge in a neural network",
       2015.
    """
    believed = ops.log(ops.maximum(probabilities, 1e-9))
    surprise = probabilities * (believed - ops.log_softmax(logits))
    return ops.mean(ops.sum(surprise, axis=1))


def feature_loss(predicted: Any, features: Any) -> Any:
    """Mean of 1 - cosine between a student's (B, F) features and unit teacher's."""
    return 1 - ops.mean(ops.sum(ops.normalize(predicted) * features, axis=1))


def relation_loss(descriptors: Any, features: Any) -> Any:
    """Mean squared difference of the cosines that pictures have with one another.

    Parameters
    ----------
    descriptors : (B, D) float32, unit length
        Of a student.
    features : (B, F) float32, unit length
        Of its teacher. Pictures that have less than nothing in common are not to be
        driven to opposite ends.

    Returns
    -------
    loss : scalar >= 0

    References
    ----------
    .. [1] Tung and Mori, "Similarity-preserving knowledge distillation", ICCV 2019.
    """
    taught = ops.maximum(ops.matmul(features, ops.transpose(features)), LEAST_RELATION)
    seen = ops.matmul(descriptors, ops.transpose(descriptors))
    return ops.mean(ops.square(seen - taught))
