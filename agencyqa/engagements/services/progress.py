"""The steps of an engagement after it was entered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.engagements import workflow
from agencyqa.engagements.deliverables.services import close_list
from agencyqa.engagements.enums import EngagementAction
from agencyqa.engagements.hooks import end_listeners, tell_evidence_changed
from agencyqa.engagements.locks import is_year_final
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.policies import can_change_year
from agencyqa.engagements.recusal.queries import has_pending_case
from agencyqa.engagements.services.access import expect_open_year, expect_writable
from agencyqa.errors import Forbidden, Invalid, WrongState
from agencyqa.measures.workdays import working_calendar

FIRST_YEAR, LAST_YEAR = 2000, 2100


def complete_engagement(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    completed_on: date,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """The due date counts in full; completed before the next working day is in time.

    While it is undecided whether somebody must stay out, the work is not finished. Raise as ``expect_writable``,
    WrongState, Invalid.
    """
    expect_writable(actor, session, engagement, seen_version=seen_version)
    state = workflow.next_state(engagement.state, EngagementAction.COMPLETE)
    if has_pending_case(session, engagement.id):
        raise WrongState("recusal_undecided")
    if completed_on < engagement.contract_signed_on:
        raise Invalid("invalid", completed_on="completed_before_contract")
    if completed_on > local_date(now):
        raise Invalid("invalid", completed_on="completed_in_future")
    is_late = working_calendar(session).is_late(engagement.due_on, completed_on)
    changes: dict[str, Any] = {
        "state": (engagement.state, state),
        "completed_on": (None, completed_on),
        "is_overdue": (engagement.is_overdue, is_late),
    }
    _apply(actor, session, engagement, "completed", changes, now=now)
    # What is required and never came is missing from now on.
    tell_evidence_changed(session, engagement.id, now=now)


def terminate_engagement(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    reason: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """A terminated contract counts in no year, so it ends only while the year's results are open."""
    expect_writable(actor, session, engagement, seen_version=seen_version)
    state = workflow.next_state(engagement.state, EngagementAction.TERMINATE)
    expect_open_year(session, engagement)
    changes: dict[str, Any] = {
        "state": (engagement.state, state),
        "terminated_on": (None, local_date(now)),
        "termination_reason": ("", _reason(reason)),
        "is_overdue": (engagement.is_overdue, False),
    }
    _apply(actor, session, engagement, "terminated", changes, now=now)
    close_list(session, engagement)
    for listener in end_listeners:
        listener(actor, session, engagement, now)
    tell_evidence_changed(session, engagement.id, now=now)


def reopen_engagement(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    reason: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Take back a completion entered by mistake."""
    expect_writable(actor, session, engagement, seen_version=seen_version)
    state = workflow.next_state(engagement.state, EngagementAction.REOPEN)
    expect_open_year(session, engagement)
    changes: dict[str, Any] = {
        "state": (engagement.state, state),
        "completed_on": (engagement.completed_on, None),
        "is_overdue": (engagement.is_overdue, False),
    }
    _apply(actor, session, engagement, "reopened", changes, now=now, reason=_reason(reason))
    tell_evidence_changed(session, engagement.id, now=now)


def change_assessment_year(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    year: int,
    reason: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Only the lead, with a reason, and only between years whose results are not final."""
    expect_writable(actor, session, engagement, seen_version=seen_version)
    if not can_change_year(actor, engagement):
        raise Forbidden("only_lead_changes_year")
    expect_open_year(session, engagement)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid("invalid", year="assessment_year_wrong")
    if year == engagement.assessment_year:
        raise Invalid("invalid", year=("assessment_year_same", {"year": year}))
    if is_year_final(session, engagement.bureau_id, year, hold=True):
        raise Invalid("invalid", year=("year_is_final", {"year": year}))
    changes: dict[str, Any] = {
        "assessment_year": (engagement.assessment_year, year),
        "year_reason": (engagement.year_reason, _reason(reason)),
    }
    _apply(actor, session, engagement, "year_changed", changes, now=now)


def _reason(text: str) -> str:
    if not text.strip():
        raise Invalid("invalid", reason="required")
    return text.strip()


def _apply(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    event: str,
    changes: dict[str, Any],
    *,
    now: datetime,
    **facts: Any,
) -> None:
    for name, (_, value) in changes.items():
        setattr(engagement, name, value)
    session.flush()
    record(
        session,
        actor,
        f"engagements.engagement.{event}",
        engagement,
        now=now,
        bureau_id=engagement.bureau_id,
        changes=changes,
        **facts,
    )
