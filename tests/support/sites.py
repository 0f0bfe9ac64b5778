"""The museum's site, set as a test needs it."""

from app.extensions import db
from app.services.site.editing import PageFields, PageText, SiteEditor
from app.services.site.profile import read_profile


def set_site(app, **values):
    """Set some of the site's profile."""
    with app.app_context():
        revision = read_profile(db.session()).revision
        SiteEditor(db.session(), None).change(values, revision)


def add_page(app, slug, **texts):
    """Add an own page; ``de=("Impressum", "Haus")`` is its text in a language."""
    told = {code: PageText(title=one[0], text=one[1]) for code, one in texts.items()}
    with app.app_context():
        revision = read_profile(db.session()).revision
        fields = PageFields(slug, position=1, texts=told)
        SiteEditor(db.session(), None).add_page(fields, revision)
