"""Audio, video and links as museums' LIDO records have them."""

import pytest

from tests.services.importing.standards.lido_records import simple, wrapped
from tests.services.importing.standards.web import read

HTTP = "https://museum.org/"


def resource(*links, kind="", said=""):
    forms = "".join(
        f"<lido:resourceRepresentation><lido:linkResource {mimetype}>{where}"
        "</lido:linkResource></lido:resourceRepresentation>"
        for where, mimetype in links
    )
    named = kind and f"<lido:resourceType><lido:term>{kind}</lido:term>"
    named = named and f"{named}</lido:resourceType>"
    return f"<lido:resourceSet>{forms}{named}{said}</lido:resourceSet>"


def record(*resources, more=""):
    text = simple(1, picture=f"{HTTP}a.jpg")
    text = text.replace(
        "</lido:resourceWrap>", "".join(resources) + "</lido:resourceWrap>"
    )
    return text.replace(
        "</lido:descriptiveMetadata>", f"{more}</lido:descriptiveMetadata>"
    )


def found(*resources, more="", language="de"):
    [one] = read(wrapped(record(*resources, more=more)), language=language)
    assert one.images[0] == f"{HTTP}a.jpg"
    return one


FORMAT = 'lido:formatResource="{}"'.format


@pytest.mark.parametrize(
    ("links", "kind", "expected"),
    [
        ([(f"{HTTP}a.mp3", "")], "", ("audio", f"{HTTP}a.mp3")),
        ([(f"{HTTP}a", FORMAT("audio/mpeg"))], "", ("audio", f"{HTTP}a")),
        ([(f"{HTTP}a", "")], "Tondokument", ("audio", f"{HTTP}a")),
        ([(f"{HTTP}a", "")], "Video", ("video", f"{HTTP}a")),
        ([(f"{HTTP}w", FORMAT("text/html"))], "Video", ("link", f"{HTTP}w")),
        ([(f"{HTTP}a.pdf", "")], "Text", ("link", f"{HTTP}a.pdf")),
        (
            [(f"{HTTP}a.avi", FORMAT("video/x-msvideo")), (f"{HTTP}a.mp4", "")],
            "Film",
            ("video", f"{HTTP}a.mp4"),
        ),
        ([("ton/führung.mp3", "")], "Audio", ("audio", "ton/führung.mp3")),
    ],
)
def test_resources_are_told_by_format_ending_and_type(links, kind, expected):
    [one] = found(resource(*links, kind=kind)).media
    assert (one.kind, one.name, one.language) == (*expected, "de")


def test_titles_and_transcripts_are_in_the_recordings_language():
    said = (
        '<lido:resourceDescription xml:lang="en">Tour</lido:resourceDescription>'
        '<lido:resourceDescription xml:lang="de">Führung</lido:resourceDescription>'
        '<lido:resourceDescription lido:type="Transkript" xml:lang="de">Eins.\n\nZwei.'
        "</lido:resourceDescription>"
        '<lido:resourceDescription lido:type="transcript" xml:lang="en">One.'
        "</lido:resourceDescription>"
    )
    [one] = found(resource((f"{HTTP}a.mp3", ""), said=said), language="en").media
    assert (one.language, one.title, one.transcript) == (
        "de",
        "Führung",
        "Eins.\n\nZwei.",
    )


def test_a_still_beside_a_film_stays_a_picture():
    still = f"{HTTP}still.jpg"
    one = found(resource((still, ""), (f"{HTTP}a.mp4", FORMAT("video/mp4"))))
    assert still in one.images
    assert [medium.kind for medium in one.media] == ["video"]


def test_a_record_in_two_languages_has_each_recording_once():
    block = (
        '<lido:administrativeMetadata xml:lang="{}"><lido:resourceWrap>{}'
        "</lido:resourceWrap></lido:administrativeMetadata>"
    )
    audio = resource((f"{HTTP}a.mp3", ""))
    text = record(audio).replace(
        "</lido:lido>", block.format("en", audio) + "</lido:lido>"
    )
    for language in ("de", "en"):
        [one] = read(wrapped(text), language=language)
        assert [medium.language for medium in one.media] == [language]


def test_pages_of_related_works_are_links():
    more = f"""<lido:objectRelationWrap><lido:relatedWorksWrap><lido:relatedWorkSet>
     <lido:relatedWork><lido:displayObject>Gegenstück</lido:displayObject><lido:object>
     <lido:objectWebResource>{HTTP}other</lido:objectWebResource></lido:object>
     </lido:relatedWork></lido:relatedWorkSet></lido:relatedWorksWrap>
     </lido:objectRelationWrap>"""
    one = found(more=more)
    assert one.details["Related works"] == "Gegenstück"
    [link] = one.media
    assert (link.kind, link.title, link.address) == (
        "link",
        "Gegenstück",
        f"{HTTP}other",
    )


def test_what_has_no_safe_address_stays_a_text():
    one = found(
        resource(("http://museum.org/old", FORMAT("text/html"))),
        resource(("blatt.pdf", "")),
    )
    assert one.media == []
    assert one.details["Recordings and links"] == "http://museum.org/old; blatt.pdf"
