"""Programs that change works: who may, what is kept, what is refused."""

import json
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from app.extensions import db
from app.models import AccessToken, AuditEntry, Identity, TokenScope
from app.services.accounts import accounts
from app.services.collection.works import find_record
from app.services.media.folder import FolderStore
from tests.support.fakes import draw_picture
from tests.support.museum import encoded
from tests.support.people import bearing, logged_in, program_of, with_account

WORK = "/api/v1/works/1900.0"
RECORD = "/api/v1/records/1900.0"
PICTURE = "0" * 64
CHANGES = [
    ("GET", RECORD, {}),
    ("PUT", "/api/v1/works/new", {"json": {"title": "New"}}),
    ("PATCH", WORK, {"json": {"title": "New"}}),
    ("POST", f"{WORK}/withdraw", {}),
    ("POST", f"{WORK}/restore", {}),
    ("POST", f"{WORK}/pictures", {}),
    ("DELETE", f"{WORK}/pictures/{PICTURE}", {}),
]
CHANGE_NAMES = [f"{method} {address}" for method, address, _options in CHANGES]
each_change = pytest.mark.parametrize("change", CHANGES, ids=CHANGE_NAMES)


@pytest.fixture
def carla(app):
    return with_account(app, "carla@example.org", "curator")


@pytest.fixture
def program(carla):
    return program_of(carla, TokenScope.WRITE_WORKS, "Catalogue feed")


def owner(person):
    user = accounts.find(person.email)
    assert user is not None
    return user


def etag(program, address=RECORD):
    return {"If-Match": program.get(address).headers["ETag"]}


def patch(program, address=WORK, headers=None, **fields):
    return program.patch(address, json=fields, headers=headers or etag(program))


def post_picture(program, data, headers=None):
    fields = {"photo": (BytesIO(data), "photo.jpg")}
    headers = headers or etag(program)
    return program.post(f"{WORK}/pictures", data=fields, headers=headers)


def kept(app, accession="1900.0"):
    with app.app_context():
        work = find_record(accession)
        db.session.expunge_all()
        return work


def trail(app):
    with app.app_context():
        entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        return [
            (entry.action, entry.user.email if entry.user else None, entry.token_name)
            for entry in entries
        ]


def code(answer):
    return answer.status_code, answer.json["error"]["code"]


def refused(app, client, change):
    """Try a change; return how it was refused, having left everything as it was."""
    method, address, options = change
    before = kept(app)
    answer = client.open(address, method=method, headers={"If-Match": "*"}, **options)
    after = kept(app)
    assert (after.title, after.withdrawn_at) == (before.title, before.withdrawn_at)
    assert kept(app, "new") is None
    assert trail(app) == []
    return code(answer)


@each_change
def test_nobody_changes_without_a_token(app, client, change):
    assert refused(app, client, change) == (401, "token_needed")


@each_change
def test_a_cookie_alone_changes_nothing(app, change):
    ada = logged_in(app, "ada@example.org", "admin", "curator")
    assert refused(app, ada.browser, change) == (401, "token_needed")


@each_change
def test_a_wrong_token_changes_nothing(app, change):
    stranger = bearing(app, "morelli_wrong")
    assert refused(app, stranger, change) == (401, "invalid_token")


@each_change
def test_a_curators_token_for_reading_changes_nothing(app, carla, change):
    assert refused(app, program_of(carla), change) == (403, "insufficient_scope")


@each_change
def test_a_visitors_token_changes_nothing(app, change):
    anna = program_of(with_account(app))
    assert refused(app, anna, change) == (403, "insufficient_scope")


@each_change
def test_a_visitors_token_changes_nothing_whatever_the_row_says(app, change):
    anna = program_of(with_account(app))
    with app.app_context():
        [token] = db.session.scalars(select(AccessToken))
        token.scope = TokenScope.WRITE_WORKS
        db.session.commit()
    assert refused(app, anna, change) == (403, "role_needed")


@each_change
def test_who_loses_the_role_changes_nothing_from_that_moment(
    app, carla, program, change
):
    assert program.get(RECORD).status_code == 200
    with app.app_context():
        accounts.revoke(owner(carla), "curator")
        db.session.commit()
    assert refused(app, program, change) == (403, "role_needed")


def test_what_is_missing_is_told_in_the_header_of_the_refusal(carla):
    answer = program_of(carla).patch(WORK, json={"title": "New"})
    said = answer.headers["WWW-Authenticate"]
    assert said.startswith("Bearer ")
    assert "insufficient_scope" in said


