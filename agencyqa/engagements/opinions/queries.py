"""Reads for the page of comments on draft and plan; the caller has asked who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import User
from agencyqa.engagements.contents import may_hold
from agencyqa.engagements.deliverables.models import DeliverableVersion
from agencyqa.engagements.opinions.models import PlanReview, UnitOpinion
from agencyqa.scoring import SCALE
from agencyqa.web.once import once

Rows = Sequence[Row[*tuple[Any, ...]]]


def opinion_rows(session: Session, engagement_id: int) -> Rows:
    if not may_hold(session, engagement_id, UnitOpinion):
        return []
    return session.execute(
        select(
            UnitOpinion.id,
            UnitOpinion.number,
            UnitOpinion.place,
            UnitOpinion.text,
            UnitOpinion.written_at,
            UnitOpinion.outcome,
            UnitOpinion.answer,
            UnitOpinion.answered_at,
            DeliverableVersion.number.label("draft_number"),
        )
        .join(DeliverableVersion, DeliverableVersion.id == UnitOpinion.version_id)
        .where(UnitOpinion.engagement_id == engagement_id)
        .order_by(UnitOpinion.number)
    ).all()


_WRITER, _ANSWERER, _RECORDER = (aliased(User) for _ in range(3))


def opinion_steps(session: Session, engagement_id: int) -> Rows:
    """Who wrote and who answered, for the story of an engagement."""
    if not may_hold(session, engagement_id, UnitOpinion):
        return []
    return session.execute(
        select(
            UnitOpinion.number,
            UnitOpinion.written_at,
            UnitOpinion.outcome,
            UnitOpinion.answered_at,
            _WRITER.display_name.label("written_by"),
            _ANSWERER.display_name.label("answered_by"),
        )
        .outerjoin(_WRITER, _WRITER.id == UnitOpinion.written_by_id)
        .outerjoin(_ANSWERER, _ANSWERER.id == UnitOpinion.answered_by_id)
        .where(UnitOpinion.engagement_id == engagement_id)
        .order_by(UnitOpinion.number)
    ).all()


@once
def plan_review_rows(session: Session, engagement_id: int) -> Rows:
    if not may_hold(session, engagement_id, PlanReview):
        return []
    return session.execute(
        select(
            PlanReview.id,
            PlanReview.expert,
            PlanReview.position,
            PlanReview.score,
            PlanReview.text,
            PlanReview.held_on,
            PlanReview.recorded_at,
            _RECORDER.display_name.label("recorded_by"),
            DeliverableVersion.number.label("plan_number"),
        )
        .join(DeliverableVersion, DeliverableVersion.id == PlanReview.version_id)
        .outerjoin(_RECORDER, _RECORDER.id == PlanReview.recorded_by_id)
        .where(PlanReview.engagement_id == engagement_id)
        .order_by(DeliverableVersion.number.desc(), PlanReview.held_on, PlanReview.id)
    ).all()


def mean_score(rows: Rows) -> tuple[int, int] | None:
    """Points over the newest plan that was reviewed, as an exact quotient; None without any."""
    scores = [row.score for row in rows if row.plan_number == rows[0].plan_number] if rows else []
    return (sum(scores), len(scores) * SCALE) if scores else None
