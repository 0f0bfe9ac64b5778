from time import process_time

import pytest

from app.services.importing.media.captions import transcript_of

VTT = """WEBVTT - Tour
Kind: captions

NOTE nobody says this
at all

STYLE
::cue { color: red }

1
00:00:01.000 --> 00:00:02.500 align:start
<v.loud Ann>Look &amp; <i>see</i>

00:02.500 --> 00:04.000
- One
- Two

00:04.000 --> 00:05.000
- Two
"""
SRT = """\ufeff1\r
00:00:01,000 --> 00:00:02,000\r
Guten Tag.\r
\r
2\r
00:00:02,000 --> 00:00:03,000\r
Eins <b>zwei</b>\r
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (VTT, "Ann: Look & see\n- One\n- Two"),
        (SRT, "Guten Tag.\nEins zwei"),
        ("Plain\r\n\r\ntext 10 --> 20\r\n", "Plain\n\ntext 10 --> 20"),
        ("WEBVTT", ""),
        ("", ""),
    ],
)
def test_what_is_said_stands_without_its_times(text, said):
    assert transcript_of(text.encode()) == said


def test_bytes_that_are_no_text_end_nothing():
    assert "\0" not in transcript_of(b"\xff\0\xfe caf\xe9")


@pytest.mark.parametrize("line", ["<v" + " " * 20_000, "<1" + "." * 20_000])
def test_marks_that_are_never_closed_take_no_longer_than_text(line):
    captions = f"WEBVTT\n\n00:01.000 --> 00:02.000\n{line}<end"
    begun = process_time()
    transcript_of(captions.encode())
    assert process_time() - begun < 0.5


def test_times_within_a_caption_are_left_out():
    captions = "WEBVTT\n\n00:01.000 --> 00:02.000\nOne <00:01.500><c>two</c>"
    assert transcript_of(captions.encode()) == "One two"
