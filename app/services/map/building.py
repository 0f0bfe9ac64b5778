"""Building of the collection's map: all works, each beside those like it.

Made in the background from the descriptors in the database, once for each likeness.
What is done stays in a draft until the map is whole, so a task that was stopped goes on
with the pictures it has collected and the places it has found, as long as the
collection has not changed meanwhile.
"""

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.configuration.load import Folders
from app.retrieval.errors import EmptyGalleryError, ImageError, RetrievalError
from app.retrieval.files.atomic import staged_file
from app.retrieval.generations.registry import GenerationRegistry
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.map.hilbert import hilbert
from app.retrieval.map.layout import Cells, arrange, settle
from app.retrieval.map.sprites import COARSE, FINE, Grid, cell_of, sheet, shrink
from app.retrieval.runtime.extras import MODULES, Extra, install_command, is_installed
from app.retrieval.runtime.place import INDEX_COMMAND
from app.services.index.opening import refuse_while_fetching
from app.services.map import appearances
from app.services.map.appearances import Appearance
from app.services.map.plan import MapPlan, read_plan
from app.services.map.publishing import published_maps
from app.services.map.registry import (
    PLACES_FILE,
    WORKS_FILE,
    Level,
    Likeness,
    MapError,
    MapRegistry,
    StoredMap,
    sheet_name,
)
from app.services.media.opening import MediaStores
from app.services.media.store import MediaStore, read_picture
from app.services.system.tasks import TaskFailedError, TaskHandle

KIND = "map"
COLLECTING, PLACING, DRAWING = "collecting", "placing", "drawing"
"""Steps, as the pages know them."""
QUALITY = 76
"""Of the sheets."""
COLLECTED_BETWEEN = 32
"""Pictures, before it is told how far it is: that takes as long as two of them."""
CELL_SHAPE = FINE.cell_px, FINE.cell_px, 3
CELL_BYTES = math.prod(CELL_SHAPE)
MISSING = np.full(CELL_SHAPE, 128, np.uint8)
"""Stands for a picture that cannot be read."""
Told: TypeAlias = Callable[[int, int, str], None]
"""Is told how much is done, of how much, in which step; may raise to stop."""


def make(handle: TaskHandle) -> None:
    """Do a task of this kind.

    Raises
    ------
    TaskFailedError
        If no map can be made; the one before stays.
    AlreadyRunningError, NotHereYetError
        If another process is at it, or this machine has no index yet: then the task
        waits.
    """
    context = handle.context
    if not is_installed(Extra.MAPS):
        [package] = MODULES[Extra.MAPS]
        raise TaskFailedError(
            f"The map needs the package {package}, which is not installed. Run: "
            f"{install_command(Extra.MAPS)}"
        )
    try:
        try:
            model_id = live_model_id(context.folders)
        except EmptyGalleryError:
            refuse_while_fetching(context.session)
            raise
        build(
            context.session,
            context.folders,
            context.media,
            model_id,
            handle.progress,
        )
    except (MapError, RetrievalError) as error:
        raise TaskFailedError(str(error)) from error


def live_model_id(folders: Folders) -> str:
    """Return the model whose descriptors visitors search.

    Raises
    ------
    EmptyGalleryError, ArtefactError
        If there is no index, or it cannot be used.
    """
    generation = GenerationRegistry(folders.generations).current()
    if generation is None:
        raise EmptyGalleryError(INDEX_COMMAND)
    return generation.manifest.model_id


