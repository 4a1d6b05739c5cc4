"""Filling in a sheet: drafts, and the submission that ends them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from agencyqa.assessments import policies, workflow
from agencyqa.assessments.enums import SheetAction
from agencyqa.assessments.evidence import record_stamp
from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.models import ScoreSheet, SheetSnapshot
from agencyqa.assessments.services.content import (
    Scored,
    counting_of_sheet,
    faults_of,
    gaps_of,
    note_scorer,
    put_content,
    record_for,
    score_content,
    take_snapshot,
)
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.db import check_version
from agencyqa.errors import Forbidden, Invalid, Stale
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
    _take(actor, session, sheet, SheetAction.SAVE, seen_version)
    scored = _scored(actor, session, sheet, program, entry, now)
    if faults := faults_of(scored.result):
        raise Invalid("sheet_has_faults", **faults)
    before, aside = sheet.total, frozenset(sheet.overruled)
    put_content(sheet, program, scored)
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
        _log_overruled(actor, session, sheet, aside, now)
        session.flush()
    return scored.result


def submit_sheet(
    actor: Actor,
    session: Session,
    sheet: ScoreSheet,
    program: Program,
    entry: Entry,
    *,
    seen_version: int | None,
    seen_record: str | None = None,
    now: datetime,
) -> SheetSnapshot:
    """Hand a complete sheet to the bureau. Raises Invalid with every gap and fault, by field.

    ``seen_record`` is the stamp of the record that the scorer was shown; Stale where it is another by now.
    """
    _take(actor, session, sheet, SheetAction.SUBMIT, seen_version)
    scored = _scored(actor, session, sheet, program, entry, now)
    if seen_record is not None and seen_record != record_stamp(scored.record.facts):
        raise Stale()
    if faults := {**faults_of(scored.result), **gaps_of(scored)}:
        raise Invalid("sheet_incomplete" if not faults_of(scored.result) else "sheet_has_faults", **faults)
    before, aside = (sheet.state, sheet.total), frozenset(sheet.overruled)
    put_content(sheet, program, scored)
    sheet.state = workflow.next_state(sheet.state, SheetAction.SUBMIT)
    sheet.is_overdue = False
    sheet.submitted_at = now
    sheet.submitted_by_id = actor.user_id
    sheet.editing_key = ""
    _log_overruled(actor, session, sheet, aside, now)
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


def _take(
    actor: Actor, session: Session, sheet: ScoreSheet, action: SheetAction, seen_version: int | None
) -> None:
    """Raise where the actor may not; afterwards the row is locked and as new as it can be.

    Whoever changes the record meanwhile waits, and then finds the sheet as it was left here; so neither of the two
    can write over what the other knew.
    """
    if not policies.is_scorer(actor, sheet):
        raise Forbidden("not_the_scorer")
    session.refresh(sheet, with_for_update=True)
    # The state is asked first: who submits twice reads that it was submitted, not that somebody changed it.
    workflow.next_state(sheet.state, action)
    check_version(sheet, seen_version)


def _scored(
    actor: Actor, session: Session, sheet: ScoreSheet, program: Program, entry: Entry, now: datetime
) -> Scored:
    counting = counting_of_sheet(session, sheet)
    return score_content(program, counting, entry, record_for(actor, session, sheet, counting, entry, now))


def _log_overruled(
    actor: Actor, session: Session, sheet: ScoreSheet, before: frozenset[str], now: datetime
) -> None:
    """Which rows were set aside or taken back in, in every editing session; the reasons stay with the sheet."""
    if before == frozenset(sheet.overruled):
        return
    record(
        session,
        actor,
        "assessments.sheet.overruled",
        sheet,
        now=now,
        bureau_id=sheet.bureau_id,
        overruled=sorted(set(sheet.overruled) - before),
        restored=sorted(before - set(sheet.overruled)),
    )
