from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select
from sqlalchemy.orm import aliased

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.models import Engagement
from agencyqa.objects.hooks import occurrences

_SEEN = aliased(Engagement)


def visible(actor: Actor, of: type[Engagement] = Engagement) -> sa.ColumnElement[bool]:
    """The condition behind ``visible_to``, for statements that read columns; ``of`` may be an alias."""
    if not actor.has(Permission.ENGAGEMENTS_READ):
        return sa.false()
    if actor.is_bureau or actor.is_observer:
        return of.bureau_id.in_(actor.bureau_ids)
    if actor.is_agency:
        return of.agency_id == actor.body_id
    if actor.is_department:
        return sa.or_(of.commissioner_id == actor.body_id, of.evaluated_unit_id == actor.body_id)
    return sa.false()


def sees(actor: Actor, engagement: Engagement) -> bool:
    """As ``visible``, of one that was loaded already."""
    if not actor.has(Permission.ENGAGEMENTS_READ):
        return False
    if actor.is_bureau or actor.is_observer:
        return engagement.bureau_id in actor.bureau_ids
    if actor.is_agency:
        return engagement.agency_id == actor.body_id
    return actor.is_department and actor.body_id in {engagement.commissioner_id, engagement.evaluated_unit_id}


def seen_through(
    actor: Actor, engagement_id: Any, *, as_commissioner: bool = False
) -> sa.ColumnElement[bool]:
    """Of a row that hangs on an engagement: the actor sees the engagement, a department perhaps only as commissioner.

    A bureau sees nearly all there are, so its rows are asked one by one; the few of a party are looked up first.
    """
    engagement = _SEEN
    seen = [visible(actor, engagement)]
    if as_commissioner and actor.is_department:
        seen.append(engagement.commissioner_id == actor.body_id)
    if actor.is_bureau or actor.is_observer:
        return sa.exists().where(engagement.id == engagement_id, *seen)
    found: sa.ColumnElement[bool] = engagement_id.in_(sa.select(engagement.id).where(*seen))
    return found


def visible_to(actor: Actor) -> Select[Engagement]:
    """Bureau and observer: the bureau's. Agency: its own of all bureaus. Department: as commissioner or unit."""
    return sa.select(Engagement).where(visible(actor))


def reads_contract(actor: Actor, of: type[Engagement] = Engagement) -> sa.ColumnElement[bool]:
    """Of engagements that the actor sees: whose fee, notes and terms it reads, for the columns of a statement.

    The bureau's, and those of the parties that signed; the evaluated unit and observers learn none of it.
    """
    if actor.is_bureau or actor.is_agency:
        return sa.true()
    if actor.is_department:
        return of.commissioner_id == actor.body_id
    return sa.false()


def can_read_contract(actor: Actor, engagement: Engagement) -> bool:
    """The same of one engagement that the actor sees."""
    if actor.is_department:
        return engagement.commissioner_id == actor.body_id
    return actor.is_bureau or actor.is_agency


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
