"""Shards held by actors of Dask, an engine of tasks and actors for several machines.

Facts about Dask's actors (distributed 2026.8) that shape this module. An actor is known
by a key: who submits under the same key, from whichever process, gets the same actor.
When its worker dies it is lost; its key stays so as long as anybody knows it, and a new
actor needs another key, though the worker is back under its name. So the key has the
worker's address in it, which a worker that is started again has anew, and a number for
where that was not enough. Ordinary methods of an actor run one at a time in one thread,
asynchronous ones side by side. A proxy of an actor looks for the process's default
client, and asks through the scheduler unless that client goes to workers directly.
"""

import asyncio
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from distributed import Client

from app.retrieval.gallery.shards.questions import ShardQuestion
from app.services.shards.holding import open_shard

CONNECT_SECONDS = 5
GIVEN_UP_SECONDS = 60.0
"""After which a question, or a shard that is being opened, is given up."""
MOST_TRIES = 20
"""Keys that are tried for one worker."""
ANSWERING_THREADS = 4
"""Of a worker: questions that it answers side by side."""

Reply = TypeVar("Reply")


class WorkerAwayError(Exception):
    """Worker that is not there, or whose actor was lost."""


class ShardActor:
    """Copy of a shard on a worker, opened from the worker's disk.

    Parameters
    ----------
    folder : str
        The shard's name.
    """

    def __init__(self, folder: str) -> None:
        self._gallery = open_shard(os.environ, folder)
        self._threads = ThreadPoolExecutor(ANSWERING_THREADS)

    async def answer(self, question: ShardQuestion[Reply]) -> Reply:
        """Answer a question beside others."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._threads, question.answered_by, self._gallery
        )


class DaskEngine:
    """Engine of shards: one connection of a process to a Dask scheduler.

    Parameters
    ----------
    url : str
        Of the scheduler, as of ``MORELLI_SHARDS_URL``.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connecting: asyncio.Lock | None = None
        self._client: Client | None = None

    def copy(self, folder: str, worker: str) -> "DaskCopy":
        """See :meth:`ShardEngine.copy`."""
        return DaskCopy(self, folder, worker)

    def run(self, speaking: Coroutine[Any, Any, Reply]) -> Future[Reply]:
        """Begin to speak to Dask, in the thread that does, without waiting."""
        return asyncio.run_coroutine_threadsafe(speaking, self._loop_of_thread())

    def _loop_of_thread(self) -> asyncio.AbstractEventLoop:
        """Return the loop that speaks to Dask, in a thread of its own."""
        # Not before it is needed: a server's processes are forked.
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(
                    target=self._loop.run_forever, name="shards", daemon=True
                ).start()
            return self._loop

    async def client(self) -> Client:
        """Return the connection, made anew where it broke."""
        if self._connecting is None:
            self._connecting = asyncio.Lock()
        async with self._connecting:
            if self._client is None or self._client.status != "running":
                self._client = await Client(
                    self.url,
                    asynchronous=True,
                    # Past the scheduler, which would pass on every question.
                    direct_to_workers=True,
                    timeout=CONNECT_SECONDS,
                )
            return self._client

    def close(self) -> None:
        """End the connection; actors go when nobody knows them any more."""
        if self._loop is None:
            return
        loop, self._loop = self._loop, None
        ended = asyncio.run_coroutine_threadsafe(self._disconnect(), loop)
        ended.result(timeout=2 * CONNECT_SECONDS)
        loop.call_soon_threadsafe(loop.stop)

    async def _disconnect(self) -> None:
        if self._client is not None:
            await self._client.close()
        self._client = self._connecting = None


async def workers_of(client: Client) -> dict[str, Any]:
    """Ask the scheduler for the workers that are there: by address, what they tell."""
    scheduler: Any = client.scheduler
    found: dict[str, Any] = (await scheduler.identity())["workers"]
    return found


class DaskCopy:
    """Copy of a shard that a worker holds in an actor."""

    def __init__(self, engine: DaskEngine, folder: str, worker: str) -> None:
        self._engine = engine
        self._folder = folder
        self._worker = worker
        self._opening: asyncio.Lock | None = None
        # The future keeps the actor alive.
        self._held: tuple[Any, Any] | None = None

    @property
    def name(self) -> str:
        """How messages call it."""
        return f"shard worker {self._worker}"

    def ask(self, question: ShardQuestion[Reply]) -> Future[Reply]:
        """See :meth:`Copy.ask`."""
        return self._engine.run(
            asyncio.wait_for(self._answer(question), GIVEN_UP_SECONDS)
        )

    async def _answer(self, question: ShardQuestion[Reply]) -> Reply:
        if self._opening is None:
            self._opening = asyncio.Lock()
        async with self._opening:
            if self._held is None:
                self._held = await self._open()
        held = self._held
        try:
            reply: Reply = await held[1].answer(question)
        except BaseException:
            if self._held is held:
                self._held = None  # looked for anew, when it has rested
            raise
        return reply

    async def _open(self) -> tuple[Any, Any]:
        """Find the actor, or let the worker make it: its future, and itself."""
        client = await self._engine.client()
        workers = await workers_of(client)
        address = next(
            (at for at, one in workers.items() if str(one["name"]) == self._worker),
            None,
        )
        if address is None:
            raise WorkerAwayError(f"no worker {self._worker} is at {self._engine.url}")
        lost: Exception | None = None
        for number in range(MOST_TRIES):
            future = client.submit(
                ShardActor,
                self._folder,
                actor=True,
                key=f"morelli-{self._folder}-{address}-{number}",
                workers=[address],
                allow_other_workers=False,
            )
            try:
                return future, await future
            except RuntimeError as error:
                if "lost" not in str(error):
                    raise
                lost = error
        raise WorkerAwayError(f"its actor was lost: {lost}")