def build(
    session: Session, folders: Folders, media: MediaStores, model_id: str, told: Told
) -> StoredMap:
    """Make a map of all works on show that have a picture, and show it.

    Where nothing has changed since the last one, that one is shown.

    Raises
    ------
    MapError
        If there is nothing to show.
    AlreadyRunningError
        If another process is at it.
    """
    registry = MapRegistry(folders.maps)
    with registry.making():
        plan = read_plan(session, model_id)
        session.commit()  # ends the reading, so that others may write
        stored = registry.find(plan.name)
        if stored is None or not stored.is_whole:
            draft = registry.draft(plan.name)
            cells = collect(plan, media.works, draft, told)
            places = place(plan, draft, told)
            whole = draft / "map"
            draw(plan, cells, places, whole, told)
            stored = registry.settle(
                whole,
                plan.name,
                model_id=plan.model_id,
                works=len(plan.accessions),
                likenesses=tuple(plan.vectors),
            )
        published = published_maps(media, folders)
        if published is not None:
            published.upload(stored.path)
            published.point_to(session, stored.name)
            session.commit()
        registry.show(stored)
        if published is not None:
            published.prune(stored.name)
    return stored


def collect(
    plan: MapPlan, media: MediaStore, draft: Path, told: Told
) -> NDArray[np.uint8]:
    """Bring all small pictures to cells; those that a stopped task has are kept.

    Returns
    -------
    cells : (N, 64, 64, 3) uint8
        In a file: 540 MB at 44,000 works.
    """
    path = draft / "cells.u8"
    total = len(plan.thumbnails)
    done = path.stat().st_size // CELL_BYTES if path.exists() else 0
    with path.open("ab") as file:
        file.truncate(done * CELL_BYTES)
        for number in range(done, total):
            if number % COLLECTED_BETWEEN == 0:
                told(number, total, COLLECTING)
            try:
                cell = cell_of(read_picture(media, plan.thumbnails[number]))
            except (OSError, ImageError):
                cell = MISSING
            file.write(cell.tobytes())
    told(total, total, COLLECTING)
    return np.memmap(path, np.uint8, "r", shape=(total, *CELL_SHAPE))


def place(plan: MapPlan, draft: Path, told: Told) -> dict[Likeness, Cells]:
    """Find places by each likeness; what a stopped task has found is kept."""
    places = {}
    for number, (likeness, vectors) in enumerate(plan.vectors.items()):
        path = draft / f"{likeness}.npy"
        if not path.exists():

            def share(done: int, total: int, before: int = number) -> None:
                told(before * total + done, len(plan.vectors) * total, PLACING)

            found = settle(arrange(vectors, share))
            with staged_file(path) as file:
                np.save(file, found)
        places[likeness] = np.load(path)
    return places


def draw(
    plan: MapPlan,
    cells: NDArray[np.uint8],
    places: Mapping[Likeness, Cells],
    folder: Path,
    told: Told,
) -> None:
    """Write places, works and sheets, in an order in which neighbours share a sheet.

    What the works look like is written in the order of the first likeness.
    """
    blocks = FINE.sheet_count(len(plan.accessions))
    per_coarse = COARSE.cells // FINE.cells
    seen: list[Appearance] = []
    for number, (likeness, found) in enumerate(places.items()):
        room = folder / likeness
        room.mkdir(parents=True, exist_ok=True)
        order = np.argsort(hilbert(found))
        works = [plan.accessions[work] for work in order]
        (room / WORKS_FILE).write_text(json.dumps(works), encoding="utf-8")
        listed = np.column_stack([found[order], plan.shapes[order]])
        (room / PLACES_FILE).write_bytes(listed.astype("<f4").tobytes())
        small: list[NDArray[np.uint8]] = []
        for done in range(blocks):
            told(number * blocks + done, len(places) * blocks, DRAWING)
            fine = cells[order[done * FINE.cells : (done + 1) * FINE.cells]]
            _write(room / sheet_name(Level.FINE, done), fine, FINE)
            small.append(shrink(fine))
            if number == 0:
                seen += map(Appearance.of_cell, fine)
            if len(small) == per_coarse or done == blocks - 1:
                coarse = sheet_name(Level.COARSE, done // per_coarse)
                _write(room / coarse, np.concatenate(small), COARSE)
                small.clear()
    appearances.save(folder, seen)
    told(len(places) * blocks, len(places) * blocks, DRAWING)


def _write(path: Path, cells: NDArray[np.uint8], grid: Grid) -> None:
    path.write_bytes(encode_jpeg(sheet(cells, grid), quality=QUALITY))
