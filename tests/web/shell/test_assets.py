import re

import pytest

from app.web.shell.assets import asset, hash_files


@pytest.fixture
def in_request(app):
    with app.test_request_context():
        yield app


def get(client, address):
    """Fetch a file whole: a response that streams one would leave it open."""
    with client.get(address) as answer:
        answer.get_data()
        return answer


def test_a_page_names_its_files_by_their_version(client):
    [address] = re.findall(r'href="([^"]+/morelli\.css)"', client.get("/").text)
    answer = get(client, address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "no-cache" not in answer.headers["Cache-Control"]


def test_an_outdated_version_is_served_but_not_kept(client):
    answer = get(client, "/assets/000000000000/morelli.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_scripts_for_passkeys_are_the_librarys(client, in_request):
    answer = get(client, asset("flask_security/js/webauthn.js"))
    assert answer.mimetype == "text/javascript"
    assert "handleRegister" in answer.text
    assert "immutable" in answer.headers["Cache-Control"]
    outside = "/assets/000000000000/flask_security/../core.py"
    assert get(client, outside).status_code == 404


@pytest.mark.parametrize("name", ["../app/config.py", "..%2fREADME.md", "none.css"])
def test_nothing_else_is_served(client, name):
    assert get(client, f"/assets/000000000000/{name}").status_code == 404


def test_a_file_has_an_address(in_request):
    assert asset("ask.js").endswith("/ask.js")


def test_the_version_changes_with_a_file_and_with_its_name(tmp_path):
    file = tmp_path / "a.js"
    file.write_text("1")
    versions = {hash_files(tmp_path)}
    file.write_text("2")
    versions.add(hash_files(tmp_path))
    file.rename(tmp_path / "b.js")
    versions.add(hash_files(tmp_path))
    versions.add(hash_files(tmp_path, tmp_path))
    assert len(versions) == 4
