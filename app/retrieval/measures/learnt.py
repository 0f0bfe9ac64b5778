"""Learnt similarity of pictures: a small network on pairs of descriptors.

Run with NumPy alone. What it is learnt from, and how, is in
``app.retrieval.training.similarity.learning``.
"""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from app.retrieval.errors import IncompatibleArtefactError, reading
from app.retrieval.files.arrays import load_arrays, save_arrays
from app.retrieval.measures.distances import check_vectors
from app.retrieval.types import FloatArray

SIMILARITY_FILE = "similarity.npz"
"""In a model's folder: learnt on its descriptors; may be missing."""
FORMAT = 1
"""Raised whenever an older program would misread the file."""
_COMMAND = "python -m app.lab train-similarity"


@dataclass(frozen=True, slots=True, eq=False)
class LearntSimilarity:
    """Learnt similarity of two vectors, by a network of one hidden layer.

    Both vectors go through one linear map, ``u = P a + p`` and ``v = P b + p``. The
    hidden layer sees ``|u - v|`` and ``u * v``, number by number, which are the same
    whichever of the two is called the query.

    Attributes
    ----------
    model_id : str
        Of the model whose descriptors it compares; others mean something else.
    projection : (E, D) float32
    offset : (E,) float32
    hidden_kernel : (2 E, H) float32
        The first E rows are for the differences.
    hidden_bias : (H,) float32
    output_kernel : (H,) float32
    output_bias : () float32
    """

    model_id: str
    projection: FloatArray
    offset: FloatArray
    hidden_kernel: FloatArray
    hidden_bias: FloatArray
    output_kernel: FloatArray
    output_bias: FloatArray

    name = "learnt"

    def __post_init__(self) -> None:
        size, hidden = len(self.projection), len(self.hidden_bias)
        expected = {
            "projection": (size, self.projection.shape[-1]),
            "offset": (size,),
            "hidden_kernel": (2 * size, hidden),
            "hidden_bias": (hidden,),
            "output_kernel": (hidden,),
            "output_bias": (),
        }
        for name, shape in expected.items():
            array = getattr(self, name)
            if array.shape != shape:
                raise ValueError(f"{name} must be {shape}, got {array.shape}")
            if array.dtype != np.float32 or not np.isfinite(array).all():
                raise ValueError(f"{name} must hold float32 numbers")

    @property
    def dimension(self) -> int:
        """Length D of the vectors it compares."""
        return int(self.projection.shape[1])

    def score(self, query: FloatArray, candidates: FloatArray) -> FloatArray:
        """Compare a vector (D,) with N vectors (N, D).

        Returns
        -------
        scores : (N,) float32
            Log odds: above 0, rather of one kind than not. Not squeezed into 0 … 1,
            where the best would all become 1.
        """
        check_vectors(query, candidates)
        if len(query) != self.dimension:
            raise ValueError(f"vectors must be {self.dimension} long, not {len(query)}")
        one = self.projection @ query + self.offset
        others = candidates @ self.projection.T + self.offset
        relations = np.concatenate([np.abs(others - one), others * one], axis=1)
        hidden = np.maximum(relations @ self.hidden_kernel + self.hidden_bias, 0)
        scores = hidden @ self.output_kernel + self.output_bias
        return np.asarray(scores, np.float32)

    def save(self, path: Path) -> None:
        """Write an ``.npz`` file, which replaces an earlier one when it is whole.

        Its numbers as float16: twice as many are no better, and take twice the space.
        """
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in arrays.keys() - {"model_id"}:
            arrays[name] = arrays[name].astype(np.float16)
        save_arrays(path, format=np.int64(FORMAT), **arrays)

    @classmethod
    def load(cls, path: Path, *, model_id: str) -> "LearntSimilarity":
        """Read what `save` wrote.

        Parameters
        ----------
        path : Path
        model_id : str
            Of the model that the descriptors to compare are from.

        Raises
        ------
        MissingArtefactError
            If there is no such file.
        IncompatibleArtefactError
            If it has another format, or was learnt on another model's descriptors.
        DamagedArtefactError
            If it is not a learnt similarity.
        """
        names = [field.name for field in fields(cls)]
        with reading(path, _COMMAND, "it is not a learnt similarity ({})"):
            number, found_id, *arrays = load_arrays(path, "format", *names)
            found_format = int(number)
            arrays = [
                array.astype(np.float32) if array.dtype == np.float16 else array
                for array in arrays
            ]
        for expected, found in (
            (f"format {FORMAT}", f"format {found_format}"),
            (f"model {model_id}", f"model {found_id}"),
        ):
            if found != expected:
                raise IncompatibleArtefactError(path, expected, found, _COMMAND)
        with reading(path, _COMMAND):
            return cls(model_id, *arrays)
