import csv
import io
import os
import time
import uuid

import numpy as np
import pytest

from app.models import Artwork
from app.services.comparing.kept import (
    KEPT_SECONDS,
    Comparisons,
    MethodComparison,
    photo_name,
)
from app.services.comparing.methods import Column, ComparedMethod
from app.services.media.folder import FolderStore
from app.services.media.store import read_picture
from tests.support.fakes import draw_picture

COLUMNS = (
    Column(ComparedMethod.DESCRIPTOR, ("A", "B", "C"), (0.9, 0.8, 0.7), 12.34),
    Column(ComparedMethod.SSIM, ("B", "D"), (0.5, 0.25), 300.0),
    Column(ComparedMethod.HASH, (), (), 1.0),
)


@pytest.fixture
def files(tmp_path):
    return FolderStore(tmp_path / "comparisons")


@pytest.fixture
def registry(files):
    return Comparisons(files)


def keep(registry, *, work="", photo=None):
    comparison = MethodComparison(str(uuid.uuid4()), work, "g", "m", COLUMNS)
    registry.keep(comparison, photo)
    return comparison


@pytest.fixture
def works():
    return {
        "A": Artwork(accession="A", title="=cmd()", artist="Ada"),
        "B": Artwork(accession="B", title="Hare", artist="Dürer"),
        "D": Artwork(accession="D", title="", artist=""),
    }


def test_what_was_kept_is_found_again(registry):
    kept = keep(registry, work="X/1")
    found = registry.find(uuid.UUID(kept.id))
    assert found == kept
    assert found.work == "X/1"
    assert not registry.has_photo(uuid.UUID(kept.id))
    assert registry.find(uuid.uuid4()) is None


def test_a_photo_is_kept_small_and_only_if_asked_to(registry, files):
    kept = keep(registry, photo=draw_picture(0, height=900, width=1200))
    assert registry.has_photo(uuid.UUID(kept.id))
    assert read_picture(files, photo_name(kept.id)).shape == (300, 400, 3)


def test_a_photo_is_held_nearly_as_it_was_until_it_is_let_go(registry):
    number = uuid.uuid4()
    photo = draw_picture(0, height=900, width=1200)
    registry.hold(number, photo)
    held = registry.held(number, max_side_px=1200)
    assert np.abs(held.astype(int) - photo).mean() < 2
    assert not registry.has_photo(number)
    registry.let_go(number)
    registry.let_go(number)
    with pytest.raises(FileNotFoundError):
        registry.held(number, max_side_px=1200)


def test_after_a_day_it_is_gone_with_its_photo(registry, files):
    old = keep(registry, photo=draw_picture(0))
    for path in files.root.iterdir():
        if path.is_file():
            long_ago = time.time() - KEPT_SECONDS - 60
            os.utime(path, (long_ago, long_ago))
    young = keep(registry)
    assert registry.find(uuid.UUID(old.id)) is None
    assert not registry.has_photo(uuid.UUID(old.id))
    assert registry.find(uuid.UUID(young.id)) is not None


def test_agreement_is_counted(registry):
    kept = keep(registry)
    assert kept.named_by == {"A": 1, "B": 2, "C": 1, "D": 1}
    assert kept.ranks == 3


def test_the_table_has_a_row_for_each_method_and_rank(registry, works):
    rows = list(csv.DictReader(io.StringIO(keep(registry).table(works))))
    assert len(rows) == 5
    assert rows[1] == {
        "method": "descriptor",
        "rank": "2",
        "accession": "B",
        "title": "Hare",
        "artist": "Dürer",
        "score": "0.8",
        "named_by": "2",
        "ms": "12.3",
    }
    # No spreadsheet calculates a title; a work that is gone keeps its number only.
    assert rows[0]["title"] == "'=cmd()"
    assert (rows[2]["accession"], rows[2]["title"]) == ("C", "")


def test_the_facts_say_what_was_asked_and_how(registry, works):
    facts = keep(registry).facts(works)
    assert facts["asked"] == {"photo": True}
    assert keep(registry, work="B").facts(works)["asked"] == {"work": "B"}
    descriptor, ssim, empty = facts["columns"]
    assert descriptor["reranks"] is None
    assert ssim["reranks"] == 100
    assert [work["rank"] for work in descriptor["works"]] == [1, 2]
    assert ssim["works"][0] == {
        "rank": 1,
        "accession": "B",
        "title": "Hare",
        "artist": "Dürer",
        "score": 0.5,
        "named_by": 2,
    }
    assert empty["works"] == []
