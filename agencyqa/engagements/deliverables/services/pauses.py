"""What an extension and a pause have in common: their grounds, and what follows from a date that moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.engagements.deliverables.enums import DueCause
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.deliverables.services.terms import (
    count_due,
    figures,
    settle_lateness,
    trace_move,
)
from agencyqa.engagements.hooks import tell_evidence_changed
from agencyqa.engagements.milestones.models import TermPause
from agencyqa.engagements.models import Engagement
from agencyqa.errors import WrongState
from agencyqa.measures.workdays import WorkingCalendar, working_calendar

Problems = dict[str, str | tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Grounds:
    """Why, and by whose word: the officer or body that granted it, or the document."""

    reason: str
    authority: str

    def problems(self) -> Problems:
        texts = {"reason": self.reason, "authority": self.authority}
        return {name: "required" for name, text in texts.items() if not text.strip()}


def end_pause(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    deliverable: Deliverable,
    pause: TermPause,
    ended_on: date,
    ending: str,
    *,
    anew: bool = False,
    now: datetime,
) -> None:
    """Who may is asked by the callers: the bureau ends a pause, and so does a hand-in."""
    before, calendar = figures(deliverable), working_calendar(session)
    due_on = due_of(deliverable)
    pause.ended_on, pause.ended_at, pause.ended_by_id = ended_on, now, actor.user_id
    pause.ending = ending.strip()
    deliverable.paused_on = None
    session.flush()
    if anew:
        deliverable.counted_from, deliverable.basis = ended_on, None
        deliverable.due_reason = pause.ending
    elif deliverable.counted_from is None or not deliverable.working_days:
        # A date without a term: what was left of it on the first day of the pause is the term from its end on.
        left = calendar.late_days(pause.began_on - timedelta(days=1), due_on).days
        # A date that is no working day is met on the next one: a pause takes nothing away from anybody.
        left += not calendar.is_working(due_on)
        deliverable.counted_from, deliverable.working_days = ended_on, left
        deliverable.basis, deliverable.due_reason = None, pause.reason
    count_due(session, deliverable, calendar)
    record(
        session,
        actor,
        "milestones.term.resumed",
        deliverable,
        now=now,
        bureau_id=deliverable.bureau_id,
        began_on=pause.began_on,
        ended_on=ended_on,
        anew=anew,
        reason=pause.ending,
    )
    grounds = Grounds(pause.ending, pause.authority)
    cause = DueCause.RESTARTED if anew else DueCause.RESUMED
    settle(actor, session, engagement, deliverable, before, cause, grounds, calendar, now)


def settle(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    deliverable: Deliverable,
    before: dict[str, Any],
    cause: DueCause,
    grounds: Grounds,
    calendar: WorkingCalendar,
    now: datetime,
) -> None:
    settle_lateness(deliverable, calendar, now)
    trace_move(
        actor,
        session,
        engagement,
        deliverable,
        before,
        cause,
        now=now,
        reason=grounds.reason.strip(),
        authority=grounds.authority.strip(),
    )
    tell_evidence_changed(session, engagement.id, now=now)


def due_of(deliverable: Deliverable) -> date:
    if deliverable.due_on is None:
        raise WrongState("term_without_date")
    return deliverable.due_on
