"""What this area adds to the page and to the story of an engagement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.engagements.contracts import queries
from agencyqa.engagements.contracts.enums import SubcontractState
from agencyqa.engagements.contracts.policies import sees
from agencyqa.engagements.hooks import TrailEntry, trail_sources
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.panels import engagement_panels
from agencyqa.extensions import db
from agencyqa.web.panels import rendered

PAGE = "contracts.show"
_DECIDED = {
    SubcontractState.CONSENTED: ("subcontract_consented", "success"),
    SubcontractState.REFUSED: ("subcontract_refused", "warning"),
    SubcontractState.WITHDRAWN: ("subcontract_withdrawn", "neutral"),
}


def contract_panel(actor: Actor, engagement: Engagement) -> Markup | str:
    if not sees(actor, engagement):
        return ""
    views = queries.terms_of(db.session(), actor, engagement.id)
    return rendered("contracts/_of_engagement.html", engagement=engagement, view=views[0] if views else None)


def trail(session: Session, actor: Actor, engagement: Engagement) -> Iterator[TrailEntry]:
    for terms in (view.terms for view in reversed(queries.terms_of(session, actor, engagement.id))):
        params = {"number": terms.number}
        yield _told(engagement, terms.entered_at, "contract_terms", "neutral", params, engagement.bureau_id)
    for row in queries.subcontracts_of(session, actor, engagement.id):
        request, party = row[0], {"party": row[0].party}
        agency = engagement.agency_id
        yield _told(engagement, request.requested_at, "subcontract_requested", "info", party, agency)
        if request.state in _DECIDED and request.decided_at is not None:
            code, tone = _DECIDED[request.state]
            side = agency if request.state is SubcontractState.WITHDRAWN else engagement.commissioner_id
            yield _told(engagement, request.decided_at, code, tone, party, side, row.decided_by or "")


def _told(
    engagement: Engagement,
    at: datetime,
    code: str,
    tone: str,
    params: dict[str, Any],
    body_id: int,
    who: str = "",
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
    if contract_panel not in engagement_panels:
        engagement_panels.append(contract_panel)
        trail_sources.append(trail)
