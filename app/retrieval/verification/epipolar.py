from dataclasses import dataclass

import cv2

from app.retrieval.verification.homography import _one_per_place, match


@dataclass
class Epipolar:
    inlier_count: int


def verify_epipolar(query, candidate, settings):
    m = _one_per_place(match(query, candidate, ratio=0.8), query, candidate)
    if len(m) < 8:
        return Epipolar(0)
    p = cv2.UsacParams()
    p.randomGeneratorState = 0
    p.threshold = 2.0
    p.confidence = 0.999
    p.maxIterations = 2000
    p.score = cv2.SCORE_METHOD_MAGSAC
    p.loMethod = cv2.LOCAL_OPTIM_SIGMA
    p.isParallel = False
    F, mask = cv2.findFundamentalMat(query.xy[m[:, 0]], candidate.xy[m[:, 1]], p)
    return Epipolar(0 if mask is None else int(mask.sum()))
