"""Rendered photos of a work's label, alone or beside the work, with the answer known.

Fonts come from packages for development; the words around a label's own are in four
languages. Each step of the way into the camera is drawn by chance: card, wall, shadow,
viewpoint, blur, noise, JPEG.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from app.retrieval.images.codec import resize_to_long_side
from app.retrieval.simulation import photometry
from app.retrieval.types import Image

SIDE_PX = 1280
"""Of a photo: what browsers send."""
LETTER_PX = 40
"""Of a card's plain lines before it is photographed."""
FONTS = (
    ("font_lato", "Lato-Regular.ttf", "Lato-Bold.ttf", "Lato-Italic.ttf"),
    (
        "font_hanken_grotesk",
        *("HankenGrotesk-Light.otf", "HankenGrotesk-Medium.otf"),
        "HankenGrotesk-Italic.otf",
    ),
    ("font_caladea", "Caladea-Regular.ttf", "Caladea-Bold.ttf", "Caladea-Italic.ttf"),
    (
        "font_source_serif_pro",
        *("SourceSerifPro-Regular.ttf", "SourceSerifPro-Semibold.ttf"),
        "SourceSerifPro-LightIt.ttf",
    ),
    (
        "font_source_sans_pro",
        *("SourceSansPro-Regular.ttf", "SourceSansPro-Bold.ttf"),
        "SourceSansPro-It.ttf",
    ),
)
"""Package, and its plain, strong and slanted file."""
CARDS = (
    ((250, 250, 248), (20, 20, 20)),
    ((240, 236, 224), (40, 30, 25)),
    ((215, 215, 212), (30, 30, 34)),
    ((60, 62, 66), (240, 240, 238)),
    ((255, 255, 255), (90, 90, 90)),
)
"""Colours of card and letters."""
WALLS = ((228, 226, 220), (120, 40, 44), (70, 84, 78), (176, 170, 158), (46, 50, 64))
WORDS = {
    "en": ("Oil on canvas", "Gift of the Friends of the Museum", "Inv. no.", "born"),
    "de": ("Öl auf Leinwand", "Schenkung des Freundeskreises", "Inv.-Nr.", "geboren"),
    "fr": ("Huile sur toile", "Don de la Société des amis du musée", "Inv.", "né"),
    "es": (
        "Óleo sobre lienzo",
        "Donación de los Amigos del Museo",
        "N.º inv.",
        "nacido",
    ),
}
"""Technique, credit line and number, as each language's labels have them."""
STORIES = {
    "en": "The painter returned to this motif many times during the last summer.",
    "de": "Im letzten Sommer kehrte der Maler viele Male zu diesem Motiv zurück.",
    "fr": "Le peintre est revenu maintes fois à ce motif pendant son dernier été.",
    "es": "El pintor volvió muchas veces a este motivo durante su último verano.",
}


@dataclass(frozen=True, slots=True)
class LabelText:
    """What a catalogue says of a work, as far as a label repeats it."""

    accession: str
    title: str
    artist: str
    date: str = ""


def render_card(
    text: LabelText, rng: np.random.Generator, *, has_number: bool
) -> Image:
    """Set a label.

    Returns
    -------
    card : (H, W, 3) uint8, RGB
    """
    language = str(rng.choice(list(WORDS)))
    technique, credit, number, _ = WORDS[language]
    package, *files = FONTS[int(rng.integers(len(FONTS)))]
    plain, strong, slanted = (_font(package, file, LETTER_PX) for file in files)
    large = _font(package, files[1], round(LETTER_PX * rng.uniform(1.1, 1.5)))
    ground, ink = CARDS[int(rng.integers(len(CARDS)))]
    title = (
        f"{text.title}, {text.date}" if text.date and rng.random() < 0.5 else text.title
    )
    lines = [(large, text.artist), (slanted if rng.random() < 0.6 else strong, title)]
    if rng.random() < 0.3:
        lines.reverse()
    if text.date and title == text.title:
        lines.append((plain, text.date))
    lines.append((plain, technique))
    if rng.random() < 0.3:
        lines.append((plain, STORIES[language]))
    if rng.random() < 0.7:
        lines.append((plain, credit))
    if has_number:
        said = f"{number} {text.accession}" if rng.random() < 0.6 else text.accession
        lines.append((plain, said))
    width = round(LETTER_PX * rng.uniform(14, 24))
    return _typeset(lines, width, ground, ink, spacing=rng.uniform(1.15, 1.5))


