"""Columns of our own table that tell of audio, video and links."""

from collections.abc import Mapping

from app.models import MediaKind
from app.services.collection.exporting import (
    MEDIA_ADDRESS,
    MEDIA_COLUMNS,
    MEDIA_FILE,
    MEDIA_KIND,
    MEDIA_LANGUAGE,
    MEDIA_TITLE,
    MEDIA_TRANSCRIPT,
)
from app.services.importing.columns.picture_cells import is_address
from app.services.importing.media.said import SaidMedia, normal
from app.services.importing.messages import Remark

MOST_SHOWN = 80
"""Characters that are shown in a remark."""


def media_columns(columns: Mapping[str, str]) -> dict[str, str]:
    """Return which columns, of what they mean by their names, tell of media."""
    return {meant: name for name, meant in columns.items() if meant in MEDIA_COLUMNS}


def media_in(
    values: Mapping[str, str], columns: Mapping[str, str]
) -> tuple[list[SaidMedia], list[Remark]]:
    """Return what a row says of one of a work's media, or why that cannot be used.

    Parameters
    ----------
    values : mapping of str to str
        By columns. A row may be too short for some of them.
    columns : mapping of str to str
        As of :func:`media_columns`.
    """
    found = {meant: values.get(name, "") for meant, name in columns.items()}
    said = {name: found.get(name, "").strip() for name in MEDIA_COLUMNS}
    one = _media_of(said) if any(said.values()) else None
    return (
        [one] if isinstance(one, SaidMedia) else [],
        [one] if isinstance(one, Remark) else [],
    )


def _media_of(said: Mapping[str, str]) -> SaidMedia | Remark:
    try:
        kind = MediaKind(said[MEDIA_KIND].lower())
    except ValueError:
        return Remark("no_media_kind", {"value": said[MEDIA_KIND][:MOST_SHOWN]})
    address = said[MEDIA_ADDRESS]
    is_link = kind is MediaKind.LINK
    one = normal(
        SaidMedia(
            kind,
            said[MEDIA_LANGUAGE],
            said[MEDIA_TITLE],
            said[MEDIA_TRANSCRIPT],
            address if is_link or is_address(address) else "",
            "" if is_link else said[MEDIA_FILE],
        )
    )
    if one is None or not one.name:
        value = said[MEDIA_TITLE] or address or said[MEDIA_FILE]
        return Remark("no_media_place", {"value": value[:MOST_SHOWN]})
    return one
