"""Store of comparisons of methods: JSON files and photos, kept for a day.

Each is a small file with what was answered, and beside it the photo, if one was sent
and photos are kept at all. Until it is compared, a photo is held in the size that is
searched.
"""

import csv
import io
import json
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from app.models import Artwork, now
from app.retrieval.images.codec import encode_jpeg, resize_to_long_side
from app.retrieval.types import Image
from app.services.collection.spreadsheets import inert
from app.services.comparing.methods import RERANKING, SHORTLIST, Column, ComparedMethod
from app.services.media.store import MediaStore, read_picture

KEPT_SECONDS = 86_400
PHOTO_SIDE_PX, PHOTO_QUALITY = 400, 80
HELD = "held-"
HELD_QUALITY = 95
"""Of a photo that waits: what it loses must not change what is found."""
HEADER = ("method", "rank", "accession", "title", "artist", "score", "named_by", "ms")


@dataclass(frozen=True, slots=True)
class MethodComparison:
    """Answers of all methods to one picture.

    Attributes
    ----------
    work : str
        Accession number of the work that was asked about; empty: a photo.
    generation, model_id : str
        What was asked.
    """

    id: str
    work: str
    generation: str
    model_id: str
    columns: tuple[Column, ...]

    @property
    def named_by(self) -> Counter[str]:
        """How many methods name each work."""
        return Counter(work for column in self.columns for work in column.works)

    @property
    def ranks(self) -> int:
        """Works of the longest column."""
        return max((len(column.works) for column in self.columns), default=0)

    def table(self, works: Mapping[str, Artwork]) -> str:
        """Write it as CSV, a row for each method and rank.

        Parameters
        ----------
        works : mapping of str to Artwork
            By accession number, as far as they are still on show.
        """
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow(HEADER)
        named_by = self.named_by
        for column in self.columns:
            for rank, accession, score in column.ranked():
                work = works.get(accession)
                label = (accession, *((work.title, work.artist) if work else ("", "")))
                writer.writerow(
                    [
                        column.method,
                        rank,
                        *map(inert, label),
                        f"{score:.6g}",
                        named_by[accession],
                        f"{column.milliseconds:.1f}",
                    ]
                )
        return file.getvalue()

    def facts(self, works: Mapping[str, Artwork]) -> dict[str, Any]:
        """Return it as what JSON can hold; see :meth:`table`."""
        named_by = self.named_by
        return {
            "asked": {"work": self.work} if self.work else {"photo": True},
            "generation": self.generation,
            "model_id": self.model_id,
            "columns": [
                {
                    "method": column.method,
                    "milliseconds": round(column.milliseconds, 1),
                    "reranks": SHORTLIST if column.method in RERANKING else None,
                    "works": [
                        {
                            "rank": rank,
                            "accession": accession,
                            "title": works[accession].title,
                            "artist": works[accession].artist,
                            "score": score,
                            "named_by": named_by[accession],
                        }
                        for rank, accession, score in column.ranked()
                        if accession in works
                    ],
                }
                for column in self.columns
            ],
        }


class Comparisons:
    """Store of comparisons: two files each."""

    def __init__(self, files: MediaStore) -> None:
        self._files = files

    def keep(self, comparison: MethodComparison, photo: Image | None) -> None:
        """Keep a comparison and its photo, (H, W, 3) uint8; let go of old ones."""
        self.clear_out()
        if photo is not None:
            small = resize_to_long_side(photo, PHOTO_SIDE_PX)
            data = encode_jpeg(small, quality=PHOTO_QUALITY)
            self._files.write(photo_name(comparison.id), data)
        text = json.dumps(asdict(comparison))
        self._files.write(f"{comparison.id}.json", text.encode())

    def hold(self, comparison_id: uuid.UUID, photo: Image) -> None:
        """Hold a photo, (H, W, 3) uint8, until it is compared."""
        self.clear_out()
        data = encode_jpeg(photo, quality=HELD_QUALITY)
        self._files.write(_held_name(comparison_id), data)

    def held(self, comparison_id: uuid.UUID, *, max_side_px: int) -> Image:
        """Return a photo that is held, or raise `FileNotFoundError`."""
        return read_picture(
            self._files, _held_name(comparison_id), max_side_px=max_side_px
        )

    def let_go(self, comparison_id: uuid.UUID) -> None:
        """Delete the photo that is held, if it is."""
        self._files.delete(_held_name(comparison_id))

    def find(self, comparison_id: uuid.UUID) -> MethodComparison | None:
        """Return a comparison; None once it is gone."""
        try:
            text = self._files.read(f"{comparison_id}.json")
        except FileNotFoundError:
            return None
        facts = json.loads(text)
        columns = tuple(
            Column(
                ComparedMethod(one["method"]),
                tuple(one["works"]),
                tuple(one["scores"]),
                one["milliseconds"],
            )
            for one in facts.pop("columns")
        )
        return MethodComparison(columns=columns, **facts)

    def has_photo(self, comparison_id: uuid.UUID) -> bool:
        """Tell whether the photo is kept."""
        return self._files.exists(photo_name(comparison_id))

    def clear_out(self) -> None:
        """Delete what is older than a day."""
        self._files.sweep()
        latest = now() - timedelta(seconds=KEPT_SECONDS)
        for file in self._files.list():
            if file.changed_at < latest:
                self._files.delete(file.name)


def photo_name(comparison_id: uuid.UUID | str) -> str:
    """Return the name of the photo of a comparison, if one is kept."""
    return f"{comparison_id}.jpg"


def _held_name(comparison_id: uuid.UUID) -> str:
    return f"{HELD}{comparison_id}.jpg"
