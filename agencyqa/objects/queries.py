from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import bodies_called, bodies_found
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind
from agencyqa.db import kept
from agencyqa.i18n import aside
from agencyqa.objects.enums import BudgetType, ObjectKind
from agencyqa.objects.models import EvaluationObject
from agencyqa.objects.policies import visible
from agencyqa.web.tables import Key

ORDERS = {
    "-year": (Key(EvaluationObject.budget_year, descending=True), Key(EvaluationObject.id, descending=True)),
    "year": (Key(EvaluationObject.budget_year), Key(EvaluationObject.id)),
    "-amount": (
        Key(EvaluationObject.amount, descending=True, nullable=True),
        Key(EvaluationObject.id, descending=True),
    ),
    "amount": (Key(EvaluationObject.amount, nullable=True), Key(EvaluationObject.id)),
}


@kept
def object_rows(
    actor: Actor,
    *,
    q: str | None = None,
    kind: ObjectKind | None = None,
    budget_type: BudgetType | None = None,
    year: int | None = None,
    department_id: int | None = None,
    department: str = "",
) -> Select[*tuple[Any, ...]]:
    """Rows of the list, without an order: page it with ``ORDERS``."""
    owner, bureau = aliased(Body), aliased(Body)
    statement = (
        select(
            EvaluationObject.id,
            EvaluationObject.code,
            EvaluationObject.name,
            EvaluationObject.kind,
            EvaluationObject.budget_type,
            EvaluationObject.budget_year,
            EvaluationObject.amount,
            EvaluationObject.is_purchase_of_services,
            owner.name.label("department"),
            bureau.name.label("bureau"),
        )
        .join(owner, owner.id == EvaluationObject.department_id)
        .join(bureau, bureau.id == EvaluationObject.bureau_id)
        .where(visible(actor))
    )
    if q:
        statement = statement.where(
            sa.or_(
                EvaluationObject.name.icontains(q, autoescape=True),
                EvaluationObject.code.icontains(q, autoescape=True),
            )
        )
    if kind is not None:
        statement = statement.where(EvaluationObject.kind == kind)
    if budget_type is not None:
        statement = statement.where(EvaluationObject.budget_type == budget_type)
    if year is not None:
        statement = statement.where(EvaluationObject.budget_year == year)
    if department_id is not None:
        statement = statement.where(EvaluationObject.department_id == department_id)
    if department:
        called = bodies_called(department, BodyKind.DEPARTMENT)
        statement = statement.where(EvaluationObject.department_id.in_(called))
    return statement


def names_of(session: Session, thing: EvaluationObject) -> tuple[str, str]:
    """The names of the responsible department and of the bureau."""
    department, bureau = aliased(Body), aliased(Body)
    row = session.execute(
        select(department.name, bureau.name)
        .join(bureau, bureau.id == thing.bureau_id)
        .where(department.id == thing.department_id)
    ).one()
    return row[0], row[1]


def with_objects(actor: Actor) -> sa.ColumnElement[bool]:
    """Departments of the objects that the actor sees."""
    return Body.id.in_(select(EvaluationObject.department_id).where(visible(actor)))


def own_departments(
    session: Session,
    actor: Actor,
    keep: int | None = None,
    *,
    part: str = "",
    only: int | None = None,
    limit: int | None = None,
) -> list[tuple[int, str]]:
    """Departments that the actor's bureau may name in a form; ``keep`` stays, even when it was closed since.
    See ``web.fields.Finder``."""
    return bodies_found(session, _own, actor.bureau_id, keep, part=part, only=only, limit=limit)


def _own(bureau_id: int | None, keep: int | None) -> sa.ColumnElement[bool]:
    own = sa.and_(Body.bureau_id == bureau_id, Body.kind == BodyKind.DEPARTMENT, Body.is_active)
    return own if keep is None else sa.or_(own, Body.id == keep)


def object_choices(
    session: Session, actor: Actor, *, part: str = "", only: int | None = None, limit: int | None = None
) -> list[tuple[int, str]]:
    """Objects that the actor's bureau may commission work on: newest budget year first. See ``web.fields.Finder``."""
    if actor.bureau_id is None:
        return []
    statement = select(
        EvaluationObject.id, EvaluationObject.budget_year, EvaluationObject.code, EvaluationObject.name
    ).where(visible(actor), EvaluationObject.bureau_id == actor.bureau_id)
    if only is not None:
        statement = statement.where(EvaluationObject.id == only)
    if part:
        statement = statement.where(
            sa.or_(
                EvaluationObject.name.icontains(part, autoescape=True),
                EvaluationObject.code.icontains(part, autoescape=True),
            )
        )
    rows = session.execute(
        statement.order_by(
            EvaluationObject.budget_year.desc(), EvaluationObject.code, EvaluationObject.id
        ).limit(limit)
    )
    return [(row.id, f"{row.budget_year} · {aside(row.name, row.code)}") for row in rows]
