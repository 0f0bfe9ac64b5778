"""The document says what it said when it was written by hand.

``openapi_v1_before.json`` is that one. Wording and examples may differ, the rest only
where a difference is listed here.
"""

import json
from pathlib import Path

import pytest

from app.web.api.pages import list_operations

BEFORE = json.loads(
    (Path(__file__).parent / "openapi_v1_before.json").read_text("utf-8")
)
WORDS = {"description", "summary", "examples", "example"}
SHARE = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
POINT = {
    "type": "array",
    "items": {"type": "number"},
    "minItems": 2,
    "maxItems": 2,
}
COMPARED = {
    "agreement": SHARE,
    "difference": SHARE,
    "difference_outlines": {
        "type": "array",
        "items": {"type": "array", "items": POINT},
    },
}
"""What was found by comparing the photo with the work."""
SHOWN = [
    *("people", "child", "angel", "skull", "dress", "hat", "jewellery", "mask"),
    *("armour", "weapon", "animal", "dog", "cat", "big_cat", "horse", "cow", "sheep"),
    *("hoofed", "bird", "fish", "insect", "snake", "landscape", "mountain", "tree"),
    *("water", "ship", "building", "church", "castle", "tower", "bridge", "street"),
    *("carriage", "plant", "flower", "fruit", "bread", "vessel", "furniture", "book"),
    *("clock", "musical_instrument"),
]
"""What works can be said to show: no word of it may go."""
COUNT = {"type": "integer", "minimum": 0}
BOUND = {"type": "number", "minimum": 0, "maximum": 1}
CALIBRATION = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("answers", "right", "versions"), COUNT),
        **dict.fromkeys(("low", "high"), BOUND),
    },
    "required": ["answers", "high", "low", "right", "versions"],
}
"""How often answers as sure as one were right."""
TEXT = {"type": "string"}
SIGNS = ["code", "number", "title", "artist", "date"]
READ_WORK = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("accession", "title", "artist", "date", "url"), TEXT),
        "sure": {"type": "boolean"},
        "signs": {"type": "array", "items": {**TEXT, "enum": SIGNS}},
        "outline": {"type": ["array", "null"], "items": POINT},
    },
    "required": [
        *("accession", "artist", "date", "outline", "signs", "sure", "title", "url")
    ],
}
READING = {
    "type": "object",
    "properties": {
        "works": {"type": "array", "items": READ_WORK},
        "lines": {"type": "array", "items": TEXT},
    },
    "required": ["lines", "works"],
}
"""What was read on labels in the photo."""
WORK_TEXT = {
    "type": "object",
    "properties": dict.fromkeys(
        ("field", "name", "language", "direction", "value", "html"), TEXT
    ),
    "required": ["direction", "field", "html", "language", "name", "value"],
}
"""What visitors are told of a work in one field and one language."""
WORK_MEDIA = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("language", "title", "transcript", "url", "format"), TEXT),
        "kind": {**TEXT, "enum": ["audio", "video", "link"]},
        "seconds": {"type": ["number", "null"]},
    },
    "required": [
        *("format", "kind", "language", "seconds", "title", "transcript", "url")
    ],
}
"""Audio, video or a link."""
CODE = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("field", "code", "uri"), TEXT),
        "authority": {"type": "string", "enum": ["ulan", "aat", "tgn", "wikidata"]},
    },
    "required": ["authority", "code", "field", "uri"],
}
"""Code in a controlled vocabulary of what a label says."""
REMARKS = ["truncated", "reduced", "mirrored", "cropped"]
FAULTS = ["black", "blank", "tiny", "dark", "blurred", "glare", "small", "cut_off"]
FACETS = ("artist", "school", "technique", "type", "location")


