"""Processes that are killed at a moment of the test's choice."""

import os
import signal


def die():
    """End this process as ``kill -9`` does."""
    os.kill(os.getpid(), signal.SIGKILL)


def is_killed(act):
    """Do something in a process of its own; tell whether that was killed meanwhile.

    Its database connections and its storage have to be its own, too.
    """
    child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
