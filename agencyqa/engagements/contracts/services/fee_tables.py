"""The brackets of a bureau as dated data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.table_locks import change_tables
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import day_before
from agencyqa.engagements.contracts.fees import Bracket, bracket_problems
from agencyqa.engagements.contracts.models import FeeTable
from agencyqa.engagements.contracts.policies import can_enter_tables
from agencyqa.errors import Forbidden, Invalid


@dataclass(frozen=True)
class FeeTableData:
    """``minimum`` in fen."""

    valid_from: date
    brackets: Sequence[Bracket]
    source: str
    minimum: int = 0


def enter_fee_table(actor: Actor, session: Session, data: FeeTableData, *, now: datetime) -> FeeTable:
    """For contracts signed from ``valid_from`` on; the table before ends the day before.

    Raise Forbidden, Invalid.
    """
    if not can_enter_tables(actor):
        raise Forbidden()
    problems: dict[str, str | tuple[str, dict[str, object]]] = {}
    if found := bracket_problems(data.brackets):
        problems["brackets"] = found[0]
    if not data.source.strip():
        problems["source"] = "required"
    if data.minimum < 0:
        problems["minimum"] = "negative"
    assert actor.bureau_id is not None
    change_tables(session, actor.bureau_id)
    before = session.scalars(
        select(FeeTable)
        .where(FeeTable.bureau_id == actor.bureau_id)
        .order_by(FeeTable.valid_from.desc())
        .limit(1)
    ).one_or_none()
    if before is not None and data.valid_from <= before.valid_from:
        problems["valid_from"] = ("fee_table_not_after", {"other": before.valid_from})
    if problems:
        raise Invalid("invalid", **problems)
    if before is not None and (before.valid_to is None or before.valid_to >= data.valid_from):
        before.valid_to = day_before(data.valid_from)
    table = FeeTable(
        bureau_id=actor.bureau_id,
        valid_from=data.valid_from,
        brackets=[asdict(bracket) for bracket in data.brackets],
        minimum=data.minimum,
        source=data.source.strip(),
        entered_at=now,
        entered_by_id=actor.user_id,
    )
    session.add(table)
    session.flush()
    record(
        session,
        actor,
        "contracts.fee_table.entered",
        table,
        now=now,
        bureau_id=table.bureau_id,
        valid_from=table.valid_from,
        brackets=table.brackets,
        minimum_fen=table.minimum,
        source=table.source,
    )
    return table
