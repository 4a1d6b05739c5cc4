"""Filling in a sheet: drafts, and the submission that ends them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from agencyqa.assessments import policies, workflow
from agencyqa.assessments.enums import SheetAction
from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.models import ScoreSheet, SheetSnapshot
from agencyqa.assessments.services.content import (
    faults_of,
    gaps_of,
    note_scorer,
    put_content,
    score_entry,
    take_snapshot,
)
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.db import check_version
from agencyqa.errors import Forbidden, Invalid
from agencyqa.scoring import Program, SheetResult


def save_draft(
    actor: Actor,
    session: Session,
    sheet: ScoreSheet,
    program: Program,
    entry: Entry,
    *,
    seen_version: int | None,
    editing_key: str,
    now: datetime,
) -> SheetResult:
    """Keep an unfinished sheet. Gaps are fine and stay gaps; a value outside its rule is refused.

    ``editing_key`` names one opening of the entry page: its first save is audited, the following ones replace each
    other in silence.
    """
    _check(actor, sheet, SheetAction.SAVE, seen_version)
    result = score_entry(program, entry)
    if faults := faults_of(result):
        raise Invalid("sheet_has_faults", **faults)
    before = sheet.total
    put_content(sheet, program, entry, result)
    if session.is_modified(sheet):
        note_scorer(session, actor, sheet, now)
        if sheet.editing_key != editing_key:
            sheet.editing_key = editing_key
            record(
                session,
                actor,
                "assessments.sheet.edited",
                sheet,
                now=now,
                bureau_id=sheet.bureau_id,
                changes={"total_points": (before, sheet.total)},
            )
        session.flush()
    return result


def submit_sheet(
    actor: Actor,
    session: Session,
    sheet: ScoreSheet,
    program: Program,
    entry: Entry,
    *,
    seen_version: int | None,
    now: datetime,
) -> SheetSnapshot:
    """Hand a complete sheet to the bureau. Raises Invalid with every gap and fault, by field."""
    _check(actor, sheet, SheetAction.SUBMIT, seen_version)
    result = score_entry(program, entry)
    if faults := {**faults_of(result), **gaps_of(result, entry)}:
        raise Invalid("sheet_incomplete" if not faults_of(result) else "sheet_has_faults", **faults)
    before = (sheet.state, sheet.total)
    put_content(sheet, program, entry, result)
    sheet.state = workflow.next_state(sheet.state, SheetAction.SUBMIT)
    sheet.is_overdue = False
    sheet.submitted_at = now
    sheet.submitted_by_id = actor.user_id
    sheet.editing_key = ""
    note_scorer(session, actor, sheet, now)
    snapshot = take_snapshot(session, actor, sheet, program.digest, now)
    record(
        session,
        actor,
        "assessments.sheet.submitted",
        sheet,
        now=now,
        bureau_id=sheet.bureau_id,
        changes={"state": (before[0], sheet.state), "total_points": (before[1], sheet.total)},
        snapshot=snapshot.number,
        content_hash=snapshot.content_hash,
    )
    session.flush()
    return snapshot


def _check(actor: Actor, sheet: ScoreSheet, action: SheetAction, seen_version: int | None) -> None:
    if not policies.is_scorer(actor, sheet):
        raise Forbidden("not_the_scorer")
    # The state is asked first: who submits twice reads that it was submitted, not that somebody changed it.
    workflow.next_state(sheet.state, action)
    check_version(sheet, seen_version)
