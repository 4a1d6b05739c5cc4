"""Score sheets and annual rounds: to fill in, to review, to publish."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from agencyqa.assessments import policies as sheet_policies
from agencyqa.assessments import result_policies
from agencyqa.assessments.enums import RoundState, SheetState
from agencyqa.assessments.models import AssessmentRound, ScoreSheet
from agencyqa.assessments.workflow import EDITABLE
from agencyqa.duties.enums import Duty
from agencyqa.duties.items import Member, Scope, item
from agencyqa.engagements.models import Engagement


def scoring_duties(scope: Scope) -> list[Member]:
    current = (scope.sees(sheet_policies.seen_by), ScoreSheet.is_current)
    scorer = {"body_id": ScoreSheet.scorer_body_id, "user_id": ScoreSheet.scorer_user_id}
    return [
        # One member for each state, so that the dates in it are found by their index.
        *(
            _sheets(Duty.SHEET, due_on=ScoreSheet.due_on, **scorer).where(*current, ScoreSheet.state == state)
            for state in sorted(EDITABLE)
        ),
        # The due date of a sheet is its scorer's; the bureau's own limit counts from the submission.
        _sheets(Duty.SHEET_REVIEW, body_id=ScoreSheet.bureau_id, since=ScoreSheet.submitted_at).where(
            *current, ScoreSheet.state == SheetState.SUBMITTED
        ),
        _rounds(scope),
    ]


def _sheets(duty: Duty, **more: Any) -> Member:
    """About an engagement, or about an agency's year."""
    return (
        select(
            *item(
                duty,
                id=ScoreSheet.id,
                bureau_id=ScoreSheet.bureau_id,
                engagement_id=ScoreSheet.engagement_id,
                agency_id=sa.func.coalesce(Engagement.agency_id, ScoreSheet.agency_id),
                title=sa.func.coalesce(sa.cast(ScoreSheet.year, sa.String(10)), ""),
                **more,
            )
        )
        .select_from(ScoreSheet)
        .outerjoin(Engagement, Engagement.id == ScoreSheet.engagement_id)
    )


def _rounds(scope: Scope) -> Member:
    return select(
        *item(
            Duty.ROUND,
            id=AssessmentRound.id,
            bureau_id=AssessmentRound.bureau_id,
            body_id=AssessmentRound.bureau_id,
            title=sa.cast(AssessmentRound.year, sa.String(10)),
            since=AssessmentRound.computed_at,
        )
    ).where(
        scope.sees(result_policies.rounds_seen_by),
        AssessmentRound.state == RoundState.OPEN,
        AssessmentRound.computed_at.is_not(None),
    )
