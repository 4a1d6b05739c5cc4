from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind
from agencyqa.db import check_version
from agencyqa.errors import Forbidden, Invalid, NotVisible
from agencyqa.objects.enums import BudgetType, ObjectKind
from agencyqa.objects.hooks import department_guards
from agencyqa.objects.models import EvaluationObject
from agencyqa.objects.policies import can_change, can_create, visible_to

# Constraint → (field, code), for forms and imports alike.
CONSTRAINTS = {"uq_evaluation_objects_bureau_id_budget_year_code": ("code", "object_code_taken")}
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class ObjectData:
    """``amount`` in fen, None where it is not known yet."""

    code: str
    name: str
    kind: ObjectKind
    budget_type: BudgetType
    budget_year: int
    department_id: int
    amount: int | None = None
    is_purchase_of_services: bool = False


def create_object(actor: Actor, session: Session, data: ObjectData, *, now: datetime) -> EvaluationObject:
    """Raise Forbidden, Invalid; a code that is taken comes as IntegrityError, see ``CONSTRAINTS``."""
    if not can_create(actor) or actor.bureau_id is None:
        raise Forbidden()
    _check(session, data, actor.bureau_id)
    thing = EvaluationObject(bureau_id=actor.bureau_id, created_at=now, **_values(data))
    session.add(thing)
    session.flush()
    record(
        session,
        actor,
        "objects.object.created",
        thing,
        now=now,
        bureau_id=thing.bureau_id,
        changes=_logged({name: (None, value) for name, value in _values(data).items()}),
    )
    return thing


def change_object(
    actor: Actor,
    session: Session,
    thing: EvaluationObject,
    data: ObjectData,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Raise NotVisible, Forbidden, Stale, Invalid, or Refused where a rule forbids the new department."""
    if session.scalar(visible_to(actor).where(EvaluationObject.id == thing.id)) is None:
        raise NotVisible()
    if not can_change(actor, thing):
        raise Forbidden()
    check_version(thing, seen_version)
    _check(session, data, thing.bureau_id, keep=thing.department_id)
    if data.department_id != thing.department_id:
        for guard in department_guards:
            guard(session, thing, data.department_id)
    changes = {
        name: (getattr(thing, name), value)
        for name, value in _values(data).items()
        if getattr(thing, name) != value
    }
    if not changes:
        return
    for name, (_, value) in changes.items():
        setattr(thing, name, value)
    session.flush()
    record(
        session,
        actor,
        "objects.object.changed",
        thing,
        now=now,
        bureau_id=thing.bureau_id,
        changes=_logged(changes),
    )


def _logged(changes: dict[str, tuple[object, object]]) -> dict[str, tuple[object, object]]:
    """Under the names by which the audit log knows money from other figures."""
    return {"amount_fen" if name == "amount" else name: values for name, values in changes.items()}


def _values(data: ObjectData) -> dict[str, object]:
    return {field.name: getattr(data, field.name) for field in fields(data)}


def _check(session: Session, data: ObjectData, bureau_id: int, keep: int | None = None) -> None:
    problems: dict[str, str] = {}
    for name in ("code", "name"):
        if not getattr(data, name).strip():
            problems[name] = "required"
    if data.amount is not None and data.amount < 0:
        problems["amount"] = "negative"
    if not FIRST_YEAR <= data.budget_year <= LAST_YEAR:
        problems["budget_year"] = "budget_year_wrong"
    if data.department_id != keep:
        department = session.scalar(
            select(Body.id).where(
                Body.id == data.department_id,
                Body.bureau_id == bureau_id,
                Body.kind == BodyKind.DEPARTMENT,
                Body.is_active,
            )
        )
        if department is None:
            problems["department_id"] = "not_a_choice"
    if problems:
        raise Invalid("invalid", **problems)
