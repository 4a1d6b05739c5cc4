"""Problems that evaluations found: the department answers, and reports what it put right."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import aliased

from agencyqa.db import UtcDateTime
from agencyqa.duties.enums import Duty
from agencyqa.duties.items import Member, Scope, item
from agencyqa.engagements.models import Engagement
from agencyqa.evaluations import policies as evaluation_policies
from agencyqa.evaluations.enums import AnswerState, RecordState
from agencyqa.evaluations.models import EvaluationProblem, EvaluationRecord, ProblemAnswer


def problem_duties(scope: Scope) -> list[Member]:
    """One line for each record and department."""
    current = (
        scope.sees(lambda actor: evaluation_policies.visible(actor, scope.day)),
        EvaluationRecord.is_current,
        EvaluationRecord.state == RecordState.SUBMITTED,
    )
    of_problem = sa.and_(
        ProblemAnswer.engagement_id == EvaluationRecord.engagement_id,
        ProblemAnswer.problem_key == EvaluationProblem.key,
    )
    later = aliased(ProblemAnswer)
    is_newest = ~sa.exists().where(
        later.engagement_id == ProblemAnswer.engagement_id,
        later.problem_key == ProblemAnswer.problem_key,
        later.number > ProblemAnswer.number,
    )
    promised = (
        ProblemAnswer.state.in_((AnswerState.ACCEPTED, AnswerState.PARTLY_ACCEPTED)),
        ProblemAnswer.rectified_on.is_(None),
        ProblemAnswer.rectify_by.is_not(None),
        is_newest,
    )
    unanswered = _problems(
        Duty.PROBLEMS, since=sa.func.min(EvaluationRecord.submitted_at, type_=UtcDateTime())
    )
    open_ones = _problems(Duty.RECTIFICATION, due_on=sa.func.min(ProblemAnswer.rectify_by))
    return [
        unanswered.where(*current, ~sa.exists().where(of_problem)),
        open_ones.join(ProblemAnswer, of_problem).where(*current, *promised),
    ]


def _problems(duty: Duty, **moments: Any) -> Member:
    return (
        select(
            *item(
                duty,
                id=EvaluationRecord.id,
                bureau_id=Engagement.bureau_id,
                body_id=EvaluationProblem.department_id,
                engagement_id=EvaluationRecord.engagement_id,
                agency_id=EvaluationRecord.agency_id,
                detail=sa.cast(sa.func.count(EvaluationProblem.id), sa.String(10)),
                **moments,
            )
        )
        .select_from(EvaluationProblem)
        .join(EvaluationRecord, EvaluationRecord.id == EvaluationProblem.record_id)
        .join(Engagement, Engagement.id == EvaluationRecord.engagement_id)
        .group_by(
            EvaluationRecord.id,
            Engagement.bureau_id,
            EvaluationProblem.department_id,
            EvaluationRecord.engagement_id,
            EvaluationRecord.agency_id,
        )
    )
