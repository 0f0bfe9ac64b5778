import re
from datetime import timedelta
from types import SimpleNamespace

import pytest

from app.background import BACKGROUND
from app.extensions import db
from app.models import ImportRun, IndexFault, Lane, Task, TaskState, Worker, now
from app.retrieval.generations.calibration import Calibration, TriedAnswer
from app.retrieval.generations.registry import GenerationRegistry
from app.services.importing import runs
from app.services.system import tasks
from app.services.system.claims import claim_next
from app.services.system.lock import INDEXING_LOCK, exclusively
from app.web.shell.current import folders
from tests.support.people import logged_in


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


@pytest.fixture
def task_id(app):
    with app.app_context():
        return tasks.enqueue(db.session(), "rebuild", {}, None).id


def change(app, task_id, **values):
    with app.app_context():
        task = db.session.get_one(Task, task_id)
        for name, value in values.items():
            setattr(task, name, value)
        db.session.commit()


def test_a_running_task_shows_how_far_it_is(app, curator, task_id):
    begun = now() - timedelta(seconds=10)
    change(
        app,
        task_id,
        state=TaskState.RUNNING,
        done=50,
        total=150,
        step="features",
        parameters={tasks.BEGUN: begun.isoformat(), tasks.BEGUN_AT: 0},
    )
    facts = curator.browser.get(f"/curate/tasks/{task_id}/state").json
    assert (facts["done"], facts["total"], facts["over"]) == (50, 150, False)
    assert facts["step"] == "Looking at the pictures"
    assert "20 seconds left" in facts["pace"]
    page = curator.browser.get(f"/curate/tasks/{task_id}").text
    assert 'value="50" max="150"' in page
    assert "Pause" in page


def test_a_task_is_paused_gone_on_with_and_stopped(curator, task_id):
    address = f"/curate/tasks/{task_id}"

    def told(wish):
        curator.post(f"{address}/{wish}", page=address)
        return curator.browser.get(f"{address}/state").json["state"]

    assert told("pause") == "paused"
    assert told("go-on") == "waiting"
    assert told("cancel") == "cancelled"
    answer = curator.post(f"{address}/pause", page=address)
    assert "too late" in curator.browser.get(answer.location).text


def test_why_it_failed_is_shown(app, curator, task_id):
    change(app, task_id, state=TaskState.FAILED, fault="The disk is full.")
    page = curator.browser.get(f"/curate/tasks/{task_id}").text
    assert "The disk is full." in page
    assert "Go on" in page


def test_less_than_all_never_stands_under_done_without_its_reason(
    app, curator, task_id
):
    change(app, task_id, state=TaskState.DONE, done=27, total=28)
    for page in (f"/curate/tasks/{task_id}", "/curate/tasks/"):
        shown = curator.browser.get(page).text
        assert "1 picture could not be read, and is not in the index." in shown
    change(app, task_id, kind="survey")
    shown = curator.browser.get("/curate/tasks/").text
    assert "1 was changed or taken away meanwhile, and passed over." in shown
    change(app, task_id, done=28)
    shown = curator.browser.get("/curate/tasks/").text
    assert "passed over" not in shown


def place(curator, task_id):
    return curator.browser.get(f"/curate/tasks/{task_id}/state").json["place"]


def add_worker(app):
    with app.app_context():
        db.session.add(Worker(name="alive"))
        db.session.commit()


def test_without_a_worker_a_task_says_that_it_waits_for_one(app, curator, task_id):
    assert "no worker is running" in place(curator, task_id)
    assert (
        "no worker is running" in curator.browser.get(f"/curate/tasks/{task_id}").text
    )
    add_worker(app)
    assert place(curator, task_id) == "It is taken up in a moment."


def test_a_task_says_what_is_before_it(app, curator, task_id):
    add_worker(app)
    with app.app_context():
        run = ImportRun(name="works.csv", source="table", location="x")
        db.session.add(run)
        db.session.commit()
        given = {runs.RUN: run.id, runs.PHASE: runs.RECORD}
        last = tasks.enqueue(db.session(), runs.KIND, given, None).id
        claim_next(db.session(), Lane.LONG, "alive")
    change(app, task_id, done=300, total=5000, step="works", kind=runs.KIND)
    change(app, task_id, parameters=given)
    assert place(curator, task_id) == ""
    assert (
        place(curator, last) == "It waits for: Import of works.csv (row 300 of 5,000)."
    )
    with app.app_context():
        third = tasks.enqueue(db.session(), "map", {}, None).id
        short = tasks.enqueue(db.session(), "methods", {}, None, Lane.SHORT).id
    assert place(curator, third).endswith("1 task is before it.")
    assert place(curator, short) == "It is taken up in a moment."
    page = curator.browser.get("/curate/tasks/").text
    assert "1 task is before it." in page
    assert "1 task is before it." in curator.browser.get("/curate/map/").text


def test_a_task_whose_worker_died_says_so(app, curator, task_id):
    with app.app_context():
        claim_next(db.session(), Lane.LONG, "killed")
    change(app, task_id, lease_until=now() - timedelta(seconds=1))
    assert "no sign of life since" in place(curator, task_id)
    assert "no worker is running" in place(curator, task_id)
    add_worker(app)
    assert "taken up in a moment" in place(curator, task_id)


def test_a_task_that_found_its_work_busy_says_so(app, curator, task_id):
    add_worker(app)
    with app.app_context():
        lock, engine = folders().instance / INDEXING_LOCK, db.engine
    with exclusively(lock, engine):
        app.extensions[BACKGROUND].work_off()
        assert "another program" in place(curator, task_id)


