"""Somebody who imports catalogues, and what came of it."""

from dataclasses import replace
from io import BytesIO

from sqlalchemy import select

from app.background import BACKGROUND
from app.configuration.load import Folders
from app.extensions import db
from app.models import Artwork, ImportRow
from app.services.importing import messages, runs, sources
from app.services.importing.columns.kept import propose_reading
from app.services.importing.diff import Policy
from app.services.importing.sources import ImportContext, opened
from app.services.media.folder import FolderStore


class Importer:
    """Does with a catalogue what curators do on the pages."""

    def __init__(self, app, monkeypatch):
        self.app = app
        self._monkeypatch = monkeypatch
        self.folders = Folders(app.config["MORELLI_INSTANCE"])

    def use_web(self, reader):
        """Let pictures and manifests be fetched by a stand-in."""
        self._monkeypatch.setattr(sources, "LinkReader", lambda *_, **__: reader)

    def work_off(self):
        self.app.extensions[BACKGROUND].work_off()
        db.session.expire_all()

    def plan(self, data, name="works.csv", policy=Policy.UPDATE, **reading):
        """Send a file and look it through, as its header suggests."""
        data = data.encode() if isinstance(data, str) else data
        kind, location = runs.receive(
            BytesIO(data), name, FolderStore(self.folders.imports)
        )
        run = runs.begin(db.session(), kind, location, name, None)
        return self.look_through(run, policy, **reading)

    def look_through(self, run, policy=Policy.UPDATE, **reading):
        with opened(run, ImportContext.of(self.app.config)) as source:
            columns = source.table.columns if source.table else ()
        proposed = replace(propose_reading(db.session(), columns), **reading)
        runs.plan(db.session(), run, proposed, policy, None)
        self.work_off()
        return run

    def record(self, run):
        runs.start(db.session(), run, None)
        self.work_off()
        return run

    def bring_in(self, *args, **kwargs):
        return self.record(self.plan(*args, **kwargs))

    def undo(self, run):
        runs.undo(db.session(), run, None)
        self.work_off()
        return run


def rows_of(run):
    """What a run's rows say: number, accession, state, codes of the remarks."""
    rows = db.session.scalars(
        select(ImportRow).where(ImportRow.run_id == run.id).order_by(ImportRow.number)
    )
    return [
        (
            row.number,
            row.accession,
            row.state.value,
            [remark.code for remark in messages.read(row.message)],
        )
        for row in rows
    ]


def work(accession):
    return db.session.scalars(
        select(Artwork).where(Artwork.accession == accession)
    ).one()
