"""Labels of visitors' photos: looked for, read, and found in the catalogue.

The catalogue is read anew when it has changed, at most once a minute: what labels are
compared with may be so old. Whether a work is on show is asked anew for every page.
"""

import logging
import threading
import time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Artwork
from app.retrieval.images.prepared import PreparedPhoto
from app.services.labels.codes import numbers_of, read_codes
from app.services.labels.copies import OTHER_SIDE_PX, grey_copy, small_copy
from app.services.labels.dictionary import CatalogueEntry, LabelDictionary
from app.services.labels.letters import named_year
from app.services.labels.matching import works_named
from app.services.labels.reader import Reader
from app.services.labels.reading import LabelReading, ReadWork, SeenText, Sign
from app.services.labels.recognition import Line
from app.services.labels.text_likelihood import may_have_text
from app.services.labels.wire import LabelReaderError

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 60.0
"""For which a dictionary is used though the catalogue has changed."""


class LabelService:
    """Reader of labels, with the catalogue as dictionary.

    Parameters
    ----------
    reader : Reader
    site : str
        The site's own address, without a slash at its end; "" where it is not known.
    """

    def __init__(self, reader: Reader, site: str = "") -> None:
        self._reader = reader
        self._site = site
        self._lock = threading.Lock()
        self._fault: str | None = None
        self._dictionary: LabelDictionary | None = None
        self._state: object = None
        self._built_at = 0.0

    @property
    def fault(self) -> str | None:
        """Why the last label was not read; None if all is well."""
        return self._fault

    def look(self, photo: PreparedPhoto) -> SeenText | None:
        """Read labels and codes; None where nothing looks like either.

        A photo without text costs some 4 ms of one core.
        """
        grey = grey_copy(photo.image)
        copy = small_copy(grey)
        codes = read_codes(grey, copy)
        # Letters look like letters in another size, too; brushstrokes seldom do.
        may_be_read = may_have_text(copy) and may_have_text(
            small_copy(grey, OTHER_SIDE_PX)
        )
        labels = self._labels(photo) if may_be_read else []
        if not labels and not codes:
            return None
        lines = tuple(tuple(label) for label in labels)
        return SeenText(lines, tuple(codes), photo.image.shape[:2])

    def understand(self, seen: SeenText, session: Session) -> LabelReading:
        """Find the works that labels and codes name."""
        dictionary = self._current_dictionary(session)
        return understood(seen, dictionary, self._site)

    def _labels(self, photo: PreparedPhoto) -> list[list[Line]]:
        try:
            labels = self._reader.read(photo.image)
        except LabelReaderError as error:
            # Photos are searched without: nobody asked for labels alone.
            if str(error) != self._fault:
                logger.exception("labels are not read")
            self._fault = str(error)
            return []
        self._fault = None
        return labels

    def _current_dictionary(self, session: Session) -> LabelDictionary:
        shown = Artwork.withdrawn_at.is_(None)
        state = session.execute(
            select(func.count(), func.max(Artwork.updated_at)).where(shown)
        ).one()
        with self._lock:
            is_old = time.monotonic() - self._built_at > PATIENCE_SECONDS
            if self._dictionary is None or (state != self._state and is_old):
                columns = Artwork.accession, Artwork.title, Artwork.artist, Artwork.date
                rows = session.execute(select(*columns).where(shown))
                self._dictionary = LabelDictionary(
                    CatalogueEntry(accession, title, artist, named_year(date))
                    for accession, title, artist, date in rows
                )
                self._state, self._built_at = state, time.monotonic()
            return self._dictionary


def understood(seen: SeenText, dictionary: LabelDictionary, site: str) -> LabelReading:
    """Find the works of a catalogue that labels and codes name.

    Parameters
    ----------
    site : str
        As for `LabelService`.
    """
    works = [
        ReadWork(entry.accession, True, (Sign.CODE,))
        for number in numbers_of(seen.codes, site)
        for entry in dictionary.works_exactly(number)
    ]
    for label in seen.labels:
        works += [
            ReadWork.on(work, label, seen.size)
            for work in works_named(label, dictionary)
        ]
    lines = (line.text for label in seen.labels for line in label)
    return LabelReading.of(works, lines)
