"""Starting, filling and correcting an evaluation record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from agencyqa.audit.record import record as log
from agencyqa.auth.actor import Actor
from agencyqa.db import check_version
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Invalid, WrongState
from agencyqa.evaluations import checks, workflow
from agencyqa.evaluations.data import (
    MOST_INDICATORS,
    MOST_PROBLEMS,
    IndicatorData,
    ProblemData,
    RecordData,
)
from agencyqa.evaluations.enums import RecordAction, RecordState
from agencyqa.evaluations.models import EvaluationIndicator, EvaluationProblem, EvaluationRecord
from agencyqa.evaluations.queries.content import answering_choices, content_of, standard_for
from agencyqa.evaluations.services.access import DRAFTS_READER, expect_author, expect_draft, expect_open
from agencyqa.evaluations.standards import rules_of


def start_record(
    actor: Actor, session: Session, engagement: Engagement, *, now: datetime
) -> EvaluationRecord:
    """The empty first version of the agency of the engagement.

    Raise NotVisible, Forbidden, Refused for clerical help, WrongState where a record exists or the contract ended.
    """
    # Held, so that the agency is not another one by the time the record is there.
    held = select(Engagement).where(Engagement.id == engagement.id).with_for_update(key_share=True)
    engagement = session.scalars(held, execution_options={"populate_existing": True}).one()
    expect_author(actor, engagement.agency_id)
    expect_open(engagement)
    existing = select(EvaluationRecord.id).where(EvaluationRecord.engagement_id == engagement.id).limit(1)
    if session.scalar(existing) is not None:
        raise WrongState("record_already_started")
    made = _new_record(actor, engagement, 1, now)
    session.add(made)
    _fill(session, made, engagement, RecordData())
    session.flush()
    log(
        session, actor, "evaluations.record.started", made, now=now, bureau_id=DRAFTS_READER,
        engagement_id=engagement.id,
    )  # fmt: skip
    return made


def save_draft(
    actor: Actor,
    session: Session,
    record: EvaluationRecord,
    data: RecordData,
    *,
    seen_version: int | None,
    now: datetime,
) -> checks.Result:
    """Put ``data`` in the place of everything the draft holds and re-add it; whatever does not add up is kept and told.

    Raise NotVisible, Forbidden, WrongState, Stale, and Invalid for rows that form no tree or are too many.
    """
    engagement = expect_draft(actor, session, record)
    check_version(record, seen_version)
    _expect_rows(session, engagement, data)
    before = {name: getattr(record, name) for name in _HEADING}
    result = _fill(session, record, engagement, data)
    # The record's own row goes first: a writer who comes second stops there, before the rows below it.
    flag_modified(record, "checks")
    session.flush()
    _replace_rows(session, record, data)
    log(
        session,
        actor,
        "evaluations.record.saved",
        record,
        now=now,
        bureau_id=DRAFTS_READER,
        changes={_HEADING[name]: (before[name], getattr(record, name)) for name in _HEADING},
        engagement_id=record.engagement_id,
        indicators=len(data.indicators),
        problems=len(data.problems),
        faults=record.fault_count,
    )
    return result


def correct_record(
    actor: Actor, session: Session, record: EvaluationRecord, reason: str, *, now: datetime
) -> EvaluationRecord:
    """A draft of the next version with the same content. The submitted one stays the current one until it is handed in.

    Raise NotVisible, Forbidden, Invalid without a reason, WrongState where a later version exists.
    """
    expect_author(actor, record.agency_id)
    if not reason.strip():
        raise Invalid(reason="required")
    engagement = session.scalars(
        select(Engagement).where(Engagement.id == record.engagement_id).with_for_update(key_share=True)
    ).one()
    expect_author(actor, engagement.agency_id)
    expect_open(engagement)
    newest = session.scalar(
        select(sa.func.max(EvaluationRecord.revision)).where(EvaluationRecord.engagement_id == engagement.id)
    )
    workflow.next_state(record.state, RecordAction.CORRECT)
    if not record.is_current or newest != record.revision:
        raise WrongState("correction_under_way")
    content = content_of(session, record)
    made = _new_record(actor, engagement, record.revision + 1, now)
    made.is_current = False
    made.correction_reason = reason.strip()
    made.file_id, made.file_name = record.file_id, record.file_name
    session.add(made)
    _fill(session, made, engagement, content)
    session.flush()
    _insert_rows(session, made, content, _known_keys(session, engagement.id))
    log(
        session, actor, "evaluations.record.correction_begun", made, now=now, bureau_id=DRAFTS_READER,
        engagement_id=engagement.id, revision=made.revision, reason=made.correction_reason,
    )  # fmt: skip
    return made


# What an audit entry calls the fields of the heading.
_HEADING = {
    "stated_total": "stated_total_points",
    "stated_maximum": "stated_maximum_points",
    "stated_grade": "stated_grade",
    "amount": "amount_fen",
    "summary": "summary",
}


def _new_record(actor: Actor, engagement: Engagement, revision: int, now: datetime) -> EvaluationRecord:
    return EvaluationRecord(
        bureau_id=engagement.bureau_id,
        agency_id=engagement.agency_id,
        engagement_id=engagement.id,
        object_id=engagement.object_id,
        revision=revision,
        is_current=True,
        state=RecordState.DRAFT,
        stated_grade="",
        summary="",
        file_name="",
        correction_reason="",
        checks=[],
        created_at=now,
        created_by_id=actor.user_id,
    )


def _fill(
    session: Session, record: EvaluationRecord, engagement: Engagement, data: RecordData
) -> checks.Result:
    """The heading as given and everything that follows from the rows."""
    for name in _HEADING:
        setattr(record, name, getattr(data, name))
    standard = standard_for(session, engagement)
    result = checks.examine(data.statement(), rules_of(standard))
    record.standard_id = None if standard is None else standard.id
    put_result(record, result)
    return result


def put_result(record: EvaluationRecord, result: checks.Result) -> None:
    record.computed_total = result.total
    record.computed_maximum = result.maximum
    record.computed_grade = "" if result.grade is None else result.grade.key
    record.checks = [check.as_json() for check in result.checks]
    record.fault_count = len(result.faults)


def _expect_rows(session: Session, engagement: Engagement, data: RecordData) -> None:
    """What the page and the workbook have checked cell by cell, once more for every other caller."""
    if len(data.indicators) > MOST_INDICATORS:
        raise Invalid("too_many_indicators", indicators=("too_many_indicators", {"maximum": MOST_INDICATORS}))
    if len(data.problems) > MOST_PROBLEMS:
        raise Invalid("too_many_problems", problems=("too_many_problems", {"maximum": MOST_PROBLEMS}))
    levels = [row.level for row in data.indicators]
    if wrong := checks.misplaced(levels):
        raise Invalid(indicators=("level_misplaced_row", {"row": wrong[0] + 1}))
    for index, parent in enumerate(checks.parents(levels)):
        row = data.indicators[index]
        if not row.name.strip():
            raise Invalid(indicators=("name_missing_row", {"row": index + 1}))
        if parent is not None and data.indicators[parent].dimension is not row.dimension:
            raise Invalid(indicators=("dimension_differs_row", {"row": index + 1}))
    allowed = {body_id for body_id, _ in answering_choices(session, engagement)}
    if any(problem.department_id not in allowed for problem in data.problems):
        raise Invalid(problems="not_a_choice")


def _known_keys(session: Session, engagement_id: int) -> frozenset[str]:
    """Keys of the problems in any version of the engagement's record."""
    return frozenset(
        session.scalars(
            select(EvaluationProblem.key)
            .join(EvaluationRecord, EvaluationRecord.id == EvaluationProblem.record_id)
            .where(EvaluationRecord.engagement_id == engagement_id)
        )
    )


