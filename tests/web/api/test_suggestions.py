"""What may be meant by words with slips, as a program asks it."""

import pytest

ADDRESS = "/api/v1/suggestions"


def test_works_and_artists_are_suggested(client):
    answer = client.get(f"{ADDRESS}?q=ada+brihgt")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    artist, work = answer.json["suggestions"]
    assert (artist["kind"], artist["artist"]) == ("artist", "Ada Bright")
    assert (artist["work"], artist["works"]) == (None, 1)
    assert (work["kind"], work["work"]["accession"]) == ("work", "1900.0")


def test_works_of_a_place_come_first(client):
    answer = client.get(f"{ADDRESS}?q=1900&room=Room+12").json
    assert [one["in_room"] for one in answer["suggestions"]] == [
        *(True, False, False, False),
    ]
    answer = client.get(f"{ADDRESS}?q=astronomr&room=Room+12").json
    assert answer["suggestions"][0]["in_room"]


def test_no_words_mean_nothing(client):
    assert client.get(ADDRESS).json == {"suggestions": []}


@pytest.mark.parametrize("query", ["q=a&q=b", "words=x", f"q={'x' * 201}"])
def test_what_makes_no_sense_is_refused(client, query):
    answer = client.get(f"{ADDRESS}?{query}")
    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "bad_request"
