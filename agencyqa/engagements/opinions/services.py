"""Comments of the evaluated unit on the draft, the agency's answers, and experts' words on the plan."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agencyqa.accounts.queries import member_ids
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion
from agencyqa.engagements.deliverables.notices import AGENCY_ROLES
from agencyqa.engagements.deliverables.services.access import hold, hold_engagement
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.opinions.enums import Outcome
from agencyqa.engagements.opinions.models import FULL_SCORE, PlanReview, UnitOpinion
from agencyqa.engagements.opinions.policies import (
    can_answer,
    can_record_review,
    can_write,
    visible_opinions,
)
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState
from agencyqa.notifications.services import tell

# More would be a report of their own.
MOST_OPINIONS = 300
MOST_REVIEWS = 50

Problems = dict[str, str | tuple[str, dict[str, Any]]]


def write_opinion(
    actor: Actor, session: Session, engagement: Engagement, place: str, text: str, *, now: datetime
) -> UnitOpinion:
    """On the newest draft handed in, until the report is. Raise NotVisible, Forbidden, WrongState, Invalid."""
    engagement = hold_engagement(actor, session, engagement)
    if not can_write(actor, engagement):
        raise Forbidden()
    draft = newest_handed_in(session, engagement.id, DeliverableKind.DRAFT)
    if draft is None:
        raise WrongState("opinion_no_draft")
    is_over = engagement.state is not EngagementState.CONTRACTED
    if is_over or newest_handed_in(session, engagement.id, DeliverableKind.REPORT) is not None:
        raise WrongState("opinion_too_late")
    if not text.strip():
        raise Invalid("invalid", text="required")
    last = session.scalar(
        select(func.max(UnitOpinion.number)).where(UnitOpinion.engagement_id == engagement.id)
    )
    if (last or 0) >= MOST_OPINIONS:
        raise Invalid("invalid", text=("opinion_too_many", {"count": MOST_OPINIONS}))
    opinion = UnitOpinion(
        engagement_id=engagement.id,
        version_id=draft.id,
        number=(last or 0) + 1,
        place=place.strip(),
        text=text.strip(),
        written_at=now,
        written_by_id=actor.user_id,
        answer="",
    )
    session.add(opinion)
    session.flush()
    _record(session, actor, "opinion.written", opinion, engagement, now, number=opinion.number)
    members = member_ids(session, engagement.agency_id, AGENCY_ROLES, day=local_date(now))
    # One message for a batch that is typed in one after the other.
    key = f"opinions:{engagement.id}:{local_date(now)}"
    _tell(session, members, engagement, "opinion_written", now=now, dedupe_key=key, unit=actor.body_name)
    return opinion


def answer_opinion(
    actor: Actor,
    session: Session,
    opinion: UnitOpinion,
    outcome: Outcome,
    text: str,
    *,
    now: datetime,
) -> Engagement:
    """Once, with what was changed or why nothing was. Raise NotVisible, Forbidden, WrongState, Invalid."""
    if session.scalar(visible_opinions(actor).where(UnitOpinion.id == opinion.id)) is None:
        raise NotVisible()
    engagement = hold(session, opinion.engagement_id)
    session.refresh(opinion)
    if not can_answer(actor, engagement):
        raise Forbidden()
    if opinion.answered_at is not None:
        raise WrongState("opinion_answered_already")
    if not text.strip():
        raise Invalid("invalid", answer="required")
    opinion.outcome, opinion.answer = outcome, text.strip()
    opinion.answered_at, opinion.answered_by_id = now, actor.user_id
    session.flush()
    _record(
        session, actor, "opinion.answered", opinion, engagement, now, number=opinion.number, outcome=outcome
    )
    officers = member_ids(
        session, engagement.evaluated_unit_id, {Role.DEPARTMENT_OFFICER}, day=local_date(now)
    )
    _tell(session, officers, engagement, "opinion_answered", now=now, number=opinion.number, outcome=outcome)
    return engagement


def record_plan_review(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    expert: str,
    position: str,
    score: int,
    text: str,
    held_on: date,
    *,
    now: datetime,
) -> PlanReview:
    """Of the newest plan handed in. ``score`` in ten-thousandths. Raise NotVisible, Forbidden, WrongState, Invalid."""
    engagement = hold_engagement(actor, session, engagement)
    if not can_record_review(actor, engagement):
        raise Forbidden()
    plan = newest_handed_in(session, engagement.id, DeliverableKind.PLAN)
    if plan is None:
        raise WrongState("plan_review_no_plan")
    if engagement.state is EngagementState.TERMINATED:
        raise WrongState("deliverable_engagement_terminated")
    problems: Problems = {
        name: "required" for name, given in (("expert", expert), ("text", text)) if not given.strip()
    }
    if not 0 <= score <= FULL_SCORE:
        problems["score"] = "plan_review_score"
    if not engagement.contract_signed_on <= held_on <= local_date(now):
        problems["held_on"] = ("plan_review_day", {"first": engagement.contract_signed_on})
    count = session.scalar(select(func.count(PlanReview.id)).where(PlanReview.engagement_id == engagement.id))
    if (count or 0) >= MOST_REVIEWS:
        problems["expert"] = ("plan_review_too_many", {"count": MOST_REVIEWS})
    if problems:
        raise Invalid("invalid", **problems)
    review = PlanReview(
        engagement_id=engagement.id,
        version_id=plan.id,
        expert=expert.strip(),
        position=position.strip(),
        score=score,
        text=text.strip(),
        held_on=held_on,
        recorded_at=now,
        recorded_by_id=actor.user_id,
    )
    session.add(review)
    session.flush()
    _record(
        session, actor, "plan_review.recorded", review, engagement, now, expert=review.expert, score=score
    )
    members = member_ids(session, engagement.agency_id, AGENCY_ROLES, day=local_date(now))
    _tell(session, members, engagement, "plan_reviewed", now=now, commissioner=actor.body_name)
    return review


def newest_handed_in(
    session: Session, engagement_id: int, kind: DeliverableKind
) -> DeliverableVersion | None:
    return session.scalars(
        select(DeliverableVersion)
        .join(Deliverable, Deliverable.id == DeliverableVersion.deliverable_id)
        .where(
            Deliverable.engagement_id == engagement_id,
            Deliverable.kind == kind,
            DeliverableVersion.submission_id.is_not(None),
        )
        .order_by(DeliverableVersion.number.desc())
        .limit(1)
    ).one_or_none()


def _record(
    session: Session,
    actor: Actor,
    event: str,
    target: UnitOpinion | PlanReview,
    engagement: Engagement,
    now: datetime,
    **facts: Any,
) -> None:
    record(session, actor, f"opinions.{event}", target, now=now, bureau_id=engagement.bureau_id, **facts)


def _tell(
    session: Session,
    members: list[int],
    engagement: Engagement,
    code: str,
    *,
    now: datetime,
    dedupe_key: str | None = None,
    **params: Any,
) -> None:
    tell(
        session,
        members,
        code,
        now=now,
        endpoint="opinions.show",
        endpoint_values={"engagement_id": engagement.id},
        dedupe_key=dedupe_key,
        contract=engagement.contract_number,
        **params,
    )
