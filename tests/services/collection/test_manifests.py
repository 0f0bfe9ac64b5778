import pytest

from app.models import Artwork, MediaKind, ReferenceImage, WorkMedia
from app.services.collection.manifests import Addresses, collection, manifest

URI = {"type": "string", "format": "uri", "pattern": "^http"}
WORDS = {
    "type": "object",
    "patternProperties": {
        "^[a-zA-Z-]+$": {"type": "array", "items": {"type": "string"}, "minItems": 1}
    },
    "additionalProperties": False,
    "minProperties": 1,
}
PAIR = {
    "type": "object",
    "properties": {"label": WORDS, "value": WORDS},
    "required": ["label", "value"],
}
SIDE = {"type": "integer", "exclusiveMinimum": 0}


def thing(kind, needed=(), **properties):
    """Return the schema of something with an id and a type, and nothing unknown."""
    return {
        "type": "object",
        "properties": {"id": URI, "type": {"const": kind}, **properties},
        "required": ["id", "type", *needed],
        "additionalProperties": False,
    }


def several(schema, least=1):
    return {"type": "array", "items": schema, "minItems": least}


FORMAT = {"type": "string", "pattern": "^[a-z]+/.+$"}
SIZE = {"width": SIDE, "height": SIDE}
SERVICE = thing("ImageService3", ["profile"], profile={"const": "level2"})
IMAGE = thing("Image", SIZE, format=FORMAT, service=several(SERVICE), **SIZE)
ANNOTATION = thing(
    "Annotation",
    ["motivation", "body", "target"],
    motivation={"const": "painting"},
    body=IMAGE,
    target=URI,
)
PAGE = thing("AnnotationPage", ["items"], items=several(ANNOTATION))
CANVAS = thing(
    "Canvas",
    [*SIZE, "items"],
    thumbnail=several(IMAGE),
    items=several(PAGE, 0),
    **SIZE,
)
LASTS = {"type": "number", "exclusiveMinimum": 0}
TAG = {"type": "string", "pattern": "^[a-zA-Z-]+$"}
PLAYED = {
    "anyOf": [
        thing(kind, ["format"], format=FORMAT, duration=LASTS, language=TAG)
        for kind in ("Sound", "Video")
    ]
}
SPOKEN = {
    "type": "object",
    "properties": {
        "type": {"const": "TextualBody"},
        "value": {"type": "string"},
        "format": FORMAT,
        "language": TAG,
    },
    "required": ["type", "value"],
    "additionalProperties": False,
}


def annotations(motivation, body):
    return several(
        thing(
            "AnnotationPage",
            ["items"],
            items=several(
                thing(
                    "Annotation",
                    ["motivation", "body", "target"],
                    motivation={"const": motivation},
                    body=body,
                    target=URI,
                )
            ),
        )
    )


PLAYER = thing(
    "Canvas",
    ["duration", "items"],
    label=WORDS,
    duration=LASTS,
    items=annotations("painting", PLAYED),
    annotations=annotations("supplementing", SPOKEN),
    **SIZE,
)
RENDERING = {
    "anyOf": [
        thing(kind, ["label", "format"], label=WORDS, format=FORMAT)
        for kind in ("Sound", "Video", "Text")
    ]
}
CONTEXT = {"const": "http://iiif.io/api/presentation/3/context.json"}
HOMEPAGE = thing("Text", ["label"], label=WORDS, format=FORMAT)
# What IIIF's presentation-validator wants of ``rights`` (schema/iiif_3_0.json).
RIGHTS = {
    "type": "string",
    "pattern": "^http://(creativecommons.org/(licenses|publicdomain)"
    "|rightsstatements.org/vocab)/",
}
MANIFEST = thing(
    "Manifest",
    ["@context", "label", "items"],
    **{"@context": CONTEXT},
    label=WORDS,
    metadata={"type": "array", "items": PAIR},
    summary=WORDS,
    homepage=several(HOMEPAGE),
    rights=RIGHTS,
    requiredStatement=PAIR,
    thumbnail=several(IMAGE),
    items=several({"anyOf": [CANVAS, PLAYER]}),
    rendering=several(RENDERING),
)
"""What Presentation 3.0 allows, as far as it is written here."""
ENTRY = {
    "type": "object",
    "properties": {
        "id": URI,
        "type": {"enum": ["Manifest", "Collection"]},
        "label": WORDS,
    },
    "required": ["id", "type", "label"],
    "additionalProperties": False,
}
COLLECTION = thing(
    "Collection",
    ["@context", "label", "items"],
    **{"@context": CONTEXT},
    label=WORDS,
    items=several(ENTRY, 0),
)


