"""Picture the main pages for the documents, from drawn works only.

    python -m tools.screenshots

Indexes the museum that ``make demo`` draws in a folder of its own, serves it, and looks
at it with headless Chromium. The same program makes the same pictures.
"""

import csv
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import chain
from pathlib import Path

from PIL import Image, ImageColor
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from app.commands.shared import DONE, FAILED, run_explained, say
from app.configuration.load import ROOT, Folders, read_settings
from app.factory import create_app
from app.lab import __main__ as lab
from app.programs import demo
from app.services.evaluation.labelled_photos import NO_WORK
from app.services.operations.demonstration import LABELS_FILE

INSTANCE = ROOT / "build" / "screenshots"
PICTURES = ROOT / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DESK, PHONE = (1280, 1024), (390, 844)
WIDEST_PX = 960
"""Wider pictures are scaled down: that is how wide a README is shown."""
SHADES = 140
"""Colours of a picture's palette, besides the page's own: a third of the bytes."""
OWN_COLOURS = """
() => ["--wall", "--mat", "--ink", "--quiet", "--line", "--accent", "--on-accent"].map(
  (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim())
"""
ARRIVED = """
async () => {
  const shown = [...document.images].filter((image) => image.checkVisibility());
  for (const image of shown) image.loading = "eager";
  await Promise.all(shown.map((image) => image.decode()));
}
"""


def main() -> int:
    """Run the script; return its exit status."""
    return run_explained(run)


def run() -> int:
    """Prepare the museum, serve it, take the pictures."""
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        say(f"There is no Chromium on the PATH ({', '.join(BROWSERS)}).")
        return FAILED
    os.environ["MORELLI_INSTANCE"] = str(INSTANCE)
    settings = read_settings(os.environ)
    folders = Folders(settings["MORELLI_INSTANCE"])
    catalogue, images = demo.draw(folders.instance / "drawn")
    status = demo.prepare(catalogue, images, folders, settings["MORELLI_MODEL"])
    if status == DONE:
        status = lab.main(["map", "--out", str(folders.instance / "map-report")])
    if status != DONE:
        return status
    PICTURES.mkdir(exist_ok=True)
    # Chromium refuses its sandbox to root, who builds in a container.
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        take_pictures(browser, address, demo.photos_of(folders))
        browser.close()
    return DONE


@contextmanager
def serving() -> Iterator[str]:
    """Serve the museum from a thread; give its address."""
    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def take_pictures(browser: Browser, address: str, photos: Path) -> None:
    """Visit the main pages, on a desk and on a phone."""
    known, stranger = choose_photos(photos)
    desk = open_page(browser, address, DESK, "light")
    ask(desk, known)
    keep(desk, "answer")
    desk.goto("/works/")
    keep(desk, "collection")
    desk.goto("/map")
    desk.wait_for_selector("[data-drawn]")
    desk.locator('[data-list][aria-busy="false"]').wait_for()
    keep(desk, "map")
    phone = open_page(browser, address, PHONE, "light")
    keep(phone, "phone-ask")
    ask(phone, known)
    keep(phone, "phone-answer")
    night = open_page(browser, address, PHONE, "dark")
    ask(night, stranger)
    keep(night, "phone-not-found")


def choose_photos(folder: Path) -> tuple[Path, Path]:
    """Return a photo of a work, and one of a work from elsewhere."""
    with (folder / LABELS_FILE).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = next(row for row in rows if row["references"] != NO_WORK)
    stranger = next(row for row in rows if row["references"] == NO_WORK)
    return folder / known["photo"], folder / stranger["photo"]


def open_page(
    browser: Browser, address: str, size: tuple[int, int], scheme: str
) -> Page:
    """Open the first page on a screen of this size."""
    width, height = size
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        service_workers="block",
        locale="en",
        has_touch=size == PHONE,
        is_mobile=size == PHONE,
    )
    page = context.new_page()
    page.goto("/")
    return page


def ask(page: Page, photo: Path) -> None:
    """Send a photo, and wait for the answer."""
    page.goto("/")
    page.get_by_label("Your photo of the work").set_input_files(photo)
    page.get_by_role("button", name="Find the work").click()
    page.wait_for_url("**/queries/*")


def keep(page: Page, name: str) -> None:
    """Write what the screen shows to ``docs/images/<name>.png``."""
    page.evaluate("document.activeElement.blur()")
    page.evaluate(ARRIVED)
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    if picture.width > WIDEST_PX:
        height = round(picture.height * WIDEST_PX / picture.width)
        picture = picture.resize((WIDEST_PX, height), Image.Resampling.LANCZOS)
    palette = palette_of(picture, page.evaluate(OWN_COLOURS))
    few = picture.quantize(palette=palette, dither=Image.Dither.NONE)
    path = PICTURES / f"{name}.png"
    few.save(path, optimize=True)
    say(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")


def palette_of(picture: Image.Image, own: list[str]) -> Image.Image:
    """Choose the colours of a picture; paintings alone would dull the page's own."""
    shades = picture.quantize(SHADES, Image.Quantize.MEDIANCUT).getpalette() or []
    flat = chain.from_iterable(map(ImageColor.getrgb, own))
    palette = Image.new("P", (1, 1))
    palette.putpalette([*flat, *shades[: 3 * SHADES]])
    return palette


if __name__ == "__main__":
    sys.exit(main())
