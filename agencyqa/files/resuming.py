"""A file that comes in parts, so that a broken connection costs a part and not the file.

The bytes lie in ``<data>/partial`` of this machine, whatever the store: an object store takes no appending. Each part
goes straight into its place there, see ``turns``. When the form takes the file, ``uploads`` reads it like any other,
so that there is one place where contents are checked.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import or_
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.files import policies
from agencyqa.files.enums import UploadState
from agencyqa.files.models import PartialUpload

log = logging.getLogger(__name__)

FOLDER = "PARTIAL_FOLDER"
# After the last part, long enough for a weekend.
KEPT = timedelta(days=3)
# The ending of the file beside the bytes that tells senders apart, see ``turns``.
_COUNT = ".turns"


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


def count_of(path: Path) -> Path:
    return path.with_name(path.name + _COUNT)


def token_of(path: Path) -> str:
    """The upload to which a file of the folder belongs."""
    return path.name.removesuffix(_COUNT)


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
        lying = length_of(path_of(row.token))
        if lying is None:
            log.error("The bytes of the upload %d are not on this machine", row.id)
            return None
        # Less than the row says lies there after a power cut, or where a backup was put back.
        received = min(received, lying)
    return Incoming(row.id, row.token, row.place, row.file_name, row.size, received, row.location)


def length_of(path: Path) -> int | None:
    """In bytes; None for what does not lie there."""
    try:
        return path.stat().st_size
    except OSError:
        return None


def discard(token: str) -> None:
    """Take the bytes away; the hourly job comes after what stays."""
    path = path_of(token)
    try:
        path.unlink(missing_ok=True)
        count_of(path).unlink(missing_ok=True)
    except OSError:
        log.warning("The bytes of an upload could not be taken away")
