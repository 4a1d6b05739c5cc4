"""The hash chain over audit entries: how entries are sealed when a transaction commits.

Entries wait in the session until the transaction commits. Only then is the head row locked, so that writers
queue for the shortest time and always in the same order after their own row locks.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, SessionTransaction

from agencyqa.audit.models import AuditEntry, AuditHead

GENESIS = hashlib.sha256(b"AgencyQA audit chain").hexdigest()
HEAD_ID = 1
SEALED_FIELDS = (
    "sequence",
    "at",
    "event",
    "refused",
    "actor_user_id",
    "actor_membership_id",
    "actor_body_id",
    "actor_name",
    "bureau_id",
    "target_type",
    "target_id",
    "detail",
    "request_id",
    "previous_hash",
)
_PENDING = "agencyqa_audit_pending"


class Sealed(Protocol):
    """An entry, or a row of its columns: anything with the fields of ``SEALED_FIELDS``."""

    @property
    def at(self) -> datetime: ...


def entry_hash(entry: Sealed) -> str:
    content: dict[str, Any] = {name: getattr(entry, name) for name in SEALED_FIELDS}
    # The database gives times back in UTC, whatever zone the writer's clock had.
    content["at"] = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def append(session: Session, entry: AuditEntry) -> None:
    """Queue an entry; it is written when, and only when, the session's transaction commits."""
    if not session.in_transaction():
        # A rollback of a session that has begun nothing is silent, and the entry would stay for the next commit.
        session.begin()
    around: list[SessionTransaction] = []
    transaction = session.get_nested_transaction()
    while transaction is not None:
        around.append(transaction)
        transaction = transaction.parent
    session.info.setdefault(_PENDING, []).append((entry, around))


def pending_bureaus(session: Session) -> set[int]:
    """The bureaus in whose matters the transaction has written so far."""
    return {entry.bureau_id for entry, _ in session.info.get(_PENDING, ()) if entry.bureau_id is not None}


@event.listens_for(Session, "before_commit")
def _seal(session: Session) -> None:
    if session.get_nested_transaction() is not None:
        # A savepoint inside a service is not the end of the transaction.
        return
    if not session.info.get(_PENDING):
        return
    # A flush may run code that records more, so the queue is taken after it.
    session.flush()
    entries: list[AuditEntry] = [entry for entry, _ in session.info.pop(_PENDING)]
    sequence, previous = _locked_head(session)
    for entry in entries:
        sequence += 1
        entry.sequence = sequence
        entry.previous_hash = previous
        previous = entry.hash = entry_hash(entry)
    session.add_all(entries)
    session.flush()
    session.execute(_head_update().values(sequence=sequence, hash=previous))


def _head_update() -> sa.Update:
    return sa.update(AuditHead).where(AuditHead.id == HEAD_ID).execution_options(synchronize_session=False)


def _locked_head(session: Session) -> tuple[int, str]:
    """Sequence and hash of the last entry; the row stays locked until the transaction ends.

    The lock is taken by a write, because SQLite knows no other, and a transaction of SQLite that only read so far
    would fail at once when it has to wait for a writer later.
    """
    lock = _head_update().values(sequence=AuditHead.sequence).returning(AuditHead.sequence, AuditHead.hash)
    row = session.execute(lock).one_or_none()
    if row is None:
        insert = postgresql.insert if session.connection().dialect.name == "postgresql" else sqlite.insert
        first = insert(AuditHead).values(id=HEAD_ID, sequence=0, hash=GENESIS)
        session.execute(first.on_conflict_do_nothing(index_elements=["id"]))
        row = session.execute(lock).one()
    return row.sequence, row.hash


@event.listens_for(Session, "after_soft_rollback")
def _forget_savepoint(session: Session, previous: SessionTransaction) -> None:
    """Drop what was recorded inside a savepoint that is undone, also in savepoints it held that were released.

    A failed flush comes here too, as a transaction of its own that holds no entries.
    """
    pending = session.info.get(_PENDING)
    if pending and previous.nested:
        session.info[_PENDING] = [item for item in pending if previous not in item[1]]


@event.listens_for(Session, "after_transaction_end")
def _forget_transaction(session: Session, transaction: SessionTransaction) -> None:
    """However a transaction ends, also by ``close``, nothing of it waits for the next one."""
    if transaction.parent is None:
        session.info.pop(_PENDING, None)
