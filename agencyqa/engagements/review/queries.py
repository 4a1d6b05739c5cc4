"""Reads for the page of the reviews of one engagement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import User
from agencyqa.auth.actor import Actor
from agencyqa.engagements.contents import may_hold
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion
from agencyqa.engagements.deliverables.workflow import is_open
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.review.models import (
    InternalReview,
    ReviewComment,
    ReviewedFile,
    ReviewMark,
    ReviewStep,
)
from agencyqa.engagements.review.policies import sees_people, visible
from agencyqa.web.once import once

Rows = Sequence[Row[*tuple[Any, ...]]]


@dataclass(frozen=True)
class Run:
    """One review with its files, levels, comments and marks, as far as the reader may know them."""

    row: Row[*tuple[Any, ...]]
    files: list[Row[*tuple[Any, ...]]] = field(default_factory=list)
    steps: list[Row[*tuple[Any, ...]]] = field(default_factory=list)
    comments: list[Row[*tuple[Any, ...]]] = field(default_factory=list)
    marks: list[Row[*tuple[Any, ...]]] = field(default_factory=list)

    @property
    def open_comments(self) -> int:
        return sum(comment.answered_at is None for comment in self.comments)


_OPENER, _WRITER, _ANSWERER = (aliased(User) for _ in range(3))


def report_to_upload(session: Session, engagement: Engagement) -> int | None:
    """The deliverable that takes files of the report now, if there is one."""
    row = session.execute(
        select(Deliverable.id, Deliverable.state).where(
            Deliverable.engagement_id == engagement.id, Deliverable.kind == DeliverableKind.REPORT
        )
    ).one_or_none()
    if row is None or engagement.is_clerical_only:
        return None
    return row.id if is_open(engagement.state, DeliverableKind.REPORT, row.state) else None


@once
def runs_of(session: Session, actor: Actor, engagement_id: int) -> list[Run]:
    """Newest first; five statements. Names are empty for who may not know them, comments are the agency's own."""
    if not may_hold(session, engagement_id, InternalReview):
        return []
    rows = session.execute(
        select(
            InternalReview.id,
            InternalReview.number,
            InternalReview.state,
            InternalReview.note,
            InternalReview.opened_at,
            InternalReview.closed_at,
            InternalReview.version,
            _OPENER.display_name.label("opened_by"),
        )
        .join(Engagement, Engagement.id == InternalReview.engagement_id)
        .outerjoin(_OPENER, _OPENER.id == InternalReview.opened_by_id)
        .where(InternalReview.engagement_id == engagement_id, visible(actor))
        .order_by(InternalReview.number.desc())
    ).all()
    runs = {row.id: Run(row) for row in rows}
    if not runs:
        return []
    for each in session.execute(_files(runs)):
        runs[each.review_id].files.append(each)
    for each in session.execute(_steps(runs, actor)):
        runs[each.review_id].steps.append(each)
    if actor.is_agency:
        for each in session.execute(_comments(runs)):
            runs[each.review_id].comments.append(each)
    for each in session.execute(
        select(ReviewMark.review_id, ReviewMark.kind, ReviewMark.name, ReviewMark.set_on, ReviewMark.note)
        .where(ReviewMark.review_id.in_(runs))
        .order_by(ReviewMark.set_on, ReviewMark.id)
    ):
        runs[each.review_id].marks.append(each)
    return list(runs.values())


def _files(runs: dict[int, Run]) -> Any:
    return (
        select(
            ReviewedFile.review_id,
            DeliverableVersion.id,
            DeliverableVersion.number,
            DeliverableVersion.file_name,
            DeliverableVersion.sha256,
            DeliverableVersion.size,
            DeliverableVersion.withdrawn_at,
        )
        .join(DeliverableVersion, DeliverableVersion.id == ReviewedFile.version_id)
        .where(ReviewedFile.review_id.in_(runs))
        .order_by(ReviewedFile.review_id, DeliverableVersion.number)
    )


def _steps(runs: dict[int, Run], actor: Actor) -> Any:
    statement = select(
        ReviewStep.review_id,
        ReviewStep.level,
        ReviewStep.decision,
        ReviewStep.decided_at,
        ReviewStep.decided_by_id,
    )
    if sees_people(actor):
        statement = statement.add_columns(User.display_name.label("decided_by"))
        statement = statement.join(User, User.id == ReviewStep.decided_by_id)
    if actor.is_agency:
        statement = statement.add_columns(ReviewStep.note)
    return statement.where(ReviewStep.review_id.in_(runs)).order_by(ReviewStep.review_id, ReviewStep.level)


def _comments(runs: dict[int, Run]) -> Any:
    return (
        select(
            ReviewComment.review_id,
            ReviewComment.id,
            ReviewComment.number,
            ReviewComment.level,
            ReviewComment.place,
            ReviewComment.text,
            ReviewComment.written_at,
            ReviewComment.answer,
            ReviewComment.answered_at,
            _WRITER.display_name.label("written_by"),
            _ANSWERER.display_name.label("answered_by"),
        )
        .outerjoin(_WRITER, _WRITER.id == ReviewComment.written_by_id)
        .outerjoin(_ANSWERER, _ANSWERER.id == ReviewComment.answered_by_id)
        .where(ReviewComment.review_id.in_(runs))
        .order_by(ReviewComment.review_id, ReviewComment.number)
    )
