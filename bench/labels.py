"""Measure how labels in photos are read, on rendered ones of a catalogue's works.

    python -m bench.labels --catalogue CSV --images DIR [--others CSV …]

Each photo shows one label, or two, half of them beside the work. Right is an answer
that names exactly the works of the labels; wrong is one that names any other. Then
photos of the works without a label: the processor time that looking for text costs
them, with reading where text is seen that is none, and with an index
(``--generations``) that of a search of the same photo, in turn, with its work left out.
Exit status 1 if fewer are right, more wrong or the slowest slower than they may.
"""

import argparse
import csv
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from app.commands.shared import DONE, FAILED, run_explained, say
from app.configuration import load
from app.retrieval.images.codec import decode
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.runtime.threads import limit_threads
from app.retrieval.settings import ImageSettings
from app.retrieval.simulation.photo import PROFILES, perturb
from app.retrieval.types import Image
from app.services.index.opening import open_searcher
from app.services.labels.dictionary import CatalogueEntry, LabelDictionary
from app.services.labels.letters import named_year
from app.services.labels.networks import models_folder
from app.services.labels.reader import Reader
from app.services.labels.recognition import Line
from app.services.labels.service import LabelService, understood
from app.services.labels.shared_reader import SharedReader
from bench.label_photos import SIDE_PX, LabelText, photograph, render_card
from bench.measure import (
    memory_mb,
    print_figures,
    print_percentiles,
    processor_seconds,
)
from bench.server import children_of

LEAST_RIGHT, MOST_WRONG, MOST_MS = 0.97, 0.003, 1_200
NUMBERED = 0.7
"""Share of labels with an accession number, where title and artist would do."""
TWO = 0.1
"""Share of photos with two labels."""
WARM_UP = 2
COLUMNS = {
    "accession": ("accession", "accession_number", "acno"),
    "title": ("title", "Title", "TITLE"),
    "artist": ("artist", "creator", "Author", "AUTHOR"),
    "date": ("date", "dateText", "creation_date", "DATE"),
    "image": ("image",),
}
"""Names of a table's columns."""

Row = dict[str, str]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--catalogue", type=Path, metavar="CSV", required=True)
    parser.add_argument("--images", type=Path, metavar="DIR", required=True)
    parser.add_argument(
        "--others", type=Path, metavar="CSV", nargs="*", default=[], help="more works"
    )
    parser.add_argument("--photos", type=int, default=200, metavar="N")
    parser.add_argument("--plain", type=int, default=40, metavar="N")
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--generations", type=Path, metavar="DIR")
    options = parser.parse_args(arguments)
    return run_explained(lambda: run(options))


def run(options: argparse.Namespace) -> int:
    """Read all labels, one after another."""
    folder = models_folder()
    if folder is None:
        say("Labels cannot be read: install requirements-labels.txt.")
        return FAILED
    limit_threads(1)
    rows = read_table(options.catalogue)
    others = [row for path in options.others for row in read_table(path)]
    begun = time.perf_counter()
    dictionary = LabelDictionary(map(entry_of, [*rows, *others]))
    built = time.perf_counter()
    reader = SharedReader(f"morelli-bench-{os.getpid()}")
    reader.read(np.zeros((96, 128, 3), np.uint8))
    opened = time.perf_counter()
    service = LabelService(reader)
    outcomes: Counter[str] = Counter()
    looks: list[float] = []
    matches: list[float] = []
    processor: list[float] = []
    for number, (photo, named) in enumerate(label_photos(rows, options)):
        look_begun, computed = time.perf_counter(), time.process_time()
        seen = service.look(PreparedPhoto(photo))
        looked = time.perf_counter()
        works = understood(seen, dictionary, "").works if seen else ()
        if number >= WARM_UP:
            looks.append(1000 * (looked - look_begun))
            matches.append(1000 * (time.perf_counter() - looked))
            processor.append(1000 * (time.process_time() - computed))
        sure = {work.accession for work in works if work.is_sure}
        outcome = "wrong" if sure - named else "right" if sure == named else "missed"
        outcomes[outcome] += 1
        if outcome != "right":
            lines = (
                [line.text for label in seen.labels for line in label] if seen else []
            )
            say(f"{outcome} {number}: {sorted(named)} as {sorted(sure)}: {lines}")
    totals = np.add(looks, matches)
    print_percentiles(
        "One photo with a label, ms",
        {
            "looking and reading": looks,
            "finding the works": matches,
            "together": totals.tolist(),
            "processor time": processor,
        },
    )
    [process] = children_of(os.getpid())
    held = memory_mb(process)["Rss"]
    reading_ms = 1000 * processor_seconds(process) / options.photos
    plain = look_at_plain_photos(reader, process, rows, options)
    reader.close()
    print_figures(
        "Labels",
        {
            "works in the dictionary": len(dictionary.entries),
            "making it, s": built - begun,
            "starting the process that reads, s": opened - built,
            "its memory, MB": held,
            "its processor time for a photo, with its start, ms": reading_ms,
            "photos": options.photos,
            "right, %": 100 * outcomes["right"] / options.photos,
            "wrong, %": 100 * outcomes["wrong"] / options.photos,
            **plain,
        },
    )
    is_good = (
        outcomes["right"] >= LEAST_RIGHT * options.photos
        and outcomes["wrong"] <= MOST_WRONG * options.photos
        and float(np.percentile(totals, 95)) <= MOST_MS
    )
    return DONE if is_good else FAILED


