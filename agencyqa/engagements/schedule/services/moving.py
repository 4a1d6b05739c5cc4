"""Moving the date of a milestone: by hand, later, standing still, going on, and with the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.engagements.deliverables.services.access import reason_of
from agencyqa.engagements.deliverables.services.deadlines import (
    LAST_DAY,
    LONGEST_TERM,
    DueData,
    due_problems,
)
from agencyqa.engagements.deliverables.services.pauses import Grounds, Problems
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.locks import is_year_final
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.schedule.enums import MilestoneAction, MilestoneState, StepKind
from agencyqa.engagements.schedule.models import Milestone, MilestonePause
from agencyqa.engagements.schedule.policies import can_plan
from agencyqa.engagements.schedule.services.common import (
    count_due,
    figures,
    hold_milestone,
    keep,
    tell_parties,
)
from agencyqa.engagements.schedule.workflow import next_state
from agencyqa.errors import Forbidden, Invalid, WrongState
from agencyqa.measures.workdays import working_calendar

MOVED = "schedule.milestone.moved"


def change_date(
    actor: Actor,
    session: Session,
    milestone: Milestone,
    data: DueData,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Raise NotVisible, Forbidden, Stale, WrongState (also while it stands still), Invalid."""
    engagement = _expect_movable(actor, session, milestone, seen_version)
    reason, problems = reason_of(data.reason), due_problems(data, engagement)
    if problems:
        raise Invalid("invalid", **problems)
    before = figures(milestone)
    if data.due_on is not None:
        milestone.counted_from, milestone.working_days = None, None
        milestone.due_on, milestone.is_due_provisional = data.due_on, False
    else:
        milestone.counted_from, milestone.working_days = data.counted_from, data.working_days
        count_due(session, milestone, working_calendar(session))
    if figures(milestone) == before:
        raise Invalid("invalid", due_on=("deliverable_due_same", {"due_on": milestone.due_on}))
    keep(actor, session, milestone, StepKind.BY_HAND, MOVED, before, now=now, text=reason)
    _tell_moved(session, actor, engagement, milestone, StepKind.BY_HAND, now)


