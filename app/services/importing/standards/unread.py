"""Names of documents that are not read, with the way out."""

import re
from typing import Any

from flask_babel import lazy_gettext as _

from app.services.importing.standards.documents import contexts, type_of
from app.services.importing.standards.markup import Root

OTHER_XML = {
    "urn:isbn:1-931666-22-9": "EAD",
    "ead": "EAD",
    "http://ead3.archivists.org/schema/": "EAD 3",
    "http://www.loc.gov/mods/v3": "MODS",
    "http://www.loc.gov/METS/": "METS",
    "http://www.loc.gov/MARC21/slim": "MARC 21",
    "http://www.tei-c.org/ns/1.0": "TEI",
    "http://www.cidoc-crm.org/cidoc-crm/": "CIDOC CRM",
    "http://museumdat.org/museumdat-schema": "museumdat",
    "adlibXML": "Axiell (Adlib) XML",
    "urn:schemas-microsoft-com:office:spreadsheet": "Excel 2003 XML",
    "http://www.w3.org/2000/svg": "SVG",
    "http://www.w3.org/2005/Atom": "Atom",
    "rss": "RSS",
    "http://www.sitemaps.org/schemas/sitemap/0.9": "sitemap",
    "http://www.filemaker.com/fmpxmlresult": "FileMaker XML",
}
"""Names of what museums have and is not read, by its namespace or first element."""
VERSION = re.compile(r"/api/presentation/(\d+(?:\.\d+)?)")
SHARED_CANVAS = "shared-canvas"
"""In the context of Presentation 1."""


def named_xml(root: Root | None) -> str:
    """Say what some XML is that is not read."""
    if root is None:
        return str(_("This begins as XML does, but is damaged from the beginning on."))
    if root.name.lower() == "html":
        return str(_("This is a page of the web, and no catalogue."))
    spoken = OTHER_XML.get(root.namespace) or OTHER_XML.get(root.name)
    name = spoken or root.name
    return str(
        _(
            "This is XML of the kind %(name)s, which is not read. Please export LIDO, "
            "a table or a workbook.",
            name=name,
        )
    )


def named_json(document: Any) -> str:
    """Say what some JSON is that is not read."""
    if document is None:
        return str(_("This is neither JSON nor XML, or it is damaged."))
    kind = type_of(document) if isinstance(document, dict) else ""
    named = " ".join(contexts(document)) if isinstance(document, dict) else ""
    version = VERSION.search(named)
    if SHARED_CANVAS in named:
        return str(_old("1"))
    if version and version[1].partition(".")[0] not in ("2", "3"):
        return str(_old(version[1]))
    if kind:
        return str(
            _(
                "This is JSON of the type %(kind)s, which is no manifest and no "
                "collection of works.",
                kind=kind,
            )
        )
    return str(
        _(
            "This is JSON, but neither IIIF nor Linked Art: please send a table, or a "
            "manifest."
        )
    )


def _old(version: str) -> str:
    return str(
        _(
            "This is IIIF Presentation %(version)s; 2.0, 2.1 and 3 are read. Please "
            "ask for one of them.",
            version=version,
        )
    )
