"""Profile of the museum's site, as all server processes read it.

It stands in the database with a revision. Each process keeps the profile that it last
read, and asks for the revision only, once for a page: what an administrator changes is
seen in the very next page of every process and server.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import MuseumSite, OwnPage

PROGRAM = "Morelli"
"""What the site is called until the museum gives it a name."""


@dataclass(frozen=True, slots=True)
class PageLink:
    """Own page, as other pages name it.

    Attributes
    ----------
    titles : mapping of str to str
        By the code of the language.
    """

    slug: str
    in_header: bool
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SiteProfile:
    """What the museum says of its site; everything has a default.

    Attributes
    ----------
    name : str
    logo : str
        Name of the logo's folder in the store; "" where there is none.
    logo_size : tuple of int
        Width and height in pixels.
    shows_name : bool
        Whether the name stands beside the logo.
    accent_light, accent_dark : str
        ``#rrggbb``; "" for the program's own.
    greeting : mapping of str to str
        Of the first page, by the code of the language.
    languages : tuple of str
        Codes of those offered; empty for all.
    language : str
        Of visitors whose own is not offered.
    kiosk_seconds : int
        After which a kiosk begins anew; 0 where there are no kiosks.
    embedding : tuple of str
        Origins of sites that may show the search box.
    is_listed : bool
        Whether search engines are welcome.
    pages : tuple of PageLink
        In their order.
    revision : int
    """

    name: str = PROGRAM
    logo: str = ""
    logo_size: tuple[int, int] = (0, 0)
    shows_name: bool = True
    accent_light: str = ""
    accent_dark: str = ""
    greeting: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    language: str = "en"
    kiosk_seconds: int = 0
    embedding: tuple[str, ...] = ()
    is_listed: bool = True
    pages: tuple[PageLink, ...] = ()
    revision: int = 0

    def in_language(
        self, texts: Mapping[str, str], language: str
    ) -> tuple[str, str] | None:
        """Return the text that a visitor gets, after the code of its language.

        Their own, else the site's, else the first that there is; None without any.
        """
        for code in (language, self.language, *sorted(texts)):
            if texts.get(code):
                return code, texts[code]
        return None


SET_FIELDS = tuple(
    one.name for one in fields(SiteProfile) if one.name not in ("pages", "revision")
)
"""What an administrator sets, and the row holds."""
DEFAULT = SiteProfile()


class ProfileReader:
    """Reader of the profile that keeps what it read, for all threads of a process.

    Attributes
    ----------
    last_known : SiteProfile
        As it was last read; the default before that.
    """

    def __init__(self) -> None:
        self.last_known = DEFAULT

    def current(self, session: Session) -> SiteProfile:
        """Return the profile as it is now: one statement, while nothing has changed."""
        revision = session.scalars(select(MuseumSite.revision)).one()
        if revision != self.last_known.revision:
            self.last_known = read_profile(session)
        return self.last_known


def read_profile(session: Session) -> SiteProfile:
    """Read the whole profile."""
    # The revision first: pages that are changed meanwhile are read again then.
    row = session.execute(select(MuseumSite.revision, MuseumSite.profile)).one()
    listed = select(OwnPage.slug, OwnPage.in_header, OwnPage.texts)
    pages = tuple(
        PageLink(slug, in_header, {code: one["title"] for code, one in texts.items()})
        for slug, in_header, texts in session.execute(
            listed.order_by(OwnPage.position, OwnPage.id)
        )
    )
    return replace(profile_of(row.profile), pages=pages, revision=row.revision)


def profile_of(values: Mapping[str, Any]) -> SiteProfile:
    """Return a profile of what a row holds; what it does not know is passed over."""
    known = {name: values[name] for name in SET_FIELDS if name in values}
    for name in ("languages", "embedding", "logo_size"):
        if name in known:
            known[name] = tuple(known[name])
    return SiteProfile(**known)


def values_of(profile: SiteProfile) -> dict[str, Any]:
    """Return what an administrator sets, as the row and the audit trail hold it."""
    values = {name: getattr(profile, name) for name in SET_FIELDS}
    for name, value in values.items():
        if isinstance(value, tuple):
            values[name] = list(value)
    return values | {"greeting": dict(profile.greeting)}
