"""A file that comes in parts, so that a broken connection costs a part and not the file.

The bytes lie in ``<data>/partial`` of this machine, whatever the store: an object store takes no appending. A lock on
that file and an update that names the offset it found let one of two senders win. When the form takes the file,
``uploads`` reads it like any other, so that there is one place where contents are checked.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from flask import current_app
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor, system_actor
from agencyqa.errors import NotVisible
from agencyqa.files import policies
from agencyqa.files.arriving import too_large
from agencyqa.files.enums import UploadState
from agencyqa.files.errors import FileRefused, NoRoomForPart, StoreFull, WrongOffset
from agencyqa.files.models import PartialUpload
from agencyqa.files.services import Staged
from agencyqa.files.store import is_no_room
from agencyqa.web import bodies

log = logging.getLogger(__name__)

FOLDER = "PARTIAL_FOLDER"
# After the last part, long enough for a weekend.
KEPT = timedelta(days=3)
OPEN_AT_ONCE = 5
# One that nobody has continued for so long makes room for another of the same person.
IDLE = timedelta(hours=1)
_EXPIRED_AT_ONCE = 1000
_COPYING = 1024 * 1024


@dataclass(frozen=True)
class Incoming:
    """An upload as it was read, for the time in which no transaction is open."""

    id: int
    token: str
    place: str
    file_name: str
    size: int
    received: int
    location: str | None

    @property
    def path(self) -> Path:
        return path_of(self.token)


def path_of(token: str) -> Path:
    """Only for tokens that a row holds, never for one that a request names."""
    return Path(current_app.config[FOLDER]) / token


def find(actor: Actor, session: Session, token: str, *, now: datetime) -> Incoming | None:
    """An upload of this membership that goes on or was taken; None for any other."""
    row = session.scalars(
        policies.visible_to(actor).where(
            PartialUpload.token == token,
            or_(
                PartialUpload.state == UploadState.TAKEN,
                (PartialUpload.state == UploadState.OPEN) & (PartialUpload.expires_at > now),
            ),
        )
    ).one_or_none()
    if row is None:
        return None
    received = row.received
    if row.state is UploadState.OPEN:
        lying = _length(path_of(row.token))
        if lying is None:
            log.error("The bytes of the upload %d are not on this machine", row.id)
            return None
        # Less than the row says lies there after a power cut, or where a backup was put back.
        received = min(received, lying)
    return Incoming(row.id, row.token, row.place, row.file_name, row.size, received, row.location)


def _length(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def open_upload(
    actor: Actor, session: Session, *, place: str, name: str, size: int, now: datetime
) -> PartialUpload:
    """Raise FileRefused for what would be refused at the end whatever it held, and StoreFull. ``name`` is cleaned."""
    if size <= 0:
        raise FileRefused("file_empty")
    if size > current_app.config[bodies.LIMIT]:
        raise too_large()
    _make_room(actor, session, now)
    folder = Path(current_app.config[FOLDER])
    if shutil.disk_usage(folder).free < size:
        raise StoreFull
    upload = PartialUpload(
        token=secrets.token_urlsafe(32),
        membership_id=actor.membership_id,
        place=place,
        file_name=name,
        size=size,
        received=0,
        state=UploadState.OPEN,
        created_at=now,
        expires_at=now + KEPT,
    )
    session.add(upload)
    session.flush()
    try:
        path_of(upload.token).open("xb").close()
    except OSError as error:
        raise StoreFull from error
    record(session, actor, "files.upload.opened", upload, now=now, file_name=name, size=size)
    return upload


def _make_room(actor: Actor, session: Session, now: datetime) -> None:
    """Nobody fills the disk with beginnings: the longest idle one goes, or the new one is refused."""
    open_ones = session.scalars(
        policies.visible_to(actor)
        .where(PartialUpload.state == UploadState.OPEN, PartialUpload.expires_at > now)
        .order_by(PartialUpload.expires_at, PartialUpload.id)
    ).all()
    if len(open_ones) < OPEN_AT_ONCE:
        return
    oldest = open_ones[0]
    if oldest.expires_at > now + KEPT - IDLE:
        raise FileRefused("upload_too_many", status=429, maximum=OPEN_AT_ONCE)
    end(actor, session, oldest.id, UploadState.GIVEN_UP, now=now)
    discard(oldest.token)


@contextmanager
def appending(
    session: Session, upload: Incoming, offset: int, part: IO[bytes], length: int, *, now: datetime
) -> Iterator[None]:
    """Put a part behind what is there; inside, its bytes are there and the caller commits the new offset.

    Raise WrongOffset where another sender was first, NotVisible where the upload has ended meanwhile, NoRoomForPart.
    Parts stand in no audit entry: a file has dozens, and its opening and its end tell all there is to tell.
    """
    with _held(upload) as file:
        row = session.execute(
            select(PartialUpload.received, PartialUpload.state).where(PartialUpload.id == upload.id)
        ).one()
        # The disk may take its time, and nobody should wait for it in the database.
        session.rollback()
        if row.state is not UploadState.OPEN:
            raise NotVisible
        here = min(row.received, os.fstat(file.fileno()).st_size)
        if here != offset:
            raise WrongOffset(here)
        _write(file, offset, part)
        moved = session.execute(
            update(PartialUpload)
            .where(
                PartialUpload.id == upload.id,
                PartialUpload.state == UploadState.OPEN,
                PartialUpload.received == row.received,
            )
            .values(received=offset + length, expires_at=now + KEPT)
            .execution_options(synchronize_session=False)
        )
        if not moved.rowcount:  # type: ignore[attr-defined]
            session.rollback()
            raise NotVisible
        yield


def _write(file: IO[bytes], offset: int, part: IO[bytes]) -> None:
    try:
        file.seek(offset)
        shutil.copyfileobj(part, file, _COPYING)
        # What a process that was killed has left behind the offset goes.
        file.truncate()
        # A process killed afterwards loses nothing. After a power cut the file may be shorter than the row says,
        # see ``find``, and what is damaged in it has another hash than the script names at the end.
        file.flush()
    except OSError as error:
        if is_no_room(error):
            raise NoRoomForPart from error
        raise


@contextmanager
def _held(upload: Incoming) -> Iterator[IO[bytes]]:
    """The file, locked against other threads and workers; the lock goes with the process that holds it."""
    try:
        opened = upload.path.open("r+b")
    except FileNotFoundError:
        raise NotVisible from None
    with opened as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def compare(upload: Incoming, staged: Staged, claimed: str) -> None:
    """Raise FileRefused unless the content is what the sender chose, as far as he said."""
    if staged.size != upload.size or (claimed and claimed.lower() != staged.sha256):
        raise FileRefused("upload_differs")


def end(actor: Actor, session: Session, upload_id: int, state: UploadState, *, now: datetime) -> bool:
    """Whether it was this call that ended it; of two that come at once, one does."""
    if not _end(session, upload_id, state, now):
        return False
    row = session.get_one(PartialUpload, upload_id)
    event = f"files.upload.{state.value}"
    record(session, actor, event, row, now=now, file_name=row.file_name, size=row.size)
    return True


def _end(session: Session, upload_id: int, state: UploadState, now: datetime) -> bool:
    ended = session.execute(
        update(PartialUpload)
        .where(PartialUpload.id == upload_id, PartialUpload.state == UploadState.OPEN)
        .values(state=state, ended_at=now)
    )
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def take(session: Session, upload: Incoming, *, now: datetime) -> bool:
    """Claim it for the form whose transaction this is: whoever else wants it waits, and then gets False."""
    return _end(session, upload.id, UploadState.TAKEN, now)


def conclude(
    actor: Actor, session: Session, upload: Incoming, location: str, sha256: str, *, now: datetime
) -> None:
    row = session.get_one(PartialUpload, upload.id)
    row.location = location
    record(
        session,
        actor,
        "files.upload.taken",
        row,
        now=now,
        file_name=row.file_name,
        size=row.size,
        sha256=sha256,
    )


def discard(token: str) -> None:
    """Take the bytes away; the hourly job comes after what stays."""
    try:
        path_of(token).unlink(missing_ok=True)
    except OSError:
        log.warning("The bytes of an upload could not be taken away")


def expire(session: Session, now: datetime) -> int:
    """End what nobody has continued for three days, and clear bytes without an open upload; the number ended."""
    actor = system_actor("jobs")
    old = session.execute(
        select(PartialUpload.id, PartialUpload.token)
        .where(PartialUpload.state == UploadState.OPEN, PartialUpload.expires_at <= now)
        .order_by(PartialUpload.expires_at, PartialUpload.id)
        .limit(_EXPIRED_AT_ONCE)
    ).all()
    count = 0
    for upload_id, token in old:
        if end(actor, session, upload_id, UploadState.EXPIRED, now=now):
            discard(token)
            count += 1
    _sweep(session, now)
    return count


def _sweep(session: Session, now: datetime) -> None:
    """A process killed between its commit and its tidying leaves bytes that no open upload names."""
    wanted = set(session.scalars(select(PartialUpload.token).where(PartialUpload.state == UploadState.OPEN)))
    before = (now - IDLE).timestamp()
    for path in Path(current_app.config[FOLDER]).iterdir():
        try:
            if path.name not in wanted and path.stat().st_mtime < before:
                path.unlink()
        except OSError as error:
            if error.errno != errno.ENOENT:
                log.warning("The bytes of an upload could not be taken away")
