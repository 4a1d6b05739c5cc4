"""What comments on plan and draft add to the page of an engagement."""

from __future__ import annotations

from markupsafe import Markup

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.opinions import policies, queries
from agencyqa.engagements.panels import engagement_panels
from agencyqa.extensions import db
from agencyqa.web.panels import rendered


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


def register() -> None:
    """Called when the routes are loaded; a second call changes nothing."""
    if opinions_panel not in engagement_panels:
        engagement_panels.append(opinions_panel)
