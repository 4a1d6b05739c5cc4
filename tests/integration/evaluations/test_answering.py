"""What parties answer to the problems of a record, who is asked, and who waits for whom."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.audit.models import AuditEntry
from agencyqa.clock import local_date
from agencyqa.duties.enums import Duty
from agencyqa.duties.items import Scope
from agencyqa.duties.narrowings import Narrowing, is_late, is_mine
from agencyqa.duties.queries import Listing
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState
from agencyqa.evaluations import services
from agencyqa.evaluations.data import AnswerData
from agencyqa.evaluations.enums import AnswerState
from agencyqa.evaluations.panels import trail
from agencyqa.evaluations.queries.content import problems_of
from agencyqa.evaluations.queries.problems import problem_views
from agencyqa.evaluations.queries.records import record_rows
from agencyqa.measures.reckoning import reckon
from agencyqa.notifications.models import InboxMessage
from tests.factories.accounts import NOW
from tests.factories.agencies import officer_of
from tests.factories.evaluations import (
    department_officer,
    first_problem,
    make_problem_answer,
    make_record,
    make_record_assignment,
    record_data,
)
from tests.integration.evaluations.conftest import World, faulty

TODAY = local_date(NOW)


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
    with pytest.raises(WrongState, match="assignment_ended"):
        end(date(2022, 6, 14))
    session.commit()
    events = session.scalars(
        select(AuditEntry.event).where(AuditEntry.target_type == "record_assignments").order_by(AuditEntry.id)
    )
    assert list(events) == ["evaluations.assignment.added", "evaluations.assignment.ended"]


def test_what_waits(world: World, session: Session) -> None:
    record = make_record(session, world.engagement, record_data(world.unit, **faulty(world)))
    (problem,) = problems_of(session, record.id)

    def lines(name: str, duty: Duty, *narrowings: Narrowing, day: date = TODAY) -> list[tuple[int, int]]:
        """Of the work list: which record waits for which department."""
        listing = Listing(Scope(world.actor(name), reckon(session, day)))
        rows = session.execute(listing.rows(*narrowings))
        return [(row.id, row.body_id) for row in rows if row.duty == duty]

    def with_faults(name: str) -> list[int]:
        return [row.id for row in session.execute(record_rows(world.actor(name), has_faults=True))]

    names = ("unit", "commissioner", "supervisor", "city", "neighbour", "manager", "rival", "observer")
    seeing = {"unit", "commissioner", "supervisor", "city", "manager"}
    line = [(record.id, problem.department_id)]
    assert {name for name in names if lines(name, Duty.PROBLEMS) == line} == seeing
    # It is the turn of the department that was asked, and of nobody else who sees it.
    assert [name for name in names if lines(name, Duty.PROBLEMS, is_mine)] == ["unit"]
    assert {name for name in names if with_faults(name) == [record.id]} == seeing
    # A promise for a Friday is late from the next working day on.
    make_problem_answer(session, record, rectify_by=date(2022, 7, 1))
    assert [lines(name, Duty.PROBLEMS) for name in names] == [[]] * len(names)
    assert {name for name in names if lines(name, Duty.RECTIFICATION) == line} == seeing
    monday, sunday = date(2022, 7, 4), date(2022, 7, 3)
    assert {name for name in names if lines(name, Duty.RECTIFICATION, is_late, day=monday)} == seeing
    assert [lines(name, Duty.RECTIFICATION, is_late, day=sunday) for name in names] == [[]] * len(names)
    make_problem_answer(session, record, AnswerState.RECTIFIED, rectified_on=date(2022, 6, 15))
    assert lines("supervisor", Duty.RECTIFICATION, day=monday) == []
