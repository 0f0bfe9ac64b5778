"""The pictures in the documents: small, shown, and true to the page's colours."""

import csv

import numpy as np
import pytest
from PIL import Image

from app.configuration.load import ROOT
from tools.screenshots import PICTURES, choose_photos, palette_of

WALL, ACCENT = "#f5f2ec", "#7b2d26"
SHOWN = sorted(PICTURES.glob("*.png"))


def test_a_small_word_keeps_its_colour_beside_a_large_painting():
    painting = np.random.default_rng(0).integers(60, 120, (90, 90, 3), dtype=np.uint8)
    painting[:3, :3] = (0x7B, 0x2D, 0x26)
    picture = Image.fromarray(painting)
    few = picture.quantize(
        palette=palette_of(picture, [WALL, ACCENT]), dither=Image.Dither.NONE
    )
    assert few.convert("RGB").getpixel((1, 1)) == (0x7B, 0x2D, 0x26)


def test_one_photo_shows_a_work_and_one_does_not(tmp_path):
    with (tmp_path / "photos.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("photo", "references", "kind"))
        writer.writerow(("1.jpg", "NONE", "stranger"))
        writer.writerow(("2.jpg", "IM-0007", "simulated"))
    assert choose_photos(tmp_path) == (tmp_path / "2.jpg", tmp_path / "1.jpg")


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.name)
def test_the_pictures_are_small_and_shown(path):
    assert path.stat().st_size <= 150_000
    assert f"docs/images/{path.name}" in (ROOT / "README.md").read_text("utf-8")
