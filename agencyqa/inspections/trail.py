"""The lines of checks and findings in the story of an engagement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import User
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.actor import Actor
from agencyqa.engagements.contents import may_hold
from agencyqa.engagements.hooks import TrailEntry
from agencyqa.engagements.models import Engagement
from agencyqa.inspections.enums import FindingState
from agencyqa.inspections.models import Finding, SpotCheck
from agencyqa.inspections.numbering import plain_number
from agencyqa.inspections.policies import visible_checks, visible_findings
from agencyqa.inspections.queries.faults import faults_by_code, title_of
from agencyqa.inspections.services.decisions import is_statement_late
from agencyqa.measures.workdays import working_calendar


def inspection_trail(session: Session, actor: Actor, engagement: Engagement) -> Iterator[TrailEntry]:
    """An agency reads what it was told and what it said; how the bureau came to it is the bureau's to know."""
    checks: Sequence[SpotCheck] = []
    if may_hold(session, engagement.id, SpotCheck):
        checks = session.scalars(visible_checks(actor).where(SpotCheck.engagement_id == engagement.id)).all()
    findings: Sequence[Finding] = []
    if may_hold(session, engagement.id, Finding):
        findings = session.scalars(
            visible_findings(actor).where(Finding.engagement_id == engagement.id)
        ).all()
    if not checks and not findings:
        return
    stated = [finding for finding in findings if finding.stated_at is not None]
    # Where nobody has spoken, nothing is late, and the calendar need not be read.
    calendar = working_calendar(session) if stated else None
    late = {finding.id for finding in stated if calendar and is_statement_late(finding, calendar)}
    tellers = _tellers(session, findings)
    names = _names(session, checks, findings, tellers)
    titles = {
        code: title_of(fault)
        for code, fault in faults_by_code(session, {finding.fault_code for finding in findings}).items()
    }
    for check in checks:
        for at, code, who, tone in _steps_of_check(actor, check):
            yield TrailEntry(
                at,
                code,
                {"number": plain_number(check.year, check.number), "checked_on": check.checked_on},
                names.get(who, ""),
                check.bureau_id,
                tone,
                "inspections.show",
                {"check_id": check.id},
            )
    for finding in findings:
        for at, code, who, tone in _steps_of_finding(
            actor, finding, tellers.get(finding.id), is_late=finding.id in late
        ):
            yield TrailEntry(
                at,
                code,
                {
                    "number": plain_number(finding.year, finding.number),
                    "fault": titles.get(finding.fault_code, finding.fault_code),
                    "due_on": finding.statement_due_on,
                },
                names.get(who, ""),
                finding.agency_id if code in _BY_AGENCY else finding.bureau_id,
                tone,
                "inspections.finding",
                {"finding_id": finding.id},
            )


_BY_AGENCY = frozenset({"finding_stated", "finding_stated_late"})
# (when, code, who, tone) of each step that was taken.
Step = tuple[datetime, str, int | None, str]


def _steps_of_check(actor: Actor, check: SpotCheck) -> Iterator[Step]:
    if actor.is_bureau:
        yield check.created_at, "check_planned", check.created_by_id, "neutral"
    if check.recorded_at is not None:
        yield check.recorded_at, "check_recorded", check.recorded_by_id, "info"
    if check.cancelled_at is not None:
        yield check.cancelled_at, "check_cancelled", check.cancelled_by_id, "neutral"


def _steps_of_finding(actor: Actor, finding: Finding, teller: int | None, *, is_late: bool) -> Iterator[Step]:
    if actor.is_bureau:
        yield finding.created_at, "finding_added", finding.created_by_id, "neutral"
    if finding.notified_at is not None:
        yield finding.notified_at, "finding_notified", teller, "warning"
    if finding.stated_at is not None:
        code = "finding_stated_late" if is_late else "finding_stated"
        yield finding.stated_at, code, finding.stated_by_id, "info"
    if finding.decided_at is not None:
        if finding.state is FindingState.DROPPED:
            yield finding.decided_at, "finding_dropped", finding.decided_by_id, "neutral"
        else:
            yield finding.decided_at, "finding_final", finding.decided_by_id, "danger"
    if finding.withdrawn_at is not None:
        yield finding.withdrawn_at, "finding_withdrawn", finding.withdrawn_by_id, "neutral"


def _tellers(session: Session, findings: Sequence[Finding]) -> dict[int, int | None]:
    """Who told the agency, by finding: a finding keeps only when, the log knows by whom."""
    told = [finding.id for finding in findings if finding.notified_at is not None]
    if not told:
        return {}
    rows = session.execute(
        select(AuditEntry.target_id, AuditEntry.actor_user_id)
        .where(
            AuditEntry.target_type == Finding.__tablename__,
            AuditEntry.target_id.in_(told),
            AuditEntry.event == "inspections.finding.notified",
            AuditEntry.refused.is_(False),
        )
        .order_by(AuditEntry.sequence)
    )
    return {row.target_id: row.actor_user_id for row in rows}


def _names(
    session: Session,
    checks: Sequence[SpotCheck],
    findings: Sequence[Finding],
    tellers: Mapping[int, int | None],
) -> dict[int | None, str]:
    people: set[int | None] = set(tellers.values())
    for check in checks:
        people |= {check.created_by_id, check.recorded_by_id, check.cancelled_by_id}
    for finding in findings:
        people |= {finding.created_by_id, finding.stated_by_id, finding.decided_by_id}
        people.add(finding.withdrawn_by_id)
    if people <= {None}:
        return {}
    rows = session.execute(select(User.id, User.display_name).where(User.id.in_(people - {None})))
    return {row.id: row.display_name for row in rows}
