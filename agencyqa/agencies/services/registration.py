from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.accounts.services.administration import BodyData, add_body
from agencyqa.agencies import credit_code
from agencyqa.agencies.enums import Entry, Standing, StandingAction
from agencyqa.agencies.models import Agency, Registration
from agencyqa.agencies.names import plain_name
from agencyqa.agencies.policies import can_register
from agencyqa.agencies.queries.record import own_registration
from agencyqa.agencies.services.profiles import ProfileData, new_profile, profile_problems, profile_values
from agencyqa.agencies.services.standing import enter_change
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind
from agencyqa.errors import Forbidden, Invalid


@dataclass(frozen=True)
class AgencyData:
    """``credit_code`` as typed. ``effective_on``: the day of the application or, with ADMISSION, of both decisions."""

    credit_code: str
    profile: ProfileData
    effective_on: date
    entry: Entry = Entry.APPLICATION
    reason: str = ""


def register_agency(actor: Actor, session: Session, data: AgencyData, *, now: datetime) -> Agency:
    """Enter an agency in the register of the actor's bureau.

    An agency that another register has already is the same agency: it keeps its shared profile, what was typed
    for it is not used, and only a registration is added (``created_at`` then lies before ``now``). Raise
    Forbidden, Invalid; a code entered by two at once comes as IntegrityError.
    """
    if not can_register(actor) or actor.bureau_id is None:
        raise Forbidden()
    problems = profile_problems(data.profile, data.effective_on, now)
    code = ""
    try:
        code = credit_code.read(data.credit_code)
    except credit_code.CreditCodeError as error:
        problems["credit_code"] = (error.code, error.params)
    if problems:
        raise Invalid("invalid", **problems)
    agency = session.scalars(select(Agency).where(Agency.credit_code == code)).one_or_none()
    if agency is None:
        agency = _create(actor, session, code, data, now=now)
    else:
        _accept(actor, session, agency, data)
    _add_registration(actor, session, agency, data, now=now)
    return agency


def _create(actor: Actor, session: Session, code: str, data: AgencyData, *, now: datetime) -> Agency:
    body = add_body(session, BodyData(BodyKind.AGENCY, data.profile.name), now=now)
    agency = Agency(id=body.id, credit_code=code, created_at=now, changed_at=now)
    session.add(agency)
    # The database is asked about the code before anything else is stored.
    session.flush()
    profile = new_profile(
        actor, agency, data.profile, number=1, effective_on=data.effective_on, reason=data.reason, now=now
    )
    session.add(profile)
    session.flush()
    record(
        session,
        actor,
        "agencies.agency.registered",
        agency,
        now=now,
        bureau_id=actor.bureau_id,
        changes={
            "credit_code": (None, code),
            **{name: (None, value) for name, value in profile_values(data.profile).items() if value},
        },
    )
    return agency


def _accept(actor: Actor, session: Session, agency: Agency, data: AgencyData) -> None:
    """The agency as it is known elsewhere, unless the register has it or the name says that the code is wrong."""
    known = session.scalars(select(Body.name).where(Body.id == agency.id)).one()
    registration = own_registration(session, actor, agency.id)
    if registration is not None:
        raise Invalid(credit_code=("already_in_register", {"name": known, "standing": registration.standing}))
    if plain_name(known) != plain_name(data.profile.name):
        raise Invalid(name=("name_of_another", {"name": known}))


def _add_registration(
    actor: Actor, session: Session, agency: Agency, data: AgencyData, *, now: datetime
) -> None:
    assert actor.bureau_id is not None
    registration = Registration(
        agency_id=agency.id, bureau_id=actor.bureau_id, standing=Standing.APPLIED, created_at=now
    )
    session.add(registration)
    session.flush()
    steps = [StandingAction.APPLY]
    if data.entry is Entry.ADMISSION:
        steps.append(StandingAction.ADMIT)
    for number, action in enumerate(steps, start=1):
        enter_change(
            actor,
            session,
            registration,
            action,
            number=number,
            effective_on=data.effective_on,
            reason=data.reason,
            now=now,
        )
