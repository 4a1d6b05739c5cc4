from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Select

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements import policies as engagement_policies
from agencyqa.engagements.deliverables import policies as deliverable_policies
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.schedule.enums import Party
from agencyqa.engagements.schedule.models import Milestone


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """For statements that join ``Engagement``: the parties of the contract and the bureau, as for all terms."""
    if not actor.has(Permission.DELIVERABLES_READ):
        return sa.false()
    if actor.is_bureau:
        return Milestone.bureau_id.in_(actor.bureau_ids)
    if actor.is_agency:
        return Milestone.agency_id == actor.body_id
    if actor.is_department:
        return Engagement.commissioner_id == actor.body_id
    return sa.false()


def visible_to(actor: Actor) -> Select[Milestone]:
    return (
        sa.select(Milestone).join(Engagement, Engagement.id == Milestone.engagement_id).where(visible(actor))
    )


def visible_engagements(actor: Actor) -> Select[Engagement]:
    """Where the actor may open the page; the evaluated unit, which sees the engagement, may not."""
    seen = engagement_policies.visible_to(actor)
    if actor.is_department:
        return seen.where(Engagement.commissioner_id == actor.body_id)
    return seen if actor.is_agency or actor.is_bureau else seen.where(sa.false())


# The rest asks about an engagement that the actor may see.


def sees(actor: Actor, engagement: Engagement) -> bool:
    return deliverable_policies.sees_terms(actor, engagement)


def can_plan(actor: Actor, engagement: Engagement) -> bool:
    """Terms are set and moved by the bureau that supervises the contract."""
    return deliverable_policies.can_change_due(actor, engagement)


def can_finish(actor: Actor, engagement: Engagement, party: Party) -> bool:
    """The party whose turn it is, by somebody who answers for it, and the bureau."""
    if can_plan(actor, engagement):
        return True
    if party is Party.AGENCY:
        return deliverable_policies.can_submit(actor, engagement)
    return deliverable_policies.can_decide(actor, engagement)
