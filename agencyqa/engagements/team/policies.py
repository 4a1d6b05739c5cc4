"""Who may see and change a team. Each question is about an engagement that the actor may see."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Select

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.policies import can_change, seen_through
from agencyqa.engagements.team.models import TeamChange


def change_visible(actor: Actor) -> sa.ColumnElement[bool]:
    """To the parties of the contract and the bureau; the evaluated unit knows who comes, not who was wanted."""
    if not (actor.is_bureau or actor.is_agency or actor.is_department):
        return sa.false()
    return seen_through(actor, TeamChange.engagement_id, as_commissioner=True)


def visible_changes(actor: Actor) -> Select[TeamChange]:
    return sa.select(TeamChange).where(change_visible(actor))


def can_propose(actor: Actor, engagement: Engagement) -> bool:
    """The agency, or the bureau for what the agency asked for in writing."""
    if not actor.has(Permission.TEAM_PROPOSE) or engagement.state is not EngagementState.CONTRACTED:
        return False
    return engagement.agency_id == actor.body_id or can_change(actor, engagement)


def can_name(actor: Actor, engagement: Engagement) -> bool:
    """Whoever keeps the contract enters the people it names."""
    return can_change(actor, engagement) and engagement.state is EngagementState.CONTRACTED


def can_consent(actor: Actor, engagement: Engagement) -> bool:
    return actor.has(Permission.TEAM_CONSENT) and engagement.commissioner_id == actor.body_id


def sees_load(actor: Actor) -> bool:
    """How much else somebody works on is known to the bureau and to his agency."""
    return actor.is_bureau or actor.is_agency
