"""The annual plan: drafted by officers, approved by the lead, adjusted only as a new version."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind
from agencyqa.db import check_version
from agencyqa.engagements.planning.enums import PlanAction, PlanState
from agencyqa.engagements.planning.models import AnnualPlan, PlanLine
from agencyqa.engagements.planning.policies import can_approve, can_change, can_draft, visible_plans
from agencyqa.engagements.planning.workflow import next_state
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState
from agencyqa.measures.enums import WorkKind
from agencyqa.objects.models import EvaluationObject

FIRST_YEAR, LAST_YEAR = 2000, 2100
# Constraint → (field, code), for plans and lines.
CONSTRAINTS = {
    "uq_annual_plans_bureau_id_year_number": ("year", "plan_exists"),
    "uq_annual_plans_draft": ("year", "plan_drafted"),
    "uq_plan_lines_plan_id_object_id_work_kind": ("object_id", "plan_line_twice"),
}


@dataclass(frozen=True)
class LineData:
    """``budget`` in fen, None where no fee is budgeted."""

    object_id: int
    work_kind: WorkKind
    commissioner_id: int
    evaluated_unit_id: int
    due_on: date
    budget: int | None = None
    note: str = ""


def begin_plan(actor: Actor, session: Session, year: int, source: str, *, now: datetime) -> AnnualPlan:
    """The first version of a year. Raise Forbidden, Invalid; a year that has a plan comes as IntegrityError."""
    if not can_draft(actor) or actor.bureau_id is None:
        raise Forbidden()
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid("invalid", year="assessment_year_wrong")
    last = _last_number(session, actor.bureau_id, year)
    kept = select(AnnualPlan.id).where(
        AnnualPlan.bureau_id == actor.bureau_id,
        AnnualPlan.year == year,
        AnnualPlan.state.in_((PlanState.APPROVED, PlanState.DRAFT)),
    )
    if session.scalars(kept.limit(1)).first() is not None:
        raise Invalid("invalid", year="plan_exists")
    return _begin(actor, session, actor.bureau_id, year, last + 1, source.strip(), "", now)


def adjust_plan(
    actor: Actor, session: Session, plan: AnnualPlan, reason: str, *, now: datetime
) -> AnnualPlan:
    """A draft with all lines of the approved version, which holds until the new one is approved.

    Raise NotVisible, Forbidden, WrongState, Invalid; a draft that is there already comes as IntegrityError.
    """
    _expect_writable(actor, session, plan)
    if plan.state is not PlanState.APPROVED:
        raise WrongState("plan_not_approved")
    if not reason.strip():
        raise Invalid("invalid", reason="required")
    number = _last_number(session, plan.bureau_id, plan.year) + 1
    draft = _begin(actor, session, plan.bureau_id, plan.year, number, plan.source, reason.strip(), now)
    names = [column.key for column in PlanLine.__table__.columns if column.key not in {"id", "plan_id"}]
    lines = select(*(getattr(PlanLine, name) for name in names)).where(PlanLine.plan_id == plan.id)
    copies = [{**row, "plan_id": draft.id} for row in session.execute(lines.order_by(PlanLine.id)).mappings()]
    if copies:
        session.execute(sa.insert(PlanLine), copies)
    return draft


def add_line(
    actor: Actor,
    session: Session,
    plan: AnnualPlan,
    data: LineData,
    *,
    seen_version: int | None,
    now: datetime,
) -> PlanLine:
    """Raise NotVisible, Forbidden, Stale, WrongState, Invalid; a line that is there already comes as IntegrityError."""
    _expect_writable(actor, session, plan)
    check_version(plan, seen_version)
    next_state(plan.state, PlanAction.EDIT)
    _check(session, plan, data)
    line = PlanLine(plan_id=plan.id, **{**asdict(data), "note": data.note.strip()})
    session.add(line)
    _touch(plan)
    session.flush()
    _log_line(actor, session, plan, line, "planning.line.added", now)
    return line


def remove_line(
    actor: Actor,
    session: Session,
    plan: AnnualPlan,
    line: PlanLine,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Only from a draft. Raise NotVisible, Forbidden, Stale, WrongState."""
    _expect_writable(actor, session, plan)
    check_version(plan, seen_version)
    next_state(plan.state, PlanAction.EDIT)
    _log_line(actor, session, plan, line, "planning.line.removed", now)
    session.delete(line)
    _touch(plan)
    session.flush()


