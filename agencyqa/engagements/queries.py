from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import bodies_called, bodies_found, found_body, pairs
from agencyqa.agencies.enums import PersonRole
from agencyqa.agencies.models import Appointment, Person, Registration
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind
from agencyqa.db import kept
from agencyqa.engagements.deliverables.enums import DeliverableKind, DeliverableState
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.policies import reads_contract, visible
from agencyqa.i18n import aside, listed
from agencyqa.objects.models import EvaluationObject
from agencyqa.web.tables import Key

Choices = list[tuple[int, str]]

ORDERS = {
    "-year": (Key(Engagement.assessment_year, descending=True), Key(Engagement.id, descending=True)),
    "due": (Key(Engagement.due_on), Key(Engagement.id)),
    "-due": (Key(Engagement.due_on, descending=True), Key(Engagement.id, descending=True)),
    "-fee": (Key(Engagement.fee, descending=True), Key(Engagement.id, descending=True)),
    "fee": (Key(Engagement.fee), Key(Engagement.id)),
}


# By what a reader may not see nothing is ordered for it.
OPEN_ORDERS = {name: keys for name, keys in ORDERS.items() if not name.endswith("fee")}


def orders_for(actor: Actor) -> Mapping[str, tuple[Key, ...]]:
    return ORDERS if actor.is_bureau or actor.is_agency else OPEN_ORDERS


@kept
def engagement_rows(
    actor: Actor,
    *,
    q: str | None = None,
    year: int | None = None,
    state: EngagementState | None = None,
    agency_id: int | None = None,
    agency: str = "",
    department_id: int | None = None,
    department: str = "",
    is_overdue: bool = False,
) -> Select[*tuple[Any, ...]]:
    """Rows of the list, without an order: page it with ``orders_for``. ``fee`` is empty where it is not the actor's.

    ``agency`` and ``department`` are parts of a name. A department counts as commissioner or unit.
    """
    statement = _rows(actor).where(visible(actor))
    if q:
        statement = statement.where(
            sa.or_(
                Engagement.contract_number.icontains(q, autoescape=True),
                EvaluationObject.name.icontains(q, autoescape=True),
            )
        )
    if year is not None:
        statement = statement.where(Engagement.assessment_year == year)
    if state is not None:
        statement = statement.where(Engagement.state == state)
    if agency_id is not None:
        statement = statement.where(Engagement.agency_id == agency_id)
    if agency:
        statement = statement.where(Engagement.agency_id.in_(bodies_called(agency, BodyKind.AGENCY)))
    if department_id is not None:
        statement = statement.where(
            sa.or_(Engagement.commissioner_id == department_id, Engagement.evaluated_unit_id == department_id)
        )
    if department:
        called = bodies_called(department, BodyKind.DEPARTMENT)
        statement = statement.where(
            sa.or_(Engagement.commissioner_id.in_(called), Engagement.evaluated_unit_id.in_(called))
        )
    if is_overdue:
        statement = statement.where(Engagement.is_overdue)
    return statement


def rows_of_object(actor: Actor, object_id: int) -> Select[*tuple[Any, ...]]:
    """All visible engagements about one object, newest contract first."""
    return (
        _rows(actor)
        .where(visible(actor), Engagement.object_id == object_id)
        .order_by(Engagement.contract_signed_on.desc(), Engagement.id.desc())
    )


def due_rows(actor: Actor, *, until: date, limit: int) -> Select[*tuple[Any, ...]]:
    """Open engagements due up to ``until``, overdue ones included, the most urgent first."""
    return (
        _rows(actor)
        .where(visible(actor), Engagement.state == EngagementState.CONTRACTED, Engagement.due_on <= until)
        .order_by(Engagement.due_on, Engagement.id)
        .limit(limit)
    )


def state_counts(session: Session, actor: Actor, year: int) -> dict[EngagementState, int]:
    """How many of the engagements the actor sees are in each state; states without any are 0."""
    rows = session.execute(
        select(Engagement.state, sa.func.count())
        .where(visible(actor), Engagement.assessment_year == year)
        .group_by(Engagement.state)
    )
    found = {row[0]: int(row[1]) for row in rows}
    return {state: found.get(state, 0) for state in EngagementState}


