"""Words by which standards name the fields of a work."""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import unquote, urlsplit

from app.models.languages import named, normal_tag, parted
from app.services.collection.content.layout import RICH
from app.services.collection.labels import LABEL_COLUMNS
from app.services.collection.subjects import (
    SHOWS,
    UnknownSubjectError,
    normal_statement,
)
from app.services.collection.vocabulary.codes import (
    COLUMNS,
    CodeFormError,
    read_code,
)
from app.services.importing.columns.content import field_meant
from app.services.importing.columns.formats import ACCESSION
from app.services.importing.columns.picture_cells import is_address
from app.services.importing.columns.reading import detail_name
from app.services.importing.columns.words import field_named
from app.services.importing.media.said import OTHER_MEDIA, SaidMedia, normal
from app.services.importing.records import BETWEEN, Record
from app.services.importing.standards.texts import (
    NO_LANGUAGE,
    Spoken,
    joined,
    label_texts,
    plain_text,
    rich_text,
    united,
    united_languages,
)

RIGHTS = "rights"
DATE = "date"
MOST_MEDIA = 1_000
"""Of a work; of more it is only said where they are."""
_LAST_PARTS = ("manifest", "info", "json", "iiif", "presentation")
"""Ends of addresses that say what a document is, and not of which work."""


class WorkDescription:
    """Description of a work, as it is gathered from a document.

    Attributes
    ----------
    accession : str
    images : list of str
        Addresses or names of its pictures.
    media : list of SaidMedia
    """

    def __init__(self) -> None:
        self.accession = ""
        self.images: list[str] = []
        self.media: list[SaidMedia] = []
        self._places: set[tuple[str, ...]] = set()
        self._label: dict[str, list[str]] = {}
        self._details: dict[str, list[str]] = {}

    def add(self, field: str, texts: Iterable[str]) -> None:
        """Add what a document says in a field of the label."""
        self._label.setdefault(field, []).extend(text for text in texts if text)

    def replace(self, field: str, texts: Iterable[str]) -> None:
        """Let a field say what a document says in a better place."""
        self._label[field] = list(texts)

    def add_detail(self, name: str, texts: Iterable[str]) -> None:
        """Add what is no field of ours, under its own name."""
        if name:
            self._details.setdefault(detail_name(name), []).extend(texts)

    def add_media(self, one: SaidMedia) -> None:
        """Add audio, video or a link; what is unsafe or too much is a text only."""
        kept = normal(one)
        if kept is None:
            self.add_detail(OTHER_MEDIA, [one.text])
        elif self._places.isdisjoint(kept.places):
            if len(self.media) < MOST_MEDIA:
                self.media.append(kept)
            else:
                self.add_detail(OTHER_MEDIA, [kept.text])
            self._places |= kept.places

    def add_languages(
        self, field: str, texts: Mapping[str, Iterable[str]], *, most: int | None = None
    ) -> None:
        """Add what a document says in a field in all its languages.

        Parameters
        ----------
        field : str
            Of the label, which says one of them besides, or a detail.
        texts : mapping of str to iterable of str
            By language, as the document writes it.
        most : int, optional
            Of the texts in one language that count.
        """
        for tag, values in texts.items():
            language = normal_tag("" if tag in NO_LANGUAGE else tag)
            read = rich_text if field in RICH else plain_text
            said = [text for text in map(read, values) if text]
            said = said[: most or None]
            if said and (language or field not in LABEL_COLUMNS):
                name = named(field, language)
                self._details.setdefault(name, []).extend(said)

    def add_spoken(
        self, field: str, texts: Spoken, language: str, *, most: int | None = None
    ) -> None:
        """Add what a document says in a field of the label, in all its languages.

        Parameters
        ----------
        language : str
            Code of the language in which the label is wanted.
        """
        self.add(field, label_texts(texts, language)[: most or None])
        self.add_languages(field, texts, most=most)

    def add_things(self, field: str, things: Sequence[Spoken], language: str) -> None:
        """Add several things that a field of the label names, each in its languages."""
        said = (label_texts(one, language)[:1] for one in things)
        self.add(field, (name for names in said for name in names))
        self.add_languages(field, united_languages(things))

    def add_codes(self, field: str, addresses: Iterable[str]) -> None:
        """Add the code of what a field says, where one concept is named by address."""
        named = [one for one in addresses if is_address(one)]
        for column, (meant, authority) in COLUMNS.items():
            codes = {_code(authority, one) for one in named if meant == field} - {""}
            if len(codes) == 1:
                self.add_detail(column, codes)

    def add_translation(self, other: "WorkDescription", language: str) -> None:
        """Add what another description says of the same work in another language."""
        for field, texts in other._label.items():
            self.add_languages(field, {language: [joined(texts)]})
        for name, texts in other._details.items():
            field, tag = parted(name)
            if field in LABEL_COLUMNS or texts == self._details.get(name):
                continue
            self._details.setdefault(named(field, tag or language), []).extend(texts)

    def add_named(
        self,
        names: Iterable[str],
        name: str,
        texts: list[str],
        languages: Mapping[str, Iterable[str]],
    ) -> None:
        """Add what stands under a name in some languages, to the field it means.

        Parameters
        ----------
        names : iterable of str
            In all languages, any of which may be known.
        name : str
            What it is called where none of them is.
        texts : list of str
            In the language that is wanted.
        languages : mapping of str to iterable of str
            By language.
        """
        names = list(names)
        meant = next(filter(None, map(field_of, names)), "")
        if any(one.casefold() == SHOWS for one in names):
            self.add_subjects(texts)
            return
        if meant == ACCESSION and not self.accession:
            self.accession = joined(texts)
        elif meant in LABEL_COLUMNS:
            self.add(meant, texts)
            self.add_languages(meant, languages)
        elif content := next(filter(None, (field_meant(one)[0] for one in names)), ""):
            self.add_languages(content, languages)
        elif len(languages) > 1:
            self.add_languages(detail_name(name), languages)
        else:
            self.add_detail(name, texts)

    def add_subjects(self, texts: Iterable[str]) -> None:
        """Add what a work shows: as a statement, where all of it is in our words."""
        for text in texts:
            try:
                self._label.setdefault(SHOWS, []).append(normal_statement(text))
            except UnknownSubjectError:
                self.add_detail("Subjects", [text])

    def said(self, field: str) -> list[str]:
        """Return what is said in a field of the label."""
        return self._label.get(field, [])

    def detail_texts(self, field: str) -> list[str]:
        """Return what is said in a field beyond the label, in whatever language."""
        details = self._details.items()
        return [
            text for name, some in details for text in some if parted(name)[0] == field
        ]

    def has(self, field: str) -> bool:
        """Tell whether anything is said in a field."""
        return bool(self._label.get(field))

    def record(self, number: int, identifier: str) -> Record:
        """Return the record of what was gathered, with an accession number.

        Parameters
        ----------
        number : int
            Position in what is read.
        identifier : str
            What the document is known by; makes the number where it tells none.
        """
        label = {"title": ""}
        for field, texts in self._label.items():
            if texts:
                label[field] = united(texts) if field == RIGHTS else joined(texts)
        details = {
            name: text
            for name, texts in self._details.items()
            if (text := _detail(name, texts))
        }
        return Record(
            number,
            self.accession or number_of(identifier),
            label=label,
            details=_without_repeats(details, label),
            images=list(dict.fromkeys(self.images)),
            media=self.media,
        )


