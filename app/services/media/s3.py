"""S3 store: media in a bucket of Amazon's S3, or of a storage that speaks like it.

Every request is bounded in time and tried twice; while the storage does not answer,
only one request in a few seconds finds that out, and the others are told at once. The
bucket may be private: what visitors see is read here and passed on.

The library's threads do not survive a fork: a store is opened in the process that uses
it, at its first request.
"""

import errno
import io
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store as Client

from app.services.media.store import OpenFile, StorageAwayError, StoredFile, checked

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from obstore.store import S3Config

CONNECT_SECONDS, ANSWER_SECONDS = 2, 6
"""For one request; the second is for a block, so 0.7 MB/s have to do."""
RETRIES = 1
REST_SECONDS = 2.0
"""How long a storage that did not answer is not asked again."""
BLOCK_BYTES = 1 << 22
"""A file up to this size is read by one request, a larger one in such blocks."""
BLOCKS_HELD = 4
"""Of a file that is open: several threads may read a ZIP file at once."""

BUFFER_BYTES = 1 << 16

logger = logging.getLogger(__name__)


class Bucket:
    """Bucket, with the connections that all stores in it and all threads share.

    Parameters
    ----------
    url : str
        As the setting ``MORELLI_MEDIA_URL`` has it; keys come from the environment, as
        every program for S3 takes them.
    rest_seconds : float
    """

    def __init__(self, url: str, *, rest_seconds: float = REST_SECONDS) -> None:
        self._parts = urlsplit(url)
        self._rest_seconds = rest_seconds
        self._lock = threading.Lock()
        self._is_away = False
        self._silent_until = 0.0

    @cached_property
    def client(self) -> Client:
        """The client of the bucket; made by whoever asks first."""
        config: S3Config = {}
        given = dict(parse_qsl(self._parts.query))
        if endpoint := given.get("endpoint", ""):
            config["endpoint"] = endpoint
        if region := given.get("region"):
            config["region"] = region
        return Client(
            self._parts.netloc,
            prefix=self._parts.path.strip("/") or None,
            client_options={
                "allow_http": endpoint.startswith("http:"),
                "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
                "timeout": timedelta(seconds=ANSWER_SECONDS),
            },
            retry_config={
                "max_retries": RETRIES,
                "retry_timeout": timedelta(seconds=ANSWER_SECONDS),
            },
            config=config,
        )

    @contextmanager
    def asking(self, name: str = "") -> Iterator[Client]:
        """Lend the client for one request, and turn its errors into ours.

        Parameters
        ----------
        name : str
            Of the file that is read, and may be missing; "" for every other request.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        StorageAwayError
            If the storage does not answer, or refuses, or there is no such bucket.
        """
        self._admit()
        try:
            yield self.client
            self._is_away = False
        except FileNotFoundError as error:
            # Nothing but a file that is read may be missing: not even one that is
            # deleted is said to be.
            if not name or "NoSuchBucket" in str(error):
                raise self._away("there is no such bucket") from error
            self._is_away = False
            raise FileNotFoundError(errno.ENOENT, "no such file", name) from error
        except (BaseError, OSError) as error:
            # The rest of the text is a dump of the library's structures.
            raise self._away(str(error).splitlines()[0]) from error

    def _admit(self) -> None:
        """Let everybody ask a storage that answers, and one at a time one that did not.

        Many that wait for it would leave no thread for pages.
        """
        with self._lock:
            moment = time.monotonic()
            if self._is_away and moment < self._silent_until:
                raise StorageAwayError("it did not answer a moment ago")
            self._silent_until = moment + ANSWER_SECONDS

    def _away(self, reason: str) -> StorageAwayError:
        self._is_away = True
        self._silent_until = time.monotonic() + self._rest_seconds
        logger.error("the storage of pictures cannot be used: %s", reason)
        return StorageAwayError(reason)


