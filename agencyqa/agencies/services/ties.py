from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import TieKind
from agencyqa.agencies.models import Agency, Tie
from agencyqa.agencies.policies import tie_visible
from agencyqa.agencies.services.gate import writable
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState

TIED = frozenset({BodyKind.BUREAU, BodyKind.DEPARTMENT})


@dataclass(frozen=True)
class TieData:
    body_id: int
    kind: TieKind
    valid_from: date
    valid_to: date | None = None
    note: str = ""


def declare_tie(
    actor: Actor,
    session: Session,
    agency: Agency,
    data: TieData,
    *,
    form_token: str | None = None,
    now: datetime,
) -> Tie:
    """A tie to the actor's bureau or to a body that answers to it.

    Raise NotVisible, Forbidden, Invalid; a form sent twice comes as IntegrityError.
    """
    registration = writable(session, actor, agency.id)
    problems: dict[str, str] = {}
    body = session.scalars(
        select(Body.id).where(
            Body.id == data.body_id, Body.bureau_id == registration.bureau_id, Body.kind.in_(TIED)
        )
    ).one_or_none()
    if body is None:
        problems["body_id"] = "not_a_choice"
    if data.valid_to is not None and data.valid_to < data.valid_from:
        problems["valid_to"] = "ends_before_start"
    if problems:
        raise Invalid("invalid", **problems)
    overlapping = session.scalars(
        select(Tie.id).where(
            Tie.agency_id == agency.id,
            Tie.body_id == data.body_id,
            Tie.kind == data.kind,
            Tie.valid_from <= (data.valid_to or date.max),
            sa.or_(Tie.valid_to.is_(None), Tie.valid_to >= data.valid_from),
        )
    ).first()
    if overlapping is not None:
        raise Invalid(body_id="tie_exists")
    tie = Tie(
        agency_id=agency.id,
        form_token=form_token,
        recorded_at=now,
        recorded_by_id=actor.user_id,
        **asdict(data),
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
    return tie


def end_tie(actor: Actor, session: Session, tie: Tie, *, on: date, now: datetime) -> None:
    """``on`` is the last day. Raise NotVisible, Forbidden, WrongState, Invalid."""
    if session.scalar(select(Tie.id).where(tie_visible(actor), Tie.id == tie.id)) is None:
        raise NotVisible()
    registration = writable(session, actor, tie.agency_id)
    body_bureau = session.scalars(select(Body.bureau_id).where(Body.id == tie.body_id)).one()
    if body_bureau != registration.bureau_id:
        raise Forbidden()
    # The row is read again under lock, so that of two who end it at once only one does.
    session.scalars(select(Tie).where(Tie.id == tie.id).with_for_update()).one()
    session.refresh(tie)
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
