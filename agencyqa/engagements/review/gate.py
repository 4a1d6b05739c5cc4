"""What the internal review lets through: asked by whoever uploads or hands in. Imports no service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion
from agencyqa.engagements.review.enums import ReviewState
from agencyqa.engagements.review.models import InternalReview, ReviewedFile
from agencyqa.engagements.review.workflow import is_open
from agencyqa.errors import WrongState

# What an agency issues in its own name; the last of them only after its three levels.
ISSUED = frozenset({DeliverableKind.DRAFT, DeliverableKind.REPORT})
REVIEWED = DeliverableKind.REPORT


def newest_review(session: Session, engagement_id: int) -> InternalReview | None:
    return session.scalars(
        select(InternalReview)
        .where(InternalReview.engagement_id == engagement_id)
        .order_by(InternalReview.number.desc())
        .limit(1)
    ).one_or_none()


def files_of(session: Session, review: InternalReview) -> set[int]:
    """The numbers of the file versions that a review is about."""
    return set(session.scalars(select(ReviewedFile.version_id).where(ReviewedFile.review_id == review.id)))


def expect_not_under_review(session: Session, engagement_id: int, kind: DeliverableKind) -> None:
    """Raise WrongState: while reviewers read the report, no file of it comes or goes."""
    newest = newest_review(session, engagement_id) if kind is REVIEWED else None
    if newest is not None and is_open(newest.state):
        raise WrongState("review_open", number=newest.number, state=newest.state)


def obstacle(
    session: Session, engagement_id: int, pairs: Sequence[tuple[Deliverable, DeliverableVersion]]
) -> tuple[str, dict[str, Any]] | None:
    """Why these files cannot be handed in yet, as code and parameters; None where nothing stands in the way."""
    if not any(deliverable.kind in ISSUED for deliverable, _ in pairs):
        return None
    newest = newest_review(session, engagement_id)
    if newest is not None and is_open(newest.state):
        return "review_open", {"number": newest.number, "state": newest.state}
    report = {version.id for deliverable, version in pairs if deliverable.kind is REVIEWED}
    if not report:
        return None
    if newest is None or newest.state is not ReviewState.PASSED:
        return "review_missing", {}
    return (
        None if files_of(session, newest) == report else ("review_of_other_files", {"number": newest.number})
    )
