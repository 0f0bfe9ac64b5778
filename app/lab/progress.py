"""Progress bars of a job in steps, one after another."""

from typing import Any

from tqdm import tqdm


class StepBars:
    """Progress callback that shows a bar per step, until the step is done."""

    def __init__(self) -> None:
        self._bar: tqdm[Any] | None = None

    def __call__(self, done: int, total: int, step: str) -> None:
        """Show how far a step is."""
        if self._bar is None or self._bar.desc != step:
            self._bar = tqdm(None, step, total, mininterval=0.5)
        self._bar.update(done - self._bar.n)
        if done == total:
            self._bar.close()
