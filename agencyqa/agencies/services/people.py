"""Titles and licences of a person, and decisions that bar him."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.enums import CredentialKind
from agencyqa.agencies.models import Appointment, Credential, Person, PersonRecord, Registration
from agencyqa.agencies.services.gate import writable
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.errors import Invalid, NotVisible, WrongState


@dataclass(frozen=True)
class CredentialData:
    """``expires_on`` is the last valid day, None for one without end."""

    kind: CredentialKind
    name: str
    number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True)
class RecordData:
    """``bars_until`` is the last day on which the decision bars; None: without end."""

    decided_on: date
    authority: str
    reason: str
    bars_until: date | None = None


def add_credential(
    actor: Actor,
    session: Session,
    appointment: Appointment,
    data: CredentialData,
    *,
    form_token: str | None = None,
    now: datetime,
) -> Credential:
    """Raise NotVisible, Forbidden, Invalid; a form sent twice comes as IntegrityError."""
    registration = writable(session, actor, appointment.agency_id)
    problems = credential_problems(data, now)
    if problems:
        raise Invalid("invalid", **problems)
    item = Credential(
        person_id=appointment.person_id, form_token=form_token, withdrawal_reason="", **asdict(data)
    )
    session.add(item)
    _note(session, actor, "agencies.credential.added", item, appointment, registration, now, asdict(data))
    return item


def credential_problems(data: CredentialData, now: datetime) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not data.name.strip():
        problems["name"] = "required"
    if data.kind is CredentialKind.LICENCE and not data.number.strip():
        problems["number"] = "required"
    if data.issued_on is not None and data.issued_on > local_date(now):
        problems["issued_on"] = "day_in_future"
    if data.issued_on is not None and data.expires_on is not None and data.expires_on < data.issued_on:
        problems["expires_on"] = "expires_before_issue"
    return problems


def enter_record(
    actor: Actor,
    session: Session,
    appointment: Appointment,
    data: RecordData,
    *,
    form_token: str | None = None,
    now: datetime,
) -> PersonRecord:
    """Raise NotVisible, Forbidden, Invalid; a form sent twice comes as IntegrityError."""
    registration = writable(session, actor, appointment.agency_id)
    problems: dict[str, str] = {
        name: "required" for name in ("authority", "reason") if not getattr(data, name).strip()
    }
    if data.decided_on > local_date(now):
        problems["decided_on"] = "day_in_future"
    if data.bars_until is not None and data.bars_until < data.decided_on:
        problems["bars_until"] = "ends_before_start"
    if problems:
        raise Invalid("invalid", **problems)
    item = PersonRecord(
        person_id=appointment.person_id,
        bureau_id=registration.bureau_id,
        recorded_at=now,
        recorded_by_id=actor.user_id,
        form_token=form_token,
        withdrawal_reason="",
        **asdict(data),
    )
    session.add(item)
    _note(session, actor, "agencies.record.entered", item, appointment, registration, now, asdict(data))
    return item


def withdraw_entry(
    actor: Actor,
    session: Session,
    appointment: Appointment,
    item: Credential | PersonRecord,
    *,
    reason: str,
    now: datetime,
) -> None:
    """Take back an entry that was wrong; a record only by the bureau that entered it.

    Raise NotVisible, Forbidden, WrongState, Invalid.
    """
    registration = writable(session, actor, appointment.agency_id)
    is_foreign = isinstance(item, PersonRecord) and item.bureau_id != registration.bureau_id
    if item.person_id != appointment.person_id or is_foreign:
        raise NotVisible()
    # The row is read again under lock, so that of two who withdraw it at once only one does.
    table = type(item)
    session.scalars(select(table).where(table.id == item.id).with_for_update()).one()
    session.refresh(item)
    if item.withdrawn_at is not None:
        raise WrongState("entry_withdrawn")
    if not reason.strip():
        raise Invalid(reason="required")
    item.withdrawn_at, item.withdrawal_reason = now, reason.strip()
    event = "agencies.record.withdrawn" if isinstance(item, PersonRecord) else "agencies.credential.withdrawn"
    _note(session, actor, event, item, appointment, registration, now, {}, reason=item.withdrawal_reason)


def _note(
    session: Session,
    actor: Actor,
    event: str,
    item: Credential | PersonRecord,
    appointment: Appointment,
    registration: Registration,
    now: datetime,
    values: dict[str, Any],
    **facts: Any,
) -> None:
    # Others who judge the person at this moment meet a newer version of him.
    session.get_one(Person, appointment.person_id).changed_at = now
    session.flush()
    record(
        session,
        actor,
        event,
        item,
        now=now,
        bureau_id=registration.bureau_id,
        changes={name: (None, value) for name, value in values.items() if value},
        agency_id=appointment.agency_id,
        person_id=appointment.person_id,
        **facts,
    )
