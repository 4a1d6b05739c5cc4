"""The checklist that comes with the programme and holds wherever a bureau has entered none of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import system_actor
from agencyqa.inspections.checklist_format import shipped_checklists
from agencyqa.inspections.models import Checklist


def load_checklists(session: Session, now: datetime) -> int:
    """Add what is missing and return how many rows were added; a second call changes nothing."""
    known = set(session.scalars(select(Checklist.valid_from).where(Checklist.bureau_id.is_(None))))
    added = 0
    for shipped in shipped_checklists():
        if shipped.valid_from in known:
            continue
        row = Checklist(
            title=shipped.title,
            title_en=shipped.title_en,
            valid_from=shipped.valid_from,
            items=[item.stored() for item in shipped.items],
            source=shipped.source,
            tag=shipped.tag,
            entered_at=now,
        )
        session.add(row)
        session.flush()
        record(
            session,
            system_actor("reference data"),
            "inspections.checklist.loaded",
            row,
            now=now,
            title=shipped.title,
            valid_from=shipped.valid_from,
            items=len(shipped.items),
        )
        added += 1
    return added
