import pytest

from app.extensions import db
from app.models import Task, TaskState
from app.services.curation.editing import WorkEditor
from app.services.importing import runs
from app.services.importing.sources import ImportContext
from app.services.importing.standards import documents
from app.services.importing.sync import catalogues
from app.services.importing.sync.catalogues import UnusableAddressError, changes_of
from app.services.system.tasks import TaskContext
from app.services.system.workers import WorkerProcess
from tests.services.importing.importer import rows_of, work
from tests.services.importing.standards.lido_records import NAMESPACES, simple
from tests.services.importing.standards.oai_repository import BASE, Repository
from tests.services.importing.sync.kept import Kept

FIRST, SECOND, THIRD = (f"2026-0{month}-01T00:00:00Z" for month in (1, 2, 3))


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(documents, "PAUSES", ())


def lido(number, title="Hof"):
    record = simple(number, title=title)
    return record.replace("<lido:lido>", f"<lido:lido {NAMESPACES}>")


def repository(titles, **options):
    """Without a memory of what was deleted, so that all of it is listed each time."""
    records = [(number, FIRST, lido(number, title)) for number, title in titles.items()]
    return Repository(records, **{"deletions": "no", **options})


def editor(importer):
    context = ImportContext.of(importer.app.config)
    return WorkEditor(db.session(), context.media.works, None, None, context.limits)


def test_what_is_new_changed_and_gone_is_recorded_and_said(kept):
    kept.sync(repository({1: "Hof", 2: "Baum", 3: "See"}))
    assert kept.source.synced_at is not None
    run = kept.sync(repository({1: "Hof", 2: "Alter Baum", 4: "Wald"}))
    assert [row[1:] for row in rows_of(run)] == [
        ("KG 2", "updated", ["changed"]),
        ("KG 4", "created", []),
        ("KG 3", "updated", ["gone"]),
    ]
    assert changes_of(db.session(), run) == catalogues.Changes(1, 1, 1, 0)
    assert work("KG 2").title == "Alter Baum"
    assert work("KG 3").is_withdrawn
    assert not work("KG 1").is_withdrawn


def test_where_nothing_changed_nothing_is_kept(kept):
    kept.sync(repository({1: "Hof"}))
    assert kept.sync(repository({1: "Hof"})) is None


def test_a_dry_run_changes_nothing(kept):
    run = kept.sync(repository({1: "Hof"}), records=False)
    assert run.is_dry
    assert [row[2] for row in rows_of(run)] == ["created"]
    assert kept.source.synced_at is None
    kept.importer.record(run)
    assert work("KG 1").title == "Hof"
    assert kept.source.synced_at is not None


def test_what_comes_back_is_on_show_again(kept):
    kept.sync(repository({1: "Hof", 2: "Baum"}))
    kept.sync(repository({1: "Hof"}))
    run = kept.sync(repository({1: "Hof", 2: "Baum"}))
    assert [row[1:] for row in rows_of(run)] == [("KG 2", "updated", ["restored"])]
    assert not work("KG 2").is_withdrawn


def test_what_a_curator_withdrew_stays_withdrawn(kept):
    kept.sync(repository({1: "Hof"}))
    editor(kept.importer).withdraw(work("KG 1"))
    kept.sync(repository({1: "Bauernhof"}))
    assert work("KG 1").is_withdrawn
    assert work("KG 1").title == "Bauernhof"


def test_a_curators_words_are_kept_and_that_is_said_once(kept):
    kept.sync(repository({1: "Hof"}))
    editor(kept.importer).edit(work("KG 1"), {"title": "Der Hof"})
    assert kept.sync(repository({1: "Hof"})) is None
    assert work("KG 1").title == "Der Hof"
    run = kept.sync(repository({1: "Bauernhof"}))
    assert [row[1:] for row in rows_of(run)] == [("KG 1", "unchanged", ["kept"])]
    assert work("KG 1").title == "Der Hof"
    assert kept.sync(repository({1: "Bauernhof"})) is None


def test_a_list_that_breaks_off_withdraws_nothing(kept):
    kept.sync(repository(dict.fromkeys(range(4), "Hof")))
    web = repository({0: "Hof", 5: "Baum", 6: "See"})
    web.breaks_at = 2
    run = kept.sync(web)
    assert run.task.state is TaskState.FAILED
    assert run.is_dry
    assert not any(work(f"KG {n}").is_withdrawn for n in range(4))


def test_a_damaged_answer_withdraws_nothing(kept):
    kept.sync(repository({1: "Hof", 2: "Baum"}))
    damaged = [(1, FIRST, lido(1)), (9, FIRST, "<a></b>")]
    run = kept.sync(Repository(damaged, deletions="no"))
    assert [row[2] for row in rows_of(run)] == ["failed"]
    assert not work("KG 2").is_withdrawn


