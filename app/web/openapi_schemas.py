"""The forms of what the programmer's interface takes and gives, in JSON Schema 2020-12.

Written by hand beside ``app.web.api_json``, which makes them; a test compares the two.
Further fields may be added to any object later: programs pass over what they do not
know.
"""

from flask_babel import gettext as _

from app.retrieval.types import Verdict
from app.web.json_schema import (
    Schema,
    array,
    described,
    integer,
    number,
    obj,
    reference,
    text,
)

QUERY_ID = "3f1c0c9e-6d0b-4c0a-9a51-8f5f0a1c2b3d"
ACCESSION = "IM-0024"


def schemas() -> dict[str, Schema]:
    """Return all forms by their names, in the language of the request."""
    label, photo_facts, answer = _label(), _question(), _answer()
    return {
        "Label": obj(_("What names a work."), label),
        "Image": obj(_("A picture of a work."), _image()),
        "Work": obj(
            _("A work of the collection: its label and its pictures."),
            {**label, **_rest_of_label()},
        ),
        "WorkWithSimilar": obj(
            _("A work, and others that look like it."),
            {
                **label,
                **_rest_of_label(),
                "similar": array("Label", _("Works that look alike, best first.")),
            },
        ),
        "Works": _page("works", "Work", _("A page of works.")),
        "Match": obj(
            _("A work that the photo may show, and the evidence."),
            {**label, **_match()},
        ),
        "SimilarWork": obj(
            _("A work that looks like the photo."),
            {**label, "similarity": _similarity()},
        ),
        "Answer": obj(_("What a photo shows."), answer),
        "Query": obj(_("A search that was kept, in short."), photo_facts),
        "QueryWithAnswer": obj(
            _("A search that was kept, with its whole answer."),
            {**photo_facts, **answer, "query_id": photo_facts["query_id"]},
        ),
        "Queries": _page("queries", "Query", _("A page of searches, newest first.")),
        "Judgement": _judgement(),
        "Feedback": obj(_("What was said of an answer."), _feedback()),
        "Error": _error(),
    }


def _label() -> dict[str, Schema]:
    return {
        "accession": text(_("The museum’s number of the work."), ACCESSION),
        "title": text(_("Empty where it is unknown, as all of a label."), "Ballast"),
        "artist": text(_("As the museum writes the name."), "Lotte Wiesengrund"),
        "date": text(_("In the museum’s words."), "c. 1925"),
        "url": text(_("Path of the work’s page."), f"/works/{ACCESSION}"),
    }


def _rest_of_label() -> dict[str, Schema]:
    return {
        "technique": text(_("What it is made of."), "Oil on canvas"),
        "type": text(_("What kind of work it is."), "painting"),
        "school": text(_("Where its maker belongs."), "German"),
        "location": text(_("Where it is in the museum."), "Room 12"),
        "rights": text(_("Who has the rights."), "Public domain"),
        "source": text(_("Where this label comes from."), ""),
        "images": array("Image", _("Its pictures; the first one stands for it.")),
    }


def _image() -> dict[str, Schema]:
    path = "/media/works/ab/ab…"
    return {
        "url": text(_("Path of the picture, a JPEG."), f"{path}.jpg"),
        "thumbnail_url": text(_("Path of a small version."), f"{path}.s.jpg"),
        "width": integer(_("In pixels."), 1600, minimum=1),
        "height": integer(_("In pixels."), 1200, minimum=1),
    }


def _match() -> dict[str, Schema]:
    corner = {
        "type": "array",
        "items": {"type": "number"},
        "minItems": 2,
        "maxItems": 2,
    }
    return {
        "probability": _probability(_("That the photo shows this work.")),
        "similarity": _similarity(),
        "inliers": integer(
            _("Details of the photo that lie exactly where the work has them."), 84
        ),
        "outline": described(
            ["array", "null"],
            _(
                "Corners of the work in the photo, as shares of its width and height: "
                "the work’s top left, top right, bottom right, bottom left. May lie "
                "outside 0 to 1; null where unknown."
            ),
            [[0.07, 0.42], [0.79, 0.39], [0.75, 0.9], [0.13, 0.86]],
            items=corner,
            minItems=4,
            maxItems=4,
        ),
    }


