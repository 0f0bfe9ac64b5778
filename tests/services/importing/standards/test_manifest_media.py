"""Audio, video and links as other museums' manifests have them."""

from time import process_time

import pytest

from app.models import MediaKind
from app.services.importing.standards.manifest_media import MOST_TEXTS
from app.services.importing.standards.vocabulary import MOST_MEDIA
from app.services.system.links.circuit_breaker import PATIENCE
from app.services.system.links.connections import LinkError, Refusal
from tests.services.importing.standards.test_presentation import manifest
from tests.services.importing.standards.web import PLACE, FakeWeb, read, web_of

AUDIO = {"id": f"{PLACE}a.mp3", "type": "Sound", "format": "audio/mpeg"}
VIDEO = {"id": f"{PLACE}a.mp4", "type": "Video", "format": "video/mp4"}
STREAM = {"id": f"{PLACE}a.m3u8", "type": "Video", "format": "application/x-mpegurl"}
VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello.\n"


def canvas(body, **more):
    annotation = {"motivation": "painting", "body": body}
    return {"type": "Canvas", "items": [{"items": [annotation]}], **more}


def supplement(*bodies):
    return {"items": [{"motivation": "supplementing", "body": one} for one in bodies]}


def media(document, web=None, language="en"):
    [record] = read(document, web, language)
    return record.media


def played(one, **more):
    return media(manifest("1", items=[canvas(one, **more)]))


def test_what_is_painted_and_lasts_is_a_recording():
    document = manifest("1")
    document["items"] += [canvas(AUDIO, label={"de": ["Tour"]}), canvas(VIDEO)]
    [record] = read(document)
    assert record.images == [f"{PLACE}1.jpg"]
    heard, seen = record.media
    assert (heard.kind, heard.language, heard.title) == ("audio", "de", "Tour")
    assert (seen.kind, seen.address) == ("video", VIDEO["id"])


def test_of_a_choice_of_formats_one_is_taken_and_of_languages_all():
    [one] = played({"type": "Choice", "items": [STREAM, VIDEO]})
    assert one.address == VIDEO["id"]
    spoken = [
        {**AUDIO, "label": {"en": ["English"]}},
        {**AUDIO, "id": f"{PLACE}f.mp3", "label": {"fr": ["Français"]}},
        {**AUDIO, "id": f"{PLACE}f.ogg", "format": "audio/ogg", "language": "fr"},
    ]
    found = played({"type": "Choice", "items": spoken})
    assert [(one.language, one.address[-5:]) for one in found] == [
        ("en", "a.mp3"),
        ("fr", "f.mp3"),
    ]


def test_a_recording_behind_a_selector_is_one():
    [one] = played({"type": "SpecificResource", "source": AUDIO, "selector": {}})
    assert one.kind is MediaKind.AUDIO


TEXT = {"type": "TextualBody", "value": "Eins.\n\nZwei."}
FILE = {"id": f"{PLACE}a.vtt", "type": "Text", "format": "text/vtt"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"annotations": [supplement({**TEXT, "language": "de"})]}, "Eins.\n\nZwei."),
        (
            {"annotations": [supplement(TEXT, {**TEXT, "value": "3"})]},
            TEXT["value"] + "\n3",
        ),
        ({"annotations": [supplement({**FILE, "language": "en"})]}, "Hello."),
        ({"annotations": [{"id": f"{PLACE}page", "type": "AnnotationPage"}]}, "Hello."),
        ({"rendering": [{**FILE, "label": {"en": ["Transcript"]}}]}, "Hello."),
        ({"rendering": [{"id": f"{PLACE}gone.vtt", "format": "text/vtt"}]}, ""),
        ({"rendering": [{"id": f"{PLACE}a.pdf", "format": "application/pdf"}]}, ""),
        (
            {
                "annotations": [
                    supplement(
                        {**TEXT, "language": "it"},
                        {**TEXT, "value": "<p>One</p>", "format": "text/html"}
                        | {"language": "en"},
                    )
                ]
            },
            "One",
        ),
    ],
)
def test_what_is_said_is_its_transcript(more, said):
    document = manifest("1", items=[canvas(AUDIO, **more)])
    web = web_of(**{"a.vtt": VTT, "page": supplement(FILE)})
    [one] = media(document, web)
    assert one.transcript == said


def test_renderings_and_pages_are_recordings_and_links():
    document = manifest(
        "1",
        rendering=[
            {**AUDIO, "label": {"en": ["Guide"]}},
            {"id": f"{PLACE}a.pdf", "type": "Text", "label": {"de": ["Blatt"]}},
            {"id": "http://museum.org/old", "type": "Text", "label": {"en": ["Old"]}},
            {"label": {"en": ["Nowhere"]}},
        ],
        homepage=[
            {"id": f"{PLACE}en", "type": "Text", "label": {"en": ["Page"]}},
            {"id": f"{PLACE}de", "type": "Text", "label": {"de": ["Seite"]}},
        ],
        seeAlso=[
            {"id": f"{PLACE}a.xml", "type": "Dataset", "format": "text/xml"},
            {"id": f"{PLACE}see", "type": "Text", "format": "text/html"},
        ],
    )
    [record] = read(document)
    assert [(one.kind, one.language, one.title) for one in record.media] == [
        ("audio", "en", "Guide"),
        ("link", "de", "Blatt"),
        ("link", "de", "Seite"),
        ("link", "", "museum.org"),
    ]
    assert record.details["Recordings and links"] == "Old http://museum.org/old"
    assert "See also" not in record.details
    assert record.label["source"] == f"{PLACE}en"


