"""Audio, video and links of IIIF manifests.

Recordings are painted on canvases, or named as renderings; what is said in them stands
in annotations that supplement the canvas, or in renderings of it, as text or captions.
Links are renderings that are pages or documents, lists of parts where nothing else is
painted, further home pages, and pages in ``seeAlso``.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from app.models import MediaKind
from app.models.languages import normal_tag
from app.retrieval.errors import ImageTooLargeError
from app.services.importing.columns.picture_cells import is_address
from app.services.importing.media.captions import transcript_of
from app.services.importing.media.said import (
    STREAM_ENDINGS,
    SaidMedia,
    ending_of,
    rank_of,
    recording_kind,
)
from app.services.importing.pictures.source import SourceError
from app.services.importing.standards.documents import (
    Library,
    id_of,
    objects,
    parsed,
    type_of,
)
from app.services.importing.standards.texts import NO_LANGUAGE, by_language, plain_text
from app.services.system.links.connections import LinkError

SAID_IN = ("supplementing", "transcribing", "captioning", "subtitling")
"""Motivations of annotations that say what is heard, without their vocabulary."""
TEXTS = ("text/vtt", "text/plain", "application/x-subrip", "text/srt")
TEXT_ENDINGS = (".vtt", ".srt", ".txt")
PAGES = ("text/html", "application/xhtml+xml")
DATA = {
    *("json", "xml", "rdf", "turtle", "n-triples", "n-quads", "trig", "n3"),
    *("csv", "marc", "yaml", "x-bibtex", "x-research-info-systems"),
}
"""What media types of data are, or end with."""
DATA_ENDINGS = {
    *(".json", ".jsonld", ".xml", ".rdf", ".ttl", ".nt", ".nq", ".n3", ".csv", ".mrc"),
    *(".bib", ".ris"),
}
MOST_TEXTS = 500
"""Documents that are fetched for the transcripts of one manifest."""


class _Text(NamedTuple):
    """Transcript, or where it is."""

    language: str
    value: str
    address: str = ""


_Texts = Mapping[str, list[_Text]]
"""What is said on a canvas, by language."""


def is_page(resource: dict[str, Any]) -> bool:
    """Tell whether a resource is a page for people."""
    return _mimetype_of(resource) in PAGES


def is_data(resource: dict[str, Any]) -> bool:
    """Tell whether a resource is a description for machines, as most of seeAlso is.

    To visitors it says nothing that the manifest does not.
    """
    if is_page(resource):
        return False
    if type_of(resource) == "Dataset":
        return True
    mimetype = _mimetype_of(resource).lower()
    family, _slash, name = mimetype.partition("/")
    if mimetype:
        return family != "image" and name.rpartition("+")[2] in DATA
    return ending_of(id_of(resource)) in DATA_ENDINGS


def media_of(
    manifest: Mapping[str, Any], language: str, library: Library
) -> Iterator[SaidMedia]:
    """Yield the recordings and links of a manifest, in its order.

    Parameters
    ----------
    manifest : mapping
        As Presentation 3 has it.
    language : str
        Code of the language that is wanted where there are several.
    library : Library
        Fetches transcripts.
    """
    reader = _MediaReader(language, library)
    links = []
    for canvas in objects(manifest.get("items")):
        yield from reader.painted(canvas)
    for one in objects(manifest.get("rendering")):
        if (found := reader.rendered(one)) is None:
            continue
        if found.is_link:
            links.append(found)
        else:
            yield found
    yield from links
    pages = filter(is_page, objects(manifest.get("seeAlso")))
    for one in (*objects(manifest.get("homepage"))[1:], *pages):
        if is_address(id_of(one)):
            yield reader.link(one)


class _MediaReader:
    """Reader of resources, in a language where they are in several."""

    def __init__(self, language: str, library: Library) -> None:
        self._language = language
        self._library = library
        self._left = MOST_TEXTS

    def painted(self, canvas: dict[str, Any]) -> Iterator[SaidMedia]:
        """Yield the recordings on a canvas, and those that it is rendered by."""
        bodies = [
            body
            for page in objects(canvas.get("items"))
            for annotation in objects(page.get("items"))
            for body in map(_source_of, objects(annotation.get("body")))
        ]
        found = [one for body in bodies for one in self._alternatives(body)]
        streams = [] if found else list(filter(None, map(_stream_of, bodies)))
        renderings = objects(canvas.get("rendering"))
        found += [one for one in renderings if _kind_of(one) is not None]
        texts = self._texts(canvas) if found else {}
        for one in found:
            yield self._recording(one, canvas, texts)
        for one in streams:
            yield self.link({**one, "label": one.get("label") or canvas.get("label")})

    def rendered(self, resource: dict[str, Any]) -> SaidMedia | None:
        """Return a rendering as a recording or a link; None if it has no address."""
        if not is_address(id_of(resource)):
            return None
        if _kind_of(resource) is not None:
            return self._recording(resource, {}, {})
        return self.link(resource)

    def link(self, resource: dict[str, Any]) -> SaidMedia:
        """Return a page or document as a link."""
        title, spoken = self._label(resource, "")
        tag = _language_of(resource) or spoken
        return SaidMedia(MediaKind.LINK, tag, title, address=id_of(resource))

    def _alternatives(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the recordings that a body is: of a choice one for each language.

        A choice between formats of the same gives the one that is likeliest played.
        """
        if type_of(body) != "Choice":
            return [body] if _kind_of(body) is not None else []
        best: dict[str, dict[str, Any]] = {}
        for one in objects(body.get("items")):
            if _kind_of(one) is None:
                continue
            tag = _language_of(one) or self._label(one, "")[1]
            if tag not in best or _rank_of(one) < _rank_of(best[tag]):
                best[tag] = one
        return list(best.values())

    def _recording(
        self, resource: dict[str, Any], canvas: dict[str, Any], texts: _Texts
    ) -> SaidMedia:
        language = _language_of(resource)
        titles = (self._label(one, language) for one in (resource, canvas))
        title, spoken = next((one for one in titles if one[0]), ("", ""))
        language = language or spoken
        text = self._transcript(texts, language)
        kind = _kind_of(resource) or MediaKind.AUDIO
        # Of a recording without a language its transcript may tell it.
        return SaidMedia(
            kind, language or text.language, title, text.value, id_of(resource)
        )

    def _label(self, thing: dict[str, Any], language: str) -> tuple[str, str]:
        """Return what a thing is called, and the language of that."""
        spoken = {
            "" if tag in NO_LANGUAGE else normal_tag(tag): texts[0]
            for tag, texts in by_language(thing.get("label")).items()
            if texts
        }
        wanted = (language, self._language, "en", "", *spoken)
        tag = next((one for one in wanted if one in spoken), "")
        return plain_text(spoken.get(tag, "")), tag

    def _texts(self, canvas: dict[str, Any]) -> _Texts:
        """Return what is said on a canvas, or where that is."""
        found: dict[str, list[_Text]] = {}
        rendered = filter(_is_text, objects(canvas.get("rendering")))
        for one in (*self._annotated(canvas), *map(_text_of, rendered)):
            found.setdefault(one.language, []).append(one)
        return found

    def _transcript(self, texts: _Texts, language: str) -> _Text:
        """Return what is said in a recording, of some texts, in its language."""
        wanted = (language, self._language, "en", *texts)
        tag = next((one for one in wanted if one in texts), "")
        meant = texts.get(tag, [])
        # Some annotate each sentence with its time; files are whole by themselves.
        parts = [one.value for one in meant if one.value]
        if not parts:
            files = (self._fetched(one.address) for one in meant if one.address)
            parts = [next(filter(None, files), "")]
        return _Text(tag, "\n".join(parts).strip())

    def _annotated(self, canvas: dict[str, Any]) -> Iterator[_Text]:
        for page in objects(canvas.get("annotations")):
            if "items" not in page and is_address(id_of(page)):
                document = parsed(self._read(id_of(page)))
                page = document if isinstance(document, dict) else {}
            for annotation in objects(page.get("items")):
                motives = annotation.get("motivation")
                motives = motives if isinstance(motives, list) else [motives]
                if any(str(one).rpartition(":")[2] in SAID_IN for one in motives):
                    for body in objects(annotation.get("body")):
                        yield _text_of(body)

    def _fetched(self, address: str) -> str:
        return transcript_of(self._read(address))

    def _read(self, address: str) -> bytes:
        """Fetch what only a transcript depends on; nothing, if it cannot be had."""
        if not self._left:
            return b""
        self._left -= 1
        try:
            return self._library.glance(address)
        except (LinkError, ImageTooLargeError, SourceError):
            return b""


