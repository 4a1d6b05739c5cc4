"""Points that a year adds to an agency's account, and weights set by hand: entered with a reason, never erased."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.models import Registration
from agencyqa.assessments import result_policies
from agencyqa.assessments.models import AgencyCredit, EngagementWeight
from agencyqa.assessments.queries.rounds import is_year_final
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Forbidden, Invalid, WrongState


def enter_credit(
    actor: Actor,
    session: Session,
    *,
    agency_id: int,
    occurred_on: date,
    points: int,
    reason: str,
    evidence: str,
    now: datetime,
) -> AgencyCredit:
    """``points`` in units, negative ones take away. It belongs to the year of the day; a published year is closed.

    The same event with the same points, reason and evidence counts once: a form that is sent twice is refused.
    """
    bureau_id = _bureau(actor)
    if not points:
        raise Invalid(points="credit_of_no_points")
    if not reason:
        raise Invalid(reason="required")
    if not evidence:
        raise Invalid(evidence="required")
    if occurred_on > local_date(now):
        raise Invalid(occurred_on="credit_in_future")
    # The row is also the queue for two who enter something at once.
    registered = (
        select(Registration.agency_id)
        .where(Registration.bureau_id == bureau_id, Registration.agency_id == agency_id)
        .with_for_update(key_share=True)
    )
    if session.scalar(registered) is None:
        raise Invalid(agency_id="not_a_choice")
    _expect_open(session, bureau_id, occurred_on.year)
    same = select(AgencyCredit.id).where(
        AgencyCredit.bureau_id == bureau_id,
        AgencyCredit.agency_id == agency_id,
        AgencyCredit.year == occurred_on.year,
        AgencyCredit.occurred_on == occurred_on,
        AgencyCredit.points == points,
        AgencyCredit.reason == reason,
        AgencyCredit.evidence == evidence,
        AgencyCredit.withdrawn_at.is_(None),
    )
    if session.scalar(same.limit(1)) is not None:
        raise Invalid(reason="credit_entered_already")
    credit = AgencyCredit(
        bureau_id=bureau_id,
        agency_id=agency_id,
        year=occurred_on.year,
        occurred_on=occurred_on,
        points=points,
        reason=reason,
        evidence=evidence,
        entered_at=now,
        entered_by_id=actor.user_id,
    )
    session.add(credit)
    session.flush()
    record(
        session, actor, "assessments.credit.entered", credit, now=now, bureau_id=bureau_id,
        agency_id=agency_id, year=credit.year, credit_points=points, reason=reason,
    )  # fmt: skip
    return credit


def withdraw_credit(
    actor: Actor, session: Session, credit: AgencyCredit, *, reason: str, now: datetime
) -> None:
    """It counts no more, and stays to be read."""
    if _bureau(actor) != credit.bureau_id:
        raise Forbidden("only_bureau_keeps_credits")
    session.refresh(credit, with_for_update=True)
    if credit.withdrawn_at is not None:
        raise WrongState("credit_already_withdrawn")
    _expect_open(session, credit.bureau_id, credit.year)
    if not reason:
        raise Invalid(reason="required")
    credit.withdrawn_at = now
    credit.withdrawn_by_id = actor.user_id
    credit.withdrawal_reason = reason
    session.flush()
    record(
        session, actor, "assessments.credit.withdrawn", credit, now=now, bureau_id=credit.bureau_id,
        agency_id=credit.agency_id, year=credit.year, credit_points=credit.points, reason=reason,
    )  # fmt: skip


def set_weight(
    actor: Actor, session: Session, engagement: Engagement, *, weight: int, reason: str, now: datetime
) -> EngagementWeight:
    """How much the engagement counts where the rules of its year say "set by hand"; only proportions matter."""
    if _bureau(actor) != engagement.bureau_id:
        raise Forbidden("only_bureau_keeps_credits")
    if weight < 0:
        raise Invalid(weight="negative")
    if not reason:
        raise Invalid(reason="required")
    _expect_open(session, engagement.bureau_id, engagement.assessment_year)
    held = session.scalars(
        select(EngagementWeight).where(EngagementWeight.engagement_id == engagement.id).with_for_update()
    ).one_or_none()
    before = None if held is None else held.weight
    if held is None:
        held = EngagementWeight(engagement_id=engagement.id, weight=weight, reason=reason, set_at=now)
        session.add(held)
    held.weight, held.reason, held.set_at, held.set_by_id = weight, reason, now, actor.user_id
    session.flush()
    record(
        session, actor, "assessments.weight.set", held, now=now, bureau_id=engagement.bureau_id,
        changes={"weight": (before, weight)}, reason=reason,
    )  # fmt: skip
    return held


def _bureau(actor: Actor) -> int:
    if not result_policies.can_open_round(actor) or actor.bureau_id is None:
        raise Forbidden("only_bureau_keeps_credits")
    return actor.bureau_id


def _expect_open(session: Session, bureau_id: int, year: int) -> None:
    """Held until the caller commits, so that a publication that runs meanwhile waits or is waited for."""
    if is_year_final(session, bureau_id, year, hold=True):
        raise WrongState("credit_year_final", year=year)
