"""The agency's statement, and what becomes of a finding: final, dropped, or later withdrawn."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.engagements.hooks import tell_evidence_changed
from agencyqa.errors import Forbidden, Invalid, WrongState
from agencyqa.inspections import workflow
from agencyqa.inspections.enums import FindingAction
from agencyqa.inspections.hooks import tell_agency_changed, withdrawal_listeners
from agencyqa.inspections.models import Finding
from agencyqa.inspections.policies import can_decide, can_state, can_withdraw
from agencyqa.inspections.services.access import (
    expect_finding,
    expect_impartial,
    expect_visible_finding,
)
from agencyqa.inspections.services.telling import tell_agency, tell_inspectors
from agencyqa.measures.workdays import WorkingCalendar, working_calendar


def is_statement_late(finding: Finding, calendar: WorkingCalendar) -> bool:
    """The last day of the term counts in full, and a right does not lapse on a day that is no working day."""
    return (
        finding.stated_at is not None
        and finding.statement_due_on is not None
        and calendar.is_late(finding.statement_due_on, local_date(finding.stated_at))
    )


def may_be_decided(finding: Finding, calendar: WorkingCalendar, day: date) -> bool:
    """Once the agency has spoken, or let its term pass: from the first working day after it."""
    if finding.stated_at is not None:
        return True
    return finding.statement_due_on is not None and calendar.is_late(finding.statement_due_on, day)


def make_statement(
    actor: Actor,
    session: Session,
    finding: Finding,
    text: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Once, by somebody who answers for the agency; after the term too, as long as nobody has decided."""
    expect_visible_finding(actor, session, finding)
    if not can_state(actor, finding):
        raise Forbidden()
    session.refresh(finding, with_for_update=True)
    workflow.next_finding_state(finding.state, FindingAction.STATE)
    if finding.stated_at is not None:
        raise WrongState("stated_already")
    check_version(finding, seen_version)
    if not text:
        raise Invalid(statement="required")
    finding.statement = text
    finding.stated_at = now
    finding.stated_by_id = actor.user_id
    session.flush()
    late = is_statement_late(finding, working_calendar(session))
    record(
        session,
        actor,
        "inspections.finding.stated",
        finding,
        now=now,
        bureau_id=finding.bureau_id,
        statement=text,
        is_late=late,
    )
    tell_inspectors(session, finding, "finding_stated_late" if late else "finding_stated", now=now)


def finalise_finding(
    actor: Actor,
    session: Session,
    finding: Finding,
    reason: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """From here on it counts. By another supervisor than its author, without a conflict, once the agency was heard."""
    expect_finding(actor, session, finding, seen_version=seen_version)
    _expect_decider(actor, session, finding, now=now)
    workflow.next_finding_state(finding.state, FindingAction.FINALISE)
    if not may_be_decided(finding, working_calendar(session), local_date(now)):
        raise WrongState("statement_term_runs", day=finding.statement_due_on)
    _decide(actor, session, finding, FindingAction.FINALISE, reason, now=now)
    tell_agency(session, finding, "finding_final", now=now)
    if finding.engagement_id is not None:
        tell_evidence_changed(session, finding.engagement_id, now=now)
    else:
        tell_agency_changed(session, finding, now=now)


def drop_finding(
    actor: Actor,
    session: Session,
    finding: Finding,
    reason: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Whoever writes findings may take back a draft; once the agency was told, a second person decides."""
    expect_finding(actor, session, finding, seen_version=seen_version)
    was_told = finding.notified_at is not None
    if was_told:
        _expect_decider(actor, session, finding, now=now)
    else:
        expect_impartial(actor, session, finding, now=now)
    _decide(actor, session, finding, FindingAction.DROP, reason, now=now)
    if was_told:
        tell_agency(session, finding, "finding_dropped", now=now)


def withdraw_finding(
    actor: Actor,
    session: Session,
    finding: Finding,
    reason: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Only the lead. Whoever counted the finding hears of it in the same transaction."""
    expect_finding(actor, session, finding, seen_version=seen_version)
    if not can_withdraw(actor, finding):
        raise Forbidden("only_lead_withdraws_findings")
    expect_impartial(actor, session, finding, now=now)
    state = workflow.next_finding_state(finding.state, FindingAction.WITHDRAW)
    if not reason:
        raise Invalid(reason="required")
    before, finding.state = finding.state, state
    finding.withdrawn_at = now
    finding.withdrawn_by_id = actor.user_id
    finding.withdrawal_reason = reason
    session.flush()
    record(
        session,
        actor,
        "inspections.finding.withdrawn",
        finding,
        now=now,
        bureau_id=finding.bureau_id,
        changes={"state": (before, state)},
        reason=reason,
    )
    tell_agency(session, finding, "finding_withdrawn", now=now)
    if finding.engagement_id is not None:
        tell_evidence_changed(session, finding.engagement_id, now=now)
    else:
        tell_agency_changed(session, finding, now=now)
    for listener in withdrawal_listeners:
        listener(actor, session, finding, reason, now)


def _expect_decider(actor: Actor, session: Session, finding: Finding, *, now: datetime) -> None:
    if actor.user_id is not None and actor.user_id == finding.created_by_id:
        raise Forbidden("author_decides_not")
    if not can_decide(actor, finding):
        raise Forbidden()
    expect_impartial(actor, session, finding, now=now)


def _decide(
    actor: Actor,
    session: Session,
    finding: Finding,
    action: FindingAction,
    reason: str,
    *,
    now: datetime,
) -> None:
    state = workflow.next_finding_state(finding.state, action)
    if not reason:
        raise Invalid(reason="required")
    before, finding.state = finding.state, state
    finding.decided_at = now
    finding.decided_by_id = actor.user_id
    finding.decision_reason = reason
    session.flush()
    record(
        session,
        actor,
        _EVENTS[action],
        finding,
        now=now,
        bureau_id=finding.bureau_id,
        changes={"state": (before, state)},
        reason=reason,
    )


_EVENTS = {
    FindingAction.FINALISE: "inspections.finding.finalised",
    FindingAction.DROP: "inspections.finding.dropped",
}
