"""What every page of this area begins with."""

from __future__ import annotations

from sqlalchemy import select

from agencyqa.auth.guards import current_actor
from agencyqa.engagements.models import Engagement
from agencyqa.evaluations.models import EvaluationRecord
from agencyqa.evaluations.policies import visible_to
from agencyqa.extensions import db
from agencyqa.web.loading import one_or_404

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def load(record_id: int) -> EvaluationRecord:
    return one_or_404(visible_to(current_actor()).where(EvaluationRecord.id == record_id))


def engagement_of(record: EvaluationRecord) -> Engagement:
    """The record's engagement; whoever sees the record is shown of it only what the page needs."""
    return db.session.scalars(select(Engagement).where(Engagement.id == record.engagement_id)).one()
