"""Shares of the scorer roles and grades of the year, added as dated data and never overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.queries import bureau_chain
from agencyqa.accounts.table_locks import change_tables, hold_tables
from agencyqa.assessments import policies
from agencyqa.assessments.enums import RoleMissing
from agencyqa.assessments.models import GradeTable, ShareTable, YearRuleTable
from agencyqa.assessments.queries.tables import grade_bands, grade_table_in_force
from agencyqa.assessments.shares import shares_to_data
from agencyqa.assessments.year_plan import YearPlan, plan_to_data
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import day_before
from agencyqa.errors import Forbidden, Invalid
from agencyqa.measures.enums import Purpose
from agencyqa.scoring import (
    GradeBand,
    Panel,
    Problem,
    RoleShare,
    Rounding,
    check_shares,
    format_fraction,
    grade_problems,
    year_rules_problems,
)


@dataclass(frozen=True)
class GradeRow:
    """A named half-open band; ``low`` in units of percent (90 % is 900000)."""

    key: str
    label: str
    label_en: str
    low: int


def add_share_table(
    actor: Actor,
    session: Session,
    *,
    valid_from: date,
    source: str,
    shares: Sequence[tuple[Purpose, Fraction]],
    panel: Panel | None = None,
    role_missing: RoleMissing = RoleMissing.WAIT,
    now: datetime,
) -> ShareTable:
    """Shares for contracts signed from ``valid_from`` on; the table before it ends the day before.

    They must add up to exactly 1; nothing is stretched to fit. ``panel`` says how the sheets of the experts become one
    figure, needed as soon as they have a share.
    """
    bureau_id = bureau_of(actor)
    given = [
        RoleShare(role.value, share.numerator, share.denominator, panel if role is Purpose.EXPERT else None)
        for role, share in shares
        if share
    ]
    if panel is None and any(each.role == Purpose.EXPERT for each in given):
        raise Invalid(panel_how="required")
    kept = shares_to_data(given)
    problems = check_shares(given)
    if problems:
        field = "panel_least" if problems[0].code == "panel_too_small" else "shares"
        raise Invalid(**{field: _fault(problems[0])})
    if not source:
        raise Invalid(source="required")
    table = ShareTable(
        bureau_id=bureau_id,
        valid_from=valid_from,
        valid_to=None,
        source=source,
        shares=kept,
        role_missing=role_missing,
    )
    _append(actor, session, locked(session, ShareTable, bureau_id), table, now)
    record(
        session,
        actor,
        "assessments.shares.added",
        table,
        now=now,
        bureau_id=bureau_id,
        valid_from=valid_from,
        valid_to=table.valid_to,
        shares=kept,
        role_missing=role_missing,
        source=source,
    )
    return table


def add_grade_table(
    actor: Actor,
    session: Session,
    *,
    valid_from: date,
    source: str,
    bands: Sequence[GradeRow],
    places: int,
    now: datetime,
) -> GradeTable:
    """The bands, in any order, must begin at 0 % and share no edge. ``places`` decimals are graded, half-up."""
    bureau_id = bureau_of(actor)
    if not bands:
        raise Invalid(bands="grades_empty")
    problems = grade_problems([GradeBand(band.key, band.low) for band in bands], Rounding(places))
    if problems:
        raise Invalid(bands=_fault(problems[0]))
    if not source:
        raise Invalid(source="required")
    rows: list[dict[str, Any]] = [
        {"key": band.key, "label": band.label, "label_en": band.label_en, "low": band.low}
        for band in sorted(bands, key=lambda band: -band.low)
    ]
    table = GradeTable(
        bureau_id=bureau_id, valid_from=valid_from, valid_to=None, source=source, bands=rows, places=places
    )
    _append(actor, session, locked(session, GradeTable, bureau_id), table, now)
    record(
        session,
        actor,
        "assessments.grades.added",
        table,
        now=now,
        bureau_id=bureau_id,
        valid_from=valid_from,
        valid_to=table.valid_to,
        bands=rows,
        places=places,
        source=source,
    )
    return table


def add_year_rules(
    actor: Actor, session: Session, *, valid_from: date, source: str, plan: YearPlan, now: datetime
) -> YearRuleTable:
    """Rules for rounds of years that end on ``valid_from`` or later; rounds opened before keep theirs.

    A veto may cap to a grade of the bureau's table that is in force on the same day; Invalid otherwise.
    """
    bureau_id = bureau_of(actor)
    chain = bureau_chain(session, bureau_id)
    # The own bureau's row first and for good: who held it for reading only might meet another who does.
    change_tables(session, bureau_id)
    hold_tables(session, chain[1:])
    table = grade_table_in_force(session, chain, valid_from)
    grades = () if table is None else grade_bands(table)
    problems = year_rules_problems(plan.rules(grades, Rounding(2 if table is None else table.places)))
    if problems:
        raise Invalid(**_rule_faults(problems))
    if any(not veto.faults for veto in plan.vetoes):
        raise Invalid(vetoes="veto_without_fault")
    if not source:
        raise Invalid(source="required")
    rules = YearRuleTable(
        bureau_id=bureau_id,
        valid_from=valid_from,
        valid_to=None,
        source=source,
        content=plan_to_data(plan),
    )
    _append(actor, session, locked(session, YearRuleTable, bureau_id), rules, now)
    record(
        session,
        actor,
        "assessments.rules.added",
        rules,
        now=now,
        bureau_id=bureau_id,
        valid_from=valid_from,
        valid_to=rules.valid_to,
        rules=rules.content,
        source=source,
    )
    return rules


def _rule_faults(problems: Sequence[Problem]) -> dict[str, str]:
    """By the field of the page; what belongs to no single field stands with the weights."""
    fields = {"least_engagements", "agency_share", "credit_share", "base", "cap", "floor", "vetoes"}
    found: dict[str, str] = {}
    for problem in problems:
        head = problem.place.partition(".")[0]
        code = problem.code if problem.code in RULE_FAULTS else "table_invalid"
        found.setdefault(head if head in fields else "weights", code)
    return found


RULE_FAULTS = frozenset(
    {
        "shares_above_one",
        "credits_without_base",
        "base_outside_bounds",
        "veto_without_effect",
        "unknown_grade",
    }
)


def bureau_of(actor: Actor) -> int:
    """The bureau whose tables the actor keeps; raise Forbidden where he keeps none."""
    if not policies.can_keep_tables(actor) or actor.bureau_id is None:
        raise Forbidden("only_lead_keeps_tables")
    return actor.bureau_id


DatedTable = ShareTable | GradeTable | YearRuleTable
T = TypeVar("T", ShareTable, GradeTable, YearRuleTable)
NAMES: dict[type[DatedTable], str] = {ShareTable: "shares", GradeTable: "grades", YearRuleTable: "rules"}


def locked(session: Session, model: type[T], bureau_id: int) -> Sequence[T]:
    """The bureau's tables by their first day, as they are now; who changes them next waits."""
    change_tables(session, bureau_id)
    statement = select(model).where(model.bureau_id == bureau_id).order_by(model.valid_from)
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def _append(
    actor: Actor,
    session: Session,
    others: Sequence[DatedTable],
    table: DatedTable,
    now: datetime,
) -> None:
    """Put the table at one end of the bureau's row of periods, so that they neither overlap nor leave a gap.

    A period between two others would move the rule under results that were computed with it.
    """
    if others:
        first, last = others[0], others[-1]
        if table.valid_from < first.valid_from:
            table.valid_to = day_before(first.valid_from)
        elif table.valid_from > last.valid_from:
            end = day_before(table.valid_from)
            record(
                session,
                actor,
                f"assessments.{NAMES[type(table)]}.ended",
                last,
                now=now,
                bureau_id=table.bureau_id,
                changes={"valid_to": (last.valid_to, end)},
            )
            last.valid_to = end
        else:
            raise Invalid(valid_from=("table_overlaps", {"first": first.valid_from, "last": last.valid_from}))
    session.add(table)
    session.flush()


def _fault(problem: Problem) -> tuple[str, dict[str, Any]]:
    params = dict(problem.params)
    if problem.code == "shares_do_not_add_up":
        params = {"sum": format_fraction(Fraction(params["num"], params["den"]) * 100, 2)}
    known = {"shares_do_not_add_up", "grade_hole", "grade_overlap", "duplicate_key", "panel_too_small"}
    return (problem.code, params) if problem.code in known else ("table_invalid", params)
