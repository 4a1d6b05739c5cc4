"""Teams and independence: cases to decide, changes and subcontracts to agree to, declarations to sign."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from agencyqa.duties.enums import Duty
from agencyqa.duties.items import Member, Scope, item
from agencyqa.engagements import policies as engagement_policies
from agencyqa.engagements.archive.policies import is_unsealed
from agencyqa.engagements.contracts.enums import SubcontractState
from agencyqa.engagements.contracts.models import Subcontract
from agencyqa.engagements.contracts.policies import subcontract_visible
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal.enums import CaseState
from agencyqa.engagements.recusal.models import RecusalCase
from agencyqa.engagements.recusal.policies import case_visible
from agencyqa.engagements.recusal.queries import awaits_declaration
from agencyqa.engagements.team.enums import ChangeState
from agencyqa.engagements.team.models import TeamChange
from agencyqa.engagements.team.policies import change_visible


def independence_duties(scope: Scope) -> list[Member]:
    awaited = Engagement.state == EngagementState.CONTRACTED
    if scope.actor.is_agency:
        # Of the few of one agency also what is done: its file waits for them. Others see that file wait instead.
        awaited = sa.or_(awaited, is_unsealed())
    case, change, part = RecusalCase, TeamChange, Subcontract
    return [
        _of(Duty.RECUSAL, case.id, Engagement.bureau_id, case.opened_at)
        .select_from(case)
        .join(Engagement, Engagement.id == case.engagement_id)
        .where(scope.sees(case_visible), case.state == CaseState.OPEN),
        _of(Duty.TEAM_CHANGE, change.id, Engagement.commissioner_id, change.proposed_at)
        .select_from(change)
        .join(Engagement, Engagement.id == change.engagement_id)
        .where(scope.sees(change_visible), change.state == ChangeState.PROPOSED),
        _of(Duty.SUBCONTRACT, part.id, Engagement.commissioner_id, part.requested_at)
        .select_from(part)
        .join(Engagement, Engagement.id == part.engagement_id)
        .where(scope.sees(subcontract_visible), part.state == SubcontractState.REQUESTED),
        # One line for a team, however many of it have signed nothing yet.
        _of(Duty.DECLARATION, Engagement.id, Engagement.agency_id, Engagement.created_at).where(
            scope.sees(engagement_policies.visible), awaited, awaits_declaration()
        ),
    ]


def _of(duty: Duty, row_id: Any, body_id: Any, since: Any) -> Member:
    return select(
        *item(
            duty,
            id=row_id,
            bureau_id=Engagement.bureau_id,
            body_id=body_id,
            engagement_id=Engagement.id,
            agency_id=Engagement.agency_id,
            since=since,
        )
    )