@pytest.mark.parametrize(
    ("also", "is_said"),
    [
        ({"type": "Dataset", "format": "application/ld+json"}, False),
        ({"type": "Dataset"}, False),
        ({"format": "application/marcxml+xml; charset=utf-8"}, False),
        ({"format": "text/turtle"}, False),
        ({"id": f"{PLACE}record.JSON?full=1"}, False),
        ({"format": "application/pdf"}, True),
        ({"format": "image/svg+xml"}, True),
        ({"id": f"{PLACE}record.json", "format": "text/plain"}, True),
        ({}, True),
    ],
)
def test_descriptions_for_machines_are_nothing_to_see(also, is_said):
    also = {"id": f"{PLACE}also", **also}
    [record] = read(manifest("1", seeAlso=[also]))
    assert record.details.get("See also", "") == (also["id"] if is_said else "")
    older = {
        "@context": "http://iiif.io/api/presentation/2/context.json",
        "@id": f"{PLACE}old",
        "@type": "sc:Manifest",
        "label": "Old",
        "seeAlso": {
            "@id": also["id"],
            "format": also.get("format"),
            **({"@type": "dctypes:Dataset"} if also.get("type") else {}),
        },
    }
    [record] = read(older)
    assert record.details.get("See also", "") == (also["id"] if is_said else "")


def test_the_same_recording_is_brought_in_once():
    document = manifest(
        "1", items=[canvas(AUDIO)], rendering=[{**AUDIO, "label": {"en": ["Audio"]}}]
    )
    assert [one.title for one in media(document)] == [""]


def test_older_manifests_have_them_too():
    element = {
        "@id": f"{PLACE}b.mp3",
        "@type": "dctypes:Sound",
        "format": "audio/mp3",
        "label": "Interview",
        "rendering": [{"@id": f"{PLACE}b.ogg", "format": "audio/ogg"}],
        "resources": [
            {
                "motivation": "oad:transcribing",
                "resource": {"@id": f"{PLACE}a.vtt", "format": "text/vtt"},
            }
        ],
    }
    document = {
        "@id": f"{PLACE}1",
        "@type": "sc:Manifest",
        "label": "Hare",
        "related": [f"{PLACE}page", {"@id": f"{PLACE}more", "label": "More"}],
        "rendering": {"@id": f"{PLACE}a.mp4", "@type": "dctypes:MovingImage"},
        "mediaSequences": [{"elements": [element]}],
    }
    found = media(document, web_of(**{"a.vtt": VTT}))
    assert [(one.kind, one.title, one.transcript) for one in found] == [
        ("audio", "Interview", "Hello."),
        ("video", "", ""),
        ("link", "More", ""),
    ]


def test_what_is_not_as_it_should_be_ends_nothing():
    odd = [1, "x", {"id": 3}, {"id": f"{PLACE}a.mp3", "language": [None], "label": 7}]
    document = manifest(
        "1", rendering=odd, seeAlso=odd, homepage=odd, items=[canvas(odd), *odd]
    )
    document["items"][0] |= {"annotations": odd, "rendering": odd}
    [record] = read(document)
    assert next(one.kind for one in record.media) == "audio"


def test_the_texts_of_a_canvas_are_fetched_once_for_all_languages():
    tags = ("de", "fr", "nl")
    spoken = [{**AUDIO, "id": f"{PLACE}{tag}.mp3", "language": tag} for tag in tags]
    pages = [{"id": f"{PLACE}page", "type": "AnnotationPage"}]
    texts = [{**TEXT, "value": tag, "language": tag} for tag in tags]
    web = web_of(page=supplement(*texts))
    choice = canvas({"type": "Choice", "items": spoken}, annotations=pages)
    found = media(manifest("1", items=[choice]), web)
    assert [one.transcript for one in found] == list(tags)
    assert web.asked == [f"{PLACE}page"]


def test_a_manifest_has_only_so_many_texts_fetched():
    items = [
        canvas({**AUDIO, "id": f"{PLACE}{number}.mp3"}, rendering=[FILE])
        for number in range(MOST_TEXTS + 5)
    ]
    web = web_of(**{"a.vtt": VTT})
    said = [one.transcript for one in media(manifest("1", items=items), web)]
    assert said == ["Hello."] * MOST_TEXTS + [""] * 5
    assert len(web.asked) == MOST_TEXTS


def test_a_host_that_does_not_answer_is_not_asked_for_every_text():
    class Silent(FakeWeb):
        def read(self, address):
            self.asked.append(address)
            raise LinkError(Refusal.TOO_SLOW)

    web = Silent({})
    texts = [{**FILE, "id": f"{PLACE}{number}.vtt"} for number in range(50)]
    media(manifest("1", items=[canvas(AUDIO, rendering=texts)]), web)
    assert len(web.asked) == PATIENCE


def test_of_endless_recordings_those_that_are_too_many_are_named_only():
    many = [{**AUDIO, "id": f"{PLACE}{number}.mp3"} for number in range(3 * MOST_MEDIA)]
    begun = process_time()
    [record] = read(manifest("1", rendering=[*many, *many]))
    assert process_time() - begun < 5
    assert len(record.media) == MOST_MEDIA
    named = record.details["Recordings and links"].split("; ")
    assert named == [one["id"] for one in many[MOST_MEDIA:]]


@pytest.mark.parametrize("body", [STREAM, {"type": "Choice", "items": [STREAM, 1]}])
def test_what_is_painted_as_a_list_of_parts_only_is_a_link(body):
    [one] = played(body, label={"en": ["Film"]})
    assert (one.kind, one.address, one.title) == ("link", STREAM["id"], "Film")
    assert played({"id": f"{PLACE}a.jpg", "type": "Image"}) == []
