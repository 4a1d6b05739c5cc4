"""Shares and grades in force: dated data of a bureau, of its parent where it has none of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from agencyqa.assessments.models import AssessmentRound, GradeTable, ShareTable, YearRuleTable
from agencyqa.assessments.shares import shares_from_data
from agencyqa.assessments.year_plan import YearPlan, plain_plan, plan_from_data
from agencyqa.db import open_period
from agencyqa.scoring import GradeBand, RoleShare, Rounding

Table = ShareTable | GradeTable | YearRuleTable


def share_table_in_force(session: Session, chain: Sequence[int], day: date) -> ShareTable | None:
    """The shares for contracts signed on ``day``. ``chain`` is the bureau and those above it, nearest first."""
    rows = session.scalars(
        select(ShareTable).where(
            ShareTable.bureau_id.in_(chain), open_period(ShareTable.valid_from, ShareTable.valid_to, day)
        )
    ).all()
    return min(rows, key=lambda table: chain.index(table.bureau_id), default=None)


def grade_table_in_force(session: Session, chain: Sequence[int], day: date) -> GradeTable | None:
    rows = session.scalars(
        select(GradeTable).where(
            GradeTable.bureau_id.in_(chain), open_period(GradeTable.valid_from, GradeTable.valid_to, day)
        )
    ).all()
    return min(rows, key=lambda table: chain.index(table.bureau_id), default=None)


def year_rules_in_force(session: Session, chain: Sequence[int], day: date) -> YearRuleTable | None:
    """None where neither the bureau nor one above it has rules of its own: then a year is as it always was."""
    rows = session.scalars(
        select(YearRuleTable).where(
            YearRuleTable.bureau_id.in_(chain),
            open_period(YearRuleTable.valid_from, YearRuleTable.valid_to, day),
        )
    ).all()
    return min(rows, key=lambda table: chain.index(table.bureau_id), default=None)


def year_rule_tables(bureau_ids: Sequence[int]) -> Select[YearRuleTable]:
    return (
        select(YearRuleTable)
        .where(YearRuleTable.bureau_id.in_(bureau_ids))
        .order_by(YearRuleTable.bureau_id, YearRuleTable.valid_from.desc())
    )


def plan_of_round(session: Session, found: AssessmentRound) -> YearPlan:
    """The rules with which the round was opened; of a bureau without rules its weights alone."""
    if found.year_rules_id is None:
        return plain_plan(found.weight_mode)
    return plan_from_data(session.get_one(YearRuleTable, found.year_rules_id).content)


def share_tables(bureau_ids: Sequence[int]) -> Select[ShareTable]:
    return (
        select(ShareTable)
        .where(ShareTable.bureau_id.in_(bureau_ids))
        .order_by(ShareTable.bureau_id, ShareTable.valid_from.desc())
    )


def grade_tables(bureau_ids: Sequence[int]) -> Select[GradeTable]:
    return (
        select(GradeTable)
        .where(GradeTable.bureau_id.in_(bureau_ids))
        .order_by(GradeTable.bureau_id, GradeTable.valid_from.desc())
    )


def role_shares(table: ShareTable) -> tuple[RoleShare, ...]:
    return shares_from_data(table.shares)


def grade_bands(table: GradeTable) -> tuple[GradeBand, ...]:
    return tuple(GradeBand(band["key"], band["low"]) for band in table.bands)


def rounding_of(table: GradeTable) -> Rounding:
    return Rounding(table.places)


def grade_label(table: GradeTable, key: str | None, language: str = "zh") -> str:
    """The name of a grade; its key where the table does not know it."""
    for band in table.bands:
        if band["key"] == key:
            return str(band["label_en"] if language == "en" and band.get("label_en") else band["label"])
    return key or ""