def _answer() -> dict[str, Schema]:
    return {
        "decision": _decision(),
        "probability": _probability(_("That the first match is right; 0 without one.")),
        "matches": array(
            "Match",
            _(
                "Works that the photo may show, the most probable first; several also "
                "when several works are in the photo."
            ),
        ),
        "similar": array(
            "SimilarWork", _("Works that look alike, whether one is the answer or not.")
        ),
        "timings_ms": described(
            "object",
            _("How long each stage of the search took, in milliseconds."),
            {"describe": 21.0, "local": 60.2, "total": 121.3},
            additionalProperties={"type": "number"},
        ),
        "query_id": described(
            ["string", "null"],
            _("Of the search; null if it could not be kept."),
            QUERY_ID,
            format="uuid",
        ),
    }


def _question() -> dict[str, Schema]:
    return {
        "query_id": text(_("Of the search."), QUERY_ID, format="uuid"),
        "created_at": _moment(_("When it was asked.")),
        "source": text(_("How the photo came."), "api", enum=["upload", "link", "api"]),
        "decision": _decision(),
        "probability": _probability(_("That the first match is right; 0 without one.")),
        "proposals": array("Label", _("The works that the answer stands by.")),
        "photo": described(
            ["string", "null"],
            _("Path of the photo; null once it is not kept any more."),
            f"/api/v1/queries/{QUERY_ID}/photo",
        ),
        "url": text(
            _("Path of the answer’s page, for its owner only."), f"/queries/{QUERY_ID}"
        ),
        "feedback": {
            "anyOf": [reference("Feedback"), {"type": "null"}],
            "description": _("What was said of the answer; null if nothing was."),
        },
    }


def _judgement() -> Schema:
    return {
        "type": "object",
        "description": _("What you say of an answer."),
        "required": ["right"],
        "additionalProperties": False,
        "properties": {
            "right": described("boolean", _("Whether the answer is right."), True),
            "accession": described(
                ["string", "null"],
                _(
                    "Which of the proposals it is; needed if the decision was "
                    "“uncertain” and one of them is right."
                ),
                ACCESSION,
            ),
        },
    }


def _feedback() -> dict[str, Schema]:
    return {
        "right": described("boolean", _("Whether the answer is right."), True),
        "accession": described(
            ["string", "null"],
            _("Which work it is, as far as that was said."),
            ACCESSION,
        ),
        "given_at": _moment(_("When it was said.")),
    }


def _error() -> Schema:
    fault = obj(
        _("What went wrong."),
        {
            "code": text(_("For programs; it stays the same."), "bad_request"),
            "message": text(
                _("For people: the fault and the remedy, in their language."), "…"
            ),
        },
    )
    return obj(_("Every error has this form."), {"error": fault})


def _page(name: str, entry: str, description: str) -> Schema:
    return obj(
        description,
        {
            name: array(entry, _("The entries of this page.")),
            "page": integer(_("Which page this is, from 1."), 1, minimum=1),
            "pages": integer(_("How many there are; at least 1."), 1, minimum=1),
            "total": integer(_("Entries on all pages."), 1),
            "next": described(
                ["string", "null"],
                _("Path of the next page; null on the last one."),
                None,
            ),
        },
    )


def _probability(description: str) -> Schema:
    return number(description, 0.9991, minimum=0, maximum=1)


def _similarity() -> Schema:
    description = _("How alike the pictures look as a whole.")
    return number(description, 0.71, minimum=-1, maximum=1)


def _decision() -> Schema:
    return text(
        _(
            "“found”; “uncertain”: perhaps one of these; “not_found”: not in this "
            "collection."
        ),
        Verdict.FOUND.value,
        enum=[verdict.value for verdict in Verdict],
    )


def _moment(description: str) -> Schema:
    return text(description, "2026-05-14T09:30:00Z", format="date-time")
