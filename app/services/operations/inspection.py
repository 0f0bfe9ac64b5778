"""Inspection of an instance: storage, queues, settings."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from app.configuration.databases import mask_password
from app.configuration.load import GIVEN, SETTINGS, Folders
from app.models import StoredSetting, Task, TaskState
from app.services.curation.bin import emptying
from app.services.operations import retention
from app.services.system import deletions
from app.services.system.deferrals import Deferrals
from app.services.system.mail import Outbox
from app.services.system.plausibility import Held
from app.services.system.workers import count_alive

MASK = "••••••"
"""Shown for what nobody should read over an administrator's shoulder."""
SECRET_WORDS = ("SECRET", "PASSWORD", "TOKEN")


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """Setting with its value, and where that comes from.

    Attributes
    ----------
    source : str
        ``environment``, ``default`` or ``stored``.
    """

    name: str
    value: str
    default: str
    source: str
    help: str


@dataclass(frozen=True, slots=True)
class DiskUsage:
    """Disk usage of a folder or file of the instance.

    Attributes
    ----------
    name : str
        Relative to the instance.
    files, size : int
        How many, and their bytes.
    """

    name: str
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class QueueState:
    """Length of the queues, and whether anybody works them off.

    Attributes
    ----------
    tasks : mapping of TaskState to int
        Every state is there.
    workers : int
        Processes that do tasks, and have lately given a sign of life.
    mails, mails_put_off : int
        That wait to be sent, and those of them that the mail server has put off.
    mails_since : datetime or None
        When the oldest of them was written.
    mail_server_words : str
        What the mail server said last when it took none; empty since it has taken all.
    deletions : Waiting
        Photos that wait to be deleted.
    retention_at : datetime or None
        When old photos were last deleted; None: never.
    held, bin_held : Held or None
        Deletion of old photos, and of works long withdrawn, that waits for a word.
    """

    tasks: Mapping[TaskState, int]
    workers: int
    mails: int
    mails_put_off: int
    mails_since: datetime | None
    mail_server_words: str
    deletions: deletions.Waiting
    retention_at: datetime | None
    held: Held | None
    bin_held: Held | None


def settings(session: Session, config: Mapping[str, Any]) -> list[ShownSetting]:
    """Return every setting with its source, those stored while running at the end."""
    given = config[GIVEN]
    shown = [
        ShownSetting(
            one.name,
            _readable(one.name, config[one.name]),
            one.default,
            "environment" if one.name in given else "default",
            one.help,
        )
        for one in SETTINGS
    ]
    if not inspect(session.connection()).has_table(StoredSetting.__tablename__):
        return shown  # a database that is not upgraded yet
    for setting in session.scalars(select(StoredSetting).order_by(StoredSetting.name)):
        value = ", ".join(f"{key} {part}" for key, part in setting.value.items())
        shown.append(ShownSetting(setting.name, value, "", "stored", ""))
    return shown


def storage(folders: Folders) -> list[DiskUsage]:
    """Measure what lies in the instance, the largest first."""
    parts = [
        *(path for path in folders.instance.iterdir() if path.name != "media"),
        folders.works,
        folders.queries,
    ]
    measured = [_measure(path, folders.instance) for path in parts if path.exists()]
    return sorted(measured, key=lambda one: one.size, reverse=True)


def free_bytes(folders: Folders) -> int:
    """Return how much more the disk of the instance takes."""
    return shutil.disk_usage(folders.instance).free


def queue_state(session: Session, folders: Folders) -> QueueState:
    """Count what waits."""
    outbox = Outbox(folders.mail)
    last = retention.GUARD.last_run(folders.instance)
    mails = Deferrals.read(outbox.folder)
    waiting = outbox.waiting()
    return QueueState(
        task_counts(session),
        count_alive(session),
        len(waiting),
        sum(path.name in mails.mails for path in waiting),
        outbox.since(),
        mails.words if waiting else "",
        deletions.waiting(session),
        last.at if last else None,
        retention.GUARD.held_run(folders.instance),
        emptying.GUARD.held_run(folders.instance),
    )


def task_counts(session: Session) -> dict[TaskState, int]:
    """Count tasks by their state; every state is there."""
    counted = select(Task.state, func.count()).group_by(Task.state)
    return dict.fromkeys(TaskState, 0) | dict(iter(session.execute(counted)))


def _readable(name: str, value: object) -> str:
    if value is None or value == "":
        return ""
    if any(word in name for word in SECRET_WORDS):
        return MASK
    if name in ("MORELLI_DATABASE_URL", "MORELLI_LIMITS_URL"):
        return mask_password(str(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _measure(path: Path, root: Path) -> DiskUsage:
    files = [path]
    if path.is_dir():
        files = [one for one in path.rglob("*") if one.is_file()]
    size = count = 0
    for one in files:
        try:
            size += one.stat().st_size
        except FileNotFoundError:
            continue  # deleted meanwhile
        count += 1
    return DiskUsage(path.relative_to(root).as_posix(), count, size)
