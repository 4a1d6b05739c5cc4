"""Who may see and do what about independence. Each question is about an engagement that the actor may see."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Select

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.auth.roles import Role
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.policies import can_change, can_read_contract, seen_through
from agencyqa.engagements.recusal.models import (
    DeclarationExemption,
    IndependenceDeclaration,
    RecusalCase,
)


def sees_details(actor: Actor) -> bool:
    """Ties are the register's and the agency's own business; a department reads outcomes and who has signed."""
    return actor.is_bureau or actor.is_observer or actor.is_agency


def sees_names(actor: Actor) -> bool:
    """Which person of the agency entered something is known to the agency and to bureaus; others know the agency."""
    return actor.is_bureau or actor.is_agency


def case_visible(actor: Actor) -> sa.ColumnElement[bool]:
    if not sees_details(actor):
        return sa.false()
    return seen_through(actor, RecusalCase.engagement_id)


def visible_cases(actor: Actor) -> Select[RecusalCase]:
    return sa.select(RecusalCase).where(case_visible(actor))


def visible_declarations(actor: Actor) -> Select[IndependenceDeclaration]:
    """To everybody who sees the engagement: a declaration is made towards all its parties."""
    return sa.select(IndependenceDeclaration).where(
        seen_through(actor, IndependenceDeclaration.engagement_id)
    )


def can_sign(actor: Actor, engagement: Engagement) -> bool:
    """Also when the work is done: its file is not sealed before everybody of the team has signed."""
    return (
        actor.has(Permission.INDEPENDENCE_DECLARE)
        and engagement.agency_id == actor.body_id
        and engagement.state is not EngagementState.TERMINATED
    )


def can_record_paper(actor: Actor) -> bool:
    """Who answers for the agency enters what its people signed on paper; others sign for themselves alone."""
    return actor.role is Role.AGENCY_MANAGER


def can_decide(actor: Actor, engagement: Engagement) -> bool:
    return can_change(actor, engagement)


def exemption_visible(actor: Actor) -> sa.ColumnElement[bool]:
    """Why somebody signs no more is told to the parties of the contract and the bureau; others learn that it is so."""
    if not (actor.is_bureau or actor.is_agency or actor.is_department):
        return sa.false()
    return seen_through(actor, DeclarationExemption.engagement_id, as_commissioner=True)


def sees_exemptions(actor: Actor, engagement: Engagement) -> bool:
    """The same of one engagement that the actor sees."""
    return can_read_contract(actor, engagement)


def visible_exemptions(actor: Actor) -> Select[DeclarationExemption]:
    return sa.select(DeclarationExemption).where(exemption_visible(actor))


def can_exempt(actor: Actor, engagement: Engagement) -> bool:
    """The bureau that supervises the contract, as it decides cases; also when the work is done."""
    return can_change(actor, engagement) and engagement.state is not EngagementState.TERMINATED


def can_read_terms(actor: Actor) -> bool:
    return actor.has(Permission.ENGAGEMENTS_WRITE)


def can_enter_terms(actor: Actor) -> bool:
    return actor.has(Permission.RECUSAL_TERMS_WRITE) and actor.bureau_id is not None
