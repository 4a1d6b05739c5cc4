"""Whose turn it is about the draft: the evaluated unit's to speak, or the agency's to answer before its report."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.opinions.models import UnitOpinion


def unanswered(session: Session, engagement_id: int) -> int:
    statement = select(func.count(UnitOpinion.id)).where(
        UnitOpinion.engagement_id == engagement_id, UnitOpinion.answered_at.is_(None)
    )
    return session.scalar(statement) or 0


def awaits_unit() -> ColumnElement[bool]:
    """For statements that join ``Deliverable`` and ``Engagement``: a draft on which the unit has not said anything.

    A unit that has nothing to say writes so; the report ends its turn.
    """
    report = aliased(Deliverable)
    heard = sa.exists().where(
        UnitOpinion.engagement_id == Engagement.id,
        UnitOpinion.written_at >= Deliverable.last_submitted_at,
    )
    issued = sa.exists().where(
        report.engagement_id == Engagement.id,
        report.kind == DeliverableKind.REPORT,
        report.first_submitted_at.is_not(None),
    )
    return sa.and_(
        Deliverable.kind == DeliverableKind.DRAFT,
        Deliverable.last_submitted_at.is_not(None),
        Engagement.state == EngagementState.CONTRACTED,
        ~heard,
        ~issued,
    )
