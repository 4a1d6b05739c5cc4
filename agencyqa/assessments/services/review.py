"""What the bureau does with a submitted sheet: return it, make it final, publish it, open a correction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from agencyqa.assessments import policies, workflow
from agencyqa.assessments.enums import SheetAction, SheetState
from agencyqa.assessments.models import ScoreSheet, SheetScorer
from agencyqa.assessments.queries.scorers import scorer_ids
from agencyqa.assessments.queries.sheets import contract_number
from agencyqa.assessments.services.content import put_content, record_for, score_content
from agencyqa.assessments.services.telling import tell_scorers
from agencyqa.assessments.stored import entry_of
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.db import check_version
from agencyqa.errors import Forbidden, Invalid, WrongState
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import compiled


def return_sheet(
    actor: Actor,
    session: Session,
    sheet: ScoreSheet,
    *,
    reason: str,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Give the sheet back to its scorer, who reads the reason and submits again."""
    state = _decide(actor, session, sheet, SheetAction.RETURN, seen_version)
    if not reason:
        raise Invalid(reason="required")
    before, sheet.state = sheet.state, state
    sheet.return_reason = reason
    record(
        session,
        actor,
        "assessments.sheet.returned",
        sheet,
        now=now,
        bureau_id=sheet.bureau_id,
        changes={"state": (before, state)},
        reason=reason,
    )
    tell_scorers(
        session,
        sheet,
        "sheet_returned",
        now=now,
        endpoint="assessments.edit",
        contract=contract_number(session, sheet),
        reason=reason,
    )
    session.flush()


def finalise_sheet(
    actor: Actor, session: Session, sheet: ScoreSheet, *, seen_version: int | None, now: datetime
) -> None:
    """Accept the sheet. Only by somebody of the bureau who entered nothing on it."""
    state = _decide(actor, session, sheet, SheetAction.FINALISE, seen_version)
    before, sheet.state = sheet.state, state
    sheet.finalised_at = now
    sheet.finalised_by_id = actor.user_id
    sheet.return_reason = ""
    record(
        session,
        actor,
        "assessments.sheet.finalised",
        sheet,
        now=now,
        bureau_id=sheet.bureau_id,
        changes={"state": (before, state)},
        total_points=sheet.total,
    )
    tell_scorers(session, sheet, "sheet_finalised", now=now, contract=contract_number(session, sheet))
    session.flush()


def publish_sheets(actor: Actor, session: Session, sheets: Sequence[ScoreSheet], *, now: datetime) -> None:
    """Show final sheets to the agencies they score; part of publishing a year. All of them, or none.

    The publisher is the lead of their bureau and scored none of them.
    """
    if not actor.has(Permission.RESULTS_PUBLISH) or any(each.bureau_id != actor.bureau_id for each in sheets):
        raise Forbidden("only_lead_publishes")
    if actor.user_id in scorer_ids(session, [sheet.id for sheet in sheets]):
        raise Forbidden("publisher_scored")
    for sheet in sheets:
        workflow.next_state(sheet.state, SheetAction.PUBLISH)
    for sheet in sheets:
        before, sheet.state = sheet.state, SheetState.PUBLISHED
        sheet.published_at = now
        record(
            session,
            actor,
            "assessments.sheet.published",
            sheet,
            now=now,
            bureau_id=sheet.bureau_id,
            changes={"state": (before, sheet.state)},
            total_points=sheet.total,
        )
    session.flush()


def correct_sheet(
    actor: Actor,
    session: Session,
    sheet: ScoreSheet,
    *,
    reason: str,
    due_on: date | None,
    now: datetime,
) -> ScoreSheet:
    """Open a new revision with the same content for the scorer to correct; the old one stays as it is.

    What is on record it takes afresh; rows that were set aside stay so, with their reasons. It keeps the scheme of
    the old revision, and everybody who scored that counts as a scorer of this.
    """
    if not actor.has(Permission.SHEETS_FINALISE) or actor.bureau_id != sheet.bureau_id:
        raise Forbidden("only_bureau_corrects")
    if not sheet.is_current:
        raise WrongState("sheet_superseded")
    workflow.next_state(sheet.state, SheetAction.CORRECT)
    if not reason:
        raise Invalid(reason="required")
    following = ScoreSheet(
        bureau_id=sheet.bureau_id,
        engagement_id=sheet.engagement_id,
        agency_id=sheet.agency_id,
        year=sheet.year,
        scorer_role=sheet.scorer_role,
        seat=sheet.seat,
        scorer_body_id=sheet.scorer_body_id,
        scorer_user_id=sheet.scorer_user_id,
        scheme_version_id=sheet.scheme_version_id,
        revision=sheet.revision + 1,
        is_current=True,
        state=SheetState.DRAFT,
        due_on=due_on,
        created_at=now,
        correction_reason=reason,
    )
    scheme = compiled(session.get_one(SchemeVersion, sheet.scheme_version_id))
    entry = replace(entry_of(sheet), overrules=None)
    on_record = record_for(actor, session, sheet, scheme.counting, entry, now)
    put_content(following, scheme.program, score_content(scheme.program, scheme.counting, entry, on_record))
    sheet.is_current = False
    session.add(following)
    session.flush()
    session.add_all(
        SheetScorer(sheet_id=following.id, user_id=user_id, first_at=now)
        for user_id in sorted(scorer_ids(session, [sheet.id]))
    )
    record(
        session,
        actor,
        "assessments.sheet.corrected",
        following,
        now=now,
        bureau_id=sheet.bureau_id,
        previous=sheet.id,
        revision=following.revision,
        reason=reason,
    )
    tell_scorers(
        session,
        following,
        "sheet_corrected",
        now=now,
        endpoint="assessments.edit",
        contract=contract_number(session, sheet),
        reason=reason,
    )
    session.flush()
    return following


def _decide(
    actor: Actor, session: Session, sheet: ScoreSheet, action: SheetAction, seen_version: int | None
) -> SheetState:
    if not actor.has(Permission.SHEETS_FINALISE) or actor.bureau_id != sheet.bureau_id:
        raise Forbidden("only_bureau_decides")
    if not policies.is_reviewer(actor, sheet, scorer_ids(session, [sheet.id])):
        raise Forbidden("scorer_may_not_decide")
    state = workflow.next_state(sheet.state, action)
    check_version(sheet, seen_version)
    return state
