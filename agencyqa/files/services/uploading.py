"""The beginning and the end of a file that comes in parts. Each leaves an entry in the log."""

from __future__ import annotations

import errno
import logging
import secrets
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from agencyqa.audit.chain import pending_bureaus
from agencyqa.audit.models import AuditEntry
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor, system_actor
from agencyqa.errors import Forbidden, WrongState
from agencyqa.files import policies
from agencyqa.files.arriving import too_large
from agencyqa.files.enums import UploadAction, UploadState
from agencyqa.files.errors import FileRefused, StoreFull
from agencyqa.files.models import PartialUpload
from agencyqa.files.resuming import FOLDER, KEPT, Incoming, discard, length_of, path_of, token_of
from agencyqa.files.services import Staged
from agencyqa.files.workflow import ended_by
from agencyqa.web import bodies

log = logging.getLogger(__name__)

OPEN_AT_ONCE = 5
# One that nobody has continued for so long makes room for another of the same person.
IDLE = timedelta(hours=1)
_EXPIRED_AT_ONCE = 1000


def open_upload(
    actor: Actor, session: Session, *, place: str, name: str, size: int, now: datetime
) -> tuple[PartialUpload, str | None]:
    """The upload, and the token of the one that made room for it: the caller takes its bytes away after his commit.

    Raise FileRefused for what would be refused at the end whatever it held, and StoreFull; then no other upload has
    lost anything. ``name`` is cleaned.
    """
    if size <= 0:
        raise FileRefused("file_empty")
    if size > current_app.config[bodies.LIMIT]:
        raise too_large()
    idle = _in_the_way(actor, session, now)
    room = shutil.disk_usage(Path(current_app.config[FOLDER])).free
    if idle is not None:
        room += length_of(path_of(idle.token)) or 0
    if room < size:
        raise StoreFull
    replaced = None
    if idle is not None and end(actor, session, idle.id, UploadAction.GIVE_UP, now=now):
        replaced = idle.token
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
    # Only an officer's own: what others begin is no matter of a bureau before it is handed in to it.
    record(
        session,
        actor,
        "files.upload.opened",
        upload,
        now=now,
        bureau_id=actor.bureau_id,
        file_name=name,
        size=size,
    )
    return upload, replaced


def _in_the_way(actor: Actor, session: Session, now: datetime) -> PartialUpload | None:
    """Nobody fills the disk with beginnings: the longest idle one has to go, or the new one is refused."""
    open_ones = session.scalars(
        policies.visible_to(actor)
        .where(PartialUpload.state == UploadState.OPEN, PartialUpload.expires_at > now)
        .order_by(PartialUpload.expires_at, PartialUpload.id)
    ).all()
    if len(open_ones) < OPEN_AT_ONCE:
        return None
    oldest = open_ones[0]
    if oldest.expires_at > now + KEPT - IDLE:
        raise FileRefused("upload_too_many", status=429, maximum=OPEN_AT_ONCE)
    return oldest


def compare(upload: Incoming, staged: Staged, claimed: str) -> None:
    """Raise FileRefused unless the content is what the sender chose, as far as he said."""
    if staged.size != upload.size or (claimed and claimed.lower() != staged.sha256):
        raise FileRefused("upload_differs")


def end(actor: Actor, session: Session, upload_id: int, action: UploadAction, *, now: datetime) -> bool:
    """Whether it was this call that ended it; of two that come at once, one does."""
    if not _end(session, upload_id, action, now):
        return False
    row = session.get_one(PartialUpload, upload_id)
    event = f"files.upload.{row.state.value}"
    if action is UploadAction.DISCARD:
        # The officers of the bureau for which an administrator works read what he did, and not how somebody else, of
        # another bureau perhaps, called what was never handed in.
        record(session, actor, event, row, now=now, bureau_id=actor.bureau_id, size=row.size)
    else:
        record(
            session,
            actor,
            event,
            row,
            now=now,
            bureau_id=_bureau_of(session, row),
            file_name=row.file_name,
            size=row.size,
        )
    return True


def _bureau_of(session: Session, upload: PartialUpload) -> int | None:
    """The bureau that read of its beginning reads of its end, whoever brings that about."""
    return session.scalars(
        select(AuditEntry.bureau_id).where(
            AuditEntry.target_type == PartialUpload.__tablename__,
            AuditEntry.target_id == upload.id,
            AuditEntry.event == "files.upload.opened",
        )
    ).first()


def discard_of_another(actor: Actor, session: Session, upload: PartialUpload, *, now: datetime) -> None:
    """By the administrator; the caller takes the bytes away after his commit. Raise WrongState where it has ended."""
    if not policies.can_discard(actor):
        raise Forbidden()
    if not end(actor, session, upload.id, UploadAction.DISCARD, now=now):
        raise WrongState("upload_has_ended")


def _end(session: Session, upload_id: int, action: UploadAction, now: datetime) -> bool:
    ended = session.execute(
        update(PartialUpload)
        .where(PartialUpload.id == upload_id, PartialUpload.state == UploadState.OPEN)
        .values(state=ended_by(action), ended_at=now)
    )
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def take(session: Session, upload: Incoming, *, now: datetime) -> bool:
    """Claim it for the form whose transaction this is: whoever else wants it waits, and then gets False."""
    return _end(session, upload.id, UploadAction.TAKE, now)


def conclude(
    actor: Actor, session: Session, upload: Incoming, location: str, sha256: str, *, now: datetime
) -> None:
    row = session.get_one(PartialUpload, upload.id)
    row.location = location
    bureaus = pending_bureaus(session)
    record(
        session,
        actor,
        "files.upload.taken",
        row,
        now=now,
        # That in whose matters the form has just written; a form for several is read of by none of them here.
        bureau_id=bureaus.pop() if len(bureaus) == 1 else actor.bureau_id,
        file_name=row.file_name,
        size=row.size,
        sha256=sha256,
    )


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
        if end(actor, session, upload_id, UploadAction.EXPIRE, now=now):
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
            if token_of(path) not in wanted and path.stat().st_mtime < before:
                path.unlink()
        except OSError as error:
            if error.errno != errno.ENOENT:
                log.warning("The bytes of an upload could not be taken away")
