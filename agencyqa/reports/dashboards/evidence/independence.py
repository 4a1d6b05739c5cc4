"""Independence, as members of ``tasks.collect``: cases to decide, declarations to sign."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from agencyqa.accounts.models import Body
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal.enums import CaseState
from agencyqa.engagements.recusal.models import IndependenceDeclaration, RecusalCase
from agencyqa.engagements.recusal.policies import case_visible
from agencyqa.engagements.team.models import TeamMember
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
