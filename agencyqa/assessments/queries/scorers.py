"""Who entered something on which sheet: asked before anything is made final or published."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.assessments.models import ScoreSheet, SheetScorer
from agencyqa.engagements.models import Engagement


def scorer_ids(session: Session, sheet_ids: Collection[int]) -> frozenset[int]:
    """Users who scored any of these sheets."""
    return frozenset(session.scalars(select(SheetScorer.user_id).where(SheetScorer.sheet_id.in_(sheet_ids))))


def scorers_of_year(session: Session, bureau_id: int, year: int) -> frozenset[int]:
    """Users who scored any sheet of a bureau's year, superseded revisions included; none of them publishes it."""
    return frozenset(
        session.scalars(
            select(SheetScorer.user_id)
            .join(ScoreSheet, ScoreSheet.id == SheetScorer.sheet_id)
            .outerjoin(Engagement, Engagement.id == ScoreSheet.engagement_id)
            .where(
                ScoreSheet.bureau_id == bureau_id,
                sa.or_(Engagement.assessment_year == year, ScoreSheet.year == year),
            )
            .distinct()
        )
    )
