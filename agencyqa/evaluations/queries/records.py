"""Lists of records. Every one starts from ``policies.visible``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body, User
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.db import kept, read_rows
from agencyqa.engagements.contents import may_hold
from agencyqa.engagements.models import Engagement
from agencyqa.evaluations.enums import RecordState
from agencyqa.evaluations.models import (
    EvaluationProblem,
    EvaluationRecord,
    ProblemAnswer,
    RecordAssignment,
)
from agencyqa.evaluations.policies import visible
from agencyqa.evaluations.standards import grade_labels
from agencyqa.objects.models import EvaluationObject
from agencyqa.web.tables import Key

ORDER = (Key(EvaluationRecord.id, descending=True),)

_AGENCY, _BUREAU, _COMMISSIONER, _UNIT = (aliased(Body) for _ in range(4))


def is_unanswered() -> ColumnElement[bool]:
    """Of a problem: nobody has answered it in any version of the record."""
    answers = sa.exists().where(
        ProblemAnswer.engagement_id == EvaluationRecord.engagement_id,
        ProblemAnswer.problem_key == EvaluationProblem.key,
    )
    # Said by name: inside the count of a list the record stands two selects further out, and without this every
    # problem would count as answered whose key was answered in any record at all.
    return ~answers.correlate(EvaluationRecord, EvaluationProblem)


def _problems(*conditions: ColumnElement[bool]) -> Select[int]:
    return select(sa.func.count(EvaluationProblem.id)).where(
        EvaluationProblem.record_id == EvaluationRecord.id, *conditions
    )


@kept
def record_rows(
    actor: Actor,
    *,
    year: int | None = None,
    grade: str | None = None,
    has_faults: bool = False,
    has_open: bool = False,
) -> Select[*tuple[Any, ...]]:
    """Rows of the list without an order: the current version of each record, and the drafts of an agency."""
    statement = _rows().where(
        visible(actor),
        sa.or_(EvaluationRecord.is_current, EvaluationRecord.state == RecordState.DRAFT),
    )
    if year is not None:
        statement = statement.where(Engagement.assessment_year == year)
    if grade:
        statement = statement.where(EvaluationRecord.computed_grade == grade)
    if has_faults:
        statement = statement.where(EvaluationRecord.fault_count > 0)
    if has_open:
        statement = statement.where(
            EvaluationRecord.state == RecordState.SUBMITTED,
            sa.exists().where(EvaluationProblem.record_id == EvaluationRecord.id, is_unanswered()),
        )
    return statement


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            EvaluationRecord.id,
            EvaluationRecord.engagement_id,
            EvaluationRecord.revision,
            EvaluationRecord.is_current,
            EvaluationRecord.state,
            EvaluationRecord.stated_total,
            EvaluationRecord.stated_maximum,
            EvaluationRecord.stated_grade,
            EvaluationRecord.computed_total,
            EvaluationRecord.computed_grade,
            EvaluationRecord.standard_id,
            EvaluationRecord.fault_count,
            EvaluationRecord.submitted_at,
            EvaluationRecord.created_at,
            EvaluationObject.name.label("object"),
            Engagement.contract_number,
            Engagement.assessment_year,
            _AGENCY.name.label("agency"),
            _BUREAU.name.label("bureau"),
            _problems().correlate(EvaluationRecord).scalar_subquery().label("problems"),
            _problems(is_unanswered()).correlate(EvaluationRecord).scalar_subquery().label("open_problems"),
        )
        .join(Engagement, Engagement.id == EvaluationRecord.engagement_id)
        .join(EvaluationObject, EvaluationObject.id == EvaluationRecord.object_id)
        .join(_AGENCY, _AGENCY.id == EvaluationRecord.agency_id)
        .join(_BUREAU, _BUREAU.id == EvaluationRecord.bureau_id)
    )


def records_of_engagement(
    session: Session, actor: Actor, engagement_id: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every version the actor may see, newest first."""
    if not may_hold(session, engagement_id, EvaluationRecord):
        return []
    return session.execute(
        _rows()
        .where(visible(actor), EvaluationRecord.engagement_id == engagement_id)
        .order_by(EvaluationRecord.revision.desc())
    ).all()


