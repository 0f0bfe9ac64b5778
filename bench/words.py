"""Suggest works and artists for words with slips; count how many are found, how fast.

    python -m bench.words [--catalogue CSV [--encoding NAME]] [--works N] [--slips N]

Of 500 titles and names, each has one or two letters wrong, swapped, missing, or has
lost its accents. Beside our own words, the catalogue is asked by the databases' own
trigrams and, where it is installed, by rapidfuzz. The database is the one of
``MORELLI_DATABASE_URL``, which has to be empty, or a SQLite file that is removed again.
"""

import argparse
import csv
import importlib.util
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import func, select, text

from app.commands.shared import DONE, FAILED, run_explained
from app.extensions import db, is_sqlite
from app.factory import create_app
from app.models import Artwork, ArtworkWord, Word
from app.models.keys import plain_text
from app.retrieval.drawings.collection import generate_collection
from app.retrieval.runtime.memory import spare_started_objects
from app.services.system import database
from app.services.words.suggestions import suggest
from app.services.words.vocabulary import LabelVocabulary
from bench.measure import memory_mb, print_figures, print_percentiles

WORKS = 44_000
"""As many as the Web Gallery of Art."""
ASKED = 500
FIRST = 3
"""Suggestions that count."""
LEAST_FOUND, MOST_MS = 0.98, 100.0
BATCH = 1_000
NAMES = {
    "title": ("title", "TITLE", "Title"),
    "artist": ("artist", "creator", "AUTHOR", "Author"),
}
"""Columns of catalogues as museums write them."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
LEAST_LETTERS = 5
"""Of a title or name that is asked for: with two slips, less is anything."""

Label = tuple[str, str]
Method = Callable[[str], list[Label]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--catalogue", type=Path, metavar="CSV")
    parser.add_argument("--encoding", default="utf-8-sig", help="of the catalogue")
    parser.add_argument("--works", type=int, default=WORKS, metavar="N")
    parser.add_argument(
        "--slips", type=int, choices=(1, 2), help="default: both, mixed"
    )
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)

    def job() -> int:
        labels = read_labels(options.catalogue, options.works, options.encoding)
        if missing := missing_part(labels):
            heads = ", ".join(NAMES[missing])
            parser.error(f"the table has no {missing}: call its column one of {heads}")
        with tempfile.TemporaryDirectory() as folder:
            app = create_app({"MORELLI_INSTANCE": folder})
            with app.app_context():
                return run(options, labels)

    return run_explained(job)


def run(options: argparse.Namespace, labels: Sequence[Label]) -> int:
    """Fill the database, ask every method; needs an application."""
    rng = np.random.default_rng(options.seed)
    begun = time.perf_counter()
    database.upgrade()
    fill(labels, options.works, rng)
    filled = time.perf_counter() - begun
    asked = list(draw(labels, rng, options.slips))
    results = {}
    spare_started_objects()  # as servers do before they are asked
    for name, make in METHODS.items():
        before = memory_mb()["Pss_Anon"]
        method = make()
        if method is None:
            continue
        method("warm")
        held = memory_mb()["Pss_Anon"] - before
        results[name] = (*ask(method, asked), held)
    print_figures(
        "Kept",
        {
            "database": db.engine.dialect.name,
            "works": count(Artwork.id),
            "words": count(Word.id),
            "words of works": count(ArtworkWord.word_id),
            "seconds to record": filled,
        },
    )
    print_percentiles(
        "Milliseconds per suggestion", {n: r[1] for n, r in results.items()}
    )
    slowest = {name: max(result[1]) for name, result in results.items()}
    print_figures("Slowest, in milliseconds", slowest)
    for name, (found, _times, held) in results.items():
        figures = {f"{kind}, %": 100.0 * share for kind, share in found.items()}
        figures["together, %"] = 100.0 * together(found)
        print_figures(
            f"Among the first {FIRST}: {name}", {**figures, "memory, MB": held}
        )
    found, times, _held = results[OURS]
    is_good = together(found) >= LEAST_FOUND and max(times) <= MOST_MS
    return DONE if is_good else FAILED


def together(found: Mapping[str, float]) -> float:
    """Return the share of titles and names found; as many of each are asked for."""
    return sum(found.values()) / len(found)


def count(column: object) -> int:
    """Count the rows of a table."""
    return db.session.scalars(select(func.count(column))).one()  # type: ignore[arg-type]  # a column, of any type


def read_labels(
    catalogue: Path | None, works: int, encoding: str = "utf-8-sig"
) -> list[Label]:
    """Return titles and artists, of a museum's catalogue or of drawn works."""
    if catalogue is None:
        return [(one.title, one.artist) for one in generate_collection(works)]
    lines = catalogue.read_text(encoding).splitlines()
    delimiter = max(",;\t", key=lines[0].count)
    rows = csv.DictReader(lines, delimiter=delimiter)
    found = ((said(row, "title"), said(row, "artist")) for row in rows)
    return [label for label in found if label[0]]


def missing_part(labels: Sequence[Label]) -> str | None:
    """Name the part of labels, title or artist, that none of them has."""
    parts = enumerate(NAMES)
    return next((name for part, name in parts if not askable(labels, part)), None)


def askable(labels: Sequence[Label], part: int) -> list[str]:
    """Return titles or names that are long enough to be asked for."""
    names = (label[part] for label in labels)
    return [name for name in names if len(plain_text(name)) >= LEAST_LETTERS]


def said(row: Mapping[str, str | None], part: str) -> str:
    """Return what a row says, whatever the museum calls that column."""
    return next((row[one] or "" for one in NAMES[part] if one in row), "").strip()


