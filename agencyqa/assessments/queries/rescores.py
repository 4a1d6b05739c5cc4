"""Decided sheets that are being scored again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.assessments import workflow
from agencyqa.assessments.models import ScoreSheet
from agencyqa.engagements.models import Engagement


def open_rescores(session: Session, bureau_id: int, year: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The corrections of decided sheets of a year that are not decided themselves yet."""
    return session.execute(
        select(
            ScoreSheet.id,
            ScoreSheet.scorer_role,
            ScoreSheet.revision,
            ScoreSheet.state,
            ScoreSheet.correction_reason,
            Engagement.contract_number,
            Body.name.label("agency_name"),
        )
        .join(Engagement, Engagement.id == ScoreSheet.engagement_id)
        .join(Body, Body.id == Engagement.agency_id)
        .where(
            ScoreSheet.bureau_id == bureau_id,
            Engagement.assessment_year == year,
            ScoreSheet.is_current,
            ScoreSheet.revision > 1,
            ScoreSheet.state.not_in(workflow.DECIDED),
        )
        .order_by(ScoreSheet.id)
    ).all()
