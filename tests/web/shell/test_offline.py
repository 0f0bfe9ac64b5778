"""What the browser keeps of the site, as the server gives it."""

import json
import re
from io import BytesIO

import pytest

from app.web.shell import offline
from app.web.shell.assets import static_folder

IMPORT = re.compile(r'import\s+(?:[^"]*from\s+)?"\./([^"]+)"')


@pytest.fixture
def photo_fields(photo):
    return {"photo": (BytesIO(photo), "photo.jpg")}


def known(answer):
    """What the server tells the worker."""
    [told] = re.findall(r"\Aconst KNOWN = (.*);\n", answer.text)
    return json.loads(told)


def test_the_worker_keeps_the_shell_and_nothing_else(client):
    answer = client.get("/worker.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    told = known(answer)
    assert told["page"] == "/offline?language=en"
    assert {address.split("/")[-1] for address in told["files"]} == set(offline.SHELL)


def test_the_shell_is_complete(client, in_app):
    """Every file that the page names or that a script imports is kept."""
    page = client.get("/offline").text
    named = set(re.findall(r'/assets/\w+/([^"]+)"', page))
    imported = {
        name
        for script in offline.SHELL
        if script.endswith(".js")
        for name in IMPORT.findall((static_folder() / script).read_text("utf-8"))
    }
    assert named | imported == set(offline.SHELL)


def test_the_shell_is_nobodys(client):
    answer = client.get("/offline")
    assert "csrf_token" not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert 'name="link"' not in answer.text


def test_another_file_or_language_makes_another_worker(make_app, tmp_path):
    client = make_app().test_client()
    german = {"Accept-Language": "de"}
    first = known(client.get("/worker.js"))
    assert known(client.get("/worker.js")) == first
    other = known(client.get("/worker.js", headers=german))
    assert other["page"] == "/offline?language=de"
    assert other["version"] != first["version"]
    app = make_app()
    app.static_folder = str(tmp_path)
    for name in ("worker.js", *offline.SHELL):
        (tmp_path / name).write_text("// changed")
    assert known(app.test_client().get("/worker.js"))["version"] != first["version"]


@pytest.mark.parametrize("language", ["xx", "../..", ""])
def test_a_language_that_there_is_not_is_ignored(client, language):
    assert (
        client.get("/offline", query_string={"language": language}).status_code == 200
    )


def test_a_fresh_token_is_accepted_and_kept_by_nobody(client, photo_fields):
    answer = client.get("/token")
    assert answer.headers["Cache-Control"] == "no-store"
    fields = {**photo_fields, **answer.json}
    assert client.post("/queries", data=fields).status_code == 303


def test_a_script_is_told_the_address_of_its_answer(client, photo_fields):
    fields = {**photo_fields, **client.get("/token").json}
    headers = {"Accept": "application/json"}
    answer = client.post("/queries", data=fields, headers=headers)
    assert answer.status_code == 201
    assert answer.json["answer"] == answer.headers["Location"]
    assert client.get(answer.json["answer"]).status_code == 200


def test_a_script_is_told_its_faults_as_json(client, photo_fields):
    answer = client.post(
        "/queries", data=photo_fields, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "form_expired"


def test_the_site_can_be_put_on_the_first_screen(client):
    answer = client.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    manifest = json.loads(answer.text)
    assert manifest["start_url"] == manifest["scope"] == "/"
    with client.get(manifest["icons"][0]["src"]) as icon:
        assert icon.status_code == 200
    assert "/manifest.webmanifest" in client.get("/").text


def test_the_policy_lets_the_worker_and_the_manifest_in(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "worker-src 'self'" in policy
    assert "manifest-src 'self'" in policy
