"""Labelled photos, asked in the background, and the reports of that."""

import io
import re
import zipfile

import pytest

from app.background import BACKGROUND
from app.extensions import db
from app.models import EvaluationReport, Task, TaskState, now
from app.services.evaluation import task as evaluation_task
from app.web.shell.current import folders
from tests.support.fakes import draw_picture, photograph
from tests.support.museum import encoded
from tests.support.people import logged_in

PAGE = "/admin/evaluations/"
HEAD = "photo,references,kind\n"
ROWS = "photos/a.jpg,1900.0,easy\nphotos/b.jpg,NONE,strange\nphotos/c.jpg,1900.3,easy\n"


@pytest.fixture
def admin(app):
    return logged_in(app, "ada@example.org", "admin")


@pytest.fixture(scope="module")
def photos():
    """Photos of work 0, of nothing, and one that is said to be of 3 but shows 4."""
    seeds = {"a": 0, "b": 998, "c": 4}
    return {
        f"photos/{name}.jpg": encoded(photograph(draw_picture(seed)))
        for name, seed in seeds.items()
    }


def packed(files, rows=ROWS):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("photos.csv", HEAD + rows)
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def begin(admin, data, **fields):
    return admin.post(PAGE, file=(io.BytesIO(data), "photos.zip"), **fields)


def work_off(app):
    return app.extensions[BACKGROUND].work_off()


def reports_of(app):
    with app.app_context():
        found = db.session.query(EvaluationReport).order_by(EvaluationReport.id).all()
        db.session.expunge_all()
        return found


def files_left(app):
    with app.app_context():
        root = folders().evaluations
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def test_photos_are_asked_and_a_report_is_kept(app, admin, photos):
    answer = begin(admin, packed(photos), name="First", leave_out="yes")
    assert answer.location.startswith("/curate/")
    assert work_off(app) == 1
    [report] = reports_of(app)
    assert report.name == "First"
    assert report.figures["queries"] == 3
    assert report.figures["top1"] == 1 / 2
    assert report.figures["misnamed"] == 1 / 2
    # Of the strange one and of both without their works: what c shows is found.
    assert report.figures["false_accept"] == 1 / 3
    assert set(report.figures["per_kind"]) == {"easy", "strange"}
    asked = [(c["name"], c["left_out"], c["is_right"]) for c in report.cases]
    assert asked[:2] == [("a.jpg", False, True), ("a.jpg", True, False)]
    # Of the photos only the wrong ones stay, of the ZIP file nothing.
    assert files_left(app) == ["2.jpg"]
    page = admin.browser.get(f"{PAGE}{report.id}").text
    assert "c.jpg" in page
    with admin.browser.get(f"{PAGE}{report.id}/photos/2.jpg") as picture:
        assert picture.mimetype == "image/jpeg"
    assert admin.browser.get(f"{PAGE}{report.id}/photos/0.jpg").status_code == 404


def test_the_recognition_page_shows_it(app, admin, photos):
    begin(admin, packed(photos))
    work_off(app)
    page = admin.browser.get("/admin/recognition/").text
    assert "photos.zip" in page
    assert "answered 1900.4" in page


def test_reports_are_compared_and_deleted(app, admin, photos):
    begin(admin, packed(photos), name="First")
    begin(admin, packed(photos, "photos/a.jpg,1900.0,easy\n"), name="Second")
    assert work_off(app) == 2
    first, second = reports_of(app)
    page = admin.browser.get(f"{PAGE}{second.id}").text
    assert "+50.0" in page
    assert "-50.0" in admin.browser.get(f"{PAGE}{first.id}?with={second.id}").text
    admin.post(f"{PAGE}{first.id}/delete", page=f"{PAGE}{first.id}")
    assert [report.id for report in reports_of(app)] == [second.id]
    assert files_left(app) == []


