"""Ctrl-C in the middle of a command."""

from functools import wraps


class Switch:
    """Counts the calls of a method, and stops the program instead of one of them."""

    def __init__(self, monkeypatch, owner, name):
        self.calls = 0
        self.stop_at = None
        method = getattr(owner, name)

        @wraps(method)
        def counted(*arguments, **options):
            if self.calls == self.stop_at:
                raise KeyboardInterrupt
            self.calls += 1
            return method(*arguments, **options)

        monkeypatch.setattr(owner, name, counted)

    def set(self, stop_at=None):
        """Count from 0 again, and stop instead of this call, if of any."""
        self.calls, self.stop_at = 0, stop_at
