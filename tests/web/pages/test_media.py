import pytest

from tests.support.museum import original_of

NAME = f"{original_of(0)[:2]}/{original_of(0)}"


@pytest.mark.parametrize("suffix", [".jpg", ".s.jpg", ".m.jpg"])
def test_a_works_picture_is_served_for_good(client, suffix):
    with client.get(f"/media/works/{NAME}{suffix}") as response:
        assert response.status_code == 200
        assert response.mimetype == "image/jpeg"
        assert "immutable" in response.headers["Cache-Control"]
        assert "no-cache" not in response.headers["Cache-Control"]
        assert response.data.startswith(b"\xff\xd8\xff")


def test_pages_of_other_sites_may_show_a_works_picture(client):
    with client.get(f"/media/works/{NAME}.jpg") as response:
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_pages_of_other_sites_see_no_photo_and_no_page(client, ask, photo):
    page = ask(photo, follow_redirects=True)
    path = page.request.path
    for address in (path, f"{path}/photo.jpg", "/works/1900.0", "/"):
        with client.get(address) as response:
            policy = response.headers["Cross-Origin-Resource-Policy"]
            assert policy == "same-origin"
            assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize(
    "name",
    [
        "../../secret_key",
        "..%2f..%2fsecret_key",
        "%2e%2e/%2e%2e/morelli.db",
        f"{NAME[:2]}/../{NAME}.jpg",
        f"{NAME}.jpg%00.txt",
        f"{NAME}.png",
        "/etc/passwd",
        f"{'0' * 2}/{'0' * 64}.jpg",
        f"{'0' * 2}/{'0' * 64}.m.jpg",
        "../queries/00000000-0000-4000-8000-000000000000.jpg",
    ],
)
def test_no_other_name_leads_anywhere(client, name):
    assert client.get(f"/media/works/{name}").status_code == 404
