"""Who may see and make selections and exclusions."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Select

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.selection.enums import SelectionState
from agencyqa.engagements.selection.models import AgencyExclusion, Selection


def selection_visible(actor: Actor) -> sa.ColumnElement[bool]:
    """The bureau's; a department reads decisions about work it commissions. Offers are no business of agencies."""
    if not actor.has(Permission.ENGAGEMENTS_READ):
        return sa.false()
    if actor.is_bureau:
        return Selection.bureau_id.in_(actor.bureau_ids)
    if actor.is_department:
        return sa.and_(
            Selection.commissioner_id == actor.body_id,
            Selection.state.in_((SelectionState.DECIDED, SelectionState.USED)),
        )
    return sa.false()


def visible_selections(actor: Actor) -> Select[Selection]:
    return sa.select(Selection).where(selection_visible(actor))


def exclusion_visible(actor: Actor) -> sa.ColumnElement[bool]:
    """The bureau's; an agency reads what is held against itself, withdrawn or not."""
    if not actor.has(Permission.AGENCIES_READ):
        return sa.false()
    if actor.is_bureau:
        return AgencyExclusion.bureau_id.in_(actor.bureau_ids)
    if actor.is_agency:
        return AgencyExclusion.agency_id == actor.body_id
    return sa.false()


def visible_exclusions(actor: Actor) -> Select[AgencyExclusion]:
    return sa.select(AgencyExclusion).where(exclusion_visible(actor))


def can_select(actor: Actor) -> bool:
    return actor.has(Permission.ENGAGEMENTS_WRITE) and actor.bureau_id is not None


def can_change(actor: Actor, selection: Selection) -> bool:
    """A municipal bureau reads its districts' selections but makes only its own."""
    return can_select(actor) and selection.bureau_id == actor.bureau_id


def can_exclude(actor: Actor) -> bool:
    """As who decides on the standing of agencies."""
    return actor.has(Permission.STANDING_DECIDE) and actor.bureau_id is not None
