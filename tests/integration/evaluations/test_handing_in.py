"""Handing a record in: what it needs, what it is held against, and the correction that takes its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from agencyqa.engagements.hooks import evidence_listeners
from agencyqa.errors import Invalid, WrongState
from agencyqa.evaluations import services
from agencyqa.evaluations.data import ProblemData
from agencyqa.evaluations.enums import Dimension, ProblemKind, RecordState
from agencyqa.evaluations.facts import occurrences
from agencyqa.evaluations.models import EvaluationIndicator, EvaluationRecord, SubmittedRecordChanged
from agencyqa.evaluations.queries.content import content_of, indicators_of
from agencyqa.evaluations.queries.problems import problem_views
from agencyqa.measures.enums import FaultSource
from agencyqa.measures.occurrences import Occurrence
from agencyqa.measures.reckoning import reckon
from agencyqa.notifications.models import InboxMessage
from agencyqa.web.messages import sentence
from tests.factories.accounts import NOW
from tests.factories.evaluations import (
    SOUND,
    author_of,
    correct,
    first_problem,
    indicators,
    make_draft,
    make_problem_answer,
    make_record,
    record_data,
    submit,
)
from tests.integration.evaluations.conftest import World, faulty


def test_submission_needs_the_essentials_and_stays(world: World) -> None:
    session = world.session
    heard: list[int] = []
    listener = lambda _, engagement_id, __: heard.append(engagement_id)  # noqa: E731
    evidence_listeners.append(listener)
    try:
        rows = [*SOUND[:-1], (2, Dimension.BENEFIT, "家长满意度", 30, None)]
        record = make_draft(session, world.engagement, record_data(world.unit, indicators=indicators(rows)))
        with pytest.raises(Invalid, match="record_incomplete"):
            submit(session, record)
        assert (record.state, heard) == (RecordState.DRAFT, [])
        services.save_draft(
            author_of(world.engagement),
            session,
            record,
            record_data(world.unit, **faulty(world)),
            seen_version=record.version,
            now=NOW,
        )
        # Faults are no hindrance: they are part of what is handed in.
        submit(session, record)
    finally:
        evidence_listeners.remove(listener)
    assert (record.state, record.submitted_at, record.fault_count, heard) == (
        RecordState.SUBMITTED,
        NOW,
        6,
        [world.engagement.id],
    )
    with pytest.raises(WrongState, match="evaluation_already_submitted"):
        submit(session, record)
    told = session.execute(
        select(InboxMessage.membership_id, InboxMessage.code).order_by(InboxMessage.membership_id)
    ).all()
    expected = {"supervisor", "lead", "unit", "commissioner"}
    assert told == sorted((world.people[name].id, "evaluation_submitted") for name in expected)


def test_the_gate_before_the_database(world: World) -> None:
    session = world.session
    record = make_record(session, world.engagement)
    session.commit()
    row = indicators_of(session, record.id)[0]
    row.score = 1
    with pytest.raises(SubmittedRecordChanged):
        session.flush()
    session.rollback()
    record = session.get_one(EvaluationRecord, record.id)
    record.stated_total = 1
    with pytest.raises(SubmittedRecordChanged):
        session.flush()
    session.rollback()
    session.delete(session.get_one(EvaluationRecord, record.id))
    with pytest.raises(SubmittedRecordChanged):
        session.flush()
    session.rollback()
    session.add(
        EvaluationIndicator(
            record_id=record.id, position=99, level=1, dimension=Dimension.OUTPUT, name="后加的"
        )
    )
    with pytest.raises(SubmittedRecordChanged):
        session.flush()
    session.rollback()
    answer = make_problem_answer(session, session.get_one(EvaluationRecord, record.id))
    session.commit()
    answer.text = "改口"
    with pytest.raises(SubmittedRecordChanged):
        session.flush()
    session.rollback()


def test_a_correction_takes_the_place_when_it_is_handed_in(world: World) -> None:
    session = world.session
    first = make_record(session, world.engagement, record_data(world.unit, **faulty(world)))
    answer = make_problem_answer(session, first)
    second = correct(session, first, is_submitted=False)
    assert (second.revision, second.state, second.correction_reason) == (2, RecordState.DRAFT, "更正合计")
    assert (first.is_current, second.is_current) == (True, False)
    assert content_of(session, second) == content_of(session, first)
    with pytest.raises(WrongState, match="correction_under_way"):
        correct(session, first)
    key = first_problem(session, second).key
    problems = (
        *content_of(session, second).problems,
        ProblemData(ProblemKind.OTHER, "新问题", world.commissioner.id, key="0" * 32),
    )
    data = record_data(world.unit, problems=problems)
    services.save_draft(
        author_of(world.engagement), session, second, data, seen_version=second.version, now=NOW
    )
    submit(session, second)
    assert (first.is_current, second.is_current, second.fault_count) == (False, True, 0)
    views = problem_views(session, second, reckon(session, date(2022, 6, 15)))
    # The answer stayed with its problem; a key that was never ours is replaced.
    assert [(view.problem.key == key, [each.id for each in view.answers]) for view in views] == [
        (True, [answer.id]),
        (False, []),
    ]
    assert views[1].problem.key != "0" * 32
    assert occurrences(session, [world.engagement.id]) == []
    with pytest.raises(WrongState, match="evaluation_superseded"):
        make_problem_answer(session, first)


def test_faults_in_the_form_that_sheets_count(world: World) -> None:
    session = world.session
    other = record_data(world.unit)
    record = make_record(session, world.engagement, record_data(world.unit, **faulty(world)))
    found = occurrences(session, [world.engagement.id, 999])

    def expected(fault: str, count: int, provision: str, **params: list[str]) -> Occurrence:
        return Occurrence(
            f"arithmetic:{record.id}:{fault}", world.engagement.id, FaultSource.ARITHMETIC, fault, count,
            date(2022, 6, 15), provision, params, "evaluations.show", {"record_id": record.id},
        )  # fmt: skip

    thing = "学前教育补助项目"
    assert found == [
        expected(
            "arithmetic_error", 2, "", places=["决策", "过程"], stated=["18.5", "20"], readded=["18", "19.5"]
        ),
        expected(
            "weight_mismatch", 2, "", places=["决策", thing], stated=["20", "100"], readded=["30", "110"]
        ),
        expected("total_mismatch", 1, "", places=[thing], stated=["92"], readded=["90.5"]),
        expected("results_share_low", 1, "", places=[thing], stated=["54.5%"], readded=["≥ 60.0%"]),
    ]
    assert sentence("fact.arithmetic", **found[0].params) == (
        "评价结果核对（决策、过程）：写明 18.5、20，应为 18、19.5。"
    )
    corrected = correct(session, record, replace(other, stated_grade="中"))
    (grade,) = occurrences(session, [world.engagement.id])
    assert (grade.key, grade.provision, grade.params) == (
        f"arithmetic:{corrected.id}:grade_mismatch",
        "CY10/evaluation_grades",
        {"places": [thing], "stated": ["中"], "readded": ["优"]},
    )
    assert occurrences(session, []) == []
