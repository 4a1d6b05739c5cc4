from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.models import Agency, Qualification
from agencyqa.agencies.services.gate import writable
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.errors import Invalid, WrongState


@dataclass(frozen=True)
class QualificationData:
    """``expires_on`` is the last valid day, None for a qualification without end."""

    name: str
    number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    expires_on: date | None = None


def add_qualification(
    actor: Actor,
    session: Session,
    agency: Agency,
    data: QualificationData,
    *,
    form_token: str | None = None,
    now: datetime,
) -> Qualification:
    """Raise NotVisible, Forbidden, Invalid; a form sent twice comes as IntegrityError."""
    registration = writable(session, actor, agency.id)
    problems = qualification_problems(data, now)
    if problems:
        raise Invalid("invalid", **problems)
    item = Qualification(agency_id=agency.id, form_token=form_token, withdrawal_reason="", **asdict(data))
    session.add(item)
    session.flush()
    record(
        session,
        actor,
        "agencies.qualification.added",
        item,
        now=now,
        bureau_id=registration.bureau_id,
        changes={name: (None, value) for name, value in asdict(data).items() if value},
        agency_id=agency.id,
    )
    return item


def qualification_problems(data: QualificationData, now: datetime) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not data.name.strip():
        problems["name"] = "required"
    if data.issued_on is not None and data.issued_on > local_date(now):
        problems["issued_on"] = "day_in_future"
    if data.issued_on is not None and data.expires_on is not None and data.expires_on < data.issued_on:
        problems["expires_on"] = "expires_before_issue"
    return problems


def withdraw_qualification(
    actor: Actor, session: Session, item: Qualification, *, reason: str, now: datetime
) -> None:
    """Take back an entry that was wrong. Raise NotVisible, Forbidden, WrongState, Invalid."""
    registration = writable(session, actor, item.agency_id)
    # The row is read again under lock, so that of two who withdraw it at once only one does.
    session.scalars(select(Qualification).where(Qualification.id == item.id).with_for_update()).one()
    session.refresh(item)
    if item.withdrawn_at is not None:
        raise WrongState("qualification_withdrawn")
    if not reason.strip():
        raise Invalid(reason="required")
    item.withdrawn_at = now
    item.withdrawal_reason = reason.strip()
    session.flush()
    record(
        session,
        actor,
        "agencies.qualification.withdrawn",
        item,
        now=now,
        bureau_id=registration.bureau_id,
        agency_id=item.agency_id,
        name=item.name,
        number=item.number,
        reason=item.withdrawal_reason,
    )
