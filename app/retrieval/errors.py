"""Error tree of the retrieval library, sorted by who can mend it.

::

    RetrievalError
      ImageError                    the visitor can fix it
        UnreadableImageError        not a picture we can decode
          VideoError                a video
          FormatSwitchedOffError    the operator can install what reads it
        ImageTooSmallError          .size, .minimum
        ImageTooLargeError          .amount, .maximum, .unit
      ArtefactError                 the operator can fix it
        MissingArtefactError        .path, .command
        IncompatibleArtefactError   .command
        DamagedArtefactError        .command
        WeightsUnavailableError     .remedy
      EmptyGalleryError             .command
      NeighboursAwayError           nobody need: it is searched without
      ShardAwayError                .names; the operator can start its workers
      GenerationRejectedError       .path
      TrainingError                 nothing can be learnt like this
      StoreBusyError                .path
      StoreWriteError               the disk did not take it

``command`` is what the operator has to run. A wrong *argument* from our own code is a
``ValueError``; it is a bug and nobody catches it. Finding nothing is no error: it is an
empty answer.
"""

import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


class RetrievalError(Exception):
    """Base of every error that the retrieval library raises on purpose."""


class ImageError(RetrievalError):
    """The picture cannot be used; another picture can."""


class UnreadableImageError(ImageError):
    """The bytes are not a picture in a format we decode."""


class VideoError(UnreadableImageError):
    """The bytes are a video, of which a picture can be sent instead."""


class FormatSwitchedOffError(UnreadableImageError):
    """The picture is of a format whose packages are not installed."""

    def __init__(self) -> None:
        super().__init__(
            "This server reads no JPEG XL and no compressed TIFF: its extra “formats” "
            "is not installed. Please send the picture as a JPEG or PNG."
        )


class ImageTooSmallError(ImageError):
    """The picture has too few pixels to recognise anything.

    Attributes
    ----------
    size : tuple of int
        (height, width) in pixels.
    minimum : int
        Smallest accepted side in pixels.
    """

    def __init__(self, size: tuple[int, int], minimum: int) -> None:
        self.size = size
        self.minimum = minimum
        super().__init__(
            f"The picture is {size[1]}×{size[0]} pixels; both sides must have "
            f"at least {minimum}. Please use a larger one."
        )


class ImageTooLargeError(ImageError):
    """The picture is over a ceiling that protects the machine's memory.

    Attributes
    ----------
    amount, maximum : int
        What the picture has, and what is allowed.
    unit : str
        ``"pixels"``, ``"bytes"`` or ``"decoded bytes"``: what decoding takes in memory.
    """

    def __init__(self, amount: int, maximum: int, unit: str) -> None:
        self.amount = amount
        self.maximum = maximum
        self.unit = unit
        super().__init__(
            f"The picture has {amount:,} {unit}; at most {maximum:,} are accepted. "
            "Please use a smaller one."
        )


class ArtefactError(RetrievalError):
    """A file that the program made, or should have, cannot be used.

    ``command`` makes it (again); empty where none does.
    """

    command = ""


class MissingArtefactError(ArtefactError):
    """A needed file or folder does not exist; ``command`` makes it."""

    def __init__(self, path: Path, command: str) -> None:
        self.path = path
        self.command = command
        super().__init__(f"{path} does not exist. Make it with: {command}")


class IncompatibleArtefactError(ArtefactError):
    """A file was made by another model or with other settings."""

    def __init__(self, path: Path, expected: str, found: str, command: str) -> None:
        self.command = command
        super().__init__(
            f"{path} was made for {found}, but {expected} is needed. "
            f"Make it again with: {command}"
        )


class DamagedArtefactError(ArtefactError):
    """A file exists but its content is broken (cut short, not what it claims)."""

    def __init__(self, path: Path, fault: str, command: str) -> None:
        self.command = command
        super().__init__(f"{path} is damaged: {fault}. Make it again with: {command}")


class WeightsUnavailableError(ArtefactError):
    """Weights of a network could not be had (no file, no network, wrong shapes).

    The message ends with ``remedy``: what to do instead.
    """

    def __init__(self, backbone: str, weights: str, reason: str, remedy: str) -> None:
        self.remedy = remedy
        super().__init__(
            f"The {weights} weights of {backbone} cannot be had: {reason}. {remedy}"
        )


class EmptyGalleryError(RetrievalError):
    """There is nothing to search; ``command`` indexes a collection."""

    def __init__(self, command: str) -> None:
        self.command = command
        super().__init__(f"No collection has been indexed yet. Run: {command}")


class NeighboursAwayError(RetrievalError):
    """An engine of nearest neighbours does not answer, or lacks what is searched."""


class ShardAwayError(RetrievalError):
    """Shards of the gallery of which no copy answered in time.

    Attributes
    ----------
    names : tuple of str
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            f"no copy of {', '.join(self.names)} answers; see that the workers that "
            "hold them run"
        )


class GenerationRejectedError(RetrievalError):
    """A new generation failed its examination and did not go live.

    Its folder is kept at ``path``, to be looked at.
    """

    def __init__(self, path: Path, failures: Sequence[str]) -> None:
        self.path = path
        super().__init__(
            f"The new index in {path} failed its examination and was not published: "
            + "; ".join(failures)
        )


class StoreBusyError(RetrievalError):
    """Another process is building a generation in the store at ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"Another process is building an index in {path}. "
            "Wait until it has finished, then try again."
        )


class StoreWriteError(RetrievalError):
    """A new generation could not be written; the live one is untouched."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The new index could not be written to {path}: {reason}. "
            "The index in use is untouched."
        )


class TrainingError(RetrievalError):
    """Training cannot begin or go on; the message says what to change."""


@contextmanager
def reading(path: Path, command: str, fault: str = "{}") -> Iterator[None]:
    """Turn what a missing or broken file raises into an error that names it.

    Parameters
    ----------
    path : Path
    command : str
        What makes the file.
    fault : str
        How damage is described; ``{}`` stands for what was raised.

    Raises
    ------
    MissingArtefactError
    DamagedArtefactError
    """
    try:
        yield
    except FileNotFoundError as error:
        raise MissingArtefactError(path, command) from error
    except (
        ValueError,
        TypeError,  # a lone .npy array is not indexed by names
        LookupError,
        AttributeError,
        EOFError,
        NotImplementedError,  # packed in a way that Python cannot unpack
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise DamagedArtefactError(path, fault.format(error), command) from error
