"""Sensitive fields of a person: sealed when written, opened only for a reason that the log keeps.

The log says which fields were written or shown, never what they hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from agencyqa.agencies.enums import SensitiveField
from agencyqa.agencies.models import Agency, Appointment, Person, SealedField
from agencyqa.agencies.policies import can_show_private, visible_to
from agencyqa.agencies.queries.record import own_registration
from agencyqa.agencies.sealing import Keyring, Sealed
from agencyqa.agencies.services.gate import writable
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor, system_actor
from agencyqa.clock import local_date
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState

# A passport or another paper of somebody without a resident identity card.
_OTHER_PAPER = re.compile(r"[A-Z0-9()/-]{5,20}")
_RESIDENT_NUMBER = 18


@dataclass(frozen=True)
class PrivateData:
    """An empty field leaves what is kept; what is named in ``cleared`` is taken away."""

    identity_number: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)
    private_contact: str = field(default="", repr=False)
    cleared: frozenset[SensitiveField] = frozenset()

    def texts(self) -> dict[SensitiveField, str]:
        found = {SensitiveField(item.name): getattr(self, item.name) for item in fields(self)[:3]}
        return {
            name: value.isoformat() if isinstance(value, date) else value.strip()
            for name, value in found.items()
            if value
        }


def read_identity(text: str) -> str:
    """As it is kept, "" for an empty text. Raise Invalid; of a resident's number the check character is tried."""
    number = re.sub(r"\s", "", text).upper()
    if not number:
        return ""
    if len(number) == _RESIDENT_NUMBER and number[:-1].isdigit():
        try:
            ric.get_birth_date(number)
            is_right = ric.calc_check_digit(number) == number[-1]
        except (ValidationError, ValueError):
            is_right = False
        if not is_right:
            raise Invalid(identity_number="identity_check")
    elif not _OTHER_PAPER.fullmatch(number):
        raise Invalid(identity_number="identity_form")
    return number


def change_private(
    actor: Actor,
    session: Session,
    appointment: Appointment,
    data: PrivateData,
    *,
    keys: Keyring,
    now: datetime,
) -> None:
    """Raise NotVisible, Forbidden, Invalid, and WrongState without a key or for somebody who works there no longer."""
    registration = writable(session, actor, appointment.agency_id)
    if appointment.valid_to is not None and appointment.valid_to < local_date(now):
        raise WrongState("appointment_over")
    person = session.get_one(Person, appointment.person_id)
    texts = data.texts()
    if SensitiveField.IDENTITY_NUMBER in texts:
        texts[SensitiveField.IDENTITY_NUMBER] = read_identity(texts[SensitiveField.IDENTITY_NUMBER])
    _check_birth_date(texts)
    changed = {name: _keep(session, person, name, text, keys) for name, text in texts.items()}
    for name in data.cleared - set(texts):
        row = _row(session, person.id, name)
        if row is not None:
            session.delete(row)
            changed[name] = "cleared"
    if not changed:
        raise Invalid("nothing_entered")
    # Of two who write at once the second finds a newer person.
    person.changed_at = now
    session.flush()
    record(
        session,
        actor,
        "agencies.private.changed",
        person,
        now=now,
        bureau_id=registration.bureau_id,
        agency_id=appointment.agency_id,
        fields=sorted(name.value for name in changed),
    )


def keep_identity(session: Session, person: Person, number: str, keys: Keyring) -> None:
    """For ``appoint``, which has checked the number and who asks."""
    _keep(session, person, SensitiveField.IDENTITY_NUMBER, number, keys)


def show_private(
    actor: Actor, session: Session, appointment: Appointment, *, reason: str, keys: Keyring, now: datetime
) -> Mapping[SensitiveField, str]:
    """What is kept, in the clear, after an entry in the log. Raise NotVisible, Forbidden, Invalid, CannotOpen."""
    agency_id = appointment.agency_id
    if session.scalar(visible_to(actor).where(Agency.id == agency_id)) is None:
        raise NotVisible()
    registration = own_registration(session, actor, agency_id) if actor.bureau_id is not None else None
    if not can_show_private(actor, appointment, registration, local_date(now)):
        raise Forbidden()
    if not reason.strip():
        raise Invalid(reason="required")
    person = session.get_one(Person, appointment.person_id)
    rows = session.scalars(
        select(SealedField).where(SealedField.person_id == person.id).order_by(SealedField.id)
    ).all()
    shown = {row.field: _open(row, keys) for row in rows}
    record(
        session,
        actor,
        "agencies.private.shown",
        person,
        now=now,
        bureau_id=registration.bureau_id if registration else None,
        agency_id=agency_id,
        name=person.name,
        fields=sorted(name.value for name in shown),
        reason=reason.strip(),
    )
    return {name: shown[name] for name in SensitiveField if name in shown}


def reseal(session: Session, keys: Keyring, *, limit: int, now: datetime) -> int:
    """Put up to so many fields under the key in use; the number done. Raise CannotOpen where an old key is missing."""
    rows = session.scalars(
        select(SealedField)
        .where(SealedField.key_id != keys.current)
        .order_by(SealedField.id)
        .limit(limit)
        .with_for_update()
    ).all()
    for row in rows:
        _seal(row, _open(row, keys), keys)
    if rows:
        session.flush()
        actor = system_actor("agencies rotate-keys")
        record(session, actor, "agencies.private.resealed", rows[-1], now=now, count=len(rows))
    return len(rows)


def _check_birth_date(texts: Mapping[SensitiveField, str]) -> None:
    """A resident's number holds the day of birth; both given must agree."""
    number = texts.get(SensitiveField.IDENTITY_NUMBER, "")
    day = texts.get(SensitiveField.BIRTH_DATE)
    if day and len(number) == _RESIDENT_NUMBER and ric.get_birth_date(number).isoformat() != day:
        raise Invalid(birth_date="birth_date_differs")


def _keep(session: Session, person: Person, name: SensitiveField, text: str, keys: Keyring) -> str:
    if name is SensitiveField.IDENTITY_NUMBER:
        taken = session.scalars(
            select(SealedField.person_id).where(
                SealedField.lookup.in_(keys.lookups(text)), SealedField.person_id != person.id
            )
        ).first()
        if taken is not None:
            raise Invalid(identity_number="identity_taken")
    row = _row(session, person.id, name)
    if row is None:
        row = SealedField(person_id=person.id, field=name)
        session.add(row)
    _seal(row, text, keys)
    session.flush()
    return "kept"


def _row(session: Session, person_id: int, name: SensitiveField) -> SealedField | None:
    return session.scalars(
        select(SealedField).where(SealedField.person_id == person_id, SealedField.field == name)
    ).one_or_none()


def _place(row: SealedField) -> str:
    return f"{row.person_id}/{row.field.value}"


def _seal(row: SealedField, text: str, keys: Keyring) -> None:
    sealed = keys.seal(text, _place(row))
    row.key_id, row.sealed = sealed.key_id, sealed.text
    row.lookup = keys.lookup(text) if row.field is SensitiveField.IDENTITY_NUMBER else None


def _open(row: SealedField, keys: Keyring) -> str:
    return keys.open(Sealed(row.key_id, row.sealed), _place(row))
