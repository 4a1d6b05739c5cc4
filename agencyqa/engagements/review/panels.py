"""What the internal review adds to the page and to the story of an engagement."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.hooks import TrailEntry, line_of, trail_sources
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.pages import Step
from agencyqa.engagements.panels import engagement_panels
from agencyqa.engagements.review import policies, queries
from agencyqa.engagements.review.enums import LevelDecision
from agencyqa.engagements.review.queries import Run
from agencyqa.engagements.review.workflow import LEVELS
from agencyqa.extensions import db
from agencyqa.web.formats import day
from agencyqa.web.panels import rendered

PAGE = "review.show"


def level_of(run: Run) -> int | None:
    """The level for which it waits; None once it is over."""
    return LEVELS.get(run.row.state)


def stepper(run: Run) -> list[Step]:
    """(text, state, note) of the three levels, for ``ui.stepper``."""
    names = {1: gettext("第一级复核"), 2: gettext("第二级复核"), 3: gettext("第三级复核")}
    taken = {step.level: step for step in run.steps}
    found: list[Step] = []
    for level, name in names.items():
        step = taken.get(level)
        if step is not None:
            who = getattr(step, "decided_by", None)
            note = day(step.decided_at) if who is None else f"{who} · {day(step.decided_at)}"
            found.append((name, "done" if step.decision is LevelDecision.PASSED else "off", note))
        else:
            waits = level_of(run) == level
            found.append((name, "current" if waits else "todo" if level_of(run) else "off", None))
    return found


def review_panel(actor: Actor, engagement: Engagement) -> Markup | str:
    if not actor.has(Permission.DELIVERABLES_READ):
        return ""
    runs = queries.runs_of(db.session(), actor, engagement.id)
    if not runs:
        return ""
    return rendered("review/_of_engagement.html", engagement=engagement, run=runs[0], steps=stepper(runs[0]))


def trail(session: Session, actor: Actor, engagement: Engagement) -> Iterator[TrailEntry]:
    if not actor.has(Permission.DELIVERABLES_READ):
        return
    for run in queries.runs_of(session, actor, engagement.id):
        number, agency = run.row.number, engagement.agency_id
        if actor.is_agency:
            who, at = run.row.opened_by, run.row.opened_at
            yield line_of(PAGE, engagement, at, "review_opened", who, agency, number=number)
        for step in run.steps:
            passed = step.decision is LevelDecision.PASSED
            yield line_of(
                PAGE,
                engagement,
                step.decided_at,
                f"review_level_{step.decision.value}",
                getattr(step, "decided_by", None) if policies.sees_people(actor) else None,
                agency,
                tone="success" if passed else "warning",
                number=number,
                level=step.level,
            )


def register() -> None:
    """Called when the routes are loaded; a second call changes nothing."""
    if review_panel not in engagement_panels:
        engagement_panels.append(review_panel)
    if trail not in trail_sources:
        trail_sources.append(trail)