def test_where_very_much_is_gone_somebody_is_asked(kept):
    kept.sync(repository(dict.fromkeys(range(12), "Hof")))
    run = kept.sync(Repository([], deletions="no"))
    assert run.is_dry
    assert runs.is_planned(run)
    assert not work("KG 1").is_withdrawn
    run = kept.sync(Repository([], deletions="no"), is_confirmed=True)
    assert changes_of(db.session(), run).gone == 12
    assert work("KG 1").is_withdrawn


def test_only_changes_are_asked_for_where_the_repository_remembers(kept):
    records = [(1, FIRST, lido(1)), (2, FIRST, lido(2))]
    web = Repository(records)
    web.moment = SECOND
    kept.sync(web)
    assert kept.source.mark == SECOND
    changed = Repository([records[0], (2, THIRD, None), (3, THIRD, lido(3, "See"))])
    run = kept.sync(changed)
    assert [row[1:] for row in rows_of(run)] == [
        ("KG 2", "updated", ["gone"]),
        ("KG 3", "created", []),
    ]
    assert {asked.get("from") for asked in changed.asked} == {None, SECOND}
    assert not work("KG 1").is_withdrawn


def test_a_work_with_another_number_is_another_work(kept):
    kept.sync(repository({1: "Hof", 2: "Baum"}))
    renamed = lido(1).replace("KG 1", "NEU 1")
    run = kept.sync(
        Repository([(1, FIRST, renamed), (2, FIRST, lido(2, "Baum"))], deletions="no")
    )
    assert [row[1:3] for row in rows_of(run)] == [
        ("NEU 1", "created"),
        ("KG 1", "updated"),
    ]
    assert work("KG 1").is_withdrawn
    again = Repository(
        [(1, FIRST, renamed), (2, FIRST, lido(2, "Baum"))], deletions="no"
    )
    assert kept.sync(again) is None


def test_the_same_number_twice_is_told_each_time(kept):
    web = Repository([(1, FIRST, lido(1)), (2, FIRST, lido(1, "Baum"))], deletions="no")
    for _ in range(2):
        run = kept.sync(web)
        assert rows_of(run)[-1][3] == ["contradicts"]
        assert work("KG 1").title == "Hof"


def test_a_sync_can_be_taken_back_and_stays_so(kept):
    kept.sync(repository({1: "Hof", 2: "Baum"}))
    run = kept.sync(repository({1: "Bauernhof"}))
    kept.importer.undo(run)
    assert (work("KG 1").title, work("KG 2").is_withdrawn) == ("Hof", False)
    assert kept.sync(repository({1: "Bauernhof"})) is None


def test_the_night_asks_what_was_once_seen_and_nobody_else(kept):
    context = TaskContext(
        db.session(), kept.importer.folders, kept.importer.app.config, WorkerProcess()
    )
    catalogues.set_nightly(db.session(), kept.source, nightly=True)
    catalogues.run_job(context)
    assert catalogues.latest_run(db.session(), kept.source) is None
    kept.sync(repository({1: "Hof"}))
    kept.importer.use_web(repository({1: "Bauernhof"}))
    catalogues.run_job(context)
    catalogues.run_job(context)  # while it is being asked
    assert db.session.query(Task).filter_by(state=TaskState.WAITING).count() == 1
    kept.importer.work_off()
    assert work("KG 1").title == "Bauernhof"


def test_a_work_that_another_source_has_is_not_gone(kept):
    kept.sync(repository({1: "Hof", 2: "Baum"}))
    other = Kept(kept.importer, f"{BASE}?metadataPrefix=lido")
    other.sync(repository({1: "Hof", 3: "See"}))
    run = kept.sync(repository({4: "Wald"}))
    assert [row[1:] for row in rows_of(run)] == [
        ("KG 4", "created", []),
        ("KG 2", "updated", ["gone"]),
    ]
    assert not work("KG 1").is_withdrawn


def test_a_work_that_one_source_deleted_stays_while_another_has_it(kept):
    web = Repository([(1, FIRST, lido(1)), (2, FIRST, lido(2))])
    web.moment = SECOND
    kept.sync(web)
    other = Kept(kept.importer, f"{BASE}?metadataPrefix=lido")
    other.sync(repository({1: "Hof"}))
    run = kept.sync(Repository([(1, THIRD, None), (2, THIRD, None)]))
    assert [row[1:] for row in rows_of(run)] == [("KG 2", "updated", ["gone"])]
    assert not work("KG 1").is_withdrawn


@pytest.mark.parametrize("address", ["", "museum.org", "ftp://museum.org/a", BASE])
def test_other_addresses_are_refused(kept, address):
    with pytest.raises(UnusableAddressError):
        catalogues.add(db.session(), address, None)


def test_a_forgotten_source_leaves_its_works(kept):
    kept.sync(repository({1: "Hof"}))
    catalogues.forget(db.session(), kept.source)
    assert catalogues.list_sources(db.session()) == []
    assert work("KG 1").title == "Hof"
