"""What the operator's scripts and ``flask`` commands share: progress, faults, endings.

Prints; computes nothing itself.
"""

import errno
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from tqdm import tqdm

from app.configuration.load import ConfigurationError, Folders
from app.extensions import db
from app.retrieval.errors import RetrievalError
from app.retrieval.generations.store import Store
from app.retrieval.model import Model
from app.retrieval.settings import RetrievalSettings
from app.services.catalogue import CatalogueError
from app.services.collection.pictures import collection_figures
from app.services.index import building
from app.services.system.database import DatabaseNotReadyError, check
from app.services.system.lock import INDEXING_LOCK, AlreadyRunningError, exclusively
from app.services.system.media import MediaFolder
from app.services.system.parallel import worker_count

DONE, INCOMPLETE, FAILED, STOPPED = 0, 1, 2, 130
"""Exit statuses; the last is what a shell reports for Ctrl-C."""
GOING_ON = "What is done is kept: run the same command again to go on."

Item = TypeVar("Item")
collection = AppGroup("collection", help="Look at the collection and its index.")


def say(text: object) -> None:
    """Print a line for the operator to standard error, above any progress bar."""
    tqdm.write(str(text), file=sys.stderr)


def watch(
    outcomes: Iterable[Item], total: int, what: str, *, done: int = 0
) -> Iterator[Item]:
    """Show progress, rate and time left while going through outcomes.

    Parameters
    ----------
    outcomes : iterable
        Of what is still to do.
    total : int
        With what was done before.
    what : str
    done : int
        How many were done before.
    """
    unit = " pictures"
    yield from tqdm(outcomes, what, total, unit=unit, mininterval=0.5, initial=done)


def run_explained(job: Callable[[], int]) -> int:
    """Run a job to an exit status; whatever stops it becomes one sentence."""
    try:
        return job()
    except KeyboardInterrupt:
        say(f"Stopped. {GOING_ON}")
        return STOPPED
    except (
        AlreadyRunningError,
        CatalogueError,
        ConfigurationError,
        DatabaseNotReadyError,
        RetrievalError,
    ) as error:
        say(error)
    except OperationalError as error:
        say(f"The database cannot be used: {error.orig}. {GOING_ON}")
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            say(f"The disk is full. {GOING_ON}")
        else:
            say(f"The files cannot be used: {error}. {GOING_ON}")
    return FAILED


@dataclass(frozen=True, slots=True)
class Workplace:
    """What an indexing job works on."""

    session: Session
    folders: Folders
    media: MediaFolder
    model: Model
    settings: RetrievalSettings

    @classmethod
    def of_current_app(cls) -> "Workplace":
        """Open the model and the folders that the configuration names.

        Raises
        ------
        ArtefactError
            If the model cannot be used.
        """
        folders = Folders(current_app.config["MORELLI_INSTANCE"])
        # One thread for the network: pictures, not layers, are what runs in parallel.
        model = Model.open(current_app.config["MORELLI_MODEL"], threads=1)
        return cls(
            db.session(),
            folders,
            MediaFolder(folders.works),
            model,
            RetrievalSettings(),
        )


def index(workplace: Workplace) -> int:
    """Compute missing features and publish an index; return how many faults.

    Raises
    ------
    RetrievalError
        If nothing can be published.
    """
    session, model, settings = workplace.session, workplace.model, workplace.settings
    key = building.features_key(model.model_id, settings.local)
    pending = building.find_pending(session, key)
    begun = time.monotonic()
    computed = building.compute_features(
        session,
        pending,
        workplace.media,
        model,
        settings.local,
        workers=worker_count(),
    )
    faults = 0
    for fault in watch(computed, len(pending), "Computing features"):
        if fault is not None:
            faults += 1
            say(fault)
    if pending:
        seconds = time.monotonic() - begun
        print(
            f"Features: {len(pending) - faults:,} pictures in {seconds:.0f} s, "
            f"{len(pending) / seconds:.1f} per second."
        )
    generation = building.publish_generation(
        session,
        Store(workplace.folders.generations),
        workplace.media,
        model,
        settings,
        progress=lambda step: say(f"Index: {step} …"),
    )
    print(
        f"Index {generation.name} is live: {generation.works:,} works, "
        f"{generation.images:,} pictures."
    )
    for name, figure in generation.examination.items():
        print(f"  {name.replace('_', ' ')}: {figure:.3f}")
    return faults


@collection.command("rebuild")
def rebuild() -> None:
    """Compute missing features and build the index anew from the database."""

    def job() -> int:
        check()
        workplace = Workplace.of_current_app()
        with exclusively(workplace.folders.instance / INDEXING_LOCK):
            return INCOMPLETE if index(workplace) else DONE

    click.get_current_context().exit(run_explained(job))


@collection.command("status")
def status() -> None:
    """Say what the collection holds and what is live."""

    def job() -> int:
        check()
        for name, figure in collection_figures(db.session()).items():
            print(f"{name}: {figure:,}")
        folders = Folders(current_app.config["MORELLI_INSTANCE"])
        generation = Store(folders.generations).current()
        if generation is None:
            print("live index: none")
            return DONE
        manifest = generation.manifest
        print(
            f"live index: {generation.name}, {manifest.works:,} works, "
            f"{manifest.images:,} pictures, model {manifest.model_id}, "
            f"made {manifest.created_at}"
        )
        return DONE

    click.get_current_context().exit(run_explained(job))
