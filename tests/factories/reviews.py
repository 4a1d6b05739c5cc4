"""Internal reviews of reports that are about to be handed in."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.review.enums import ReviewState
from agencyqa.engagements.review.gate import REVIEWED, newest_review
from agencyqa.engagements.review.models import InternalReview, ReviewComment, ReviewedFile
from tests.factories.accounts import NOW


def make_open_comment(session: Session, engagement: Engagement, text: str) -> ReviewComment:
    """A comment that waits for its answer, on a report that waits for its first level."""
    review = InternalReview(
        engagement_id=engagement.id, number=1, state=ReviewState.LEVEL_1, note="", opened_at=NOW
    )
    session.add(review)
    session.flush()
    comment = ReviewComment(
        review_id=review.id, number=1, level=1, place="", text=text, written_at=NOW, answer=""
    )
    session.add(comment)
    session.flush()
    return comment


def make_passed_review(session: Session, engagement: Engagement) -> InternalReview | None:
    """The report files that wait, as if three people had passed them; None where no report waits."""
    versions = session.scalars(
        select(DeliverableVersion.id)
        .join(Deliverable, Deliverable.id == DeliverableVersion.deliverable_id)
        .where(
            Deliverable.engagement_id == engagement.id,
            Deliverable.kind == REVIEWED,
            DeliverableVersion.submission_id.is_(None),
            DeliverableVersion.withdrawn_at.is_(None),
        )
    ).all()
    if not versions:
        return None
    newest = newest_review(session, engagement.id)
    review = InternalReview(
        engagement_id=engagement.id,
        number=1 if newest is None else newest.number + 1,
        state=ReviewState.PASSED,
        note="",
        opened_at=NOW,
        closed_at=NOW,
    )
    session.add(review)
    session.flush()
    session.add_all(ReviewedFile(review_id=review.id, version_id=each) for each in versions)
    session.flush()
    return review
