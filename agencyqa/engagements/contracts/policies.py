"""Who may see and write what a contract says. Each question is about an engagement that the actor may see."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements import policies as engagement_policies
from agencyqa.engagements.contracts.models import ContractTerms, Subcontract
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.policies import can_change, seen_through


def _seen(actor: Actor, engagement_id: Any) -> sa.ColumnElement[bool]:
    """Of engagements whose contract the actor reads: the parties that signed it, and the bureau."""
    if not (actor.is_bureau or actor.is_agency or actor.is_department):
        return sa.false()
    return seen_through(actor, engagement_id, as_commissioner=True)


def sees(actor: Actor, engagement: Engagement) -> bool:
    """As ``visible_engagements``, of one that was loaded already."""
    if actor.is_observer or not engagement_policies.sees(actor, engagement):
        return False
    return not actor.is_department or engagement.commissioner_id == actor.body_id


def visible_terms(actor: Actor) -> Select[ContractTerms]:
    return sa.select(ContractTerms).where(_seen(actor, ContractTerms.engagement_id))


def subcontract_visible(actor: Actor) -> sa.ColumnElement[bool]:
    return _seen(actor, Subcontract.engagement_id)


def visible_subcontracts(actor: Actor) -> Select[Subcontract]:
    return sa.select(Subcontract).where(subcontract_visible(actor))


def visible_engagements(actor: Actor) -> Select[Engagement]:
    """Those whose contract the actor reads."""
    return sa.select(Engagement).where(_seen(actor, Engagement.id))


def can_enter(actor: Actor, engagement: Engagement) -> bool:
    return can_change(actor, engagement) and engagement.state is not EngagementState.TERMINATED


def can_request(actor: Actor, engagement: Engagement) -> bool:
    return (
        actor.has(Permission.TEAM_PROPOSE)
        and engagement.agency_id == actor.body_id
        and engagement.state is EngagementState.CONTRACTED
    )


def can_consent(actor: Actor, engagement: Engagement) -> bool:
    return actor.has(Permission.TEAM_CONSENT) and engagement.commissioner_id == actor.body_id


def can_enter_tables(actor: Actor) -> bool:
    return actor.has(Permission.FEE_TABLES_WRITE) and actor.bureau_id is not None
