"""Error tree of the retrieval library, sorted by who can mend it.

::

    RetrievalError
      ImageError                    the visitor can fix it
        UnreadableImageError        not a picture we can decode
        ImageTooSmallError          .size, .minimum
        ImageTooLargeError          .amount, .maximum, .unit
      ArtefactError                 the operator can fix it
        MissingArtefactError        .path, .command
        IncompatibleArtefactError   .path, .expected, .found, .command
        DamagedArtefactError        .path, .fault, .command
        WeightsUnavailableError     .backbone, .weights, .remedy
      EmptyGalleryError             .command
      ExaminationError              .path, .failures
      TrainingError                 nothing can be learnt like this
      StoreBusyError                .path
      StoreWriteError               .path, .reason

A wrong *argument* from our own code is a ``ValueError``; it is a bug and nobody
catches it. Finding nothing is no error: it is an empty answer.
"""

from collections.abc import Sequence
from pathlib import Path


class RetrievalError(Exception):
    """Base of every error that the retrieval library raises on purpose."""


class ImageError(RetrievalError):
    """The picture cannot be used; another picture can."""


class UnreadableImageError(ImageError):
    """The bytes are not a picture in a format we decode."""


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
        ``"pixels"`` or ``"bytes"``.
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
    """A file that the program made, or should have, cannot be used."""


class MissingArtefactError(ArtefactError):
    """A needed file or folder does not exist.

    Attributes
    ----------
    path : Path
        What was looked for.
    command : str
        The command that makes it.
    """

    def __init__(self, path: Path, command: str) -> None:
        self.path = path
        self.command = command
        super().__init__(f"{path} does not exist. Make it with: {command}")


class IncompatibleArtefactError(ArtefactError):
    """A file was made by another model or with other settings.

    Attributes
    ----------
    path : Path
    expected, found : str
        What this program needs, and what the file says of itself.
    command : str
        The command that makes it again.
    """

    def __init__(self, path: Path, expected: str, found: str, command: str) -> None:
        self.path = path
        self.expected = expected
        self.found = found
        self.command = command
        super().__init__(
            f"{path} was made for {found}, but {expected} is needed. "
            f"Make it again with: {command}"
        )


class DamagedArtefactError(ArtefactError):
    """A file exists but its content is broken (cut short, not what it claims).

    Attributes
    ----------
    path : Path
    fault : str
        What is wrong with it.
    command : str
        The command that makes it again.
    """

    def __init__(self, path: Path, fault: str, command: str) -> None:
        self.path = path
        self.fault = fault
        self.command = command
        super().__init__(f"{path} is damaged: {fault}. Make it again with: {command}")


class WeightsUnavailableError(ArtefactError):
    """Weights of a network could not be had (no file, no network, wrong shapes).

    Attributes
    ----------
    backbone, weights : str
        What was asked for.
    remedy : str
        What to do instead.
    """

    def __init__(self, backbone: str, weights: str, reason: str, remedy: str) -> None:
        self.backbone = backbone
        self.weights = weights
        self.remedy = remedy
        super().__init__(
            f"The {weights} weights of {backbone} cannot be had: {reason}. {remedy}"
        )


class EmptyGalleryError(RetrievalError):
    """There is nothing to search: no generation has been published.

    Attributes
    ----------
    command : str
        The command that indexes a collection.
    """

    def __init__(self, command: str) -> None:
        self.command = command
        super().__init__(f"No collection has been indexed yet. Run: {command}")


class GenerationRejectedError(RetrievalError):
    """A new generation failed its examination and did not go live.

    Attributes
    ----------
    path : Path
        The folder of the refused generation, kept to be looked at.
    failures : tuple of str
        One sentence per failed check.
    """

    def __init__(self, path: Path, failures: Sequence[str]) -> None:
        self.path = path
        self.failures = tuple(failures)
        super().__init__(
            f"The new index in {path} failed its examination and was not published: "
            + "; ".join(self.failures)
        )


class StoreBusyError(RetrievalError):
    """Another process is building a generation in the same store.

    Attributes
    ----------
    path : Path
        The folder of the store.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"Another process is building an index in {path}. "
            "Wait until it has finished, then try again."
        )


class StoreWriteError(RetrievalError):
    """A new generation could not be written; the live one is untouched.

    Attributes
    ----------
    path : Path
        The folder of the store.
    reason : str
        What the operating system said, for example that the disk is full.
    """

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"The new index could not be written to {path}: {reason}. "
            "The index in use is untouched."
        )


class TrainingError(RetrievalError):
    """Training cannot begin or go on; the message says what to change."""
