"""What this area adds to the page and to the story of an engagement."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.clock import today
from agencyqa.engagements.hooks import TrailEntry, line_of, trail_sources
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.panels import engagement_panels
from agencyqa.engagements.team import queries
from agencyqa.engagements.team.enums import ChangeState
from agencyqa.engagements.team.policies import sees_load
from agencyqa.extensions import db
from agencyqa.web.panels import rendered

PAGE = "team.show"
_DECIDED = {
    ChangeState.CONSENTED: ("team_consented", "success"),
    ChangeState.DECLINED: ("team_declined", "warning"),
    ChangeState.WITHDRAWN: ("team_withdrawn", "neutral"),
}


def team_panel(actor: Actor, engagement: Engagement) -> Markup:
    everybody = queries.places_of(db.session(), engagement.id, today())
    places = [place for place in everybody if place.valid_to is None]
    return rendered(
        "team/_of_engagement.html", engagement=engagement, places=places, can={"load": sees_load(actor)}
    )


def trail(session: Session, actor: Actor, engagement: Engagement) -> Iterator[TrailEntry]:
    for row in queries.changes_of(session, actor, engagement.id):
        change = row[0]
        body_id = change.proposed_by_body_id
        yield line_of(
            PAGE,
            engagement,
            change.proposed_at,
            "team_proposed",
            "",
            body_id,
            tone="info",
            joins=row.joins or "—",
            leaves=row.leaves or "—",
        )
        if change.state in _DECIDED and change.decided_at is not None:
            code, tone = _DECIDED[change.state]
            side = body_id if change.state is ChangeState.WITHDRAWN else engagement.commissioner_id
            yield line_of(PAGE, engagement, change.decided_at, code, row.decided_by, side, tone=tone)


def register() -> None:
    """Called when the routes are loaded; a second call changes nothing."""
    if team_panel not in engagement_panels:
        engagement_panels.append(team_panel)
        trail_sources.append(trail)
