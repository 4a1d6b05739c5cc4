"""A finding that was taken back after it had counted: the sheet is scored again, and both results are kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from agencyqa.accounts.queries import member_ids
from agencyqa.assessments import workflow
from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.evidence import counted_rows
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.queries.sheets import contract_number
from agencyqa.assessments.services.review import correct_sheet
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.i18n import gettext
from agencyqa.inspections.models import Finding
from agencyqa.inspections.numbering import plain_number
from agencyqa.notifications.services import tell


def rescore_after_withdrawal(
    actor: Actor, session: Session, finding: Finding, reason: str, now: datetime
) -> None:
    """Open a correction of every decided sheet that counted the finding; the scorers and the leads are told.

    A sheet that waits for review keeps what it was scored with; its page says what changed, and the leads are told.
    """
    number = plain_number(finding.year, finding.number)
    for sheet in _that_counted(session, finding):
        if sheet.state is SheetState.SUBMITTED:
            _tell_leads(session, sheet, "sheet_record_changed", number, now)
            continue
        why = gettext("抽查认定的问题%(number)s已撤销：%(reason)s", number=number, reason=reason)
        following = correct_sheet(actor, session, sheet, reason=why, due_on=None, now=now)
        _tell_leads(session, following, "rescore_opened", number, now)


def _that_counted(session: Session, finding: Finding) -> list[ScoreSheet]:
    statement = (
        select(ScoreSheet)
        .where(
            _about(finding),
            ScoreSheet.is_current,
            ScoreSheet.state.in_({SheetState.SUBMITTED, *workflow.DECIDED}),
        )
        .order_by(ScoreSheet.id)
    )
    key = f"finding:{finding.id}"
    return [
        sheet
        for sheet in session.scalars(statement)
        if any(row["key"] == key for row in counted_rows(sheet.facts, sheet.overruled))
    ]


def _about(finding: Finding) -> ColumnElement[bool]:
    """Sheets about the engagement in which it was found, or about the year of the agency."""
    if finding.engagement_id is not None:
        return ScoreSheet.engagement_id == finding.engagement_id
    return and_(
        ScoreSheet.bureau_id == finding.bureau_id,
        ScoreSheet.agency_id == finding.agency_id,
        ScoreSheet.year == finding.fact_on.year,
    )


def _tell_leads(session: Session, sheet: ScoreSheet, code: str, number: str, now: datetime) -> None:
    tell(
        session,
        member_ids(session, sheet.bureau_id, {Role.BUREAU_LEAD}, day=local_date(now)),
        code if sheet.agency_id is None else f"{code}_of_agency",
        now=now,
        endpoint="assessments.sheet",
        endpoint_values={"sheet_id": sheet.id},
        contract=contract_number(session, sheet),
        number=number,
    )
