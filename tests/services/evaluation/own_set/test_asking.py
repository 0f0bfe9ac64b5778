"""The evaluation set, asked after a build and whenever somebody wants."""

import pytest
from sqlalchemy import delete, select

from app.background import BACKGROUND, KINDS
from app.configuration.load import Folders
from app.extensions import db
from app.models import (
    Artwork,
    EvaluationAnswer,
    EvaluationPhoto,
    EvaluationRun,
    Lane,
    Query,
    Task,
    TaskState,
)
from app.retrieval.evaluation.asking import reply_of
from app.services.curation.merging.merger import Merger
from app.services.evaluation.own_set import asking, history, members
from app.services.evaluation.own_set.asking import Unasked
from app.services.importing import runs
from app.services.index import rebuilding
from app.services.system.tasks import TaskContext, TaskHandle
from app.web.shell.current import media
from tests.support.fakes import draw_picture, photograph
from tests.support.museum import encoded, make_searcher, work_of


@pytest.fixture
def work_off(in_app):
    def work():
        task = requested()
        in_app.extensions[BACKGROUND].work_off()
        db.session.expire_all()
        return task

    return work


def requested():
    task = asking.request_if_any(db.session())
    assert task is not None
    return task


def runs_of():
    return list(db.session.scalars(select(EvaluationRun).order_by(EvaluationRun.id)))


def test_an_empty_set_is_not_asked(in_app):
    assert asking.request_if_any(db.session()) is None


def test_photos_are_graded_by_the_works_in_them(in_set, photo, unknown_photo, work_off):
    from app.services.evaluation import feedback

    known = in_set(photo, "1900.0")
    feedback.give(db.session.get_one(Query, known), is_right=True)
    missed = in_set(unknown_photo, "1900.3")
    nothing = in_set(encoded(photograph(draw_picture(997))))
    task = work_off()
    assert (task.state, task.done, task.total) == (TaskState.DONE, 3, 3)
    [run] = runs_of()
    assert run.generation == "generation-1"
    assert (run.asked, run.answerable) == (3, 2)
    assert (run.first, run.found, run.wrong) == (1, 1, 0)
    answers = {one.query_id: one for one in run.answers}
    assert answers[known].is_found
    assert not answers[missed].is_first
    assert answers[missed].is_answerable
    assert not answers[nothing].is_answerable
    [figures] = history.list_figures(db.session())
    assert (figures.found.count, figures.found.total) == (1, 2)
    assert (figures.wrong.count, figures.wrong.total) == (0, 3)


def test_a_photo_does_not_find_itself(
    in_set, unknown_photo, editor, publication, work_off
):
    entry = editor.add_image(work_of("1900.3"), unknown_photo)
    in_set(unknown_photo, "1900.3", entry)
    work_off()
    [run] = runs_of()
    # Visitors find it by its picture; the set is asked without that.
    assert (run.answerable, run.first, run.found) == (1, 0, 0)
    # With another picture of the same thing it is found in earnest.
    editor.add_image(work_of("1900.3"), encoded(draw_picture(998)))
    work_off()
    assert runs_of()[-1].found == 1
    [change] = history.changes(db.session(), *runs_of())
    assert change.gain == 2
    assert (change.before.is_found, change.after.is_found) == (False, True)


def test_why_photos_could_not_be_asked_is_counted(
    in_set, asked, unknown_photo, editor, work_off
):
    db.session.add(Artwork(accession="bare"))
    db.session.commit()
    entry = editor.add_image(work_of("bare"), unknown_photo)
    in_set(unknown_photo, "bare", entry)
    withdrawn = in_set(unknown_photo, "1900.3")
    editor.withdraw(work_of("1900.3"))
    lost = in_set(unknown_photo)
    name = db.session.get_one(Query, lost).photo_name
    assert name is not None
    media().queries.delete(name)
    broken = in_set(unknown_photo)
    name = db.session.get_one(Query, broken).photo_name
    assert name is not None
    media().queries.write(name, b"no picture")
    work_off()
    [run] = runs_of()
    assert run.unasked == {
        Unasked.NOT_FINDABLE: 2,
        Unasked.GONE: 1,
        Unasked.UNREADABLE: 1,
    }
    assert (run.asked, run.answerable) == (0, 0)
    assert withdrawn in members.among(db.session(), [withdrawn])


def test_what_names_a_work_that_is_not_in_the_photo_is_wrong_until_it_is_stated(
    in_set, photo, work_off
):
    query_id = in_set(photo, "1900.3")
    work_off()
    [run] = runs_of()
    assert (run.first, run.found, run.wrong) == (0, 0, 1)
    member = db.session.get_one(EvaluationPhoto, query_id)
    both = [work_of("1900.3"), work_of("1900.0")]
    members.state_works(db.session(), member, both, None)
    db.session.refresh(run)
    assert (run.first, run.found, run.wrong) == (1, 1, 0)
    assert run.answerable == 1
    # Figures stay when the photo leaves the set; what was answered goes.
    members.leave(db.session(), member, None)
    db.session.refresh(run)
    assert (run.asked, run.found) == (1, 1)
    assert db.session.query(EvaluationAnswer).count() == 0


