"""What this area adds to the page and to the story of an engagement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.clock import today
from agencyqa.engagements.hooks import TrailEntry, trail_sources
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
        params = {"joins": row.joins or "—", "leaves": row.leaves or "—"}
        body_id = change.proposed_by_body_id
        yield _told(engagement, change.proposed_at, "team_proposed", "info", params, "", body_id)
        if change.state in _DECIDED and change.decided_at is not None:
            code, tone = _DECIDED[change.state]
            side = body_id if change.state is ChangeState.WITHDRAWN else engagement.commissioner_id
            yield _told(engagement, change.decided_at, code, tone, {}, row.decided_by or "", side)


def _told(
    engagement: Engagement, at: Any, code: str, tone: str, params: dict[str, str], who: str, body_id: int
) -> TrailEntry:
    return TrailEntry(
        at,
        code,
        params,
        actor_name=who,
        body_id=body_id,
        tone=tone,
        endpoint=PAGE,
        endpoint_values={"engagement_id": engagement.id},
    )


def register() -> None:
    """Called when the routes are loaded; a second call changes nothing."""
    if team_panel not in engagement_panels:
        engagement_panels.append(team_panel)
        trail_sources.append(trail)
