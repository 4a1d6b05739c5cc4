"""Taking back a table of shares, of grades or of year rules that was mistyped, as long as nothing rests on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from agencyqa.assessments.models import AssessmentRound, GradeTable, ScoreSheet, ShareTable, YearRuleTable
from agencyqa.assessments.services.tables import NAMES, DatedTable, bureau_of, locked
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.db import open_period
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Forbidden, Invalid, NotVisible, Refused


def withdraw_table(actor: Actor, session: Session, table: DatedTable, *, reason: str, now: datetime) -> None:
    """The log keeps all that it said; the table before it holds again from the day on which this one began.

    Raise Refused ``table_in_between`` unless it is the first or the last of its kind, and ``table_in_use`` as soon as
    a sheet, a round or another table rests on it; NotVisible where somebody has just taken it back.
    """
    if bureau_of(actor) != table.bureau_id:
        raise Forbidden("only_lead_keeps_tables")
    if not reason:
        raise Invalid(reason="required")
    row = _all_of_its_kind(session, table)
    if table not in row:
        raise NotVisible()
    if table not in (row[0], row[-1]):
        raise Refused("table_in_between")
    if _is_used(actor, session, table):
        raise Refused("table_in_use")
    kind = NAMES[type(table)]
    record(
        session, actor, f"assessments.{kind}.withdrawn", table, now=now, bureau_id=table.bureau_id,
        reason=reason, valid_from=table.valid_from, valid_to=table.valid_to, source=table.source,
        **_content(table),
    )  # fmt: skip
    before = row[-2] if len(row) > 1 and table is row[-1] else None
    session.delete(table)
    session.flush()
    if before is not None:
        changes = {"valid_to": (before.valid_to, None)}
        record(
            session, actor, f"assessments.{kind}.resumed", before, now=now, bureau_id=before.bureau_id,
            changes=changes,
        )  # fmt: skip
        before.valid_to = None
        session.flush()


def _all_of_its_kind(session: Session, table: DatedTable) -> Sequence[DatedTable]:
    match table:
        case ShareTable():
            return locked(session, ShareTable, table.bureau_id)
        case GradeTable():
            return locked(session, GradeTable, table.bureau_id)
        case _:
            return locked(session, YearRuleTable, table.bureau_id)


def _is_used(actor: Actor, session: Session, table: DatedTable) -> bool:
    """Also by the districts of a municipality, which go by its tables where they have none of their own."""
    bureaus = sorted(actor.bureau_ids | {table.bureau_id})
    found: list[Any]
    match table:
        case ShareTable():
            found = [_scored_by(bureaus, table)]
        case GradeTable():
            vetoed = select(YearRuleTable).where(YearRuleTable.bureau_id.in_(bureaus))
            if any(_names_grades(rules, table) for rules in session.scalars(vetoed)):
                return True
            found = [_rounds(bureaus, AssessmentRound.grade_table_id == table.id)]
        case _:
            found = [_rounds(bureaus, AssessmentRound.year_rules_id == table.id)]
    return any(session.scalar(statement.limit(1)) is not None for statement in found)


def _rounds(bureaus: list[int], condition: ColumnElement[bool]) -> Any:
    return select(AssessmentRound.id).where(AssessmentRound.bureau_id.in_(bureaus), condition)


def _scored_by(bureaus: list[int], table: ShareTable) -> Any:
    """Engagements whose contract was signed while it held, with a sheet or in a round.

    A round has read the shares, though nobody may have scored by them yet.
    """
    signed: Any = Engagement.contract_signed_on
    last_day = table.valid_to or date.max
    has_sheet = exists().where(ScoreSheet.engagement_id == Engagement.id)
    in_round = exists().where(
        AssessmentRound.bureau_id == Engagement.bureau_id, AssessmentRound.year == Engagement.assessment_year
    )
    nearer = aliased(ShareTable)
    has_own = exists().where(
        nearer.bureau_id == Engagement.bureau_id, open_period(nearer.valid_from, nearer.valid_to, signed)
    )
    return select(Engagement.id).where(
        Engagement.bureau_id.in_(bureaus),
        signed.between(table.valid_from, last_day),
        or_(Engagement.bureau_id == table.bureau_id, ~has_own),
        or_(has_sheet, in_round),
    )


def _names_grades(rules: YearRuleTable, table: GradeTable) -> bool:
    """Whether a veto caps to a grade while this table holds: without it the cap would name nothing."""
    begins_later = table.valid_to is not None and rules.valid_from > table.valid_to
    ends_before = rules.valid_to is not None and rules.valid_to < table.valid_from
    if begins_later or ends_before:
        return False
    return any(veto["caps_grade"] for veto in rules.content["vetoes"])


def _content(table: DatedTable) -> dict[str, Any]:
    match table:
        case ShareTable():
            return {"shares": table.shares, "role_missing": table.role_missing}
        case GradeTable():
            return {"bands": table.bands, "places": table.places}
        case _:
            return {"rules": table.content}