def _source_of(body: dict[str, Any]) -> dict[str, Any]:
    """Return what a body is a part of, or else itself."""
    if type_of(body) != "SpecificResource":
        return body
    source = body.get("source")
    return source if isinstance(source, dict) else {"id": source}


def _stream_of(body: dict[str, Any]) -> dict[str, Any] | None:
    """Return the list of parts that a body is or offers first; None if none."""
    offered = objects(body.get("items")) if type_of(body) == "Choice" else [body]
    return next(
        (one for one in offered if ending_of(id_of(one)) in STREAM_ENDINGS), None
    )


def _text_of(body: dict[str, Any]) -> _Text:
    language = _language_of(body)
    if not language:
        tags = (tag for tag in by_language(body.get("label")) if tag not in NO_LANGUAGE)
        language = normal_tag(next(tags, ""))
    value = body.get("value", body.get("chars"))
    if isinstance(value, str):
        is_html = str(body.get("format") or "").startswith("text/html")
        return _Text(language, plain_text(value) if is_html else value)
    address = id_of(body) if _is_text(body) and is_address(id_of(body)) else ""
    return _Text(language, "", address)


def _is_text(resource: dict[str, Any]) -> bool:
    mimetype = _mimetype_of(resource)
    return mimetype in TEXTS or (
        not mimetype and ending_of(id_of(resource)) in TEXT_ENDINGS
    )


def _mimetype_of(resource: dict[str, Any]) -> str:
    """Return the format that a resource says it has, without its parameters."""
    return str(resource.get("format") or "").partition(";")[0].strip()


def _kind_of(resource: dict[str, Any]) -> MediaKind | None:
    where = id_of(resource)
    mimetype = str(resource.get("format") or "")
    return recording_kind(type_of(resource), mimetype, where) if where else None


def _rank_of(resource: dict[str, Any]) -> int:
    return rank_of(str(resource.get("format") or ""), id_of(resource))


def _language_of(resource: dict[str, Any]) -> str:
    """Return the language that a resource says it is in; "" if none or several."""
    named = resource.get("language")
    named = named if isinstance(named, list) else [named]
    return normal_tag(str(named[0] or "")) if len(named) == 1 else ""