class StoppedError(Exception):
    pass


def test_what_named_a_work_that_was_merged_since_stays_right(in_set, photo, work_off):
    number = in_set(photo, "1900.0")
    work_off()
    kept = work_of("1900.3")
    Merger(db.session(), None).merge(kept, work_of("1900.0"), {})
    of_set = db.session.get_one(EvaluationPhoto, number)
    members.state_works(db.session(), of_set, [kept, work_of("1900.4")], None)
    [run] = runs_of()
    assert (run.first, run.found, run.wrong) == (1, 1, 0)


def test_a_photo_that_is_deleted_while_it_is_asked_is_passed_over(
    in_set, photo, unknown_photo, work_off, monkeypatch
):
    in_set(photo, "1900.0")
    leaving = in_set(unknown_photo, "1900.3")  # the last one is asked first

    def reply_meanwhile(*asked):
        with db.engine.begin() as connection:
            connection.execute(delete(Query).where(Query.id == leaving))
        return reply_of(*asked)

    monkeypatch.setattr(asking, "reply_of", reply_meanwhile)
    task = work_off()
    assert (task.state, task.fault) == (TaskState.DONE, "")
    [run] = runs_of()
    assert (run.is_finished, run.asked, run.found) == (True, 1, 1)


def test_a_stopped_task_goes_on_where_it_was(in_app, in_set, unknown_photo, work_off):
    first = in_set(unknown_photo, "1900.3")
    in_set(encoded(photograph(draw_picture(997))))
    task = requested()
    context = TaskContext(
        db.session(), Folders(in_app.config["MORELLI_INSTANCE"]), in_app.config
    )

    class Stopping(TaskHandle):
        def progress(self, done, total, step=""):
            if done:
                self.context.session.commit()
                raise StoppedError
            super().progress(done, total, step)

    with pytest.raises(StoppedError):
        asking.ask_set(Stopping(context, task))
    assert history.list_figures(db.session()) == []
    [run] = runs_of()
    [answer] = run.answers
    kept = answer.id
    in_app.extensions[BACKGROUND].work_off()
    db.session.expire_all()
    assert [one.id for one in runs_of()] == [run.id]
    assert kept in {one.id for one in run.answers}
    assert (run.is_finished, run.asked) == (True, 2)
    assert first in {one.query_id for one in run.answers}


def test_another_index_is_asked_from_the_beginning(
    in_app, in_set, unknown_photo, publication
):
    in_set(unknown_photo, "1900.3")
    task = requested()
    old = EvaluationRun(task=task, generation="older")
    db.session.add(old)
    db.session.commit()
    publication.searcher = make_searcher(range(7), "generation-2")
    in_app.extensions[BACKGROUND].work_off()
    db.session.expire_all()
    [run] = runs_of()
    assert (run.generation, run.is_finished) == ("generation-2", True)


def test_a_build_that_went_live_lets_the_set_be_asked_beside_it(
    in_app, in_set, unknown_photo
):
    in_set(unknown_photo, "1900.3")
    folders = Folders(in_app.config["MORELLI_INSTANCE"])
    context = TaskContext(db.session(), folders, in_app.config)
    handle = TaskHandle(context, Task(kind=rebuilding.KIND))

    def publish(_handle):
        folders.generations.mkdir(parents=True, exist_ok=True)
        (folders.generations / "CURRENT").write_text("0123456789abcdef")

    def waiting():
        meant = select(Task).where(Task.kind == asking.KIND)
        return list(db.session.scalars(meant))

    asking.then_asked(lambda _handle: None)(handle)
    assert waiting() == []
    asking.then_asked(publish)(handle)
    [task] = waiting()
    assert (task.lane, task.state) == (Lane.SHORT, TaskState.WAITING)
    # The same index again is nothing new; one that waits already is not asked twice.
    asking.then_asked(publish)(handle)
    assert requested().id == task.id
    assert waiting() == [task]
    task.state, task.claim = TaskState.RUNNING, "somebody"
    db.session.commit()
    assert requested().id != task.id


def test_what_builds_an_index_is_followed_by_the_set():
    for kind in (rebuilding.KIND, runs.KIND):
        assert KINDS[kind].__qualname__.startswith("then_asked")


def test_without_an_index_the_task_says_so(in_app, in_set, unknown_photo, publication):
    in_set(unknown_photo)
    publication.searcher = None
    task = requested()
    in_app.extensions[BACKGROUND].work_off()
    db.session.refresh(task)
    assert task.state is TaskState.FAILED
    assert "python precompute_descriptors.py" in task.fault
