"""Principal evaluators, staff and experts: who they are, and in which agency they work."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.conditions import Career, examine, unmet
from agencyqa.agencies.enums import Education, PersonRole, SensitiveField
from agencyqa.agencies.models import Agency, Appointment, Person, SealedField
from agencyqa.agencies.queries.conditions import conditions_in_force
from agencyqa.agencies.queries.people import careers
from agencyqa.agencies.sealing import Keyring
from agencyqa.agencies.services.gate import writable
from agencyqa.agencies.services.person_versions import facts_told, keep_versions, last_step, versions_to_add
from agencyqa.agencies.services.private import keep_identity, read_identity
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.errors import Invalid, Refused, WrongState

ONE_AGENCY = "CJ4/principal_evaluator_conditions"


@dataclass(frozen=True)
class PersonData:
    """What the register knows of a person; sensitive fields are written by ``services.private``."""

    name: str
    title: str = ""
    licence: str = ""
    work_since: date | None = None
    evaluation_since: date | None = None
    has_disqualifying_record: bool = False
    education: Education | None = None


@dataclass(frozen=True)
class PersonChange(PersonData):
    """``holds_from``: the day from which what is new holds, today where it is left out; ``is_correction``: the entry
    was wrong on every day. Where nothing differs, what was told of the latest day is told to hold from this one on."""

    holds_from: date | None = None
    is_correction: bool = False

    def person(self) -> PersonData:
        return PersonData(**{each.name: getattr(self, each.name) for each in fields(PersonData)})


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
    condition is no refusal, because its text awaits checking, but it needs a note. What is new of the person holds
    from the first day of the appointment; what the register knows already keeps its day. Two appointments at once
    come as IntegrityError or StaleDataError.
    """
    registration = writable(session, actor, agency.id)
    problems = person_problems(data.person, now)
    if problems:
        raise Invalid("invalid", **problems)
    identity = read_identity(data.identity_number)
    person = _known_by_identity(session, identity, data.person, keys)
    person = person or _known_person(session, agency, data.person)
    told = _told(data.person)
    if person is not None:
        _check_free(session, person, agency, data)
        _check_conditions(session, person.id, registration.bureau_id, data, told)
        changes = _update(person, told)
        person.changed_at = now
    else:
        _check_conditions(session, None, registration.bureau_id, data, told)
        person = Person(changed_at=now, **asdict(data.person))
        changes = {name: (None, value) for name, value in told.items()}
        session.add(person)
    session.flush()
    since = min(data.valid_from, local_date(now))
    new = facts_told({name: after for name, (_, after) in changes.items()})
    keep_versions(actor, session, person.id, agency.id, new, since, now=now, is_appointed=True)
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
    data: PersonChange,
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
    problems = change_problems(data, now)
    if problems:
        raise Invalid("invalid", **problems)
    told, since = facts_to_keep(session, person, data, now)
    changes = _update(person, asdict(data.person()))
    if not changes and not versions_to_add(session, person.id, told, since):
        return
    person.changed_at = now
    session.flush()
    keep_versions(actor, session, person.id, appointment.agency_id, told, since, now=now)
    record(
        session,
        actor,
        "agencies.evaluator.changed",
        person,
        now=now,
        bureau_id=registration.bureau_id,
        changes=changes,
        agency_id=appointment.agency_id,
        holds_from=since,
        is_correction=data.is_correction,
    )


def facts_to_keep(
    session: Session, person: Person, data: PersonChange, now: datetime
) -> tuple[dict[str, Any], date | None]:
    """The facts that the change tells, and from which day they hold; None: the wrong entry is corrected.

    Those that differ. Where nothing does but the day, those that were told of the latest day, which is thereby moved:
    never a record against the person, which would vanish or hold from another day without a word about it.
    """
    since = None if data.is_correction else data.holds_from or local_date(now)
    facts = facts_told(asdict(data.person()))
    told = {name: value for name, value in facts.items() if getattr(person, name) != value}
    if not told and person.name == data.name and since is not None and since != local_date(now):
        told = last_step(session, person.id)
    return told, since


def change_problems(data: PersonChange, now: datetime) -> dict[str, str]:
    problems = person_problems(data, now)
    if not data.is_correction and data.holds_from is not None and data.holds_from > local_date(now):
        problems["holds_from"] = "day_in_future"
    return problems


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


def _told(data: PersonData) -> dict[str, Any]:
    """An empty field says nothing: it forgets nothing, and a record does not vanish with a new agency."""
    return {name: value for name, value in asdict(data).items() if value}


def _update(person: Person, values: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    changes = {
        name: (getattr(person, name), value)
        for name, value in values.items()
        if getattr(person, name) != value
    }
    for name, (_, value) in changes.items():
        setattr(person, name, value)
    return changes


def _check_conditions(
    session: Session, person_id: int | None, bureau_id: int, data: AppointmentData, told: dict[str, Any]
) -> None:
    """Only principal evaluators must meet them. ``told`` is new and not yet kept."""
    day = data.valid_from
    conditions = conditions_in_force(session, bureau_id, day)
    if conditions is None or data.note.strip() or data.role is not PersonRole.PRINCIPAL_EVALUATOR:
        return
    career = (
        Career("", "", None, None, False)
        if person_id is None
        else careers(session, [person_id], day)[person_id]
    )
    known = {each.name for each in fields(Career)}
    career = replace(career, **{name: value for name, value in told.items() if name in known})
    failed = unmet(examine(career, conditions, day))
    if failed:
        raise Invalid(note=("conditions_unmet", {"conditions": failed}))
