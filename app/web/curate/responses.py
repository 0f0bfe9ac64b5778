"""Responses of the staff's pages: 404, redirect with a message, task, download."""

from collections.abc import Iterator
from typing import Any, TypeVar

from flask import Response, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.extensions import db
from app.services.system import tasks
from app.web.account.messages import DONE, ERROR
from app.web.callers.visitors import current_account

Found = TypeVar("Found")


def or_404(found: Found | None) -> Found:
    """Return what was found; there is nothing at this address where it is None."""
    if found is None:
        abort(404)
    return found


def go_to(
    endpoint: str, *, done: str = "", error: str = "", **address: Any
) -> ResponseReturnValue:
    """Show a page after a form was sent, and say there what came of it."""
    for kind, sentence in ((ERROR, error), (DONE, done)):
        if sentence:
            flash(str(sentence), kind)
    return redirect(url_for(endpoint, **address), 303)


def begin_task(kind: str) -> ResponseReturnValue:
    """Let something be done in the background, unless it is already, and show it."""
    task = tasks.unfinished(db.session(), kind)
    if task is None:
        task = tasks.enqueue(db.session(), kind, {}, current_account())
    return go_to("curate_tasks.show", task_id=task.id)


def download(content: str | Iterator[str], name: str, mimetype: str) -> Response:
    """Send a text as a file."""
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
