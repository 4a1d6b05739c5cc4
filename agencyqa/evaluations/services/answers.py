"""A department's word on a problem. Every word is a new row; none is changed."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.audit.record import record as log
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState
from agencyqa.evaluations.data import AnswerData
from agencyqa.evaluations.enums import AnswerState, RecordState
from agencyqa.evaluations.models import EvaluationProblem, EvaluationRecord, ProblemAnswer
from agencyqa.evaluations.notices import announce_answer
from agencyqa.evaluations.policies import can_answer
from agencyqa.evaluations.services.access import expect_visible

# States that promise a rectification.
PROMISING = frozenset({AnswerState.ACCEPTED, AnswerState.PARTLY_ACCEPTED})


def answer_problem(
    actor: Actor,
    session: Session,
    record: EvaluationRecord,
    problem: EvaluationProblem,
    data: AnswerData,
    *,
    seen_number: int,
    now: datetime,
) -> ProblemAnswer:
    """``seen_number`` is the number of the last answer on the page from which this comes, 0 without one.

    Raise NotVisible, Forbidden, WrongState where the record is not the current one or was answered meanwhile, Invalid.
    """
    expect_visible(actor, session, record)
    if problem.record_id != record.id:
        raise NotVisible()
    if record.state is not RecordState.SUBMITTED or not record.is_current:
        raise WrongState("evaluation_superseded")
    if not can_answer(actor, record, problem):
        raise Forbidden("only_addressed_answers")
    _expect_sound(data, local_date(now))
    # The problem's row is the queue for two who answer at once.
    session.execute(select(EvaluationProblem.id).where(EvaluationProblem.id == problem.id).with_for_update())
    last = session.scalar(
        select(sa.func.max(ProblemAnswer.number)).where(
            ProblemAnswer.engagement_id == record.engagement_id, ProblemAnswer.problem_key == problem.key
        )
    )
    if (last or 0) != seen_number:
        raise WrongState("answered_meanwhile")
    made = ProblemAnswer(
        engagement_id=record.engagement_id,
        problem_key=problem.key,
        number=seen_number + 1,
        department_id=problem.department_id,
        state=data.state,
        text=data.text.strip(),
        measure=data.measure.strip(),
        rectify_by=data.rectify_by,
        rectified_on=data.rectified_on,
        answered_at=now,
        answered_by_id=actor.user_id,
    )
    session.add(made)
    session.flush()
    log(
        session,
        actor,
        "evaluations.problem.answered",
        made,
        now=now,
        bureau_id=record.bureau_id,
        record_id=record.id,
        number=made.number,
        state=made.state,
        rectify_by=made.rectify_by,
        rectified_on=made.rectified_on,
    )
    announce_answer(session, record, actor, made, now=now)
    return made


def _expect_sound(data: AnswerData, today: date) -> None:
    """Who promises says what and until when; who has rectified says when it was done."""
    wrong: dict[str, str] = {}
    if not data.text.strip():
        wrong["text"] = "required"
    if data.state in PROMISING:
        if not data.measure.strip():
            wrong["measure"] = "required"
        if data.rectify_by is None:
            wrong["rectify_by"] = "required"
        elif data.rectify_by < today:
            wrong["rectify_by"] = "rectify_by_in_past"
    elif data.rectify_by is not None:
        wrong["rectify_by"] = "rectify_by_not_promised"
    if data.state is AnswerState.RECTIFIED:
        if data.rectified_on is None:
            wrong["rectified_on"] = "required"
        elif data.rectified_on > today:
            wrong["rectified_on"] = "rectified_in_future"
    elif data.rectified_on is not None:
        wrong["rectified_on"] = "rectified_on_not_done"
    if wrong:
        raise Invalid(**wrong)
