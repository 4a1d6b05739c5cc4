"""Whether the evaluated unit still waits for an answer: asked before a report is handed in."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agencyqa.engagements.opinions.models import UnitOpinion


def unanswered(session: Session, engagement_id: int) -> int:
    statement = select(func.count(UnitOpinion.id)).where(
        UnitOpinion.engagement_id == engagement_id, UnitOpinion.answered_at.is_(None)
    )
    return session.scalar(statement) or 0
