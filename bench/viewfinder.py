"""Measure the viewfinder in a browser whose camera plays a film of photos.

    python -m bench.viewfinder --queries photos.csv --minutes 10

Starts gunicorn over the instance's live index. Each photo is in view for some seconds,
then a wall. Exit status 1 if labels come late, requests too often, or the page grows.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import CDPSession, Page, sync_playwright

from app.commands.shared import DONE, FAILED, run_explained, say
from app.retrieval.images.codec import decode, encode_jpeg, resize_to_long_side
from app.retrieval.types import Image
from bench.measure import print_figures, print_percentiles
from bench.query import live_photos
from bench.server import ask_until_answered, free_port, serving

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FPS = 30
"""At which Chromium plays such a film."""
WIDTH, HEIGHT = 1280, 960
WALL = 150
SHOWN_SECONDS, WALL_SECONDS = 3.0, 1.0
LOOKED_SECONDS = 15.0
"""Between two looks at the page's memory."""
MOST_MS = 1_500.0
"""From pointing to the label."""
MOST_PER_SECOND = 2
MOST_GROWTH_MB = 2.0
WATCH = """
() => {
  const video = document.querySelector("[data-video]");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [16, 12];
  const context = canvas.getContext("2d", {willReadFrequently: true});
  const tags = document.querySelector("[data-tags]");
  window.labelled = [];
  window.pointed = 0;
  let since = null;
  const look = () => {
    context.drawImage(video, 0, 0, 16, 12);
    const {data} = context.getImageData(0, 0, 16, 12);
    const grey = data.filter((_, at) => at % 4 === 1);
    const isWall = Math.max(...grey) - Math.min(...grey) < 12;
    if (isWall) since = null;
    else if (since === null) {
      since = performance.now();
      window.pointed += 1;
    }
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  let counted = null;
  new MutationObserver(() => {
    if (!tags.firstChild || since === null || counted === since) return;
    counted = since;
    window.labelled.push(performance.now() - since);
  }).observe(tags, {childList: true});
}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--queries", type=Path, metavar="CSV", help="labelled photos")
    parser.add_argument("--sample", type=int, default=15, metavar="N")
    parser.add_argument("--minutes", type=float, default=10, metavar="M")
    options = parser.parse_args(arguments)
    return run_explained(lambda: run(options))


def run(options: argparse.Namespace) -> int:
    """Film the photos, look through the viewfinder."""
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        say(f"There is no Chromium on the PATH ({', '.join(BROWSERS)}).")
        return FAILED
    photos = live_photos(options)
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, serving(port) as server:
        film = make_film(photos, Path(folder))
        ask_until_answered(port, photos[0], server)
        flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        flags.append(f"--use-file-for-fake-video-capture={film}")
        # Chromium refuses its sandbox to root.
        flags += ["--no-sandbox"] if os.geteuid() == 0 else []
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=flags)
            page = browser.new_page(viewport={"width": 390, "height": 844})
            page.goto(f"http://127.0.0.1:{port}/viewfinder")
            told = look_through(page, 60 * options.minutes)
            browser.close()
    return report(told)


def make_film(photos: Sequence[bytes], folder: Path) -> Path:
    """Write a film in which each photo is followed by a wall."""
    wall = np.full((HEIGHT, WIDTH, 3), WALL, np.uint8)
    path = folder / "camera.mjpeg"
    with path.open("wb") as file:
        for data in photos:
            seen = encode_jpeg(framed(decode(data), wall), quality=90)
            file.write(seen * round(SHOWN_SECONDS * FPS))
            file.write(encode_jpeg(wall) * round(WALL_SECONDS * FPS))
    return path


def framed(photo: Image, wall: Image) -> Image:
    """Put a photo before a wall, as large as it fits."""
    scale = min(HEIGHT / photo.shape[0], WIDTH / photo.shape[1])
    side_px = int(scale * max(photo.shape[:2]))
    photo = resize_to_long_side(photo, side_px, enlarge=True)[:HEIGHT, :WIDTH]
    height, width = photo.shape[:2]
    top, left = (HEIGHT - height) // 2, (WIDTH - width) // 2
    shown = wall.copy()
    shown[top : top + height, left : left + width] = photo
    return shown


def look_through(page: Page, seconds: float) -> dict[str, Any]:
    """Let the viewfinder look for a while, and return what it did."""
    asked: list[float] = []

    def note(url: str) -> None:
        if url.endswith("/viewfinder/frames"):
            asked.append(time.monotonic())

    page.on("request", lambda request: note(request.url))
    page.evaluate(WATCH)
    page.get_by_role("button", name="Start the camera").click()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    heaps, nodes = [], []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        page.wait_for_timeout(1000 * min(LOOKED_SECONDS, end - time.monotonic() + 0.1))
        heap, count = memory_of(session)
        heaps.append(heap)
        nodes.append(count)
    return {
        "asked": asked,
        "heaps": heaps,
        "nodes": nodes,
        "seconds": seconds,
        "labelled": page.evaluate("labelled"),
        "pointed": page.evaluate("pointed"),
        "sent": page.locator("[data-sent]").inner_text(),
    }


def memory_of(session: CDPSession) -> tuple[float, float]:
    """Return the megabytes of a page's scripts, and its nodes, without garbage."""
    session.send("HeapProfiler.collectGarbage")
    measured = session.send("Performance.getMetrics")["metrics"]
    values = {one["name"]: one["value"] for one in measured}
    return values["JSHeapUsedSize"] / 1e6, values["Nodes"]


def report(told: dict[str, Any]) -> int:
    """Print what was measured; return the exit status."""
    asked, heaps = np.array(told["asked"]), told["heaps"]
    busiest = max(
        (int(np.sum((asked >= at) & (asked < at + 1))) for at in asked), default=0
    )
    # What the page has learnt by then is loaded once.
    early, late = np.median(heaps[1:4] or heaps), np.median(heaps[-3:])
    print_figures(
        f"Viewfinder, {told['seconds'] / 60:.1f} minutes",
        {
            "photos in view": told["pointed"],
            "labelled": len(told["labelled"]),
            "requests": len(asked),
            "requests per second": len(asked) / told["seconds"],
            "most within a second": busiest,
            "heap at first, MB": float(early),
            "heap at last, MB": float(late),
            "nodes at first": told["nodes"][0],
            "nodes at last": told["nodes"][-1],
        },
    )
    print(told["sent"], flush=True)
    print_percentiles("Milliseconds from pointing to the label", {"": told["labelled"]})
    is_quick = float(np.percentile(told["labelled"], 95)) <= MOST_MS
    is_flat = late - early <= MOST_GROWTH_MB
    return DONE if is_quick and is_flat and busiest <= MOST_PER_SECOND else FAILED


if __name__ == "__main__":
    sys.exit(main())