def test_a_killed_worker_goes_on_where_it_was(app, admin, photos, monkeypatch):
    begin(admin, packed(photos))
    asked = []

    def ask(asker, number, label):
        asked.append(number)
        if number == 1 and asked.count(1) == 1:
            raise KeyboardInterrupt
        return once(asker, number, label)

    once = evaluation_task.PhotoEvaluator.ask
    monkeypatch.setattr(evaluation_task.PhotoEvaluator, "ask", ask)
    with pytest.raises(KeyboardInterrupt):
        work_off(app)
    with app.app_context():
        [task] = db.session.query(Task)
        path = folders().evaluations / str(task.id) / evaluation_task.LINES
        with path.open("a") as file:
            file.write('{"number": 1, "na')  # cut off in the middle
        task.lease_until = now()  # the killed worker extends it no more
        db.session.commit()
    work_off(app)
    assert asked == [0, 1, 1, 2]
    [report] = reports_of(app)
    assert len(report.cases) == 3


def test_photos_that_cannot_be_asked_are_counted(app, admin, photos):
    rows = ROWS + "photos/none.jpg,NONE,x\n../../etc/passwd,NONE,x\nphotos/a.jpg,77,x\n"
    begin(admin, packed({**photos, "photos/b.jpg": b"<svg>"}, rows))
    work_off(app)
    [report] = reports_of(app)
    assert report.figures["queries"] == 2
    assert report.settings["photos_not_asked"] == 4
    # Done, all looked at, and yet not all asked: that is said wherever it is listed.
    for listed in ("/curate/tasks/", f"/curate/tasks/{report.task_id}"):
        page = admin.browser.get(listed).text
        assert "4 photos could not be asked; the report says why." in page
    assert "4 could not be asked" in admin.browser.get(PAGE).text
    page = admin.browser.get(f"{PAGE}{report.id}").text
    for photo in ("b.jpg", "none.jpg", "passwd", "a.jpg"):
        assert re.search(rf"<li>line \d+, [\w./]*{photo}: \w.+</li>", page)


def test_a_finished_task_has_looked_at_every_photo(app, admin, photos):
    rows = ROWS + "photos/none.jpg,NONE,x\nphotos/a.jpg,77,x\n"
    begin(admin, packed(photos, rows))
    work_off(app)
    with app.app_context():
        [task] = db.session.query(Task)
        assert task.state is TaskState.DONE
        assert (task.done, task.total) == (5, 5)


@pytest.mark.parametrize(
    "data",
    [
        b"no zip file",
        packed({})[:-30],
        packed({"photos/zeros.jpg": bytes(50_000_000)}),
    ],
    ids=["text", "cut off", "bomb"],
)
def test_files_that_cannot_be_used_are_refused_and_not_kept(app, admin, data):
    answer = begin(admin, data)
    assert answer.location == PAGE
    assert 'role="alert"' in admin.browser.get(PAGE).text
    assert files_left(app) == []
    assert work_off(app) == 0


def test_a_list_without_a_usable_photo_fails_with_its_reason(app, admin):
    answer = begin(admin, packed({}))
    work_off(app)
    assert "No photo could be asked." in admin.browser.get(answer.location).text
    assert reports_of(app) == []


def test_nothing_chosen_is_said(admin):
    answer = admin.post(PAGE, shared="../etc")
    assert "Please choose" in admin.browser.get(answer.location).text


def test_folders_on_the_server_are_offered(make_app, photos, tmp_path):
    folder = tmp_path / "shared" / "march"
    (folder / "photos").mkdir(parents=True)
    (folder / "photos.csv").write_text(HEAD + ROWS)
    for name, data in photos.items():
        (folder / name).write_bytes(data)
    app = make_app(MORELLI_IMPORT_FOLDER=tmp_path / "shared")
    admin = logged_in(app, "ada@example.org", "admin")
    assert "march" in admin.browser.get(PAGE).text
    admin.post(PAGE, shared="march")
    work_off(app)
    [report] = reports_of(app)
    assert report.name == "march"
    assert report.figures["queries"] == 3
