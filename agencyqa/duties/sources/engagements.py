"""Contracts and deliverables: to finish, to hand in, to mend, to accept."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, select

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.db import UtcDateTime
from agencyqa.duties.enums import Duty
from agencyqa.duties.items import Member, Scope, item
from agencyqa.engagements import policies as engagement_policies
from agencyqa.engagements.archive import policies as archive_policies
from agencyqa.engagements.deliverables import policies as deliverable_policies
from agencyqa.engagements.deliverables.enums import DeliverableState
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.opinions.gate import awaits_unit
from agencyqa.engagements.opinions.models import UnitOpinion
from agencyqa.engagements.review import policies as review_policies
from agencyqa.engagements.review.models import InternalReview
from agencyqa.engagements.review.workflow import LEVELS
from agencyqa.engagements.schedule import policies as milestone_policies
from agencyqa.engagements.schedule.enums import MilestoneState, Party
from agencyqa.engagements.schedule.models import Milestone


def engagement_duties(scope: Scope) -> list[Member]:
    return [
        _contracts(scope),
        *_deliverables(scope),
        _milestones(scope),
        _reviews(scope),
        _opinions(scope),
        _archives(scope),
    ]


def _contracts(scope: Scope) -> Member:
    return select(
        *item(
            Duty.ENGAGEMENT,
            id=Engagement.id,
            bureau_id=Engagement.bureau_id,
            body_id=Engagement.agency_id,
            engagement_id=Engagement.id,
            agency_id=Engagement.agency_id,
            detail=Engagement.contract_number,
            due_on=Engagement.due_on,
        )
    ).where(scope.sees(engagement_policies.visible), Engagement.state == EngagementState.CONTRACTED)


def _archives(scope: Scope) -> Member:
    """No rule says by when a file is sealed, so nothing is late; who looks reads since when the work is done.

    The agency, which seals, is also asked where something came after the last seal.
    """
    awaits = archive_policies.awaits_seal() if scope.actor.is_agency else archive_policies.is_unsealed()
    return select(
        *item(
            Duty.ARCHIVE,
            id=Engagement.id,
            bureau_id=Engagement.bureau_id,
            body_id=Engagement.agency_id,
            engagement_id=Engagement.id,
            agency_id=Engagement.agency_id,
            detail=sa.cast(Engagement.completed_on, sa.String(10)),
        )
    ).where(scope.sees(archive_policies.seen), awaits)


def _deliverables(scope: Scope) -> list[Member]:
    seen = scope.sees(_deliverable_seen)
    running = Engagement.state == EngagementState.CONTRACTED
    not_terminated = Engagement.state != EngagementState.TERMINATED
    to_agency, to_commissioner = Deliverable.agency_id, Engagement.commissioner_id
    return [
        # What stands still falls due on no day, so it is never late and nobody is reminded of it. A member of its
        # own, so that the dates of the others are found by their index.
        _expected(to_agency, due_on=Deliverable.due_on).where(seen, running, Deliverable.paused_on.is_(None)),
        _expected(to_agency).where(seen, running, Deliverable.paused_on.is_not(None)),
        _of(Duty.RETURNED, to_agency, since=_last_decision()).where(
            seen, not_terminated, Deliverable.state == DeliverableState.RETURNED
        ),
        _of(Duty.ACCEPTANCE, to_commissioner, since=Deliverable.last_submitted_at).where(
            seen, not_terminated, Deliverable.state == DeliverableState.SUBMITTED
        ),
        _of(Duty.DRAFT, Engagement.evaluated_unit_id, since=Deliverable.last_submitted_at).where(
            seen, awaits_unit()
        ),
    ]


def _milestones(scope: Scope) -> Member:
    """What is reached on the way; whose turn it is stands in the milestone, its kind and name in ``detail``."""
    of_agency = Milestone.party == Party.AGENCY
    return (
        select(
            *item(
                Duty.MILESTONE,
                id=Milestone.id,
                bureau_id=Milestone.bureau_id,
                body_id=sa.case((of_agency, Milestone.agency_id), else_=Engagement.commissioner_id),
                engagement_id=Milestone.engagement_id,
                agency_id=Milestone.agency_id,
                detail=sa.type_coerce(Milestone.kind, sa.String) + ":" + Milestone.title,
                due_on=sa.case((Milestone.paused_on.is_(None), Milestone.due_on)),
                is_provisional=Milestone.is_due_provisional,
                paused_on=Milestone.paused_on,
            )
        )
        .select_from(Milestone)
        .join(Engagement, Engagement.id == Milestone.engagement_id)
        .where(
            scope.sees(milestone_policies.visible),
            Milestone.state == MilestoneState.PLANNED,
            Engagement.state != EngagementState.TERMINATED,
        )
    )


def _expected(to_agency: Any, **moments: Any) -> Member:
    return _of(
        Duty.DELIVERABLE,
        to_agency,
        is_provisional=Deliverable.is_due_provisional,
        paused_on=Deliverable.paused_on,
        **moments,
    ).where(Deliverable.state == DeliverableState.EXPECTED, Deliverable.is_required)


def _reviews(scope: Scope) -> Member:
    """The next level of a report's internal review; which level stands in ``detail``."""
    return (
        select(
            *item(
                Duty.INTERNAL_REVIEW,
                id=InternalReview.id,
                bureau_id=Engagement.bureau_id,
                body_id=Engagement.agency_id,
                engagement_id=InternalReview.engagement_id,
                agency_id=Engagement.agency_id,
                detail=sa.type_coerce(InternalReview.state, sa.String),
                since=InternalReview.opened_at,
            )
        )
        .select_from(InternalReview)
        .join(Engagement, Engagement.id == InternalReview.engagement_id)
        .where(scope.sees(review_policies.visible), InternalReview.state.in_(tuple(LEVELS)))
    )


