"""The chain under savepoints, rollbacks, threads and tampering; every test on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit.chain import entry_hash
from agencyqa.audit.ddl import APPEND_ONLY_DOWN
from agencyqa.audit.events import UnknownEvent
from agencyqa.audit.models import AuditEntry, AuditHead
from agencyqa.audit.record import record, record_refusal
from agencyqa.audit.verification import Anchor, Break, Fault, verify
from agencyqa.auth.actor import system_actor
from tests.factories.accounts import NOW, make_bureau

ACTOR = system_actor("测试")
EVENT = "accounts.body.created"


def note(session: Session, body: Body, text: str) -> None:
    record(session, ACTOR, EVENT, body, now=NOW, note=text)


def notes(session: Session) -> list[str]:
    details = session.scalars(sa.select(AuditEntry.detail).order_by(AuditEntry.sequence))
    return [detail["note"] for detail in details if "note" in detail]


@pytest.fixture
def body(session: Session) -> Body:
    made = make_bureau(session)
    session.commit()
    return made


# ------------------------------------------------------------------------------------------------ what is written


def test_entries_wait_for_the_commit(session: Session, body: Body) -> None:
    note(session, body, "a")
    session.flush()
    assert notes(session) == []
    session.commit()
    assert notes(session) == ["a"]


def test_what_is_rolled_back_leaves_nothing(session: Session, body: Body) -> None:
    note(session, body, "gone")
    session.rollback()
    note(session, body, "kept")
    session.commit()
    assert notes(session) == ["kept"]
    assert verify(session).fault is None


def test_a_closed_session_forgets_what_was_not_committed(session: Session, body: Body) -> None:
    note(session, body, "gone")
    session.close()
    note(session, body, "kept")
    session.commit()
    assert notes(session) == ["kept"]


def test_a_savepoint_takes_its_entries_with_it(session: Session, body: Body) -> None:
    note(session, body, "before")
    inner = session.begin_nested()
    note(session, body, "undone")
    inner.rollback()
    with session.begin_nested():
        note(session, body, "released")
    note(session, body, "after")
    session.commit()
    assert notes(session) == ["before", "released", "after"]


def test_a_released_savepoint_goes_with_the_one_around_it(session: Session, body: Body) -> None:
    outer = session.begin_nested()
    with session.begin_nested():
        note(session, body, "released inside")
    outer.rollback()
    note(session, body, "kept")
    session.commit()
    assert notes(session) == ["kept"]


def test_a_failed_flush_in_a_savepoint_keeps_the_entries_before_it(session: Session, body: Body) -> None:
    note(session, body, "before")
    session.commit()
    note(session, body, "before the savepoint")
    savepoint = session.begin_nested()
    note(session, body, "undone")
    session.add(AuditHead(id=1, sequence=0, hash="a second head"))
    with pytest.raises(IntegrityError):
        session.flush()
    savepoint.rollback()
    session.commit()
    assert notes(session) == ["before", "before the savepoint"]


def test_a_commit_with_an_open_savepoint_writes_each_entry_once(session: Session, body: Body) -> None:
    note(session, body, "outside")
    session.begin_nested()
    note(session, body, "inside")
    session.commit()
    assert notes(session) == ["outside", "inside"]
    assert verify(session).fault is None


def test_the_hash_holds_whatever_zone_and_values_the_writer_had(session: Session, body: Body) -> None:
    shanghai = datetime(2024, 1, 1, 7, 59, 59, 123456, tzinfo=timezone(timedelta(hours=8)))
    record(
        session,
        ACTOR,
        EVENT,
        body,
        now=shanghai,
        bureau_id=body.id,
        changes={
            "name": ("旧", "新\n\u2028𠮷"),
            "version": (1, 2**70),
            "same": (1, 1),
            "on": (None, NOW.date()),
        },
        note="é",
        nested={"b": [1, None, True], "a": (2, 3)},
    )
    session.commit()
    session.expire_all()
    entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(1)).one()
    assert entry.detail["changes"] == {
        "name": ["旧", "新\n\u2028𠮷"],
        "version": [1, 2**70],
        "on": [None, "2022-06-15"],
    }
    assert (entry.at, entry.hash) == (shanghai.astimezone(UTC), entry_hash(entry))
    assert verify(session).fault is None


def test_a_value_that_would_not_read_the_same_is_refused(session: Session, body: Body) -> None:
    with pytest.raises(TypeError, match="float"):
        record(session, ACTOR, EVENT, body, now=NOW, note=0.1)


def test_an_event_without_a_label_is_refused_in_tests(app: Flask, session: Session, body: Body) -> None:
    with app.app_context(), pytest.raises(UnknownEvent, match=r"accounts\.body\.invented"):
        record(session, ACTOR, "accounts.body.invented", body, now=NOW)


# ------------------------------------------------------------------------------------------------ tampering


def update(**values: Any) -> Callable[[Session], None]:
    def tamper(session: Session) -> None:
        session.execute(sa.update(AuditEntry).where(AuditEntry.sequence == 3).values(**values))

    return tamper


def delete(sequence: int) -> Callable[[Session], None]:
    def tamper(session: Session) -> None:
        session.execute(sa.delete(AuditEntry).where(AuditEntry.sequence == sequence))

    return tamper


def insert(sequence: int) -> Callable[[Session], None]:
    def tamper(session: Session) -> None:
        columns = [column for column in AuditEntry.__table__.columns if column.name != "id"]
        row = dict(session.execute(sa.select(*columns).where(AuditEntry.sequence == 5)).one()._mapping)
        session.execute(sa.insert(AuditEntry).values({**row, "sequence": sequence}))

    return tamper


def head(**values: Any) -> Callable[[Session], None]:
    def tamper(session: Session) -> None:
        session.execute(sa.update(AuditHead).values(**values))

    return tamper


def drop_head(session: Session) -> None:
    session.execute(sa.delete(AuditHead))


def rewrite_one(session: Session) -> None:
    """A careful forger gives the changed entry its right hash."""
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.sequence == 3)).one()
    entry.actor_name = "别人"
    entry.hash = entry_hash(entry)
    session.flush()


def rewrite_all(session: Session) -> None:
    """A forger with every right rewrites the whole chain from the changed entry on, and its head."""
    entries = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.sequence)).all()
    entries[2].actor_name = "别人"
    for before, entry in pairwise(entries):
        entry.previous_hash = before.hash
        entry.hash = entry_hash(entry)
    session.flush()
    session.execute(sa.update(AuditHead).values(hash=entries[-1].hash))


@pytest.fixture
def five(session: Session, body: Body) -> Iterator[Session]:
    """A session whose chain has five entries and is no longer guarded by the database."""
    for text in "abcde":
        note(session, body, text)
    session.commit()
    for statement in APPEND_ONLY_DOWN[session.connection().dialect.name]:
        session.execute(sa.text(statement))
    assert (verify(session).entries, verify(session).fault) == (5, None)
    yield session
    session.rollback()


@pytest.mark.parametrize(
    ("tamper", "entries", "fault"),
    [
        (update(detail={"note": "x"}), 2, Break(3, Fault.CHANGED)),
        (update(actor_name="别人"), 2, Break(3, Fault.CHANGED)),
        (update(refused=True), 2, Break(3, Fault.CHANGED)),
        (update(at=NOW + timedelta(microseconds=1)), 2, Break(3, Fault.CHANGED)),
        (update(bureau_id=99), 2, Break(3, Fault.CHANGED)),
        (update(hash="0" * 64), 2, Break(3, Fault.CHANGED)),
        (update(previous_hash="0" * 64), 2, Break(3, Fault.UNLINKED)),
        (rewrite_one, 3, Break(4, Fault.UNLINKED)),
        (delete(1), 0, Break(1, Fault.MISSING)),
        (delete(3), 2, Break(3, Fault.MISSING)),
        (delete(5), 4, Break(5, Fault.MISSING)),
        (insert(6), 5, Break(6, Fault.EXTRA)),
        (insert(0), 0, Break(0, Fault.EXTRA)),
        (head(sequence=4), 4, Break(5, Fault.EXTRA)),
        (head(sequence=7), 5, Break(6, Fault.MISSING)),
        (head(hash="0" * 64), 5, Break(5, Fault.HEAD)),
        (drop_head, 0, Break(1, Fault.EXTRA)),
    ],
)
def test_tampering_is_found(
    five: Session, tamper: Callable[[Session], None], entries: int, fault: Break
) -> None:
    tamper(five)
    verification = verify(five)
    assert (verification.entries, verification.fault) == (entries, fault)


def test_a_chain_rewritten_as_a_whole_is_found_by_an_anchor(five: Session) -> None:
    before = verify(five)
    anchor = Anchor(before.entries, before.head)
    assert verify(five, anchor).fault is None
    rewrite_all(five)
    assert verify(five).fault is None
    assert verify(five, anchor).fault == Break(5, Fault.ANCHOR)
    assert verify(five, Anchor(6, "0" * 64)).fault == Break(6, Fault.ANCHOR)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entries SET actor_name = 'x'", "DELETE FROM audit_entries WHERE sequence = 1"]
)
def test_the_database_refuses_to_change_or_remove_an_entry(
    session: Session, body: Body, statement: str
) -> None:
    note(session, body, "a")
    session.commit()
    with pytest.raises(DatabaseError, match="only ever added"), session.begin_nested():
        session.execute(sa.text(statement))
    assert notes(session) == ["a"]


# ------------------------------------------------------------------------------------------------ writers at once


@pytest.fixture
def engine(real_database: str) -> Iterator[sa.Engine]:
    made = sa.create_engine(real_database)
    yield made
    made.dispose()


def test_writers_at_once_make_one_chain_without_gaps(engine: sa.Engine) -> None:
    writers, each = 4, 15
    start = threading.Barrier(writers)
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            start.wait()
            for turn in range(each):
                with Session(engine) as session:
                    record_refusal(session, ACTOR, EVENT, now=NOW, note=f"{number}-{turn}")
                    if turn % 5 == 4:
                        session.rollback()
                        record_refusal(session, ACTOR, EVENT, now=NOW, note=f"{number}-{turn} again")
                    session.commit()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with Session(engine) as session:
        written = notes(session)
        verification = verify(session)
    assert (verification.entries, verification.fault) == (writers * each, None)
    for number in range(writers):
        wanted = [f"{number}-{turn}" + (" again" if turn % 5 == 4 else "") for turn in range(each)]
        assert [text for text in written if text.startswith(f"{number}-")] == wanted


def test_a_check_while_others_write_finds_no_fault(engine: sa.Engine) -> None:
    end = threading.Event()
    failures: list[BaseException] = []

    def write() -> None:
        try:
            while not end.is_set():
                with Session(engine) as session:
                    record_refusal(session, ACTOR, EVENT, now=NOW, note="x")
                    session.commit()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        with Session(engine) as session:
            faults = []
            for _ in range(25):
                faults.append(verify(session).fault)
                session.rollback()
    finally:
        end.set()
        thread.join()
    assert (faults, failures) == ([None] * 25, [])
