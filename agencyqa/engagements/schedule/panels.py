"""What milestones add to the page and to the story of an engagement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup
from sqlalchemy import Row
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.engagements.hooks import TrailEntry, line_of, trail_sources
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.panels import engagement_panels
from agencyqa.engagements.schedule import policies, queries
from agencyqa.engagements.schedule.enums import StepKind
from agencyqa.engagements.schedule.queries import Mark
from agencyqa.engagements.schedule.services import follow_calendar
from agencyqa.extensions import db
from agencyqa.measures.workday_services import calendar_listeners
from agencyqa.web.panels import rendered

PAGE = "schedule.show"
# How the story calls each step; every other one moved the date.
_CODES = {
    StepKind.PLANNED: ("milestone_planned", "neutral"),
    StepKind.PAUSED: ("milestone_paused", "neutral"),
    StepKind.DONE: ("milestone_done", "success"),
    StepKind.REOPENED: ("milestone_reopened", "warning"),
    StepKind.CANCELLED: ("milestone_cancelled", "neutral"),
}


def milestones_panel(actor: Actor, engagement: Engagement) -> Markup | str:
    if not policies.sees(actor, engagement):
        return ""
    marks = queries.marks_of(db.session(), actor, engagement.id)
    can_plan = policies.can_plan(actor, engagement)
    if not marks and not can_plan:
        return ""
    return rendered(
        "schedule/_of_engagement.html", engagement=engagement, marks=marks, can={"plan": can_plan}
    )


def trail(session: Session, actor: Actor, engagement: Engagement) -> Iterator[TrailEntry]:
    if not policies.sees(actor, engagement):
        return
    for mark in queries.marks_of(session, actor, engagement.id):
        yield from (_entry(engagement, mark, step) for step in mark.steps)


def _entry(engagement: Engagement, mark: Mark, step: Row[*tuple[Any, ...]]) -> TrailEntry:
    code, tone = _CODES.get(step.kind, ("milestone_moved", "neutral"))
    return line_of(
        PAGE,
        engagement,
        step.at,
        code,
        step.by,
        step.body_id or engagement.bureau_id,
        tone=tone,
        what=mark.row.title or mark.row.kind,
        before=step.before_on,
        after=step.after_on,
        on=step.on_day,
        cause=step.kind,
    )


def register() -> None:
    """Called when the routes are loaded; a second call changes nothing."""
    if milestones_panel not in engagement_panels:
        engagement_panels.append(milestones_panel)
    if trail not in trail_sources:
        trail_sources.append(trail)
    if follow_calendar not in calendar_listeners:
        calendar_listeners.append(follow_calendar)
