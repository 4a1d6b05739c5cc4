"""What a sheet holds, and what is computed from it: written together, so that they cannot part."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agencyqa.assessments.forms.entry import Entry, Fault
from agencyqa.assessments.forms.layout import answer_field, entered_field, reason_field
from agencyqa.assessments.models import ScoreSheet, SheetScorer, SheetSnapshot
from agencyqa.auth.actor import Actor
from agencyqa.errors import Invalid
from agencyqa.scoring import ENGINE_VERSION, AnswersError, Issue, Program, SheetResult, Subtotal


def entry_of(sheet: ScoreSheet) -> Entry:
    return Entry(sheet.answers, sheet.entered, sheet.reasons)


def score_entry(program: Program, entry: Entry) -> SheetResult:
    """Raise Invalid for names that the scheme does not have."""
    try:
        return program.score(entry.answers, entry.entered)
    except AnswersError as error:
        raise Invalid(
            "sheet_unknown_fields",
            answers=("sheet_unknown_fields", {"names": [each.place for each in error.problems]}),
        ) from None


def faults_of(result: SheetResult) -> dict[str, Fault]:
    """The fields whose values the rules cannot take, as codes ``score.<issue>`` with their figures."""
    return {
        issue_field(criterion.key, issue): _fault(criterion.key, issue)
        for criterion in result.criteria
        for issue in criterion.issues
        if issue.code != "missing"
    }


def gaps_of(result: SheetResult, entry: Entry) -> dict[str, Fault]:
    """What still keeps the sheet from being submitted: empty fields, and departures without a reason."""
    gaps: dict[str, Fault] = {}
    for criterion in result.criteria:
        for issue in criterion.issues:
            if issue.code == "missing":
                gaps[issue_field(criterion.key, issue)] = ("score.missing", {"criterion": criterion.key})
        if criterion.differs and not entry.reasons.get(criterion.key):
            params = {"criterion": criterion.key, "difference_points": criterion.difference}
            gaps[reason_field(criterion.key)] = ("score.reason_needed", params)
    return gaps


def issue_field(criterion: str, issue: Issue) -> str:
    return entered_field(criterion) if issue.input is None else answer_field(criterion, issue.input)


def _fault(criterion: str, issue: Issue) -> Fault:
    params = {
        f"{name}_points" if name in {"low", "high", "step"} else name: v for name, v in issue.params.items()
    }
    return f"score.{issue.code}", {**params, "criterion": criterion}


def put_content(sheet: ScoreSheet, program: Program, entry: Entry, result: SheetResult) -> None:
    """Store the content and everything derived from it. Drafts only: the caller has asked the workflow."""
    sheet.answers = {key: dict(held) for key, held in entry.answers.items()}
    sheet.entered = dict(entry.entered)
    sheet.reasons = dict(entry.reasons)
    sheet.packed = list(program.pack(entry.answers, entry.entered)) if result.is_complete else []
    sheet.engine_version = ENGINE_VERSION
    sheet.total = result.total
    sheet.max_points = result.max_points
    sheet.section_totals = subtotals(result.sections)
    sheet.measure_totals = subtotals(result.measures)
    sheet.grade = result.grade


def subtotals(parts: Sequence[Subtotal]) -> dict[str, list[int | None]]:
    return {part.key: [part.total, part.max_points] for part in parts}


def note_scorer(session: Session, actor: Actor, sheet: ScoreSheet, now: datetime) -> None:
    """Remember who entered something; asked for again by nobody, so once is enough."""
    if actor.user_id is None:
        return
    known = select(SheetScorer.id).where(
        SheetScorer.sheet_id == sheet.id, SheetScorer.user_id == actor.user_id
    )
    # One flush for the whole change: every flush of a sheet raises its version.
    with session.no_autoflush:
        is_known = session.scalar(known) is not None
    if not is_known:
        session.add(SheetScorer(sheet_id=sheet.id, user_id=actor.user_id, first_at=now))
    sheet.scored_by_id = actor.user_id


def take_snapshot(
    session: Session, actor: Actor, sheet: ScoreSheet, scheme_hash: str, now: datetime
) -> SheetSnapshot:
    """Keep what the sheet holds at this moment, under a hash of its canonical JSON."""
    content = snapshot_content(sheet, scheme_hash)
    with session.no_autoflush:
        number = session.scalar(
            select(func.coalesce(func.max(SheetSnapshot.number), 0)).where(SheetSnapshot.sheet_id == sheet.id)
        )
    snapshot = SheetSnapshot(
        sheet_id=sheet.id,
        number=(number or 0) + 1,
        taken_at=now,
        taken_by_id=actor.user_id,
        total=sheet.total,
        content=content,
        content_hash=content_hash(content),
    )
    session.add(snapshot)
    return snapshot


def snapshot_content(sheet: ScoreSheet, scheme_hash: str) -> dict[str, Any]:
    return {
        "engagement_id": sheet.engagement_id,
        "scorer_role": sheet.scorer_role.value,
        "revision": sheet.revision,
        "scheme_version_id": sheet.scheme_version_id,
        "scheme_hash": scheme_hash,
        "engine": sheet.engine_version,
        "answers": sheet.answers,
        "entered": sheet.entered,
        "reasons": sheet.reasons,
        "total": sheet.total,
    }


def content_hash(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
