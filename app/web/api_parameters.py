"""What a program asks for in an address: read strictly, refused in words.

A page for people passes over what makes no sense. A program that misspelt a parameter
would take everything for what it asked for.
"""

from collections.abc import Iterable

from flask import request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

PAGE = "page"


def refuse_others(*known: str) -> None:
    """Go on only if all parameters are known, and none is given twice.

    Raises
    ------
    BadRequest
        Naming the one that is not.
    """
    for name, values in request.args.lists():
        if name not in known:
            raise BadRequest(
                _(
                    "There is no parameter “%(name)s”. There are: %(known)s.",
                    name=name,
                    known=", ".join(known),
                )
            )
        if len(values) > 1:
            raise BadRequest(_("“%(name)s” is given more than once.", name=name))


def asked_number(name: str, default: int = 1, most: int | None = None) -> int:
    """Return a parameter that is a number from 1 up.

    Raises
    ------
    BadRequest
        If it is none, or over ``most``.
    """
    text = request.args.get(name, str(default))
    # No sign, no spaces, and no digits of other scripts.
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if number < 1 or (most is not None and number > most):
        if most is None:
            raise BadRequest(_("“%(name)s” must be a number from 1 up.", name=name))
        raise BadRequest(
            _("“%(name)s” must be a number from 1 to %(most)s.", name=name, most=most)
        )
    return number


def asked_choice(name: str, choices: Iterable[str], default: str) -> str:
    """Return a parameter that is one of some words.

    Raises
    ------
    BadRequest
        If it is none of them.
    """
    value = request.args.get(name, default)
    if value not in choices:
        raise BadRequest(
            _(
                "“%(name)s” must be one of: %(choices)s.",
                name=name,
                choices=", ".join(choices),
            )
        )
    return value


def asked_text(name: str, longest: int) -> str:
    """Return a parameter that is free text, without spaces around it.

    Raises
    ------
    BadRequest
        If it has more than ``longest`` characters.
    """
    text = request.args.get(name, "").strip()
    if len(text) > longest:
        raise BadRequest(
            _(
                "“%(name)s” must have %(longest)s characters at most.",
                name=name,
                longest=longest,
            )
        )
    return text
