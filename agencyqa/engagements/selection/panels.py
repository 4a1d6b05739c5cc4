"""What this area adds to the page and to the story of an engagement."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.engagements.hooks import TrailEntry, trail_sources
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.panels import engagement_panels
from agencyqa.engagements.selection import queries
from agencyqa.extensions import db
from agencyqa.web.panels import rendered


def selection_panel(actor: Actor, engagement: Engagement) -> Markup | str:
    selection = queries.selection_of(db.session(), actor, engagement.id)
    return "" if selection is None else rendered("selection/_of_engagement.html", selection=selection)


def trail(session: Session, actor: Actor, engagement: Engagement) -> Iterator[TrailEntry]:
    selection = queries.selection_of(session, actor, engagement.id)
    if selection is not None and selection.decided_at is not None:
        yield TrailEntry(
            selection.decided_at,
            "selection_decided",
            {"method": selection.method},
            body_id=selection.bureau_id,
            endpoint="selection.show",
            endpoint_values={"selection_id": selection.id},
        )


def register() -> None:
    """Called when the routes are loaded; a second call changes nothing."""
    if selection_panel not in engagement_panels:
        engagement_panels.append(selection_panel)
        trail_sources.append(trail)
