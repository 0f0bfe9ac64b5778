"""Measure the map of the collection in a browser: how it opens, and how it moves.

    python -m bench.map [--works 44000]
    python -m bench.map --instance instance

Without an instance, works are invented: their labels, places and pictures. Headless
Chromium draws without a graphics card, so every other device is faster. Exit status 1
if it is slow: to open, or to be moved.
"""

import argparse
import os
import shutil
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import insert

from app.commands.shared import DONE, FAILED, INCOMPLETE, run_explained, say, watch
from app.configuration.load import Folders
from app.extensions import db
from app.factory import create_app
from app.models import Artwork
from app.retrieval.map.layout import settle
from app.retrieval.map.sprites import FINE
from app.retrieval.types import FloatArray
from app.services.map.building import draw
from app.services.map.plan import MapPlan
from app.services.map.registry import Likeness, MapRegistry
from app.services.system import database
from bench.measure import folder_size_mb, print_figures, print_percentiles
from bench.server import serving

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MOST_OPENING_MS = 3000
MOST_FRAME_MS = 67
"""At the 95th percentile: four of a screen's refreshes, and that without a graphics
card."""
LATE_MS = 34
"""Two of a screen's refreshes."""
OPENED = 3
"""Times, each by a browser that has kept nothing."""
MOVES = 150
ENLARGED = {"the whole map": 0, "enlarged 4 times": 3, "enlarged 16 times": 6}
"""How often the button is pressed."""
BATCH = 4_000
SCHOOLS, ARTISTS = 25, 900
WAITED_SECONDS = 60
RECORD = """
() => {
  const times = window.frameTimes = [];
  let last = performance.now();
  const next = (now) => {
    times.push(now - last);
    last = now;
    if (window.frameTimes === times) requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}
"""
RECORDED = """
() => {
  const times = window.frameTimes;
  window.frameTimes = null;
  return times.slice(2);
}
"""
DRAWN_AT = "() => performance.getEntriesByName('map-drawn')[0].startTime"
LABELLED = "() => !document.querySelector('[data-colour]').disabled"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--works", type=int, default=44_000, metavar="N")
    parser.add_argument(
        "--instance", type=Path, metavar="DIR", help="whose map is measured instead"
    )
    options = parser.parse_args(arguments)

    def job() -> int:
        if options.instance is not None:
            return run(options.instance.resolve())
        with tempfile.TemporaryDirectory() as name:
            invent(Path(name), options.works, np.random.default_rng(0))
            return run(Path(name))

    return run_explained(job)


def run(instance: Path) -> int:
    """Serve the instance, open its map, move it."""
    stored = MapRegistry(Folders(instance).maps).current()
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if stored is None or chromium is None:
        say(
            f"There is no map in {instance}. Run: python -m app.lab map"
            if stored is None
            else f"There is no Chromium on the PATH ({', '.join(BROWSERS)})."
        )
        return FAILED
    os.environ["MORELLI_INSTANCE"] = str(instance)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    # Chromium refuses its sandbox to root.
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with serving(port), sync_playwright() as playwright:
        wait_for(address)
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        openings = [opening_ms(browser, address) for _ in range(OPENED)]
        frames = frame_times(browser, address)
        browser.close()
    print_figures(
        f"Map of {stored.works:,} works",
        {
            "files, MB": folder_size_mb(stored.path),
            "opens, first time, ms": openings[0],
            "opens, then, ms": min(openings[1:]),
        },
    )
    print_percentiles("Milliseconds per frame while it is moved", frames)
    late = {
        name: float(np.mean(np.array(times) > LATE_MS))
        for name, times in frames.items()
    }
    print_figures(
        f"Frames that took more than {LATE_MS} ms",
        {name: f"{share:.0%}" for name, share in late.items()},
    )
    slowest = max(float(np.percentile(times, 95)) for times in frames.values())
    is_quick = max(openings) < MOST_OPENING_MS and slowest < MOST_FRAME_MS
    return DONE if is_quick else INCOMPLETE


