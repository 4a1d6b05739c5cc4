"""Who handed in which version, for the story of an engagement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import User
from agencyqa.auth.actor import Actor
from agencyqa.engagements.contents import may_hold
from agencyqa.evaluations.enums import RecordState
from agencyqa.evaluations.models import EvaluationRecord
from agencyqa.evaluations.policies import visible


def submissions(session: Session, actor: Actor, engagement_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Submitted versions that the actor may see, in their order."""
    if not may_hold(session, engagement_id, EvaluationRecord):
        return []
    return session.execute(
        select(
            EvaluationRecord.id,
            EvaluationRecord.revision,
            EvaluationRecord.is_current,
            EvaluationRecord.fault_count,
            EvaluationRecord.correction_reason,
            EvaluationRecord.submitted_at,
            User.display_name.label("submitted_by"),
        )
        .outerjoin(User, User.id == EvaluationRecord.submitted_by_id)
        .where(
            visible(actor),
            EvaluationRecord.engagement_id == engagement_id,
            EvaluationRecord.state == RecordState.SUBMITTED,
        )
        .order_by(EvaluationRecord.revision)
    ).all()
