"""A small museum: seven drawn works, recorded, pictured and searchable."""

import gc
import os
import re
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from alembic import command
from hypothesis import HealthCheck, settings
from werkzeug.routing import Rule

from app.configuration import load
from app.extensions import db
from app.factory import create_app
from app.models import Artwork, ReferenceImage
from app.retrieval.drawings import collection as drawings
from app.retrieval.images import prepared
from app.retrieval.images.codec import encode_jpeg, resize_to_long_side
from app.retrieval.images.frame_detection import find_frame
from app.retrieval.local import rootsift
from app.retrieval.runtime.threads import limit_threads
from app.services.index import opening
from app.services.media.folder import FolderStore
from app.services.system import database
from app.web.shell import translations
from app.web.shell.current import INDEX
from tests.support import postgresql
from tests.support.compiled import CompiledTemplates, compiling_once, share_statements
from tests.support.fakes import draw_picture, photograph
from tests.support.migrated import migrating_once
from tests.support.museum import (
    LABELS,
    WORKS,
    FakePublication,
    accession_of,
    copy_instance,
    encoded,
    make_searcher,
    original_of,
)
from tests.support.people import CHEAP_HASHING
from tests.support.remembering import remembering, sharing
from tests.support.unsynced import let_go_of_power_cuts

TESTS = Path(__file__).parent

# A busy machine is no fault of ours, and chance is the same everywhere.
settings.register_profile(
    "seeded",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("seeded")


LONGEST = (
    *("test_wheel.py", "test_entry_points.py", "browser/test_accessibility.py"),
    *("programs/test_train.py", "lab/test_train_similarity.py"),
    *("retrieval/training/test_pipeline.py", "test_changes_under_load.py"),
    *("browser/test_languages.py", "lab/test_networks.py", "browser/test_map.py"),
    "browser/test_journeys.py",
)
"""Files that take longest, those that take a minute and more."""


def pytest_configure(config):
    """Start the one PostgreSQL of a run on it; its other processes inherit the name."""
    if postgresql.DATABASE not in ("", "sqlite", "postgresql"):
        raise pytest.UsageError("DATABASE is sqlite or postgresql")
    if not postgresql.POSTGRESQL:
        return
    # Applications that a test throws away leave their pool to the collector, as those
    # of a command that ends do; only psycopg says so.
    left = "ignore:.*psycopg.Connection object .* was deleted while:ResourceWarning"
    config.addinivalue_line("filterwarnings", left)
    if hasattr(config, "workerinput"):
        return
    programs = postgresql.find_programs()
    if programs is None:
        raise pytest.UsageError("There is no PostgreSQL: apt install postgresql")
    server = postgresql.Server(programs)
    config.add_cleanup(server.remove)
    os.environ[postgresql.SOCKETS] = str(server.folder)


def pytest_collection_modifyitems(items):
    """Leave out what is about the other database, and begin with the longest files.

    At the end, one process would be left with them.
    """
    ranks = {TESTS / name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))
    other = "sqlite" if postgresql.POSTGRESQL else "postgresql"
    for item in items:
        mark = item.get_closest_marker(other)
        if mark is not None:
            reason = f"about {other}: {mark.kwargs['reason']}"
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def databases():
    """The PostgreSQL databases of this process; None in a run on SQLite."""
    if not postgresql.POSTGRESQL:
        yield None
        return
    with postgresql.Databases(Path(os.environ[postgresql.SOCKETS])) as databases:
        yield databases


@pytest.fixture(scope="session", autouse=True)
def default_database(databases):
    """Let every instance folder have a PostgreSQL database, in a run on that."""
    with pytest.MonkeyPatch.context() as patched:
        if databases is not None:
            patched.setattr(load, "default_database", databases.address_of)
        yield


@pytest.fixture(autouse=True)
def dropped_databases(databases):
    """Keep no database longer than its test."""
    if databases is None:
        yield
        return
    with databases.cleared():
        yield


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Do as the server does: the tests of one machine may run in several processes."""
    limit_threads(1)


@pytest.fixture(scope="session", autouse=True)
def unsynced_files():
    """No file of a test need outlive a power cut: half of some tests was that wait."""
    with pytest.MonkeyPatch.context() as patched:
        let_go_of_power_cuts(patched)
        yield


@pytest.fixture(scope="session", autouse=True)
def rare_collections():
    """What is imported is no garbage: looking through it took a tenth of all time."""
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    yield
    gc.set_threshold(*usual)
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def known_pictures():
    """The same few photos need not be looked through for every search anew.

    Tests of these functions have them by their own names, and see no memory.
    """
    with pytest.MonkeyPatch.context() as patched:
        for name in ("extract", "extract_query"):
            patched.setattr(rootsift, name, remembering(getattr(rootsift, name)))
        patched.setattr(prepared, "find_frame", remembering(find_frame))
        yield


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory):
    """A folder that all processes of a run share: pytest-xdist gives each one in it."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session", autouse=True)
def known_drawings(run_folder):
    """The same works need not be drawn anew, in none of the processes of a run.

    Tests of drawing see no memory: see tests/retrieval/drawings/conftest.py.
    """
    with pytest.MonkeyPatch.context() as patched:
        drawn = sharing(drawings._paint, run_folder / "drawings")
        patched.setattr(drawings, "_paint", drawn)
        yield


