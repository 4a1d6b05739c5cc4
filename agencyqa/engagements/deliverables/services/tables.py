"""Dated tables of what a kind of work needs: the shipped reference and the bureaus' own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.table_locks import change_tables
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor, system_actor
from agencyqa.clock import day_before
from agencyqa.engagements.deliverables.models import RequirementTable
from agencyqa.engagements.deliverables.policies import can_enter_tables
from agencyqa.engagements.deliverables.requirements import (
    SHIPPED,
    SHIPPED_FROM,
    SHIPPED_PROVISION,
    SHIPPED_SOURCE,
    SHIPPED_TAG,
    Requirement,
)
from agencyqa.engagements.deliverables.services.deadlines import LONGEST_TERM
from agencyqa.errors import Forbidden, Invalid
from agencyqa.measures.enums import Tag, WorkKind

# More would hardly be asked for, and is a slip of the pen.
MOST_FILES = 20


@dataclass(frozen=True)
class TableData:
    work_kind: WorkKind | None
    valid_from: date
    source: str
    items: Sequence[Requirement]


def load_requirement_tables(session: Session, now: datetime) -> int:
    """Add the reference that comes with the programme; a second call changes nothing. Returns the rows added."""
    shipped = select(RequirementTable.id).where(
        RequirementTable.bureau_id.is_(None), RequirementTable.valid_from == SHIPPED_FROM
    )
    if session.scalars(shipped).first() is not None:
        return 0
    table = RequirementTable(
        bureau_id=None,
        work_kind=None,
        valid_from=SHIPPED_FROM,
        items=[item.as_json() for item in SHIPPED],
        source=SHIPPED_SOURCE,
        provision_key=SHIPPED_PROVISION,
        tag=SHIPPED_TAG,
        entered_at=now,
    )
    session.add(table)
    session.flush()
    _record(system_actor("reference data"), session, table, "loaded", now)
    return 1


def enter_table(actor: Actor, session: Session, data: TableData, *, now: datetime) -> RequirementTable:
    """The bureau's own, for contracts signed from ``valid_from`` on; the one before ends the day before.

    Engagements that are there keep their dates. Raise Forbidden, Invalid.
    """
    if not can_enter_tables(actor):
        raise Forbidden()
    problems: dict[str, str | tuple[str, dict[str, object]]] = {}
    if not data.source.strip():
        problems["source"] = "required"
    for item in data.items:
        problems.update(_item_problems(item))
    assert actor.bureau_id is not None
    change_tables(session, actor.bureau_id)
    before = session.scalars(
        select(RequirementTable)
        .where(
            RequirementTable.bureau_id == actor.bureau_id,
            RequirementTable.work_kind.is_(None)
            if data.work_kind is None
            else RequirementTable.work_kind == data.work_kind,
        )
        .order_by(RequirementTable.valid_from.desc(), RequirementTable.id.desc())
        .limit(1)
    ).one_or_none()
    if before is not None and data.valid_from <= before.valid_from:
        problems["valid_from"] = ("requirement_not_after", {"other": before.valid_from})
    if problems:
        raise Invalid("invalid", **problems)
    if before is not None and (before.valid_to is None or before.valid_to >= data.valid_from):
        before.valid_to = day_before(data.valid_from)
    table = RequirementTable(
        bureau_id=actor.bureau_id,
        work_kind=data.work_kind,
        valid_from=data.valid_from,
        items=[item.as_json() for item in data.items],
        source=data.source.strip(),
        tag=Tag.CONFIRMED,
        entered_at=now,
        entered_by_id=actor.user_id,
    )
    session.add(table)
    session.flush()
    _record(actor, session, table, "entered", now)
    return table


def _item_problems(item: Requirement) -> dict[str, str | tuple[str, dict[str, object]]]:
    """Under the names of the form's fields: the kind and what is wrong."""
    if (item.basis is None) != (item.working_days is None):
        field = "basis" if item.basis is None else "days"
        return {f"{item.kind.value}_{field}": "requirement_both_or_none"}
    if not 1 <= item.files <= MOST_FILES:
        return {f"{item.kind.value}_files": ("requirement_files", {"count": MOST_FILES})}
    if item.working_days is not None and not 0 <= item.working_days <= LONGEST_TERM:
        return {f"{item.kind.value}_days": ("deliverable_term_too_long", {"days": LONGEST_TERM})}
    return {}


def _record(actor: Actor, session: Session, table: RequirementTable, verb: str, now: datetime) -> None:
    record(
        session,
        actor,
        f"deliverables.requirements.{verb}",
        table,
        now=now,
        bureau_id=table.bureau_id,
        work_kind=table.work_kind,
        valid_from=table.valid_from,
        source=table.source,
        items=table.items,
    )
