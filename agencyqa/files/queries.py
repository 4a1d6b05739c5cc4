from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from agencyqa.files.enums import ScanState
from agencyqa.files.models import FileCheck, FileFault, StoredFile
from agencyqa.web.tables import Key

FAULTS = (Key(FileFault.id, descending=True),)
_CHECKS_SHOWN = 10


@dataclass(frozen=True)
class Totals:
    """``bytes`` as they lie in the store: a content with several owners counts once."""

    files: int
    bytes: int
    never_read: int
    by_scan: dict[ScanState, int]


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
    )


def latest_checks(session: Session) -> list[FileCheck]:
    return list(session.scalars(select(FileCheck).order_by(FileCheck.id.desc()).limit(_CHECKS_SHOWN)))


def open_faults() -> Select[FileFault]:
    return select(FileFault).where(FileFault.ended_at.is_(None))
