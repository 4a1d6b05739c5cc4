"""Where contents lie: a local folder or an object store, behind the few verbs the rest of the system needs.

``obstore`` speaks to both. Its worker threads do not survive a fork: a process that has used it must not fork, so the
client is made only when it is first needed, in the process that needs it.
"""

from __future__ import annotations

import errno
import io
import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, S3Store

from agencyqa.files.errors import StoreFull, StoreUnavailable
from config import FileSettings

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from obstore.store import S3Config

PIECE = 1024 * 1024
# Each piece from an object store is a request, which costs some hundredths of a second whatever its length.
_FAR_PIECE = 4 * 1024 * 1024
# Two parts of 5 MB on their way bound the memory of an upload; an object store takes no smaller parts.
_PART = 5 * 1024 * 1024
_PARTS_AT_ONCE = 2
# A person waits for the answer, and the nightly job can come again.
_RETRY = timedelta(seconds=10)
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_OS_ERROR = re.compile(r"os error (\d+)")


@dataclass(frozen=True)
class Entry:
    key: str
    size: int
    changed_at: datetime


def is_no_room(error: BaseException) -> bool:
    """Whether the disk, or the share of it that is ours, is full."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in _NO_ROOM
    found = _OS_ERROR.search(str(error))
    return found is not None and int(found.group(1)) in _NO_ROOM


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the store in our words. FileNotFoundError passes; so does what a source of bytes raises itself."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        if is_no_room(error):
            raise StoreFull from error
        raise StoreUnavailable from error


class Store:
    """``make`` gives the client of this process; ``folder`` is where a local store lies, None for any other.

    Keys are relative paths. Every method raises StoreUnavailable, those that write also StoreFull.
    """

    def __init__(self, make: Callable[[], LocalStore | S3Store], folder: Path | None = None) -> None:
        self._make = make
        self.folder = folder
        self._made: tuple[int, LocalStore | S3Store] | None = None
        self._lock = threading.Lock()

    @property
    def _client(self) -> LocalStore | S3Store:
        made = self._made
        if made is None or made[0] != os.getpid():
            with self._lock, _told():
                made = self._made = (os.getpid(), self._make())
        return made[1]

    def put(self, key: str, chunks: Iterable[bytes]) -> None:
        """Write a new object from a stream, in bounded memory. After an error of ``chunks`` nothing is left."""
        with _told():
            obstore.put(self._client, key, iter(chunks), chunk_size=_PART, max_concurrency=_PARTS_AT_ONCE)

    def link(self, file: Path, key: str) -> bool:
        """Give a file of this machine a second name as an object; False where it has to be copied instead."""
        if self.folder is None:
            return False
        target = self.folder / key
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(file, target)
            # Its last byte may have come days ago, and what is old there is taken for left behind.
            os.utime(target)
        except OSError:
            return False
        return True

    def size(self, key: str) -> int | None:
        """None where there is no such object."""
        try:
            with _told():
                return obstore.head(self._client, key)["size"]
        except FileNotFoundError:
            return None

    def read(self, key: str, start: int, length: int) -> bytes:
        """Raise FileNotFoundError."""
        with _told():
            return bytes(obstore.get_range(self._client, key, start=start, length=length))

    def open(self, key: str, size: int) -> BinaryIO:
        """A seekable reader of an object of this size that holds one piece in memory."""
        piece = PIECE if self.folder is not None else _FAR_PIECE
        return cast(BinaryIO, io.BufferedReader(_Reader(self, key, size), piece))

    def delete(self, key: str) -> None:
        """Nothing happens where there is no such object."""
        with _told():
            try:
                obstore.delete(self._client, key)
            except FileNotFoundError:
                return

    def list(self, prefix: str) -> Iterator[Entry]:
        """Every object whose key begins with this folder, in no order."""
        with _told():
            for batch in obstore.list(self._client, prefix, chunk_size=1000):
                for item in batch:
                    yield Entry(item["path"], item["size"], item["last_modified"])

    def move(self, source: str, target: str) -> None:
        """Give an object its final key. What lies there already stays, and ``source`` is taken away.

        Only for targets whose key says what their content is: a store without this verb copies, and of two copies
        of one content the later one may win.
        """
        with _told():
            if self.folder is None:
                if self.size(target) is None:
                    obstore.rename(self._client, source, target, overwrite=True)
                    return
            else:
                try:
                    obstore.rename(self._client, source, target, overwrite=False)
                    return
                except AlreadyExistsError:
                    pass
            self.delete(source)

    def clear(self, prefix: str, before: datetime) -> int:
        """Take away what was last written before that time; the number of objects."""
        count = 0
        for entry in list(self.list(prefix)):
            if entry.changed_at < before:
                self.delete(entry.key)
                count += 1
        return count + self._clear_parts(prefix, before)

    def _clear_parts(self, prefix: str, before: datetime) -> int:
        """A process killed while it wrote leaves a file that ``obstore`` itself never lists.

        An object store has its own rule for unfinished uploads, which the guide tells to set.
        """
        count = 0
        if self.folder is not None and (self.folder / prefix).is_dir():
            with _told():
                for path in (self.folder / prefix).iterdir():
                    if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                        path.unlink(missing_ok=True)
                        count += 1
        return count

    def is_ready(self) -> bool:
        """Whether it can be reached and, where it is a folder of ours, written to."""
        try:
            self.size("ready")
            if self.folder is not None:
                tempfile.TemporaryFile(dir=self.folder).close()
        except (StoreUnavailable, StoreFull, OSError):
            return False
        return True


class _Reader(io.RawIOBase):
    """Reads an object piece by piece, each a request of its own, so that a slow taker never holds a connection."""

    def __init__(self, store: Store, key: str, size: int) -> None:
        super().__init__()
        self.store = store
        self.key = key
        self.size = size
        self.position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("a position before the beginning")
        self.position = base + offset
        return self.position

    def readall(self) -> bytes:
        # The inherited one asks for 8 kB at a time.
        data = (
            self.store.read(self.key, self.position, left) if (left := self.size - self.position) > 0 else b""
        )
        self.position += len(data)
        return data

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        length = min(len(view), self.size - self.position)
        if length <= 0:
            return 0
        data = self.store.read(self.key, self.position, length)
        view[: len(data)] = data
        self.position += len(data)
        return len(data)


def make_store(settings: FileSettings, data_dir: Path) -> Store:
    """The store of an installation; no connection is made before it is first used."""
    if not settings.bucket:
        folder = data_dir / "files"
        return Store(lambda: LocalStore(folder, mkdir=True), folder)

    def connect() -> S3Store:
        access: S3Config = {
            "region": settings.region or "us-east-1",
            "access_key_id": settings.key,
            "secret_access_key": settings.secret,
        }
        if settings.endpoint:
            access["endpoint"] = settings.endpoint
        return S3Store(
            settings.bucket,
            prefix=settings.prefix or None,
            config=access,
            client_options={
                "allow_http": settings.endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=5),
                "timeout": timedelta(seconds=60),
            },
            retry_config={"max_retries": 3, "retry_timeout": _RETRY},
        )

    return Store(connect)
