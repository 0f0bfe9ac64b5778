from datetime import timedelta

import pytest

from app.background import BACKGROUND
from app.extensions import db
from app.models import IndexFault, Task, TaskState, now
from app.services.system import tasks
from tests.people import logged_in


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


def test_without_a_worker_the_page_says_so(app, curator, task_id):
    hidden = "data-silent hidden"
    assert hidden in curator.browser.get(f"/curate/tasks/{task_id}").text
    change(app, task_id, created_at=now() - timedelta(minutes=5))
    assert hidden not in curator.browser.get(f"/curate/tasks/{task_id}").text


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
