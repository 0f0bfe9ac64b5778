"""A source that the small museum is kept in step with."""

from app.extensions import db
from app.models import CatalogueSource, ImportRun
from app.services.importing.sync import catalogues
from tests.services.importing.standards.oai_repository import BASE


class Kept:
    """Syncs the collection with one source, as a curator or the night does."""

    def __init__(self, importer, address=BASE):
        self.importer = importer
        self.id = catalogues.add(db.session(), address, None).id

    @property
    def source(self):
        return db.session.get(CatalogueSource, self.id)

    def sync(self, web, **wishes):
        """Ask the source; return the import, None where nothing was to be done."""
        self.importer.use_web(web)
        wishes = {"records": True, **wishes}
        catalogues.begin(db.session(), self.source, None, **wishes)
        run = catalogues.latest_run(db.session(), self.source)
        assert run is not None
        number = run.id
        self.importer.work_off()
        return db.session.get(ImportRun, number)
