from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import TieKind
from agencyqa.agencies.hooks import tie_listeners
from agencyqa.agencies.models import Agency, Appointment, Registration, Tie
from agencyqa.agencies.policies import tie_visible
from agencyqa.agencies.services.gate import writable
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState

TIED = frozenset({BodyKind.BUREAU, BodyKind.DEPARTMENT})


@dataclass(frozen=True)
class TieData:
    """``person_id``: of whom, None for the agency itself. ``share`` in ten-thousandths of the whole."""

    body_id: int | None
    kind: TieKind
    valid_from: date
    valid_to: date | None = None
    note: str = ""
    person_id: int | None = None
    other_name: str = ""
    share: int | None = None


def declare_tie(
    actor: Actor,
    session: Session,
    agency: Agency,
    data: TieData,
    *,
    form_token: str | None = None,
    now: datetime,
) -> Tie:
    """A tie with the actor's bureau, a body that answers to it, or somebody outside the system.

    Raise NotVisible, Forbidden, Invalid; a form sent twice comes as IntegrityError.
    """
    registration = writable(session, actor, agency.id)
    problems = tie_problems(session, registration, data)
    if problems:
        raise Invalid("invalid", **problems)
    overlapping = session.scalars(
        select(Tie.id).where(
            Tie.agency_id == agency.id,
            Tie.person_id.is_not_distinct_from(data.person_id),
            Tie.body_id.is_not_distinct_from(data.body_id),
            Tie.other_name == data.other_name.strip(),
            Tie.kind == data.kind,
            Tie.withdrawn_at.is_(None),
            Tie.valid_from <= (data.valid_to or date.max),
            sa.or_(Tie.valid_to.is_(None), Tie.valid_to >= data.valid_from),
        )
    ).first()
    if overlapping is not None:
        raise Invalid(body_id="tie_exists")
    tie = Tie(
        agency_id=agency.id,
        bureau_id=registration.bureau_id,
        form_token=form_token,
        recorded_at=now,
        recorded_by_id=actor.user_id,
        **{**asdict(data), "other_name": data.other_name.strip()},
    )
    session.add(tie)
    session.flush()
    record(
        session,
        actor,
        "agencies.tie.declared",
        tie,
        now=now,
        bureau_id=registration.bureau_id,
        agency_id=agency.id,
        **asdict(data),
    )
    for listener in tie_listeners:
        listener(actor, session, tie, now)
    return tie


def end_tie(actor: Actor, session: Session, tie: Tie, *, on: date, now: datetime) -> None:
    """``on`` is the last day. Raise NotVisible, Forbidden, WrongState, Invalid."""
    registration = _own(actor, session, tie)
    if tie.valid_to is not None:
        raise WrongState("tie_over")
    if on < tie.valid_from:
        raise Invalid(on=("ends_before_start_of", {"day": tie.valid_from}))
    tie.valid_to = on
    session.flush()
    record(
        session,
        actor,
        "agencies.tie.ended",
        tie,
        now=now,
        bureau_id=registration.bureau_id,
        changes={"valid_to": (None, on)},
        agency_id=tie.agency_id,
        body_id=tie.body_id,
    )


def withdraw_tie(actor: Actor, session: Session, tie: Tie, *, reason: str, now: datetime) -> None:
    """Take back an entry that was wrong: no check asks for it any more, and what it alone had opened is lifted.

    Raise NotVisible, Forbidden, WrongState, Invalid.
    """
    registration = _own(actor, session, tie)
    if not reason.strip():
        raise Invalid(reason="required")
    tie.withdrawn_at, tie.withdrawn_by_id, tie.withdrawal_reason = now, actor.user_id, reason.strip()
    session.flush()
    record(
        session,
        actor,
        "agencies.tie.withdrawn",
        tie,
        now=now,
        bureau_id=registration.bureau_id,
        agency_id=tie.agency_id,
        body_id=tie.body_id,
        person_id=tie.person_id,
        other_name=tie.other_name,
        kind=tie.kind,
        reason=tie.withdrawal_reason,
    )
    for listener in tie_listeners:
        listener(actor, session, tie, now)


def _own(actor: Actor, session: Session, tie: Tie) -> Registration:
    """A tie of the actor's bureau that holds, read again under lock, so that of two who write at once only one does."""
    if session.scalar(select(Tie.id).where(tie_visible(actor), Tie.id == tie.id)) is None:
        raise NotVisible()
    registration = writable(session, actor, tie.agency_id)
    if tie.bureau_id != registration.bureau_id:
        raise Forbidden()
    session.scalars(select(Tie).where(Tie.id == tie.id).with_for_update()).one()
    session.refresh(tie)
    if tie.withdrawn_at is not None:
        raise WrongState("tie_withdrawn")
    return registration


def tie_problems(session: Session, registration: Registration, data: TieData) -> dict[str, str]:
    problems: dict[str, str] = {}
    if data.body_id is not None:
        body = session.scalars(
            select(Body.id).where(
                Body.id == data.body_id, Body.bureau_id == registration.bureau_id, Body.kind.in_(TIED)
            )
        ).one_or_none()
        if body is None:
            problems["body_id"] = "not_a_choice"
    elif not data.other_name.strip():
        problems["body_id"] = "other_side_needed"
    if data.person_id is not None:
        here = select(Appointment.id).where(
            Appointment.person_id == data.person_id, Appointment.agency_id == registration.agency_id
        )
        if session.scalars(here.limit(1)).first() is None:
            problems["person_id"] = "not_a_choice"
    if data.share is not None and data.kind is not TieKind.SHAREHOLDING:
        problems["share"] = "share_of_shareholding"
    if data.valid_to is not None and data.valid_to < data.valid_from:
        problems["valid_to"] = "ends_before_start"
    return problems