def read_table(path: Path) -> list[Row]:
    """Read a catalogue's columns that a label needs; rows without a title are out."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [
            {
                name: next((row[one] for one in names if row.get(one)), "")
                for name, names in COLUMNS.items()
            }
            for row in csv.DictReader(file)
        ]
    return [row for row in rows if row["title"] and row["accession"]]


def entry_of(row: Row) -> CatalogueEntry:
    """Turn a row into what labels are compared with."""
    names = row["accession"], row["title"], row["artist"]
    return CatalogueEntry(*names, named_year(row["date"]))


def label_photos(
    rows: Sequence[Row], options: argparse.Namespace
) -> Iterator[tuple[Image, set[str]]]:
    """Yield photos, each with the accession numbers of its labels."""
    known = [row for row in rows if row["artist"]]
    same = Counter((row["title"], row["artist"]) for row in known)
    for number in range(options.photos):
        rng = np.random.default_rng(options.seed + number)
        count = 2 if rng.random() < TWO else 1
        chosen = [known[int(row)] for row in rng.choice(len(known), count, False)]
        cards = []
        for row in chosen:
            # Without its number, nobody could tell it from another of that name.
            is_one = same[row["title"], row["artist"]] == 1
            has_number = not is_one or bool(rng.random() < NUMBERED)
            names = row["accession"], row["title"], row["artist"], row["date"]
            cards.append(render_card(LabelText(*names), rng, has_number=has_number))
        beside = count == 1 and number % 2 == 1
        picture = picture_of(chosen[0], options) if beside else None
        photo = photograph(cards, rng, picture=picture)
        yield photo, {row["accession"] for row in chosen}


def picture_of(row: Row, options: argparse.Namespace) -> Image:
    """Read a work's picture."""
    data = (options.images / row["image"]).read_bytes()
    return decode(data, settings=ImageSettings())


class CountingReader:
    """Reader that counts the photos in which it is to read.

    Parameters
    ----------
    reader : Reader
    """

    def __init__(self, reader: Reader) -> None:
        self.photos = 0
        self._reader = reader

    def read(self, image: Image) -> list[list[Line]]:
        """Read by the other one."""
        self.photos += 1
        return self._reader.read(image)


def look_at_plain_photos(
    reader: Reader, process: int, rows: Sequence[Row], options: argparse.Namespace
) -> dict[str, float]:
    """Measure what looking for text costs photos that show none."""
    model = load.load({})["MORELLI_MODEL"]
    folder = options.generations
    searcher = open_searcher(model, folder) if folder else None
    counting = CountingReader(reader)
    service = LabelService(counting)
    rng = np.random.default_rng(options.seed)
    with_picture = [row for row in rows if row["image"]]
    looks, searches = [], []
    read_before = processor_seconds(process)
    for number in rng.choice(len(with_picture), options.plain, False):
        row = with_picture[int(number)]
        work = picture_of(row, options)
        seen = perturb(work, PROFILES["hard"], rng, output_side_px=SIDE_PX).image
        photo = PreparedPhoto(seen)
        if searcher is not None:
            begun = time.thread_time()
            searcher.answer(photo, excluded_works={row["accession"]})
            searches.append(1000 * (time.thread_time() - begun))
        begun = time.thread_time()
        service.look(photo)
        looks.append(1000 * (time.thread_time() - begun))
    read_ms = 1000 * (processor_seconds(process) - read_before) / options.plain
    look_ms = float(np.mean(looks))
    figures = {
        "looking at a photo without text, mean ms": look_ms,
        "the slowest of twenty, ms": float(np.percentile(looks, 95)),
        "photos without text that are read, %": 100 * counting.photos / options.plain,
        "reading these, mean ms over all": read_ms,
    }
    if searches:
        search_ms = float(np.mean(searches))
        figures["a search that finds nothing, mean ms"] = search_ms
        figures["looking, % of it"] = 100 * look_ms / search_ms
        figures["looking and reading, % of it"] = 100 * (look_ms + read_ms) / search_ms
    return figures


if __name__ == "__main__":
    sys.exit(main())
