"""Blueprint of API operations that carry their own OpenAPI descriptions."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import flask_smorest
from flask_babel.speaklater import LazyString

from app.web.api.arguments import ArgumentsParser
from app.web.api.fields import ResponseSchema, example_of
from app.web.api.refusals import ALWAYS, NAMES

View = TypeVar("View", bound=Callable[..., Any])
Security = list[dict[str, list[str]]]

NO_TOKEN: Security = []
TOKEN_NEEDED: Security = [{"token": []}]
TOKEN_POSSIBLE: Security = [{"token": []}, {}]


class Blueprint(flask_smorest.Blueprint):
    """Blueprint of operations under one tag that need a token, or need none."""

    ARGUMENTS_PARSER = ArgumentsParser()

    def __init__(self, name: str, path: str, *, tag: str, security: Security) -> None:
        super().__init__(name, __name__, url_prefix=f"/api/v1{path}")
        self.shared = {"tags": [tag], "security": security}

    def answers(
        self,
        schema: type[ResponseSchema],
        words: LazyString,
        headers: dict[str, Any] | None = None,
    ) -> Callable[[View], View]:
        """Serialise what a view returns, as the answer 200, and describe it."""
        example = example_of(schema())
        serialise: Callable[[View], View] = self.response(
            200, schema, description=words, example=example, headers=headers
        )
        return serialise

    def operation(
        self,
        name: str,
        summary: LazyString,
        *,
        refusals: tuple[int, ...],
        curl: str = "'URL'",
        **facts: Any,
    ) -> Callable[[View], View]:
        """Describe a view beyond what its schemas say.

        Parameters
        ----------
        name : str
            Of the operation, for programs that are made from the document.
        summary : LazyString
        refusals : tuple of int
            Statuses, beside those of ``ALWAYS``.
        curl : str
            Options of curl that ask this; ``URL`` stands for the address, and a token
            that is needed is added.
        **facts
            What OpenAPI has beside these: a ``description``, where the summary is not
            enough; ``parameters`` of this operation alone.
        """
        describe: Callable[[View], View] = self.doc(
            operationId=name,
            summary=summary,
            **self.shared,
            responses={status: NAMES[status] for status in (*refusals, *ALWAYS)},
            **{"x-codeSamples": curl},  # CurlPlugin writes it out
            **facts,
        )
        return describe


def before_arguments(prepare: Callable[..., dict[str, Any]]) -> Callable[[View], View]:
    """Call something before any argument is read: whoever may not ask learns no more.

    It takes the parts of the path, and returns what the view is given instead of them.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def prepared(**path: Any) -> Any:
            return view(**prepare(**path))

        return prepared  # type: ignore[return-value]  # as wraps() makes it

    return decorate
