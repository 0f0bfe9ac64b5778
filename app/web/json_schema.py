"""Pieces of JSON Schema 2020-12, in the dialect of OpenAPI 3.1, with their examples."""

from typing import Any

Schema = dict[str, Any]


def described(kind: str | list[str], words: str, example: Any, **rules: Any) -> Schema:
    """Return a form by its type, with what it means and an example."""
    return {"type": kind, **rules, "description": words, "examples": [example]}


def text(words: str, example: str, **rules: Any) -> Schema:
    """Return the form of a text."""
    return described("string", words, example, **rules)


def integer(words: str, example: int, **rules: Any) -> Schema:
    """Return the form of a count: not negative, unless its rules say otherwise."""
    return described("integer", words, example, **{"minimum": 0, **rules})


def number(words: str, example: float, **rules: Any) -> Schema:
    """Return the form of a number."""
    return described("number", words, example, **rules)


def obj(words: str, fields: dict[str, Schema]) -> Schema:
    """Return the form of an object that has all these fields, and may have others."""
    return {
        "type": "object",
        "description": words,
        "required": list(fields),
        "properties": fields,
    }


def array(name: str, words: str) -> Schema:
    """Return the form of a list of things of a named form."""
    return {"type": "array", "items": reference(name), "description": words}


def reference(name: str) -> Schema:
    """Return what points to a named form."""
    return {"$ref": f"#/components/schemas/{name}"}


def name_in(ref: str) -> str:
    """Return the name that a reference points to."""
    return ref.rpartition("/")[2]


def example_of(schema: Schema, named: dict[str, Schema]) -> Any:
    """Return an example of a form, put together from those of its parts."""
    if "$ref" in schema:
        return example_of(named[name_in(schema["$ref"])], named)
    if "examples" in schema:
        return schema["examples"][0]
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], named)
    if schema["type"] == "array":
        return [example_of(schema["items"], named)]
    return {
        name: example_of(field, named) for name, field in schema["properties"].items()
    }