def test_a_second_factor_that_is_asked_for_is_needed_each_time(make_app):
    app = make_app(MORELLI_SECOND_FACTOR="curators")
    carla = with_account(app, "carla@example.org", "curator")
    program = program_of(carla, TokenScope.WRITE_WORKS)
    assert code(patch(program, headers={"If-Match": "*"}, title="New")) == (
        403,
        "role_needed",
    )
    with app.app_context():
        owner(carla).tf_primary_method = "authenticator"
        owner(carla).tf_totp_secret = "set up"
        db.session.commit()
    assert patch(program, title="New").status_code == 200


def test_who_logs_in_at_an_identity_provider_needs_no_other_factor(make_app):
    app = make_app(MORELLI_SECOND_FACTOR="curators")
    carla = with_account(app, "carla@example.org", "curator")
    program = program_of(carla, TokenScope.WRITE_WORKS)
    with app.app_context():
        identity = Identity(user_id=owner(carla).id, issuer="proxy", subject="carla")
        db.session.add(identity)
        db.session.commit()
    assert patch(program, title="New").status_code == 200


def test_a_label_is_changed_and_what_is_left_out_stays(app, program):
    answer = patch(program, title="  The Table ", artist=None)
    assert answer.status_code == 200
    assert (answer.json["title"], answer.json["artist"]) == ("The Table", "")
    assert answer.json["technique"] == "Oil on canvas"
    assert kept(app).title == "The Table"
    assert trail(app) == [("edit", "carla@example.org", "Catalogue feed")]


def test_texts_and_the_museums_own_facts_are_kept_under_their_names(app, program):
    details = {"story@DE": "Die Geschichte.\r\nGanz.", "Inventory": "A 12"}
    answer = patch(program, details=details | {"title@pt_br": "A mesa"})
    expected = {
        "story@de": "Die Geschichte.\nGanz.",
        "Inventory": "A 12",
        "title@pt-BR": "A mesa",
    }
    assert answer.json["details"] == kept(app).details == expected
    [story] = [one for one in answer.json["texts"] if one["field"] == "story"]
    assert story["language"] == "de"
    answer = patch(program, details={"Inventory": None, "title@pt-BR": ""})
    assert answer.json["details"] == {"story@de": "Die Geschichte.\nGanz."}


def test_what_a_work_shows_is_stated_and_left_to_the_program_again(program):
    answer = patch(program, shows=["ship", "dog"])
    assert answer.json["shows"] == ["dog", "ship"]
    assert answer.json["shows_stated"] is True
    assert patch(program, shows=None).json["shows_stated"] is False


@pytest.mark.parametrize(
    "body",
    [
        *({}, [], "title", None, {"titel": "x"}, {"title": 3}, {"title": "a\ud800"}),
        *({"title": "a\0"}, {"title": "x" * 10_001}, {"artist": "x" * 1_001}),
        # What the database keeps beside it is nobody's to set.
        *({"id": 7}, {"accession": "9"}, {"revision": 1}, {"withdrawn_at": None}),
        *({"withdrawn": True}, {"search_text": "x"}, {"images": []}),
        *({"details": []}, {"details": None}, {"details": {"story@de": 3}}),
        *({"details": {"": "x"}}, {"details": {"x" * 201: "x"}}),
        *({"details": {"Title": "x"}}, {"details": {"accession": "x"}}),
        *({"details": {"story@xx": "x"}}, {"details": {"a\0": "x"}}),
        *({"details": {"story@de": "x", "story@DE": "y"}},),
        *({"details": {"story": "x" * 100_001}}, {"details": {"\ud800": "x"}}),
        *({"shows": "dog"}, {"shows": ["unicorn"]}, {"shows": [1]}, {"shows": {}}),
    ],
    ids=lambda body: json.dumps(body)[:30],
)
def test_what_makes_no_sense_is_refused_in_words(app, program, body):
    headers = {**etag(program), "Content-Type": "application/json"}
    for method, address in (("PATCH", WORK), ("PUT", "/api/v1/works/new")):
        answer = program.open(
            address, method=method, data=json.dumps(body), headers=headers
        )
        assert code(answer) == (400, "bad_request")
        assert answer.json["error"]["message"].endswith(".")
    assert kept(app, "new") is None
    assert trail(app) == []