def resolved(document, part):
    """Replace references by what they refer to, and leave out what is mere wording.

    Of what names fields, everything is kept: there are fields of these names too.
    """
    if isinstance(part, list):
        return [resolved(document, each) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        target = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return resolved(document, target)
    plain: dict[str, object] = {}
    for name, value in part.items():
        if name == "properties":
            plain[name] = {key: resolved(document, each) for key, each in value.items()}
        elif name == "required" and isinstance(value, list):
            plain[name] = sorted(value)
        elif name not in WORDS:
            plain[name] = resolved(document, value)
    return plain


def contents(document, part):
    """Return the schema of each type of content; one that says nothing is none."""
    return {
        media: resolved(document, content.get("schema", {}))
        for media, content in part.get("content", {}).items()
    }


def response(document, part):
    """Return what a program may rely on in an answer."""
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        part = document["components"]["responses"][name]
    return {
        "content": contents(document, part),
        "codes": {
            code
            for content in part.get("content", {}).values()
            for code in content.get("examples", ())
        },
        "headers": resolved(document, part.get("headers", {})),
    }


def promises(document):
    """Return all that a program may rely on, by operation."""
    return {
        f"{operation.method} {operation.path}": {
            "name": operation.facts["operationId"],
            "tags": operation.facts["tags"],
            "security": operation.facts["security"],
            "described": "description" in operation.facts,
            "parameters": {
                (parameter["in"], parameter["name"]): (
                    parameter.get("required", False),
                    resolved(document, parameter["schema"]),
                )
                for parameter in operation.parameters
            },
            "body": contents(document, operation.facts.get("requestBody", {})),
            "body is needed": operation.facts.get("requestBody", {}).get("required"),
            "responses": {
                status: response(document, part)
                for status, part in operation.facts["responses"].items()
            },
        }
        for operation in list_operations(document)
    }


def with_known_differences(before):
    """Return what the old document would say today."""
    works = before["GET /api/v1/works"]["parameters"]
    for name in FACETS:
        # Longer values were always refused; now the bound is described as well.
        required, schema = works["query", name]
        works["query", name] = (required, {**schema, "maxLength": 1_000})
    year = {"type": "integer", "minimum": -999_999, "maximum": 2999}
    works["query", "from_year"] = works["query", "to_year"] = (False, year)
    works["query", "century"] = (False, {"type": "string", "maxLength": 1_000})
    works["query", "shows"] = (False, {"type": "string", "enum": SHOWN})
    for operation in before.values():
        if "422" in operation["responses"]:
            codes = operation["responses"]["422"]["codes"]
            codes |= {"video", "format_switched_off"}
        # They were an internal error, and a wait without end.
        operation["responses"]["503"]["codes"] |= {
            "database_unavailable",
            "storage_unavailable",
            "too_many_uploads",
        }
        with_new_facts(operation["responses"])
    # Programs that change a work say which version they have seen.
    before["GET /api/v1/works/{accession}"]["responses"]["200"]["headers"] = {
        "ETag": {"schema": {"type": "string"}}
    }
    # A photo may go later than its search.
    deletes = before["DELETE /api/v1/queries/{query_id}"]["responses"]
    deletes["202"] = deletes["204"]
    return before


def with_new_facts(node):
    """Say of each description of a match or work, however deep, what is told today."""
    """Say of every description of an answer or a match what is told today."""
    if isinstance(node, dict):
        properties = node.get("properties", {})
        if {"technique", "rights", "images"} <= set(properties):
            words = {"type": "string", "enum": SHOWN}
            properties["shows"] = {"type": "array", "items": words}
            properties["shows_stated"] = {"type": "boolean"}
            year = {"type": ["integer", "null"]}
            properties.update(dict.fromkeys(("earliest_year", "latest_year"), year))
            properties["texts"] = {"type": "array", "items": WORK_TEXT}
            properties["media"] = {"type": "array", "items": WORK_MEDIA}
            told = {"shows", "shows_stated", "earliest_year", "latest_year"}
            properties["codes"] = {"type": "array", "items": CODE}
            told |= {"texts", "media", "codes"}
            node["required"] = sorted({*node["required"], *told})
        if {"similarity", "inliers"} <= set(properties):
            # No network is asked any more where details alone are certain.
            either = {**properties["similarity"], "type": ["number", "null"]}
            properties["similarity"] = either
            properties.update(COMPARED)
            # A work that is no plane has a region instead of an outline.
            region = {**properties["outline"], "minItems": 3}
            del region["maxItems"]
            properties["region"] = region
            node["required"] = sorted({*node["required"], "region", *COMPARED})
        if {"decision", "probability"} <= set(properties):
            # A part of the collection may not have answered.
            properties["complete"] = {"type": "boolean"}
            node["required"] = sorted({*node["required"], "complete"})
        if {"decision", "matches"} <= set(properties):
            either = {"anyOf": [CALIBRATION, {"type": "null"}]}
            properties["calibration"] = either
            # A file may lack its end, and a photo may be mirrored.
            words = {"type": "string", "enum": REMARKS}
            properties["remarks"] = {"type": "array", "items": words}
            properties["reading"] = {"anyOf": [READING, {"type": "null"}]}
            faults = {"type": "string", "enum": FAULTS}
            properties["faults"] = {"type": "array", "items": faults}
            added = {"calibration", "faults", "reading", "remarks"}
            node["required"] = sorted({*node["required"], *added})
        for child in node.values():
            with_new_facts(child)
    if isinstance(node, list):
        for child in node:
            with_new_facts(child)
    return node


OPERATIONS = sorted(promises(BEFORE))
NEW = [
    "GET /api/v1/suggestions",
    "GET /api/v1/tours",
    "GET /api/v1/tours/{tour_id}",
    "GET /api/v1/records/{accession}",
    "PUT /api/v1/works/{accession}",
    "PATCH /api/v1/works/{accession}",
    "POST /api/v1/works/{accession}/withdraw",
    "POST /api/v1/works/{accession}/restore",
    "POST /api/v1/works/{accession}/pictures",
    "DELETE /api/v1/works/{accession}/pictures/{sha256}",
]


def test_the_operations_are_the_same(document):
    assert sorted(promises(document)) == sorted([*OPERATIONS, *NEW])
    assert len(OPERATIONS) == 8


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_promises_what_it_did(document, operation):
    before = with_known_differences(promises(BEFORE))
    assert promises(document)[operation] == before[operation]


def test_the_named_forms_are_the_same(document):
    before = BEFORE["components"]["schemas"]
    now = document["components"]["schemas"]
    added = {
        *("Calibration", "Suggestion", "Suggestions", "Reading", "ReadWork"),
        *("Tour", "Tours", "TourStop", "TourWithStops"),
    }
    added |= {"Code", "WorkMedia", "WorkText", "Record", "RecordImage", "RecordChanges"}
    assert set(now) == {*before, *added}
    assert resolved(document, now["Calibration"]) == CALIBRATION
    assert resolved(document, now["Reading"]) == READING
    for name in before:
        old = with_new_facts(resolved(BEFORE, before[name]))
        assert resolved(document, now[name]) == old, name


def test_all_around_the_operations_is_the_same(document):
    for part in ("openapi", "servers", "tags"):
        assert document[part] == BEFORE[part]
    assert document["info"] == BEFORE["info"]
    schemes = "securitySchemes"
    assert document["components"][schemes] == BEFORE["components"][schemes]