def _detail(name: str, texts: Iterable[str]) -> str:
    """Join what is said in a detail; in rich texts as paragraphs."""
    between = BETWEEN if parted(name)[0] in RICH else "; "
    return joined(texts, between)


def _without_repeats(
    details: Mapping[str, str], label: Mapping[str, str]
) -> dict[str, str]:
    """Leave out the languages of a label that are one, and say what it says."""
    found = dict(details)
    for field in LABEL_COLUMNS:
        tags = [name for name in details if parted(name)[0] == field and name != field]
        if len(tags) == 1 and details[tags[0]] == label.get(field):
            del found[tags[0]]
    return found


def _code(authority: str, address: str) -> str:
    """Return the code in a vocabulary that an address names; "" if it names none."""
    try:
        return read_code(authority, address)
    except CodeFormError:
        return ""


def field_of(name: str) -> str:
    """Return the field that a name means; "" if none.

    >>> field_of("Inv. No.")
    'accession'
    """
    meant = field_named(name)
    return meant if meant in (ACCESSION, *LABEL_COLUMNS) else ""


def number_of(address: str) -> str:
    """Make an accession number from a document's address, where it tells none."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return address
    parts = [unquote(part) for part in path.strip("/").split("/")]
    while len(parts) > 1 and parts[-1].removesuffix(".json").lower() in _LAST_PARTS:
        parts.pop()
    return parts[-1].removesuffix(".json") or address


def first_year(moment: str) -> str:
    """Return the year of a moment as standards write them; "" if it is none.

    >>> first_year("1880-01-01T00:00:00Z"), first_year("-0549-01-01T00:00:00Z")
    ('1880', '550 B.C.')
    """
    is_before = moment.startswith("-")
    year = moment.removeprefix("-").partition("-")[0].partition("T")[0]
    if not (year.isascii() and year.isdigit()):
        return ""
    return f"{int(year) + 1} B.C." if is_before else str(int(year))


def years(texts: Mapping[str, str]) -> str:
    """Write a span of moments as people do.

    Parameters
    ----------
    texts : mapping of str to str
        ``first`` and ``last`` moment.
    """
    first, last = (first_year(texts.get(name, "")) for name in ("first", "last"))
    return first if first == last else "–".join(filter(None, (first, last)))
