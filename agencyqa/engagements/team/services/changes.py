"""A change of the team: proposed with a reason, checked by the rules of the contract, agreed by its commissioner."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.queries import member_ids
from agencyqa.agencies.enums import PersonRole
from agencyqa.agencies.models import Appointment
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.db import check_version, open_period
from agencyqa.engagements import rules
from agencyqa.engagements.checks import examine
from agencyqa.engagements.consents import hold, settle
from agencyqa.engagements.data import data_of
from agencyqa.engagements.deliverables.services.access import hold_engagement
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.refusals import CommissionRefused
from agencyqa.engagements.ruling import Check
from agencyqa.engagements.team.enums import ChangeAction, TeamRole
from agencyqa.engagements.team.models import TeamChange, TeamMember
from agencyqa.engagements.team.policies import can_consent, can_name, can_propose, visible_changes
from agencyqa.engagements.team.services.members import enter, leave, tell_left
from agencyqa.engagements.team.workflow import next_state
from agencyqa.errors import Forbidden, Invalid, Refused, WrongState
from agencyqa.notifications.services import tell

# As what somebody must work for the agency to take a place in the team.
FITTING = {
    TeamRole.PRINCIPAL_EVALUATOR: frozenset({PersonRole.PRINCIPAL_EVALUATOR}),
    TeamRole.MEMBER: frozenset({PersonRole.PRINCIPAL_EVALUATOR, PersonRole.STAFF}),
    TeamRole.EXPERT: frozenset({PersonRole.EXPERT}),
}
# Constraint → (field, code): the same form sent twice; somebody who came in by another change meanwhile.
CONSTRAINTS = {
    "uq_team_changes_form_token": ("joins_id", "already_submitted"),
    "uq_team_members_open": ("joins_id", "team_already_in"),
}


@dataclass(frozen=True)
class ChangeData:
    """``role`` is that of who joins; who leaves is named by the person."""

    joins_id: int | None
    leaves_id: int | None
    role: TeamRole
    reason: str


def propose_change(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    data: ChangeData,
    *,
    form_token: str | None = None,
    now: datetime,
) -> TeamChange:
    """Raise NotVisible, Forbidden, Invalid, and CommissionRefused where a measure keeps the newcomer out."""
    engagement = hold_engagement(actor, session, engagement)
    if not can_propose(actor, engagement) or actor.body_id is None:
        raise Forbidden()
    _expect_sensible(session, engagement, data, now)
    _expect_allowed(session, engagement, data, now)
    change = TeamChange(
        engagement_id=engagement.id,
        joins_id=data.joins_id,
        leaves_id=data.leaves_id,
        role=data.role,
        reason=data.reason.strip(),
        state=next_state(None, ChangeAction.PROPOSE),
        proposed_at=now,
        proposed_by_id=actor.user_id,
        proposed_by_body_id=actor.body_id,
        form_token=form_token,
    )
    session.add(change)
    session.flush()
    record(
        session,
        actor,
        "team.change.proposed",
        change,
        now=now,
        bureau_id=engagement.bureau_id,
        engagement_id=engagement.id,
        joins_id=data.joins_id,
        leaves_id=data.leaves_id,
        role=data.role,
        reason=change.reason,
    )
    roles = {Role.DEPARTMENT_OFFICER, Role.BUREAU_SUPERVISOR, Role.BUREAU_LEAD}
    _tell(session, engagement, "team_change_proposed", engagement.commissioner_id, roles, now=now)
    return change


def decide_change(
    actor: Actor,
    session: Session,
    change: TeamChange,
    action: ChangeAction,
    reason: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """The commissioner agrees or not; who proposed it does not agree to it himself. The rules are asked once more.

    Raise NotVisible, Forbidden, Stale, WrongState, Invalid, Refused, CommissionRefused.
    """
    engagement = hold(actor, session, change, visible_changes(actor))
    if not can_consent(actor, engagement) or action not in {ChangeAction.CONSENT, ChangeAction.DECLINE}:
        raise Forbidden("team_commissioner_consents")
    check_version(change, seen_version)
    state = next_state(change.state, action)
    if action is ChangeAction.DECLINE and not reason.strip():
        raise Invalid("invalid", reason="required")
    if action is ChangeAction.CONSENT:
        if actor.user_id is not None and change.proposed_by_id == actor.user_id:
            raise Refused("team_own_proposal")
        data = ChangeData(change.joins_id, change.leaves_id, change.role, change.reason)
        if engagement.state is not EngagementState.CONTRACTED:
            raise WrongState("team_not_running")
        _expect_sensible(session, engagement, data, now)
        _expect_allowed(session, engagement, data, now)
    event = "team.change.consented" if action is ChangeAction.CONSENT else "team.change.declined"
    settle(actor, session, engagement, change, state, event, reason.strip(), now=now)
    if action is ChangeAction.CONSENT:
        _apply(actor, session, engagement, change, now)
    _tell(session, engagement, "team_change_decided", engagement.agency_id, {Role.AGENCY_MANAGER}, now=now)


def withdraw_change(
    actor: Actor, session: Session, change: TeamChange, *, seen_version: int | None, now: datetime
) -> None:
    """By the side that proposed it, while nobody has decided. Raise NotVisible, Forbidden, Stale, WrongState."""
    engagement = hold(actor, session, change, visible_changes(actor))
    if actor.body_id != change.proposed_by_body_id or not can_propose(actor, engagement):
        raise Forbidden()
    check_version(change, seen_version)
    state = next_state(change.state, ChangeAction.WITHDRAW)
    settle(actor, session, engagement, change, state, "team.change.withdrawn", "", now=now)


def name_member(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    person_id: int,
    role: TeamRole,
    *,
    now: datetime,
) -> TeamMember:
    """Somebody whom the contract itself names, from its day on: the commissioner signed it, so nobody is asked again.

    Raise NotVisible, Forbidden, Invalid, CommissionRefused.
    """
    engagement = hold_engagement(actor, session, engagement)
    if not can_name(actor, engagement):
        raise Forbidden()
    data = ChangeData(person_id, None, role, "contract")
    day = engagement.contract_signed_on
    _expect_sensible(session, engagement, data, now, day=day)
    _expect_allowed(session, engagement, data, now, day=day)
    if role is TeamRole.PRINCIPAL_EVALUATOR:
        engagement.principal_evaluator_id = person_id
    return enter(actor, session, engagement, person_id, role, valid_from=day, reason="", now=now)


# ---------------------------------------------------------------------------------------------- what may be


def _expect_sensible(
    session: Session, engagement: Engagement, data: ChangeData, now: datetime, *, day: date | None = None
) -> None:
    problems: dict[str, str] = {}
    day = day or local_date(now)
    present = {
        row.person_id: row.role
        for row in session.execute(
            select(TeamMember.person_id, TeamMember.role).where(
                TeamMember.engagement_id == engagement.id, TeamMember.valid_to.is_(None)
            )
        )
    }
    if data.joins_id is None and data.leaves_id is None:
        problems["joins_id"] = "team_nobody_moves"
    if data.joins_id is not None:
        if data.joins_id in present:
            problems["joins_id"] = "team_already_in"
        elif not _works_as(session, data.joins_id, engagement.agency_id, data.role, day):
            problems["joins_id"] = "team_not_of_agency"
    if data.leaves_id is not None and data.leaves_id not in present:
        problems["leaves_id"] = "not_a_choice"
    elif present.get(data.leaves_id or 0) is TeamRole.PRINCIPAL_EVALUATOR:
        if data.joins_id is None or data.role is not TeamRole.PRINCIPAL_EVALUATOR:
            problems["leaves_id"] = "team_needs_evaluator"
    elif data.role is TeamRole.PRINCIPAL_EVALUATOR and data.joins_id and data.role in present.values():
        problems["role"] = "team_one_evaluator"
    if not data.reason.strip():
        problems["reason"] = "required"
    if problems:
        raise Invalid("invalid", **problems)


def _works_as(session: Session, person_id: int, agency_id: int, role: TeamRole, day: date) -> bool:
    statement = select(Appointment.id).where(
        Appointment.person_id == person_id,
        Appointment.agency_id == agency_id,
        Appointment.role.in_(FITTING[role]),
        open_period(Appointment.valid_from, Appointment.valid_to, day),
    )
    return session.scalars(statement.limit(1)).first() is not None


def _expect_allowed(
    session: Session, engagement: Engagement, data: ChangeData, now: datetime, *, day: date | None = None
) -> None:
    """What already stands in the way of the contract is dealt with elsewhere; here nothing may be added to it."""
    if data.joins_id is None:
        return
    day = day or local_date(now)
    before = data_of(engagement)
    leads = data.role is TeamRole.PRINCIPAL_EVALUATOR
    after = replace(before, principal_evaluator_id=data.joins_id) if leads else before
    leaving = [data.leaves_id] if data.leaves_id is not None else []
    common: dict[str, Any] = {"today": local_date(now), "engagement_id": engagement.id, "day": day}
    known = {
        _key(check) for check in rules.refusals(examine(session, before, engagement.bureau_id, **common))
    }
    checks = examine(
        session,
        after,
        engagement.bureau_id,
        newcomers=[data.joins_id],
        without=leaving,
        leads_from=day if leads else None,
        **common,
    )
    added = [check for check in rules.refusals(checks) if check.is_hard_stop and _key(check) not in known]
    if added:
        raise CommissionRefused(added)


def _key(check: Check) -> tuple[str, tuple[Any, ...], str]:
    return check.code, check.evidence, str(check.params.get("person", ""))


# ---------------------------------------------------------------------------------------------- writing


def _apply(actor: Actor, session: Session, engagement: Engagement, change: TeamChange, now: datetime) -> None:
    day = local_date(now)
    if change.leaves_id is not None:
        member = session.scalars(
            select(TeamMember).where(
                TeamMember.engagement_id == engagement.id,
                TeamMember.person_id == change.leaves_id,
                TeamMember.valid_to.is_(None),
            )
        ).one()
        leave(actor, session, engagement, member, on=day, reason=change.reason, now=now)
    if change.joins_id is not None:
        if change.role is TeamRole.PRINCIPAL_EVALUATOR:
            engagement.principal_evaluator_id = change.joins_id
        enter(
            actor,
            session,
            engagement,
            change.joins_id,
            change.role,
            valid_from=day,
            reason=change.reason,
            now=now,
        )
    if change.leaves_id is not None:
        tell_left(actor, session, engagement, [change.leaves_id], now=now)


def _tell(
    session: Session, engagement: Engagement, code: str, body_id: int, roles: set[Role], *, now: datetime
) -> None:
    tell(
        session,
        member_ids(session, body_id, roles, day=local_date(now)),
        code,
        now=now,
        endpoint="team.show",
        endpoint_values={"engagement_id": engagement.id},
        contract=engagement.contract_number,
    )
