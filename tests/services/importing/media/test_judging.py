"""What becomes of media that are there, by tables and by sources."""

from dataclasses import replace

import pytest

from app.models import MediaKind, WorkMedia, now
from app.services.importing.media.judging import (
    FoundRecording,
    MediaDecision,
    judge_media,
)
from app.services.importing.media.said import SaidMedia
from app.services.importing.messages import Remark

PLACE = "https://museum.org/media/recordings/"
NAME = f"ab/ab{'0' * 30}.mp3"
GUIDE = SaidMedia(MediaKind.AUDIO, "de", "Tour", "Hallo", PLACE + NAME)
LINK = SaidMedia(MediaKind.LINK, "en", "More", address="https://museum.org/more")


def there(one=GUIDE, **facts):
    said = {"language": one.language, "title": one.title, "transcript": one.transcript}
    place = {"address": one.address} if one.is_link else {"source": one.address}
    return WorkMedia(kind=one.kind, **{**said, **place, **facts})


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"source": "", "media_name": NAME},
        {"source": NAME},
        {"source": "https://elsewhere.org/", "sha256": "1f"},
    ],
)
def test_a_recording_is_known_by_its_place_its_name_or_its_content(facts):
    found = {GUIDE: FoundRecording(MediaKind.AUDIO, "1f")}
    decision = judge_media([GUIDE], [there(**facts)], found)
    assert not decision.changes


@pytest.mark.parametrize("facts", [{"source": "b.mp3"}, {"source": "", "sha256": None}])
def test_another_recording_is_new(facts):
    assert judge_media([GUIDE], [there(**facts)]).recordings == [GUIDE]


def test_a_file_of_a_folder_is_not_the_one_of_its_name_outside():
    outside, inside = (
        SaidMedia(MediaKind.AUDIO, tag, file=file)
        for tag, file in (("de", "guide.mp3"), ("en", "en/guide.mp3"))
    )
    assert judge_media([inside], [there(outside, source="guide.mp3")]).new == [inside]


def test_a_recording_that_is_there_by_another_address_is_not_new():
    other = replace(GUIDE, address="https://museum.org/other.mp3")
    found = {other: FoundRecording(MediaKind.AUDIO, "1f")}
    decision = judge_media([GUIDE, other], [there(sha256="1f")], found)
    assert (decision.changes, decision.remarks) == (False, [])


def test_a_page_in_two_languages_is_two_links():
    french = SaidMedia(MediaKind.LINK, "fr", "Plus", address=LINK.address)
    assert judge_media([LINK, french], []).new == [LINK, french]
    assert judge_media([LINK, french], [there(LINK)]).new == [french]


def test_what_is_blank_changes_nothing_and_line_ends_neither():
    kept = there(transcript="Hallo\r\nWelt")
    silent = SaidMedia(MediaKind.AUDIO, address=GUIDE.address)
    lines = SaidMedia(MediaKind.AUDIO, "de", "Tour", "Hallo\nWelt", GUIDE.address)
    assert not judge_media([silent], [kept]).changes
    assert not judge_media([lines], [kept]).changes


def test_what_was_removed_comes_back_by_a_table_and_not_by_its_source():
    removed = there(removed_at=now())
    assert judge_media([GUIDE], [removed]).back == [removed]
    decision = judge_media([GUIDE], [removed], known=[GUIDE])
    assert not decision.changes
    assert not judge_media([GUIDE], [], known=[GUIDE]).changes


def test_a_source_changes_only_what_no_curator_has_changed():
    new = SaidMedia(MediaKind.AUDIO, "de", "New tour", "Neu", GUIDE.address)
    edited = there(title="Ours")
    decision = judge_media([new], [edited], known=[GUIDE])
    [(one, said)] = decision.changed
    assert (one, said["title"], said["transcript"]) == (edited, "Ours", "Neu")
    assert decision.is_kept
    assert judge_media([new], [edited]).changed[0][1]["title"] == "New tour"


def test_where_a_page_is_instead_of_a_recording_it_becomes_a_link():
    fault = Remark("recording_refused", {"name": "x", "refusal": "page"})
    found = {GUIDE: FoundRecording(MediaKind.AUDIO, fault=fault)}
    [link] = judge_media([GUIDE], [], found).new
    assert (link.is_link, link.title, link.address) == (True, "Tour", GUIDE.address)
    assert not judge_media([GUIDE], [there(link)]).changes


def test_a_recording_without_a_transcript_is_taken_and_that_is_said():
    silent = SaidMedia(MediaKind.AUDIO, address=GUIDE.address)
    decision = judge_media([silent], [])
    assert [one.code for one in decision.remarks] == ["no_transcript"]
    assert decision.recordings


@pytest.mark.parametrize(
    ("before", "untaken", "after"),
    [
        ("", [GUIDE], GUIDE.text),
        (GUIDE.text, [GUIDE], GUIDE.text),
        (f"Own; {GUIDE.text}", [], "Own"),
        (f"{GUIDE.text}; {LINK.text}", [], ""),
        ("Own words", [], "Own words"),
    ],
)
def test_a_text_names_what_is_not_there_and_nothing_else_is_lost(
    before, untaken, after
):
    decision = MediaDecision(untaken=untaken)
    assert decision.text(before, [GUIDE, LINK]) == after


def test_what_a_source_says_otherwise_of_what_was_removed_changes_nothing():
    said = replace(GUIDE, title="Long tour")
    removed = there(removed_at=now())
    assert not judge_media([said], [removed], known=[GUIDE]).changes
    [(changed, wanted)] = judge_media([said], [removed]).changed
    assert (changed, wanted["title"]) == (removed, "Long tour")
