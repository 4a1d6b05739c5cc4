"""Teams and independence, as members of ``tasks.collect``: cases to decide, what to agree to, what to sign."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from agencyqa.accounts.models import Body
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.contracts.enums import SubcontractState
from agencyqa.engagements.contracts.models import Subcontract
from agencyqa.engagements.contracts.policies import subcontract_visible
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal.enums import CaseState
from agencyqa.engagements.recusal.models import IndependenceDeclaration, RecusalCase
from agencyqa.engagements.recusal.policies import case_visible
from agencyqa.engagements.team.enums import ChangeState
from agencyqa.engagements.team.models import TeamChange, TeamMember
from agencyqa.engagements.team.policies import change_visible
from agencyqa.objects.models import EvaluationObject
from agencyqa.reports.dashboards.rows import running
from agencyqa.reports.dashboards.tasks import Part, What, columns


def to_decide(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Cases of the actor's own bureau that nobody has decided yet."""
    agency, bureau = aliased(Body), aliased(Body)
    may = sa.true() if actor.has(Permission.ENGAGEMENTS_WRITE) else sa.false()
    return (
        select(
            *columns(
                Part.DECIDE,
                What.RECUSAL,
                id=Engagement.id,
                title=EvaluationObject.name,
                agency=agency.name,
                who=bureau.name,
                since=RecusalCase.opened_at,
            )
        )
        .select_from(RecusalCase)
        .join(Engagement, Engagement.id == RecusalCase.engagement_id)
        .join(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .join(agency, agency.id == Engagement.agency_id)
        .join(bureau, bureau.id == Engagement.bureau_id)
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
    agency, commissioner = aliased(Body), aliased(Body)
    may = sa.true() if actor.has(Permission.TEAM_CONSENT) else sa.false()
    return (
        select(
            *columns(
                Part.DECIDE,
                What.TEAM,
                id=Engagement.id,
                title=EvaluationObject.name,
                agency=agency.name,
                who=commissioner.name,
                since=TeamChange.proposed_at,
            )
        )
        .select_from(TeamChange)
        .join(Engagement, Engagement.id == TeamChange.engagement_id)
        .join(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .join(agency, agency.id == Engagement.agency_id)
        .join(commissioner, commissioner.id == Engagement.commissioner_id)
        .where(
            may,
            change_visible(actor),
            Engagement.commissioner_id == actor.body_id,
            TeamChange.state == ChangeState.PROPOSED,
            TeamChange.proposed_by_id.is_distinct_from(actor.user_id),
        )
        .order_by(TeamChange.proposed_at, TeamChange.id)
    )


def to_consent(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Requests to give away a part of work that the actor's own body commissioned."""
    agency, commissioner = aliased(Body), aliased(Body)
    may = sa.true() if actor.has(Permission.TEAM_CONSENT) else sa.false()
    return (
        select(
            *columns(
                Part.DECIDE,
                What.SUBCONTRACT,
                id=Engagement.id,
                title=EvaluationObject.name,
                agency=agency.name,
                who=commissioner.name,
                since=Subcontract.requested_at,
            )
        )
        .select_from(Subcontract)
        .join(Engagement, Engagement.id == Subcontract.engagement_id)
        .join(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .join(agency, agency.id == Engagement.agency_id)
        .join(commissioner, commissioner.id == Engagement.commissioner_id)
        .where(
            may,
            subcontract_visible(actor),
            Engagement.commissioner_id == actor.body_id,
            Subcontract.state == SubcontractState.REQUESTED,
        )
        .order_by(Subcontract.requested_at, Subcontract.id)
    )


def to_sign(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Running engagements of the agency in whose teams somebody has signed nothing yet."""
    agency = aliased(Body)
    signed = sa.exists().where(
        IndependenceDeclaration.engagement_id == TeamMember.engagement_id,
        IndependenceDeclaration.person_id == TeamMember.person_id,
    )
    missing = sa.exists().where(
        TeamMember.engagement_id == Engagement.id, TeamMember.valid_to.is_(None), ~signed
    )
    may = sa.true() if actor.has(Permission.INDEPENDENCE_DECLARE) else sa.false()
    return (
        select(
            *columns(
                Part.DECIDE,
                What.DECLARATION,
                id=Engagement.id,
                title=EvaluationObject.name,
                agency=agency.name,
                who=agency.name,
                since=Engagement.created_at,
            )
        )
        .select_from(Engagement)
        .join(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .join(agency, agency.id == Engagement.agency_id)
        .where(may, running(actor), missing)
        .order_by(Engagement.created_at, Engagement.id)
    )
