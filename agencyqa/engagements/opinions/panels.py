"""What comments on plan and draft add to the page of an engagement."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.hooks import TrailEntry, line_of, trail_sources
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.opinions import policies, queries
from agencyqa.engagements.panels import engagement_panels
from agencyqa.extensions import db
from agencyqa.web.panels import rendered

PAGE = "opinions.show"


def opinions_panel(actor: Actor, engagement: Engagement) -> Markup | str:
    if not actor.has(Permission.DELIVERABLES_READ):
        return ""
    session = db.session()
    opinions = queries.opinion_rows(session, engagement.id)
    sees_reviews = policies.sees_plan_reviews(actor, engagement)
    reviews = queries.plan_review_rows(session, engagement.id) if sees_reviews else []
    if not opinions and not reviews and not policies.can_write(actor, engagement):
        return ""
    return rendered(
        "opinions/_of_engagement.html",
        engagement=engagement,
        opinions=opinions,
        waiting=sum(row.answered_at is None for row in opinions),
        reviews=reviews,
        mean=queries.mean_score(reviews),
    )


def trail(session: Session, actor: Actor, engagement: Engagement) -> Iterator[TrailEntry]:
    """That something was said and answered; what was said stands on the page of its own."""
    if not actor.has(Permission.DELIVERABLES_READ):
        return
    for row in queries.opinion_steps(session, engagement.id):
        yield line_of(
            PAGE,
            engagement,
            row.written_at,
            "opinion_written",
            row.written_by,
            engagement.evaluated_unit_id,
            number=row.number,
        )
        if row.answered_at is not None:
            yield line_of(
                PAGE,
                engagement,
                row.answered_at,
                "opinion_answered",
                row.answered_by,
                engagement.agency_id,
                number=row.number,
                outcome=row.outcome,
            )
    if not policies.sees_plan_reviews(actor, engagement):
        return
    for row in queries.plan_review_rows(session, engagement.id):
        yield line_of(
            PAGE,
            engagement,
            row.recorded_at,
            "plan_reviewed",
            row.recorded_by,
            engagement.commissioner_id,
            expert=row.expert,
        )


def register() -> None:
    """Called when the routes are loaded; a second call changes nothing."""
    if opinions_panel not in engagement_panels:
        engagement_panels.append(opinions_panel)
    if trail not in trail_sources:
        trail_sources.append(trail)
