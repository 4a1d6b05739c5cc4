from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Select

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.models import Engagement
from agencyqa.objects.hooks import occurrences


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition behind ``visible_to``, for statements that read columns."""
    if not actor.has(Permission.ENGAGEMENTS_READ):
        return sa.false()
    if actor.is_bureau or actor.is_observer:
        return Engagement.bureau_id.in_(actor.bureau_ids)
    if actor.is_agency:
        return Engagement.agency_id == actor.body_id
    if actor.is_department:
        return sa.or_(
            Engagement.commissioner_id == actor.body_id, Engagement.evaluated_unit_id == actor.body_id
        )
    return sa.false()


def visible_to(actor: Actor) -> Select[Engagement]:
    """Bureau and observer: the bureau's. Agency: its own of all bureaus. Department: as commissioner or unit."""
    return sa.select(Engagement).where(visible(actor))


def objects_of(actor: Actor) -> Select[int]:
    return sa.select(Engagement.object_id).where(visible(actor))


occurrences.append(objects_of)


def can_create(actor: Actor) -> bool:
    return actor.has(Permission.ENGAGEMENTS_WRITE) and actor.bureau_id is not None


def can_change(actor: Actor, engagement: Engagement) -> bool:
    """A municipal bureau reads its districts' engagements but writes only its own."""
    return can_create(actor) and engagement.bureau_id == actor.bureau_id


def can_change_year(actor: Actor, engagement: Engagement) -> bool:
    """The year decides in which ranking an agency's work counts, so only the lead moves it."""
    return actor.is_lead and can_change(actor, engagement)
