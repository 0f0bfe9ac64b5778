"""Refusal of zero characters, which no text has and PostgreSQL does not store."""

from collections.abc import Iterator

from flask import Flask, request
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import BadRequest, NotFound

ZERO = "\0"
URLENCODED = "application/x-www-form-urlencoded"


class ZeroCharacterError(BadRequest):
    """Field or parameter with a zero character in it."""

    description = _(
        "What was sent has a character in it that is in no text. Please type it anew."
    )


def guard(app: Flask) -> None:
    """Ask of every address, its parameters and its form."""
    app.before_request(refuse_zero_characters)


def refuse_zero_characters() -> None:
    """Refuse a request with a zero character where text is meant.

    Raises
    ------
    NotFound
        If it is in the address: nothing is there.
    ZeroCharacterError
    """
    if ZERO in request.path:
        raise NotFound
    if any(ZERO in text for text in _texts()):
        raise ZeroCharacterError


def _texts() -> Iterator[str]:
    if request.mimetype == URLENCODED and _fits():
        # Kept, for programs that send something else under this name.
        request.get_data()
    for fields in (request.args, request.form):
        for name, value in fields.items(multi=True):
            yield name
            yield value
    for file in request.files.values():
        yield file.filename or ""


def _fits() -> bool:
    """Tell whether a form is not so large that reading it is refused."""
    most = request.max_form_memory_size
    return most is None or (request.content_length or 0) <= most
