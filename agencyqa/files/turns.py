"""Who may write the bytes of an upload: they go straight into their place, so two senders must not mix theirs.

The first sender of a part writes in place, and holds a lock on the bytes while his part arrives. Whoever comes beside
him, because the first one's line may have died without a word, puts his part aside until it is whole: of two the one
that is whole first counts, and neither waits for the other. A second file has one byte for each part that took the
place of another's. It is locked for each piece that is written, and whoever finds it longer than when he began writes
nothing more. Locks go with the process that holds them.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import IO, Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from agencyqa.errors import NotVisible
from agencyqa.files.enums import UploadState
from agencyqa.files.errors import NoRoomForPart, WrongOffset
from agencyqa.files.models import PartialUpload
from agencyqa.files.resuming import KEPT, Incoming, count_of
from agencyqa.files.store import PIECE, is_no_room
from agencyqa.web import bodies


class Turn:
    """One part on its way. ``write`` takes its pieces as they come; ``counted`` makes it count.

    Raise WrongOffset where another sender was first, NotVisible where the upload has ended meanwhile, NoRoomForPart.
    """

    def __init__(
        self, session: Session, upload: Incoming, offset: int, file: IO[bytes], count: IO[bytes]
    ) -> None:
        self._session = session
        self._upload = upload
        self._offset = offset
        self._file = file
        self._count = count
        self._length = 0

    def write(self, data: bytes) -> None:
        raise NotImplementedError

    @contextmanager
    def counted(self, now: datetime) -> Iterator[int]:
        """Inside, the bytes are in their place and the caller commits the offset that is given.

        Parts stand in no audit entry: a file has dozens, and its opening and its end tell all there is to tell.
        """
        with self._locked():
            known = self._settle()
            moved = self._session.execute(
                update(PartialUpload)
                .where(
                    PartialUpload.id == self._upload.id,
                    PartialUpload.state == UploadState.OPEN,
                    PartialUpload.received == known,
                )
                .values(received=self._offset + self._length, expires_at=now + KEPT)
                .execution_options(synchronize_session=False)
            )
            if not moved.rowcount:  # type: ignore[attr-defined]
                self._session.rollback()
                raise NotVisible
            # A process killed from here on loses nothing. After a power cut the file may be shorter than the row says,
            # see ``find``, and what is damaged in it has another hash than the script names at the end.
            yield self._offset + self._length

    def _settle(self) -> int:
        """Put the part in its place, and say what the row says of the bytes before it."""
        raise NotImplementedError

    @contextmanager
    def _locked(self) -> Iterator[None]:
        fcntl.flock(self._count, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._count, fcntl.LOCK_UN)

    def _look(self) -> tuple[int, int]:
        """What the row says has arrived, and what of it lies there."""
        row = self._session.execute(
            select(PartialUpload.received, PartialUpload.state).where(PartialUpload.id == self._upload.id)
        ).one()
        # The disk may take its time, and nobody should wait for it in the database.
        self._session.rollback()
        if row.state is not UploadState.OPEN:
            raise NotVisible
        return row.received, min(row.received, os.fstat(self._file.fileno()).st_size)

    def _parts(self) -> int:
        return os.fstat(self._count.fileno()).st_size

    def _find(self) -> int:
        """What the row says has arrived, where the part begins at the end of what lies there."""
        known, here = self._look()
        if here != self._offset:
            raise WrongOffset(here)
        return known

    def _clear(self) -> None:
        """What a process that was killed, or a slower sender, has left behind the offset goes."""
        os.ftruncate(self._file.fileno(), self._offset)


class _Straight(Turn):
    """For whoever is alone: each piece goes into its place as it comes."""

    def begin(self) -> None:
        with self._locked():
            self._known = self._find()
            self._clear()
            self._counted = self._parts()

    def write(self, data: bytes) -> None:
        with self._locked():
            self._check()
            _write(self._file, data, self._offset + self._length)
        self._length += len(data)

    def _settle(self) -> int:
        self._check()
        return self._known

    def _check(self) -> None:
        if self._parts() != self._counted:
            raise WrongOffset(self._look()[1])


class _Aside(Turn):
    """For whoever comes beside another: the pieces wait in a file of their own until all are there."""

    def __init__(self, *given: Any, aside: IO[bytes]) -> None:
        super().__init__(*given)
        self._aside = aside

    def write(self, data: bytes) -> None:
        _write(self._aside, data, self._length)
        self._length += len(data)

    def _settle(self) -> int:
        known = self._find()
        # Before any byte of the other one goes: should we be stopped from here on, by a full disk for instance, he
        # must see it and not go on behind a gap.
        _write(self._count, b"+", self._parts())
        self._clear()
        self._aside.seek(0)
        at = self._offset
        while data := self._aside.read(PIECE):
            _write(self._file, data, at)
            at += len(data)
        return known


def _write(file: IO[bytes], data: bytes, at: int) -> None:
    left = memoryview(data)
    try:
        while left:
            written = os.pwrite(file.fileno(), left, at)
            left, at = left[written:], at + written
    except OSError as error:
        if is_no_room(error):
            raise NoRoomForPart from error
        raise


@contextmanager
def turn(session: Session, upload: Incoming, offset: int) -> Iterator[Turn]:
    """The turn of whoever sends the part that begins at ``offset``. Raise as a ``Turn`` does."""
    with ExitStack() as held:
        try:
            file = held.enter_context(upload.path.open("r+b", buffering=0))
            count = held.enter_context(count_of(upload.path).open("a+b", buffering=0))
        except FileNotFoundError:
            raise NotVisible from None
        given = (session, upload, offset, file, count)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            folder = current_app.config[bodies.FOLDER]
            aside = held.enter_context(tempfile.TemporaryFile("w+b", buffering=0, dir=folder))
            yield _Aside(*given, aside=aside)
            return
        straight = _Straight(*given)
        straight.begin()
        yield straight
