"""Helpers of scripts and commands: progress, errors, index building and its status.

And ``flask collection …``: the index rebuilt from the database, and its status.
"""

import errno
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial, wraps
from typing import NoReturn, ParamSpec, TypeVar

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from app.commands.statuses import DONE as DONE
from app.commands.statuses import FAILED as FAILED
from app.commands.statuses import INCOMPLETE as INCOMPLETE
from app.commands.statuses import MISCONFIGURED, UNREACHABLE
from app.commands.statuses import STOPPED as STOPPED
from app.configuration.databases import mask_password
from app.configuration.load import ConfigurationError, Folders
from app.extensions import db
from app.retrieval.errors import RetrievalError
from app.retrieval.generations.store import Store
from app.retrieval.generations.trial import COUNTS
from app.retrieval.model import Model
from app.retrieval.settings import RetrievalSettings
from app.services.collection.works import collection_figures
from app.services.evaluation.own_set import asking as own_set
from app.services.importing.pictures.source import SourceError
from app.services.index.building import BUILDING, FEATURES, SUBJECTS, build_index
from app.services.media.opening import MediaStores, open_stores
from app.services.media.store import StorageAwayError
from app.services.operations.backup.manifest import BackupError
from app.services.shards.opening import open_feature_workers
from app.services.system.database import (
    DatabaseNotReadyError,
    DatabaseUnreachableError,
    check,
    is_unavailable,
)
from app.services.system.lock import INDEXING_LOCK, AlreadyRunningError, exclusively
from app.services.vectors.opening import open_vectors
from app.services.vectors.store import VectorStore

GOING_ON = "What is done is kept: run the same command again to go on."

Item = TypeVar("Item")
P = ParamSpec("P")
STEPS = {FEATURES: "Computing features", SUBJECTS: "Looking for subjects"}
"""Steps of building an index that are done picture by picture."""
collection = AppGroup("collection", help="Look at the collection and its index.")


def say(text: object) -> None:
    """Print a line for the operator to standard error, above any progress bar."""
    tqdm.write(str(text), file=sys.stderr)


def watch(
    outcomes: Iterable[Item], total: int, what: str, *, done: int = 0
) -> Iterator[Item]:
    """Show progress, rate and time left while going through outcomes.

    ``done`` of the ``total`` were done before, and are not among the outcomes.
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
    except ConfigurationError as error:
        say(error)
        return MISCONFIGURED
    except DatabaseUnreachableError as error:
        say(error.detail)
        return UNREACHABLE
    except (
        AlreadyRunningError,
        BackupError,
        DatabaseNotReadyError,
        RetrievalError,
        SourceError,
    ) as error:
        say(error)
    except StorageAwayError as error:
        say(f"{error} {GOING_ON}")
        return UNREACHABLE
    except SQLAlchemyError as error:
        if not is_unavailable(error):
            raise
        reason = mask_password(str(getattr(error, "orig", None) or error)).strip()
        say(f"The database cannot be used: {reason}. {GOING_ON}")
        return UNREACHABLE
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            say(f"The disk is full. {GOING_ON}")
        else:
            say(f"The files cannot be used: {error}. {GOING_ON}")
    return FAILED


def explained(job: Callable[P, int]) -> Callable[P, None]:
    """Let a command run its job explained, and end with its exit status."""

    @wraps(job)
    def command(*arguments: P.args, **options: P.kwargs) -> None:
        status = run_explained(partial(job, *arguments, **options))
        click.get_current_context().exit(status)

    return command


@dataclass(frozen=True, slots=True)
class Workplace:
    """Inputs of building an index: database, folders, model, settings."""

    session: Session
    folders: Folders
    media: MediaStores
    model: Model
    settings: RetrievalSettings
    vectors: VectorStore | None

    @classmethod
    def of_current_app(cls) -> "Workplace":
        """Open the model and the folders that the configuration names."""
        folders = Folders(current_app.config["MORELLI_INSTANCE"])
        # One thread for the network: pictures, not layers, are what runs in parallel.
        model = Model.open(current_app.config["MORELLI_MODEL"], threads=1)
        media = open_stores(current_app.config["MORELLI_MEDIA_URL"], folders)
        vectors = open_vectors(current_app.config["MORELLI_VECTORS_URL"])
        return cls(db.session(), folders, media, model, RetrievalSettings(), vectors)


class Progress:
    """Progress bar of building an index, on standard error."""

    def __init__(self) -> None:
        self._bar: tqdm[NoReturn] | None = None
        self._step = ""

    def __call__(self, done: int, total: int, step: str) -> None:
        """Show how many pictures are done, or that the index itself is being built."""
        if step == BUILDING:
            self.close()
            say("Building and examining the index …")
            return
        if step != self._step:
            self.close()
            self._step = step
        if self._bar is None:
            self._bar = tqdm(
                desc=STEPS[step],
                total=total,
                unit=" pictures",
                mininterval=0.5,
            )
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def index(workplace: Workplace) -> int:
    """Compute missing features and publish an index; return how many faults."""
    # The faults are logged where the index is built, here above the progress bar.
    with logging_redirect_tqdm(), closing(Progress()) as progress:
        built = build_index(
            workplace.session,
            workplace.folders,
            workplace.media,
            workplace.model,
            progress,
            workplace.vectors,
            current_app.config["MORELLI_SHARDS"],
            open_feature_workers(current_app.config),
        )
    own_set.request_if_any(workplace.session)  # the worker's to do
    if built.computed:
        print(f"Features: {built.computed:,} pictures.")
    generation = built.generation
    print(
        f"Index {generation.name} is live: {generation.works:,} works, "
        f"{generation.images:,} pictures."
    )
    for name, figure in generation.examination.items():
        value = f"{figure:.0f}" if name in COUNTS else f"{figure:.3f}"
        print(f"  {name.replace('_', ' ')}: {value}")
    return len(built.faults)


@collection.command("rebuild")
@explained
def rebuild() -> int:
    """Compute missing features and build the index anew from the database."""
    check()
    workplace = Workplace.of_current_app()
    with exclusively(workplace.folders.instance / INDEXING_LOCK, db.engine):
        return INCOMPLETE if index(workplace) else DONE


@collection.command("status")
@explained
def status() -> int:
    """Say what the collection holds and what is live."""
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
