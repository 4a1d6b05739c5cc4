"""Blocks that this area puts on other pages, and the places where others put theirs on its own."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.models import Agency
from agencyqa.agencies.panels import agency_panels
from agencyqa.agencies.queries import registrations_of
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.hooks import trail_sources
from agencyqa.engagements.locks import evidence_locks
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.panels import engagement_panels
from agencyqa.extensions import db
from agencyqa.inspections.enums import CheckState
from agencyqa.inspections.models import Finding, SpotCheck
from agencyqa.inspections.policies import can_inspect
from agencyqa.inspections.queries import checks, findings
from agencyqa.inspections.services.recounting import follow_calendar
from agencyqa.inspections.trail import inspection_trail
from agencyqa.measures.workday_services import calendar_listeners
from agencyqa.web.panels import rendered

# Blocks of the page of a check or a finding that the actor may see: orders and documents, sheets that count it.
check_panels: list[Callable[[Actor, SpotCheck], Markup | str]] = []
finding_panels: list[Callable[[Actor, Finding], Markup | str]] = []

# The page of an agency shows the newest; the lists hold all.
_NEWEST = 10


def engagement_block(actor: Actor, engagement: Engagement) -> Markup | str:
    """Spot checks of the engagement and what they found, as far as the actor may see them."""
    if not actor.has(Permission.INSPECTIONS_READ):
        return ""
    session = db.session()
    found = findings.rows_of_engagement(session, actor, engagement.id)
    seen = checks.rows_of_engagement(session, actor, engagement.id)
    can_plan = can_inspect(actor) and engagement.bureau_id == actor.bureau_id
    if not seen and not found and not can_plan:
        return ""
    return rendered(
        "inspections/_of_engagement.html",
        checks=seen,
        findings=found,
        plan={"engagement_id": engagement.id} if can_plan else None,
        is_bureau=actor.is_bureau,
        all_of=None,
    )


def agency_block(actor: Actor, agency: Agency) -> Markup | str:
    """The newest spot checks and findings of the agency, those on its engagements too."""
    if not actor.has(Permission.INSPECTIONS_READ):
        return ""
    session = db.session()
    seen = checks.rows_of_agency(session, actor, agency.id, limit=_NEWEST)
    found = findings.rows_of_agency(session, actor, agency.id, limit=_NEWEST)
    # The page has asked for them already.
    registrations = registrations_of(session, actor, agency.id)
    is_own = any(view.registration.bureau_id == actor.bureau_id for view in registrations)
    can_plan = can_inspect(actor) and is_own
    if not seen and not found and not can_plan:
        return ""
    return rendered(
        "inspections/_of_engagement.html",
        checks=seen,
        findings=found,
        plan={"agency_id": agency.id} if can_plan else None,
        is_bureau=actor.is_bureau,
        all_of=agency.id,
    )


def fixed_fields(session: Session, engagement: Engagement) -> frozenset[str]:
    """A check and what it found are about the agency that was inspected."""
    statement = select(SpotCheck.id).where(
        SpotCheck.engagement_id == engagement.id, SpotCheck.state != CheckState.CANCELLED
    )
    return frozenset() if session.scalar(statement.limit(1)) is None else frozenset({"agency_id"})


def register() -> None:
    """Called when the routes are loaded; a second call changes nothing."""
    if engagement_block not in engagement_panels:
        engagement_panels.append(engagement_block)
    if agency_block not in agency_panels:
        agency_panels.append(agency_block)
    if inspection_trail not in trail_sources:
        trail_sources.append(inspection_trail)
    if follow_calendar not in calendar_listeners:
        calendar_listeners.append(follow_calendar)
    if fixed_fields not in evidence_locks:
        evidence_locks.append(fixed_fields)
