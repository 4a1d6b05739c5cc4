"""Reads of sealed archives; the caller has asked who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from agencyqa.engagements.archive.models import SealedArchive
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion, Submission
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal.models import (
    DeclarationExemption,
    IndependenceDeclaration,
    RecusalCase,
)
from agencyqa.engagements.review.models import InternalReview, ReviewMark
from agencyqa.engagements.schedule.models import Milestone, MilestoneStep


def archives_of(session: Session, engagement_id: int) -> Sequence[SealedArchive]:
    """The newest first."""
    return session.scalars(
        select(SealedArchive)
        .where(SealedArchive.engagement_id == engagement_id)
        .order_by(SealedArchive.number.desc())
    ).all()


def archive_of(session: Session, engagement_id: int) -> SealedArchive | None:
    """The newest one, which holds everything the ones before hold."""
    return next(iter(archives_of(session, engagement_id)), None)


def has_news(session: Session, engagement_id: int, since: datetime) -> bool:
    """Whether something was handed in, decided, signed or reached that an archive of that moment does not hold."""
    news = sa.or_(*(each.exists() for each in _news(engagement_id, since)))
    return bool(session.scalar(select(news)))


def is_outdated() -> sa.ColumnElement[bool]:
    """The same of engagements, in a statement: a sealed file that does not hold all any more."""
    newest = (
        select(sa.func.max(SealedArchive.sealed_at))
        .where(SealedArchive.engagement_id == Engagement.id)
        .correlate(Engagement)
        .scalar_subquery()
    )
    return sa.or_(*(each.correlate(Engagement).exists() for each in _news(Engagement.id, newest)))


def _news(engagement_id: Any, since: Any) -> tuple[Select[int], ...]:
    return (
        select(Submission.id).where(
            Submission.engagement_id == engagement_id, Submission.submitted_at > since
        ),
        select(DeliverableVersion.id)
        .join(Deliverable, Deliverable.id == DeliverableVersion.deliverable_id)
        .where(Deliverable.engagement_id == engagement_id, DeliverableVersion.decided_at > since),
        select(ReviewMark.id)
        .join(InternalReview, InternalReview.id == ReviewMark.review_id)
        .where(InternalReview.engagement_id == engagement_id, ReviewMark.recorded_at > since),
        select(IndependenceDeclaration.id).where(
            IndependenceDeclaration.engagement_id == engagement_id,
            IndependenceDeclaration.recorded_at > since,
        ),
        select(DeclarationExemption.id).where(
            DeclarationExemption.engagement_id == engagement_id,
            sa.or_(DeclarationExemption.granted_at > since, DeclarationExemption.withdrawn_at > since),
        ),
        select(RecusalCase.id).where(
            RecusalCase.engagement_id == engagement_id,
            sa.or_(RecusalCase.opened_at > since, RecusalCase.decided_at > since),
        ),
        select(MilestoneStep.id)
        .join(Milestone, Milestone.id == MilestoneStep.milestone_id)
        .where(Milestone.engagement_id == engagement_id, MilestoneStep.at > since),
    )
