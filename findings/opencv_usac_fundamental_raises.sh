#!/bin/sh
# OpenCV 5.0.0: the robust fundamental matrix raises where it should say "none found".
#
# Guess: like findHomography with the same UsacParams, findFundamentalMat returns an empty
# matrix or None when no model fits, whatever finite points it is given.
# Seen with opencv-python-headless 5.0.0.93: for some sets of valid matches it raises
# cv2.error from usac/estimator.cpp, "(-215:Assertion failed) !model.empty() in function
# 'setModelParameters'", depending on the state of the random generator alone: of 60
# states, most raise for the twelve pairs below and the others return a matrix. The same
# pairs give findHomography no trouble in any state.
# So: whoever verifies pictures with it in a server catches that error, or estimates
# epipolar geometry otherwise.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  numpy==2.2.6 opencv-python-headless==5.0.0.93
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import cv2
import numpy as np

ONE = """465.78 235.30 442.43 207.31 398.92 155.83 406.46 209.07 411.86 227.20 411.41
175.99 441.42 200.41 458.10 211.79 402.10 168.32 330.22 126.62 390.90 153.44 420.94
183.29"""
OTHER = """66.84 238.71 77.14 268.97 103.41 348.07 123.38 269.05 124.79 246.91 97.99
314.69 74.60 279.88 173.35 326.19 106.36 326.94 331.77 153.64 114.15 352.31 90.22
304.34"""
one, other = (
    np.array(text.split(), np.float32).reshape(-1, 2) for text in (ONE, OTHER)
)
STATES = 60


def parameters(state):
    usac = cv2.UsacParams()
    usac.randomGeneratorState = state
    usac.threshold = 2.0
    usac.confidence = 0.999
    usac.maxIterations = 2000
    usac.score = cv2.SCORE_METHOD_MAGSAC
    usac.loMethod = cv2.LOCAL_OPTIM_SIGMA
    usac.isParallel = False
    return usac


raised, message = 0, ""
for state in range(STATES):
    cv2.findHomography(one, other, parameters(state))
    try:
        cv2.findFundamentalMat(one, other, parameters(state))
    except cv2.error as error:
        raised, message = raised + 1, str(error)
print(f"OpenCV {cv2.__version__}: {raised} of {STATES} states raise")
print(message.strip())
if not 0 < raised < STATES or "!model.empty()" not in message:
    sys.exit("This is not what was seen with opencv-python-headless 5.0.0.93.")
PYTHON
