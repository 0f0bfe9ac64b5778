"""Fetching of the recordings that records name: from what was given, or the web."""

import hashlib
import tempfile
from collections.abc import Collection, Iterable
from functools import partial
from typing import BinaryIO, NamedTuple

from app.models import MediaKind
from app.retrieval.errors import ImageTooLargeError
from app.retrieval.runtime.extras import Extra, is_installed
from app.retrieval.runtime.parallel import map_in_order
from app.services.collection.content.recordings import (
    RecordingError,
    RecordingFault,
    StoredRecording,
    store_recording,
)
from app.services.importing.media.judging import FoundRecording
from app.services.importing.media.said import SaidMedia
from app.services.importing.messages import UNUSABLE_RECORDING, Remark
from app.services.importing.pictures.source import PictureError
from app.services.importing.sources import ImportContext, Source
from app.services.system.links.circuit_breaker import CircuitBreaker
from app.services.system.links.connections import LinkError

AT_ONCE = 2
"""Recordings that are fetched and written anew at the same time."""
REMARKS = {"picture_large": "recording_large", "picture_broken": "recording_broken"}
"""What is said of a recording, by what is said of a picture that cannot be had so."""


class WantedRecording(NamedTuple):
    """Recording that a work is to get.

    Attributes
    ----------
    accession : str
        Of the work.
    hashes : collection of str
        Of the files of those that it has.
    """

    accession: str
    said: SaidMedia
    hashes: Collection[str] = ()


class RecordingFetcher:
    """Fetcher of recordings, by the names of their files or by their addresses.

    Parameters
    ----------
    source : Source
    import_context : ImportContext
    fetches : bool
        Whether recordings are to be fetched by their addresses.
    """

    def __init__(
        self, source: Source, import_context: ImportContext, *, fetches: bool
    ) -> None:
        self._fetches = fetches
        self._files = source.pictures
        self._reader = import_context.recordings
        self._max_bytes = import_context.recording_bytes
        self._store = import_context.media.recordings
        self._breaker = CircuitBreaker()

    def look(self, wanted: Iterable[SaidMedia]) -> dict[SaidMedia, FoundRecording]:
        """Return those that are not going to be had, without fetching any."""
        found = {}
        for one in wanted:
            if fault := self._fault(one):
                found[one] = FoundRecording(one.kind, fault=fault)
        return found

    def take(
        self, wanted: Collection[WantedRecording]
    ) -> dict[tuple[str, SaidMedia], FoundRecording]:
        """Bring recordings into the store, as far as their works have them not.

        Raises
        ------
        OSError
            If the disk is full.
        StorageAwayError
            If the storage does not answer.
        """
        taken = map_in_order(self._take, list(wanted), workers=AT_ONCE)
        return {(one.accession, one.said): found for one, found in taken}

    def _fault(self, one: SaidMedia) -> Remark | None:
        """Say why a recording cannot be had, as far as that is known before."""
        if not is_installed(Extra.VIDEO):
            return Remark("recording_switched_off", {"name": one.name})
        fault = Remark("recording_missing", {"name": one.name})
        if one.file:
            try:
                self._files.remarks_on(one.file)
            except PictureError as error:
                fault = _remark_of(one, error)
            else:
                return None
        if not one.address:
            return fault
        if not self._fetches:
            return Remark("recording_left", {"name": one.name})
        if self._reader is None:
            return Remark("recording_links_off", {"name": one.name})
        return None

    def _take(self, wanted: WantedRecording) -> FoundRecording:
        one = wanted.said
        if fault := self._fault(one):
            return FoundRecording(one.kind, fault=fault)
        with tempfile.TemporaryFile(prefix="morelli-recording-") as file:
            try:
                self._copy(one, file)
            except LinkError as error:
                facts = {"name": one.name, "refusal": error.refusal.value}
                return FoundRecording(
                    one.kind, fault=Remark("recording_refused", facts)
                )
            except ImageTooLargeError:
                fault = Remark("recording_large", {"name": one.name})
                return FoundRecording(one.kind, fault=fault)
            except PictureError as error:
                return FoundRecording(one.kind, fault=_remark_of(one, error))
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            if sha256 in wanted.hashes:
                return FoundRecording(one.kind, sha256)
            try:
                kind, stored = self._store_as(file, one.kind)
            except RecordingError as error:
                facts = {"name": one.name, "fault": error.fault.value}
                fault = Remark(UNUSABLE_RECORDING, facts)
                return FoundRecording(one.kind, sha256, fault=fault)
        return FoundRecording(kind, sha256, stored)

    def _copy(self, one: SaidMedia, file: BinaryIO) -> None:
        """Copy a recording: the file that was given, or else what its address gives."""
        if one.file:
            try:
                self._files.copy(one.file, file, self._max_bytes)
            except PictureError:
                if not one.address or not self._fetches or self._reader is None:
                    raise
            else:
                return
        if self._reader is None:
            raise PictureError(Remark("recording_links_off", {"name": one.name}))
        self._breaker.ask(one.address, partial(self._reader.copy, file=file))

    def _store_as(
        self, file: BinaryIO, kind: MediaKind
    ) -> tuple[MediaKind, StoredRecording]:
        """Store a recording; as audio what has no picture, whatever it was called."""
        store = partial(store_recording, file, store=self._store)
        try:
            return kind, store(kind=kind)
        except RecordingError as error:
            faults = RecordingFault.SILENT, RecordingFault.FORMAT
            if kind is MediaKind.AUDIO or error.fault not in faults:
                raise
        return MediaKind.AUDIO, store(kind=MediaKind.AUDIO)


def _remark_of(one: SaidMedia, error: PictureError) -> Remark:
    code = REMARKS.get(error.remark.code, "recording_missing")
    return Remark(code, {"name": one.name})
