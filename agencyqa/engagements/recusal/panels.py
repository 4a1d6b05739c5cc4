"""What this area adds to the page and to the story of an engagement, and what it listens to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from agencyqa.agencies.hooks import tie_listeners
from agencyqa.agencies.models import Tie
from agencyqa.auth.actor import Actor
from agencyqa.engagements.hooks import (
    TrailEntry,
    end_listeners,
    leave_listeners,
    line_of,
    trail_sources,
)
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.panels import engagement_panels
from agencyqa.engagements.policies import sees
from agencyqa.engagements.recusal import queries, services
from agencyqa.engagements.recusal.policies import sees_exemptions
from agencyqa.engagements.recusal.workflow import PENDING
from agencyqa.extensions import db
from agencyqa.web.panels import rendered

PAGE = "recusal.show"


def independence_panel(actor: Actor, engagement: Engagement) -> Markup:
    signers = [signer for signer in queries.signers_of(db.session(), engagement.id) if signer.is_present]
    cases = queries.cases_of(db.session(), actor, engagement.id)
    return rendered(
        "recusal/_of_engagement.html",
        engagement=engagement,
        signers=signers,
        pending=[row for row in cases if row[0].state in PENDING],
    )


def trail(session: Session, actor: Actor, engagement: Engagement) -> Iterator[TrailEntry]:
    declared = queries.declarations_of(session, engagement.id) if sees(actor, engagement) else []
    for row in sorted(declared, key=lambda row: (row.recorded_at, row.id)):
        yield line_of(
            PAGE,
            engagement,
            row.recorded_at,
            "independence_declared",
            row.recorded_by_name,
            engagement.agency_id,
            person=row.name,
            number=row.number,
        )
    yield from _exempted(session, actor, engagement)
    for case, _, decided_by in reversed(queries.cases_of(session, actor, engagement.id)):
        yield _by_bureau(engagement, case.opened_at, "recusal_opened", "", "warning", cause=case.cause)
        if case.decided_at is not None:
            at, action = case.decided_at, case.action
            yield _by_bureau(engagement, at, "recusal_decided", decided_by, "neutral", action=action)


def _exempted(session: Session, actor: Actor, engagement: Engagement) -> Iterator[TrailEntry]:
    if not sees_exemptions(actor, engagement):
        return
    signers = {each.person_id: each.name for each in queries.signers_of(session, engagement.id)}
    for each in queries.exemptions_of(session, engagement.id):
        person, who = signers[each.person_id], each.granted_by_name
        yield _by_bureau(engagement, each.granted_at, "recusal_exempted", who, "neutral", person=person)
        if each.withdrawn_at is not None:
            at, who, code = each.withdrawn_at, each.withdrawn_by_name, "recusal_exemption_withdrawn"
            yield _by_bureau(engagement, at, code, who, "warning", person=person)


def _by_bureau(
    engagement: Engagement, at: datetime, code: str, who: str | None, tone: str, **params: Any
) -> TrailEntry:
    return line_of(PAGE, engagement, at, code, who, engagement.bureau_id, tone=tone, **params)


def _on_tie(actor: Actor, session: Session, tie: Tie, now: datetime) -> None:
    if tie.withdrawn_at is None:
        services.reopen_for_tie(actor, session, tie, now=now)
    else:
        services.lift_for_tie(actor, session, tie, now=now)


def _on_end(actor: Actor, session: Session, engagement: Engagement, now: datetime) -> None:
    services.close_cases(actor, session, engagement, engagement.termination_reason, now=now)


def _on_leave(
    actor: Actor, session: Session, engagement: Engagement, gone: frozenset[int], now: datetime
) -> None:
    services.settle_cases(actor, session, engagement, gone, now=now)


def register() -> None:
    """Called when the routes are loaded; a second call changes nothing."""
    if independence_panel not in engagement_panels:
        engagement_panels.append(independence_panel)
        trail_sources.append(trail)
        tie_listeners.append(_on_tie)
        end_listeners.append(_on_end)
        leave_listeners.append(_on_leave)
