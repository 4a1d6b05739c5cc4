"""What happened to the sheets of an engagement, for its story, as far as a reader may know it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.assessments import policies
from agencyqa.assessments.models import ScoreSheet
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.contents import may_hold
from agencyqa.engagements.hooks import TrailEntry
from agencyqa.engagements.models import Engagement

_CODES = {
    "assessments.sheet.opened": "sheet_opened",
    "assessments.sheet.submitted": "sheet_submitted",
    "assessments.sheet.returned": "sheet_returned",
    "assessments.sheet.finalised": "sheet_finalised",
    "assessments.sheet.published": "sheet_published",
    "assessments.sheet.corrected": "sheet_corrected",
}
_TONES = {"sheet_returned": "warning", "sheet_corrected": "warning", "sheet_published": "success"}


def trail_of_sheets(session: Session, actor: Actor, engagement: Engagement) -> Iterable[TrailEntry]:
    """Bureau: everything. A department: its own sheets. The agency and observers: the publication alone."""
    if not may_hold(session, engagement.id, ScoreSheet):
        return []
    is_insider = actor.is_bureau or actor.is_department
    events = list(_CODES) if is_insider else ["assessments.sheet.published"]
    entries = session.execute(
        select(
            AuditEntry.at,
            AuditEntry.event,
            AuditEntry.actor_name,
            AuditEntry.actor_body_id,
            AuditEntry.target_id,
            AuditEntry.detail,
            ScoreSheet.scorer_role,
            ScoreSheet.revision,
        )
        .join(ScoreSheet, ScoreSheet.id == AuditEntry.target_id)
        .where(
            AuditEntry.target_type == ScoreSheet.__tablename__,
            policies.seen_by(actor),
            ScoreSheet.engagement_id == engagement.id,
            AuditEntry.event.in_(events),
            AuditEntry.refused.is_(False),
        )
        .order_by(AuditEntry.sequence)
    ).all()
    can_open = actor.has(Permission.SHEETS_READ)
    found: list[TrailEntry] = []
    for entry in entries:
        code = _CODES[entry.event]
        found.append(
            TrailEntry(
                at=entry.at,
                code=code,
                params={
                    "role": entry.scorer_role,
                    "revision": entry.revision,
                    "total_points": entry.detail.get("total_points"),
                },
                actor_name=entry.actor_name if is_insider else "",
                body_id=entry.actor_body_id,
                tone=_TONES.get(code, "neutral"),
                endpoint="assessments.sheet" if can_open else "",
                endpoint_values={"sheet_id": entry.target_id} if can_open else {},
            )
        )
    return found
