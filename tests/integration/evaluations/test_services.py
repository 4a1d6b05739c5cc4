"""Records, their versions, answers and assignments, by the services."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.audit.models import AuditEntry
from agencyqa.engagements.data import data_of
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.hooks import evidence_listeners
from agencyqa.engagements.services import change_engagement
from agencyqa.errors import AgencyQAError, Forbidden, Invalid, NotVisible, Refused, Stale, WrongState
from agencyqa.evaluations import services
from agencyqa.evaluations.data import AnswerData, ProblemData
from agencyqa.evaluations.enums import AnswerState, Dimension, ProblemKind, RecordState
from agencyqa.evaluations.facts import occurrences
from agencyqa.evaluations.models import (
    EvaluationIndicator,
    EvaluationRecord,
    EvaluationStandard,
    SubmittedRecordChanged,
)
from agencyqa.evaluations.panels import trail
from agencyqa.evaluations.queries.content import content_of, indicators_of, problems_of
from agencyqa.evaluations.queries.problems import (
    overdue_rectifications,
    problem_views,
    waiting_problems,
)
from agencyqa.evaluations.queries.records import faulty_records
from agencyqa.evaluations.standards import VALID_FROM, load_standards, standard_in_force
from agencyqa.measures.enums import FaultSource, Tag
from agencyqa.measures.occurrences import Occurrence
from agencyqa.measures.reckoning import reckon
from agencyqa.notifications.models import InboxMessage
from agencyqa.web.messages import sentence
from tests.factories.accounts import NOW
from tests.factories.agencies import officer_of
from tests.factories.evaluations import (
    SOUND,
    author_of,
    correct,
    department_officer,
    first_problem,
    indicators,
    make_draft,
    make_problem_answer,
    make_record,
    make_record_assignment,
    record_data,
    submit,
    units,
)
from tests.integration.evaluations.conftest import World


def faulty(world: World, **changes: object) -> dict[str, object]:
    """Two branches with wrong scores, a wrong total, grade and maximum, too few results."""
    rows = [list(row) for row in SOUND]
    rows[0][4], rows[3][4] = 18.5, 20
    rows[1][3] = 22
    return {
        "indicators": indicators([tuple(row) for row in rows]),
        "stated_total": units(92),
        "stated_grade": "良",
        **changes,
    }


def test_the_shipped_standard_is_dated_and_gives_way_to_the_bureaus(world: World) -> None:
    session = world.session
    assert (load_standards(session, NOW), load_standards(session, NOW)) == (1, 0)
    shipped = standard_in_force(session, world.bureau.id, date(2022, 3, 1))
    assert shipped is not None
    assert [(band["label"], band["low"]) for band in shipped.bands] == [
        ("优", 900_000),
        ("良", 800_000),
        ("中", 600_000),
        ("差", 0),
    ]
    assert (shipped.min_results_share, shipped.share_tag) == ([6, 10], Tag.REMEMBERED)
    assert "待核对" in shipped.source
    assert standard_in_force(session, world.bureau.id, VALID_FROM - timedelta(1)) is None
    own = EvaluationStandard(
        bureau_id=world.bureau.id,
        valid_from=date(2022, 1, 1),
        valid_to=date(2022, 12, 31),
        bands=shipped.bands,
        grades_tag=Tag.CONFIRMED,
        share_tag=Tag.CONFIRMED,
        source="本局附件",
    )
    session.add(own)
    session.flush()
    days = (date(2021, 12, 31), date(2022, 1, 1), date(2022, 12, 31), date(2023, 1, 1))
    found = [standard_in_force(session, world.bureau.id, day) for day in days]
    assert found == [shipped, own, own, shipped]
    assert standard_in_force(session, world.foreign.id, days[1]) == shipped


def test_a_draft_keeps_what_does_not_add_up_and_says_so(world: World) -> None:
    record = make_draft(world.session, world.engagement, record_data(world.unit, **faulty(world)))
    assert (record.computed_total, record.computed_maximum, record.computed_grade) == (
        units(90.5),
        units(110),
        "good",
    )
    assert [(check["code"], check["place"]) for check in record.checks] == [
        ("branch_weight_differs", "row:0"),
        ("branch_score_differs", "row:0"),
        ("branch_score_differs", "row:3"),
        ("total_mismatch", "total"),
        ("maximum_mismatch", "maximum"),
        ("results_share_low", "share"),
    ]
    assert record.fault_count == 6
    # Unsaved for another version, nothing of it is lost or doubled.
    content = content_of(world.session, record)
    services.save_draft(
        author_of(world.engagement), world.session, record, content, seen_version=record.version, now=NOW
    )
    assert content_of(world.session, record) == content
    assert [row.parent_position for row in indicators_of(world.session, record.id)] == [
        None, 0, 0, None, 3, None, 5, None, 7,
    ]  # fmt: skip


def test_a_save_from_a_stale_page_changes_nothing(world: World) -> None:
    session, actor = world.session, author_of(world.engagement)
    record = make_draft(session, world.engagement)
    seen = record.version
    data = content_of(session, record)
    services.save_draft(actor, session, record, replace(data, summary="甲"), seen_version=seen, now=NOW)
    # The rows may be the same, the version is another all the same.
    assert record.version > seen
    with pytest.raises(Stale):
        services.save_draft(actor, session, record, replace(data, summary="乙"), seen_version=seen, now=NOW)
    assert content_of(session, record).summary == "甲"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("rival", NotVisible),
        ("supervisor", NotVisible),
        ("unit", NotVisible),
        ("observer", NotVisible),
        ("administrator", NotVisible),
    ],
)
def test_only_the_agency_writes(world: World, name: str, error: type[AgencyQAError]) -> None:
    record = make_draft(world.session, world.engagement)
    actor, data = world.actor(name), record_data(world.unit)
    with pytest.raises(error):
        services.save_draft(actor, world.session, record, data, seen_version=record.version, now=NOW)
    with pytest.raises(error):
        services.submit_record(actor, world.session, record, seen_version=record.version, now=NOW)
    with pytest.raises(error):
        services.start_record(actor, world.session, world.engagement, now=NOW)


def test_when_there_is_nothing_to_evaluate(world: World) -> None:
    session, actor = world.session, author_of(world.engagement)
    world.engagement.is_clerical_only = True
    with pytest.raises(Refused) as refused:
        services.start_record(actor, session, world.engagement, now=NOW)
    assert (refused.value.code, refused.value.provision) == (
        "clerical_issues_no_report",
        "CY6/negative_list",
    )
    world.engagement.is_clerical_only = False
    record = make_draft(session, world.engagement)
    with pytest.raises(WrongState, match="record_already_started"):
        services.start_record(actor, session, world.engagement, now=NOW)
    world.engagement.state = EngagementState.TERMINATED
    session.flush()
    with pytest.raises(WrongState, match="evaluation_of_terminated"):
        services.submit_record(actor, session, record, seen_version=record.version, now=NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"indicators": indicators([(2, Dimension.OUTPUT, "甲", 1, 1)])}, "indicators"),
        (
            {
                "indicators": indicators(
                    [(1, Dimension.OUTPUT, "甲", 1, 1), (2, Dimension.BENEFIT, "乙", 1, 1)]
                )
            },
            "indicators",
        ),
        ({"indicators": indicators([(1, Dimension.OUTPUT, " ", 1, 1)])}, "indicators"),
        ({"indicators": indicators([(1, Dimension.OUTPUT, "甲", 1, 1)] * 201)}, "indicators"),
    ],
)
def test_rows_that_form_no_tree(world: World, changes: dict[str, object], field: str) -> None:
    record = make_draft(world.session, world.engagement)
    before = content_of(world.session, record)
    with pytest.raises(Invalid) as error:
        services.save_draft(
            author_of(world.engagement),
            world.session,
            record,
            record_data(world.unit, **changes),
            seen_version=record.version,
            now=NOW,
        )
    assert list(error.value.fields) == [field]
    assert content_of(world.session, record) == before


def test_a_problem_is_addressed_to_a_party_only(world: World) -> None:
    data = record_data(world.third)
    with pytest.raises(Invalid) as error:
        make_draft(world.session, world.engagement, data)
    assert error.value.fields == {"problems": ("not_a_choice", {})}


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


def test_answers_are_added_and_told(world: World) -> None:
    session = world.session
    record = make_record(session, world.engagement)
    problem = first_problem(session, record)
    data = AnswerData(AnswerState.ACCEPTED, "属实", "按季拨付", date(2022, 7, 1))
    for name in ("commissioner", "manager", "supervisor"):
        with pytest.raises(Forbidden):
            services.answer_problem(world.actor(name), session, record, problem, data, seen_number=0, now=NOW)
    for name in ("third", "foreign", "neighbour", "rival"):
        with pytest.raises(NotVisible):
            services.answer_problem(world.actor(name), session, record, problem, data, seen_number=0, now=NOW)
    made = services.answer_problem(
        world.actor("unit"), session, record, problem, data, seen_number=0, now=NOW
    )
    assert (made.number, made.department_id, made.problem_key) == (1, world.unit.id, problem.key)
    with pytest.raises(WrongState, match="answered_meanwhile"):
        services.answer_problem(world.actor("unit"), session, record, problem, data, seen_number=0, now=NOW)
    told = session.execute(
        select(InboxMessage.membership_id).where(InboxMessage.code == "evaluation_problem_answered")
    ).scalars()
    assert set(told) == {world.people[name].id for name in ("manager", "supervisor", "lead")}
    # Promised for a Friday: the weekend after it makes nothing late.
    days = (date(2022, 7, 1), date(2022, 7, 3), date(2022, 7, 4))
    views = [problem_views(session, record, reckon(session, day))[0] for day in days]
    assert [view.is_overdue for view in views] == [False, False, True]
    make_problem_answer(session, record, AnswerState.RECTIFIED, rectified_on=date(2022, 6, 14))
    assert problem_views(session, record, reckon(session, date(2022, 7, 4)))[0].is_overdue is False
    entries = list(trail(session, world.actor("supervisor"), world.engagement))
    assert [entry.code for entry in entries] == [
        "evaluation_sound",
        "evaluation_answered",
        "evaluation_answered",
    ]
    assert list(trail(session, world.actor("observer"), world.engagement)) == []


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        (AnswerData(AnswerState.ACCEPTED, " "), {"text", "measure", "rectify_by"}),
        (AnswerData(AnswerState.PARTLY_ACCEPTED, "一", "二", date(2022, 6, 14)), {"rectify_by"}),
        (AnswerData(AnswerState.DISPUTED, "一", "", date(2022, 7, 1)), {"rectify_by"}),
        (AnswerData(AnswerState.RECTIFIED, "一"), {"rectified_on"}),
        (AnswerData(AnswerState.RECTIFIED, "一", "", None, date(2022, 6, 16)), {"rectified_on"}),
        (AnswerData(AnswerState.DISPUTED, "一", "", None, date(2022, 6, 1)), {"rectified_on"}),
    ],
)
def test_answers_that_do_not_hold(world: World, data: AnswerData, fields: set[str]) -> None:
    record = make_record(world.session, world.engagement)
    with pytest.raises(Invalid) as error:
        services.answer_problem(
            department_officer(world.unit),
            world.session,
            record,
            first_problem(world.session, record),
            data,
            seen_number=0,
            now=NOW,
        )
    assert set(error.value.fields) == fields


def test_assignments_of_the_own_territory(world: World) -> None:
    session = world.session
    record = make_record(session, world.engagement)
    made = make_record_assignment(session, record, world.third, valid_to=date(2022, 6, 30))
    told = session.scalars(
        select(InboxMessage.membership_id).where(InboxMessage.code == "evaluation_assigned")
    )
    assert list(told) == [world.people["third"].id]
    for department, code in (
        (world.foreign, "not_a_choice"),
        (world.unit, "party_sees_anyway"),
        (world.commissioner, "party_sees_anyway"),
        (world.third, "evaluation_already_assigned"),
    ):
        with pytest.raises(Invalid) as error:
            make_record_assignment(session, record, department)
        assert error.value.fields == {"department_id": (code, {})}
    for name, refusal in (("city", Forbidden), ("neighbour", NotVisible), ("unit", Forbidden)):
        with pytest.raises(refusal):
            services.assign_record(
                world.actor(name), session, record, department_id=world.fourth.id,
                valid_from=date(2022, 6, 1), valid_to=None, now=NOW,
            )  # fmt: skip
    officer = officer_of(world.bureau)

    def end(day: date) -> None:
        services.end_assignment(officer, session, record, made, last_day=day, now=NOW)

    for day in (date(2022, 6, 13), date(2022, 7, 1)):
        with pytest.raises(Invalid):
            end(day)
    end(date(2022, 6, 14))
    assert made.valid_to == date(2022, 6, 14)
    with pytest.raises(WrongState, match="evaluation_assignment_ended"):
        end(date(2022, 6, 14))
    session.commit()
    events = session.scalars(
        select(AuditEntry.event).where(AuditEntry.target_type == "record_assignments").order_by(AuditEntry.id)
    )
    assert list(events) == ["evaluations.assignment.added", "evaluations.assignment.ended"]


def test_what_waits(world: World, session: Session) -> None:
    record = make_record(session, world.engagement, record_data(world.unit, **faulty(world)))
    (problem,) = problems_of(session, record.id)

    def waiting(name: str) -> list[int]:
        return [row.id for row in session.execute(waiting_problems(world.actor(name), limit=5))]

    def overdue(name: str, day: date) -> list[int]:
        statement = overdue_rectifications(world.actor(name), day=day, limit=5)
        return [row.id for row in session.execute(statement)]

    def with_faults(name: str) -> list[int]:
        return [row.id for row in session.execute(faulty_records(world.actor(name), limit=5))]

    names = ("unit", "commissioner", "supervisor", "city", "neighbour", "manager", "rival", "observer")
    seeing = {"unit", "supervisor", "city", "manager"}
    assert {name for name in names if waiting(name) == [problem.id]} == seeing
    assert {name for name in names if with_faults(name)} == seeing | {"commissioner"}
    make_problem_answer(session, record, rectify_by=date(2022, 7, 1))
    assert [waiting(name) for name in names] == [[]] * len(names)
    assert {name for name in names if overdue(name, date(2022, 7, 2))} == seeing
    assert [overdue(name, date(2022, 7, 1)) for name in names] == [[]] * len(names)
    make_problem_answer(session, record, AnswerState.RECTIFIED, rectified_on=date(2022, 6, 15))
    assert overdue("supervisor", date(2022, 7, 2)) == []


def test_an_engagement_keeps_what_its_record_rests_on(world: World) -> None:
    session, engagement = world.session, world.engagement

    def refused(**changes: Any) -> list[str]:
        wanted = replace(data_of(engagement), **changes)
        with pytest.raises(Invalid) as error:
            change_engagement(
                world.actor("supervisor"),
                session,
                engagement,
                wanted,
                seen_version=engagement.version,
                now=NOW,
            )
        session.rollback()
        return sorted(name for name, (code, _) in error.value.fields.items() if code == "fixed_by_evidence")

    record = make_draft(session, engagement)
    session.commit()
    assert refused(agency_id=world.other_agency.id) == ["agency_id"]
    submit(session, record)
    session.commit()
    assert refused(evaluated_unit_id=world.third.id) == ["evaluated_unit_id"]
