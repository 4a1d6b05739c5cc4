"""Moving due dates: by hand with a reason, and when the calendar of working days became known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.db import check_version
from agencyqa.engagements.deliverables.enums import DueCause
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.deliverables.policies import can_change_due
from agencyqa.engagements.deliverables.services.access import hold_deliverable, reason_of
from agencyqa.engagements.deliverables.services.terms import (
    count_due,
    figures,
    put_due,
    settle_lateness,
    trace_move,
)
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.hooks import tell_evidence_changed
from agencyqa.engagements.locks import is_year_final
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Forbidden, Invalid, WrongState
from agencyqa.measures.workdays import Due, working_calendar

# Two years of working days; a longer term is a slip of the pen.
LONGEST_TERM = 500
LAST_DAY = date(2100, 12, 31)


@dataclass(frozen=True)
class DueData:
    """Either ``due_on``, or ``working_days`` from the day after ``counted_from``."""

    due_on: date | None
    counted_from: date | None
    working_days: int | None
    reason: str


def change_due(
    actor: Actor,
    session: Session,
    deliverable: Deliverable,
    data: DueData,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """From then on the date no longer follows the contract. After the first hand-in the lateness is counted anew.

    Raise NotVisible, Forbidden, Stale, WrongState (terminated, or the year's results are final), Invalid.
    """
    engagement = hold_deliverable(actor, session, deliverable)
    if not can_change_due(actor, engagement):
        raise Forbidden()
    check_version(deliverable, seen_version)
    if engagement.state is EngagementState.TERMINATED:
        raise WrongState("deliverable_engagement_terminated")
    if is_year_final(session, engagement.bureau_id, engagement.assessment_year, hold=True):
        raise WrongState("year_is_final", year=engagement.assessment_year)
    if deliverable.paused_on is not None:
        raise WrongState("term_paused", began_on=deliverable.paused_on)
    reason = reason_of(data.reason)
    problems = due_problems(data, engagement)
    if problems:
        raise Invalid("invalid", **problems)
    calendar = working_calendar(session)
    before = figures(deliverable)
    deliverable.basis = None
    deliverable.due_reason = reason
    if data.due_on is not None:
        deliverable.counted_from, deliverable.working_days = None, None
        put_due(deliverable, Due(data.due_on, False))
    else:
        deliverable.counted_from, deliverable.working_days = data.counted_from, data.working_days
        count_due(session, deliverable, calendar)
    settle_lateness(deliverable, calendar, now)
    if not trace_move(
        actor, session, engagement, deliverable, before, DueCause.BY_HAND, now=now, reason=reason
    ):
        raise Invalid("invalid", due_on=("deliverable_due_same", {"due_on": deliverable.due_on}))
    tell_evidence_changed(session, engagement.id, now=now)


def due_problems(data: DueData, engagement: Engagement) -> dict[str, str | tuple[str, dict[str, Any]]]:
    """What is wrong with a date or a term, by field."""
    counts = data.counted_from is not None or data.working_days is not None
    if (data.due_on is not None) == counts:
        return {"due_on": "deliverable_due_one_way"}
    signed: dict[str, Any] = {"signed_on": engagement.contract_signed_on}
    if data.working_days is not None and not 0 <= data.working_days <= LONGEST_TERM:
        return {"working_days": ("deliverable_term_too_long", {"days": LONGEST_TERM})}
    for name, day in (("due_on", data.due_on), ("counted_from", data.counted_from)):
        if day is not None and day < engagement.contract_signed_on:
            return {name: ("deliverable_due_before_contract", signed)}
        if day is not None and day > LAST_DAY:
            return {name: "deliverable_due_too_far"}
    if data.due_on is not None or (data.counted_from is not None and data.working_days is not None):
        return {}
    return {"counted_from" if data.counted_from is None else "working_days": "required"}


def recount(session: Session, actor: Actor, now: datetime, days: Sequence[date] = ()) -> int:
    """What was counted over these days, or over a year that was not published, counted again; how many changed.

    The results of a year that is final keep the dates they were reached with.
    """
    pairs = session.execute(
        select(Deliverable, Engagement)
        .join(Engagement, Engagement.id == Deliverable.engagement_id)
        .where(
            or_(Deliverable.is_due_provisional, Deliverable.is_lateness_provisional, *_counted_over(days)),
            Engagement.state != EngagementState.TERMINATED,
        )
        .order_by(Deliverable.engagement_id, Deliverable.id)
    ).all()
    if not pairs:
        return 0
    calendar = working_calendar(session)
    final: dict[tuple[int, int], bool] = {}
    moved: dict[int, int] = {}
    for deliverable, engagement in pairs:
        year = engagement.bureau_id, engagement.assessment_year
        if year not in final:
            final[year] = is_year_final(session, *year, hold=True)
        if final[year]:
            continue
        before = figures(deliverable)
        if deliverable.is_due_provisional or days:
            count_due(session, deliverable, calendar)
        settle_lateness(deliverable, calendar, now)
        if trace_move(actor, session, engagement, deliverable, before, DueCause.CALENDAR, now=now):
            moved[engagement.id] = moved.get(engagement.id, 0) + 1
    for engagement_id in moved:
        tell_evidence_changed(session, engagement_id, now=now)
    return sum(moved.values())


def _counted_over(days: Sequence[date]) -> list[ColumnElement[bool]]:
    """The term or the lateness went over one of the days; the day from which either is counted does not count."""
    if not days:
        return []
    first, last = min(days), max(days)
    # A day begins in Shanghai before it does in the time that is stored.
    before = datetime.combine(first - timedelta(days=1), time(), UTC)
    return [
        and_(Deliverable.counted_from < last, Deliverable.due_on >= first),
        and_(
            Deliverable.due_on < last,
            or_(Deliverable.first_submitted_at.is_(None), Deliverable.first_submitted_at >= before),
        ),
    ]


def follow_calendar(session: Session, actor: Actor, now: datetime, days: Sequence[date]) -> None:
    """The listener of the calendar."""
    recount(session, actor, now, days)
