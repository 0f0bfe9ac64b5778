"""Where a request ends, however its bytes arrive: where gunicorn's parser says."""

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from hypothesis import given
from hypothesis import strategies as st

from app.web.server.framing import HEAD_BYTES, Framing

PEER = ("127.0.0.1", 1)
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def with_length(body):
    return HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def in_chunks(pieces, trailer=b""):
    """Write a chunked body; an empty chunk would be its end."""
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in pieces)
    return CHUNKED + chunks + b"0\r\n" + trailer + b"\r\n"


def taken(sent, cuts=()):
    """Feed bytes in pieces; return how many belong to the request, if it is whole."""
    framing = Framing(Config(), PEER)
    count, places = 0, sorted({cut % (len(sent) + 1) for cut in cuts})
    for start, end in zip([0, *places], [*places, len(sent)], strict=True):
        count += framing.take(sent[start:end])
        if framing.is_complete:
            return count
    return None


def parsed(sent):
    """Return how many bytes gunicorn's own parser takes, and the body."""
    parser = RequestParser(Config(), [sent], PEER)
    body = next(parser).body.read()
    return len(sent) - len(parser.unreader.buf.getvalue()), body


bodies = st.binary(max_size=60)
requests = st.one_of(
    bodies.map(with_length),
    st.builds(
        in_chunks,
        st.lists(st.binary(min_size=1, max_size=30), max_size=4),
        st.sampled_from([b"", b"Name: value\r\n", b"A: b\r\nC: d\r\n"]),
    ),
)


@given(requests, st.lists(st.integers(0, 500), max_size=6), st.binary(max_size=20))
def test_a_request_ends_where_the_parser_says(sent, cuts, next_one):
    count = taken(sent + next_one, cuts)
    assert count == len(sent)
    assert parsed(sent + next_one)[0] == len(sent)


@given(requests, st.data())
def test_a_part_is_never_taken_for_the_whole(sent, data):
    part = sent[: data.draw(st.integers(0, len(sent) - 1))]
    assert taken(part) is None


def test_the_end_of_a_chunked_body_is_not_looked_for_inside_of_chunks():
    assert taken(in_chunks([b"0\r\n\r\n", b"more"])[:-5]) is None


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        CHUNKED + b"zz\r\n",
        CHUNKED + b"-5\r\n",
        CHUNKED + b"x" * 10_000,
        b"a" * HEAD_BYTES,
    ],
)
def test_nonsense_is_not_waited_for(sent):
    assert taken(sent) == len(sent)


def test_who_waits_to_be_told_to_send_is_known():
    framing = Framing(Config(), PEER)
    framing.take(HEAD + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n")
    assert framing.waits_to_send
    assert framing.length == 9
