"""What this area does by itself; when stands in ``jobs.schedule``."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import system_actor
from agencyqa.db import reading
from agencyqa.errors import AgencyQAError
from agencyqa.files.enums import ScanState
from agencyqa.files.models import StoredFile
from agencyqa.files.owned import bureaus_of
from agencyqa.files.scanning import Address, ScannerDown, Verdict, is_up, scan
from agencyqa.files.services import current_store, open_content
from agencyqa.files.services.uploading import expire
from agencyqa.files.verification import conclude, look

# The next run comes after a quarter of an hour, and a run's own record is lost after half an hour.
_SCAN_SECONDS = 10 * 60
_SCAN_ROWS = 2000
# What the scanner could not judge, a file too large for it for instance, is not sent again with every run.
_TRY_AGAIN = timedelta(days=1)
_WAITING = (ScanState.NOT_SCANNED, ScanState.SCANNER_DOWN)


def verify(session: Session, now: datetime) -> int:
    """Compare rows and store and read a part of the contents; the number read. Raise StoreUnavailable."""
    with reading():
        seen = look(session, current_store(), now)
    return conclude(session, seen).files


def scan_waiting(session: Session, now: datetime) -> int | None:
    """Have the scanner look at what it has not seen; the number of verdicts, None where no scanner is set."""
    files = current_app.config["SETTINGS"].files
    if not files.scanner:
        return None
    with reading():
        waiting = _waiting(session, now)
        # The scanner takes its time, and nobody else should wait for it.
        session.rollback()
    verdicts, is_down = _verdicts(files.scanner_address, waiting)
    for file_id, verdict in verdicts.items():
        stored = session.get_one(StoredFile, file_id)
        stored.scan_state, stored.scan_detail, stored.scanned_at = verdict.state, verdict.detail, now
        if verdict.state is ScanState.INFECTED:
            _record(session, stored, verdict, now)
    if is_down:
        session.execute(
            update(StoredFile)
            .where(StoredFile.scan_state == ScanState.NOT_SCANNED, StoredFile.scanned_at.is_(None))
            .values(scan_state=ScanState.SCANNER_DOWN),
            execution_options={"synchronize_session": False},
        )
    return len(verdicts)


def _record(session: Session, stored: StoredFile, verdict: Verdict, now: datetime) -> None:
    """Each bureau in whose matters the content stands reads of it, and of none of the others."""
    bureaus: list[int | None] = [*bureaus_of(session, stored.id)]
    for bureau_id in bureaus or [None]:
        record(
            session,
            system_actor("jobs"),
            "files.file.infected",
            stored,
            now=now,
            bureau_id=bureau_id,
            sha256=stored.sha256,
            detail=verdict.detail,
        )


def _waiting(session: Session, now: datetime) -> list[tuple[int, str, int]]:
    statement = (
        select(StoredFile.id, StoredFile.sha256, StoredFile.size)
        .where(
            StoredFile.scan_state.in_(_WAITING),
            or_(StoredFile.scanned_at.is_(None), StoredFile.scanned_at < now - _TRY_AGAIN),
        )
        .order_by(StoredFile.id)
        .limit(_SCAN_ROWS)
    )
    return [(row.id, row.sha256, row.size) for row in session.execute(statement)]


def _verdicts(address: Address, waiting: list[tuple[int, str, int]]) -> tuple[dict[int, Verdict], bool]:
    """What the scanner said of each, and whether it is away."""
    store = current_store()
    verdicts: dict[int, Verdict] = {}
    end = time.monotonic() + _SCAN_SECONDS
    for file_id, sha256, size in waiting:
        if time.monotonic() > end:
            break
        try:
            with open_content(store, sha256, size) as stream:
                verdicts[file_id] = scan(address, stream)
        except ScannerDown:
            if not is_up(address):
                return verdicts, True
        except AgencyQAError:
            # The nightly comparison reports what cannot be read.
            continue
    return verdicts, False


JOBS: dict[str, Callable[[Session, datetime], int | None]] = {
    "files.verify": verify,
    "files.scan": scan_waiting,
    "files.expire_uploads": expire,
}