def photograph(
    cards: Sequence[Image], rng: np.random.Generator, *, picture: Image | None
) -> Image:
    """Hang one card or two on a wall, the work beside them or not, and photograph it.

    Returns
    -------
    photo : (H, W, 3) uint8, RGB
        Its long side is `SIDE_PX`.
    """
    height, width = (960, 1280) if rng.random() < 0.6 else (1280, 960)
    wall = np.array(WALLS[int(rng.integers(len(WALLS)))])
    plaster = wall + rng.normal(0, 3, (height, width, 1))
    scene: Image = np.ascontiguousarray(np.clip(plaster, 0, 255).astype(np.uint8))
    if picture is not None:
        _beside(scene, cards[0], picture, rng)
    elif len(cards) == 1:
        _put(scene, cards[0], (0.5, 0.5), rng.uniform(0.45, 0.85))
    else:
        for place, card in enumerate(cards):
            centre = (0.5, 0.27 + 0.46 * place)
            _put(scene, card, centre, rng.uniform(0.4, 0.6), most_high=0.4)
    scene = _shade(scene, rng)
    photo = _tilt(scene, rng)
    soft = cv2.GaussianBlur(photo, (0, 0), rng.uniform(0.3, 1.3))
    photo = photometry.add_noise(np.asarray(soft, np.uint8), rng.uniform(0, 0.4), rng)
    return photometry.compress(photo, rng.uniform(0, 0.6))


@cache
def _font(package: str, file: str, size: int) -> ImageFont.FreeTypeFont:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(
            f"There is no package {package}; it is for development."
        )
    return ImageFont.truetype(Path(spec.origin).parent / "files" / file, size)


def _typeset(
    lines: Sequence[tuple[ImageFont.FreeTypeFont, str]],
    width: int,
    ground: tuple[int, ...],
    ink: tuple[int, ...],
    spacing: float,
) -> Image:
    margin = LETTER_PX
    broken = [
        (font, part) for font, text in lines for part in _break(font, text, width)
    ]
    height = round(sum(font.size * spacing for font, _ in broken)) + 2 * margin
    card = Pillow.new("RGB", (width + 2 * margin, height), ground)
    draw = ImageDraw.Draw(card)
    top = float(margin)
    for font, part in broken:
        draw.text((margin, top), part, font=font, fill=ink)
        top += font.size * spacing
    return np.asarray(card, np.uint8)


def _break(font: ImageFont.FreeTypeFont, text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _put(
    scene: Image,
    card: Image,
    centre: tuple[float, float],
    share: float,
    *,
    most_high: float = 0.85,
) -> None:
    """Put a card on the wall, so wide and at most so high, with a soft shadow."""
    height, width = scene.shape[:2]
    scale = min(share * width / card.shape[1], most_high * height / card.shape[0])
    card = _scaled(card, scale)
    h, w = card.shape[:2]
    top = max(0, min(height - h, round(centre[1] * height - h / 2)))
    left = max(0, min(width - w, round(centre[0] * width - w / 2)))
    scene[top + 5 : top + h + 5, left + 4 : left + w + 4] //= 2
    scene[top : top + h, left : left + w] = card


def _beside(
    scene: Image, card: Image, picture: Image, rng: np.random.Generator
) -> None:
    height, width = scene.shape[:2]
    share = rng.uniform(0.26, 0.4)
    room = (1 - share - 0.08) * width if width > height else 0.8 * width
    picture = resize_to_long_side(picture, 1000, enlarge=True)
    most_high = 0.8 * height if width > height else 0.55 * height
    scale = min(room / picture.shape[1], most_high / picture.shape[0])
    picture = _scaled(picture, scale)
    h, w = picture.shape[:2]
    top, left = round(0.08 * height), round(0.03 * width)
    cv2.rectangle(
        scene, (left - 12, top - 12), (left + w + 12, top + h + 12), (92, 66, 30), -1
    )
    scene[top : top + h, left : left + w] = picture[: height - top, : width - left]
    if width > height:
        _put(scene, card, (1 - share / 2 - 0.02, rng.uniform(0.5, 0.75)), share)
    else:
        _put(scene, card, (rng.uniform(0.35, 0.65), 0.82), 1.4 * share, most_high=0.3)


def _scaled(image: Image, scale: float) -> Image:
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _shade(scene: Image, rng: np.random.Generator) -> Image:
    """Let light fall off over the scene, and somebody's shadow on it."""
    height, width = scene.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    along = (np.cos(angle) * x / width + np.sin(angle) * y / height + 1) / 2
    light = 1 - rng.uniform(0, 0.4) * np.clip(along, 0, 1)
    if rng.random() < 0.5:
        shadow = np.ones((height, width), np.float32)
        corners = rng.uniform(-0.2, 1.2, (4, 2)) * (width, height)
        hull = cv2.convexHull(corners.astype(np.int32))
        cv2.fillConvexPoly(shadow, hull, float(rng.uniform(0.55, 0.85)))
        light *= cv2.GaussianBlur(shadow, (0, 0), float(rng.uniform(8, 40)))
    return np.asarray(np.clip(scene * light[..., None], 0, 255), np.uint8)


def _tilt(scene: Image, rng: np.random.Generator) -> Image:
    """Look at the scene from aside, with the camera not quite level."""
    height, width = scene.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    angle = np.deg2rad(rng.normal(0, 5))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = np.array([width, height]) / 2
    seen = (corners - centre) @ turn.T * rng.uniform(0.92, 1.0) + centre
    seen += rng.uniform(-0.05, 0.05, (4, 2)) * (width, height)
    matrix = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    return np.asarray(
        cv2.warpPerspective(
            scene, matrix, (width, height), borderMode=cv2.BORDER_REFLECT
        )
    )