def test_who_paused_a_task_is_named(curator, task_id):
    address = f"/curate/tasks/{task_id}"
    curator.post(f"{address}/pause", page=address)
    assert place(curator, task_id) == "Paused by curator@example.org."
    curator.post(f"{address}/cancel", page=address)
    assert place(curator, task_id) == "Stopped by curator@example.org."


def test_tasks_are_named_by_what_they_work_on(app, curator):
    with app.app_context():
        run = ImportRun(
            name="works.csv",
            source="table",
            location="x",
            counts={"created": 1200, "failed": 3, "remarked": 2},
        )
        db.session.add(run)
        db.session.commit()
        for kind, given in (
            ("import", {"run_id": run.id, "phase": "plan"}),
            ("import", {"run_id": run.id, "phase": "record"}),
            ("import", {"run_id": run.id, "phase": "undo"}),
            ("import", {"run_id": 99, "phase": "plan"}),
            ("comparison", {"run": run.id}),
            ("evaluation", {"name": "March"}),
            ("methods", {"work": "1900.0"}),
            ("methods", {"work": ""}),
            ("care", {}),
        ):
            tasks.enqueue(db.session(), kind, given, None)
    page = curator.browser.get("/curate/tasks/").text
    assert re.findall("<cite>(.*?)</cite>", page)[::-1] == [
        "Dry run of the import of works.csv, 1,203 rows",
        "Import of works.csv, 1,203 rows",
        "Taking back the import of works.csv, 1,203 rows",
        "Dry run of the import of a discarded import",
        "Comparing the works of works.csv with the others",
        "Evaluation of March",
        "Comparing methods by the work 1900.0",
        "Comparing methods by a photo",
        "Looking for works that photos will not find",
    ]


def test_all_work_is_listed(curator, task_id):
    page = curator.browser.get("/curate/tasks/").text
    assert f'href="/curate/tasks/{task_id}"' in page
    assert curator.browser.get("/curate/tasks/?page=2").status_code == 404
    assert curator.browser.get("/curate/tasks/99").status_code == 404


def test_the_index_is_built_in_the_background_and_once_at_a_time(app, curator):
    page = "/curate/index/"
    assert "There is no index yet" in curator.browser.get(page).text
    first = curator.post("/curate/index/rebuild", page=page)
    second = curator.post("/curate/index/rebuild", page="/curate/works/")
    assert first.location == second.location
    assert "An index is being built" in curator.browser.get(page).text
    assert app.extensions[BACKGROUND].work_off() == 1


def keep_an_index(monkeypatch, **figures):
    """Let there be one index, with these figures among others."""
    kept = SimpleNamespace(
        name="0123456789abcdef",
        manifest=SimpleNamespace(
            created_at="2026-11-28",
            works=60,
            images=70,
            model_id="fake",
            examination={
                "hard_photos_asked": 40.0,
                "hard_photos_found": 0.85,
                "unit_length": 1.0,
                **figures,
            },
        ),
    )
    monkeypatch.setattr(GenerationRegistry, "kept", lambda _: [kept])


def index_page(curator):
    return curator.browser.get("/curate/index/").text.replace("\N{NO-BREAK SPACE}", " ")


def test_an_examination_tells_numbers_of_photos_and_shares(curator, monkeypatch):
    keep_an_index(monkeypatch)
    page = index_page(curator)
    assert "<dt>Hard simulated photos asked</dt><dd>40</dd>" in page
    assert "<dt>Of these, found</dt><dd>85.0 %: 34 of 40 (71 to 93 %)</dd>" in page
    assert "<dt>Descriptors of the right length</dt><dd>100.0 %</dd>" in page
    assert "Of answers this sure" not in page, "an older program did not count them"


def test_an_examination_tells_how_often_sure_answers_were_right(curator, monkeypatch):
    table = Calibration.of(
        [TriedAnswer(0.999, True)] * 36
        + [TriedAnswer(0.999, False, is_of_version=True)] * 2
        + [TriedAnswer(0.2, False)]
    )
    keep_an_index(monkeypatch, **table.figures)
    page = index_page(curator)
    _head, *rows = re.findall(r"<tr>(.*?)</tr>", page)
    assert "Of answers this sure, so many were right" in page
    cells = [re.findall(r"<t[hd][^>]*>([^<]*)<", row) for row in rows]
    assert [cell[:3] for cell in cells] == [
        ["0 – 0.5", "0 of 1 (0 to 79 %)", "0"],
        ["0.5 – 0.9", "–", "0"],
        ["0.9 – 0.99", "–", "0"],
        ["0.99 – 1", "36 of 38 (83 to 99 %)", "2"],
    ]
    assert [row.count("<svg") for row in rows] == [1, 0, 0, 1]
    assert "calibration_" not in page, "no figure is told by its name"


def test_only_an_index_that_is_there_can_be_made_live(curator):
    for name in ("0123456789abcdef", "..", "CURRENT"):
        answer = curator.post(f"/curate/index/{name}/live", page="/curate/works/")
        if answer.status_code == 303:
            assert "not there any more" in curator.browser.get(answer.location).text
        else:
            assert answer.status_code == 404


def test_a_rebuild_names_pictures_that_cannot_be_read(app, curator, task_id):
    with app.app_context():
        db.session.add(IndexFault(image_id=3, reason="it is cut short"))
        other = tasks.enqueue(db.session(), "map", {}, None).id
        db.session.commit()
    for address in (f"/curate/tasks/{task_id}", "/curate/index/"):
        page = curator.browser.get(address).text
        assert "Pictures that cannot be read: 1" in page
        assert "it is cut short" in page
        assert 'href="/curate/works/3' in page
    assert "cut short" not in curator.browser.get(f"/curate/tasks/{other}").text
