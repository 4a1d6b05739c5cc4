"""Conditions as dated data: those that come with the programme, until a bureau enters its own."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.table_locks import change_tables
from agencyqa.agencies.enums import DocumentKind
from agencyqa.agencies.models import AdmissionCondition, EvaluatorCondition
from agencyqa.agencies.policies import can_enter_conditions
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor, system_actor
from agencyqa.clock import day_before
from agencyqa.errors import Forbidden, Invalid
from agencyqa.measures.enums import Tag

# 财监〔2021〕4号 as remembered, in force since 2021-08-01; the tag tells every reader that it awaits checking.
VALID_FROM = date(2021, 8, 1)
EVALUATORS = "CJ4/principal_evaluator_conditions"
CONDITIONS = {
    "min_work_years": 5,
    "min_evaluation_years": 3,
    "needs_title_or_licence": True,
    "provision_key": EVALUATORS,
    "tag": Tag.REMEMBERED,
}
# No published text tells what an application holds: a reference since the day of M1, for bureaus without a rule.
ADMISSION_FROM = date(2021, 9, 18)
AGENCIES = "M1/agency_kinds"
ADMISSION = {
    "min_qualifications": 1,
    "min_evaluators": 1,
    "clean_years": 3,
    "papers": (),
    "provision_key": AGENCIES,
    "tag": Tag.INFERRED,
}
MOST_YEARS, MOST_ITEMS = 50, 20


@dataclass(frozen=True)
class EvaluatorTerms:
    valid_from: date
    min_work_years: int
    min_evaluation_years: int
    needs_title_or_licence: bool
    source: str


@dataclass(frozen=True)
class AdmissionTerms:
    valid_from: date
    min_qualifications: int
    min_evaluators: int
    clean_years: int
    papers: tuple[DocumentKind, ...]
    source: str


def load_reference_data(session: Session, now: datetime) -> int:
    """Add what is missing and return how many rows were added; a second call changes nothing."""
    actor, added = system_actor("reference data"), 0
    tables: tuple[tuple[Any, date, dict[str, Any]], ...] = (
        (EvaluatorCondition, VALID_FROM, CONDITIONS),
        (AdmissionCondition, ADMISSION_FROM, ADMISSION),
    )
    for table, valid_from, values in tables:
        shipped = select(table.id).where(table.bureau_id.is_(None), table.valid_from == valid_from)
        if session.scalars(shipped).first() is not None:
            continue
        row = table(valid_from=valid_from, source="", **values)
        session.add(row)
        session.flush()
        changes = {name: (None, value) for name, value in values.items()}
        record(session, actor, "agencies.conditions.loaded", row, now=now, changes=changes)
        added += 1
    return added


def enter_evaluator_conditions(
    actor: Actor, session: Session, data: EvaluatorTerms, *, now: datetime
) -> EvaluatorCondition:
    """The bureau's own, from ``valid_from`` on; the version before ends the day before. Raise Forbidden, Invalid."""
    limits = {"min_work_years": MOST_YEARS, "min_evaluation_years": MOST_YEARS}
    row = EvaluatorCondition(provision_key=EVALUATORS, **asdict(data))
    _enter(actor, session, EvaluatorCondition, row, limits, now)
    return row


def enter_admission_conditions(
    actor: Actor, session: Session, data: AdmissionTerms, *, now: datetime
) -> AdmissionCondition:
    """The same for agencies that apply."""
    limits = {"min_qualifications": MOST_ITEMS, "min_evaluators": MOST_ITEMS, "clean_years": MOST_YEARS}
    row = AdmissionCondition(provision_key=AGENCIES, **asdict(data))
    _enter(actor, session, AdmissionCondition, row, limits, now)
    return row


def _enter(
    actor: Actor, session: Session, table: Any, row: Any, limits: dict[str, int], now: datetime
) -> None:
    if not can_enter_conditions(actor):
        raise Forbidden()
    problems: dict[str, str | tuple[str, dict[str, object]]] = {}
    if not row.source.strip():
        problems["source"] = "required"
    for name, most in limits.items():
        if not 0 <= getattr(row, name) <= most:
            problems[name] = ("condition_out_of_range", {"most": most})
    assert actor.bureau_id is not None
    change_tables(session, actor.bureau_id)
    before = session.scalars(
        select(table)
        .where(table.bureau_id == actor.bureau_id)
        .order_by(table.valid_from.desc(), table.id.desc())
        .limit(1)
    ).one_or_none()
    if before is not None and row.valid_from <= before.valid_from:
        problems["valid_from"] = ("conditions_not_after", {"other": before.valid_from})
    if problems:
        raise Invalid("invalid", **problems)
    if before is not None and before.valid_to is None:
        before.valid_to = day_before(row.valid_from)
    row.bureau_id, row.tag, row.source = actor.bureau_id, Tag.CONFIRMED, row.source.strip()
    row.entered_at, row.entered_by_id = now, actor.user_id
    session.add(row)
    session.flush()
    record(
        session,
        actor,
        "agencies.conditions.entered",
        row,
        now=now,
        bureau_id=row.bureau_id,
        changes={name: (None, getattr(row, name)) for name in ("valid_from", *limits)},
        source=row.source,
    )