def test_a_body_that_is_too_long_or_no_json_is_refused(app, program):
    long = json.dumps({"details": {str(n): "x" * 100_000 for n in range(51)}})
    for data in (long, "title=x", ""):
        answer = program.patch(WORK, data=data, headers=etag(program))
        assert code(answer) == (400, "bad_request")
    assert trail(app) == []


def test_a_change_says_which_version_it_starts_from(app, program):
    assert code(program.patch(WORK, json={"title": "x"})) == (
        428,
        "precondition_needed",
    )
    for method, address, options in CHANGES[3:]:
        if not address.endswith("pictures"):
            answer = program.open(address, method=method, **options)
            assert code(answer) == (428, "precondition_needed")
    photo = {"photo": (BytesIO(b"x"), "photo.jpg")}
    answer = program.post(f"{WORK}/pictures", data=photo)
    assert code(answer) == (428, "precondition_needed")
    assert trail(app) == []


def test_what_somebody_else_changed_is_not_overwritten(app, program):
    seen = etag(program)
    assert patch(program, title="Theirs").status_code == 200
    sha256 = program.get(RECORD).json["images"][0]["sha256"]
    stale = [
        program.patch(WORK, json={"title": "Mine"}, headers=seen),
        program.post(f"{WORK}/withdraw", headers=seen),
        post_picture(program, encoded(draw_picture(50)), headers=seen),
        program.delete(f"{WORK}/pictures/{sha256}", headers=seen),
    ]
    assert [code(one) for one in stale] == [(412, "changed_meanwhile")] * 4
    work = program.get(RECORD).json
    assert (work["title"], work["withdrawn"], len(work["images"])) == (
        "Theirs",
        False,
        1,
    )
    assert len(trail(app)) == 1


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_the_present_version_may_be_named_in_any_way_that_http_has(program, form):
    header = {"If-Match": form.format(etag(program)["If-Match"])}
    assert patch(program, headers=header, title="New").status_code == 200


def test_the_version_comes_with_what_everybody_reads_too(client, program):
    assert client.get(WORK).headers["ETag"] == etag(program)["If-Match"]
    answer = patch(program, title="New")
    assert answer.headers["ETag"] == etag(program)["If-Match"]


def test_changes_that_are_sent_again_change_nothing_and_are_no_conflict(app, program):
    seen = etag(program)
    for _ in range(2):
        assert patch(program, headers=seen, title="Once").status_code == 200
    seen = etag(program)
    data = encoded(draw_picture(50))
    for _ in range(2):
        assert len(post_picture(program, data, seen).json["images"]) == 2
    seen = etag(program)
    for _ in range(2):
        answer = program.post(f"{WORK}/withdraw", headers=seen)
        assert (answer.status_code, answer.json["withdrawn"]) == (200, True)
    assert [one[0] for one in trail(app)] == ["edit", "images", "withdraw"]


def test_a_work_is_recorded_once(app, program):
    body = {"title": "Étude", "details": {"story@de": "Neu."}, "shows": ["dog"]}
    address = "/api/v1/works/1982.23/4 a"
    answer = program.put(address, json=body)
    assert answer.status_code == 201
    record = program.get(answer.headers["Location"])
    assert record.headers["ETag"] == answer.headers["ETag"]
    assert record.json == answer.json
    assert record.json["details"] == {"story@de": "Neu."}
    assert record.json["images"] == []
    again = program.put(address, json=body)
    assert (again.status_code, again.json) == (200, answer.json)
    other = program.put(address, json={"title": "Another"})
    assert code(other) == (409, "work_exists")
    assert kept(app, "1982.23/4 a").title == "Étude"
    assert trail(app) == [("create", "carla@example.org", "Catalogue feed")]


def test_a_number_that_is_too_long_is_refused(program):
    answer = program.put(f"/api/v1/works/{'9' * 256}", json={"title": "x"})
    assert code(answer) == (400, "bad_request")


def test_a_withdrawn_work_is_found_by_no_visitor_and_restored(client, program, photo):
    assert program.post(f"{WORK}/withdraw", headers=etag(program)).json["withdrawn"]
    assert client.get(WORK).status_code == 404
    fields = {"photo": (BytesIO(photo), "photo.jpg")}
    assert client.post("/api/v1/search", data=fields).json["decision"] == "not_found"
    assert patch(program, title="Kept").status_code == 200
    answer = program.post(f"{WORK}/restore", headers=etag(program))
    assert answer.json["withdrawn"] is False
    assert client.get(WORK).json["title"] == "Kept"
    fields = {"photo": (BytesIO(photo), "photo.jpg")}
    found = client.post("/api/v1/search", data=fields).json
    assert [match["accession"] for match in found["matches"]] == ["1900.0"]


