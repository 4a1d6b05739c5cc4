from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import member_ids
from agencyqa.agencies.enums import Standing, StandingAction
from agencyqa.agencies.models import Registration, StandingChange
from agencyqa.agencies.policies import can_decide, visible_registrations
from agencyqa.agencies.workflow import next_standing
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState
from agencyqa.measures.models import Provision
from agencyqa.measures.queries import provision_in_force
from agencyqa.notifications.services import tell


@dataclass(frozen=True)
class DecisionData:
    """``provision_key``: the rule the decision rests on; an adverse decision needs one."""

    action: StandingAction
    effective_on: date
    reason: str
    provision_key: str | None = None


def decide_standing(
    actor: Actor,
    session: Session,
    registration: Registration,
    data: DecisionData,
    *,
    seen_version: int | None,
    now: datetime,
) -> StandingChange:
    """Raise NotVisible, Forbidden, Stale, WrongState, Invalid."""
    if session.scalar(visible_registrations(actor).where(Registration.id == registration.id)) is None:
        raise NotVisible()
    if not can_decide(actor, registration):
        raise Forbidden()
    check_version(registration, seen_version)
    if data.action is StandingAction.APPLY or next_standing(registration.standing, data.action) is None:
        raise WrongState("standing_action_closed", standing=registration.standing, action=data.action)
    last = session.execute(
        select(sa.func.max(StandingChange.number), sa.func.max(StandingChange.effective_on)).where(
            StandingChange.registration_id == registration.id
        )
    ).one()
    provision = _check(session, data, last_day=last[1], now=now)
    return enter_change(
        actor,
        session,
        registration,
        data.action,
        number=last[0] + 1,
        effective_on=data.effective_on,
        reason=data.reason.strip(),
        provision=provision,
        now=now,
    )


def enter_change(
    actor: Actor,
    session: Session,
    registration: Registration,
    action: StandingAction,
    *,
    number: int,
    effective_on: date,
    reason: str,
    provision: Provision | None = None,
    now: datetime,
) -> StandingChange:
    """One step of the state table with its entry in the log and a message to the agency's managers."""
    before = None if number == 1 else registration.standing
    standing = next_standing(before, action)
    assert standing is not None
    registration.standing = standing
    # The registration first: of two decisions at once the second stops here.
    session.flush()
    change = StandingChange(
        registration_id=registration.id,
        number=number,
        action=action,
        standing=standing,
        effective_on=effective_on,
        reason=reason,
        provision_id=provision.id if provision else None,
        provision_key=provision.key if provision else None,
        decided_by_id=actor.user_id,
        decided_at=now,
    )
    session.add(change)
    session.flush()
    record(
        session,
        actor,
        "agencies.standing.decided",
        registration,
        now=now,
        bureau_id=registration.bureau_id,
        changes={"standing": (before, standing)},
        agency_id=registration.agency_id,
        action=action,
        effective_on=effective_on,
        reason=reason,
        provision_key=change.provision_key,
    )
    _tell_agency(session, registration, standing, effective_on, now=now)
    return change


def _check(session: Session, data: DecisionData, *, last_day: date, now: datetime) -> Provision | None:
    """The provision the decision rests on, as it was in force on its day."""
    problems: dict[str, str | tuple[str, dict[str, object]]] = {}
    if not data.reason.strip():
        problems["reason"] = "required"
    if data.effective_on > local_date(now):
        problems["effective_on"] = "day_in_future"
    elif data.effective_on < last_day:
        problems["effective_on"] = ("before_last_decision", {"day": last_day})
    provision = None
    if data.provision_key is not None:
        provision = provision_in_force(session, data.provision_key, data.effective_on)
        if provision is None:
            problems["provision_key"] = "provision_not_in_force"
    elif data.action.is_adverse:
        problems["provision_key"] = "provision_needed"
    if problems:
        raise Invalid("invalid", **problems)
    return provision


def _tell_agency(
    session: Session, registration: Registration, standing: Standing, effective_on: date, *, now: datetime
) -> None:
    managers = member_ids(session, registration.agency_id, {Role.AGENCY_MANAGER}, day=local_date(now))
    if not managers:
        return
    tell(
        session,
        managers,
        "agency_standing_decided",
        now=now,
        endpoint="agencies.show",
        endpoint_values={"agency_id": registration.agency_id},
        bureau=session.scalars(select(Body.name).where(Body.id == registration.bureau_id)).one(),
        standing=standing,
        effective_on=effective_on,
    )
