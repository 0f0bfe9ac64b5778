"""The database's history: an old database becomes a new one and loses nothing."""

import json

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, func, inspect, select, text
from sqlalchemy.exc import OperationalError

from app.configuration import load
from app.configuration.load import Folders
from app.extensions import db
from app.factory import create_app
from app.models import (
    Artwork,
    Lane,
    PhotoReview,
    ReferenceImage,
    ReviewOutcome,
    Task,
    TaskState,
    User,
    now,
)
from app.services.accounts import invitations, second_factor
from app.services.collection.labels import set_facts
from app.services.collection.subjects import SHOWS
from app.services.index.subjects import find_unseen
from app.services.system import database
from app.services.system.lock import lock_number
from app.services.system.tasks import TaskContext, go_on, work_off

ROWS = {
    "artwork": "(1, '1900.1', 't', '', '', '', '', '', '', '', :now, :now, NULL)",
    "reference_image": "(1, 1, 0, 'ab', 'ab/ab.jpg', 3, 2, :now)",
    "query": "('q', :now, 'found', 0.9, NULL, 3, 2, 'm', 'g', '[]', '{}')",
    "match": "(1, 'q', 0, 1, 1, 'found', 0.9, 0.8, 30, NULL)",
}
"""One row per table of the first version, those referred to first."""


@pytest.fixture
def app(tmp_path):
    app = create_app({"MORELLI_INSTANCE": tmp_path})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def counts():
    with db.engine.connect() as connection:
        return {
            table: connection.scalar(text(f'SELECT count(*) FROM "{table}"'))  # noqa: S608 - names from above
            for table in ROWS
        }


@pytest.mark.usefixtures("app")
def test_rows_of_the_first_version_survive_to_the_newest_and_back():
    command.upgrade(database.alembic_config(), "0001")
    with db.engine.begin() as connection:
        for table, values in ROWS.items():
            connection.execute(
                text(f'INSERT INTO "{table}" VALUES {values}'),  # noqa: S608 - from above
                {"now": "2026-01-01 00:00:00"},
            )
    database.upgrade()
    assert counts() == dict.fromkeys(ROWS, 1)
    command.downgrade(database.alembic_config(), "0001")
    assert counts() == dict.fromkeys(ROWS, 1)


def add_task(task_id, kind, state, parameters):
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO task (id, kind, parameters, state, wish, step, done,"
                " total, fault, worker, created_at, heartbeat_at) VALUES (:id, :kind,"
                " :given, :state, 'run', '', 3, 5, '', 'host 1', :now, :now)"
            ),
            {
                "id": task_id,
                "kind": kind,
                "state": state,
                "given": json.dumps(parameters),
                "now": "2026-01-01 00:00:00",
            },
        )


def test_tasks_of_the_version_before_leases_go_on(app):
    command.upgrade(database.alembic_config(), "0007")
    add_task(1, "rebuild", "running", {})
    add_task(2, "import", "waiting", {"run_id": 1, "phase": "plan"})
    add_task(3, "import", "paused", {"run_id": 1, "phase": "record"})
    add_task(4, "evaluation", "running", {"name": "March"})
    add_task(5, "map", "done", {})
    database.upgrade()
    stored = db.session.scalars(select(Task).order_by(Task.id)).all()
    assert [(task.state, task.lane) for task in stored] == [
        (TaskState.WAITING, Lane.LONG),
        (TaskState.WAITING, Lane.SHORT),
        (TaskState.PAUSED, Lane.LONG),
        (TaskState.WAITING, Lane.SHORT),
        (TaskState.DONE, Lane.LONG),
    ]
    went_on = []
    kinds = dict.fromkeys(
        ("rebuild", "import", "evaluation"),
        lambda handle: went_on.append((handle.task.id, handle.task.done)),
    )
    context = TaskContext(db.session(), Folders(app.config["MORELLI_INSTANCE"]), {})
    assert work_off(context, kinds) == 3
    go_on(db.session(), stored[2])
    assert work_off(context, kinds) == 1
    assert went_on == [(2, 3), (4, 3), (1, 3), (3, 3)]
    db.session.remove()
    command.downgrade(database.alembic_config(), "0007")
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM task")) == 5


