"""Reading the chain again: is every entry still what was written, and is none missing?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.audit.chain import GENESIS, HEAD_ID, SEALED_FIELDS, entry_hash
from agencyqa.audit.models import AuditEntry, AuditHead

BATCH = 2000


class Fault(StrEnum):
    MISSING = "missing"  # The entry with this number is not there.
    EXTRA = "extra"  # An entry stands where the chain has none.
    UNLINKED = "unlinked"  # The entry does not continue the one before.
    CHANGED = "changed"  # The content does not match its own hash.
    HEAD = "head"  # The stored end of the chain is not the last entry.
    ANCHOR = "anchor"  # The entry is not the one whose hash was noted outside.


@dataclass(frozen=True)
class Break:
    """The first place where the chain does not hold."""

    sequence: int
    fault: Fault


@dataclass(frozen=True)
class Anchor:
    """A hash noted outside the database; it shows even a chain that was written anew as a whole."""

    sequence: int
    hash: str


@dataclass(frozen=True)
class Verification:
    """``entries`` hold; ``head`` is the hash of the last of them."""

    entries: int
    head: str
    fault: Break | None


def verify(session: Session, anchor: Anchor | None = None) -> Verification:
    """Recompute every hash in order. One pass, bounded memory, and writers may go on meanwhile."""
    # The highest number is read before the head: the head can only have moved on, so entries behind it were
    # never appended by the application.
    highest = session.scalar(sa.select(sa.func.max(AuditEntry.sequence))) or 0
    head = session.execute(
        sa.select(AuditHead.sequence, AuditHead.hash).where(AuditHead.id == HEAD_ID)
    ).one_or_none()
    end, end_hash = (head.sequence, head.hash) if head else (0, GENESIS)
    expected, previous = 0, GENESIS
    for row in _entries_in_order(session, end):
        fault = _fault(row, expected + 1, previous, anchor)
        if fault is not None:
            place = row.sequence if fault is Fault.EXTRA else expected + 1
            return Verification(expected, previous, Break(place, fault))
        expected, previous = row.sequence, row.hash
    broken: Break | None = None
    if expected < end:
        broken = Break(expected + 1, Fault.MISSING)
    elif highest > end:
        broken = Break(end + 1, Fault.EXTRA)
    elif previous != end_hash:
        broken = Break(end, Fault.HEAD)
    elif anchor is not None and anchor.sequence > expected:
        broken = Break(anchor.sequence, Fault.ANCHOR)
    return Verification(expected, previous, broken)


def _fault(row: Any, expected: int, previous: str, anchor: Anchor | None) -> Fault | None:
    if row.sequence != expected:
        return Fault.EXTRA if row.sequence < expected else Fault.MISSING
    if row.previous_hash != previous:
        return Fault.UNLINKED
    if row.hash != entry_hash(row):
        return Fault.CHANGED
    if anchor is not None and anchor.sequence == expected and anchor.hash != row.hash:
        return Fault.ANCHOR
    return None


def _entries_in_order(session: Session, end: int) -> Iterator[sa.Row[Any]]:
    columns = [getattr(AuditEntry, name) for name in (*SEALED_FIELDS, "hash")]
    statement = (
        sa.select(*columns).where(AuditEntry.sequence <= end).order_by(AuditEntry.sequence).limit(BATCH)
    )
    rows = session.execute(statement).all()
    while rows:
        yield from rows
        rows = session.execute(statement.where(AuditEntry.sequence > rows[-1].sequence)).all()
