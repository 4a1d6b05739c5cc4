from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Select

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.objects.hooks import occurrences
from agencyqa.objects.models import EvaluationObject


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition behind ``visible_to``, for statements that read columns."""
    if not actor.has(Permission.OBJECTS_READ):
        return sa.false()
    if actor.is_bureau or actor.is_observer:
        return EvaluationObject.bureau_id.in_(actor.bureau_ids)
    takes_part = [EvaluationObject.id.in_(of(actor)) for of in occurrences]
    if actor.is_department:
        return sa.or_(EvaluationObject.department_id == actor.body_id, *takes_part)
    if actor.is_agency:
        return sa.or_(sa.false(), *takes_part)
    return sa.false()


def visible_to(actor: Actor) -> Select[EvaluationObject]:
    """Bureau and observer: the bureau's. Department: its own and those it takes part in. Agency: the latter."""
    return sa.select(EvaluationObject).where(visible(actor))


def can_create(actor: Actor) -> bool:
    return actor.has(Permission.OBJECTS_WRITE) and actor.bureau_id is not None


def can_change(actor: Actor, thing: EvaluationObject) -> bool:
    """A municipal bureau reads its districts' objects but writes only its own."""
    return can_create(actor) and thing.bureau_id == actor.bureau_id
