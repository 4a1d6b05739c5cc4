"""What this area adds to the page and to the story of an engagement."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.engagements.contracts import queries
from agencyqa.engagements.contracts.enums import SubcontractState
from agencyqa.engagements.contracts.policies import sees
from agencyqa.engagements.hooks import TrailEntry, line_of, trail_sources
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
        at, bureau = terms.entered_at, engagement.bureau_id
        yield line_of(PAGE, engagement, at, "contract_terms", "", bureau, number=terms.number)
    for row in queries.subcontracts_of(session, actor, engagement.id):
        request, party, agency = row[0], row[0].party, engagement.agency_id
        at = request.requested_at
        yield line_of(PAGE, engagement, at, "subcontract_requested", "", agency, tone="info", party=party)
        if request.state in _DECIDED and request.decided_at is not None:
            code, tone = _DECIDED[request.state]
            side = agency if request.state is SubcontractState.WITHDRAWN else engagement.commissioner_id
            at, who = request.decided_at, row.decided_by
            yield line_of(PAGE, engagement, at, code, who, side, tone=tone, party=party)


def register() -> None:
    """Called when the routes are loaded; a second call changes nothing."""
    if contract_panel not in engagement_panels:
        engagement_panels.append(contract_panel)
        trail_sources.append(trail)