def _opinions(scope: Scope) -> Member:
    """What the evaluated unit said to the draft and the agency has not answered; one line for each engagement."""
    return (
        select(
            *item(
                Duty.OPINION,
                id=Engagement.id,
                bureau_id=Engagement.bureau_id,
                body_id=Engagement.agency_id,
                engagement_id=Engagement.id,
                agency_id=Engagement.agency_id,
                since=sa.func.min(UnitOpinion.written_at, type_=UtcDateTime()),
            )
        )
        .select_from(UnitOpinion)
        .join(Engagement, Engagement.id == UnitOpinion.engagement_id)
        .where(
            scope.sees(_deliverables_read),
            Engagement.state != EngagementState.TERMINATED,
            UnitOpinion.answered_at.is_(None),
        )
        .group_by(Engagement.id, Engagement.bureau_id, Engagement.agency_id)
    )


def _deliverables_read(actor: Actor) -> ColumnElement[bool]:
    """As the opinions' own policy has it: who may read the draft reads what was said to it."""
    return engagement_policies.visible(actor) if actor.has(Permission.DELIVERABLES_READ) else sa.false()


def _deliverable_seen(actor: Actor) -> ColumnElement[bool]:
    """The page of a duty is that of the engagement; an invited expert, who reads files alone, has no duty there.

    The deliverables of a bureau are those of its engagements: asked for both, SQLite would begin with the engagements.
    """
    seen = deliverable_policies.visible(actor)
    return seen if actor.is_bureau else sa.and_(seen, engagement_policies.visible(actor))


def _of(duty: Duty, body_id: Any, **moments: Any) -> Member:
    return (
        select(
            *item(
                duty,
                id=Deliverable.id,
                bureau_id=Deliverable.bureau_id,
                body_id=body_id,
                engagement_id=Deliverable.engagement_id,
                agency_id=Deliverable.agency_id,
                detail=sa.type_coerce(Deliverable.kind, sa.String),
                **moments,
            )
        )
        .select_from(Deliverable)
        .join(Engagement, Engagement.id == Deliverable.engagement_id)
    )


def _last_decision() -> sa.ScalarSelect[Any]:
    return (
        select(sa.func.max(DeliverableVersion.decided_at))
        .where(DeliverableVersion.deliverable_id == Deliverable.id)
        .correlate(Deliverable)
        .scalar_subquery()
    )