def _replace_rows(session: Session, record: EvaluationRecord, data: RecordData) -> None:
    known = _known_keys(session, record.engagement_id)
    for model in (EvaluationIndicator, EvaluationProblem):
        session.execute(
            sa.delete(model)
            .where(model.record_id == record.id)
            .execution_options(synchronize_session="fetch")
        )
    _insert_rows(session, record, data, known)


def _insert_rows(
    session: Session, record: EvaluationRecord, data: RecordData, known: Collection[str]
) -> None:
    above = checks.parents([row.level for row in data.indicators])
    indicators = [
        _indicator_values(record.id, position, above[position], row)
        for position, row in enumerate(data.indicators)
    ]
    if indicators:
        session.execute(sa.insert(EvaluationIndicator), indicators)
    taken: Counter[str] = Counter()
    problems = []
    for position, problem in enumerate(data.problems):
        taken[problem.key] += 1
        # A key ties answers to a problem, so it is never taken from the page unless it was ours and stands once.
        key = problem.key if problem.key in known and taken[problem.key] == 1 else uuid4().hex
        problems.append(_problem_values(record.id, position, key, problem))
    if problems:
        session.execute(sa.insert(EvaluationProblem), problems)


def _indicator_values(
    record_id: int, position: int, parent: int | None, row: IndicatorData
) -> dict[str, Any]:
    return {
        "record_id": record_id,
        "position": position,
        "level": row.level,
        "parent_position": parent,
        "dimension": row.dimension,
        "name": row.name.strip(),
        "weight": row.weight,
        "score": row.score,
        "target": row.target,
        "actual": row.actual,
        "evidence": row.evidence,
    }


def _problem_values(record_id: int, position: int, key: str, problem: ProblemData) -> dict[str, Any]:
    return {
        "record_id": record_id,
        "key": key,
        "position": position,
        "kind": problem.kind,
        "facts": problem.facts,
        "amount": problem.amount,
        "recommendation": problem.recommendation,
        "department_id": problem.department_id,
    }