@pytest.fixture(scope="session")
def searcher():
    return make_searcher(range(WORKS))


@pytest.fixture(scope="session")
def photo():
    """A photo of work 0, hanging on a wall."""
    return encoded(photograph(draw_picture(0)))


@pytest.fixture(scope="session")
def unknown_photo():
    """A photo of a work that the museum does not have."""
    return encoded(photograph(draw_picture(998)))


@pytest.fixture(scope="session")
def photo_of_two():
    """A photo of works 0 and 4, side by side."""
    left, right = photograph(draw_picture(0)), photograph(draw_picture(4), seed=1)
    return encoded(np.hstack([left, right]))


@pytest.fixture(scope="session")
def grey_photo():
    """A wall with nothing on it."""
    return encoded(draw_picture(0) * 0 + 128)


@pytest.fixture(scope="session")
def museum(tmp_path_factory):
    """An instance folder with works in it, made once and copied for every test."""
    folder = tmp_path_factory.mktemp("museum")
    media = FolderStore(folder / "media" / "works")
    app = create_app({"MORELLI_INSTANCE": folder})
    with app.app_context():
        database.upgrade()
        for number in range(WORKS):
            image = draw_picture(number)
            sha256 = original_of(number)
            picture = ReferenceImage(
                sha256=sha256,
                media_name=f"{sha256[:2]}/{sha256}.jpg",
                height=image.shape[0],
                width=image.shape[1],
            )
            media.write(picture.media_name, encode_jpeg(image))
            small = resize_to_long_side(image, 160)
            media.write(picture.thumbnail_name, encode_jpeg(small))
            label = LABELS.get(number, {"title": f"Landscape {number}"})
            db.session.add(
                Artwork(accession=accession_of(number), images=[picture], **label)
            )
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture(scope="session")
def endpoint():
    """Run a storage that speaks like S3."""
    from tests.support.object_storage import object_storage  # which takes seconds

    with object_storage() as address:
        yield address


@pytest.fixture(scope="session")
def bucket(endpoint):
    """Return the setting that names a bucket, the same for all tests."""
    from tests.support.object_storage import new_bucket

    return new_bucket(endpoint)


@pytest.fixture(scope="session")
def migrate():
    """Alembic's upgrade with a memory, one for all tests."""
    return migrating_once(command.upgrade)


@pytest.fixture
def known_tables(migrate, monkeypatch):
    """An empty database need not go through all migrations again: they make the same.

    Not in tests of migrations and of what upgrades.
    """
    monkeypatch.setattr(command, "upgrade", migrate)


@pytest.fixture
def publication(searcher):
    return FakePublication(searcher)


@pytest.fixture(scope="session")
def compiled_templates(run_folder):
    """Templates need not be compiled for every application anew."""
    return CompiledTemplates(run_folder / "templates")


@pytest.fixture(scope="session", autouse=True)
def compiled_rules():
    """Addresses need not be compiled for every application anew: most of making one."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Rule, "compile", compiling_once(Rule.compile))
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_statements():
    """Statements need not be compiled for every database anew."""
    with pytest.MonkeyPatch.context() as patched:
        share_statements(patched)
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_texts():
    """Translations need not be compiled for every instance anew."""
    compile_anew = translations.compiled
    kept = {}

    def look_up(source):
        key = (source, source.stat().st_mtime_ns)
        if key not in kept:
            kept[key] = compile_anew(source)
        return kept[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(translations, "compiled", look_up)
        yield


@pytest.fixture
def make_app(museum, publication, compiled_templates, tmp_path, monkeypatch):
    """Build an application over the museum, with settings of the test's own."""
    apps = []
    # What is done in the background opens what visitors search, too.
    monkeypatch.setattr(opening, "open_searcher", lambda *_opened: publication.open())

    def make(**overrides):
        instance = tmp_path / "instance"
        if not instance.exists():
            copy_instance(museum, instance)
        app = create_app(
            {
                "MORELLI_INSTANCE": instance,
                "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": CHEAP_HASHING,
                **overrides,
            }
        )
        app.testing = True
        app.extensions[INDEX].publication = publication
        app.jinja_env.bytecode_cache = compiled_templates
        # Errors are to be answered as for visitors, not passed to the test.
        app.config["PROPAGATE_EXCEPTIONS"] = False
        apps.append(app)
        return app

    yield make
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def ask(client):
    """Return a function that sends a photo through the form, as a browser does.

    Other fields of the form are keywords too.
    """

    def send(photo, name="photo.jpg", *, follow_redirects=False, **fields):
        page = client.get("/").text
        token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
        fields |= {"csrf_token": token, "photo": (BytesIO(photo), name)}
        return client.post("/queries", data=fields, follow_redirects=follow_redirects)

    return send


@pytest.fixture
def ask_api(client):
    """Return a function that sends a photo to the programmer's interface."""

    def send(photo, name="photo.jpg", **options):
        fields = {"photo": (BytesIO(photo), name)}
        return client.post("/api/v1/search", data=fields, **options)

    return send


@pytest.fixture
def in_app(app):
    """Run the test inside the application's context."""
    with app.app_context():
        yield app
