"""Sitemap and rules for search engines (sitemaps.org, RFC 9309).

A sitemap holds whole addresses, so there is one where the site knows its own
(``MORELLI_PUBLIC_URL``), and where the museum wants to be found.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, current_app, g, stream_with_context

from app.extensions import db
from app.services.site.sitemap import count_parts, works_of_part
from app.web.shell.addresses import has_public_url, public_url
from app.web.shell.museum import READ, museum

bp = Blueprint("sitemap", __name__)

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
KEPT_SECONDS = 3_600
PRIVATE = ("/account/", "/admin/", "/curate/", "/embed", "/history", "/queries/")
"""What is somebody's own, or needs an account: nothing is there to be found."""
ENDLESS = ("/facets/", "/find", "/works/?")
"""Lists by whatever one asks for; every work is in the sitemap."""
# As Werkzeug writes it into addresses.
PLAIN = "!$&'()*+,/:;=@~"


@bp.get("/robots.txt")
def robots() -> Response:
    """Say what search engines may look at."""
    prefix = current_app.config["PREFIX"]
    lines = ["User-agent: *"]
    if not museum().is_listed:
        lines.append(f"Disallow: {prefix}/")
    elif has_public_url():
        lines += [f"Disallow: {prefix}{path}" for path in (*PRIVATE, *ENDLESS)]
        lines += ["", f"Sitemap: {public_url('sitemap.index')}"]
    else:
        lines += [f"Disallow: {prefix}{path}" for path in PRIVATE]
    return kept(Response("\n".join([*lines, ""]), mimetype="text/plain"))


@bp.get("/sitemap.xml")
def index() -> Response:
    """Name the parts of the sitemap."""
    need_public_site()
    addresses = [public_url("sitemap.pages")]
    addresses += [
        public_url("sitemap.works", number=number)
        for number in range(1, count_parts(db.session()) + 1)
    ]
    named = "".join(f"<sitemap>{located(one)}</sitemap>\n" for one in addresses)
    return document("sitemapindex", [named])


@bp.get("/sitemap-pages.xml")
def pages() -> Response:
    """Name the pages that are no work's."""
    need_public_site()
    endpoints = ("search.ask", "artworks.browse", "about.show", "privacy.show")
    addresses = [public_url(endpoint) for endpoint in endpoints]
    addresses += [public_url("own_pages.show", slug=one.slug) for one in museum().pages]
    return document("urlset", [f"<url>{located(one)}</url>\n" for one in addresses])


@bp.get("/sitemap-works-<int:number>.xml")
def works(number: int) -> Response:
    """Name a part of the works, as it is read from the database."""
    need_public_site()
    if not 1 <= number <= count_parts(db.session()):
        abort(404)
    rows = works_of_part(db.session(), number)
    return document("urlset", stream_with_context(work_entries(rows)))


def work_entries(rows: Iterator[tuple[str, datetime]]) -> Iterator[str]:
    """Yield an entry for each work."""
    # Building 40,000 addresses by the rules of the site would take seconds.
    start = public_url("artworks.show", accession="0").removesuffix("0")
    for accession, changed_at in rows:
        address = start + quote(accession, safe=PLAIN)
        day = changed_at.date().isoformat()
        yield f"<url>{located(address)}<lastmod>{day}</lastmod></url>\n"


def need_public_site() -> None:
    """Go on only where search engines are welcome, and the site knows its address."""
    if not museum().is_listed or not has_public_url():
        abort(404)


def located(address: str) -> str:
    """Return an address as an element."""
    return f"<loc>{escape(address)}</loc>"


def document(name: str, parts: Iterator[str] | list[str]) -> Response:
    """Answer with a document of some parts."""

    def whole() -> Iterator[str]:
        yield f'{HEAD}<{name} xmlns="{NAMESPACE}">\n'
        yield from parts
        yield f"</{name}>\n"

    return kept(Response(whole(), mimetype="application/xml"))


def kept(response: Response) -> Response:
    """Let search engines ask once in a while only."""
    response.cache_control.public = True
    response.cache_control.max_age = KEPT_SECONDS
    return response


@bp.after_app_request
def hide(response: Response) -> Response:
    """Let no page be listed where the museum does not want it."""
    # Files, which do without the database, have nothing to be listed by.
    if READ in g and not museum().is_listed:
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
    return response


@bp.app_template_global()
def canonical_url(endpoint: str, **values: Any) -> str:
    """Return the one address of a page; "" where the site does not know its own."""
    return public_url(endpoint, **values) if has_public_url() else ""
