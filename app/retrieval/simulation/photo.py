"""Simulation of visitor photos of a work, with the homography that made them.

Training needs thousands a minute and evaluation needs the truth, so every geometric
step is composed into one homography and one resampling. The steps follow the light:
scene (frame and wall), view (perspective, rotation, crop, scale), what stands between
(glare, occlusion), then the camera (colour, blur, noise, JPEG).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.simulation import occlusion, photometry, surroundings, viewpoint
from app.retrieval.types import Image

_MILD = {
    "scale": 0.7,
    "crop": 0.5,
    "brightness": 0.5,
    "contrast": 0.5,
    "blur": 0.4,
    "rotation": 0.22,
}
_HARD = {
    "perspective": 1.0,
    "rotation": 0.25,
    "crop": 0.15,
    "scale": 0.35,
    "frame_and_wall": 1.0,
    "glare": 0.8,
    "occlusion": 1.0,
    "colour_cast": 0.7,
    "brightness": 0.6,
    "contrast": 0.5,
    "blur": 0.5,
    "noise": 0.6,
    "jpeg": 0.7,
}
STEPS = tuple(_HARD)
"""Names of all steps."""
MAX_OCCLUSION = 0.25
"""Share of the work that is hidden at most."""
# How far around a work the wall is painted, in its long sides; what lies beyond is
# mirrored, which nobody sees on a wall.
_WALL_REACH = 1.2


@dataclass(frozen=True, slots=True)
class Profile:
    """A named mixture of perturbations."""

    name: str
    steps: Mapping[str, float]
    """Greatest strength, in [0, 1], of steps of :data:`STEPS`; each photo draws its own
    amount uniformly from zero to it."""

    def __post_init__(self) -> None:
        for step, strength in self.steps.items():
            if step not in STEPS or not 0 <= strength <= 1:
                raise ValueError(f"no step {step!r} with strength {strength} in [0, 1]")


@dataclass(frozen=True, slots=True, eq=False)
class Perturbed:
    """A simulated photo."""

    image: Image
    homography: NDArray[np.float64]
    """(3, 3), pixels of the work to pixels of the photo."""


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "mild": Profile("mild", _MILD),
        "hard": Profile("hard", _HARD),
        **{step: Profile(step, {step: 1.0}) for step in STEPS},
    }
)
"""``mild`` is what earlier systems were measured on (resizing, cropping to 80 %,
brightness, contrast, blur, rotation up to 10°); ``hard`` is a crowded gallery seen
from up to 35° aside; every single step has a profile of its own."""


def perturb(
    image: Image,
    profile: Profile,
    rng: np.random.Generator,
    *,
    strength: float = 1.0,
    exactly: bool = False,
    output_side_px: int = 800,
) -> Perturbed:
    """Photograph a work as a visitor would.

    Parameters
    ----------
    image : (H, W, 3) uint8
        The work, RGB, without frame.
    profile : Profile
    rng : numpy.random.Generator
        Same state, same photo.
    strength : float in [0, 1]
        Multiplies every step of the profile.
    exactly : bool
        Every step has its full strength, instead of drawing up to it: to see what a
        strength does. What else chance decides is the same.
    output_side_px : int, > 0
        Long side of the photo. Small photos are cheap: about 9 ms for a hard one of
        500 pixels on one core.

    Returns
    -------
    perturbed : Perturbed
        Long side ``output_side_px``; smaller where the profile scales without a wall.

    Raises
    ------
    ValueError
        If ``strength`` is outside [0, 1] or ``output_side_px`` not positive.
    """
    if not 0 <= strength <= 1 or output_side_px < 1:
        raise ValueError(f"strength {strength} or output_side_px {output_side_px}")
    shares = rng.random(len(profile.steps))
    if exactly:
        shares[:] = 1
    amounts = {
        step: strength * greatest * float(share)
        for (step, greatest), share in zip(profile.steps.items(), shares, strict=True)
    }
    work_size = (image.shape[0], image.shape[1])
    view = viewpoint.choose_view(
        work_size,
        amounts,
        rng,
        side_px=output_side_px,
        has_wall="frame_and_wall" in amounts,
    )
    photo = _photograph(image, view, amounts, rng)
    outline = viewpoint.project(view.homography, viewpoint.corners_of(work_size))
    photo = _expose(photo, outline, amounts, rng)
    return Perturbed(photo, view.homography)


def _photograph(
    image: Image,
    view: viewpoint.Viewpoint,
    amounts: Mapping[str, float],
    rng: np.random.Generator,
) -> Image:
    """Build the scene at about the photo's resolution and resample it once."""
    height, width = image.shape[:2]
    corners = viewpoint.project(view.homography, viewpoint.corners_of((height, width)))
    magnification = np.sqrt(
        cv2.contourArea(corners.astype(np.float32)) / (height * width)
    )
    # Averaging first: the warp alone would skip pixels and alias. A little above the
    # mean scale, for the near side of a tilted work.
    scale = min(1.0, 1.2 * float(magnification))
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    scene = image
    if size != (height, width):
        scene = np.asarray(
            cv2.resize(image, size[::-1], interpolation=cv2.INTER_AREA), np.uint8
        )
    left = top = 0
    border = cv2.BORDER_CONSTANT
    if "frame_and_wall" in amounts:
        long_side = max(height, width)
        bounds = viewpoint.visible_part(view, (1 + _WALL_REACH) * long_side)
        beyond = (-bounds[0], -bounds[1], bounds[2] - width, bounds[3] - height)
        margins = [
            round(min(max(0.0, b), _WALL_REACH * long_side) * scale) + 2 for b in beyond
        ]
        left, top = margins[:2]
        scene = surroundings.hang(scene, margins, amounts["frame_and_wall"], rng)
        border = cv2.BORDER_REFLECT
    across, down = size[1] / width, size[0] / height
    # Pixel centres are whole numbers, so resizing also shifts by half a pixel.
    shift = ((across - 1) / 2 + left, (down - 1) / 2 + top)
    placed = np.array([[across, 0, shift[0]], [0, down, shift[1]], [0, 0, 1]])
    photo = cv2.warpPerspective(
        scene,
        view.homography @ np.linalg.inv(placed),
        (view.size[1], view.size[0]),
        flags=cv2.INTER_LINEAR,
        borderMode=border,
        borderValue=(128, 128, 128),
    )
    return np.asarray(photo, np.uint8)


def _expose(
    photo: Image,
    outline: NDArray[np.float64],
    amounts: Mapping[str, float],
    rng: np.random.Generator,
) -> Image:
    """Apply all that leaves the geometry alone, in the order of the light."""
    if "frame_and_wall" in amounts:
        photo = photometry.light(photo, amounts["frame_and_wall"], rng)
    if "glare" in amounts:
        photo = photometry.reflect(photo, outline, amounts["glare"], rng)
    if "occlusion" in amounts:
        covered = MAX_OCCLUSION * amounts["occlusion"]
        photo = occlusion.occlude(photo, outline, covered, rng)
    if amounts.keys() & {"colour_cast", "brightness", "contrast"}:
        photo = photometry.shift_colours(photo, amounts, rng)
    if "blur" in amounts:
        photo = photometry.blur(photo, amounts["blur"], rng)
    if "noise" in amounts:
        photo = photometry.add_noise(photo, amounts["noise"], rng)
    if "jpeg" in amounts:
        photo = photometry.compress(photo, amounts["jpeg"])
    return photo