def extend(
    actor: Actor,
    session: Session,
    milestone: Milestone,
    working_days: int,
    grounds: Grounds,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """By so many working days from the day after the present date. Raise as ``change_date``."""
    engagement = _expect_movable(actor, session, milestone, seen_version)
    problems = grounds.problems()
    if not 1 <= working_days <= LONGEST_TERM:
        problems["working_days"] = ("term_extension_days", {"days": LONGEST_TERM})
    if problems:
        raise Invalid("invalid", **problems)
    before = figures(milestone)
    if milestone.counted_from is None or not milestone.working_days:
        milestone.counted_from, milestone.working_days = milestone.due_on, working_days
    else:
        milestone.working_days += working_days
    count_due(session, milestone, working_calendar(session))
    if milestone.due_on > LAST_DAY:
        raise Invalid("invalid", working_days="deliverable_due_too_far")
    keep(
        actor,
        session,
        milestone,
        StepKind.EXTENDED,
        MOVED,
        before,
        now=now,
        text=grounds.reason.strip(),
        authority=grounds.authority.strip(),
    )
    _tell_moved(session, actor, engagement, milestone, StepKind.EXTENDED, now)


def pause(
    actor: Actor,
    session: Session,
    milestone: Milestone,
    began_on: date,
    grounds: Grounds,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """From this day on no day counts and nothing becomes late. Raise as ``change_date``."""
    engagement = _expect_movable(actor, session, milestone, seen_version)
    problems = grounds.problems()
    last_end = session.scalar(
        select(func.max(MilestonePause.ended_on)).where(MilestonePause.milestone_id == milestone.id)
    )
    first = engagement.contract_signed_on
    if last_end is not None:
        first = max(first, last_end + timedelta(days=1))
    last = min(milestone.due_on, local_date(now))
    if not first <= began_on <= last:
        problems["began_on"] = ("term_pause_day", {"first": first, "last": last})
    if problems:
        raise Invalid("invalid", **problems)
    before = figures(milestone)
    milestone.paused_on = began_on
    session.add(MilestonePause(milestone_id=milestone.id, began_on=began_on))
    keep(
        actor,
        session,
        milestone,
        StepKind.PAUSED,
        "schedule.milestone.paused",
        before,
        now=now,
        text=grounds.reason.strip(),
        authority=grounds.authority.strip(),
        on_day=began_on,
    )
    tell_parties(session, actor, engagement, milestone, "milestone_paused", now=now, began_on=began_on)


def resume(
    actor: Actor,
    session: Session,
    milestone: Milestone,
    ended_on: date,
    ending: str,
    *,
    anew: bool,
    seen_version: int | None,
    now: datetime,
) -> None:
    """The day on which the supplements came does not count, the next one does. ``anew``: the whole term once more.

    Raise NotVisible, Forbidden, Stale, WrongState, Invalid; ``anew`` needs a term that was counted.
    """
    engagement = hold_milestone(actor, session, milestone, seen_version)
    if not can_plan(actor, engagement):
        raise Forbidden()
    next_state(milestone.state, MilestoneAction.MOVE)
    began_on = milestone.paused_on
    if began_on is None:
        raise WrongState("term_not_paused")
    problems: Problems = {} if ending.strip() else {"ending": "required"}
    if not began_on <= ended_on <= local_date(now):
        problems["ended_on"] = ("term_resume_day", {"first": began_on})
    if anew and (milestone.counted_from is None or not milestone.working_days):
        problems["anew"] = "term_not_counted"
    if problems:
        raise Invalid("invalid", **problems)
    before = figures(milestone)
    end_pause(session, milestone, ended_on, anew=anew)
    kind = StepKind.RESTARTED if anew else StepKind.RESUMED
    keep(
        actor,
        session,
        milestone,
        kind,
        "schedule.milestone.resumed",
        before,
        now=now,
        text=ending.strip(),
        on_day=ended_on,
    )
    _tell_moved(session, actor, engagement, milestone, kind, now)


def end_pause(session: Session, milestone: Milestone, ended_on: date, *, anew: bool = False) -> None:
    """The pause that lasts is over and the date counted again; a done milestone ends it, too."""
    calendar = working_calendar(session)
    lasting = session.scalars(
        select(MilestonePause).where(
            MilestonePause.milestone_id == milestone.id, MilestonePause.ended_on.is_(None)
        )
    ).one()
    lasting.ended_on, milestone.paused_on = ended_on, None
    session.flush()
    if anew:
        milestone.counted_from = ended_on
    elif milestone.counted_from is None or not milestone.working_days:
        # A date without a term: what was left of it on the first day of the pause is the term from its end on.
        left = calendar.late_days(lasting.began_on - timedelta(days=1), milestone.due_on)
        milestone.counted_from, milestone.working_days = ended_on, left.days
    count_due(session, milestone, calendar)


def follow_calendar(session: Session, actor: Actor, now: datetime, days: Sequence[date]) -> None:
    """The listener of the calendar: what was counted over a day that changed counts anew, and so does by how much
    something was late, unless the results of the year are final.
    """
    over = [Milestone.is_due_provisional, *_counted_over(days)]
    found = session.execute(
        select(Milestone, Engagement)
        .join(Engagement, Engagement.id == Milestone.engagement_id)
        .where(
            or_(*over),
            Milestone.state != MilestoneState.CANCELLED,
            Engagement.state != EngagementState.TERMINATED,
        )
        .order_by(Milestone.engagement_id, Milestone.id)
    ).all()
    if not found:
        return
    calendar = working_calendar(session)
    for milestone, engagement in found:
        before = figures(milestone)
        if milestone.done_on is not None and _is_final(session, engagement):
            continue
        count_due(session, milestone, calendar)
        if milestone.done_on is not None:
            milestone.late_days = calendar.late_days(milestone.due_on, milestone.done_on).days
        if figures(milestone) == before:
            continue
        keep(actor, session, milestone, StepKind.CALENDAR, MOVED, before, now=now)
        if milestone.due_on != before["due_on"]:
            _tell_moved(session, actor, engagement, milestone, StepKind.CALENDAR, now)


def _counted_over(days: Sequence[date]) -> list[ColumnElement[bool]]:
    if not days:
        return []
    first, last = min(days), max(days)
    return [
        and_(Milestone.counted_from < last, Milestone.due_on >= first),
        and_(Milestone.due_on < last, Milestone.done_on >= first),
    ]


def _is_final(session: Session, engagement: Engagement) -> bool:
    return is_year_final(session, engagement.bureau_id, engagement.assessment_year, hold=True)


def _expect_movable(
    actor: Actor, session: Session, milestone: Milestone, seen_version: int | None
) -> Engagement:
    engagement = hold_milestone(actor, session, milestone, seen_version)
    if not can_plan(actor, engagement):
        raise Forbidden()
    next_state(milestone.state, MilestoneAction.MOVE)
    if milestone.paused_on is not None:
        raise WrongState("term_paused", began_on=milestone.paused_on)
    return engagement


def _tell_moved(
    session: Session,
    actor: Actor,
    engagement: Engagement,
    milestone: Milestone,
    cause: StepKind,
    now: datetime,
) -> None:
    tell_parties(
        session,
        actor,
        engagement,
        milestone,
        "milestone_moved",
        now=now,
        due_on=milestone.due_on,
        cause=cause,
    )
