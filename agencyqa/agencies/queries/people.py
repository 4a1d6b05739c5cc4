"""People of an agency, what they may call themselves, and how they stand to the conditions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Membership, User
from agencyqa.agencies.conditions import Career, ConditionResult, Conditions, examine, overall
from agencyqa.agencies.enums import ConditionOutcome, PersonRole, QualificationState, SensitiveField
from agencyqa.agencies.models import (
    Appointment,
    Credential,
    Person,
    PersonRecord,
    PersonVersion,
    SealedField,
)
from agencyqa.agencies.validity import qualification_state
from agencyqa.audit.models import AuditEntry
from agencyqa.clock import local_date
from agencyqa.db import kept, open_period
from agencyqa.web.tables import Key

PEOPLE_ORDER = (Key(Person.name), Key(Appointment.id))
_VERSION = aliased(PersonVersion)


@dataclass(frozen=True)
class EvaluatorView:
    """``results`` is empty where no condition is in force; ``outcome`` is their worst."""

    appointment: Appointment
    person: Person
    is_current: bool
    results: tuple[ConditionResult, ...]
    outcome: ConditionOutcome | None


@dataclass(frozen=True)
class CredentialView:
    credential: Credential
    state: QualificationState


def careers(session: Session, people: Collection[int], day: date) -> dict[int, Career]:
    """What the conditions ask of, by the id of the person, as it stood on the day by all that is known now.

    Of a day before the first that the register knows, the earliest known facts are taken, and the result says so: that
    nothing was entered for a day does not show that somebody had no title on it. A record counts from its own day.
    """
    rows = session.execute(
        select(
            PersonVersion.person_id,
            PersonVersion.valid_from,
            PersonVersion.title,
            PersonVersion.licence,
            PersonVersion.work_since,
            PersonVersion.evaluation_since,
            sa.or_(PersonVersion.has_disqualifying_record, _is_barred(day)).label("is_barred"),
            _valid_credentials(day).label("credentials"),
        )
        .join(Person, PersonVersion.id == _version_on(day))
        .where(Person.id.in_(people))
    )
    return {
        row.person_id: Career(
            row.title,
            row.licence,
            row.work_since,
            row.evaluation_since,
            bool(row.is_barred),
            row.credentials,
            row.valid_from if row.valid_from > day else None,
        )
        for row in rows
    }


def _version_on(day: date) -> Any:
    """The id of the version of ``Person`` that holds on the day; before the first, of the first."""
    of_person = select(_VERSION.id).where(_VERSION.person_id == Person.id).correlate(Person).limit(1)
    on_day = of_person.where(_VERSION.valid_from <= day).order_by(
        _VERSION.valid_from.desc(), _VERSION.id.desc()
    )
    first = of_person.order_by(_VERSION.valid_from, _VERSION.id.desc())
    return sa.func.coalesce(on_day.scalar_subquery(), first.scalar_subquery())


def _valid_credentials(day: date) -> Any:
    return (
        select(sa.func.count())
        .where(
            Credential.person_id == Person.id,
            Credential.withdrawn_at.is_(None),
            sa.or_(Credential.issued_on.is_(None), Credential.issued_on <= day),
            sa.or_(Credential.expires_on.is_(None), Credential.expires_on >= day),
        )
        .correlate(Person)
        .scalar_subquery()
    )


def _is_barred(day: date) -> sa.ColumnElement[bool]:
    in_force = open_period(PersonRecord.decided_on, PersonRecord.bars_until, day)
    found = sa.exists().where(
        PersonRecord.person_id == Person.id, PersonRecord.withdrawn_at.is_(None), in_force
    )
    return found.correlate(Person)


def evaluators_of(
    session: Session, agency_id: int, day: date, conditions: Conditions | None
) -> list[EvaluatorView]:
    """Present principal evaluators first. Of an appointment that is over no conditions are shown."""
    rows = session.execute(
        select(Appointment, Person)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.agency_id == agency_id, Appointment.role == PersonRole.PRINCIPAL_EVALUATOR)
        .order_by(Appointment.valid_from.desc(), Appointment.id)
    ).all()
    known = careers(session, [person.id for _, person in rows], day)
    views = [_view(appointment, person, known[person.id], day, conditions) for appointment, person in rows]
    return sorted(views, key=lambda view: not view.is_current)


def person_view(
    session: Session, appointment: Appointment, day: date, conditions: Conditions | None
) -> EvaluatorView:
    """One person in one agency; only principal evaluators are held against the conditions."""
    person = session.get_one(Person, appointment.person_id)
    asked = conditions if appointment.role is PersonRole.PRINCIPAL_EVALUATOR else None
    return _view(appointment, person, careers(session, [person.id], day)[person.id], day, asked)


def _view(
    appointment: Appointment, person: Person, career: Career, day: date, conditions: Conditions | None
) -> EvaluatorView:
    is_over = appointment.valid_to is not None and appointment.valid_to < day
    is_current = appointment.valid_from <= day and not is_over
    results = examine(career, conditions, day) if conditions and not is_over else ()
    return EvaluatorView(appointment, person, is_current, results, overall(results) if results else None)


@kept
def people_rows(
    agency_id: int, *, day: date, role: PersonRole | None = None, q: str | None = None, is_past: bool = False
) -> Select[*tuple[Any, ...]]:
    """The people of an agency without an order: page them with ``PEOPLE_ORDER``. ``is_past``: those who left.

    Of who left no title runs out here any more: what he holds today is no business of a former employer.
    """
    over = sa.and_(Appointment.valid_to.is_not(None), Appointment.valid_to < day)
    next_expiry = (
        select(sa.func.min(Credential.expires_on))
        .where(Credential.person_id == Person.id, Credential.withdrawn_at.is_(None))
        .correlate(Person)
        .scalar_subquery()
    )
    statement = (
        select(
            Appointment.id,
            Appointment.person_id,
            Appointment.role,
            Appointment.valid_from,
            Appointment.valid_to,
            Person.name,
            Person.education,
            Person.title,
            Person.licence,
            Person.work_since,
            Person.evaluation_since,
            sa.case((sa.not_(over), next_expiry)).label("next_expiry"),
        )
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.agency_id == agency_id)
    )
    statement = statement.where(over if is_past else sa.not_(over))
    if role is not None:
        statement = statement.where(Appointment.role == role)
    if q:
        statement = statement.where(Person.name.icontains(q, autoescape=True))
    return statement


def people_counts(session: Session, agency_id: int, day: date) -> dict[PersonRole, int]:
    """How many work for the agency on the day, every role named."""
    rows = session.execute(
        select(Appointment.role, sa.func.count().label("number"))
        .where(
            Appointment.agency_id == agency_id,
            open_period(Appointment.valid_from, Appointment.valid_to, day),
        )
        .group_by(Appointment.role)
    )
    found = {row.role: row.number for row in rows}
    return {role: found.get(role, 0) for role in PersonRole}


def credentials_of(
    session: Session, person_id: int, day: date, until: date | None = None
) -> list[CredentialView]:
    """Those in use first, the latest end first; withdrawn ones last. ``until``: those alone entered by that day."""
    items = list(
        session.scalars(
            select(Credential)
            .where(Credential.person_id == person_id)
            .order_by(
                Credential.withdrawn_at.is_not(None),
                Credential.kind,
                Credential.name,
                Credential.expires_on.is_not(None),
                Credential.expires_on.desc(),
                Credential.id,
            )
        )
    )
    if until is not None:
        entered = _entered(session, items)
        items = [item for item in items if item.id in entered and local_date(entered[item.id]) <= until]
    return [
        CredentialView(
            item,
            qualification_state(
                item.expires_on, item.withdrawn_at, is_renewed=_is_renewed(item, items), day=day
            ),
        )
        for item in items
    ]


def _entered(session: Session, items: Collection[Credential]) -> dict[int | None, datetime]:
    """When each was entered: a title keeps when it was issued, the log knows when we learned of it."""
    rows = session.execute(
        select(AuditEntry.target_id, AuditEntry.at).where(
            AuditEntry.target_type == Credential.__tablename__,
            AuditEntry.target_id.in_([item.id for item in items]),
            AuditEntry.event == "agencies.credential.added",
            AuditEntry.refused.is_(False),
        )
    )
    return {row.target_id: row.at for row in rows}


def why_withdrawn(item: Credential | PersonRecord, until: date | None) -> str:
    """The reason, or "" where it was given after the last day of which the reader learns."""
    is_later = until is not None and item.withdrawn_at is not None and local_date(item.withdrawn_at) > until
    return "" if is_later else item.withdrawal_reason


def _is_renewed(item: Credential, items: Collection[Credential]) -> bool:
    """The same title or licence was entered with a later end."""
    return item.expires_on is not None and any(
        other.kind is item.kind
        and other.name == item.name
        and other.withdrawn_at is None
        and (other.expires_on is None or other.expires_on > item.expires_on)
        for other in items
    )


def records_of(session: Session, person_id: int, until: date | None = None) -> list[PersonRecord]:
    """The latest decision first. ``until``: those alone that were entered by that day."""
    found = session.scalars(
        select(PersonRecord)
        .where(PersonRecord.person_id == person_id)
        .order_by(PersonRecord.decided_on.desc(), PersonRecord.id)
    )
    return [item for item in found if until is None or local_date(item.recorded_at) <= until]


def appointments_of_person(session: Session, person_id: int, agency_id: int) -> list[Appointment]:
    """A person's places in this agency, newest first: where else he worked may lie outside what is seen."""
    return list(
        session.scalars(
            select(Appointment)
            .where(Appointment.person_id == person_id, Appointment.agency_id == agency_id)
            .order_by(Appointment.valid_from.desc(), Appointment.id.desc())
        )
    )


