"""Thread limits of the numeric libraries, for the whole process.

OpenCV and the BLAS behind NumPy keep one thread pool per *process* and would by
default take every core. A server runs one worker per core, so pools would only
fight each other; and sums that are split differently round differently.
"""

import cv2
from threadpoolctl import threadpool_limits


def limit_threads(count: int) -> None:
    """Limit the number of threads of OpenCV and BLAS for this whole process.

    Called by :meth:`app.retrieval.model.Model.open`, so every process that can
    search has it; OpenVINO is given the same number when the network is compiled.

    Parameters
    ----------
    count : int, >= 1

    Raises
    ------
    ValueError
        If ``count`` is below 1.
    """
    if count < 1:
        raise ValueError(f"count must be at least 1, got {count}")
    cv2.setNumThreads(count)
    threadpool_limits(limits=count, user_api="blas")
