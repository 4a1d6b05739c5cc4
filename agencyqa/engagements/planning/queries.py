from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body, User
from agencyqa.auth.actor import Actor
from agencyqa.db import kept
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.planning.enums import Coverage, PlanState
from agencyqa.engagements.planning.models import AnnualPlan, PlanLine
from agencyqa.engagements.planning.policies import line_visible, plan_visible, reads_fee
from agencyqa.engagements.policies import visible
from agencyqa.measures.enums import WorkKind
from agencyqa.objects.models import EvaluationObject
from agencyqa.web.tables import Key

ORDER = (
    Key(AnnualPlan.year, descending=True),
    Key(AnnualPlan.number, descending=True),
    Key(AnnualPlan.id, descending=True),
)
LINE_ORDER = (Key(PlanLine.due_on), Key(PlanLine.id))


@dataclass(frozen=True)
class Change:
    """What differs from the version before: a line that came, went, or says something else."""

    kind: str
    object: str
    work_kind: WorkKind


@kept
def plan_rows(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Rows of the list, without an order: page it with ``ORDER``."""
    bureau = aliased(Body)
    lines = (
        select(sa.func.count())
        .where(PlanLine.plan_id == AnnualPlan.id, line_visible(actor))
        .correlate(AnnualPlan)
        .scalar_subquery()
    )
    return (
        select(
            AnnualPlan.id,
            AnnualPlan.year,
            AnnualPlan.number,
            AnnualPlan.state,
            AnnualPlan.approved_at,
            bureau.name.label("bureau"),
            lines.label("lines"),
        )
        .join(bureau, bureau.id == AnnualPlan.bureau_id)
        .where(plan_visible(actor))
    )


def _engagement_id(*conditions: Any) -> sa.ScalarSelect[int]:
    """The newest engagement about the object of the line, of its kind, that was not terminated."""
    return (
        select(sa.func.max(Engagement.id))
        .where(
            Engagement.object_id == PlanLine.object_id,
            Engagement.work_kind == PlanLine.work_kind,
            Engagement.state != EngagementState.TERMINATED,
            *conditions,
        )
        .correlate(PlanLine)
        .scalar_subquery()
    )


def _coverage() -> sa.Case[str]:
    done = _engagement_id(Engagement.state == EngagementState.COMPLETED)
    return sa.case(
        (done.is_not(None), Coverage.DONE.value),
        (_engagement_id().is_not(None), Coverage.COMMISSIONED.value),
        else_=Coverage.PLANNED.value,
    )


@kept
def line_rows(actor: Actor, plan_id: int, coverage: Coverage | None = None) -> Select[*tuple[Any, ...]]:
    """Lines of a plan that the actor may see, without an order: page them with ``LINE_ORDER``.

    ``engagement_id`` is the engagement that the actor may open; how far a line has come is read from all.
    """
    commissioner, unit = aliased(Body), aliased(Body)
    statement = (
        select(
            PlanLine.id,
            PlanLine.object_id,
            PlanLine.work_kind,
            PlanLine.commissioner_id,
            PlanLine.evaluated_unit_id,
            PlanLine.due_on,
            sa.case((reads_fee(actor), PlanLine.budget)).label("budget"),
            sa.case((reads_fee(actor), PlanLine.note), else_="").label("note"),
            EvaluationObject.name.label("object"),
            commissioner.name.label("commissioner"),
            unit.name.label("unit"),
            _coverage().label("coverage"),
            _engagement_id(visible(actor)).label("engagement_id"),
        )
        .join(EvaluationObject, EvaluationObject.id == PlanLine.object_id)
        .join(commissioner, commissioner.id == PlanLine.commissioner_id)
        .join(unit, unit.id == PlanLine.evaluated_unit_id)
        .where(PlanLine.plan_id == plan_id, line_visible(actor))
    )
    return statement if coverage is None else statement.where(_coverage() == coverage.value)


def coverage_counts(session: Session, actor: Actor, plan_id: int) -> dict[Coverage, int]:
    """How many of the lines that the actor sees have come how far, every step named."""
    steps = (
        select(_coverage().label("coverage"))
        .select_from(PlanLine)
        .where(PlanLine.plan_id == plan_id, line_visible(actor))
        .subquery()
    )
    rows = session.execute(select(steps.c.coverage, sa.func.count()).group_by(steps.c.coverage))
    found = {row[0]: int(row[1]) for row in rows}
    return {coverage: found.get(coverage.value, 0) for coverage in Coverage}


def names_of(session: Session, plan: AnnualPlan) -> Row[*tuple[Any, ...]]:
    return session.execute(
        select(Body.name.label("bureau"), User.display_name.label("approved_by"))
        .select_from(AnnualPlan)
        .join(Body, Body.id == AnnualPlan.bureau_id)
        .outerjoin(User, User.id == AnnualPlan.approved_by_id)
        .where(AnnualPlan.id == plan.id)
    ).one()


def changes_of(session: Session, actor: Actor, plan: AnnualPlan) -> list[Change]:
    """Against the newest approved version before this one; empty where there is none."""
    before = session.scalars(
        select(AnnualPlan.id)
        .where(
            AnnualPlan.bureau_id == plan.bureau_id,
            AnnualPlan.year == plan.year,
            AnnualPlan.number < plan.number,
            AnnualPlan.state.in_((PlanState.APPROVED, PlanState.SUPERSEDED)),
        )
        .order_by(AnnualPlan.number.desc())
        .limit(1)
    ).first()
    if before is None:
        return []
    old, new = _said(session, actor, before), _said(session, actor, plan.id)
    changes = []
    for key in sorted({*old, *new}):
        kind = "added" if key not in old else "removed" if key not in new else "changed"
        if old.get(key) != new.get(key):
            row = (new.get(key) or old[key])[0]
            changes.append(Change(kind, row, WorkKind(key[1])))
    return changes


def _said(session: Session, actor: Actor, plan_id: int) -> dict[tuple[int, str], Sequence[Any]]:
    rows = session.execute(
        select(
            EvaluationObject.name,
            PlanLine.object_id,
            PlanLine.work_kind,
            PlanLine.commissioner_id,
            PlanLine.evaluated_unit_id,
            PlanLine.due_on,
            sa.case((reads_fee(actor), PlanLine.budget)),
            sa.case((reads_fee(actor), PlanLine.note), else_=""),
        )
        .join(EvaluationObject, EvaluationObject.id == PlanLine.object_id)
        .where(PlanLine.plan_id == plan_id, line_visible(actor))
    )
    return {(row.object_id, row.work_kind.value): tuple(row) for row in rows}
