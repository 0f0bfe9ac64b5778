"""Links lead to pictures on the public internet, and to nothing else.

A small web server plays both the internet and what must not be reached: the addresses
127.0.0.1 and 127.0.0.2 are the same machine, and a test says which of them is public.
"""

import socket
import ssl
import threading
import time
from errno import ENOSPC
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from urllib.parse import unquote

import pytest
import trustme

from app.retrieval.errors import ImageTooLargeError
from app.services.system.addresses import is_public
from app.services.system.links.connections import LinkError, Refusal, parse_link
from app.services.system.links.fetching import LinkReader
from tests.support.waiting import WAIT_SECONDS, ended

PUBLIC, SECRET = "127.0.0.2", "127.0.0.1"
PICTURE = b"\xff\xd8\xff a picture"
TRICKLED, TRICKLE_SECONDS = 1000, 0.05
"""Bytes, one by one: fifty seconds if nobody leaves."""


class Server(ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("", 0), Site)
        self.asked = []
        self.hosts = []
        self.stopped = False


class Site(BaseHTTPRequestHandler):
    """Answers by path, and notes who was asked for what."""

    server: Server

    def do_GET(self):
        self.server.asked.append((self.connection.getsockname()[0], self.path))
        self.server.hosts.append(self.headers["Host"])
        name, _, rest = self.path.lstrip("/").partition("?")
        getattr(self, name, self.picture)(rest)

    def answer(self, status=200, body=b"", **headers):
        self.send_response(status)
        for header, value in headers.items():
            self.send_header(header.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def picture(self, _rest):
        self.answer(body=PICTURE, Content_Length=len(PICTURE))

    def page(self, _rest):
        self.answer(body=b"<html>", Content_Type="text/html; charset=utf-8")

    def gone(self, _rest):
        self.answer(404)

    def to(self, rest):
        self.answer(302, Location=unquote(rest))

    def circle(self, _rest):
        self.answer(301, Location="/circle")

    def short(self, _rest):
        self.answer(body=b"half", Content_Length=1000)

    def endless(self, _rest):
        self.answer()
        while not self.server.stopped:
            self.wfile.write(bytes(10_000))

    def trickle(self, _rest):
        self.answer(Content_Length=TRICKLED)
        self.drip()

    def trickling_head(self, _rest):
        self.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
        self.drip()

    def drip(self):
        while not self.server.stopped:
            self.wfile.write(b"x")
            time.sleep(TRICKLE_SECONDS)

    def handle(self):
        try:
            super().handle()
        except OSError:
            return  # the other side had enough

    def log_message(self, *_arguments):
        """Keep quiet."""


@pytest.fixture
def site():
    server = Server()
    thread = threading.Thread(daemon=True, target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.stopped = True
    server.shutdown()
    ended(thread)
    server.server_close()


@pytest.fixture
def reader(site):
    """Return a reader for which only one address of the server is public."""

    def make(max_bytes=100_000, **options):
        options.setdefault("resolve", lambda _host, _port: [PUBLIC])
        options.setdefault("ports", (site.server_port,))
        return LinkReader(
            max_bytes,
            permits=lambda address: address == PUBLIC or is_public(address),
            **options,
        )

    return make


@pytest.fixture
def link(site):
    def address(path="/picture", host="pictures.example", scheme="http"):
        return f"{scheme}://{host}:{site.server_port}{path}"

    return address


def refusal(reader, link):
    with pytest.raises(LinkError) as refused:
        reader.read(link)
    return refused.value.refusal


def test_a_link_to_a_picture_gives_its_bytes(reader, link, site):
    assert reader().read(link("/picture?size=ä")) == PICTURE
    assert site.asked == [(PUBLIC, "/picture?size=%C3%A4")]
    assert site.hosts == [f"pictures.example:{site.server_port}"]


def test_bytes_are_written_into_a_file_as_they_come(reader, link):
    file = BytesIO()
    reader().copy(link(), file)
    assert file.getvalue() == PICTURE
    with pytest.raises(ImageTooLargeError):
        reader(max_bytes=10).copy(link(), BytesIO())


def test_a_file_that_cannot_be_written_is_no_fault_of_the_link(reader, link):
    class Full(BytesIO):
        def write(self, _data):
            raise OSError(ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        reader().copy(link(), Full())


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0",
        "0x7f000001",
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "①②⑦.⓪.⓪.①",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "[fe80::1%25lo]",
        "169.254.169.254",
        "[::ffff:169.254.169.254]",
        "10.0.0.1",
        "100.64.0.1",
        "192.168.0.1",
        "224.0.0.1",
    ],
)
def test_no_notation_of_an_inner_address_is_connected_to(link, site, host):
    """With the system's own resolver, and a server that would answer."""
    guarded = LinkReader(100_000, seconds=2, ports=(site.server_port,))
    assert refusal(guarded, link(host=host)) in (
        Refusal.NOT_PUBLIC,
        Refusal.UNKNOWN_NAME,  # where the system cannot dial it in the first place
    )
    assert site.asked == []


@pytest.mark.parametrize("addresses", [[SECRET], [PUBLIC, SECRET], ["::ffff:7f00:1"]])
def test_a_name_that_stands_for_an_inner_address_is_refused(
    reader, link, site, addresses
):
    rebound = reader(resolve=lambda _host, _port: addresses)
    assert refusal(rebound, link()) is Refusal.NOT_PUBLIC
    assert site.asked == []


def test_a_name_that_changes_its_mind_gains_nothing(reader, link, site):
    answers = iter([[PUBLIC], [SECRET]])
    rebinding = reader(resolve=lambda _host, _port: next(answers))
    assert rebinding.read(link()) == PICTURE
    assert site.asked == [(PUBLIC, "/picture")]
    assert next(answers) == [SECRET]  # it was asked once only


@pytest.mark.parametrize("host", ["127.0.0.1", "[::ffff:127.0.0.1]", "0x7f000001"])
def test_a_redirect_to_an_inner_address_is_not_followed(reader, link, site, host):
    def resolve(name, port):
        if name == "pictures.example":
            return [PUBLIC]
        return [str(a[4][0]) for a in socket.getaddrinfo(name, port)]

    inner = link("/picture", host=host)
    assert refusal(reader(resolve=resolve), link(f"/to?{inner}")) is Refusal.NOT_PUBLIC
    assert [unquote(path) for _, path in site.asked] == [f"/to?{inner}"]


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("file:///etc/passwd", Refusal.SCHEME),
        ("gopher://pictures.example/", Refusal.SCHEME),
        ("http://pictures.example:22/", Refusal.PORT),
        ("http://a:b@pictures.example/", Refusal.CREDENTIALS),
    ],
)
def test_a_redirect_is_checked_like_the_link_itself(reader, link, location, reason):
    assert refusal(reader(), link(f"/to?{location}")) is reason
    assert refusal(reader(), location) is reason


