"""Evaluations of the spending for tests, made by the services themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.engagements.models import Engagement
from agencyqa.evaluations import services
from agencyqa.evaluations.data import AnswerData, IndicatorData, ProblemData, RecordData
from agencyqa.evaluations.enums import AnswerState, Dimension, ProblemKind
from agencyqa.evaluations.models import (
    EvaluationProblem,
    EvaluationRecord,
    ProblemAnswer,
    RecordAssignment,
)
from agencyqa.evaluations.queries.content import problems_of
from agencyqa.evaluations.standards import load_standards
from tests.factories.accounts import NOW
from tests.factories.agencies import officer_of

POINT = 10_000
D = Dimension
# (level, dimension, name, weight, score): 90.5 of 100 points, everything adds up.
SOUND = (
    (1, D.DECISION, "决策", 20, 18),
    (2, D.DECISION, "立项规范性", 12, 11),
    (2, D.DECISION, "目标合理性", 8, 7),
    (1, D.PROCESS, "过程", 20, 19.5),
    (2, D.PROCESS, "预算执行率", 20, 19.5),
    (1, D.OUTPUT, "产出", 30, 27),
    (2, D.OUTPUT, "补助人数", 30, 27),
    (1, D.BENEFIT, "效益", 30, 26),
    (2, D.BENEFIT, "家长满意度", 30, 26),
)


def units(figure: float | None) -> int | None:
    return None if figure is None else round(figure * POINT)


def indicators(rows: Sequence[tuple[Any, ...]] = SOUND) -> tuple[IndicatorData, ...]:
    return tuple(
        IndicatorData(level, dimension, name, units(weight), units(score), "100%", "98%", "台账")
        for level, dimension, name, weight, score in rows
    )


def record_data(department: Body, **changes: Any) -> RecordData:
    """90.5 of 100, "优", one problem for ``department``; ``changes`` replaces any of it."""
    values: dict[str, Any] = {
        "stated_total": units(90.5),
        "stated_maximum": units(100),
        "stated_grade": "优",
        "amount": 120_000_000,
        "summary": "项目总体达到预期目标。",
        "indicators": indicators(),
        "problems": (
            ProblemData(
                ProblemKind.FUNDS, "部分补助资金拨付滞后。", department.id, 3_500_000, "加快资金拨付。"
            ),
        ),
    }
    return RecordData(**{**values, **changes})


def author_of(engagement: Engagement) -> Actor:
    """The manager of the agency without an account."""
    return _actor(engagement.agency_id, BodyKind.AGENCY, Role.AGENCY_MANAGER, "机构经办人")


def department_officer(department: Body | int) -> Actor:
    body_id = department if isinstance(department, int) else department.id
    return _actor(body_id, BodyKind.DEPARTMENT, Role.DEPARTMENT_OFFICER, "部门经办人")


def _actor(body_id: int, kind: BodyKind, role: Role, name: str) -> Actor:
    return Actor(None, name, None, role, body_id, kind, body_name=name)


def make_draft(
    session: Session, engagement: Engagement, data: RecordData | None = None, *, now: datetime = NOW
) -> EvaluationRecord:
    """The first version, filled in with ``data`` or soundly; the shipped standard is loaded."""
    load_standards(session, now)
    actor = author_of(engagement)
    record = services.start_record(actor, session, engagement, now=now)
    unit = session.get_one(Body, engagement.evaluated_unit_id)
    services.save_draft(
        actor, session, record, data or record_data(unit), seen_version=record.version, now=now
    )
    return record


def make_record(
    session: Session, engagement: Engagement, data: RecordData | None = None, *, now: datetime = NOW
) -> EvaluationRecord:
    """The same, handed in."""
    record = make_draft(session, engagement, data, now=now)
    submit(session, record, now=now)
    return record


def submit(session: Session, record: EvaluationRecord, *, now: datetime = NOW) -> None:
    engagement = session.get_one(Engagement, record.engagement_id)
    services.submit_record(author_of(engagement), session, record, seen_version=record.version, now=now)


def correct(
    session: Session,
    record: EvaluationRecord,
    data: RecordData | None = None,
    *,
    is_submitted: bool = True,
    now: datetime = NOW,
) -> EvaluationRecord:
    """The next version, with other content if given."""
    actor = author_of(session.get_one(Engagement, record.engagement_id))
    made = services.correct_record(actor, session, record, "更正合计", now=now)
    if data is not None:
        services.save_draft(actor, session, made, data, seen_version=made.version, now=now)
    if is_submitted:
        submit(session, made, now=now)
    return made


def first_problem(session: Session, record: EvaluationRecord) -> EvaluationProblem:
    return problems_of(session, record.id)[0]


def make_problem_answer(
    session: Session,
    record: EvaluationRecord,
    state: AnswerState = AnswerState.ACCEPTED,
    *,
    rectify_by: date | None = date(2022, 9, 30),
    rectified_on: date | None = None,
    now: datetime = NOW,
) -> ProblemAnswer:
    """An answer to the first problem by the department it is addressed to."""
    problem = first_problem(session, record)
    is_promise = state in {AnswerState.ACCEPTED, AnswerState.PARTLY_ACCEPTED}
    data = AnswerData(
        state,
        "情况属实。",
        "按季拨付。" if is_promise else "",
        rectify_by if is_promise else None,
        rectified_on,
    )
    numbers = select(ProblemAnswer.number).where(
        ProblemAnswer.engagement_id == record.engagement_id, ProblemAnswer.problem_key == problem.key
    )
    seen = max(session.scalars(numbers), default=0)
    return services.answer_problem(
        department_officer(problem.department_id), session, record, problem, data, seen_number=seen, now=now
    )


def make_record_assignment(
    session: Session,
    record: EvaluationRecord,
    department: Body,
    *,
    valid_from: date = date(2022, 6, 1),
    valid_to: date | None = None,
    now: datetime = NOW,
) -> RecordAssignment:
    bureau = session.get_one(Body, record.bureau_id)
    return services.assign_record(
        officer_of(bureau),
        session,
        record,
        department_id=department.id,
        valid_from=valid_from,
        valid_to=valid_to,
        now=now,
    )
