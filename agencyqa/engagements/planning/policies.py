"""Who may see and make annual plans."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Select

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.planning.enums import PlanState
from agencyqa.engagements.planning.models import AnnualPlan, PlanLine


def plan_visible(actor: Actor) -> sa.ColumnElement[bool]:
    """The bureau's; once approved also to observers, and to departments that stand in it."""
    if not actor.has(Permission.ENGAGEMENTS_READ):
        return sa.false()
    if actor.is_bureau:
        return AnnualPlan.bureau_id.in_(actor.bureau_ids)
    approved = AnnualPlan.state.in_((PlanState.APPROVED, PlanState.SUPERSEDED))
    if actor.is_observer:
        return sa.and_(approved, AnnualPlan.bureau_id.in_(actor.bureau_ids))
    if actor.is_department:
        return sa.and_(approved, AnnualPlan.id.in_(sa.select(PlanLine.plan_id).where(line_visible(actor))))
    return sa.false()


def line_visible(actor: Actor) -> sa.ColumnElement[bool]:
    """Of a plan that the actor may see: a department reads the lines that name it."""
    if actor.is_department:
        return sa.or_(PlanLine.commissioner_id == actor.body_id, PlanLine.evaluated_unit_id == actor.body_id)
    return sa.true()


def reads_fee(actor: Actor) -> sa.ColumnElement[bool]:
    """Of a line that the actor sees: who commissions and who supervises read what is planned to be paid, and notes."""
    if actor.is_department:
        return PlanLine.commissioner_id == actor.body_id
    return sa.true() if actor.is_bureau else sa.false()


def visible_plans(actor: Actor) -> Select[AnnualPlan]:
    return sa.select(AnnualPlan).where(plan_visible(actor))


def can_draft(actor: Actor) -> bool:
    return actor.has(Permission.ENGAGEMENTS_WRITE) and actor.bureau_id is not None


def can_change(actor: Actor, plan: AnnualPlan) -> bool:
    """A municipal bureau reads its districts' plans but makes only its own."""
    return can_draft(actor) and plan.bureau_id == actor.bureau_id


def can_approve(actor: Actor, plan: AnnualPlan) -> bool:
    return actor.has(Permission.PLANS_APPROVE) and plan.bureau_id == actor.bureau_id