def approve_plan(
    actor: Actor, session: Session, plan: AnnualPlan, *, seen_version: int | None, now: datetime
) -> None:
    """By the lead; the version before is superseded and stays to be read.

    Raise NotVisible, Forbidden, Stale, WrongState, Invalid for a plan without lines.
    """
    _expect_visible(actor, session, plan)
    if not can_approve(actor, plan):
        raise Forbidden("plan_lead_approves")
    check_version(plan, seen_version)
    state = next_state(plan.state, PlanAction.APPROVE)
    lines = select(sa.func.count()).select_from(PlanLine).where(PlanLine.plan_id == plan.id)
    number = session.scalar(lines)
    if not number:
        raise Invalid("plan_is_empty")
    before = session.scalars(
        select(AnnualPlan).where(
            AnnualPlan.bureau_id == plan.bureau_id,
            AnnualPlan.year == plan.year,
            AnnualPlan.state == PlanState.APPROVED,
        )
    ).one_or_none()
    if before is not None:
        superseded = next_state(before.state, PlanAction.SUPERSEDE)
        _move(actor, session, before, superseded, "superseded", now, by_number=plan.number)
    plan.approved_at, plan.approved_by_id = now, actor.user_id
    _move(actor, session, plan, state, "approved", now, lines=number)


def drop_plan(
    actor: Actor, session: Session, plan: AnnualPlan, *, seen_version: int | None, now: datetime
) -> None:
    """A draft that is not wanted. Raise NotVisible, Forbidden, Stale, WrongState."""
    _expect_writable(actor, session, plan)
    check_version(plan, seen_version)
    _move(actor, session, plan, next_state(plan.state, PlanAction.DROP), "dropped", now)


def _begin(
    actor: Actor,
    session: Session,
    bureau_id: int,
    year: int,
    number: int,
    source: str,
    reason: str,
    now: datetime,
) -> AnnualPlan:
    plan = AnnualPlan(
        bureau_id=bureau_id,
        year=year,
        number=number,
        state=PlanState.DRAFT,
        source=source,
        reason=reason,
        created_at=now,
        created_by_id=actor.user_id,
    )
    session.add(plan)
    session.flush()
    record(
        session,
        actor,
        "planning.plan.begun",
        plan,
        now=now,
        bureau_id=bureau_id,
        year=year,
        number=number,
        source=source,
        reason=reason,
    )
    return plan


def _last_number(session: Session, bureau_id: int, year: int) -> int:
    newest = select(sa.func.max(AnnualPlan.number)).where(
        AnnualPlan.bureau_id == bureau_id, AnnualPlan.year == year
    )
    return session.scalar(newest) or 0


def _check(session: Session, plan: AnnualPlan, data: LineData) -> None:
    problems: dict[str, str] = {}
    own = select(EvaluationObject.id).where(
        EvaluationObject.id == data.object_id, EvaluationObject.bureau_id == plan.bureau_id
    )
    if session.scalar(own) is None:
        problems["object_id"] = "not_a_choice"
    wanted = Body.id.in_({data.commissioner_id, data.evaluated_unit_id})
    of_bureau = sa.and_(Body.kind == BodyKind.DEPARTMENT, Body.bureau_id == plan.bureau_id)
    departments = set(session.scalars(select(Body.id).where(wanted, of_bureau)))
    if data.commissioner_id != plan.bureau_id and data.commissioner_id not in departments:
        problems["commissioner_id"] = "not_a_choice"
    if data.evaluated_unit_id not in departments:
        problems["evaluated_unit_id"] = "not_a_choice"
    elif data.commissioner_id == data.evaluated_unit_id:
        problems["evaluated_unit_id"] = "commissioner_evaluates_itself"
    if data.due_on.year < plan.year:
        problems["due_on"] = "plan_due_before_year"
    if data.budget is not None and data.budget < 0:
        problems["budget"] = "negative"
    if problems:
        raise Invalid("invalid", **problems)


def _expect_visible(actor: Actor, session: Session, plan: AnnualPlan) -> None:
    if session.scalar(visible_plans(actor).where(AnnualPlan.id == plan.id)) is None:
        raise NotVisible()


def _expect_writable(actor: Actor, session: Session, plan: AnnualPlan) -> None:
    _expect_visible(actor, session, plan)
    if not can_change(actor, plan):
        raise Forbidden()


def _touch(plan: AnnualPlan) -> None:
    """The version moves with every line, so that nobody approves from a list that has changed."""
    sa.orm.attributes.flag_modified(plan, "state")


def _log_line(
    actor: Actor, session: Session, plan: AnnualPlan, line: PlanLine, event: str, now: datetime
) -> None:
    record(
        session,
        actor,
        event,
        line,
        now=now,
        bureau_id=plan.bureau_id,
        plan_id=plan.id,
        object_id=line.object_id,
        work_kind=line.work_kind,
        commissioner_id=line.commissioner_id,
        evaluated_unit_id=line.evaluated_unit_id,
        due_on=line.due_on,
        budget_fen=line.budget,
    )


def _move(
    actor: Actor,
    session: Session,
    plan: AnnualPlan,
    state: PlanState,
    event: str,
    now: datetime,
    **facts: Any,
) -> None:
    before, plan.state = plan.state, state
    session.flush()
    record(
        session,
        actor,
        f"planning.plan.{event}",
        plan,
        now=now,
        bureau_id=plan.bureau_id,
        changes={"state": (before, state)},
        **facts,
    )
