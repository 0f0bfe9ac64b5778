"""Blueprint whose operations describe themselves, in the language of the reader."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import flask_smorest
from flask import current_app
from flask_babel.speaklater import LazyString

from app.web.api.arguments import ArgumentsParser
from app.web.api.fields import ResponseSchema, example_of
from app.web.api.refusals import ALWAYS, NAMES

View = TypeVar("View", bound=Callable[..., Any])
Security = list[dict[str, list[str]]]

FREE: Security = []
NEEDED: Security = [{"token": []}]
POSSIBLE: Security = [{"token": []}, {}]
"""With a token or without."""


@dataclass(frozen=True, slots=True)
class Curl:
    """Command that asks this server; as text when the document is written.

    Attributes
    ----------
    path : str
        With its parameters, if there are any.
    options : str
        As they stand on the command line.
    token : bool
        Whether an access token is sent.
    """

    path: str
    options: str = ""
    token: bool = False

    def __str__(self) -> str:
        # The site's own address: that of the request could be anybody's.
        address = f"'{current_app.config['PUBLIC_URL'].rstrip('/')}{self.path}'"
        header = '-H "Authorization: Bearer $TOKEN"' if self.token else ""
        return " ".join(filter(None, ("curl", header, self.options, address)))


class Blueprint(flask_smorest.Blueprint):
    """Blueprint of the interface: its views stand between their schemas."""

    ARGUMENTS_PARSER = ArgumentsParser()

    def answers(
        self, schema: type[ResponseSchema], words: LazyString
    ) -> Callable[[View], View]:
        """Serialise what a view returns, as the answer 200, and describe it."""
        example = example_of(schema())
        serialise: Callable[[View], View] = self.response(
            200, schema, description=words, example=example
        )
        return serialise

    def operation(
        self,
        name: str,
        summary: LazyString,
        *,
        curl: Curl,
        security: Security,
        refusals: tuple[int, ...],
        description: LazyString | None = None,
    ) -> Callable[[View], View]:
        """Describe a view beyond what its schemas say.

        Parameters
        ----------
        name : str
            Of the operation, for programs that are made from the document.
        summary, description : LazyString
        curl : Curl
            An example.
        security : list of dict
            ``FREE``, ``NEEDED`` or ``POSSIBLE``.
        refusals : tuple of int
            Statuses, beside those of ``ALWAYS``.
        """
        facts = {
            "operationId": name,
            "summary": summary,
            "security": security,
            "responses": {status: NAMES[status] for status in (*refusals, *ALWAYS)},
            # As documentation programs know it.
            "x-codeSamples": [{"lang": "Shell", "label": "curl", "source": curl}],
        }
        if description is not None:
            facts["description"] = description
        describe: Callable[[View], View] = self.doc(**facts)
        return describe


def first(prepare: Callable[..., dict[str, Any]]) -> Callable[[View], View]:
    """Call something before any argument is read: whoever may not ask learns no more.

    Parameters
    ----------
    prepare : callable
        Takes the parts of the path, and returns what the view is given instead of them.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def prepared(**path: Any) -> Any:
            return view(**prepare(**path))

        return prepared  # type: ignore[return-value]  # as wraps() makes it

    return decorate
