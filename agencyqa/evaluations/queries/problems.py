"""Problems with what the departments answered, and what is still to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, User
from agencyqa.evaluations.enums import AnswerState
from agencyqa.evaluations.models import EvaluationProblem, EvaluationRecord, ProblemAnswer
from agencyqa.evaluations.queries.content import problems_of
from agencyqa.measures.reckoning import Reckoning

_PROMISED = (AnswerState.ACCEPTED, AnswerState.PARTLY_ACCEPTED)


@dataclass(frozen=True)
class ProblemView:
    """``answers`` oldest first. ``is_overdue``: the last one promised a rectification for a day that has passed."""

    problem: EvaluationProblem
    department: str
    answers: tuple[Row[*tuple[Any, ...]], ...]
    is_overdue: bool

    @property
    def last_number(self) -> int:
        return self.answers[-1].number if self.answers else 0


def problem_views(session: Session, record: EvaluationRecord, reckoning: Reckoning) -> list[ProblemView]:
    """The problems of a record with every answer given in the engagement, whatever version it was given to."""
    problems = problems_of(session, record.id)
    if not problems:
        return []
    rows = session.execute(
        select(
            ProblemAnswer.id,
            ProblemAnswer.problem_key,
            ProblemAnswer.number,
            ProblemAnswer.state,
            ProblemAnswer.text,
            ProblemAnswer.measure,
            ProblemAnswer.rectify_by,
            ProblemAnswer.rectified_on,
            ProblemAnswer.answered_at,
            Body.name.label("department"),
            User.display_name.label("answered_by"),
        )
        .join(Body, Body.id == ProblemAnswer.department_id)
        .outerjoin(User, User.id == ProblemAnswer.answered_by_id)
        .where(
            ProblemAnswer.engagement_id == record.engagement_id,
            ProblemAnswer.problem_key.in_([problem.key for problem in problems]),
        )
        .order_by(ProblemAnswer.problem_key, ProblemAnswer.number)
    )
    answers: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        answers[row.problem_key].append(row)
    addressed = {problem.department_id for problem in problems}
    bodies = session.execute(select(Body.id, Body.name).where(Body.id.in_(addressed)))
    names = {row.id: row.name for row in bodies}
    return [
        ProblemView(
            problem,
            names[problem.department_id],
            tuple(answers[problem.key]),
            bool(answers[problem.key]) and _is_overdue(answers[problem.key][-1], reckoning),
        )
        for problem in problems
    ]


def _is_overdue(last: Row[Any], reckoning: Reckoning) -> bool:
    return last.state in _PROMISED and last.rectify_by is not None and reckoning.is_late(last.rectify_by)


def problem_of(session: Session, record: EvaluationRecord, problem_id: int) -> EvaluationProblem | None:
    return session.scalars(
        select(EvaluationProblem).where(
            EvaluationProblem.id == problem_id, EvaluationProblem.record_id == record.id
        )
    ).one_or_none()


def answers_of(session: Session, engagement_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every answer given in an engagement, oldest first, for its story."""
    return session.execute(
        select(
            ProblemAnswer.problem_key,
            ProblemAnswer.state,
            ProblemAnswer.answered_at,
            ProblemAnswer.department_id,
            Body.name.label("department"),
            User.display_name.label("answered_by"),
        )
        .join(Body, Body.id == ProblemAnswer.department_id)
        .outerjoin(User, User.id == ProblemAnswer.answered_by_id)
        .where(ProblemAnswer.engagement_id == engagement_id)
        .order_by(ProblemAnswer.answered_at, ProblemAnswer.id)
    ).all()
