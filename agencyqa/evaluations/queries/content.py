"""What one record holds."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.roles import BodyKind
from agencyqa.engagements.models import Engagement
from agencyqa.evaluations.checks import Result, examine
from agencyqa.evaluations.data import IndicatorData, ProblemData, RecordData
from agencyqa.evaluations.models import (
    EvaluationIndicator,
    EvaluationProblem,
    EvaluationRecord,
    EvaluationStandard,
)
from agencyqa.evaluations.standards import rules_of, standard_in_force


def indicators_of(session: Session, record_id: int) -> Sequence[EvaluationIndicator]:
    return session.scalars(
        select(EvaluationIndicator)
        .where(EvaluationIndicator.record_id == record_id)
        .order_by(EvaluationIndicator.position)
    ).all()


def problems_of(session: Session, record_id: int) -> Sequence[EvaluationProblem]:
    return session.scalars(
        select(EvaluationProblem)
        .where(EvaluationProblem.record_id == record_id)
        .order_by(EvaluationProblem.position, EvaluationProblem.id)
    ).all()


def content_of(session: Session, record: EvaluationRecord) -> RecordData:
    """The record as a service would be given it."""
    return RecordData(
        stated_total=record.stated_total,
        stated_maximum=record.stated_maximum,
        stated_grade=record.stated_grade,
        amount=record.amount,
        summary=record.summary,
        indicators=tuple(
            IndicatorData(
                row.level,
                row.dimension,
                row.name,
                row.weight,
                row.score,
                row.target,
                row.actual,
                row.evidence,
            )
            for row in indicators_of(session, record.id)
        ),
        problems=tuple(
            ProblemData(row.kind, row.facts, row.department_id, row.amount, row.recommendation, row.key)
            for row in problems_of(session, record.id)
        ),
    )


def standard_for(session: Session, engagement: Engagement) -> EvaluationStandard | None:
    """The standard in force when the contract was signed."""
    return standard_in_force(session, engagement.bureau_id, engagement.contract_signed_on)


def standard_of(session: Session, record: EvaluationRecord) -> EvaluationStandard | None:
    """The standard with which the record was last checked; a submitted one keeps it."""
    return None if record.standard_id is None else session.get(EvaluationStandard, record.standard_id)


def examined(session: Session, record: EvaluationRecord, content: RecordData) -> Result:
    """The record re-added with its own standard, for the sums beside each row."""
    return examine(content.statement(), rules_of(standard_of(session, record)))


def answering_choices(session: Session, engagement: Engagement) -> list[tuple[int, str]]:
    """Who may be asked to answer a problem: the evaluated unit first, then the commissioner if it is a department."""
    rows = session.execute(
        select(Body.id, Body.name).where(
            Body.id.in_({engagement.evaluated_unit_id, engagement.commissioner_id}),
            Body.kind == BodyKind.DEPARTMENT,
        )
    )
    names = {row.id: row.name for row in rows}
    order = dict.fromkeys((engagement.evaluated_unit_id, engagement.commissioner_id))
    return [(body_id, names[body_id]) for body_id in order if body_id in names]