def records_of_object(session: Session, actor: Actor, object_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The current versions about an object that the actor may see, newest first."""
    return session.execute(
        _rows()
        .where(
            visible(actor),
            EvaluationRecord.object_id == object_id,
            EvaluationRecord.is_current,
            EvaluationRecord.state == RecordState.SUBMITTED,
        )
        .order_by(EvaluationRecord.submitted_at.desc(), EvaluationRecord.id.desc())
    ).all()


def grades_in(session: Session, rows: Sequence[Row[Any]]) -> dict[tuple[int, str], str]:
    """(standard, grade) → words, for the rows of a list."""
    return dict(grade_labels(session, {row.standard_id for row in rows if row.standard_id is not None}))


def years(session: Session, actor: Actor) -> list[int]:
    """Assessment years of the records the actor sees, newest first."""
    statement = (
        select(Engagement.assessment_year)
        .join(EvaluationRecord, EvaluationRecord.engagement_id == Engagement.id)
        .where(visible(actor))
        .distinct()
        .order_by(Engagement.assessment_year.desc())
    )
    return list(session.scalars(statement))


def grade_choices(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """For the filter: grades that records of the actor have, best first by the words of their standards."""
    rows = read_rows(session, _grades(actor)).all()
    labels = grade_labels(session, {row.standard_id for row in rows} - {None})
    present = {row.computed_grade for row in rows}
    found: dict[str, str] = {}
    for (_, key), label in labels.items():
        if key in present:
            found.setdefault(key, label)
    return list(found.items())


@kept
def _grades(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(EvaluationRecord.standard_id, EvaluationRecord.computed_grade)
        .where(visible(actor), EvaluationRecord.computed_grade != "")
        .distinct()
        .order_by(EvaluationRecord.standard_id, EvaluationRecord.computed_grade)
    )


def names_of(session: Session, record: EvaluationRecord) -> Row[*tuple[Any, ...]]:
    """What the head of a record's page says of its engagement, object and parties."""
    return session.execute(
        select(
            Engagement.contract_number,
            Engagement.contract_signed_on,
            Engagement.assessment_year,
            Engagement.commissioner_id,
            Engagement.evaluated_unit_id,
            EvaluationObject.name.label("object"),
            EvaluationObject.code.label("object_code"),
            EvaluationObject.budget_year,
            EvaluationObject.amount.label("object_amount"),
            _AGENCY.name.label("agency"),
            _BUREAU.name.label("bureau"),
            _COMMISSIONER.name.label("commissioner"),
            _UNIT.name.label("evaluated_unit"),
            User.display_name.label("submitted_by"),
        )
        .select_from(EvaluationRecord)
        .join(Engagement, Engagement.id == EvaluationRecord.engagement_id)
        .join(EvaluationObject, EvaluationObject.id == EvaluationRecord.object_id)
        .join(_AGENCY, _AGENCY.id == EvaluationRecord.agency_id)
        .join(_BUREAU, _BUREAU.id == EvaluationRecord.bureau_id)
        .join(_COMMISSIONER, _COMMISSIONER.id == Engagement.commissioner_id)
        .join(_UNIT, _UNIT.id == Engagement.evaluated_unit_id)
        .outerjoin(User, User.id == EvaluationRecord.submitted_by_id)
        .where(EvaluationRecord.id == record.id)
    ).one()


def assignments_of(session: Session, engagement_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Ended ones too, newest first; the caller has asked whether the actor assigns."""
    return session.execute(
        select(
            RecordAssignment.id,
            RecordAssignment.department_id,
            RecordAssignment.valid_from,
            RecordAssignment.valid_to,
            Body.name.label("department"),
        )
        .join(Body, Body.id == RecordAssignment.department_id)
        .where(RecordAssignment.engagement_id == engagement_id)
        .order_by(RecordAssignment.valid_from.desc(), RecordAssignment.id.desc())
    ).all()


def sees_engagement(actor: Actor, names: Row[Any]) -> bool:
    """Whether a link to the engagement's page leads anywhere; a department that was only shown the record sees none."""
    if not actor.has(Permission.ENGAGEMENTS_READ):
        return False
    return not actor.is_department or actor.body_id in {names.commissioner_id, names.evaluated_unit_id}
