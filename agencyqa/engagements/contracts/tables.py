"""The brackets in force, and what a stored basis of a fee says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.queries import bureau_chain
from agencyqa.db import open_period
from agencyqa.engagements.contracts.fees import (
    Bracket,
    BracketedFee,
    CostLine,
    TimeLine,
    bracketed,
)
from agencyqa.engagements.contracts.models import FeeTable


def table_in_force(session: Session, bureau_id: int, day: date) -> FeeTable | None:
    """The bureau's own, else that of the bureau above. None is shipped: no published text gives the rates."""
    chain = bureau_chain(session, bureau_id)
    rows = session.scalars(
        select(FeeTable)
        .where(FeeTable.bureau_id.in_(chain), open_period(FeeTable.valid_from, FeeTable.valid_to, day))
        .order_by(FeeTable.valid_from.desc(), FeeTable.id.desc())
    ).all()
    return next((row for owner in chain for row in rows if row.bureau_id == owner), None)


def brackets_of(table: FeeTable) -> list[Bracket]:
    return [Bracket(item["upto"], item["rate"]) for item in table.brackets]


def reckon(table: FeeTable, amount: int) -> BracketedFee:
    return bracketed(amount, brackets_of(table), table.minimum)


def costs_of(basis: Mapping[str, Any]) -> list[CostLine]:
    return [CostLine(item["name"], item["amount"]) for item in basis.get("costs", [])]


def times_of(basis: Mapping[str, Any]) -> list[TimeLine]:
    return [TimeLine(item["name"], item["half_days"], item["day_rate"]) for item in basis.get("times", [])]
