"""Examples of proxies, run with a local certificate authority before the server."""

import http.client
import json
import re
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from app.factory import create_app
from app.services.system import database
from tests.support.waiting import WAIT_SECONDS
from tests.test_server import serving

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "proxy"
UPSTREAM = "127.0.0.1:8000"
PREFIX = "/suche"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def example(text):
    """Return the example of a prefix that a file ends with, without its signs."""
    lines = text[text.index("# Below a path") :].splitlines()
    start = next(i for i, line in enumerate(lines) if re.match(r"#\s.*\{$", line))
    return "\n".join(line.removeprefix("#") for line in lines[start:])


def caddy_config(upstream, port, keys, *, below):
    text = (FOLDER / "Caddyfile").read_text(encoding="utf-8")
    site, name = (example(text), "museum.org") if below else (text, "search.museum.org")
    site = site.replace(UPSTREAM, f"127.0.0.1:{upstream}")
    site = site.replace(
        f"{name} {{", f"https://localhost:{port} {{\n\ttls {keys['cert']} {keys['key']}"
    )
    assert f"localhost:{port}" in site
    return f"{{\n\tadmin off\n\tauto_https off\n}}\n{site}"


def nginx_config(upstream, port, keys, *, below):
    text = (FOLDER / "nginx.conf").read_text(encoding="utf-8")
    if below:
        start, end = text.index("    location / {"), text.index("# Below a path")
        text = text[:start] + example(text) + "\n}\n"
        assert end > start
    changes = {
        UPSTREAM: f"127.0.0.1:{upstream}",
        "search.museum.org": "localhost",
        "/etc/ssl/morelli/fullchain.pem": keys["cert"],
        "/etc/ssl/morelli/privkey.pem": keys["key"],
        "listen 443 ssl http2": f"listen {port} ssl http2",
        "listen [::]:443 ssl http2;": "",
        "listen 80;": f"listen {free_port()};",
        "listen [::]:80;": "",
    }
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, str(new))
    places = [f"{kind}_temp_path {keys['temp']}/{kind};" for kind in TEMPS]
    return (
        f"daemon off; pid {keys['temp']}/pid; error_log stderr warn;\n"
        "worker_processes 1; events { worker_connections 128; }\n"
        f"http {{\n{' '.join(places)}\n{text}\n}}\n"
    )


TEMPS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
PROXIES = {
    "caddy": (caddy_config, ["caddy", "run", "--adapter", "caddyfile", "--config"]),
    "nginx": (nginx_config, ["nginx", "-c"]),
}


class Front:
    """The proxy, as browsers reach it."""

    def __init__(self, kind, port, context, temp):
        self.kind = kind
        self.port = port
        self.context = context
        self.temp = temp

    def connect(self):
        return http.client.HTTPSConnection(
            "localhost", self.port, timeout=60, context=self.context
        )

    def ask(self, method, path, body=None, **headers):
        connection = self.connect()
        connection.request(
            method, path, body, {k.replace("_", "-"): v for k, v in headers.items()}
        )
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        connection.close()
        return answer, text


@contextmanager
def fronted(kind, tmp_path, **settings):
    if not shutil.which(kind):
        pytest.skip(f"apt install {kind}")
    config_of, command = PROXIES[kind]
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    keys = {"cert": tmp_path / "cert.pem", "key": tmp_path / "key.pem"}
    issued.private_key_pem.write_to_path(keys["key"])
    keys["cert"].write_bytes(b"".join(one.bytes() for one in issued.cert_chain_pems))
    keys["temp"] = tmp_path
    tmp_path.chmod(0o755)  # nginx gives up being root
    context = ssl.create_default_context()
    authority.configure_trust(context)
    port, instance = free_port(), tmp_path / "instance"
    below = "below" in settings
    settings.pop("below", None)
    app = create_app({"MORELLI_INSTANCE": instance})
    with app.app_context():
        database.upgrade()
    environ = {
        "MORELLI_INSTANCE": str(instance),
        "MORELLI_HTTPS": "yes",
        "MORELLI_PROXIES": "1",
        "MORELLI_PUBLIC_URL": f"https://localhost:{port}{PREFIX if below else ''}",
        "MORELLI_WORKERS": "1",
        **settings,
    }
    with serving(**environ) as upstream:
        config = tmp_path / "proxy.conf"
        config.write_text(config_of(upstream, port, keys, below=below))
        proxy = subprocess.Popen([*command, str(config)])
        try:
            for _ in range(200):
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    assert proxy.poll() is None
                    time.sleep(0.1)
            yield Front(kind, port, context, tmp_path)
        finally:
            proxy.terminate()
            proxy.wait(WAIT_SECONDS)


