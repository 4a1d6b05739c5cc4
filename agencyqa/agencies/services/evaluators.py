"""Principal evaluators, staff and experts: who they are, and in which agency they work."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.conditions import examine, unmet
from agencyqa.agencies.enums import Education, PersonRole, SensitiveField
from agencyqa.agencies.models import Agency, Appointment, Person, SealedField
from agencyqa.agencies.queries.conditions import conditions_in_force
from agencyqa.agencies.queries.people import careers
from agencyqa.agencies.sealing import Keyring
from agencyqa.agencies.services.gate import writable
from agencyqa.agencies.services.private import keep_identity, read_identity
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.errors import Invalid, Refused, WrongState

ONE_AGENCY = "CJ4/principal_evaluator_conditions"


@dataclass(frozen=True)
class PersonData:
    """What the register shows of a person; sensitive fields are written by ``services.private``."""

    name: str
    title: str = ""
    licence: str = ""
    work_since: date | None = None
    evaluation_since: date | None = None
    has_disqualifying_record: bool = False
    education: Education | None = None


@dataclass(frozen=True)
class AppointmentData:
    """``note``: why somebody is appointed although a condition is not met.

    ``identity_number`` tells who it is, wherever he worked before; it is kept sealed.
    """

    person: PersonData
    valid_from: date
    note: str = ""
    role: PersonRole = PersonRole.PRINCIPAL_EVALUATOR
    identity_number: str = field(default="", repr=False)


def appoint_evaluator(
    actor: Actor,
    session: Session,
    agency: Agency,
    data: AppointmentData,
    *,
    form_token: str | None = None,
    keys: Keyring | None = None,
    now: datetime,
) -> Appointment:
    """The identity number, else name and licence tell a person from others; without either only the agency's own
    people are known again.

    Raise NotVisible, Forbidden, Invalid, and Refused where the person practises in another agency. An unmet
    condition is no refusal, because its text awaits checking, but it needs a note. Two appointments at once
    come as IntegrityError or StaleDataError.
    """
    registration = writable(session, actor, agency.id)
    problems = person_problems(data.person, now)
    if problems:
        raise Invalid("invalid", **problems)
    identity = read_identity(data.identity_number)
    person = _known_by_identity(session, identity, data.person, keys)
    person = person or _known_person(session, agency, data.person)
    if person is not None:
        _check_free(session, person, agency, data)
        changes = _update(person, _completed(person, data.person))
        person.changed_at = now
    else:
        person = Person(changed_at=now, **asdict(data.person))
        changes = {name: (None, value) for name, value in asdict(data.person).items() if value}
    _check_conditions(session, person, registration.bureau_id, data)
    session.add(person)
    session.flush()
    if identity and keys is not None:
        keep_identity(session, person, identity, keys)
    appointment = Appointment(
        person_id=person.id,
        agency_id=agency.id,
        role=data.role,
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
        role=data.role,
        valid_from=data.valid_from,
        note=appointment.note,
    )
    return appointment


def end_appointment(
    actor: Actor, session: Session, appointment: Appointment, *, on: date, reason: str = "", now: datetime
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
    appointment.valid_to, appointment.end_reason = on, reason.strip()
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
        end_reason=appointment.end_reason,
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
    problems = person_problems(data, now)
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


def person_problems(data: PersonData, now: datetime) -> dict[str, str]:
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


def _known_by_identity(
    session: Session, identity: str, data: PersonData, keys: Keyring | None
) -> Person | None:
    """Raise Invalid where the number belongs to somebody of another name; who that is stays unsaid."""
    if not identity:
        return None
    if keys is None or keys.is_empty:
        raise WrongState("no_field_key")
    found = session.scalars(
        select(Person)
        .join(SealedField, SealedField.person_id == Person.id)
        .where(
            SealedField.field == SensitiveField.IDENTITY_NUMBER,
            SealedField.lookup.in_(keys.lookups(identity)),
        )
    ).first()
    if found is not None and found.name != data.name.strip():
        raise Invalid(identity_number="identity_of_another")
    return found


def _check_free(session: Session, person: Person, agency: Agency, data: AppointmentData) -> None:
    """A principal evaluator works nowhere else but as an expert, and nobody holds two places in one agency."""
    others = session.execute(
        select(Appointment.agency_id, Appointment.role)
        .where(
            Appointment.person_id == person.id,
            sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to >= data.valid_from),
        )
        .order_by(Appointment.valid_from, Appointment.id)
    ).all()
    for other in others:
        if other.agency_id == agency.id:
            is_evaluator = other.role is PersonRole.PRINCIPAL_EVALUATOR
            raise Invalid(name="evaluator_already_here" if is_evaluator else "person_already_here")
        roles = {other.role, data.role}
        if PersonRole.PRINCIPAL_EVALUATOR in roles and PersonRole.EXPERT not in roles:
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
    """Only principal evaluators must meet them."""
    conditions = conditions_in_force(session, bureau_id, data.valid_from)
    if conditions is None or data.note.strip() or data.role is not PersonRole.PRINCIPAL_EVALUATOR:
        return
    career = careers(session, [person], data.valid_from)[person.id]
    failed = unmet(examine(career, conditions, data.valid_from))
    if failed:
        raise Invalid(note=("conditions_unmet", {"conditions": failed}))
