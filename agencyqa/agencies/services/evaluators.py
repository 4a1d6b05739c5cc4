"""Principal evaluators: who they are, and in which agency they practise."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.conditions import examine, unmet
from agencyqa.agencies.models import Agency, Appointment, Person
from agencyqa.agencies.queries.record import career_of, conditions_in_force
from agencyqa.agencies.services.gate import writable
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.errors import Invalid, Refused, WrongState

ONE_AGENCY = "CJ4/principal_evaluator_conditions"


@dataclass(frozen=True)
class PersonData:
    """What the conditions ask for and no more: no identity number, no birth date, no private address."""

    name: str
    title: str = ""
    licence: str = ""
    work_since: date | None = None
    evaluation_since: date | None = None
    has_disqualifying_record: bool = False


@dataclass(frozen=True)
class AppointmentData:
    """``note``: why somebody is appointed although a condition is not met."""

    person: PersonData
    valid_from: date
    note: str = ""


def appoint_evaluator(
    actor: Actor,
    session: Session,
    agency: Agency,
    data: AppointmentData,
    *,
    form_token: str | None = None,
    now: datetime,
) -> Appointment:
    """Name and licence tell a person from others; without a licence only the agency's own people are known again.

    Raise NotVisible, Forbidden, Invalid, and Refused where the person practises in another agency. An unmet
    condition is no refusal, because its text awaits checking, but it needs a note. Two appointments at once
    come as IntegrityError or StaleDataError.
    """
    registration = writable(session, actor, agency.id)
    problems = _problems(data.person, now)
    if problems:
        raise Invalid("invalid", **problems)
    person = _known_person(session, agency, data.person)
    if person is not None:
        _check_free(session, person, agency, data.valid_from)
        changes = _update(person, _completed(person, data.person))
        person.changed_at = now
    else:
        person = Person(changed_at=now, **asdict(data.person))
        changes = {name: (None, value) for name, value in asdict(data.person).items() if value}
    _check_conditions(session, person, registration.bureau_id, data)
    session.add(person)
    session.flush()
    appointment = Appointment(
        person_id=person.id,
        agency_id=agency.id,
        valid_from=data.valid_from,
        note=data.note.strip(),
        form_token=form_token,
    )
    session.add(appointment)
    session.flush()
    record(
        session,
        actor,
        "agencies.evaluator.appointed",
        appointment,
        now=now,
        bureau_id=registration.bureau_id,
        changes=changes,
        agency_id=agency.id,
        person_id=person.id,
        name=person.name,
        valid_from=data.valid_from,
        note=appointment.note,
    )
    return appointment


def end_appointment(
    actor: Actor, session: Session, appointment: Appointment, *, on: date, now: datetime
) -> None:
    """``on`` is the last day. Raise NotVisible, Forbidden, WrongState, Invalid."""
    registration = writable(session, actor, appointment.agency_id)
    person = session.get_one(Person, appointment.person_id)
    # The person's row is what competing writers meet at.
    person.changed_at = now
    session.flush()
    session.refresh(appointment)
    if appointment.valid_to is not None:
        raise WrongState("appointment_over")
    if on < appointment.valid_from:
        raise Invalid(on=("ends_before_start_of", {"day": appointment.valid_from}))
    appointment.valid_to = on
    session.flush()
    record(
        session,
        actor,
        "agencies.evaluator.ended",
        appointment,
        now=now,
        bureau_id=registration.bureau_id,
        changes={"valid_to": (None, on)},
        agency_id=appointment.agency_id,
        name=person.name,
    )


def change_person(
    actor: Actor,
    session: Session,
    appointment: Appointment,
    person: Person,
    data: PersonData,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """What is known of a person, by a bureau in whose register the agency of the open appointment stands.

    Raise NotVisible, Forbidden, WrongState, Stale, Invalid.
    """
    registration = writable(session, actor, appointment.agency_id)
    if appointment.valid_to is not None and appointment.valid_to < local_date(now):
        raise WrongState("appointment_over")
    check_version(person, seen_version)
    problems = _problems(data, now)
    if problems:
        raise Invalid("invalid", **problems)
    changes = _update(person, asdict(data))
    if not changes:
        return
    person.changed_at = now
    session.flush()
    record(
        session,
        actor,
        "agencies.evaluator.changed",
        person,
        now=now,
        bureau_id=registration.bureau_id,
        changes=changes,
        agency_id=appointment.agency_id,
    )


def _problems(data: PersonData, now: datetime) -> dict[str, str]:
    today = local_date(now)
    problems: dict[str, str] = {}
    if not data.name.strip():
        problems["name"] = "required"
    for name in ("work_since", "evaluation_since"):
        day = getattr(data, name)
        if day is not None and day > today:
            problems[name] = "day_in_future"
    if data.work_since and data.evaluation_since and data.evaluation_since < data.work_since:
        problems["evaluation_since"] = "evaluation_before_work"
    return problems


def _known_person(session: Session, agency: Agency, data: PersonData) -> Person | None:
    here = select(Appointment.id).where(
        Appointment.person_id == Person.id, Appointment.agency_id == agency.id
    )
    statement = select(Person).where(Person.name == data.name.strip())
    if data.licence.strip():
        statement = statement.where(Person.licence == data.licence.strip())
    else:
        statement = statement.where(here.exists())
    return session.scalars(statement.order_by(Person.id).limit(1)).first()


def _check_free(session: Session, person: Person, agency: Agency, valid_from: date) -> None:
    other = session.execute(
        select(Appointment.agency_id)
        .where(
            Appointment.person_id == person.id,
            sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to >= valid_from),
        )
        .order_by(Appointment.valid_from, Appointment.id)
        .limit(1)
    ).first()
    if other is None:
        return
    if other.agency_id == agency.id:
        raise Invalid(name="evaluator_already_here")
    # Which agency it is may lie outside what the actor sees.
    raise Refused("evaluator_practises_elsewhere", provision=ONE_AGENCY)


def _completed(person: Person, data: PersonData) -> dict[str, Any]:
    """What is newly known. An empty field forgets nothing, and a record does not vanish with a new agency."""
    values = {name: value for name, value in asdict(data).items() if value}
    if person.has_disqualifying_record:
        values["has_disqualifying_record"] = True
    return values


def _update(person: Person, values: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    changes = {
        name: (getattr(person, name), value)
        for name, value in values.items()
        if getattr(person, name) != value
    }
    for name, (_, value) in changes.items():
        setattr(person, name, value)
    return changes


def _check_conditions(session: Session, person: Person, bureau_id: int, data: AppointmentData) -> None:
    conditions = conditions_in_force(session, bureau_id, data.valid_from)
    if conditions is None or data.note.strip():
        return
    failed = unmet(examine(career_of(person), conditions, data.valid_from))
    if failed:
        raise Invalid(note=("conditions_unmet", {"conditions": failed}))
