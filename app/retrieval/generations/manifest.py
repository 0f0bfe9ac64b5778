"""Manifest of a generation: its origin, its files and its validation figures.

The manifest is written last. A folder without one is not a generation, and a folder
whose files do not have the listed sizes is a damaged one.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from app.retrieval.errors import (
    DamagedArtefactError,
    IncompatibleArtefactError,
    reading,
)
from app.retrieval.runtime.place import INDEX_COMMAND
from app.retrieval.verification.decision import Decision

FORMAT = 5
"""Raised whenever an older program could not read the files, or read them wrongly."""
MANIFEST = "manifest.json"
LIBRARIES = ("annoy", "numpy", "opencv-python-headless", "openvino")
"""That content depends on, of which OpenVINO may not be installed."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Length and SHA-256 of one file."""

    length_bytes: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> "FileFacts":
        """Read the file and compute its facts."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
        return cls(path.stat().st_size, digest.hexdigest())


@dataclass(frozen=True, slots=True)
class Manifest:
    """Manifest of one generation: fingerprint, settings, files, figures.

    Attributes
    ----------
    fingerprint : str
        Follows from ``format``, ``model_id``, ``settings`` and the content of all
        files: equal fingerprints mean equal generations, bit for bit.
    model_id : str
        The model whose descriptors and visual words the generation holds.
    settings : mapping
        The settings that shaped the content, by group.
    works, images : int
    files : mapping of str to FileFacts
        By path relative to the generation's folder.
    examination : mapping of str to float
        The measured figures.
    decision : str
        SHA-256 of the decision that they were measured with.
    libraries : mapping of str to str
        Versions at the time of building.
    created_at : str
        ISO 8601, UTC.
    format : int
    """

    fingerprint: str
    model_id: str
    settings: Mapping[str, Any]
    works: int
    images: int
    files: Mapping[str, FileFacts]
    examination: Mapping[str, float]
    libraries: Mapping[str, str]
    created_at: str
    decision: str
    format: int = FORMAT

    @classmethod
    def of(
        cls,
        folder: Path,
        *,
        model_id: str,
        decision: Decision,
        settings: Mapping[str, Any],
        works: int,
        images: int,
    ) -> "Manifest":
        """Describe the finished files of a folder, which is not examined yet."""
        files = {
            path.relative_to(folder).as_posix(): FileFacts.of(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        content = {name: facts.sha256 for name, facts in files.items()}
        essence = json.dumps([FORMAT, model_id, settings, content], sort_keys=True)
        return cls(
            fingerprint=hashlib.sha256(essence.encode()).hexdigest()[:16],
            model_id=model_id,
            settings=settings,
            works=works,
            images=images,
            files=files,
            examination={},
            libraries=_libraries(),
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            decision=hashlib.sha256(decision.to_json().encode()).hexdigest(),
        )

    def write(self, folder: Path) -> None:
        """Write the manifest into its folder."""
        text = json.dumps(asdict(self), indent=2, sort_keys=True)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Read the manifest of a folder.

        Raises
        ------
        MissingArtefactError
            If there is none.
        IncompatibleArtefactError
            If it has another format.
        DamagedArtefactError
            If it is not a manifest.
        """
        path = folder / MANIFEST
        with reading(path, INDEX_COMMAND, "it is not a manifest ({})"):
            facts = json.loads(path.read_text(encoding="utf-8"))
            if facts["format"] != FORMAT:
                found = f"format {facts['format']}"
                raise IncompatibleArtefactError(
                    folder, f"format {FORMAT}", found, INDEX_COMMAND
                )
            facts["files"] = {
                name: FileFacts(**file) for name, file in facts["files"].items()
            }
            # What another version of the same format says besides is for that version.
            return cls(**{one.name: facts[one.name] for one in fields(cls)})

    def check_lengths(self, folder: Path) -> None:
        """Compare the lengths of all files with the listed ones.

        Cheap enough for every start; finds what a full disk or a broken copy
        leaves.

        Raises
        ------
        DamagedArtefactError
            Names the first file that is missing or has another length.
        """
        for name, facts in self.files.items():
            path = folder / name
            length = path.stat().st_size if path.is_file() else None
            if length != facts.length_bytes:
                found = "it is missing" if length is None else f"it has {length} bytes"
                raise DamagedArtefactError(
                    path, f"{found}, not {facts.length_bytes} bytes", INDEX_COMMAND
                )

    def matches_content(self, folder: Path) -> bool:
        """Read all files and tell whether they are exactly the listed ones."""
        return all(
            (folder / name).is_file() and FileFacts.of(folder / name) == facts
            for name, facts in self.files.items()
        )


def _libraries() -> Mapping[str, str]:
    """Read the versions of those `LIBRARIES` that are installed."""
    versions = {}
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions
