"""Checks of what an instance holds: database, pictures, index, model, backups."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.extensions import db, is_sqlite
from app.models import Artwork, AuditEntry, IndexFault, Query, ReferenceImage, now
from app.retrieval.descriptors.graph import engine_name, load_openvino
from app.retrieval.errors import ArtefactError
from app.retrieval.generations.registry import GenerationRegistry
from app.retrieval.generations.store import feature_settings
from app.retrieval.model import Model, model_id_of
from app.retrieval.runtime.extras import Extra, install_command, is_installed
from app.retrieval.runtime.place import COMMAND, INDEX_COMMAND
from app.retrieval.settings import RetrievalSettings
from app.services.media.store import StorageAwayError
from app.services.operations.backup import programs
from app.services.operations.backup.folder import BackupFolder, time_of
from app.services.operations.backup.manifest import BackupError, BackupManifest
from app.services.operations.doctor.checks import Examined, Found, Health
from app.services.system import database
from app.services.system.claims import shared_now

REBUILD_COMMAND = f"{COMMAND} collection rebuild"
BACKUP_COMMAND = f"{COMMAND} backup make"
OLD_BACKUP = timedelta(days=2)
"""Of a backup every night, one may fail before anybody is troubled."""
CLOCK_SLACK = timedelta(minutes=5)
SAMPLE, FAR_SAMPLE = 200, 20
"""Pictures looked for on a disk, and in a bucket: the newest."""


def schema(examined: Examined) -> Found:
    """Check that the database is at the version that this program needs."""
    try:
        database.check()
    except database.DatabaseNotReadyError as error:
        words, _separator, command = str(error).partition(". Run: ")
        yield Health.FAULT, f"{words}.", _("Run: %(command)s", command=command)
    else:
        version = database.newest_version()
        yield (
            Health.OK,
            _("The database is at version %(version)s.", version=version),
            "",
        )


def pictures(examined: Examined) -> Found:
    """Check that the storage answers, and has the newest pictures."""
    newest = select(ReferenceImage.media_name).order_by(ReferenceImage.id.desc())
    count = SAMPLE if examined.media.works.is_near else FAR_SAMPLE
    names = examined.session.scalars(newest.limit(count)).all()
    try:
        lost = [name for name in names if not examined.media.works.exists(name)]
    except StorageAwayError as error:
        remedy = _("Check MORELLI_MEDIA_URL, the keys of the bucket and its server.")
        yield Health.FAULT, str(error), remedy
        return
    if lost:
        yield (
            Health.FAULT,
            _(
                "%(lost)s of the newest %(count)s pictures are missing, such as "
                "%(name)s.",
                lost=len(lost),
                count=len(names),
                name=lost[0],
            ),
            _("Restore a backup, or import the catalogue with its pictures again."),
        )
    else:
        words = _("The newest %(count)s pictures are there.", count=len(names))
        yield Health.OK, words, ""


def model(examined: Examined) -> Found:
    """Check that the model can be opened."""
    folder = examined.config["MORELLI_MODEL"]
    try:
        opened = Model.open(folder, threads=1)
    except ArtefactError as error:
        remedy = _("Point MORELLI_MODEL to a whole model, such as models/default.")
        yield Health.FAULT, str(error), remedy
    else:
        words = _(
            "The model is %(model)s, run by %(engine)s.",
            model=opened.model_id,
            engine=engine_name(),
        )
        if is_installed(Extra.OPENVINO) and not load_openvino():
            command = f"{install_command(Extra.OPENVINO)} --force-reinstall"
            yield Health.WARNING, words, _("Run: %(command)s", command=command)
        else:
            yield Health.OK, words, ""


def index(examined: Examined) -> Found:
    """Check that an index is live, whole, and made by the model that asks."""
    remedy = _("Run: %(command)s", command=REBUILD_COMMAND)
    try:
        live = GenerationRegistry(examined.folders.generations).current()
        if live is None:
            works = examined.session.scalar(select(func.count()).select_from(Artwork))
            command = REBUILD_COMMAND if works else INDEX_COMMAND
            remedy = _("Run: %(command)s", command=command)
            yield Health.FAULT, _("No index is live: nothing can be searched."), remedy
            return
        live.manifest.check_lengths(live.path)
        wanted = model_id_of(examined.config["MORELLI_MODEL"])
    except ArtefactError as error:
        yield Health.FAULT, str(error), remedy
        return
    manifest = live.manifest
    settings = feature_settings(RetrievalSettings())
    if manifest.model_id != wanted:
        yield (
            Health.FAULT,
            _(
                "The index was made by the model %(made)s, and %(wanted)s is used.",
                made=manifest.model_id,
                wanted=wanted,
            ),
            remedy,
        )
    elif any(manifest.settings.get(name) != settings[name] for name in settings):
        words = _("The index was made with other settings of local features.")
        yield Health.FAULT, words, remedy
    else:
        yield (
            Health.OK,
            _(
                "The index %(name)s is live, with %(works)s works.",
                name=live.name,
                works=manifest.works,
            ),
            "",
        )
    faults = examined.session.scalar(select(func.count()).select_from(IndexFault))
    if faults:
        yield (
            Health.WARNING,
            _("%(count)s pictures could not be read for the index.", count=faults),
            _("Replace them: the list of works shows which."),
        )


def clock(examined: Examined) -> Found:
    """Compare the clock with the newest rows, and with the database's own clock."""
    session, moment = examined.session, now()
    columns = Query.created_at, AuditEntry.created_at, Artwork.updated_at
    moments = [session.scalar(select(func.max(column))) for column in columns]
    newest = max((one for one in moments if one is not None), default=moment)
    remedy = _("Set the clock, best by NTP (timedatectl set-ntp true).")
    off = abs(shared_now(session) - moment)
    if newest > moment + CLOCK_SLACK:
        yield (
            Health.FAULT,
            _(
                "The clock is behind: it says %(now)s, and the newest row is of "
                "%(newest)s.",
                now=f"{moment:%Y-%m-%d %H:%M}",
                newest=f"{newest:%Y-%m-%d %H:%M}",
            ),
            remedy,
        )
    elif off > CLOCK_SLACK:
        words = _("The clocks of this machine and of the database differ.")
        yield Health.FAULT, words, remedy
    else:
        yield Health.OK, _("The clock agrees with the newest rows."), ""


