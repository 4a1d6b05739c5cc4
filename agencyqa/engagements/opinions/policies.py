from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Select

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements import policies as engagement_policies
from agencyqa.engagements.deliverables import policies as deliverable_policies
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.opinions.models import UnitOpinion


def visible_opinions(actor: Actor) -> Select[UnitOpinion]:
    """Everybody who may read the draft: agency, bureau, commissioner and the unit itself."""
    condition = engagement_policies.visible(actor) if actor.has(Permission.DELIVERABLES_READ) else sa.false()
    return (
        sa.select(UnitOpinion).join(Engagement, Engagement.id == UnitOpinion.engagement_id).where(condition)
    )


# The rest asks about an engagement that the actor may see.


def sees_plan_reviews(actor: Actor, engagement: Engagement) -> bool:
    """What experts said of the plan is between the parties of the contract and the bureau."""
    return deliverable_policies.sees_terms(actor, engagement)


def can_write(actor: Actor, engagement: Engagement) -> bool:
    return actor.has(Permission.OPINIONS_WRITE) and engagement.evaluated_unit_id == actor.body_id


def can_answer(actor: Actor, engagement: Engagement) -> bool:
    """An answer to the evaluated unit binds the agency."""
    return deliverable_policies.can_submit(actor, engagement)


def can_record_review(actor: Actor, engagement: Engagement) -> bool:
    """Who commissioned the work lets experts look at its plan."""
    return deliverable_policies.can_decide(actor, engagement)