def sealed_fields_of(session: Session, person_id: int) -> list[SensitiveField]:
    """Which sensitive fields are kept; not what they hold."""
    kept = set(session.scalars(select(SealedField.field).where(SealedField.person_id == person_id)))
    return [field for field in SensitiveField if field in kept]


def person_name(session: Session, person_id: int) -> str:
    return session.scalars(select(Person.name).where(Person.id == person_id)).one()


def person_choices(
    session: Session, agency_id: int, *, part: str = "", only: int | None = None, limit: int | None = None
) -> list[tuple[int, str]]:
    """Everybody who works or worked for the agency, once. See ``web.fields.Finder``."""
    here = select(Appointment.person_id).where(Appointment.agency_id == agency_id)
    statement = select(Person.id, Person.name).where(Person.id.in_(here))
    if only is not None:
        statement = statement.where(Person.id == only)
    if part:
        statement = statement.where(Person.name.icontains(part, autoescape=True))
    rows = session.execute(statement.order_by(Person.name, Person.id).limit(limit))
    return [(row.id, row.name) for row in rows]


def agency_accounts(session: Session, agency_id: int, day: date) -> Sequence[Row[*tuple[Any, ...]]]:
    """(id, display_name, username) of those who can sign in for the agency, in the order of their names."""
    return session.execute(
        select(User.id, User.display_name, User.username)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.body_id == agency_id,
            User.is_active,
            open_period(Membership.valid_from, Membership.valid_to, day),
        )
        .distinct()
        .order_by(User.display_name, User.id)
    ).all()


def account_of(session: Session, person_id: int) -> Row[*tuple[Any, ...]] | None:
    """(display_name, username) of the account with which the person signs in."""
    return session.execute(
        select(User.display_name, User.username)
        .join(Person, Person.user_id == User.id)
        .where(Person.id == person_id)
    ).one_or_none()
