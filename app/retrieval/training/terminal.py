"""Terminal reporter of a training: bars for countable stages, otherwise losses."""

import sys
import time
from typing import NoReturn

from tqdm import tqdm

from app.retrieval.training.plan import TrainingProgress

LINE_SECONDS = 30.0
"""Between two lines of fine-tuning, apart from those with recalls."""


class TerminalReporter:
    """Prints what training reports, to standard error."""

    def __init__(self) -> None:
        self._bar: tqdm[NoReturn] | None = None
        self._next_line = 0.0

    def say(self, text: str) -> None:
        """Print one line, above any bar."""
        tqdm.write(text, file=sys.stderr)

    def count(self, done: int, total: int, what: str) -> None:
        """Show a bar with rate and time left while ``done`` grows to ``total``."""
        if self._bar is None:
            self._bar = tqdm(total=total, desc=what, mininterval=0.5)
        self._bar.update(done - self._bar.n)
        if done >= total:
            self._bar.close()
            self._bar = None

    def step(self, progress: TrainingProgress) -> None:
        """Print a line now and then, and whenever recall was measured."""
        now = time.monotonic()
        if now < self._next_line and not progress.recalls and progress.share < 1:
            return
        self._next_line = now + LINE_SECONDS
        losses = ", ".join(f"{name} {v:.3f}" for name, v in progress.losses.items())
        text = (
            f"step {progress.step:,} ({progress.share:.0%}) at {progress.side_px} px: "
            f"loss {losses}; {progress.pictures_per_second:.0f} pictures/s, "
            f"{progress.seconds_left / 60:.0f} min left"
        )
        if progress.recalls:
            figures = ", ".join(f"{k} {v:.3f}" for k, v in progress.recalls.items())
            text += f"; held-out works: {figures}"
        self.say(text)
