"""Labelled pictures: a tree of class folders, its train-test split, their features."""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.commands.shared import say
from app.lab.collection import PICTURE_SIDE_PX
from app.lab.errors import LabError
from app.lab.ground_truth import Box
from app.lab.networks import bundled_activations
from app.lab.picture_cache import PictureCache
from app.lab.result_cache import ResultCache, Seen
from app.retrieval.descriptors.global_descriptor import Descriptor
from app.retrieval.errors import ImageError
from app.retrieval.images.codec import read, resize_to_long_side
from app.retrieval.measures.structural import StructuralInput, luminance
from app.retrieval.model import Model
from app.retrieval.runtime.parallel import worker_count
from app.retrieval.simulation.photo import PROFILES, perturb
from app.retrieval.types import FloatArray, Image, no_numbers

FEWEST = 4
"""Pictures of a class: two to learn from, one to ask and one to find."""
VIEW_PROFILE = "mild"
VIEW_SIDE_PX = 400


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """Picture file and the class it is of.

    Attributes
    ----------
    path : Path
    label : str
        "" where it is not known.
    box : Box, optional
        Only this part counts.
    """

    path: Path
    label: str
    box: Box | None = None

    def read(self) -> Image:
        """Read it, no larger than methods look at."""
        if self.box is None:
            return read(self.path, max_side_px=PICTURE_SIDE_PX)
        left, top, right, bottom = self.box
        part = read(self.path)[max(0, top) : bottom, max(0, left) : right]
        if not part.size:
            raise ImageError(f"The part {self.box} lies outside the picture.")
        return np.ascontiguousarray(resize_to_long_side(part, PICTURE_SIDE_PX))


@dataclass(frozen=True, slots=True, eq=False)
class PictureFeatures:
    """Features of N pictures, for every measure.

    Attributes
    ----------
    pictures : tuple of LabelledPicture
    structural : StructuralInput
        Small grey pictures, and the model's descriptors (N, D).
    activations : (N, A) float32
        Feature maps averaged in the cells of a grid; (N, 0) where none were needed.
    views : (N, D) float32
        Descriptors of a simulated photo of each; (N, 0) where none were needed.
    """

    pictures: tuple[LabelledPicture, ...]
    structural: StructuralInput
    activations: FloatArray
    views: FloatArray

    def __len__(self) -> int:
        return len(self.pictures)

    @property
    def labels(self) -> list[str]:
        """Classes of the pictures."""
        return [picture.label for picture in self.pictures]

    @property
    def examples(self) -> tuple[StructuralInput, FloatArray, list[str]]:
        """Input of `learn`: features, views and labels."""
        return self.structural, self.views, self.labels


@dataclass(frozen=True, slots=True, eq=False)
class Extractor:
    """Feature extractor of a model: descriptors (D,) and aligned activations (A,)."""

    model_id: str
    describe: Callable[[Image], FloatArray]
    activate: Callable[[Image], FloatArray]


def open_extractor(model_dir: Path) -> Extractor:
    """Open a model folder."""
    model, network = Model.open(model_dir), Descriptor.open(model_dir)
    return Extractor(
        model.model_id,
        lambda image: model.descriptor.describe(image).descriptor,
        lambda image: bundled_activations(PictureCache(image), network),
    )


def read_tree(folder: Path) -> list[LabelledPicture]:
    """List the pictures of a folder of class folders, as Caltech-101 has them.

    Files are taken for pictures whatever they are called, but for hidden ones; files
    beside the class folders are of no class.
    """
    if not folder.is_dir():
        raise LabError(f"{folder} is no folder. Name one whose folders are classes.")
    classes = [path for path in _visible(folder) if path.is_dir()]
    if not classes:
        raise LabError(
            f"{folder} has no class folders. Put the pictures of each class into a "
            "folder of its own in it, named like the class."
        )
    pictures = [
        LabelledPicture(path, one.name)
        for one in classes
        for path in _visible(one)
        if path.is_file()
    ]
    if not pictures:
        raise LabError(f"There are no pictures in the class folders of {folder}.")
    return pictures


def small_classes(pictures: Iterable[LabelledPicture]) -> list[str]:
    """Name the classes that have too few pictures for two halves."""
    return [label for label, own in _by_class(pictures).items() if len(own) < FEWEST]


def halves(
    pictures: Iterable[LabelledPicture], seed: int
) -> tuple[list[LabelledPicture], list[LabelledPicture]]:
    """Part every class in two at random: one half to learn from, one to ask.

    How a class is parted depends on its name, its files and the seed alone. Of an odd
    number the half to ask has one more.
    """
    taught: list[LabelledPicture] = []
    asked: list[LabelledPicture] = []
    for label, own in _by_class(pictures).items():
        rng = np.random.default_rng([seed, zlib.crc32(label.encode())])
        order = rng.permutation(len(own)).tolist()
        middle = len(own) // 2
        taught += [own[number] for number in sorted(order[:middle])]
        asked += [own[number] for number in sorted(order[middle:])]
    return taught, asked


def look(
    pictures: Sequence[LabelledPicture],
    extractor: Extractor,
    what: str,
    result_cache: ResultCache,
    seed: int | None = None,
) -> tuple[PictureFeatures, int]:
    """Look at pictures; those that cannot be read are named, counted and left out.

    A seed is that of a simulated photo of each, by which a similarity is learnt and
    judged; without it there are activations instead.
    """

    def see(picture: LabelledPicture) -> Seen:
        try:
            image = picture.read()
        except (ImageError, OSError) as error:
            return {"fault": np.array(f"{picture.path} is left out: {error}")}
        view = activations = no_numbers()
        if seed is None:
            activations = extractor.activate(image)
        else:
            key = f"{picture.label}/{picture.path.name}".encode()
            rng = np.random.default_rng([seed, zlib.crc32(key)])
            profile = PROFILES[VIEW_PROFILE]
            photo = perturb(image, profile, rng, output_side_px=VIEW_SIDE_PX).image
            view = extractor.describe(photo)
        return {
            "luminance": luminance(image),
            "descriptor": extractor.describe(image),
            "activations": activations,
            "view": view,
        }

    kept, parts = [], []
    outcomes = result_cache.each(what, pictures, see, workers=worker_count())
    for picture, seen in zip(pictures, outcomes, strict=True):
        if "fault" in seen:
            say(seen["fault"])
        else:
            kept.append(picture)
            parts.append(seen)
    if not kept:
        raise LabError("Not one of the pictures can be read.")

    def all_of(name: str) -> FloatArray:
        return np.stack([part[name] for part in parts])

    structural = StructuralInput(all_of("luminance"), all_of("descriptor"))
    looks = PictureFeatures(
        tuple(kept), structural, all_of("activations"), all_of("view")
    )
    return looks, len(pictures) - len(kept)


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _by_class(
    pictures: Iterable[LabelledPicture],
) -> dict[str, list[LabelledPicture]]:
    classes: dict[str, list[LabelledPicture]] = defaultdict(list)
    for picture in pictures:
        classes[picture.label].append(picture)
    return {
        label: sorted(own, key=lambda picture: str(picture.path))
        for label, own in sorted(classes.items())
    }