def years(session: Session, actor: Actor) -> list[int]:
    """Assessment years of the engagements the actor sees, newest first."""
    statement = select(Engagement.assessment_year).where(visible(actor)).distinct()
    return list(session.scalars(statement.order_by(Engagement.assessment_year.desc())))


def rows_of_year(session: Session, bureau_id: int, year: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every engagement of a bureau's year that counts, by agency; the caller has asked the policies."""
    return session.execute(
        _rows()
        .where(
            Engagement.bureau_id == bureau_id,
            Engagement.assessment_year == year,
            Engagement.state != EngagementState.TERMINATED,
        )
        .order_by(Engagement.agency_id, Engagement.id)
    ).all()


def names_of(session: Session, engagement: Engagement) -> Row[*tuple[Any, ...]]:
    """The row of the list with ``object_code``, ``budget_year``, ``department`` and ``evaluator``.

    Object and evaluator come whole as well, so that while the row is held nobody reads them again.
    """
    return session.execute(
        _rows()
        .outerjoin(Person, Person.id == Engagement.principal_evaluator_id)
        .join(_DEPARTMENT, _DEPARTMENT.id == EvaluationObject.department_id)
        .add_columns(
            Person.name.label("evaluator"),
            _DEPARTMENT.name.label("department"),
            EvaluationObject.code.label("object_code"),
            EvaluationObject.budget_year.label("budget_year"),
            EvaluationObject,
            Person,
        )
        .where(Engagement.id == engagement.id)
    ).one()


_AGENCY, _COMMISSIONER, _UNIT, _BUREAU, _DEPARTMENT = (aliased(Body) for _ in range(5))


def _rows(actor: Actor | None = None) -> Select[*tuple[Any, ...]]:
    """Without an actor no fee is read."""
    fee: sa.ColumnElement[Any] = sa.null()
    if actor is not None:
        is_open = actor.is_bureau or actor.is_agency
        fee = sa.case((reads_contract(actor), Engagement.fee))
        if is_open:
            fee = Engagement.__table__.c.fee
    return (
        select(
            Engagement.id,
            Engagement.bureau_id,
            Engagement.object_id,
            Engagement.agency_id,
            Engagement.commissioner_id,
            Engagement.evaluated_unit_id,
            Engagement.work_kind,
            Engagement.contract_number,
            Engagement.contract_signed_on,
            Engagement.due_on,
            Engagement.completed_on,
            fee.label("fee"),
            Engagement.assessment_year,
            Engagement.state,
            Engagement.is_overdue,
            EvaluationObject.name.label("object"),
            _AGENCY.name.label("agency"),
            _AGENCY.sort_key.label("agency_sort_key"),
            _COMMISSIONER.name.label("commissioner"),
            _UNIT.name.label("evaluated_unit"),
            _BUREAU.name.label("bureau"),
        )
        .join(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .join(_AGENCY, _AGENCY.id == Engagement.agency_id)
        .join(_COMMISSIONER, _COMMISSIONER.id == Engagement.commissioner_id)
        .join(_UNIT, _UNIT.id == Engagement.evaluated_unit_id)
        .join(_BUREAU, _BUREAU.id == Engagement.bureau_id)
    )


# ---------------------------------------------------------------------------------------------- choices


def agencies_seen(
    session: Session, actor: Actor, *, part: str = "", only: int | None = None, limit: int | None = None
) -> Choices:
    """Agencies of the engagements the actor sees, for the filter. See ``web.fields.Finder``."""
    return pairs(session, found_body(_agencies_seen(actor, limit), part, only))


@kept
def _agencies_seen(actor: Actor, limit: int | None) -> Select[int, str]:
    # A bureau's agencies are looked at until there are enough; the work of a department is little, and is told apart
    # once: PostgreSQL would else go through all the work of each of thousands of agencies.
    seen: sa.ColumnElement[bool] = sa.exists().where(Engagement.agency_id == Body.id, visible(actor))
    if actor.is_department:
        seen = Body.id.in_(select(Engagement.agency_id).where(visible(actor)).distinct())
    return (
        select(Body.id, Body.name)
        .where(Body.kind == BodyKind.AGENCY, seen)
        .order_by(Body.sort_key, Body.id)
        .limit(limit)
    )


def at_work(actor: Actor) -> sa.ColumnElement[bool]:
    """Departments of the engagements that the actor sees."""
    seen = select(Engagement.commissioner_id).where(visible(actor))
    seen_as_unit = select(Engagement.evaluated_unit_id).where(visible(actor))
    return sa.and_(Body.kind == BodyKind.DEPARTMENT, sa.or_(Body.id.in_(seen), Body.id.in_(seen_as_unit)))


def commissioner_choices(
    session: Session,
    actor: Actor,
    keep: int | None = None,
    *,
    part: str = "",
    only: int | None = None,
    limit: int | None = None,
) -> Choices:
    """The bureau itself, then its departments; ``keep`` stays, even when it was closed since.
    See ``web.fields.Finder``."""
    return bodies_found(
        session, _commissioners, actor, keep, part=part, only=only, limit=limit, first=actor.bureau_id
    )


def _commissioners(actor: Actor, keep: int | None) -> sa.ColumnElement[bool]:
    return sa.or_(Body.id == actor.bureau_id, _units(actor, keep))


def unit_choices(
    session: Session,
    actor: Actor,
    keep: int | None = None,
    *,
    part: str = "",
    only: int | None = None,
    limit: int | None = None,
) -> Choices:
    return bodies_found(session, _units, actor, keep, part=part, only=only, limit=limit)


def _units(actor: Actor, keep: int | None) -> sa.ColumnElement[bool]:
    department = sa.and_(Body.kind == BodyKind.DEPARTMENT, Body.bureau_id == actor.bureau_id, Body.is_active)
    return department if keep is None else sa.or_(department, Body.id == keep)


def evaluator_choices(
    session: Session, actor: Actor, *, part: str = "", only: int | None = None, limit: int | None = None
) -> Choices:
    """Whoever is or was a principal evaluator in an agency of the bureau's register, with that agency's name.

    The contract date decides who may be named, so those who left are offered too. See ``web.fields.Finder``; a part
    of an agency's name finds all of its evaluators.
    """
    registered = select(Registration.agency_id).where(Registration.bureau_id == actor.bureau_id)
    statement = (
        select(Person.id, Person.name, Body.name.label("agency"))
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Body, Body.id == Appointment.agency_id)
        .where(Appointment.agency_id.in_(registered), Appointment.role == PersonRole.PRINCIPAL_EVALUATOR)
        .order_by(Body.sort_key, Body.id, Person.name, Person.id)
        .distinct()
        .add_columns(Body.sort_key, Body.id.label("agency_id"))
    )
    if only is not None:
        statement = statement.where(Person.id == only)
    if part:
        # By a list of people, so that each is shown with all agencies.
        of_agency = (
            select(Appointment.person_id)
            .join(Body, Body.id == Appointment.agency_id)
            .where(Appointment.agency_id.in_(registered), Body.name.icontains(part, autoescape=True))
        )
        called = Person.name.icontains(part, autoescape=True)
        statement = statement.where(sa.or_(called, Person.id.in_(of_agency)))
    rows = session.execute(statement if limit is None else statement.limit(2 * limit))
    names: dict[int, str] = {}
    agencies: dict[int, list[str]] = {}
    for row in rows:
        names[row.id] = row.name
        agencies.setdefault(row.id, []).append(row.agency)
    found = [(person_id, aside(name, listed(agencies[person_id]))) for person_id, name in names.items()]
    return found[:limit]


def not_accepted(session: Session, engagement_id: int) -> list[tuple[DeliverableKind, DeliverableState]]:
    """What the contract asks for and nobody has accepted: told to whoever enters the work as completed."""
    rows = session.execute(
        select(Deliverable.kind, Deliverable.state)
        .where(
            Deliverable.engagement_id == engagement_id,
            Deliverable.is_required,
            Deliverable.state != DeliverableState.ACCEPTED,
        )
        .order_by(Deliverable.id)
    )
    return [(row[0], row[1]) for row in rows]
