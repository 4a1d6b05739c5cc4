"""Longer terms, terms that stand still while supplements are awaited, and terms that go on or begin anew."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.engagements.deliverables.enums import DueCause
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.deliverables.notices import tell_agency, what_of
from agencyqa.engagements.deliverables.policies import can_change_due
from agencyqa.engagements.deliverables.services.access import hold_deliverable
from agencyqa.engagements.deliverables.services.deadlines import LAST_DAY, LONGEST_TERM
from agencyqa.engagements.deliverables.services.pauses import Grounds, Problems, due_of, end_pause, settle
from agencyqa.engagements.deliverables.services.terms import count_due, figures
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.hooks import tell_evidence_changed
from agencyqa.engagements.locks import is_year_final
from agencyqa.engagements.milestones.models import TermPause
from agencyqa.engagements.milestones.pauses import lasting_pause
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Forbidden, Invalid, WrongState
from agencyqa.measures.workdays import working_calendar


def extend_term(
    actor: Actor,
    session: Session,
    deliverable: Deliverable,
    working_days: int,
    grounds: Grounds,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """By so many working days from the day after the present date. From then on it no longer follows the contract.

    Raise NotVisible, Forbidden, Stale, WrongState (no date, standing still, terminated, year final), Invalid.
    """
    engagement = _expect_writable(actor, session, deliverable, seen_version)
    due_on = due_of(deliverable)
    if deliverable.paused_on is not None:
        raise WrongState("term_paused", began_on=deliverable.paused_on)
    problems = grounds.problems()
    if not 1 <= working_days <= LONGEST_TERM:
        problems["working_days"] = ("term_extension_days", {"days": LONGEST_TERM})
    if problems:
        raise Invalid("invalid", **problems)
    before, calendar = figures(deliverable), working_calendar(session)
    if deliverable.counted_from is None or not deliverable.working_days:
        deliverable.counted_from, deliverable.working_days = due_on, working_days
    else:
        deliverable.working_days += working_days
    deliverable.basis, deliverable.due_reason = None, grounds.reason.strip()
    count_due(session, deliverable, calendar)
    if due_of(deliverable) > LAST_DAY:
        raise Invalid("invalid", working_days="deliverable_due_too_far")
    settle(actor, session, engagement, deliverable, before, DueCause.EXTENDED, grounds, calendar, now)


def pause_term(
    actor: Actor,
    session: Session,
    deliverable: Deliverable,
    began_on: date,
    grounds: Grounds,
    *,
    seen_version: int | None,
    now: datetime,
) -> TermPause:
    """From this day on no day counts and nothing becomes late. Raise as ``extend_term``."""
    engagement = _expect_writable(actor, session, deliverable, seen_version)
    due_on = due_of(deliverable)
    if deliverable.paused_on is not None:
        raise WrongState("term_paused", began_on=deliverable.paused_on)
    if deliverable.first_submitted_at is not None:
        raise WrongState("term_fulfilled")
    problems = grounds.problems()
    last_end = session.scalar(
        select(func.max(TermPause.ended_on)).where(TermPause.deliverable_id == deliverable.id)
    )
    first = max(engagement.contract_signed_on, last_end or engagement.contract_signed_on)
    if last_end is not None:
        first += timedelta(days=1)
    last = min(due_on, local_date(now))
    if not first <= began_on <= last:
        problems["began_on"] = ("term_pause_day", {"first": first, "last": last})
    if problems:
        raise Invalid("invalid", **problems)
    before = figures(deliverable)
    pause = TermPause(
        deliverable_id=deliverable.id,
        began_on=began_on,
        reason=grounds.reason.strip(),
        authority=grounds.authority.strip(),
        begun_at=now,
        begun_by_id=actor.user_id,
        ending="",
    )
    session.add(pause)
    deliverable.paused_on, deliverable.is_overdue = began_on, False
    session.flush()
    record(
        session,
        actor,
        "milestones.term.paused",
        deliverable,
        now=now,
        bureau_id=deliverable.bureau_id,
        changes={"is_overdue": (before["is_overdue"], False)},
        began_on=began_on,
        reason=pause.reason,
        authority=pause.authority,
    )
    what = what_of(deliverable)
    tell_agency(session, engagement, "term_paused", now=now, what=what, began_on=began_on)
    tell_evidence_changed(session, engagement.id, now=now)
    return pause


def resume_term(
    actor: Actor,
    session: Session,
    deliverable: Deliverable,
    ended_on: date,
    ending: str,
    *,
    anew: bool,
    seen_version: int | None,
    now: datetime,
) -> None:
    """The day on which the supplements came does not count, the next one does. ``anew``: the whole term once more.

    Raise as ``extend_term``; ``anew`` needs a term that was counted.
    """
    engagement = _expect_writable(actor, session, deliverable, seen_version)
    pause = lasting_pause(session, deliverable.id)
    if pause is None:
        raise WrongState("term_not_paused")
    problems: Problems = {} if ending.strip() else {"ending": "required"}
    if not pause.began_on <= ended_on <= local_date(now):
        problems["ended_on"] = ("term_resume_day", {"first": pause.began_on})
    if anew and (deliverable.counted_from is None or not deliverable.working_days):
        problems["anew"] = "term_not_counted"
    if problems:
        raise Invalid("invalid", **problems)
    end_pause(actor, session, engagement, deliverable, pause, ended_on, ending, anew=anew, now=now)


def _expect_writable(
    actor: Actor, session: Session, deliverable: Deliverable, seen_version: int | None
) -> Engagement:
    engagement = hold_deliverable(actor, session, deliverable)
    if not can_change_due(actor, engagement):
        raise Forbidden()
    check_version(deliverable, seen_version)
    if engagement.state is EngagementState.TERMINATED:
        raise WrongState("deliverable_engagement_terminated")
    if is_year_final(session, engagement.bureau_id, engagement.assessment_year, hold=True):
        raise WrongState("year_is_final", year=engagement.assessment_year)
    return engagement
