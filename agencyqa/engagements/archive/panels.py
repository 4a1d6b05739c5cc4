"""What the archive adds to the page and to the story of an engagement."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import User
from agencyqa.auth.actor import Actor
from agencyqa.clock import today
from agencyqa.engagements.archive import policies, queries
from agencyqa.engagements.archive.checklist import checklist
from agencyqa.engagements.archive.models import SealedArchive
from agencyqa.engagements.contents import may_hold
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.hooks import TrailEntry, line_of, trail_sources
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.panels import engagement_panels
from agencyqa.extensions import db
from agencyqa.web.panels import rendered

PAGE = "archive.show"


def archive_panel(actor: Actor, engagement: Engagement) -> Markup | str:
    """From the day on which the work is done: what the file still lacks, or that it is sealed."""
    if engagement.state is not EngagementState.COMPLETED or not policies.sees_status(actor, engagement):
        return ""
    session = db.session()
    archive = queries.archive_of(session, engagement.id)
    lines = [] if archive is not None else checklist(session, engagement)
    return rendered(
        "archive/_of_engagement.html",
        engagement=engagement,
        archive=archive,
        has_rule=archive is not None or policies.rule_on(session, engagement.bureau_id, today()) is not None,
        may_set=policies.can_set_retention(actor),
        missing=[line for line in lines if not line.is_there],
    )


def trail(session: Session, actor: Actor, engagement: Engagement) -> Iterator[TrailEntry]:
    if not policies.sees_status(actor, engagement):
        return
    if not may_hold(session, engagement.id, SealedArchive):
        return
    rows = session.execute(
        select(SealedArchive.sealed_at, User.display_name)
        .outerjoin(User, User.id == SealedArchive.sealed_by_id)
        .where(SealedArchive.engagement_id == engagement.id)
        .order_by(SealedArchive.number)
    )
    for row in rows:
        yield line_of(
            PAGE,
            engagement,
            row.sealed_at,
            "archive_sealed",
            row.display_name,
            engagement.agency_id,
            tone="success",
        )


def register() -> None:
    """Called when the routes are loaded; a second call changes nothing."""
    if archive_panel not in engagement_panels:
        engagement_panels.append(archive_panel)
    if trail not in trail_sources:
        trail_sources.append(trail)
