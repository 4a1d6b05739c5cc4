"""What the page of one agency shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session, contains_eager

from agencyqa.accounts.models import Body, User
from agencyqa.agencies.contents import may_hold
from agencyqa.agencies.enums import QualificationState
from agencyqa.agencies.models import (
    Agency,
    AgencyDocument,
    AgencyProfile,
    Branch,
    Person,
    Qualification,
    Registration,
    StandingChange,
    Tie,
)
from agencyqa.agencies.policies import registration_visible, tie_visible, visible
from agencyqa.agencies.validity import qualification_state, renewed
from agencyqa.auth.actor import Actor
from agencyqa.db import kept, read_rows
from agencyqa.measures.models import MeasureVersion, Provision
from agencyqa.measures.queries import provision_label
from agencyqa.web.once import once


@dataclass(frozen=True)
class StandingEvent:
    """``decided_by`` is a name within the bureau, empty for readers outside it; ``provision`` the cited rule."""

    change: StandingChange
    decided_by: str
    provision: str | None


@dataclass(frozen=True)
class RegistrationView:
    """``events`` newest first."""

    registration: Registration
    bureau: str
    events: tuple[StandingEvent, ...]


@dataclass(frozen=True)
class QualificationView:
    qualification: Qualification
    state: QualificationState


@dataclass(frozen=True)
class TieView:
    """``person``: whose tie, "" for the agency's own. ``is_own``: entered by the actor's bureau, which may end it.
    ``withdrawn_by``: who took a wrong entry back, for bureaus alone."""

    tie: Tie
    person: str
    body: str
    is_current: bool
    is_own: bool
    withdrawn_by: str = ""


def current_profile(session: Session, agency_id: int) -> AgencyProfile:
    return session.scalars(
        select(AgencyProfile).where(AgencyProfile.agency_id == agency_id, AgencyProfile.is_current)
    ).one()


def profiles_of(session: Session, agency_id: int) -> list[AgencyProfile]:
    """Every version, oldest first."""
    return list(
        session.scalars(
            select(AgencyProfile).where(AgencyProfile.agency_id == agency_id).order_by(AgencyProfile.number)
        )
    )


def own_registration(session: Session, actor: Actor, agency_id: int) -> Registration | None:
    """The row in the register of the actor's own bureau."""
    return session.scalars(
        select(Registration).where(
            registration_visible(actor),
            Registration.agency_id == agency_id,
            Registration.bureau_id == actor.bureau_id,
        )
    ).one_or_none()


def is_in_own_register(session: Session, actor: Actor, agency_id: int) -> bool:
    """Whether ``own_registration`` finds one, for pages that need no more of it."""
    if actor.bureau_id is None:
        return False
    return read_rows(session, _in_own_register(actor), {"agency_id": agency_id}).first() is not None


@kept
def _in_own_register(actor: Actor) -> Select[int]:
    return select(Registration.id).where(
        registration_visible(actor),
        Registration.agency_id == bindparam("agency_id"),
        Registration.bureau_id == actor.bureau_id,
    )


@once
def registrations_of(session: Session, actor: Actor, agency_id: int) -> list[RegistrationView]:
    """The registrations the actor may see, its own bureau's first. Each has at least the change that began it."""
    rows = session.execute(
        select(StandingChange, Registration, Body.name, User.display_name)
        .join(Registration, Registration.id == StandingChange.registration_id)
        .join(Body, Body.id == Registration.bureau_id)
        .outerjoin(User, User.id == StandingChange.decided_by_id)
        .outerjoin(StandingChange.provision)
        .outerjoin(Provision.measure_version)
        .outerjoin(MeasureVersion.measure)
        .options(
            contains_eager(StandingChange.provision)
            .contains_eager(Provision.measure_version)
            .contains_eager(MeasureVersion.measure)
        )
        .where(registration_visible(actor), Registration.agency_id == agency_id)
        .order_by(
            sa.case((Registration.bureau_id == actor.bureau_id, 0), else_=1),
            Body.sort_key,
            Body.id,
            StandingChange.number.desc(),
        )
    )
    found: dict[int, tuple[Registration, str, list[StandingEvent]]] = {}
    for change, registration, bureau, name in rows:
        is_known = actor.is_bureau and registration.bureau_id in actor.bureau_ids
        cited = provision_label(change.provision) if change.provision else None
        event = StandingEvent(change, (name or "") if is_known else "", cited)
        found.setdefault(registration.id, (registration, bureau, []))[2].append(event)
    return [
        RegistrationView(registration, bureau, tuple(events))
        for registration, bureau, events in found.values()
    ]


def qualifications_of(session: Session, agency_id: int, day: date) -> list[QualificationView]:
    """Those in use first, by name, the latest end first; withdrawn ones last."""
    if not may_hold(session, agency_id, Qualification):
        return []
    rows = session.execute(
        select(Qualification, renewed().label("is_renewed"))
        .where(Qualification.agency_id == agency_id)
        .order_by(
            Qualification.withdrawn_at.is_not(None),
            Qualification.name,
            Qualification.expires_on.is_not(None),
            Qualification.expires_on.desc(),
            Qualification.id,
        )
    )
    return [
        QualificationView(
            item,
            qualification_state(item.expires_on, item.withdrawn_at, is_renewed=bool(is_renewed), day=day),
        )
        for item, is_renewed in rows
    ]


def ties_of(session: Session, actor: Actor, agency_id: int, day: date) -> list[TieView]:
    if not may_hold(session, agency_id, Tie):
        return []
    rows = session.execute(
        select(
            Tie,
            sa.func.coalesce(Person.name, ""),
            sa.func.coalesce(Body.name, ""),
            sa.func.coalesce(User.display_name, ""),
        )
        .outerjoin(Body, Body.id == Tie.body_id)
        .outerjoin(Person, Person.id == Tie.person_id)
        .outerjoin(User, User.id == Tie.withdrawn_by_id)
        .where(tie_visible(actor), Tie.agency_id == agency_id)
        .order_by(Tie.valid_from.desc(), Tie.id)
    )
    return [
        TieView(
            tie,
            person,
            body,
            tie.withdrawn_at is None
            and tie.valid_from <= day
            and (tie.valid_to is None or tie.valid_to >= day),
            actor.bureau_id is not None and tie.bureau_id == actor.bureau_id,
            withdrawer if actor.is_bureau else "",
        )
        for tie, person, body, withdrawer in rows
    ]


def branches_of(session: Session, agency_id: int) -> list[Branch]:
    """Open ones first."""
    if not may_hold(session, agency_id, Branch):
        return []
    return list(
        session.scalars(
            select(Branch)
            .where(Branch.agency_id == agency_id)
            .order_by(Branch.valid_to.is_not(None), Branch.valid_from, Branch.id)
        )
    )


def documents_of(session: Session, agency_id: int) -> list[AgencyDocument]:
    """Every version, the newest of each kind first."""
    if not may_hold(session, agency_id, AgencyDocument):
        return []
    return list(
        session.scalars(
            select(AgencyDocument)
            .where(AgencyDocument.agency_id == agency_id)
            .order_by(AgencyDocument.kind, AgencyDocument.number.desc())
        )
    )


def head_office_of(session: Session, actor: Actor, code: str) -> Row[int, str] | None:
    """(id, name) of the head office with this code, if the actor may see it."""
    statement = (
        select(Agency.id, Body.name)
        .join(Body, Body.id == Agency.id)
        .where(Agency.credit_code == code, visible(actor))
    )
    return session.execute(statement).one_or_none() if code else None
