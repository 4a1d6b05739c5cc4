"""Deliverables of all engagements an actor sees: their columns and what dashboards ask. The page is in ``paging``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.deliverables.enums import DeliverableState
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.deliverables.policies import visible
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.objects.models import EvaluationObject

Rows = Sequence[Row[*tuple[Any, ...]]]

_AGENCY, _COMMISSIONER = aliased(Body), aliased(Body)


def sees_terms(actor: Actor) -> sa.ColumnElement[bool]:
    """For statements that join ``Engagement``: whether dates and lateness are this actor's to know."""
    if actor.is_department:
        return Engagement.commissioner_id == actor.body_id
    return sa.false() if actor.is_expert else sa.true()


def is_owed() -> sa.ColumnElement[bool]:
    """For statements that join ``Engagement``: something that was promised and is still to come."""
    awaited = sa.and_(
        Deliverable.state == DeliverableState.EXPECTED,
        Engagement.state == EngagementState.CONTRACTED,
        sa.or_(Deliverable.is_required, Deliverable.due_on.is_not(None)),
    )
    returned = sa.and_(
        Deliverable.state == DeliverableState.RETURNED, Engagement.state != EngagementState.TERMINATED
    )
    return sa.or_(awaited, returned)


def waits_for(actor: Actor) -> sa.ColumnElement[bool]:
    """For statements that join ``Engagement``: the next step is to be taken by this actor."""
    if actor.is_agency:
        return sa.and_(Deliverable.agency_id == actor.body_id, is_owed())
    if actor.has(Permission.DELIVERABLES_ACCEPT):
        return sa.and_(
            Engagement.commissioner_id == actor.body_id,
            Deliverable.state == DeliverableState.SUBMITTED,
            Engagement.state != EngagementState.TERMINATED,
        )
    return sa.false()


def due_soon(session: Session, actor: Actor, day: date, days: int, *, limit: int = 20) -> Rows:
    """What is still owed and falls due from ``day`` up to ``days`` calendar days later, the most urgent first."""
    until = day + timedelta(days=days)
    return session.execute(
        rows()
        .where(
            visible(actor),
            sees_terms(actor),
            is_owed(),
            Deliverable.paused_on.is_(None),
            Deliverable.due_on.between(day, until),
        )
        .order_by(Deliverable.due_on, Deliverable.id)
        .limit(limit)
    ).all()


def late_rows(session: Session, actor: Actor, *, limit: int = 20) -> Rows:
    """What was due and has not come, the oldest first."""
    return session.execute(
        rows()
        .where(
            visible(actor),
            sees_terms(actor),
            Deliverable.is_overdue,
            Deliverable.first_submitted_at.is_(None),
            Engagement.state != EngagementState.TERMINATED,
        )
        .order_by(Deliverable.due_on, Deliverable.id)
        .limit(limit)
    ).all()


def waiting_for_acceptance(session: Session, actor: Actor, *, limit: int = 20) -> Rows:
    """What was handed in and waits for this actor's decision, the longest waiting first. For an agency nothing."""
    if actor.is_agency:
        return []
    return session.execute(
        rows()
        .where(visible(actor), waits_for(actor))
        .order_by(Deliverable.last_submitted_at, Deliverable.id)
        .limit(limit)
    ).all()


def to_hand_in(session: Session, actor: Actor, *, limit: int = 20) -> Rows:
    """What an agency still owes, by due date, undated things last. For anybody else nothing."""
    if not actor.is_agency:
        return []
    return session.execute(
        rows()
        .where(visible(actor), waits_for(actor))
        .order_by(Deliverable.due_on.is_(None), Deliverable.due_on, Deliverable.id)
        .limit(limit)
    ).all()


def rows() -> Select[*tuple[Any, ...]]:
    """What lists show of a deliverable, without any condition."""
    return (
        select(
            Deliverable.id,
            Deliverable.engagement_id,
            Deliverable.bureau_id,
            Deliverable.kind,
            Deliverable.title,
            Deliverable.is_required,
            Deliverable.due_on,
            Deliverable.is_due_provisional,
            Deliverable.paused_on,
            Deliverable.state,
            Deliverable.is_overdue,
            Deliverable.late_days,
            Deliverable.is_lateness_provisional,
            Deliverable.first_submitted_at,
            Deliverable.last_submitted_at,
            Engagement.contract_number,
            Engagement.commissioner_id,
            Engagement.state.label("engagement_state"),
            EvaluationObject.name.label("object"),
            _AGENCY.name.label("agency"),
            _COMMISSIONER.name.label("commissioner"),
        )
        .join(Engagement, Engagement.id == Deliverable.engagement_id)
        .join(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .join(_AGENCY, _AGENCY.id == Deliverable.agency_id)
        .join(_COMMISSIONER, _COMMISSIONER.id == Engagement.commissioner_id)
    )
