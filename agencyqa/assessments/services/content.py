"""What a sheet holds, and what is computed from it: written together, so that they cannot part."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agencyqa.assessments.evidence import (
    Answers,
    FactRow,
    OnRecord,
    Overruled,
    Value,
    effective_answers,
    is_scored,
)
from agencyqa.assessments.facts import facts_of_sheet
from agencyqa.assessments.forms.entry import Entry, Fault
from agencyqa.assessments.forms.judging import answered_parts
from agencyqa.assessments.forms.layout import answer_field, entered_field, reason_field, why_field
from agencyqa.assessments.models import ScoreSheet, SheetScorer, SheetSnapshot
from agencyqa.auth.actor import Actor
from agencyqa.errors import Invalid
from agencyqa.measures.counting import Counting
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import compiled
from agencyqa.scoring import AnswersError, Issue, Program, SheetResult, Subtotal


@dataclass(frozen=True)
class Scored:
    """The content of a sheet and what it comes to. ``answers`` are those that count: typed and on record."""

    entry: Entry
    record: OnRecord
    answers: Answers
    result: SheetResult


def counting_of_sheet(session: Session, sheet: ScoreSheet) -> Counting:
    return compiled(session.get_one(SchemeVersion, sheet.scheme_version_id)).counting


def score_content(program: Program, counting: Counting, entry: Entry, record: OnRecord) -> Scored:
    """The one way from what was typed and what is on record to a result.

    Raise Invalid for names that the scheme does not have, and for a figure typed where only the record speaks.
    """
    typed = replace(entry, answers=_typed_only(counting, entry.answers))
    answers = effective_answers(counting, typed.answers, record.facts, record.overruled)
    try:
        result = program.score(answers, typed.entered)
    except AnswersError as error:
        raise Invalid(
            "sheet_unknown_fields",
            answers=("sheet_unknown_fields", {"names": [each.place for each in error.problems]}),
        ) from None
    return Scored(typed, record, answers, result)


def _typed_only(counting: Counting, answers: Answers) -> Answers:
    """Without the inputs that the system supplies. "Nothing" typed there says nothing; anything else is refused."""
    supplied = counting.supplied
    kept: dict[str, dict[str, Value]] = {}
    for key, held in answers.items():
        for name, value in held.items():
            if (key, name) in supplied and value not in (None, supplied[key, name]):
                raise Invalid("sheet_supplied_input", **{answer_field(key, name): "sheet_supplied_input"})
        rest = {name: value for name, value in held.items() if (key, name) not in supplied}
        if rest or not held:
            kept[key] = rest
    return kept


def record_for(
    actor: Actor, session: Session, sheet: ScoreSheet, counting: Counting, entry: Entry, now: datetime
) -> OnRecord:
    """What is on record now, with what the scorer sets aside; without a word about that, what he set aside before."""
    facts = facts_of_sheet(session, sheet, counting)
    return OnRecord(facts, overruled_rows(facts, sheet.overruled, entry.overrules, actor, now))


def overruled_rows(
    facts: Sequence[FactRow],
    before: Overruled,
    reasons: Mapping[str, str] | None,
    actor: Actor,
    now: datetime,
) -> dict[str, Mapping[str, Any]]:
    """Who set a row aside, and when, stays as long as the reason does. Rows that are gone are forgotten."""
    found: dict[str, Mapping[str, Any]] = {}
    for row in facts:
        key = row["key"]
        old = before.get(key)
        if not is_scored(row):
            continue
        if reasons is None:
            if old is not None:
                found[key] = old
        elif key in reasons:
            reason = reasons[key]
            if old is not None and old["reason"] == reason:
                found[key] = old
            else:
                found[key] = {
                    "reason": reason,
                    "by": actor.user_id,
                    "by_name": actor.user_name,
                    "at": now.isoformat(timespec="seconds"),
                    "count": row["count"],
                }
    return found


def faults_of(result: SheetResult) -> dict[str, Fault]:
    """The fields whose values the rules cannot take, as codes ``score.<issue>`` with their figures."""
    return {
        issue_field(judged.key, issue): _fault(judged.key, issue)
        for judged in answered_parts(result)
        for issue in judged.issues
        if issue.code != "missing"
    }


def gaps_of(scored: Scored) -> dict[str, Fault]:
    """What still keeps the sheet from being submitted: empty fields, departures and overrules without a reason."""
    result, entry = scored.result, scored.entry
    gaps: dict[str, Fault] = {
        why_field(key): ("score.why_needed", {})
        for key, held in scored.record.overruled.items()
        if not held["reason"]
    }
    for judged in answered_parts(result):
        # What the scheme leaves out need not be filled in.
        for issue in judged.issues if judged.state == "missing" else ():
            if issue.code == "missing":
                gaps[issue_field(judged.key, issue)] = ("score.missing", {"criterion": judged.key})
    if result.state == "unassessed" and result.left_out:
        assessed = {"assessed_points": result.assessed_max, "maximum_points": result.max_points}
        gaps[entered_field(result.left_out[0])] = ("score.unassessed", assessed)
    for criterion in result.criteria:
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


def put_content(sheet: ScoreSheet, program: Program, scored: Scored) -> None:
    """Store the content and everything derived from it. Drafts only: the caller has asked the workflow."""
    for name, value in columns_of(program, scored).items():
        setattr(sheet, name, value)


def columns_of(program: Program, scored: Scored) -> dict[str, Any]:
    """The columns of a sheet that hold its content and what follows from it."""
    entry, result = scored.entry, scored.result
    return {
        "answers": {key: dict(held) for key, held in entry.answers.items()},
        "entered": dict(entry.entered),
        "reasons": dict(entry.reasons),
        "facts": list(scored.record.facts),
        "overruled": dict(scored.record.overruled),
        "packed": list(program.pack(scored.answers, entry.entered)) if result.is_complete else [],
        "engine_version": result.engine,
        "total": result.total,
        "max_points": result.assessed_max,
        "section_totals": subtotals(result.sections),
        "measure_totals": subtotals(result.measures),
        "grade": result.grade,
    }


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
    """What a hash covers. Nothing on record is left out, so that sheets from before keep the hashes they had."""
    content: dict[str, Any] = {
        **_target(sheet),
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
    if sheet.facts:
        content["facts"] = sheet.facts
    if sheet.overruled:
        content["overruled"] = sheet.overruled
    return content


def _target(sheet: ScoreSheet) -> dict[str, Any]:
    """What is scored, and in which seat of a panel."""
    if sheet.engagement_id is None:
        return {"bureau_id": sheet.bureau_id, "agency_id": sheet.agency_id, "year": sheet.year}
    seat = {"seat": sheet.seat} if sheet.seat else {}
    return {"engagement_id": sheet.engagement_id, **seat}


def content_hash(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
