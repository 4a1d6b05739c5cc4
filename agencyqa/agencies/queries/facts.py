"""What higher areas ask of the register. Only ``agency_choices`` knows who asks: the others state facts for rules."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import member_ids
from agencyqa.agencies.enums import PersonRole, Standing, TieKind
from agencyqa.agencies.models import Agency, Appointment, Person, Registration, StandingChange, Tie
from agencyqa.agencies.policies import registration_visible
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.db import open_period
from agencyqa.i18n import aside
from agencyqa.web.labels import label_of


@dataclass(frozen=True)
class TieRow:
    """A tie of the agency, or of the person ``person_id`` (called ``person``).

    ``body`` is the name of the other side where that is a body; ``other_name`` a person there or a side outside the
    system. ``share`` in ten-thousandths of the whole.
    """

    id: int
    body_id: int | None
    body: str
    kind: TieKind
    valid_from: date
    valid_to: date | None
    person_id: int | None = None
    person: str = ""
    other_name: str = ""
    share: int | None = None


@dataclass(frozen=True)
class EvaluatorRow:
    person_id: int
    name: str
    valid_from: date
    valid_to: date | None


def standing_on(session: Session, agency_id: int, bureau_id: int, day: date) -> Standing | None:
    """The standing in this bureau's register on a day of the past or today; None before it was entered.

    Of decisions that took effect on one day the last one holds at its end.
    """
    return session.scalars(
        select(StandingChange.standing)
        .join(Registration, Registration.id == StandingChange.registration_id)
        .where(
            Registration.agency_id == agency_id,
            Registration.bureau_id == bureau_id,
            StandingChange.effective_on <= day,
        )
        .order_by(StandingChange.number.desc())
        .limit(1)
    ).first()


def has_good_standing(session: Session, agency_id: int, bureau_id: int, day: date) -> bool:
    """Only a registered agency may be commissioned."""
    return standing_on(session, agency_id, bureau_id, day) is Standing.REGISTERED


def has_manager(session: Session, agency_id: int, day: date) -> bool:
    """Whether somebody can be told by a message what is decided about the agency."""
    return bool(member_ids(session, agency_id, {Role.AGENCY_MANAGER}, day=day))


def ties_on(
    session: Session,
    agency_id: int,
    persons: Collection[int],
    day: date,
    *,
    since: date | None = None,
) -> list[TieRow]:
    """Declared ties of the agency, and of these people wherever they were declared, that were in force on the day;
    none that was entered wrongly.

    With ``since`` also those that ended in between, from that day on: for rules that look back.
    """
    rows = session.execute(
        select(
            Tie.id,
            Tie.body_id,
            sa.func.coalesce(Body.name, "").label("body"),
            Tie.kind,
            Tie.valid_from,
            Tie.valid_to,
            Tie.person_id,
            sa.func.coalesce(Person.name, "").label("person"),
            Tie.other_name,
            Tie.share,
        )
        .outerjoin(Body, Body.id == Tie.body_id)
        .outerjoin(Person, Person.id == Tie.person_id)
        .where(
            sa.or_(
                sa.and_(Tie.agency_id == agency_id, Tie.person_id.is_(None)),
                Tie.person_id.in_(persons),
            ),
            Tie.withdrawn_at.is_(None),
            Tie.valid_from <= day,
            sa.or_(Tie.valid_to.is_(None), Tie.valid_to >= (since or day)),
        )
        .order_by(Body.sort_key, Tie.id)
    )
    return [TieRow(**row) for row in rows.mappings()]


def appointed_evaluators(session: Session, agency_id: int, day: date | None = None) -> list[EvaluatorRow]:
    """Principal evaluators of the agency on a day, or (``day`` None) of any time, one row an appointment."""
    statement = (
        select(Person.id, Person.name, Appointment.valid_from, Appointment.valid_to)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(Appointment.agency_id == agency_id, Appointment.role == PersonRole.PRINCIPAL_EVALUATOR)
        .order_by(Person.name, Appointment.valid_from, Appointment.id)
    )
    if day is not None:
        statement = statement.where(open_period(Appointment.valid_from, Appointment.valid_to, day))
    return [EvaluatorRow(*row) for row in session.execute(statement)]


def agency_choices(
    session: Session, actor: Actor, *, part: str = "", only: int | None = None, limit: int | None = None
) -> list[tuple[int, str]]:
    """(id, name) of the agencies in the actor's own register; a standing other than registered is told.
    See ``web.fields.Finder``; the code is the credit code.

    All are offered, because what counts for a contract is the standing on the day it was signed.
    """
    if actor.bureau_id is None:
        return []
    statement = (
        select(Body.id, Body.name, Registration.standing)
        .join(Registration, Registration.agency_id == Body.id)
        .where(registration_visible(actor), Registration.bureau_id == actor.bureau_id)
    )
    if only is not None:
        statement = statement.where(Body.id == only)
    if part:
        coded = select(Agency.id).where(Agency.credit_code.icontains(part, autoescape=True))
        statement = statement.where(sa.or_(Body.name.icontains(part, autoescape=True), Body.id.in_(coded)))
    rows = session.execute(statement.order_by(Body.sort_key, Body.id).limit(limit))
    return [
        (
            row.id,
            row.name if row.standing is Standing.REGISTERED else aside(row.name, label_of(row.standing)),
        )
        for row in rows
    ]
