"""Comparing rows and store: is every content there, is it what its hash says, is anything there that nobody named?"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from agencyqa.clock import utc_now
from agencyqa.files.enums import FaultKind
from agencyqa.files.errors import StoreFull, StoreUnavailable
from agencyqa.files.models import FileCheck, FileFault, StoredFile
from agencyqa.files.services import CONTENTS, INCOMING, key_of
from agencyqa.files.store import PIECE, Store

# A night reads this much, the longest unread first: some minutes on an ordinary disk, and the whole store of most
# bureaus. The run would be given away after half an hour, so it also ends by the clock.
NIGHTLY_BYTES = 32 * 1024**3
NIGHTLY_SECONDS = 15 * 60
# Uploads of the day may be under way; what is older was broken off.
GRACE = timedelta(days=1)
_ROWS = 200_000
_SHARDS = [f"{number:02x}" for number in range(256)]
# Known anew by every comparison; the other kinds only where a content was read again.
_SEEN_EVERY_TIME = frozenset({FaultKind.MISSING, FaultKind.ORPHAN})


@dataclass(frozen=True)
class Found:
    kind: FaultKind
    key: str
    size: int | None
    detail: str = ""


@dataclass
class Look:
    """What one comparison saw; nothing of it is written yet."""

    begun_at: datetime
    faults: list[Found] = field(default_factory=list)
    # Hashes of the contents that were read, and the rows of those found whole.
    read: set[str] = field(default_factory=set)
    whole: list[int] = field(default_factory=list)
    bytes: int = 0
    cleared: int = 0


def look(
    session: Session,
    store: Store,
    now: datetime,
    *,
    budget: int | None = NIGHTLY_BYTES,
    seconds: float | None = NIGHTLY_SECONDS,
) -> Look:
    """Compare and read, without writing a row. Raise StoreUnavailable.

    The session's transaction only reads and is rolled back before the long part, so that nobody waits for it.
    """
    seen = Look(now)
    spoiled = _compare(session, store, now, seen)
    waiting = list(_waiting(session, budget))
    session.rollback()
    end = None if seconds is None else time.monotonic() + seconds
    for row_id, sha256, size in waiting:
        if sha256 in spoiled:
            continue
        if end is not None and time.monotonic() > end:
            break
        _read(store, row_id, sha256, size, seen)
    seen.cleared = store.clear(INCOMING, now - GRACE)
    return seen


def conclude(session: Session, seen: Look) -> FileCheck:
    """Write down what was seen: new faults, old ones that ended, when each content was last found whole."""
    now = utc_now()
    open_faults = {
        (fault.kind, fault.key): fault
        for fault in session.scalars(select(FileFault).where(FileFault.ended_at.is_(None)))
    }
    found = {(fault.kind, fault.key): fault for fault in seen.faults}
    for place, fault in open_faults.items():
        is_known_anew = fault.kind in _SEEN_EVERY_TIME or fault.key in seen.read or _is_missing(fault, found)
        if place not in found and is_known_anew:
            fault.ended_at = now
    for place, new in found.items():
        if place not in open_faults:
            session.add(
                FileFault(
                    kind=new.kind, key=new.key, size=new.size, detail=new.detail, found_at=seen.begun_at
                )
            )
    for start in range(0, len(seen.whole), 500):
        batch = seen.whole[start : start + 500]
        session.execute(
            update(StoredFile).where(StoredFile.id.in_(batch)).values(verified_at=seen.begun_at),
            execution_options={"synchronize_session": False},
        )
    check = FileCheck(
        begun_at=seen.begun_at,
        ended_at=max(now, seen.begun_at),
        files=len(seen.read),
        bytes=seen.bytes,
        faults=len(found),
        cleared=seen.cleared,
    )
    session.add(check)
    session.flush()
    return check


def _is_missing(fault: FileFault, found: dict[tuple[FaultKind, str], Found]) -> bool:
    """A damaged content that has since gone is missing, and no longer damaged."""
    return (FaultKind.MISSING, fault.key) in found


def _compare(session: Session, store: Store, now: datetime, seen: Look) -> set[str]:
    """Rows against the list of the store, a part of the hashes at a time; the hashes that need no reading."""
    spoiled = set()
    for shard in _SHARDS:
        # Rows first: what is kept meanwhile then seems without a row for a moment, and is too young to count.
        rows = _rows(session, shard)
        for entry in store.list(f"{CONTENTS}/{shard}/"):
            sha256 = entry.key.rpartition("/")[2]
            expected = rows.pop(sha256, None) if entry.key == key_of(sha256) else None
            if expected is None:
                if entry.changed_at < now - GRACE:
                    seen.faults.append(Found(FaultKind.ORPHAN, entry.key, entry.size))
            elif expected != entry.size:
                seen.faults.append(Found(FaultKind.DAMAGED, sha256, entry.size, f"{entry.size} ≠ {expected}"))
                seen.read.add(sha256)
                spoiled.add(sha256)
        for sha256, size in rows.items():
            seen.faults.append(Found(FaultKind.MISSING, sha256, size))
            spoiled.add(sha256)
    return spoiled


def _rows(session: Session, shard: str) -> dict[str, int]:
    statement = select(StoredFile.sha256, StoredFile.size).where(
        # "g" follows the last digit of a hash.
        StoredFile.sha256.between(shard, f"{shard}g")
    )
    return {row.sha256: row.size for row in session.execute(statement)}


def _waiting(session: Session, budget: int | None) -> Iterator[tuple[int, str, int]]:
    """What is to be read: contents with an open fault, then those whose last reading is the longest ago."""
    doubtful = select(FileFault.key).where(
        FileFault.ended_at.is_(None), FileFault.kind.in_((FaultKind.DAMAGED, FaultKind.UNREADABLE))
    )
    statement = select(StoredFile.id, StoredFile.sha256, StoredFile.size).order_by(
        StoredFile.sha256.in_(doubtful).desc(),
        StoredFile.verified_at.is_not(None),
        StoredFile.verified_at,
        StoredFile.id,
    )
    total = 0
    for row_id, sha256, size in session.execute(statement.limit(None if budget is None else _ROWS)):
        total += size
        # One content is read whatever its size, or a large one would never be.
        if budget is not None and total > budget and total != size:
            return
        yield row_id, sha256, size


def _read(store: Store, row_id: int, sha256: str, size: int, seen: Look) -> None:
    digest = hashlib.sha256()
    length = 0
    try:
        with store.open(key_of(sha256), size) as stream:
            while piece := stream.read(PIECE):
                digest.update(piece)
                length += len(piece)
    except FileNotFoundError:
        seen.faults.append(Found(FaultKind.MISSING, sha256, size))
        return
    except (StoreUnavailable, StoreFull) as error:
        if not store.is_ready():
            raise
        seen.read.add(sha256)
        seen.faults.append(Found(FaultKind.UNREADABLE, sha256, size, type(error.__cause__).__name__))
        return
    seen.read.add(sha256)
    seen.bytes += length
    if digest.hexdigest() == sha256:
        seen.whole.append(row_id)
    else:
        seen.faults.append(Found(FaultKind.DAMAGED, sha256, size, f"SHA-256 {digest.hexdigest()}"))
