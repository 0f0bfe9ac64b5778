from io import BytesIO

import numpy as np
import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import GenerationRecord, Query
from app.retrieval.generations.calibration import Calibration, TriedAnswer
from app.retrieval.images.codec import decode, encode_jpeg
from tests.support.databases import refuse

SEARCH = "/api/v1/search"


def test_an_answer_has_the_promised_form(ask_api, in_app, photo):
    answer = ask_api(photo)
    assert answer.status_code == 200
    assert set(answer.json) == {
        "decision",
        "complete",
        "probability",
        "calibration",
        "remarks",
        "faults",
        "matches",
        "similar",
        "reading",
        "timings_ms",
        "query_id",
    }
    assert answer.json["decision"] == "found"
    assert answer.json["remarks"] == []
    assert 0.9 < answer.json["probability"] <= 1
    assert answer.json["query_id"] == db.session.scalars(select(Query.id)).one()


def test_it_says_how_often_answers_as_sure_were_right(ask_api, in_app, photo):
    assert ask_api(photo).json["calibration"] is None, "the index was not tried"
    answers = [TriedAnswer(0.999, True)] * 36
    answers += [TriedAnswer(0.999, False, is_of_version=True)] * 2
    record = GenerationRecord(name="generation-1", model_id="m", works=7, images=7)
    record.examination = dict(Calibration.of(answers).figures)
    db.session.add(record)
    db.session.commit()
    assert ask_api(photo).json["calibration"] == {
        "answers": 38,
        "right": 36,
        "versions": 2,
        "low": 0.8271,
        "high": 0.9854,
    }


def test_a_match_names_the_work_and_the_evidence(ask_api, photo):
    match = ask_api(photo).json["matches"][0]
    assert match["accession"] == "1900.0"
    assert match["title"] == "The Astronomer’s Table"
    assert match["artist"] == "Ada Bright"
    assert match["date"] == "c. 1668"
    assert match["url"] == "/works/1900.0"
    assert match["inliers"] > 20
    assert match["similarity"] is None  # geometry was certain, so no network was asked
    assert [len(corner) for corner in match["outline"]] == [2, 2, 2, 2]
    assert match["region"] is None


def test_similar_works_are_labelled_and_leave_out_the_match(ask_api, photo):
    similar = ask_api(photo).json["similar"]
    assert len(similar) == 6
    assert {"accession", "title", "artist", "date", "url", "similarity"} == set(
        similar[0]
    )
    assert "1900.0" not in [work["accession"] for work in similar]


def test_timings_name_the_stages(ask_api, photo):
    timings = ask_api(photo).json["timings_ms"]
    assert timings["total"] >= timings["verify"] >= 0


def test_an_answer_that_cannot_be_stored_has_no_id(ask_api, in_app, photo):
    refuse(db.session(), "INSERT", "query")
    answer = ask_api(photo).json
    assert answer["decision"] == "found"
    assert answer["query_id"] is None


def test_the_interface_uses_no_cookie(ask_api, photo):
    assert "Set-Cookie" not in ask_api(photo).headers


def test_errors_are_json(client):
    missing = client.get("/api/v1/nothing")
    assert missing.status_code == 404
    assert missing.json["error"]["code"] == "not_found"
    wrong = client.get("/api/v1/search")
    assert wrong.status_code == 405
    assert "POST" in wrong.headers["Allow"]
    assert wrong.json["error"]["code"] == "method_not_allowed"


def test_a_bug_is_logged_and_told_to_nobody(ask_api, photo, publication, caplog):
    publication.fault = RuntimeError("secret detail")
    answer = ask_api(photo)
    assert answer.status_code == 500
    assert answer.json["error"]["code"] == "internal_error"
    assert "secret detail" not in answer.text
    assert "secret detail" in caplog.text


def test_who_may_not_search_is_not_told_what_else_is_wrong(make_app):
    answer = make_app(MORELLI_ANONYMOUS_SEARCH="no").test_client().post(SEARCH)
    assert answer.status_code == 401
    assert answer.json["error"]["code"] == "account_needed"


@pytest.mark.parametrize("fields", [{}, {"photo": "text"}, {"photo": (BytesIO(), "")}])
def test_a_form_without_a_photo_is_refused(client, fields):
    answer = client.post(SEARCH, data=fields)
    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "no_photo"


def test_other_fields_of_the_form_are_passed_over(client, photo):
    fields = {"photo": (BytesIO(photo), ""), "name": "x", "other": (BytesIO(), "x")}
    assert client.post(SEARCH, data=fields).status_code == 400
    fields = {"photo": (BytesIO(photo), "x"), "name": "x", "other": (BytesIO(), "x")}
    assert client.post(SEARCH, data=fields).status_code == 200


def test_a_mirrored_photo_without_its_last_bytes_is_answered_and_both_are_said(
    ask_api, in_app, photo
):
    mirror = np.ascontiguousarray(decode(photo)[:, ::-1])
    answer = ask_api(encode_jpeg(mirror)[:-2])
    assert answer.status_code == 200
    assert answer.json["decision"] == "found"
    assert answer.json["remarks"] == ["truncated", "mirrored"]
    stored = db.session.scalars(select(Query)).one()
    assert stored.quality["remarks"] == ["truncated", "mirrored"]