@pytest.fixture(scope="module", params=sorted(PROXIES))
def front(request, tmp_path_factory):
    with fronted(
        request.param,
        tmp_path_factory.mktemp(request.param),
        MORELLI_SSO_HEADER="X-Remote-Email",
        MORELLI_SEARCH_RATE="6 per minute",
        MORELLI_METRICS_TOKEN="t" * 40,
    ) as front:
        yield front


def test_pages_come_by_https_and_say_that_they_do(front):
    answer, page = front.ask("GET", "/account/login")
    assert answer.status == 200
    assert 'name="password"' in page
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-morelli=")
    assert "Secure" in cookie
    assert answer.headers["X-Request-ID"]


def test_a_form_is_believed_to_come_by_https(front):
    """Forged requests are told by the referrer, which must be this very site."""
    answer, page = front.ask("GET", "/account/login")
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    [token, *_] = re.findall(r'name="csrf_token" value="([^"]+)"', page)
    sent = {
        "Cookie": cookie,
        "Referer": f"https://localhost:{front.port}/account/login",
        "Content_Type": "application/x-www-form-urlencoded",
    }
    form = f"csrf_token={token}&email=a%40example.org&password=not-the-one"
    answer, page = front.ask("POST", "/account/login", form, **sent)
    assert answer.status == 200
    assert "do not belong together" in page


def test_nobody_comes_in_by_a_header_of_their_own(front):
    sent = {"X_Remote_Email": "root@example.org"}
    answer, _ = front.ask("GET", "/account/single-sign-on/", **sent)
    assert answer.headers["Location"] == "/account/login"


def send_megabytes(front, count):
    """Send so much; return the status and the answer, or None if it hung up."""
    connection = front.connect()
    connection.putrequest("POST", "/api/v1/search")
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    head = (
        b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
    )
    end = b"\r\n--x--\r\n"
    length = len(head) + count * 1_000_000 + len(end)
    connection.putheader("Content-Length", str(length))
    connection.endheaders()
    try:
        for part in (head, *[bytes(1_000_000)] * count, end):
            connection.send(part)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except (ssl.SSLError, ConnectionError):
        return None
    finally:
        connection.close()


def test_the_largest_photo_passes_through(front):
    status, answer = send_megabytes(front, 39)
    # The server has read all of it, and there is only nothing to compare it with.
    assert (status, answer["error"]["code"]) == (503, "no_collection")


def test_what_is_too_large_is_refused(front):
    answer = send_megabytes(front, 43)
    if answer is None:
        assert front.kind == "caddy"  # as its example says
        return
    assert answer[0] == 413
    assert answer[1]["error"]["code"] == "image_too_large"


def test_a_slow_sender_is_waited_for_and_holds_up_nobody(front):
    body = b"--x\r\n" + bytes(60_000)
    connection = front.connect()
    connection.putrequest("POST", "/frames")
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders()
    for start in range(0, len(body), 6_000):
        connection.send(body[start : start + 6_000])
        begun = time.monotonic()
        assert front.ask("GET", "/healthz")[0].status == 200
        assert time.monotonic() - begun < 5
        time.sleep(0.3)
    answer = connection.getresponse()
    answer.read()
    # Our own, about the form: not the proxy's, about the time.
    assert answer.headers["X-Request-ID"]
    assert answer.status == 400
    connection.close()


def test_no_photo_was_written_to_a_file_on_the_way(front):
    if not (front.temp / "client_body").exists():
        pytest.skip("only nginx has such a folder")
    assert not [one for one in (front.temp / "client_body").rglob("*") if one.is_file()]


def test_visitors_do_not_see_the_figures(front):
    answer, _ = front.ask("GET", "/metrics", Authorization=f"Bearer {'t' * 40}")
    assert answer.status == 404
    assert "X-Request-ID" not in answer.headers


def test_limits_count_the_address_of_the_connection_whatever_is_forwarded(front):
    """Last: after it this network is refused for a minute."""
    statuses = []
    for number in range(9):
        forwarded = {"X_Forwarded_For": f"203.0.113.{number}"}
        statuses.append(front.ask("POST", "/api/v1/search", **forwarded)[0].status)
    assert statuses[-1] == 429
    assert statuses[0] != 429


@pytest.mark.parametrize("kind", sorted(PROXIES))
def test_below_a_path_the_site_is_whole(kind, tmp_path):
    with fronted(kind, tmp_path, below="yes") as front:
        answer, page = front.ask("GET", f"{PREFIX}/account/login")
        assert answer.status == 200
        assert answer.headers["Set-Cookie"].startswith("__Secure-morelli=")
        [style, *_] = re.findall(r'href="(/suche/assets/[^"]+\.css)"', page)
        assert front.ask("GET", style)[0].status == 200
        assert front.ask("GET", "/account/login")[0].status == 404
