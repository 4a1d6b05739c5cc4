"""The sheets about agencies as a whole: one for each agency of a round, filled in by the bureau."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.assessments import round_workflow
from agencyqa.assessments.enums import RoundAction, SheetState
from agencyqa.assessments.facts import occurrences_on_agency
from agencyqa.assessments.models import AssessmentRound, ScoreSheet
from agencyqa.assessments.queries.tables import plan_of_round
from agencyqa.assessments.queries.year_facts import year_facts
from agencyqa.assessments.services.rounds import lock_round
from agencyqa.assessments.services.sheets import check_due, fill_sheet, tell_opened
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.errors import Refused
from agencyqa.measures.enums import Purpose
from agencyqa.measures.queries import scheme_in_force


def open_agency_sheets(
    actor: Actor, session: Session, found: AssessmentRound, *, due_on: date | None = None, now: datetime
) -> list[ScoreSheet]:
    """Make the sheets that the round's agencies still lack; an empty list where they have them all.

    Raise Refused ``rules_without_agency_form`` where the rules give the agency-level form no share, or
    ``no_agency_scheme`` where none is in force at the end of the year; WrongState once the year is published.
    """
    lock_round(actor, session, found)
    round_workflow.next_state(found.state, RoundAction.COMPUTE)
    check_due(due_on, now)
    if not plan_of_round(session, found).agency_share:
        raise Refused("rules_without_agency_form")
    last_day = date(found.year, 12, 31)
    version = scheme_in_force(
        session, bureau_id=found.bureau_id, purpose=Purpose.AGENCY_YEAR, work_kind=None, day=last_day
    )
    if version is None:
        raise Refused("no_agency_scheme", day=last_day)
    existing = select(ScoreSheet.agency_id).where(
        ScoreSheet.bureau_id == found.bureau_id, ScoreSheet.year == found.year
    )
    wanted = {each.agency_id for each in year_facts(session, found.bureau_id, found.year).counted}
    sheets: list[ScoreSheet] = []
    for agency_id in sorted(wanted - set(session.scalars(existing))):
        sheet = ScoreSheet(
            bureau_id=found.bureau_id,
            engagement_id=None,
            agency_id=agency_id,
            year=found.year,
            scorer_role=Purpose.AGENCY_YEAR,
            scorer_body_id=found.bureau_id,
            scheme_version_id=version.id,
            revision=1,
            is_current=True,
            state=SheetState.DRAFT,
            due_on=due_on,
            created_at=now,
        )
        fill_sheet(sheet, version, occurrences_on_agency(session, found.bureau_id, agency_id, found.year))
        session.add(sheet)
        sheets.append(sheet)
    session.flush()
    for sheet in sheets:
        record(
            session,
            actor,
            "assessments.sheet.opened",
            sheet,
            now=now,
            bureau_id=sheet.bureau_id,
            role=sheet.scorer_role,
            agency_id=sheet.agency_id,
            year=sheet.year,
            scheme_version_id=version.id,
            scheme_hash=version.content_hash,
            due_on=due_on,
        )
    tell_opened(session, sheets, now)
    return sheets
