"""Index a collection and serve it: the whole program in one command.

    morelli demo                                        drawn works, nothing needed
    morelli demo --catalogue works.csv --images pictures/

Drawn works live in ``instance/demo``, so they never mix with a museum's own in
``instance``; set MORELLI_INSTANCE to choose another folder. What has not changed since
the last start is not indexed again.
"""

import argparse
import hashlib
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from app.commands.shared import DONE, FAILED, INCOMPLETE, run_explained, say, watch
from app.commands.statuses import MISCONFIGURED
from app.configuration.load import Folders, keep_to_owner, read_settings
from app.extensions import db
from app.factory import create_app
from app.programs import index
from app.programs.serve import settle
from app.retrieval.drawings.collection import generate_collection
from app.retrieval.generations.store import Store
from app.retrieval.runtime.place import IS_INSTALLED, data_folder
from app.services.media.opening import open_stores
from app.services.operations import demonstration

DEMO_COMMAND = "morelli demo" if IS_INSTALLED else "make demo"
DEMO_INSTANCE = f"{data_folder()}/demo"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; return its exit status. Serving replaces this process."""
    keep_to_owner()
    parser = argparse.ArgumentParser(
        description="Index a collection and serve it; without arguments one of "
        "drawn works."
    )
    parser.add_argument("--catalogue", type=Path, metavar="CSV")
    parser.add_argument("--images", type=Path, metavar="DIR")
    options = parser.parse_args(arguments)
    if bool(options.catalogue) != bool(options.images):
        parser.error("--catalogue and --images go together")
    return run_explained(lambda: run(options.catalogue, options.images))


def run(catalogue: Path | None, images: Path | None) -> int:
    """Prepare what has changed, then serve."""
    if catalogue is None:
        os.environ.setdefault("MORELLI_INSTANCE", DEMO_INSTANCE)
    settings = read_settings(os.environ)
    folders = Folders(settings["MORELLI_INSTANCE"])
    port = settings["MORELLI_PORT"]
    if is_taken(port):
        say(f"Port {port} is taken. Choose another one: MORELLI_PORT=… {DEMO_COMMAND}")
        return MISCONFIGURED
    drawn = folders.instance / "drawn"
    is_drawn, is_in_use = drawn.exists(), folders.works.exists()
    if is_drawn if catalogue else is_in_use and not is_drawn:
        say(
            f"{folders.instance} holds another collection, and the two must not mix. "
            f"Choose a folder of its own: MORELLI_INSTANCE=… {DEMO_COMMAND}"
        )
        return FAILED
    if catalogue is None or images is None:
        catalogue, images = draw(drawn)
    status = prepare(catalogue, images, folders, settings["MORELLI_MODEL"])
    if status not in (DONE, INCOMPLETE):
        return status
    announce(folders, f"http://localhost:{port}")
    return serve()


def is_taken(port: int) -> bool:
    """Tell whether something on this machine listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def draw(folder: Path) -> tuple[Path, Path]:
    """Return the catalogue and the pictures of the drawn works, made once."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        works = generate_collection(demonstration.WORKS, demonstration.WORKS_SEED)
        watched = watch(works, demonstration.WORKS, "Drawing works")
        demonstration.draw_collection(folder, watched)
    return (
        folder / demonstration.CATALOGUE_FILE,
        folder / demonstration.IMAGES_FOLDER,
    )


def prepare(catalogue: Path, images: Path, folders: Folders, model: Path) -> int:
    """Index the collection and take photos of it, unless nothing has changed."""
    kept = folders.instance / "demo.fingerprint"
    state = fingerprint(catalogue, images, model)
    is_live = Store(folders.generations).current_name() is not None
    if is_live and kept.exists() and kept.read_text() == state:
        return DONE
    status = index.main(["--catalogue", str(catalogue), "--images", str(images)])
    if status in (DONE, INCOMPLETE):
        photos = photos_of(folders)
        if not photos.exists():
            app = create_app()
            with app.app_context():
                media = open_stores(app.config["MORELLI_MEDIA_URL"], folders).works
                demonstration.take_photos(db.session(), media, photos)
        kept.write_text(state)
    return status


def fingerprint(catalogue: Path, images: Path, model: Path) -> str:
    """Sum up what the index depends on, without opening a picture."""
    digest = hashlib.sha256()
    if catalogue.is_file():
        digest.update(catalogue.read_bytes())
    for path in (images, *sorted(model.glob("*"))):
        if path.exists():
            facts = path.stat()
            text = f"{path.resolve()} {facts.st_size} {facts.st_mtime_ns}\n"
            digest.update(text.encode())
    return digest.hexdigest()


def photos_of(folders: Folders) -> Path:
    """Return the folder of the simulated photos."""
    return folders.instance / "photos"


def announce(folders: Folders, address: str) -> None:
    """Say where to look, and what to try."""
    photos = photos_of(folders)
    print(
        f"\nOpen {address}\n\n"
        f"Photos to try, as visitors would take them: {photos}\n"
        f"What they show: {photos / demonstration.LABELS_FILE}\n"
        f"For other commands on this collection: "
        f"export MORELLI_INSTANCE={folders.instance}\n"
        "Stop the server with Ctrl-C.\n",
        flush=True,
    )


def serve() -> int:
    """Become the server."""
    settle()
    os.execv(sys.executable, [sys.executable, "-m", "app", "serve"])  # noqa: S606 - our own interpreter
