from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.files import policies
from agencyqa.files.enums import ScanState, UploadState
from agencyqa.files.models import FileCheck, FileFault, PartialUpload, StoredFile
from agencyqa.web.tables import Key

FAULTS = (Key(FileFault.id, descending=True),)
# Those that end next stand first.
UNFINISHED = (Key(PartialUpload.expires_at), Key(PartialUpload.id))
_CHECKS_SHOWN = 10


@dataclass(frozen=True)
class Totals:
    """``bytes`` as they lie in the store: a content with several owners counts once. Of the files that still come in
    parts, ``unfinished_bytes`` have arrived.
    """

    files: int
    bytes: int
    never_read: int
    by_scan: dict[ScanState, int]
    unfinished: int
    unfinished_bytes: int


def totals(session: Session) -> Totals:
    rows = session.execute(
        select(
            StoredFile.scan_state,
            func.count(),
            func.sum(StoredFile.size),
            func.count().filter(StoredFile.verified_at.is_(None)),
        ).group_by(StoredFile.scan_state)
    ).all()
    return Totals(
        sum(row[1] for row in rows),
        sum(int(row[2]) for row in rows),
        sum(row[3] for row in rows),
        {row[0]: row[1] for row in rows},
        *_unfinished(session),
    )


def _unfinished(session: Session) -> tuple[int, int]:
    statement = select(func.count(), func.coalesce(func.sum(PartialUpload.received), 0))
    count, received = session.execute(statement.where(PartialUpload.state == UploadState.OPEN)).one()
    return count, int(received)


def unfinished_rows(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The names of the files stay with their senders."""
    return policies.unfinished(actor).with_only_columns(
        PartialUpload.id,
        PartialUpload.membership_id,
        PartialUpload.place,
        PartialUpload.size,
        PartialUpload.received,
        PartialUpload.created_at,
        PartialUpload.expires_at,
    )


def latest_checks(session: Session) -> list[FileCheck]:
    return list(session.scalars(select(FileCheck).order_by(FileCheck.id.desc()).limit(_CHECKS_SHOWN)))


def open_faults() -> Select[*tuple[Any, ...]]:
    return select(
        FileFault.id, FileFault.kind, FileFault.key, FileFault.size, FileFault.detail, FileFault.found_at
    ).where(FileFault.ended_at.is_(None))
