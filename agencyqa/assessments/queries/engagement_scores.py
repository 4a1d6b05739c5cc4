"""The score of one engagement from its sheets, shares by scorer role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from agencyqa.accounts.queries import bureau_chain
from agencyqa.assessments import workflow
from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.models import ShareTable
from agencyqa.assessments.queries.sheets import stored_score
from agencyqa.assessments.queries.tables import role_shares, share_table_in_force
from agencyqa.auth.actor import Actor
from agencyqa.engagements.models import Engagement
from agencyqa.scoring import EngagementResult, RoleSheets, Rounding, score_engagement

# Shown with two decimals; the result itself stays a fraction.
SHOWN = Rounding(2)


def engagement_shares(session: Session, engagement: Engagement) -> ShareTable | None:
    """The shares in force on the contract date."""
    chain = bureau_chain(session, engagement.bureau_id)
    return share_table_in_force(session, chain, engagement.contract_signed_on)


def visible_score(
    session: Session, actor: Actor, engagement: Engagement, rows: Sequence[Row[*tuple[Any, ...]]]
) -> EngagementResult | None:
    """The score as far as the actor may know it; None where it may know nothing.

    ``rows`` are those of ``sheets_of``. A bureau sees the score grow. The agency and observers see it from published
    sheets alone, and only once every role is published. A department sees its own sheet and no average of others'.
    """
    if actor.is_bureau or actor.is_observer:
        may_know = engagement.bureau_id in actor.bureau_ids
    else:
        may_know = actor.is_agency and engagement.agency_id == actor.body_id
    if not may_know:
        return None
    table = engagement_shares(session, engagement)
    if table is None:
        return None
    states = workflow.DECIDED if actor.is_bureau else frozenset({SheetState.PUBLISHED})
    sheets: dict[str, RoleSheets] = {}
    for share in role_shares(table):
        held = {
            f"{row.seat:02d}": stored_score(row.total, row.max_points, row.measure_totals)
            if row.state in states
            else None
            for row in rows
            if row.scorer_role.value == share.role
        }
        sheets[share.role] = next(iter(held.values()), None) if share.panel is None else held
    result = score_engagement(role_shares(table), sheets, SHOWN, role_missing=table.role_missing.value)
    if result.missing and not actor.is_bureau:
        return None
    return result