@pytest.mark.usefixtures("app")
def test_pictures_that_were_made_of_photos_are_known_and_stubs_wait_again():
    command.upgrade(database.alembic_config(), "0037")
    moment = {"now": "2026-01-01 00:00:00"}
    before = json.dumps({"images": [{"sha256": "old"}]})
    after = json.dumps({"images": [{"sha256": "old"}, {"sha256": "new"}]})
    with db.engine.begin() as connection:
        for name in ("made", "other"):
            connection.execute(
                text(
                    "INSERT INTO query (id, created_at, asked_hour, verdict,"
                    ' probability, width, height, model_id, generation, "similar",'
                    " timings_ms, total_ms, source, quality) VALUES (:name, :now, 0,"
                    " 'not_found', 0, 3, 2,"
                    " 'm', 'g', '[]', '{}', 0, 'upload', '{}')"
                ),
                {"name": name, **moment},
            )
        connection.execute(
            text(
                "INSERT INTO audit_entry (id, created_at, action, subject, before,"
                " after) VALUES (1, :now, 'images', '', :before, :after)"
            ),
            {"before": before, "after": after, **moment},
        )
        for name, entry in (("made", 1), ("other", None)):
            connection.execute(
                text(
                    "INSERT INTO photo_review (query_id, outcome, entry_id, created_at,"
                    " again_generation) VALUES (:name, 'named', :entry, :now, '')"
                ),
                {"name": name, "entry": entry, **moment},
            )
    database.upgrade()
    reviews = {one.query_id: one for one in db.session.scalars(select(PhotoReview))}
    assert reviews["made"].pictures == ["new"]
    assert reviews["other"].pictures == []
    reviews["other"].outcome = ReviewOutcome.STUB
    db.session.commit()
    db.session.remove()
    command.downgrade(database.alembic_config(), "0037")
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT query_id, outcome FROM photo_review"))
        assert dict(iter(rows)) == {"made": "named", "other": "open"}


@pytest.mark.usefixtures("app")
def test_accounts_of_the_version_before_second_factors_have_none():
    command.upgrade(database.alembic_config(), "0009")
    with db.engine.begin() as connection:
        connection.execute(
            text(
                'INSERT INTO "user" (id, email, active, fs_uniquifier, created_at)'
                " VALUES (1, 'anna@example.org', true, 'u', '2026-01-01 00:00:00')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO access_token (id, user_id, name, token_hash, created_at)"
                " VALUES (1, 1, 'Kiosk', 'h', '2026-01-01 00:00:00')"
            )
        )
    database.upgrade()
    [user] = db.session.scalars(select(User))
    assert not second_factor.is_set_up(user)
    assert [token.name for token in user.tokens] == ["Kiosk"]
    user.tf_totp_secret, user.tf_primary_method = "secret", second_factor.APP
    db.session.commit()
    db.session.remove()
    command.downgrade(database.alembic_config(), "0009")
    with db.engine.connect() as connection:
        assert connection.scalar(text('SELECT email FROM "user"')) == "anna@example.org"
        assert connection.scalar(text("SELECT count(*) FROM access_token")) == 1


@pytest.mark.usefixtures("app")
def test_works_of_the_version_before_subjects_show_nothing_yet():
    command.upgrade(database.alembic_config(), "0014")
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO artwork (id, accession, title, artist, date, technique,"
                " type, school, location, source, rights, created_at, updated_at)"
                " VALUES (1, '1', 'Kept', '', '', '', '', '', '', '', '', :now, :now)"
            ),
            {"now": "2026-01-01 00:00:00"},
        )
        connection.execute(
            text(
                "INSERT INTO reference_image (id, artwork_id, position, sha256,"
                " media_name, width, height, created_at)"
                " VALUES (1, 1, 0, 'ab', 'ab.jpg', 3, 2, :now)"
            ),
            {"now": "2026-01-01 00:00:00"},
        )
    database.upgrade()
    [work] = db.session.scalars(select(Artwork))
    assert (work.shows, work.stated_subjects) == ("", "")
    # Not looked at yet, which the next building of the index does.
    assert [one.artwork_id for one in db.session.scalars(select(ReferenceImage))] == [1]
    assert [one.accession for one in find_unseen(db.session())] == ["1"]
    set_facts(work, {SHOWS: "dog"})
    db.session.commit()
    db.session.remove()
    command.downgrade(database.alembic_config(), "0014")
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT title FROM artwork")) == "Kept"
        assert connection.scalar(text("SELECT count(*) FROM reference_image")) == 1


@pytest.mark.sqlite(reason="its pragma, which migrations switch off for a while")
@pytest.mark.usefixtures("app")
def test_foreign_keys_are_enforced_again_after_an_upgrade():
    database.upgrade()
    with db.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


@pytest.mark.usefixtures("app")
def test_the_migrations_make_what_the_models_say():
    database.upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, db.metadata) == []


def describe(engine):
    """Return what a database is like, but for defaults and the names of its keys."""
    found = {}
    inspector = inspect(engine)
    for name in set(inspector.get_table_names()) - {"alembic_version"}:
        columns = {
            column["name"]: (
                str(column["type"]),
                getattr(column["type"], "collation", None),
                column["nullable"],
            )
            for column in inspector.get_columns(name)
        }
        keys = sorted(
            (key["constrained_columns"], key["referred_table"], key["options"])
            for key in inspector.get_foreign_keys(name)
        )
        indexes = sorted(
            (one["name"], one["column_names"], bool(one["unique"]))
            for one in inspector.get_indexes(name)
        )
        found[name] = {
            "columns": columns,
            "key": inspector.get_pk_constraint(name)["constrained_columns"],
            "foreign keys": keys,
            "indexes": indexes,
            "unique": sorted(
                one["column_names"] for one in inspector.get_unique_constraints(name)
            ),
        }
    return found