def test_the_very_next_photo_finds_a_work_by_its_new_picture(
    app, client, program, unknown_photo
):
    fields = {"photo": (BytesIO(unknown_photo), "photo.jpg")}
    assert client.post("/api/v1/search", data=fields).json["decision"] == "not_found"
    answer = post_picture(program, encoded(draw_picture(998)))
    assert len(answer.json["images"]) == 2
    fields = {"photo": (BytesIO(unknown_photo), "photo.jpg")}
    found = client.post("/api/v1/search", data=fields).json
    assert [match["accession"] for match in found["matches"]] == ["1900.0"]
    sha256 = answer.json["images"][1]["sha256"]
    address = f"{WORK}/pictures/{sha256}"
    assert len(program.delete(address, headers=etag(program)).json["images"]) == 1
    fields = {"photo": (BytesIO(unknown_photo), "photo.jpg")}
    assert client.post("/api/v1/search", data=fields).json["decision"] == "not_found"
    again = program.delete(address, headers=etag(program))
    assert code(again) == (404, "not_found")
    assert [one[0] for one in trail(app)] == ["images", "images"]


def test_nothing_that_a_camera_noted_is_kept_of_a_picture(app, program):
    image = Image.fromarray(draw_picture(60))
    exif = Image.Exif()
    exif[0x010F] = "Anna’s camera"
    file = BytesIO()
    image.save(file, "JPEG", exif=exif)
    assert b"camera" in file.getvalue()
    answer = post_picture(program, file.getvalue())
    media = FolderStore(app.config["MORELLI_INSTANCE"] / "media" / "works")
    sha256 = answer.json["images"][1]["sha256"]
    stored = media.read(f"{sha256[:2]}/{sha256}.jpg")
    assert b"camera" not in stored
    assert b"Exif" not in stored


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"no picture", (422, "unreadable_image")),
        (encoded(draw_picture(1)[:8, :8]), (422, "image_too_small")),
    ],
)
def test_what_is_no_picture_is_refused_as_at_the_search(app, program, data, refusal):
    assert code(post_picture(program, data)) == refusal
    assert trail(app) == []


def test_a_picture_that_decodes_to_too_much_is_refused(make_app):
    app = make_app(MORELLI_MAX_MEGAPIXELS=1)
    person = with_account(app, "carla@example.org", "curator")
    program = program_of(person, TokenScope.WRITE_WORKS)
    file = BytesIO()
    Image.new("L", (1200, 1200)).save(file, "PNG")
    assert code(post_picture(program, file.getvalue())) == (422, "image_too_large")


def test_a_form_without_a_picture_is_refused(program):
    answer = program.post(f"{WORK}/pictures", headers=etag(program))
    assert code(answer) == (400, "no_photo")


@each_change
def test_a_work_that_is_not_there_is_not_changed(program, change):
    method, address, options = change
    if method != "PUT":
        address = address.replace("1900.0", "none")
        answer = program.open(
            address, method=method, headers={"If-Match": "*"}, **options
        )
        assert code(answer) == (404, "not_found")


def test_changes_are_shown_with_the_programs_name_and_taken_back(app, program):
    patch(program, title="New")
    ben = logged_in(app, "ben@example.org", "curator")
    page = ben.browser.get("/curate/changes/").text
    assert "by the program “Catalogue feed”" in page
    with app.app_context():
        number = db.session.scalars(select(AuditEntry.id)).one()
    ben.post(f"/curate/changes/{number}/undo", page="/curate/changes/")
    assert kept(app).title == "The Astronomer’s Table"
    assert trail(app)[1] == ("edit", "ben@example.org", None)


def test_the_name_of_a_token_goes_with_its_owners_account(app, program, carla):
    patch(program, title="New")
    carla.log_in()
    carla.post("/account/delete", page="/account/", password=carla.password)
    with app.app_context():
        assert accounts.find(carla.email) is None
    assert trail(app) == [("edit", None, None)]


def test_one_network_changes_only_so_much(app):
    client = FlaskClient(app, app.response_class, use_cookies=False)
    statuses = [client.patch(WORK).status_code for _ in range(601)]
    assert set(statuses[:600]) == {401}
    answer = client.put("/api/v1/works/new")
    assert code(answer) == (429, "too_many_searches")
    assert "changes" in answer.text
    assert int(answer.headers["Retry-After"]) > 0
