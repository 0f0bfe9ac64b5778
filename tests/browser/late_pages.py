"""Pages whose end comes late, as over a slow network."""

import time


def in_two_parts(app):
    """Return an application whose pages come in two parts."""

    def whole(environ, start_response):
        # This server forgets to close an answer whose visitor has left meanwhile, so
        # nothing is open any more when it gets it.
        answer = app(environ, start_response)
        try:
            body = b"".join(answer)
        finally:
            answer.close()
        # What a page is about comes late, as over a slow network, so that a test which
        # does not wait for it fails here and not now and then.
        head, main, rest = body.partition(b"<main")
        yield head
        if main:
            time.sleep(0.05)
            yield main + rest

    return whole
