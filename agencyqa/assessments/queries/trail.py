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
    sheets = session.execute(
        select(ScoreSheet.id, ScoreSheet.scorer_role, ScoreSheet.revision)
        .where(policies.seen_by(actor), ScoreSheet.engagement_id == engagement.id)
        .order_by(ScoreSheet.id)
    ).all()
    if not sheets:
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
        )
        .where(
            AuditEntry.target_type == ScoreSheet.__tablename__,
            AuditEntry.target_id.in_([sheet.id for sheet in sheets]),
            AuditEntry.event.in_(events),
            AuditEntry.refused.is_(False),
        )
        .order_by(AuditEntry.sequence)
    ).all()
    by_id = {sheet.id: sheet for sheet in sheets}
    can_open = actor.has(Permission.SHEETS_READ)
    found: list[TrailEntry] = []
    for entry in entries:
        sheet, code = by_id[entry.target_id], _CODES[entry.event]
        found.append(
            TrailEntry(
                at=entry.at,
                code=code,
                params={
                    "role": sheet.scorer_role,
                    "revision": sheet.revision,
                    "total_points": entry.detail.get("total_points"),
                },
                actor_name=entry.actor_name if is_insider else "",
                body_id=entry.actor_body_id,
                tone=_TONES.get(code, "neutral"),
                endpoint="assessments.sheet" if can_open else "",
                endpoint_values={"sheet_id": sheet.id} if can_open else {},
            )
        )
    return found
