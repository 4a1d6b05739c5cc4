"""The yearly report of agencies on themselves: opened by the bureau, filled in from the record, handed in."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Membership, User
from agencyqa.accounts.queries import member_ids
from agencyqa.agencies.enums import ReportAction, ReportState, Standing
from agencyqa.agencies.models import Registration, ReportYear, SelfReport
from agencyqa.agencies.policies import can_propose, can_register, visible_reports
from agencyqa.agencies.queries.reporting import record_of
from agencyqa.agencies.workflow import next_report_state
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.db import check_version, open_period
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState
from agencyqa.measures.workdays import working_calendar
from agencyqa.notifications.services import tell

C = ReportAction
LONGEST_TERM = 250
TOLD = (Standing.REGISTERED, Standing.SUSPENDED)


@dataclass(frozen=True)
class ReportData:
    """``is_record_right``: the agency has looked through its record and stands by it."""

    statement: str
    independence: str = ""
    violations: str = ""
    is_record_right: bool = False


def open_report_year(
    actor: Actor, session: Session, *, year: int, opened_on: date, working_days: int, now: datetime
) -> ReportYear:
    """Ask every agency that stands in the register. The term counts in working days from the day after.

    Raise Forbidden, Invalid; a year opened twice comes as IntegrityError.
    """
    if not can_register(actor) or actor.bureau_id is None:
        raise Forbidden()
    problems: dict[str, Any] = {}
    if year > local_date(now).year:
        problems["year"] = "report_year_ahead"
    if not 1 <= working_days <= LONGEST_TERM:
        problems["working_days"] = ("report_term", {"maximum": LONGEST_TERM})
    if problems:
        raise Invalid("invalid", **problems)
    due = working_calendar(session).add(opened_on, working_days)
    made = ReportYear(
        bureau_id=actor.bureau_id,
        year=year,
        opened_on=opened_on,
        working_days=working_days,
        due_on=due.on,
        is_due_provisional=due.is_provisional,
        opened_by_id=actor.user_id,
    )
    session.add(made)
    session.flush()
    agencies = session.scalars(
        select(Registration.agency_id)
        .where(Registration.bureau_id == actor.bureau_id, Registration.standing.in_(TOLD))
        .order_by(Registration.agency_id)
    ).all()
    rows = [
        {
            "report_year_id": made.id,
            "agency_id": agency_id,
            "state": ReportState.DUE,
            "statement": "",
            "independence": "",
            "violations": "",
            "is_record_right": False,
            "submitted_by": "",
            "decision_reason": "",
            "version": 1,
        }
        for agency_id in agencies
    ]
    if rows:
        session.execute(sa.insert(SelfReport), rows)
    record(
        session,
        actor,
        "agencies.report_year.opened",
        made,
        now=now,
        bureau_id=made.bureau_id,
        year=year,
        working_days=working_days,
        due_on=made.due_on,
        added=len(rows),
    )
    tell_managers(session, agencies, made, actor.body_name, "report_opened", now)
    return made


def save_report(
    actor: Actor,
    session: Session,
    report: SelfReport,
    data: ReportData,
    *,
    is_submitted: bool,
    seen_version: int | None,
    now: datetime,
) -> None:
    """A draft, or the report handed in with what the record shows.

    Raise NotVisible, Forbidden, Stale, WrongState, Invalid.
    """
    year = _expect_visible(actor, session, report)
    if not can_propose(actor, report.agency_id):
        raise Forbidden()
    check_version(report, seen_version)
    action = C.SUBMIT if is_submitted else C.SAVE
    state = _next(report, action, by_bureau=False)
    problems: dict[str, str] = {}
    if is_submitted and not data.statement.strip():
        problems["statement"] = "required"
    if is_submitted and not data.is_record_right:
        problems["is_record_right"] = "record_not_confirmed"
    if problems:
        raise Invalid("invalid", **problems)
    for name, value in asdict(data).items():
        setattr(report, name, value.strip() if isinstance(value, str) else value)
    report.state = state
    if is_submitted:
        day = local_date(now)
        report.record = record_of(session, report.agency_id, day)
        report.submitted_at, report.submitted_by = now, actor.user_name
        report.first_submitted_on = report.first_submitted_on or day
    session.flush()
    event = "agencies.report.submitted" if is_submitted else "agencies.report.saved"
    _note(actor, session, report, year, event, now)
    if is_submitted:
        tell(
            session,
            member_ids(session, year.bureau_id, {Role.BUREAU_SUPERVISOR}, day=local_date(now)),
            "report_submitted",
            now=now,
            endpoint="agencies.show",
            endpoint_values={"agency_id": report.agency_id},
            agency=actor.body_name,
            year=year.year,
        )


def decide_report(
    actor: Actor,
    session: Session,
    report: SelfReport,
    action: ReportAction,
    *,
    reason: str,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Accept it, or return it with a reason. Raise NotVisible, Forbidden, Stale, WrongState, Invalid."""
    year = _expect_visible(actor, session, report)
    if not can_register(actor) or year.bureau_id != actor.bureau_id:
        raise Forbidden()
    check_version(report, seen_version)
    state = _next(report, action, by_bureau=True)
    if action is C.RETURN and not reason.strip():
        raise Invalid(reason="required")
    report.state, report.decision_reason = state, reason.strip()
    report.decided_at, report.decided_by_id = now, actor.user_id
    session.flush()
    event = "agencies.report.accepted" if action is C.ACCEPT else "agencies.report.returned"
    _note(actor, session, report, year, event, now, reason=report.decision_reason)
    tell(
        session,
        member_ids(session, report.agency_id, {Role.AGENCY_MANAGER}, day=local_date(now)),
        "report_decided",
        now=now,
        endpoint="agencies.show",
        endpoint_values={"agency_id": report.agency_id},
        bureau=actor.body_name,
        year=year.year,
        state=report.state,
    )


def _expect_visible(actor: Actor, session: Session, report: SelfReport) -> ReportYear:
    if session.scalar(visible_reports(actor).where(SelfReport.id == report.id)) is None:
        raise NotVisible()
    return session.get_one(ReportYear, report.report_year_id)


def _next(report: SelfReport, action: ReportAction, *, by_bureau: bool) -> ReportState:
    state = next_report_state(report.state, action, by_bureau=by_bureau)
    if state is None:
        raise WrongState("report_closed", state=report.state)
    return state


def tell_managers(
    session: Session, agencies: Any, year: ReportYear, bureau: str, code: str, now: datetime
) -> None:
    """Each agency is told of its own; thousands of them are looked up by one statement."""
    rows = session.execute(
        select(Membership.body_id, Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.body_id.in_(agencies),
            Membership.role == Role.AGENCY_MANAGER,
            User.is_active,
            open_period(Membership.valid_from, Membership.valid_to, local_date(now)),
        )
        .order_by(Membership.id)
    )
    managers: dict[int, list[int]] = {}
    for body_id, membership_id in rows:
        managers.setdefault(body_id, []).append(membership_id)
    for agency_id, members in managers.items():
        tell(
            session,
            members,
            code,
            now=now,
            endpoint="agencies.show",
            endpoint_values={"agency_id": agency_id},
            bureau=bureau,
            year=year.year,
            due_on=year.due_on,
        )


def _note(
    actor: Actor,
    session: Session,
    report: SelfReport,
    year: ReportYear,
    event: str,
    now: datetime,
    **facts: Any,
) -> None:
    record(
        session,
        actor,
        event,
        report,
        now=now,
        bureau_id=year.bureau_id,
        agency_id=report.agency_id,
        year=year.year,
        **facts,
    )