class BlockFile(io.RawIOBase):
    """Large file of a bucket, read where it is wanted, a block at a time.

    Parameters
    ----------
    bucket : Bucket
    key : str
        Below the prefix of the bucket.
    size : int
        In bytes.
    tag : str
        Of the content: another one is not mixed with it.
    """

    def __init__(self, bucket: Bucket, key: str, size: int, tag: str) -> None:
        self._bucket = bucket
        self._key = key
        self._size = size
        self._tag = tag
        self._place = 0
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to another place; nothing is read yet."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}
        place = start[whence] + offset
        if place < 0:
            raise OSError(errno.EINVAL, "a place before the beginning")
        self._place = place
        return place

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Read what is left of the block, as far as the buffer takes it.

        Raises
        ------
        FileNotFoundError, StorageAwayError
            As :meth:`Bucket.asking`; also if the file was written anew.
        """
        number, start = divmod(self._place, BLOCK_BYTES)
        if self._place >= self._size:
            return 0
        view = memoryview(buffer).cast("B")
        piece = self._block(number)[start : start + len(view)]
        view[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)

    def _block(self, number: int) -> bytes:
        with self._lock:
            if number not in self._blocks:
                start = number * BLOCK_BYTES
                wanted = start, min(start + BLOCK_BYTES, self._size)
                with self._bucket.asking(self._key) as client:
                    answer = obstore.get(
                        client,
                        self._key,
                        options={"range": wanted, "if_match": self._tag},
                    )
                    self._blocks[number] = answer.bytes().to_bytes()
                while len(self._blocks) > BLOCKS_HELD:
                    self._blocks.popitem(last=False)
            self._blocks.move_to_end(number)
            return self._blocks[number]


class S3Store:
    """Store of files below one prefix of a bucket.

    Parameters
    ----------
    bucket : Bucket
    prefix : str
        Ends without a slash.
    """

    is_near = False

    def __init__(self, bucket: Bucket, prefix: str) -> None:
        self._bucket = bucket
        self._prefix = prefix

    def read(self, name: str) -> bytes:
        """Return a file's content; raises as :meth:`MediaStore.read`."""
        with self.open(name) as opened:
            return opened.file.read()

    def open(self, name: str) -> OpenFile:
        """Open a file; raises as :meth:`MediaStore.open`."""
        key = self._key(name)
        with self._bucket.asking(name) as client:
            answer = obstore.get(client, key)
            meta = answer.meta
            size, tag = meta["size"], meta["e_tag"] or ""
            if size <= BLOCK_BYTES:
                file: BinaryIO = io.BytesIO(answer.bytes().to_bytes())
            else:
                blocks = BlockFile(self._bucket, key, size, tag)
                file = cast(BinaryIO, io.BufferedReader(blocks, BUFFER_BYTES))
        return OpenFile(file, size, meta["last_modified"], tag.strip('"'))

    def write(self, name: str, data: bytes | BinaryIO) -> None:
        """Store a file; see :meth:`MediaStore.write`."""
        key = self._key(name)
        if not isinstance(data, bytes):
            data.seek(0)
        with self._bucket.asking() as client:
            # Part by part: on a slow line, several at a time would all be late.
            obstore.put(client, key, data, max_concurrency=1)

    def exists(self, name: str) -> bool:
        """Tell whether there is a file of this name."""
        key = self._key(name)
        try:
            with self._bucket.asking(name) as client:
                obstore.head(client, key)
        except FileNotFoundError:
            # The answer has no body that told a missing file from a missing bucket; a
            # list has.
            return any(self.list(name))
        return True

    def delete(self, *names: str) -> None:
        """Delete files, as far as they are there."""
        keys = list(map(self._key, names))
        with self._bucket.asking() as client:
            obstore.delete(client, keys)

    def list(self, folder: str = "") -> Iterator[StoredFile]:
        """Yield the files, or those below a folder, by their names."""
        top = self._key(folder) if folder else self._prefix
        with self._bucket.asking() as client:
            for page in obstore.list(client, prefix=top):
                for found in page:
                    name = found["path"].removeprefix(f"{self._prefix}/")
                    yield StoredFile(name, found["size"], found["last_modified"])

    def sweep(self) -> int:
        """Do nothing: what is half-written is the storage's own to remove."""
        return 0

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{checked(name)}"
