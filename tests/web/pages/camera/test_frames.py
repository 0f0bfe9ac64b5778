import re
from io import BytesIO

import pytest

from tests.support.museum import encoded
from tests.support.pictures import plain


@pytest.fixture
def find(client):
    def send(data, token=None):
        if token is None:
            page = client.get("/").text
            [token, *_] = re.findall(r'name="csrf_token" value="([^"]+)"', page)
        fields = {"csrf_token": token, "photo": (BytesIO(data), "photo.jpg")}
        return client.post(
            "/frames", data=fields, headers={"Accept": "application/json"}
        )

    return send


def test_the_box_of_a_frame_is_told(find):
    photo = plain(level=190).copy()
    photo[60:240, 100:300] = 60
    assert find(encoded(photo)).json["crop"] == pytest.approx(
        [0.25, 0.2, 0.75, 0.8], abs=0.03
    )


def test_where_there_is_none_that_is_told(find, grey_photo):
    assert find(grey_photo).json == {"crop": None}


def test_what_is_no_photo_is_refused_as_json(find):
    answer = find(b"Dear museum")
    assert answer.status_code == 422
    assert answer.json["error"]["code"] == "unreadable_image"


def test_nothing_is_found_for_other_sites(find, grey_photo):
    assert find(grey_photo, token="forged").status_code == 400


def test_nothing_is_found_without_an_account_where_one_is_needed(make_app, grey_photo):
    client = make_app(MORELLI_ANONYMOUS_SEARCH="no", WTF_CSRF_ENABLED=False)
    answer = client.test_client().post(
        "/frames", data={"photo": (BytesIO(grey_photo), "a.jpg")}
    )
    assert answer.status_code in (401, 403)
