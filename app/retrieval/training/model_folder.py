"""Writing a model folder, all of it or nothing."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.retrieval.descriptors.global_descriptor import GRAPH_FILE
from app.retrieval.descriptors.manifest import ModelManifest
from app.retrieval.descriptors.network import export
from app.retrieval.descriptors.weights import save_weights
from app.retrieval.keras_runtime import keras

WEIGHTS_FILE = "weights.npz"
CARD_FILE = "MODEL_CARD.md"


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Fill a folder beside another one that takes its place when all went well.

    Parameters
    ----------
    folder : Path
        To be made or replaced; as it was if the block raises.

    Yields
    ------
    staging : Path
        An empty folder.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        staging.chmod(0o755)  # mkdtemp's is for the owner's eyes only
        yield staging
        if folder.exists():
            # A folder with content cannot be replaced at one stroke, only moved away.
            old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
            folder.rename(old / folder.name)
            staging.rename(folder)
            shutil.rmtree(old)
        else:
            staging.rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def write_network(network: keras.Model, manifest: ModelManifest, folder: Path) -> None:
    """Write what :meth:`app.retrieval.descriptors.global_descriptor.Descriptor.open` reads, and weights.

    Parameters
    ----------
    network : keras.Model
        In float32.
    manifest : ModelManifest
    folder : Path
    """
    manifest.write(folder)
    export(network, folder / GRAPH_FILE)
    save_weights(network, folder / WEIGHTS_FILE)
