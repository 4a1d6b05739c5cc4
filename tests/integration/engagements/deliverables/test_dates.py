"""Moving dates, the calendar of working days, the nightly job, and what of it counts in a score."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.engagements import locks
from agencyqa.engagements.deliverables import facts, jobs, services
from agencyqa.engagements.deliverables.enums import (
    DeliverableKind,
    DeliverableState,
)
from agencyqa.engagements.deliverables.models import (
    Deliverable,
    RequirementTable,
    Submission,
)
from agencyqa.engagements.enums import EngagementState
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState
from agencyqa.measures import workday_services
from agencyqa.measures.enums import FaultSource
from agencyqa.measures.occurrences import Occurrence
from agencyqa.measures.workday_services import ChangeData
from agencyqa.measures.workdays import built_in_years
from tests.factories.accounts import NOW, make_actor, make_member
from tests.factories.deliverables import (
    agency_actor,
    hand_in,
    make_deliverable,
    make_handed_in,
    make_slots,
    make_version,
    slots_of,
)
from tests.factories.engagements import make_engagement
from tests.integration.engagements.deliverables.traces import entries, inbox, refusal
from tests.integration.engagements.world import World

K, S = DeliverableKind, DeliverableState
UNKNOWN = max(built_in_years()) + 1


@contextmanager
def final_year(bureau_id: int, year: int) -> Iterator[None]:
    settled = (bureau_id, year)

    def lock(session: Session, bureau_id: int, year: int, *, hold: bool = False) -> bool:
        return (bureau_id, year) == settled

    locks.year_locks.append(lock)
    try:
        yield
    finally:
        locks.year_locks.remove(lock)


def test_moving_a_date_counts_the_lateness_anew_until_the_year_is_final(
    session: Session, world: World, told: list[int]
) -> None:
    engagement = make_engagement(session, world.bureau, world.agency, world.school)
    make_handed_in(session, engagement, K.PLAN, due_on=date(2022, 6, 10))
    plan = slots_of(session, engagement)[K.PLAN]
    assert (plan.late_days, plan.is_overdue) == (3, True)

    def move(actor: Actor, **given: Any) -> None:
        data = {"due_on": None, "counted_from": None, "working_days": None, "reason": "疫情影响", **given}
        services.change_due(
            actor, session, plan, services.DueData(**data), seen_version=plan.version, now=NOW
        )

    problems = {}
    mistakes: dict[str, dict[str, Any]] = {
        "neither": {},
        "both": {"due_on": date(2022, 6, 14), "working_days": 3},
        "half": {"working_days": 3},
        "early": {"due_on": date(2022, 2, 28)},
        "same": {"due_on": date(2022, 6, 10)},
        "long": {"counted_from": date(2022, 6, 1), "working_days": 501},
        "why": {"due_on": date(2022, 6, 14), "reason": " "},
    }
    for name, given in mistakes.items():
        with pytest.raises(Invalid) as error, session.begin_nested():
            move(world.supervisor, **given)
        problems[name] = refusal(error)
    assert problems == {
        "neither": {"due_on": "deliverable_due_one_way"},
        "both": {"due_on": "deliverable_due_one_way"},
        "half": {"counted_from": "required"},
        "early": {"due_on": "deliverable_due_before_contract"},
        "same": {"due_on": "deliverable_due_same"},
        "long": {"working_days": "deliverable_term_too_long"},
        "why": {"reason": "required"},
    }
    move(world.supervisor, counted_from=date(2022, 6, 10), working_days=2)
    assert (plan.due_on, plan.late_days, plan.is_overdue) == (date(2022, 6, 14), 1, True)
    move(world.supervisor, due_on=date(2022, 6, 30))
    assert (plan.due_on, plan.late_days, plan.is_overdue) == (date(2022, 6, 30), 0, False)
    for actor in (agency_actor(engagement), make_actor(session, world.city, Role.BUREAU_LEAD)):
        with pytest.raises(Forbidden):
            move(actor, due_on=date(2022, 7, 1))
    with pytest.raises(NotVisible):
        move(make_actor(session, world.foreign_bureau, Role.BUREAU_LEAD), due_on=date(2022, 7, 1))
    with final_year(world.bureau.id, 2022), pytest.raises(WrongState, match="year_is_final"):
        move(world.supervisor, due_on=date(2022, 7, 1))
    assert told == [engagement.id] * 3
    [first, second] = entries(session, "deliverables.deliverable.due_moved")
    assert first["changes"]["late_days"] == [3, 1]
    assert (second["cause"], second["reason"]) == ("by_hand", "疫情影响")


def test_a_year_that_was_not_published_is_counted_again_when_it_is(
    session: Session, world: World, told: list[int]
) -> None:
    signed = date(UNKNOWN - 1, 12, 25)
    engagement, settled = (
        make_engagement(
            session, world.bureau, world.agency, world.school, signed_on=signed, assessment_year=year
        )
        for year in (UNKNOWN, UNKNOWN - 1)
    )
    manager = make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    plan = make_slots(session, engagement)[K.PLAN]
    kept = make_slots(session, settled)[K.PLAN]
    report = slots_of(session, engagement)[K.REPORT]
    weekdays = plan.due_on
    assert weekdays is not None
    assert (plan.is_due_provisional, report.is_due_provisional) == (True, False)
    late = datetime.combine(weekdays + timedelta(days=7), NOW.timetz())
    make_version(session, engagement, plan)
    hand_in(session, engagement, now=late)
    assert (plan.late_days, plan.is_lateness_provisional) == (5, True)
    told.clear()
    first = date(UNKNOWN, 1, 4)
    holiday = ChangeData(first, first + timedelta(days=4), False, "元旦", "国办发明电〔某年〕1号")
    with pytest.raises(Forbidden):
        workday_services.enter_change(agency_actor(engagement), session, holiday, now=NOW)
    with final_year(world.bureau.id, UNKNOWN - 1):
        entered = workday_services.enter_change(world.supervisor, session, holiday, now=NOW)
        moved = sum(change.day.weekday() < 5 for change in entered)
        assert plan.due_on is not None
        assert (weekdays, kept.due_on, moved > 0, plan.is_due_provisional) == (
            kept.due_on,
            weekdays,
            True,
            True,
        )
        assert plan.due_on > weekdays
        assert plan.late_days == max(0, 5 - moved)
        workday_services.declare_year(world.supervisor, session, UNKNOWN, "国办发明电", now=NOW)
    assert (plan.is_due_provisional, plan.is_lateness_provisional, kept.is_due_provisional) == (
        False,
        False,
        True,
    )
    assert told == [engagement.id, engagement.id]
    assert inbox(session, manager.id) == ["deliverable_due_moved"]
    with pytest.raises(Invalid) as error:
        workday_services.declare_year(world.supervisor, session, UNKNOWN, "国办发明电", now=NOW)
    assert refusal(error) == {"year": "workday_year_known"}
    with pytest.raises(Invalid) as error:
        workday_services.enter_change(world.supervisor, session, holiday, now=NOW)
    assert refusal(error) == {"first": "workday_same"}


def test_a_day_that_changed_in_a_published_year_moves_what_was_counted_over_it(
    session: Session, world: World, told: list[int]
) -> None:
    """The State Council has lengthened a holiday in the middle of it before."""
    signed = date(2022, 5, 30)
    running, done, earlier = (
        make_engagement(session, world.bureau, world.agency, world.school, signed_on=day)
        for day in (signed, signed, date(2022, 4, 1))
    )
    plan, handed, other = (make_slots(session, each)[K.PLAN] for each in (running, done, earlier))
    untouched = other.due_on
    # Fifteen working days, the third of June is a holiday.
    assert (plan.due_on, plan.is_due_provisional) == (date(2022, 6, 21), False)
    make_version(session, done, handed)
    hand_in(session, done, now=datetime(2022, 6, 23, 4, tzinfo=NOW.tzinfo))
    assert handed.late_days == 2
    told.clear()
    longer = ChangeData(date(2022, 6, 20), date(2022, 6, 22), False, "端午节延长", "国办通知")
    workday_services.enter_change(world.supervisor, session, longer, now=NOW)
    assert (plan.due_on, plan.is_due_provisional) == (date(2022, 6, 24), False)
    assert (handed.due_on, handed.late_days, handed.is_overdue) == (date(2022, 6, 24), 0, False)
    assert (other.due_on, sorted(told)) == (untouched, [running.id, done.id])


def test_a_day_that_became_a_holiday_makes_nothing_late(session: Session, world: World) -> None:
    engagement = make_engagement(session, world.bureau, world.agency, world.school)
    plan = make_deliverable(session, engagement, K.PLAN, due_on=date(2022, 6, 14))
    morning = datetime(2022, 6, 15, 4, tzinfo=NOW.tzinfo)
    assert (jobs.mark_overdue(session, morning), plan.is_overdue) == (1, True)
    holiday = ChangeData(date(2022, 6, 15), date(2022, 6, 15), False, "停工一日", "市政府公告")
    workday_services.enter_change(world.supervisor, session, holiday, now=morning)
    assert plan.is_overdue is False


# ---------------------------------------------------------------------------- the night and the score


def test_the_nightly_job_reminds_and_marks_once(session: Session, world: World, told: list[int]) -> None:
    engagement = make_engagement(session, world.bureau, world.agency, world.school)
    ended = make_engagement(
        session, world.bureau, world.agency, world.school, state=EngagementState.TERMINATED
    )
    manager = make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    supervisor = make_member(session, world.bureau, Role.BUREAU_SUPERVISOR)
    rival = make_member(session, session.get_one(Body, world.rival.id), Role.AGENCY_MANAGER)
    friday = date(2022, 6, 17)
    plan = make_deliverable(session, engagement, K.PLAN, due_on=friday)
    make_deliverable(session, engagement, K.REPORT, due_on=date(2022, 6, 23))
    make_deliverable(session, ended, K.PLAN, due_on=date(2022, 6, 1))
    version = plan.version
    # Wednesday: Friday is two working days away, the Thursday after six.
    assert jobs.mark_overdue(session, NOW) == 0
    assert inbox(session, manager.id) == ["deliverable_due_soon"]
    # On the weekend nothing is late, and nobody is told twice.
    assert jobs.mark_overdue(session, NOW + timedelta(days=4)) == 0
    assert jobs.mark_overdue(session, NOW + timedelta(days=5)) == 1
    assert jobs.mark_overdue(session, NOW + timedelta(days=5)) == 0
    session.refresh(plan)
    assert (plan.is_overdue, plan.version) == (True, version)
    assert inbox(session, manager.id) == [
        "deliverable_due_soon",
        "deliverable_due_soon",
        "deliverable_overdue",
    ]
    assert (inbox(session, supervisor.id), inbox(session, rival.id)) == (["deliverable_overdue"], [])
    assert told == [engagement.id]
    assert list(jobs.JOBS) == ["deliverables.mark_overdue"]


def test_facts_of_an_engagement_are_what_came_late_and_what_never_came(
    session: Session, world: World
) -> None:
    done = make_engagement(
        session,
        world.bureau,
        world.agency,
        world.school,
        state=EngagementState.COMPLETED,
        completed_on=date(2022, 6, 20),
    )
    other = make_engagement(session, world.bureau, world.rival, world.school)
    ended = make_engagement(
        session, world.bureau, world.agency, world.school, state=EngagementState.TERMINATED
    )
    on = date(2022, 6, 10)
    missing = make_deliverable(session, done, K.REPORT, due_on=date(2022, 6, 30))
    undated = make_deliverable(session, done, K.WORK_PAPERS)
    late = make_deliverable(
        session, done, K.PLAN, due_on=on, state=S.SUBMITTED, late_days=3, first_submitted_at=NOW
    )
    make_deliverable(session, done, K.DRAFT, is_required=False)
    make_deliverable(session, done, K.RECTIFICATION_REPORT, is_required=True, is_overdue=True, due_on=on)
    overdue = make_deliverable(session, other, K.PLAN, due_on=on, is_overdue=True, is_due_provisional=True)
    make_deliverable(session, other, K.REPORT, due_on=date(2022, 6, 30))
    make_deliverable(session, ended, K.PLAN, due_on=on, is_overdue=True)

    def missed(row: Deliverable, fault: str, provision: str, fact_on: date, **more: Any) -> Occurrence:
        return Occurrence(
            f"missing:{row.id}",
            row.engagement_id,
            FaultSource.MISSING,
            fault,
            1,
            fact_on,
            provision,
            {"kind": row.kind.value, "fact_on": fact_on.isoformat()},
            "deliverables.of_engagement",
            {"engagement_id": row.engagement_id},
            **more,
        )

    assert facts.occurrences(session, [done.id, other.id, ended.id]) == [
        Occurrence(
            f"late:{late.id}",
            done.id,
            FaultSource.LATENESS,
            "late_plan",
            3,
            on,
            "CJ4/procedure",
            {"kind": "plan", "due_on": "2022-06-10", "submitted_on": "2022-06-15", "days": 3},
            "deliverables.of_engagement",
            {"engagement_id": done.id},
        ),
        missed(missing, "missing_report", "CJ4/signed_report", date(2022, 6, 30)),
        missed(undated, "missing_work_papers", "CJ4/work_papers", date(2022, 6, 20)),
        missed(overdue, "missing_plan", "CJ4/procedure", on, is_provisional=True),
    ]
    assert facts.occurrences(session, []) == []
    assert facts.readable({"kind": "plan", "days": 3}) == {"kind": K.PLAN, "days": 3}


def test_tables_and_receipts_are_rows_of_their_own(session: Session, world: World) -> None:
    """Two engagements number their receipts each from one."""
    for _ in range(2):
        engagement = make_engagement(session, world.bureau, world.agency, world.school)
        make_handed_in(session, engagement, K.PLAN)
    assert list(session.scalars(select(Submission.number).order_by(Submission.id))) == [1, 1]
    assert [table.source[:4] for table in session.scalars(select(RequirementTable))] == ["参考期限"]
