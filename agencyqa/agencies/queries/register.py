"""The list of a register: one row for each registration, so that a municipality reads its districts' rows too."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import pairs
from agencyqa.agencies.credit_code import compact
from agencyqa.agencies.enums import AgencyKind, Lapse, PersonRole, Sector, Standing
from agencyqa.agencies.hooks import grades, loads
from agencyqa.agencies.models import (
    Agency,
    AgencyProfile,
    Appointment,
    Person,
    Qualification,
    Registration,
    StandingChange,
)
from agencyqa.agencies.policies import registration_visible
from agencyqa.agencies.validity import NEAR, ends_matter
from agencyqa.auth.actor import Actor
from agencyqa.db import kept, open_period
from agencyqa.web.tables import Key

ORDER = (Key(Body.sort_key), Key(Registration.id))
Bureau = aliased(Body)


@kept
def register_rows(
    actor: Actor,
    *,
    day: date,
    q: str | None = None,
    kind: AgencyKind | None = None,
    standing: Standing | None = None,
    on: date | None = None,
    lapse: Lapse | None = None,
    bureau_id: int | None = None,
    sector: Sector | None = None,
    person: str | None = None,
    least_evaluators: int | None = None,
    most_load: int | None = None,
    grade: str | None = None,
) -> Select[*tuple[Any, ...]]:
    """Rows of the list, without an order: page it with ``ORDER``. ``next_expiry`` is the nearest end that matters.

    With ``on`` the standing is that of this day, and agencies that stood in no register yet are left out.
    """
    stood: Any = Registration.standing if on is None else _standing_on(on)
    evaluators = _people(day, PersonRole.PRINCIPAL_EVALUATOR)
    load = loads[0](actor) if loads else sa.literal(0)
    next_expiry = (
        select(sa.func.min(Qualification.expires_on))
        .where(Qualification.agency_id == Agency.id, ends_matter())
        .correlate(Agency)
        .scalar_subquery()
    )
    statement = (
        select(
            Agency.id,
            Agency.credit_code,
            Body.name,
            AgencyProfile.kind,
            AgencyProfile.legal_representative,
            stood.label("standing"),
            Bureau.name.label("bureau"),
            evaluators.label("evaluators"),
            next_expiry.label("next_expiry"),
            load.label("load"),
        )
        .select_from(Registration)
        .join(Agency, Agency.id == Registration.agency_id)
        .join(Body, Body.id == Agency.id)
        .join(AgencyProfile, sa.and_(AgencyProfile.agency_id == Agency.id, AgencyProfile.is_current))
        .join(Bureau, Bureau.id == Registration.bureau_id)
        .where(registration_visible(actor))
    )
    if q:
        matches = [Body.name.icontains(q, autoescape=True)]
        # A code is searched as it is stored, however it was typed.
        if code := compact(q):
            matches.append(Agency.credit_code.contains(code, autoescape=True))
        statement = statement.where(sa.or_(*matches))
    if kind is not None:
        statement = statement.where(AgencyProfile.kind == kind)
    if standing is not None:
        statement = statement.where(stood == standing)
    elif on is not None:
        statement = statement.where(stood.is_not(None))
    if bureau_id is not None:
        statement = statement.where(Registration.bureau_id == bureau_id)
    if sector is not None:
        chosen = sa.type_coerce(AgencyProfile.sectors, sa.String)
        statement = statement.where(chosen.contains(f",{sector.value},", autoescape=True))
    if person:
        # The people are looked through once, not once for every agency.
        named = (
            select(Appointment.agency_id)
            .join(Person, Person.id == Appointment.person_id)
            .where(
                open_period(Appointment.valid_from, Appointment.valid_to, day),
                Person.name.icontains(person, autoescape=True),
            )
        )
        statement = statement.where(Agency.id.in_(named))
    if least_evaluators is not None:
        statement = statement.where(evaluators >= least_evaluators)
    if most_load is not None:
        statement = statement.where(load <= most_load)
    if grade is not None:
        statement = statement.where(grades[0].condition(actor, grade) if grades else sa.false())
    if lapse is not None:
        ends = select(Qualification.id).where(Qualification.agency_id == Agency.id, ends_matter())
        if lapse is Lapse.EXPIRED:
            ends = ends.where(Qualification.expires_on < day)
        else:
            ends = ends.where(Qualification.expires_on.between(day, day + NEAR))
        statement = statement.where(ends.correlate(Agency).exists())
    return statement


def _standing_on(day: date) -> Any:
    """Of decisions that took effect on one day the last one holds at its end."""
    return (
        select(StandingChange.standing)
        .where(StandingChange.registration_id == Registration.id, StandingChange.effective_on <= day)
        .order_by(StandingChange.number.desc())
        .limit(1)
        .correlate(Registration)
        .scalar_subquery()
    )


def _people(day: date, role: PersonRole) -> sa.ScalarSelect[int]:
    return (
        select(sa.func.count(Appointment.id))
        .where(
            Appointment.agency_id == Agency.id,
            Appointment.role == role,
            open_period(Appointment.valid_from, Appointment.valid_to, day),
        )
        .correlate(Agency)
        .scalar_subquery()
    )


def export_rows(statement: Select[*tuple[Any, ...]], day: date) -> Select[Any]:
    """The rows of ``register_rows`` with what a workbook shows besides, in the order of the list."""
    return statement.add_columns(
        AgencyProfile.founded_on,
        AgencyProfile.address,
        AgencyProfile.contact_name,
        AgencyProfile.contact_phone,
        AgencyProfile.contact_email,
        AgencyProfile.on_credit_platform,
        AgencyProfile.platform_number,
        AgencyProfile.platform_filed_on,
        AgencyProfile.head_office_code,
        AgencyProfile.sectors,
        _people(day, PersonRole.STAFF).label("staff"),
        _people(day, PersonRole.EXPERT).label("experts"),
    ).order_by(*(key.column for key in ORDER))


def bureau_choices(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """The bureaus whose rows the actor may see, for the filter."""
    return pairs(session, _bureaus_seen(actor))


@kept
def _bureaus_seen(actor: Actor) -> Select[int, str]:
    seen = select(Registration.bureau_id).where(registration_visible(actor))
    return select(Body.id, Body.name).where(Body.id.in_(seen)).order_by(Body.sort_key, Body.id)