def fill(labels: Sequence[Label], works: int, rng: np.random.Generator) -> None:
    """Record works, beyond those of the catalogue with titles made of its words.

    A made title begins as one of the catalogue's and goes on as another, so that words
    are as frequent, and as often beside each other, as there.
    """
    for start in range(0, works, BATCH):
        for number in range(start, min(start + BATCH, works)):
            title, artist = labels[number % len(labels)]
            if number >= len(labels):
                other = labels[int(rng.integers(len(labels)))][0].split()
                own = title.split()
                cut = int(rng.integers(1, len(own) + 1))
                title = " ".join(own[:cut] + other[cut // 2 :])
                artist = labels[int(rng.integers(len(labels)))][1]
            db.session.add(Artwork(accession=f"B.{number}", title=title, artist=artist))
        db.session.commit()
        db.session.expunge_all()


def draw(
    labels: Sequence[Label], rng: np.random.Generator, slips: int | None
) -> Iterator[tuple[str, str, str]]:
    """Yield what is typed, which part of a label it is, and how that is right."""
    known = [askable(labels, part) for part in range(len(NAMES))]
    for number in range(ASKED):
        part = number % 2
        right = known[part][int(rng.integers(len(known[part])))]
        typed = plain_text(right)  # the accents are lost
        for _ in range(slips or int(rng.integers(1, 3))):
            typed = with_slip(typed, rng)
        yield typed, list(NAMES)[part], right


def with_slip(typed: str, rng: np.random.Generator) -> str:
    """Change one letter, leave it out, add one, or swap it with the next."""
    places = [at for at, letter in enumerate(typed) if letter.isalpha()]
    at = places[rng.integers(len(places))] if places else 0
    other = LETTERS[rng.integers(len(LETTERS))]
    kind = rng.integers(4)
    if kind == 0:
        return typed[:at] + other + typed[at + 1 :]
    if kind == 1:
        return typed[:at] + typed[at + 1 :]
    if kind == 2:
        return typed[:at] + other + typed[at:]
    return typed[:at] + typed[at + 1 : at + 2] + typed[at : at + 1] + typed[at + 2 :]


def ask(
    method: Method, asked: Sequence[tuple[str, str, str]]
) -> tuple[dict[str, float], list[float]]:
    """Return the share that is found, by part, and the milliseconds of each."""
    times: list[float] = []
    found: dict[str, list[bool]] = {part: [] for part in NAMES}
    for typed, part, right in asked:
        begun = time.perf_counter()
        suggested = method(typed)[:FIRST]
        times.append(1000 * (time.perf_counter() - begun))
        db.session.rollback()
        said = {plain_text(one[list(NAMES).index(part)]) for one in suggested}
        found[part].append(plain_text(right) in said)
    return {part: float(np.mean(hits)) for part, hits in found.items()}, times


def own_words() -> Method:
    """Return how this program suggests."""
    vocabulary = LabelVocabulary()

    def method(typed: str) -> list[Label]:
        found = suggest(db.session(), vocabulary, typed)
        return [(one.work.title if one.work else "", one.artist) for one in found]

    return method


def trigrams() -> Method:
    """Return how the database would: FTS5's trigrams, or pg_trgm."""
    if is_sqlite(db.engine):
        statements = [
            "CREATE VIRTUAL TABLE trigram USING fts5(name, tokenize='trigram')",
            "INSERT INTO trigram(rowid, name) SELECT id, lower(title || ' ' || artist)"
            " FROM artwork",
        ]
        query = (
            "SELECT title, artist FROM trigram JOIN artwork ON id = trigram.rowid"
            " WHERE trigram MATCH :typed ORDER BY rank LIMIT 3"
        )
    else:
        statements = [
            "CREATE EXTENSION IF NOT EXISTS pg_trgm",
            "CREATE INDEX ix_trigram ON artwork USING gin"
            " ((lower(title || ' ' || artist)) gin_trgm_ops)",
            "ANALYZE artwork",
        ]
        name = "lower(title || ' ' || artist)"
        query = (
            f"SELECT title, artist FROM artwork WHERE :typed <% {name}"  # noqa: S608 - ours
            f" ORDER BY word_similarity(:typed, {name}) DESC, length({name}) LIMIT 3"
        )
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()

    def method(typed: str) -> list[Label]:
        asked = typed
        if is_sqlite(db.engine):
            parts = {typed[at : at + 3] for at in range(max(1, len(typed) - 2))}
            asked = " OR ".join(
                '"{}"'.format(part.replace('"', '""')) for part in sorted(parts)
            )
        return [
            (row[0], row[1])
            for row in db.session.execute(text(query), {"typed": asked})
        ]

    return method


def in_memory() -> Method | None:
    """Return how rapidfuzz would, over a list that every process holds."""
    if importlib.util.find_spec("rapidfuzz") is None:
        return None
    process = importlib.import_module("rapidfuzz.process")
    fuzz = importlib.import_module("rapidfuzz.fuzz")

    labels = [
        (row.title, row.artist)
        for row in db.session.execute(select(Artwork.title, Artwork.artist))
    ]
    names = [plain_text(f"{title} {artist}") for title, artist in labels]

    def method(typed: str) -> list[Label]:
        found = process.extract(typed, names, scorer=fuzz.WRatio, limit=FIRST)
        return [labels[at] for _name, _score, at in found]

    return method


OURS = "our own words"
METHODS: dict[str, Callable[[], Method | None]] = {
    OURS: own_words,
    "trigrams of the database": trigrams,
    "rapidfuzz in memory": in_memory,
}


if __name__ == "__main__":
    raise SystemExit(main())
