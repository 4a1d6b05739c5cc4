"""Open sheets follow the record: whatever is found, handed in or taken back shows on them at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from agencyqa.assessments import workflow
from agencyqa.assessments.evidence import OnRecord
from agencyqa.assessments.facts import collect, occurrences_on_agency, rows_of
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.services.content import columns_of, overruled_rows, score_content
from agencyqa.assessments.stored import entry_of
from agencyqa.audit.record import record
from agencyqa.auth.actor import system_actor
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.occurrences import Occurrence
from agencyqa.measures.queries import compiled

REFRESHER = system_actor("evidence")


def refresh_open_sheets(session: Session, engagement_id: int, now: datetime) -> None:
    """Bring the sheets of an engagement that are still open up to what is on record.

    Sheets that were handed in keep what they were scored with; their pages say what has changed since.
    """
    # Locked before the record is read: a scorer who saves at the same moment waits, or is waited for.
    statement = (
        sa.select(ScoreSheet)
        .where(
            ScoreSheet.engagement_id == engagement_id,
            ScoreSheet.is_current,
            ScoreSheet.state.in_(workflow.EDITABLE),
        )
        .order_by(ScoreSheet.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    sheets = session.scalars(statement).all()
    if sheets:
        _refresh(session, sheets, collect(session, [engagement_id]).get(engagement_id, []), now)


def refresh_agency_sheets(session: Session, bureau_id: int, agency_id: int, year: int, now: datetime) -> None:
    """The same for the open sheet about an agency's year, when something was found on the agency itself."""
    statement = (
        sa.select(ScoreSheet)
        .where(
            ScoreSheet.bureau_id == bureau_id,
            ScoreSheet.agency_id == agency_id,
            ScoreSheet.year == year,
            ScoreSheet.is_current,
            ScoreSheet.state.in_(workflow.EDITABLE),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    sheets = session.scalars(statement).all()
    if sheets:
        _refresh(session, sheets, occurrences_on_agency(session, bureau_id, agency_id, year), now)


def _refresh(
    session: Session, sheets: Sequence[ScoreSheet], known: Sequence[Occurrence], now: datetime
) -> None:
    for sheet in sheets:
        scheme = compiled(session.get_one(SchemeVersion, sheet.scheme_version_id))
        facts = rows_of(known, scheme.counting)
        if facts == sheet.facts:
            continue
        on_record = OnRecord(facts, overruled_rows(facts, sheet.overruled, None, REFRESHER, now))
        scored = score_content(scheme.program, scheme.counting, entry_of(sheet), on_record)
        before = sheet.total
        _write(session, sheet, columns_of(scheme.program, scored))
        record(
            session,
            REFRESHER,
            "assessments.sheet.refreshed",
            sheet,
            now=now,
            bureau_id=sheet.bureau_id,
            changes={"total_points": (before, sheet.total)},
            on_record=[row["key"] for row in facts],
        )


def _write(session: Session, sheet: ScoreSheet, columns: dict[str, object]) -> None:
    # A statement of its own leaves the version alone: a scorer who is typing must not get a conflict.
    session.execute(
        sa.update(ScoreSheet)
        .where(ScoreSheet.id == sheet.id)
        .values(columns)
        .execution_options(synchronize_session=False)
    )
    for name, value in columns.items():
        set_committed_value(sheet, name, value)