MEDIA = [
    WorkMedia(kind=kind, media_name=f"a.{kind}", mimetype=f"{kind}/mp4", **said)
    for kind, said in (
        (MediaKind.AUDIO, {"seconds": 2.5, "language": "ar", "transcript": "أهلاً"}),
        (MediaKind.VIDEO, {"seconds": 1.0, "title": "<b>Film</b>"}),
    )
] + [WorkMedia(kind=MediaKind.LINK, address="https://museum.example/m", title="M")]


def place(name):
    return f"https://museum.example/{name}"


ADDRESSES = Addresses(place("m.json"), place("page"), place, place, place)


def work(**facts):
    label = dict.fromkeys(
        ("title", "artist", "date", "technique", "type", "school", "location"), ""
    )
    images = [
        ReferenceImage(sha256=c * 64, media_name=f"{c}.jpg", width=1600, height=9)
        for c in "ab"
    ]
    told = {"details": {}, "images": images, "stated_subjects": ""}
    return Artwork(accession="1/2", **{**label, **told, **facts})


def validate(described, schema):
    """Hold a document to a schema."""
    import jsonschema  # which takes seconds

    jsonschema.validate(described, schema)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"images": []},
        {"title": "T", "artist": "A", "date": "1650", "rights": "Museum"},
        {"rights": "https://creativecommons.org/licenses/by/4.0/"},
        {"rights": "http://rightsstatements.org/vocab/InC/1.0/"},
        {"rights": "https://rightsstatements.org/page/InC/1.0/"},
        {"details": {"Height": "3 cm", "Weight": 3, "Blank": ""}},
        {"stated_subjects": " dog ship "},
        {"media": MEDIA},
        {"media": MEDIA[:2], "images": []},
        {"title": "العنوان", "details": {"title@he": "כותרת", "title@ar": "العنوان"}},
        {"title": "Very long " * 2000},
        {"title": "<b>Bold</b> <script>x</script>", "artist": "<1900>"},
        {"details": {"description@en": "<p>Two &amp;</p><p>more</p>", "<i>": "<1>"}},
        {"rights": "Museum", "details": {"rights@en": "All rights reserved"}},
        {"images": [ReferenceImage(sha256="a", media_name="a", width=1, height=9)]},
    ],
)
def test_manifests_are_as_the_standard_wants_them(facts):
    described = manifest(work(**facts), ADDRESSES)
    validate(described, MANIFEST)
    ids = [canvas["id"] for canvas in described["items"]]
    assert len(set(ids)) == len(ids)


def test_what_is_no_markup_is_not_taken_for_it():
    described = manifest(work(artist="<1900>", date="<i>1650</i>?"), ADDRESSES)
    values = [pair["value"]["none"] for pair in described["metadata"]]
    assert [" <1900>"] in values
    assert ["<i>1650</i>?"] in values


def test_collections_are_as_the_standard_wants_them():
    items = [("Collection", place("1"), "Part 1"), ("Manifest", place("2"), "A work")]
    validate(collection(place("c"), "Works", items), COLLECTION)
    validate(collection(place("c"), "Works", []), COLLECTION)
