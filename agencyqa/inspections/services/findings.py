"""Findings while they are drafts, and telling the agency of one: from then on the facts stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.errors import Invalid, Refused, WrongState
from agencyqa.inspections import workflow
from agencyqa.inspections.enums import CheckState, FindingAction, FindingState, Severity
from agencyqa.inspections.models import Finding, SpotCheck
from agencyqa.inspections.numbering import next_number, plain_number
from agencyqa.inspections.queries.faults import faults_by_code
from agencyqa.inspections.services.access import expect_check, expect_finding, expect_impartial
from agencyqa.inspections.services.telling import tell_agency
from agencyqa.measures.models import Provision
from agencyqa.measures.queries import provision_in_force
from agencyqa.measures.workdays import working_calendar

# How long an agency has for its statement unless the supervisor gives it another term. No published text names the
# figure; five working days is what bureaus commonly give, and each notice says its own term.
STATEMENT_WORKING_DAYS = 5
LONGEST_TERM = 60


@dataclass(frozen=True)
class FindingData:
    """``provision_key``: cited instead of the fault's own rule; None cites that."""

    fault_code: str
    occurrences: int
    severity: Severity
    facts: str
    fact_on: date
    provision_key: str | None = None
    form_token: str | None = None


# What an editor of a draft may change.
_FIELDS = ("fault_code", "occurrences", "severity", "facts", "fact_on", "provision_key")


def add_finding(
    actor: Actor, session: Session, check: SpotCheck, data: FindingData, *, now: datetime
) -> Finding:
    """Raise the gates' errors, WrongState, Invalid, or Refused where the fault's rule was not in force."""
    expect_check(actor, session, check, seen_version=check.version)
    if check.state not in workflow.TAKES_FINDINGS:
        raise WrongState("check_takes_no_findings", state=check.state)
    expect_impartial(actor, session, check, now=now)
    provision = _examine(session, data, now=now)
    year = local_date(now).year
    finding = Finding(
        bureau_id=check.bureau_id,
        year=year,
        number=next_number(session, Finding, check.bureau_id, year),
        spot_check_id=check.id,
        agency_id=check.agency_id,
        engagement_id=check.engagement_id,
        fault_code=data.fault_code,
        occurrences=data.occurrences,
        severity=data.severity,
        facts=data.facts,
        fact_on=data.fact_on,
        provision_id=provision.id,
        provision_key=provision.key,
        state=FindingState.DRAFT,
        created_at=now,
        created_by_id=actor.user_id,
        form_token=data.form_token,
    )
    session.add(finding)
    session.flush()
    record(
        session,
        actor,
        "inspections.finding.added",
        finding,
        now=now,
        bureau_id=finding.bureau_id,
        number=plain_number(finding.year, finding.number),
        spot_check_id=check.id,
        **{name: getattr(finding, name) for name in _FIELDS},
    )
    return finding


def change_finding(
    actor: Actor,
    session: Session,
    finding: Finding,
    data: FindingData,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Only a draft. Raise as ``add_finding`` and Stale."""
    expect_finding(actor, session, finding, seen_version=seen_version)
    workflow.next_finding_state(finding.state, FindingAction.EDIT)
    expect_impartial(actor, session, finding, now=now)
    provision = _examine(session, data, now=now)
    before = {name: getattr(finding, name) for name in _FIELDS}
    finding.fault_code = data.fault_code
    finding.occurrences = data.occurrences
    finding.severity = data.severity
    finding.facts = data.facts
    finding.fact_on = data.fact_on
    finding.provision_id = provision.id
    finding.provision_key = provision.key
    session.flush()
    record(
        session,
        actor,
        "inspections.finding.changed",
        finding,
        now=now,
        bureau_id=finding.bureau_id,
        changes={name: (old, getattr(finding, name)) for name, old in before.items()},
    )


def notify_agency(
    actor: Actor,
    session: Session,
    finding: Finding,
    *,
    working_days: int,
    seen_version: int | None,
    now: datetime,
) -> None:
    """The agency may now state its view, for ``working_days`` counted from tomorrow. Only of a recorded check."""
    expect_finding(actor, session, finding, seen_version=seen_version)
    state = workflow.next_finding_state(finding.state, FindingAction.NOTIFY)
    expect_impartial(actor, session, finding, now=now)
    if session.get_one(SpotCheck, finding.spot_check_id).state is not CheckState.RECORDED:
        raise WrongState("check_not_recorded")
    if not 1 <= working_days <= LONGEST_TERM:
        raise Invalid(working_days=("term_out_of_range", {"maximum": LONGEST_TERM}))
    due = working_calendar(session).add(local_date(now), working_days)
    before, finding.state = finding.state, state
    finding.notified_at = now
    finding.statement_due_on, finding.statement_working_days = due.on, working_days
    finding.is_statement_due_provisional = due.is_provisional
    session.flush()
    record(
        session,
        actor,
        "inspections.finding.notified",
        finding,
        now=now,
        bureau_id=finding.bureau_id,
        changes={"state": (before, state)},
        working_days=working_days,
        statement_due_on=due.on,
    )
    tell_agency(session, finding, "finding_notified", now=now, due_on=due.on)


def _examine(session: Session, data: FindingData, *, now: datetime) -> Provision:
    """The provision to cite, in the version in force on the day of the fact."""
    problems: dict[str, str | tuple[str, dict[str, object]]] = {}
    fault = faults_by_code(session, [data.fault_code]).get(data.fault_code)
    if fault is None or fault.is_counted_by_system:
        problems["fault_code"] = "not_a_choice"
    if data.occurrences < 1:
        problems["occurrences"] = ("below_minimum", {"minimum": 1})
    if not data.facts:
        problems["facts"] = "required"
    if data.fact_on > local_date(now):
        problems["fact_on"] = "fact_in_future"
    found = None
    if data.provision_key is not None:
        found = provision_in_force(session, data.provision_key, data.fact_on)
        if found is None:
            problems["provision_key"] = "cited_provision_not_in_force"
    if problems:
        raise Invalid("invalid", **problems)
    if found is None:
        assert fault is not None
        found = provision_in_force(session, fault.provision_key, data.fact_on)
        if found is None:
            raise Refused("fault_provision_not_in_force", provision=fault.provision_key, day=data.fact_on)
    return found