def wait_for(address: str) -> None:
    """Return as soon as the server answers.

    Raises
    ------
    OSError
        If it does not within a minute.
    """
    deadline = time.monotonic() + WAITED_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{address}/healthz").close()  # noqa: S310 - our own server
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def open_map(browser: Browser, address: str) -> Page:
    """Open the map in a browser that has kept nothing."""
    context = browser.new_context(viewport={"width": 1280, "height": 844})
    page = context.new_page()
    page.goto(f"{address}/map")
    page.wait_for_selector("[data-drawn]")
    return page


def opening_ms(browser: Browser, address: str) -> float:
    """Return when, after the click, the map is there with its pictures."""
    page = open_map(browser, address)
    milliseconds: float = page.evaluate(DRAWN_AT)
    page.context.close()
    return milliseconds


def frame_times(browser: Browser, address: str) -> dict[str, list[float]]:
    """Move the map to and fro, and return how long each frame took."""
    page = open_map(browser, address)
    page.wait_for_function(LABELLED)
    times = {}
    pressed = 0
    for name, presses in ENLARGED.items():
        for _ in range(presses - pressed):
            page.click("[data-zoom-in]")
            page.wait_for_timeout(400)
        pressed = presses
        page.wait_for_timeout(1500)
        times[name] = move(page)
    page.context.close()
    return times


def move(page: Page) -> list[float]:
    """Drag the map in circles, for two seconds or more."""
    box = page.locator("canvas").bounding_box()
    if box is None:
        raise RuntimeError("the map is not in view")
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.evaluate(RECORD)
    for step in range(MOVES):
        angle = 6 * np.pi * step / MOVES
        page.mouse.move(
            middle[0] + 150 * float(np.sin(angle)),
            middle[1] + 100 * float(1 - np.cos(angle)),
        )
    times: list[float] = page.evaluate(RECORDED)
    page.mouse.up()
    return times


def invent(instance: Path, count: int, rng: np.random.Generator) -> None:
    """Make an instance with invented works, and a map of them."""
    app = create_app({"MORELLI_INSTANCE": instance})
    accessions = [f"1900.{number}" for number in range(count)]
    labels = [
        {
            "accession": accession,
            "title": f"Landscape with {number % 97} trees and {number % 41} figures",
            "artist": f"Painter {int(rng.integers(ARTISTS))}",
            "school": f"School {int(SCHOOLS * rng.random() ** 2)}",
            "year": int(rng.integers(1350, 1950)),
        }
        for number, accession in enumerate(accessions)
    ]
    with app.app_context():
        database.upgrade()
        for start in watch(
            range(0, count, BATCH), -(-count // BATCH), "Inventing works"
        ):
            db.session.execute(insert(Artwork), labels[start : start + BATCH])
        db.session.commit()
        db.engine.dispose()
    registry = MapRegistry(Folders(instance).maps)
    with registry.making():
        draft = registry.draft("0" * 16)
        shapes = rng.uniform(0.6, 1.6, count).astype(np.float32)
        plan = MapPlan("invented", accessions, accessions, shapes, {})
        cells = invent_cells(draft / "cells.u8", count, rng)
        places = {Likeness.STYLE: settle(invent_places(count, rng))}
        draw(plan, cells, places, draft / "map", lambda _done, _total, _step: None)
        stored = registry.settle(
            draft / "map",
            "0" * 16,
            model_id="invented",
            works=count,
            likenesses=[Likeness.STYLE],
        )
        registry.show(stored)


def invent_places(count: int, rng: np.random.Generator) -> FloatArray:
    """Scatter works around some middles, as t-SNE does."""
    middles = rng.normal(size=(60, 2))
    chosen = middles[rng.integers(0, len(middles), count)]
    return (chosen + 0.25 * rng.normal(size=(count, 2))).astype(np.float32)


def invent_cells(path: Path, count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Fill cells with eight by eight patches of colour, into a file."""
    shape = FINE.cell_px, FINE.cell_px, 3
    times = FINE.cell_px // 8
    with path.open("wb") as file:
        for start in range(0, count, BATCH):
            size = min(BATCH, count - start), 8, 8, 3
            patches = rng.integers(0, 256, size, dtype=np.uint8)
            file.write(patches.repeat(times, axis=1).repeat(times, axis=2).tobytes())
    return np.memmap(path, np.uint8, "r", shape=(count, *shape))


if __name__ == "__main__":
    sys.exit(main())
