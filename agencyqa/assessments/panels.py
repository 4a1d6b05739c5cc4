"""What this area adds to the page of an engagement, and what it holds fast there."""

from __future__ import annotations

from markupsafe import Markup
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from agencyqa.assessments import policies, workflow
from agencyqa.assessments.forms.share_words import panel_text
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.queries.engagement_scores import visible_score
from agencyqa.assessments.queries.sheets import sheets_of, sheets_with_row
from agencyqa.assessments.queries.trail import trail_of_sheets
from agencyqa.assessments.services.lateness import follow_calendar
from agencyqa.assessments.services.refreshing import refresh_agency_sheets, refresh_open_sheets
from agencyqa.assessments.services.rescoring import rescore_after_withdrawal
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.hooks import evidence_listeners, scored, trail_sources
from agencyqa.engagements.locks import content_locks
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.panels import engagement_panels
from agencyqa.extensions import db
from agencyqa.inspections.hooks import agency_listeners, withdrawal_listeners
from agencyqa.inspections.models import Finding
from agencyqa.inspections.panels import finding_panels
from agencyqa.measures.enums import Purpose
from agencyqa.measures.workday_services import calendar_listeners
from agencyqa.scoring import panel_from_data
from agencyqa.web.panels import rendered


def sheets_panel(actor: Actor, engagement: Engagement) -> Markup | str:
    """The sheets that the actor may see, each with its next action, and the score as far as it may be known."""
    may_read = actor.has(Permission.SHEETS_READ) or actor.is_observer
    if not may_read:
        return ""
    session = db.session()
    rows = sheets_of(session, actor, engagement.id)
    score = visible_score(session, actor, engagement, rows)
    can_open = (
        policies.can_open_sheets(actor, engagement) and engagement.state is not EngagementState.TERMINATED
    )
    if not rows and not can_open:
        return ""
    can_invite, panels = False, {}
    if score is not None:
        panels = {
            role["role"]: panel_text(panel_from_data(role["panel"]))
            for role in score.trace["roles"]
            if "panel" in role
        }
        present = {row.scorer_role.value for row in rows}
        can_invite = can_open and bool(panels)
        can_open = can_open and any(
            role.share and role.role not in panels and role.role not in present for role in score.roles
        )
    scorable = {
        row.id
        for row in rows
        if actor.has(Permission.SHEETS_SCORE)
        and row.scorer_body_id == actor.body_id
        and row.scorer_user_id in {None, actor.user_id}
        and row.state in workflow.EDITABLE
    }
    return rendered(
        "assessments/_of_engagement.html",
        engagement=engagement,
        rows=rows,
        score=score,
        role_names={role.value: role for role in Purpose if role.is_of_engagement},
        panels=panels,
        can={
            "open": can_open,
            "invite": can_invite,
            "read": actor.has(Permission.SHEETS_READ),
            "score": scorable,
        },
    )


def counted_panel(actor: Actor, finding: Finding) -> Markup | str:
    """On the page of a finding: the sheets that it counts on, as far as the actor may see them."""
    if finding.engagement_id is None or not actor.has(Permission.SHEETS_READ):
        return ""
    rows = sheets_with_row(db.session(), actor, finding.engagement_id, f"finding:{finding.id}")
    return rendered("assessments/_of_finding.html", rows=rows) if rows else ""


def scored_by(actor: Actor) -> Select[int | None]:
    """Ids of engagements on which the actor, invited as an expert, has a sheet: to fill in, or filled in before."""
    return select(ScoreSheet.engagement_id).where(
        policies.seen_by(actor),
        ScoreSheet.scorer_user_id == actor.user_id,
        ScoreSheet.engagement_id.is_not(None),
    )


def has_sheets(session: Session, engagement: Engagement) -> bool:
    """Sheets rest on the parties, the kind of work and the contract date, so these stay once a sheet exists."""
    statement = select(ScoreSheet.id).where(ScoreSheet.engagement_id == engagement.id).limit(1)
    return session.scalar(statement) is not None


def register() -> None:
    """Called when the routes are loaded; a second call changes nothing."""
    if refresh_open_sheets not in evidence_listeners:
        evidence_listeners.append(refresh_open_sheets)
    if refresh_agency_sheets not in agency_listeners:
        agency_listeners.append(refresh_agency_sheets)
    if rescore_after_withdrawal not in withdrawal_listeners:
        withdrawal_listeners.append(rescore_after_withdrawal)
    if counted_panel not in finding_panels:
        finding_panels.append(counted_panel)
    if trail_of_sheets not in trail_sources:
        trail_sources.append(trail_of_sheets)
    if follow_calendar not in calendar_listeners:
        calendar_listeners.append(follow_calendar)
    if sheets_panel not in engagement_panels:
        engagement_panels.append(sheets_panel)
    if scored_by not in scored:
        scored.append(scored_by)
    if has_sheets not in content_locks:
        content_locks.append(has_sheets)
