"""What this area adds to the page and to the story of an engagement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup
from sqlalchemy import Row
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.deliverables import policies, queries
from agencyqa.engagements.deliverables.enums import Decision, DueCause
from agencyqa.engagements.deliverables.queries import Slot
from agencyqa.engagements.deliverables.services import follow_calendar
from agencyqa.engagements.hooks import TrailEntry, line_of, trail_sources
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.panels import engagement_panels
from agencyqa.extensions import db
from agencyqa.measures.workday_services import calendar_listeners
from agencyqa.web.panels import rendered

PAGE = "deliverables.of_engagement"


def deliverables_panel(actor: Actor, engagement: Engagement) -> Markup | str:
    if not actor.has(Permission.DELIVERABLES_READ):
        return ""
    slots = queries.slots_of(db.session(), actor, engagement.id)
    sees_terms = policies.sees_terms(actor, engagement)
    if not slots and not sees_terms:
        return ""
    # Further kinds that nobody asked for and nobody sent would only lengthen the list.
    shown = [slot for slot in slots if slot.row.is_required or slot.row.due_on or slot.versions]
    return rendered(
        "deliverables/_of_engagement.html",
        engagement=engagement,
        slots=shown,
        is_listed=bool(slots),
        can={
            "terms": sees_terms,
            "upload": policies.can_upload(actor, engagement),
            "decide": policies.can_decide(actor, engagement),
        },
    )


def trail(session: Session, actor: Actor, engagement: Engagement) -> Iterator[TrailEntry]:
    """What was uploaded (for the agency), handed in, decided and moved, as far as the actor may know."""
    if not actor.has(Permission.DELIVERABLES_READ):
        return
    slots = queries.slots_of(session, actor, engagement.id)
    sees_terms = policies.sees_terms(actor, engagement)
    handed_in: dict[int, list[tuple[Slot, Row[*tuple[Any, ...]]]]] = {}
    for slot in slots:
        for version in slot.versions:
            if version.submission_id is not None:
                handed_in.setdefault(version.submission_id, []).append((slot, version))
            else:
                yield line_of(
                    PAGE,
                    engagement,
                    version.uploaded_at,
                    "deliverable_uploaded",
                    version.uploaded_by,
                    engagement.agency_id,
                    what=_what(slot),
                    number=version.number,
                )
            if sees_terms and version.decision is not None:
                yield _decision(engagement, slot, version)
        if sees_terms:
            yield from (_move(engagement, slot, move) for move in slot.moves)
            yield from (_pause(engagement, slot, pause) for pause in slot.pauses)
    for pairs in handed_in.values():
        version = pairs[0][1]
        names = list(dict.fromkeys(_what(slot) for slot, _ in pairs))
        yield line_of(
            PAGE,
            engagement,
            version.submitted_at,
            "deliverables_handed_in",
            version.submitted_by,
            engagement.agency_id,
            tone="info",
            what=names,
        )


def _what(slot: Slot) -> Any:
    return slot.row.title or slot.row.kind


def _decision(engagement: Engagement, slot: Slot, version: Row[*tuple[Any, ...]]) -> TrailEntry:
    accepted = version.decision is Decision.ACCEPTED
    return line_of(
        PAGE,
        engagement,
        version.decided_at,
        "deliverable_accepted" if accepted else "deliverable_returned",
        version.decided_by,
        engagement.commissioner_id,
        tone="success" if accepted else "warning",
        what=_what(slot),
        number=version.number,
        reason=version.decision_reason,
    )


def _move(engagement: Engagement, slot: Slot, move: Row[*tuple[Any, ...]]) -> TrailEntry:
    cause: DueCause = move.cause
    return line_of(
        PAGE,
        engagement,
        move.changed_at,
        "deliverable_due_set" if move.before_on is None else "deliverable_due_moved",
        move.changed_by,
        engagement.bureau_id,
        what=_what(slot),
        before=move.before_on,
        after=move.after_on,
        cause=cause,
    )


def _pause(engagement: Engagement, slot: Slot, pause: Row[*tuple[Any, ...]]) -> TrailEntry:
    """That it stood still; that it went on is told by the date that moved."""
    return line_of(
        PAGE,
        engagement,
        pause.begun_at,
        "deliverable_term_paused",
        pause.begun_by,
        engagement.bureau_id,
        what=_what(slot),
        began_on=pause.began_on,
    )


def register() -> None:
    """Called when the routes are loaded; a second call changes nothing."""
    if deliverables_panel not in engagement_panels:
        engagement_panels.append(deliverables_panel)
    if trail not in trail_sources:
        trail_sources.append(trail)
    if follow_calendar not in calendar_listeners:
        calendar_listeners.append(follow_calendar)
