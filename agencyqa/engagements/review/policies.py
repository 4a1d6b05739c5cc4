from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Select

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.deliverables.models import DeliverableVersion
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.review.models import InternalReview, ReviewComment, ReviewedFile


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """For statements that join ``Engagement``. Outside the agency a review is known once its files were handed in."""
    if not actor.has(Permission.DELIVERABLES_READ):
        return sa.false()
    if actor.is_agency:
        return Engagement.agency_id == actor.body_id
    handed_in = sa.exists().where(
        ReviewedFile.review_id == InternalReview.id,
        DeliverableVersion.id == ReviewedFile.version_id,
        DeliverableVersion.submission_id.is_not(None),
    )
    if actor.is_bureau:
        return sa.and_(Engagement.bureau_id.in_(actor.bureau_ids), handed_in)
    if actor.is_department:
        return sa.and_(Engagement.commissioner_id == actor.body_id, handed_in)
    return sa.false()


def visible_to(actor: Actor) -> Select[InternalReview]:
    """Agency: its own. Bureau and commissioner: those of reports that were handed in. Nobody else any."""
    return (
        sa.select(InternalReview)
        .join(Engagement, Engagement.id == InternalReview.engagement_id)
        .where(visible(actor))
    )


def visible_comments(actor: Actor) -> Select[ReviewComment]:
    """What reviewers say to their own people stays in the agency."""
    return (
        sa.select(ReviewComment)
        .join(InternalReview, InternalReview.id == ReviewComment.review_id)
        .join(Engagement, Engagement.id == InternalReview.engagement_id)
        .where(visible(actor) if actor.is_agency else sa.false())
    )


# The rest asks about an engagement that the actor may see.


def can_review(actor: Actor, engagement: Engagement) -> bool:
    """A reviewer is a person of the agency, so he needs an account of his own."""
    return (
        actor.has(Permission.REVIEW_WRITE)
        and engagement.agency_id == actor.body_id
        and actor.user_id is not None
    )


def can_take_level(actor: Actor, engagement: Engagement, level: int) -> bool:
    """The last level binds the agency, so it is taken by somebody who answers for it."""
    return can_review(actor, engagement) and (level < 3 or actor.has(Permission.DELIVERABLES_SUBMIT))


def sees_people(actor: Actor) -> bool:
    """Who took which level: the agency itself and the bureau that supervises it."""
    return actor.is_agency or actor.is_bureau