def backup(examined: Examined) -> Found:
    """Check that there is a backup that is not old, and that its manifest is whole."""
    root = examined.config["MORELLI_BACKUP_FOLDER"]
    make = _("Run: %(command)s", command=BACKUP_COMMAND)
    if root is None:
        yield (
            Health.WARNING,
            _("No folder for backups is set."),
            _("Set MORELLI_BACKUP_FOLDER, best to a folder on another disk."),
        )
        return
    try:
        backups = BackupFolder.checked(root, examined.folders.instance)
        if not is_sqlite(db.engine):
            with examined.engine.connect() as connection:
                server = programs.server_major(connection)
            programs.find(programs.DUMP, server, "the server is")
        names = backups.names()
        if not names:
            yield Health.WARNING, _("There is no backup yet."), make
            return
        BackupManifest.read(backups.root / names[-1])
    except (BackupError, OSError) as error:
        yield Health.FAULT, str(error), make
        return
    made_at = time_of(names[-1])
    when = f"{made_at:%Y-%m-%d %H:%M}"
    if now() - made_at > OLD_BACKUP:
        words = _("The last backup is old: it is of %(when)s.", when=when)
        remedy = _("See what the log of the worker says of it. %(make)s", make=make)
        yield Health.FAULT, words, remedy
    else:
        yield Health.OK, _("The last backup is of %(when)s.", when=when), ""
