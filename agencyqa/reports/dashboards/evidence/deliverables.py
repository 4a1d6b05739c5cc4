"""What is to be handed in, again or at all, and what is to be accepted, as members of ``tasks.collect``."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from agencyqa.accounts.models import Body
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.db import UtcDateTime
from agencyqa.engagements.archive import policies as archive_policies
from agencyqa.engagements.deliverables import policies as deliverable_policies
from agencyqa.engagements.deliverables.enums import DeliverableState
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.opinions.gate import awaits_unit
from agencyqa.engagements.opinions.models import UnitOpinion
from agencyqa.engagements.review.models import InternalReview, ReviewStep
from agencyqa.engagements.review.workflow import LEVELS
from agencyqa.measures.reckoning import Reckoning
from agencyqa.objects.models import EvaluationObject
from agencyqa.reports.dashboards.rows import SOON, running
from agencyqa.reports.dashboards.tasks import Part, What, columns, of_engagements

Member = Select[*tuple[Any, ...]]
LAST_LEVEL = max(LEVELS.values())


def _owed() -> ColumnElement[bool]:
    """Never handed in, and the contract still runs."""
    return sa.and_(
        Deliverable.state == DeliverableState.EXPECTED, Engagement.state == EngagementState.CONTRACTED
    )


def _sent_back() -> ColumnElement[bool]:
    return sa.and_(
        Deliverable.state == DeliverableState.RETURNED, Engagement.state != EngagementState.TERMINATED
    )


def _deliverables(part: Part, what: What, *conditions: ColumnElement[bool], **moments: Any) -> Member:
    agency = aliased(Body)
    return (
        select(
            *columns(
                part,
                what,
                id=Deliverable.engagement_id,
                title=EvaluationObject.name,
                detail=sa.type_coerce(Deliverable.kind, sa.String),
                agency=agency.name,
                who=agency.name,
                **moments,
            )
        )
        .select_from(Deliverable)
        .join(Engagement, Engagement.id == Deliverable.engagement_id)
        .join(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .join(agency, agency.id == Deliverable.agency_id)
        .where(*conditions)
        .order_by(Deliverable.due_on.is_(None), Deliverable.due_on, Deliverable.id)
    )


def late(actor: Actor, late_before: date) -> Member:
    conditions = (deliverable_policies.visible(actor), _owed(), Deliverable.due_on < late_before)
    return _deliverables(Part.LATE, What.DELIVERABLE, *conditions, due_on=Deliverable.due_on)


def soon(actor: Actor, reckoning: Reckoning) -> Member:
    """Due in the next weeks on another day than the engagement itself, which has a line of its own."""
    conditions = (
        deliverable_policies.visible(actor),
        _owed(),
        Deliverable.due_on.between(reckoning.late_before, reckoning.day + SOON),
        Deliverable.due_on.is_distinct_from(Engagement.due_on),
    )
    return _deliverables(Part.SOON, What.DELIVERABLE, *conditions, due_on=Deliverable.due_on)


def to_hand_in(actor: Actor, day: date) -> Member:
    conditions = (deliverable_policies.visible(actor), _owed(), Deliverable.due_on <= day + SOON)
    return _deliverables(Part.DECIDE, What.DELIVERABLE, *conditions, due_on=Deliverable.due_on)


def to_mend(actor: Actor) -> Member:
    conditions = (deliverable_policies.visible(actor), _sent_back())
    return _deliverables(Part.DECIDE, What.RETURNED, *conditions, since=_last_decision())


def to_accept(actor: Actor) -> Member:
    """Those handed in for work that the actor's own body commissioned."""
    conditions = (*_acceptable(actor), Engagement.state != EngagementState.TERMINATED)
    return _deliverables(Part.DECIDE, What.ACCEPTANCE, *conditions, since=Deliverable.last_submitted_at)


def to_comment(actor: Actor) -> Member:
    """Drafts about the actor's own body on which it has not said anything."""
    may = sa.true() if actor.has(Permission.OPINIONS_WRITE) else sa.false()
    conditions = (
        may,
        deliverable_policies.visible(actor),
        Engagement.evaluated_unit_id == actor.body_id,
        awaits_unit(),
    )
    return _deliverables(Part.DECIDE, What.DRAFT, *conditions, since=Deliverable.last_submitted_at)


def to_answer(actor: Actor) -> Member:
    """Engagements of the agency in which the evaluated unit waits for an answer, since its first open comment."""
    may = sa.true() if actor.has(Permission.DELIVERABLES_SUBMIT) else sa.false()
    since = (
        select(sa.func.min(UnitOpinion.written_at, type_=UtcDateTime()))
        .where(UnitOpinion.engagement_id == Engagement.id, UnitOpinion.answered_at.is_(None))
        .correlate(Engagement)
        .scalar_subquery()
    )
    return (
        of_engagements(Part.DECIDE, What.OPINION, since=since)
        .where(may, running(actor), since.is_not(None))
        .order_by(since, Engagement.id)
    )


def to_review(actor: Actor) -> Member:
    """Internal reviews of the agency that wait for their next level; who took one of them takes no other."""
    took = sa.exists().where(
        ReviewStep.review_id == InternalReview.id, ReviewStep.decided_by_id == actor.user_id
    )
    may = sa.true() if actor.has(Permission.REVIEW_WRITE) else sa.false()
    levels = tuple(
        state
        for state, level in LEVELS.items()
        if level < LAST_LEVEL or actor.has(Permission.DELIVERABLES_SUBMIT)
    )
    return (
        of_engagements(
            Part.DECIDE,
            What.LEVEL,
            detail=sa.type_coerce(InternalReview.state, sa.String),
            since=InternalReview.opened_at,
        )
        .join(InternalReview, InternalReview.engagement_id == Engagement.id)
        .where(may, running(actor), InternalReview.state.in_(levels), ~took)
        .order_by(InternalReview.opened_at, InternalReview.id)
    )


def _acceptable(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        sa.true() if actor.has(Permission.DELIVERABLES_ACCEPT) else sa.false(),
        deliverable_policies.visible(actor),
        Deliverable.state == DeliverableState.SUBMITTED,
        Engagement.commissioner_id == actor.body_id,
    )


def _last_decision() -> sa.ScalarSelect[Any]:
    return (
        select(sa.func.max(DeliverableVersion.decided_at))
        .where(DeliverableVersion.deliverable_id == Deliverable.id)
        .correlate(Deliverable)
        .scalar_subquery()
    )


def to_seal(actor: Actor) -> Member:
    """Finished work of the agency whose file no seal holds as a whole, for those who may."""
    may = sa.true() if actor.has(Permission.DELIVERABLES_SUBMIT) else sa.false()
    return (
        of_engagements(Part.DECIDE, What.ARCHIVE)
        .where(may, archive_policies.seen(actor), archive_policies.awaits_seal())
        .order_by(Engagement.completed_on, Engagement.id)
    )


def late_figure(actor: Actor, late_before: date) -> sa.ScalarSelect[int]:
    """How many are overdue, as a part of the statement of a page."""
    return (
        select(sa.func.count())
        .select_from(Deliverable)
        .join(Engagement, Engagement.id == Deliverable.engagement_id)
        .where(deliverable_policies.visible(actor), _owed(), Deliverable.due_on < late_before)
        .scalar_subquery()
    )


def to_accept_figure(actor: Actor) -> sa.ScalarSelect[int]:
    return (
        select(sa.func.count())
        .select_from(Deliverable)
        .join(Engagement, Engagement.id == Deliverable.engagement_id)
        .where(*_acceptable(actor), Engagement.state != EngagementState.TERMINATED)
        .scalar_subquery()
    )