def test_the_migrations_make_the_tables_that_the_models_would(app, tmp_path):
    database.upgrade()
    (tmp_path / "models").mkdir()
    engine = create_engine(load.default_database(tmp_path / "models"))
    db.metadata.create_all(engine)
    made, meant = describe(db.engine), describe(engine)
    engine.dispose()
    assert made.keys() == meant.keys()
    for table in meant:
        assert made[table] == meant[table]


@pytest.mark.postgresql(reason="its lock, for which a second machine waits")
def test_two_machines_do_not_upgrade_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(load, "LOCK_MS", 50)
    app = create_app({"MORELLI_INSTANCE": tmp_path})
    with app.app_context():
        with db.engine.connect() as other:
            other.execute(select(func.pg_advisory_xact_lock(lock_number("migrations"))))
            with pytest.raises(OperationalError, match="lock timeout"):
                database.upgrade()
        database.upgrade()
        database.check()
        db.engine.dispose()


@pytest.mark.usefixtures("app")
def test_works_of_the_version_before_years_get_theirs():
    command.upgrade(database.alembic_config(), "0019")
    dates = {1: "550–525 B.C.", 2: "", 3: "after 1650"}
    with db.engine.begin() as connection:
        for number, date in dates.items():
            connection.execute(
                text(
                    "INSERT INTO artwork (id, accession, title, artist, date,"
                    " technique, type, school, location, source, rights, details,"
                    " created_at, updated_at, revision, search_text, artist_key,"
                    " title_key, year, stated_subjects, shows) VALUES"
                    " (:id, :id, '', '', :date, '', '', '', '', '', '', '{}', :now,"
                    " :now, 0, '', '~', '~', 550, '', '')"
                ),
                {"id": number, "date": date, "now": "2026-01-01 00:00:00"},
            )
    database.upgrade()
    works = db.session.scalars(select(Artwork).order_by(Artwork.id)).all()
    years = [(work.earliest_year, work.latest_year) for work in works]
    assert years == [(-550, -525), (None, None), (1650, None)]
    db.session.remove()
    command.downgrade(database.alembic_config(), "0019")
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT year FROM artwork ORDER BY id"))
        assert list(rows.scalars()) == [550, None, 1650]


@pytest.mark.usefixtures("app")
def test_accounts_of_the_version_before_invitations_stay():
    command.upgrade(database.alembic_config(), "0009")
    with db.engine.begin() as connection:
        connection.execute(
            text(
                'INSERT INTO "user" (id, email, active, fs_uniquifier, created_at)'
                " VALUES (1, 'ada@example.org', true, 'x', '2026-01-01 00:00:00')"
            )
        )
    database.upgrade()
    invitations.invite(
        db.session(), "eva@example.org", "curator", db.session.get(User, 1)
    )
    db.session.commit()
    assert len(invitations.list_all(db.session())) == 1
    db.session.remove()
    command.downgrade(database.alembic_config(), "0009")
    with db.engine.connect() as connection:
        assert connection.scalar(text('SELECT email FROM "user"')) == "ada@example.org"


WORDS = """
SELECT text, part, length, artwork_id FROM artwork_word
JOIN word ON word.id = word_id
"""
NUMBERS = "SELECT number, artwork_id FROM artwork_number"


@pytest.mark.usefixtures("app")
def test_words_of_the_version_before_are_those_that_the_program_writes():
    database.upgrade()
    labels: tuple[tuple[str, str, str, dict[str, object]], ...] = (
        ("1982.23/4", "Élégie – the “Man’s” 3rd", "Dürer, Albrecht", {"Stop": "114"}),
        ("IM-1", "", "Репин", {"Height": "12", "Audioguía nº": 7}),
        ("/", "A", "a a", {}),
    )
    for accession, title, artist, details in labels:
        facts = {"title": title, "artist": artist, "details": details}
        db.session.add(Artwork(accession=accession, **facts))
    db.session.add(Artwork(accession="9", title="Gone", withdrawn_at=now()))
    db.session.commit()
    rows = {query: set(db.session.execute(text(query))) for query in (WORDS, NUMBERS)}
    assert len(rows[WORDS]) == 9
    assert len(rows[NUMBERS]) == 4
    db.session.remove()
    command.downgrade(database.alembic_config(), "0023")
    database.upgrade()
    for query, before in rows.items():
        assert set(db.session.execute(text(query))) == before
    # New words get numbers of their own.
    db.session.add(Artwork(accession="10", title="Something unheard of"))
    db.session.commit()
    assert len(set(db.session.execute(text(WORDS)))) == 9 + 3
