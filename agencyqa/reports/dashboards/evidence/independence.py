"""Teams and independence, as members of ``tasks.collect``: cases to decide, what to agree to, what to sign."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.archive.policies import is_unsealed
from agencyqa.engagements.contracts.enums import SubcontractState
from agencyqa.engagements.contracts.models import Subcontract
from agencyqa.engagements.contracts.policies import subcontract_visible
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.policies import visible
from agencyqa.engagements.recusal.enums import CaseState
from agencyqa.engagements.recusal.models import RecusalCase
from agencyqa.engagements.recusal.policies import case_visible
from agencyqa.engagements.recusal.queries import awaits_declaration
from agencyqa.engagements.team.enums import ChangeState
from agencyqa.engagements.team.models import TeamChange
from agencyqa.engagements.team.policies import change_visible
from agencyqa.reports.dashboards.rows import running
from agencyqa.reports.dashboards.tasks import Part, What, of_engagements


def to_decide(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Cases of the actor's own bureau that nobody has decided yet."""
    may = sa.true() if actor.has(Permission.ENGAGEMENTS_WRITE) else sa.false()
    return (
        of_engagements(Part.DECIDE, What.RECUSAL, Engagement.bureau_id, since=RecusalCase.opened_at)
        .join(RecusalCase, RecusalCase.engagement_id == Engagement.id)
        .where(
            may,
            case_visible(actor),
            Engagement.bureau_id == actor.bureau_id,
            RecusalCase.state == CaseState.OPEN,
        )
        .order_by(RecusalCase.opened_at, RecusalCase.id)
    )


def to_agree(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Changes of teams of work that the actor's own body commissioned; what he proposed himself others agree to."""
    return (
        _of_commissioner(actor, What.TEAM, TeamChange.proposed_at)
        .join(TeamChange, TeamChange.engagement_id == Engagement.id)
        .where(
            change_visible(actor),
            TeamChange.state == ChangeState.PROPOSED,
            TeamChange.proposed_by_id.is_distinct_from(actor.user_id),
        )
        .order_by(TeamChange.proposed_at, TeamChange.id)
    )


def to_consent(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Requests to give away a part of work that the actor's own body commissioned."""
    return (
        _of_commissioner(actor, What.SUBCONTRACT, Subcontract.requested_at)
        .join(Subcontract, Subcontract.engagement_id == Engagement.id)
        .where(subcontract_visible(actor), Subcontract.state == SubcontractState.REQUESTED)
        .order_by(Subcontract.requested_at, Subcontract.id)
    )


def to_sign(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Engagements of the agency, until their files are sealed, in whose teams somebody has signed nothing yet."""
    awaited = sa.or_(running(actor), sa.and_(visible(actor), is_unsealed()))
    may = sa.true() if actor.has(Permission.INDEPENDENCE_DECLARE) else sa.false()
    return (
        of_engagements(Part.DECIDE, What.DECLARATION, since=Engagement.created_at)
        .where(may, awaited, awaits_declaration())
        .order_by(Engagement.created_at, Engagement.id)
    )


def _of_commissioner(actor: Actor, what: What, since: Any) -> Select[*tuple[Any, ...]]:
    may = sa.true() if actor.has(Permission.TEAM_CONSENT) else sa.false()
    return of_engagements(Part.DECIDE, what, Engagement.commissioner_id, since=since).where(
        may, Engagement.commissioner_id == actor.body_id
    )