def test_redirects_are_followed_a_few_times(reader, link, site):
    assert reader().read(link("/to?/picture")) == PICTURE
    assert refusal(reader(), link("/circle")) is Refusal.TOO_MANY_REDIRECTS
    assert len(site.asked) == 2 + 5


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/page", Refusal.PAGE),
        ("/gone", Refusal.STATUS),
        ("/short", Refusal.UNREACHABLE),
    ],
)
def test_what_is_no_picture_is_refused(reader, link, path, reason):
    assert refusal(reader(), link(path)) is reason


def test_only_so_many_bytes_are_read(reader, link):
    with pytest.raises(ImageTooLargeError):
        reader(max_bytes=50_000).read(link("/endless"))


@pytest.mark.parametrize("path", ["/trickle", "/trickling_head"])
def test_a_server_that_trickles_is_left_in_time(reader, link, path):
    started = time.monotonic()
    assert refusal(reader(seconds=0.4), link(path)) is Refusal.TOO_SLOW
    assert time.monotonic() - started < TRICKLED * TRICKLE_SECONDS / 2


def test_a_resolver_that_does_not_answer_is_left_in_time(reader, link):
    left = threading.Event()

    def resolve(_host, _port):
        left.wait(WAIT_SECONDS)
        return [PUBLIC]

    slow = reader(seconds=0.1, resolve=resolve)
    started = time.monotonic()
    assert refusal(slow, link()) is Refusal.TOO_SLOW
    left.set()
    assert time.monotonic() - started < WAIT_SECONDS / 2


def test_a_name_that_nobody_has_is_told_as_such(reader, link):
    def resolve(_host, _port):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert refusal(reader(resolve=resolve), link()) is Refusal.UNKNOWN_NAME


def test_where_nobody_listens_nothing_is_reached(reader, site, link):
    with socket.socket() as unused:
        unused.bind((PUBLIC, 0))
        silent = reader(ports=(unused.getsockname()[1],))
        address = f"http://pictures.example:{unused.getsockname()[1]}/"
        assert refusal(silent, address) is Refusal.UNREACHABLE


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("", Refusal.MALFORMED),
        ("pictures.example/a.jpg", Refusal.MALFORMED),
        ("http://", Refusal.MALFORMED),
        ("http://pictures.example\\@inner/", Refusal.MALFORMED),
        ("http://pictures.example/a b", Refusal.MALFORMED),
        ("http://pictures.example/\r\nHost: inner", Refusal.MALFORMED),
        ("http://pictures.example:70000/", Refusal.MALFORMED),
        ("http://[::1", Refusal.MALFORMED),
        ("http://" + "a" * 64 + ".example/", Refusal.MALFORMED),
        ("http://pictures.example/" + "a" * 2048, Refusal.MALFORMED),
        ("ftp://pictures.example/", Refusal.SCHEME),
        ("data:image/png;base64,AAAA", Refusal.SCHEME),
        ("https://visitor@pictures.example/", Refusal.CREDENTIALS),
    ],
)
def test_what_is_no_web_address_is_refused_unasked(link, reason):
    with pytest.raises(LinkError) as refused:
        parse_link(link)
    assert refused.value.refusal is reason


def test_other_ports_than_those_of_the_web_are_refused():
    assert refusal(LinkReader(10), "http://pictures.example:8000/") is Refusal.PORT


@pytest.fixture
def trusted(monkeypatch, tmp_path):
    """An authority that signs certificates which this machine believes."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return authority


@pytest.mark.parametrize(
    ("name", "is_read"), [("pictures.example", True), ("other.example", False)]
)
def test_the_certificate_must_be_that_of_the_name(
    trusted, site, reader, link, name, is_read
):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trusted.issue_cert(name).configure_cert(context)
    asked_for = []
    context.sni_callback = lambda _socket, name, _context: asked_for.append(name)
    site.socket = context.wrap_socket(site.socket, server_side=True)
    if is_read:
        assert reader().read(link(scheme="https")) == PICTURE
    else:
        assert refusal(reader(), link(scheme="https")) is Refusal.INSECURE
    assert asked_for == ["pictures.example"]
