"""Problems that evaluations found: the department answers, and reports what it put right."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from agencyqa.duties.enums import Duty
from agencyqa.duties.items import Member, Scope, item
from agencyqa.engagements.models import Engagement
from agencyqa.evaluations import policies as evaluation_policies
from agencyqa.evaluations.enums import AnswerState, RecordState
from agencyqa.evaluations.models import EvaluationProblem, EvaluationRecord, ProblemAnswer


def problem_duties(scope: Scope) -> list[Member]:
    """One line for each record and department: that of its first problem, so that nothing need be grouped."""
    current = (
        scope.sees(lambda actor: evaluation_policies.visible(actor, scope.day)),
        EvaluationRecord.is_current,
        EvaluationRecord.state == RecordState.SUBMITTED,
    )
    return [_unanswered().where(*current), _promised().where(*current)]


def _unanswered() -> Member:
    problem, other = EvaluationProblem, aliased(EvaluationProblem)
    others = sa.and_(_beside(other), _is_unanswered(other))
    first = ~sa.exists().where(others, other.id < problem.id).correlate(problem, EvaluationRecord)
    member = _problems(
        Duty.PROBLEMS, select(sa.func.count(other.id)).where(others), since=EvaluationRecord.submitted_at
    )
    return member.where(_is_unanswered(problem), first)


def _promised() -> Member:
    """By the nearest of the days until which the department wants to have put something right."""
    answer, other, promise = ProblemAnswer, aliased(EvaluationProblem), aliased(ProblemAnswer)
    others = sa.and_(_beside(other), _of_problem(promise, other), _is_open(promise))
    nearer = sa.or_(
        promise.rectify_by < answer.rectify_by,
        sa.and_(promise.rectify_by == answer.rectify_by, promise.id < answer.id),
    )
    first = ~sa.exists().where(others, nearer).correlate(answer, EvaluationProblem, EvaluationRecord)
    member = _problems(
        Duty.RECTIFICATION, select(sa.func.count(other.id)).where(others), due_on=answer.rectify_by
    )
    return member.join(answer, _of_problem(answer, EvaluationProblem)).where(_is_open(answer), first)


def _beside(other: Any) -> ColumnElement[bool]:
    """Another problem of the same record for the same department."""
    return sa.and_(
        other.record_id == EvaluationRecord.id, other.department_id == EvaluationProblem.department_id
    )


def _of_problem(answer: Any, problem: Any) -> ColumnElement[bool]:
    return sa.and_(answer.engagement_id == EvaluationRecord.engagement_id, answer.problem_key == problem.key)


def _is_unanswered(problem: Any) -> ColumnElement[bool]:
    return ~sa.exists().where(_of_problem(ProblemAnswer, problem)).correlate(problem, EvaluationRecord)


def _is_open(answer: Any) -> ColumnElement[bool]:
    """The newest word says that something will be put right, and it was not yet."""
    later = aliased(ProblemAnswer)
    is_newest = ~sa.exists().where(
        later.engagement_id == answer.engagement_id,
        later.problem_key == answer.problem_key,
        later.number > answer.number,
    ).correlate(answer)
    return sa.and_(
        answer.state.in_((AnswerState.ACCEPTED, AnswerState.PARTLY_ACCEPTED)),
        answer.rectified_on.is_(None),
        answer.rectify_by.is_not(None),
        is_newest,
    )


def _problems(duty: Duty, counted: Select[int], **moments: Any) -> Member:
    number = counted.correlate(EvaluationProblem, EvaluationRecord).scalar_subquery()
    return (
        select(
            *item(
                duty,
                id=EvaluationRecord.id,
                bureau_id=Engagement.bureau_id,
                body_id=EvaluationProblem.department_id,
                engagement_id=EvaluationRecord.engagement_id,
                agency_id=EvaluationRecord.agency_id,
                detail=sa.cast(number, sa.String(10)),
                **moments,
            )
        )
        .select_from(EvaluationProblem)
        .join(EvaluationRecord, EvaluationRecord.id == EvaluationProblem.record_id)
        .join(Engagement, Engagement.id == EvaluationRecord.engagement_id)
    )
