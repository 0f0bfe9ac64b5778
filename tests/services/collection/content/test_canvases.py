"""Recordings as canvases, and what else there is of a work."""

from app.models import Artwork, MediaKind, WorkMedia, now
from app.services.collection.content.canvases import canvases_of, renderings_of

PLACE = "https://museum.example/"
HEARD = WorkMedia(
    kind=MediaKind.AUDIO,
    media_name="a.mp3",
    mimetype="audio/mpeg",
    seconds=2.5,
    language="de",
    title="Führung",
    transcript="Hallo",
)
SEEN = WorkMedia(
    kind=MediaKind.VIDEO, media_name="b.mp4", mimetype="video/mp4", seconds=1.0
)
PAGE = WorkMedia(kind=MediaKind.LINK, address="https://x.org/", title="<i>More</i>")


def work(*media):
    return Artwork(accession="1", media=list(media))


def canvases(*media):
    return canvases_of(work(*media), f"{PLACE}m", PLACE.__add__)


def test_a_recording_is_a_canvas_with_what_is_said_in_it():
    [canvas] = canvases(HEARD)
    assert (canvas["duration"], canvas["label"]) == (2.5, {"de": ["Führung"]})
    [[painted]] = [page["items"] for page in canvas["items"]]
    assert painted["body"]["id"] == f"{PLACE}a.mp3"
    assert painted["target"] == canvas["id"]
    [[spoken]] = [page["items"] for page in canvas["annotations"]]
    assert spoken["motivation"] == "supplementing"
    assert (spoken["body"]["value"], spoken["body"]["language"]) == ("Hallo", "de")


def test_only_a_video_has_a_size_and_only_what_is_said_an_annotation():
    heard, seen = canvases(HEARD, SEEN)
    assert "width" not in heard
    assert seen["width"] > seen["height"]
    assert "label" not in seen
    assert "annotations" not in seen


def test_what_was_removed_or_lasts_nobody_knows_how_long_is_no_canvas():
    silent = WorkMedia(kind=MediaKind.AUDIO, media_name="c.mp3", mimetype="audio/mpeg")
    gone = WorkMedia(
        kind=MediaKind.AUDIO, media_name="d.mp3", seconds=1.0, removed_at=now()
    )
    assert canvases(silent, gone, PAGE) == []
    assert len(renderings_of(work(silent, gone, PAGE), PLACE.__add__)) == 2


def test_renderings_are_named_and_no_markup():
    heard, page = renderings_of(work(SEEN, PAGE), PLACE.__add__)
    assert (heard["type"], heard["label"]) == ("Video", {"none": ["Video"]})
    assert (page["format"], page["label"]["none"]) == ("text/html", [" <i>More</i>"])
