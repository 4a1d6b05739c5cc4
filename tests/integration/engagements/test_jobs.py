"""The nightly job: what is late is marked and told once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.engagements import locks
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.jobs import JOBS, mark_overdue
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.trail import own_lines
from agencyqa.measures.reckoning import reckon
from agencyqa.measures.workday_services import ChangeData, enter_change
from agencyqa.notifications.models import InboxMessage
from tests.factories.accounts import make_member
from tests.factories.engagements import make_engagement
from tests.integration.engagements.world import make_world

DUE = date(2022, 6, 30)
# The due date ends at midnight in Shanghai, which is 16:00 UTC.
LAST_MOMENT = datetime(2022, 6, 30, 15, 59, tzinfo=UTC)
MIDNIGHT = LAST_MOMENT + timedelta(minutes=1)


def test_the_due_date_counts_in_full_and_lateness_is_told_once(session: Session) -> None:
    world = make_world(session)
    open_one = make_engagement(session, world.bureau, world.agency, world.school, due_on=DUE)
    make_engagement(
        session,
        world.bureau,
        world.rival,
        world.school,
        due_on=DUE,
        state=EngagementState.COMPLETED,
        completed_on=DUE,
    )
    make_engagement(
        session, world.bureau, world.rival, world.school, due_on=DUE, state=EngagementState.TERMINATED
    )
    make_engagement(session, world.bureau, world.rival, world.school, due_on=DUE + timedelta(days=1))
    told = [
        make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER),
        make_member(session, world.bureau, Role.BUREAU_SUPERVISOR),
    ]
    # Another agency, another district and the evaluated unit are not told.
    make_member(session, session.get_one(Body, world.rival.id), Role.AGENCY_MANAGER)
    make_member(session, world.foreign_bureau, Role.BUREAU_SUPERVISOR)
    make_member(session, world.school, Role.DEPARTMENT_OFFICER)
    expected = {world.supervisor.membership_id, *(member.id for member in told)}

    assert mark_overdue(session, LAST_MOMENT) == 0
    assert mark_overdue(session, MIDNIGHT) == 1
    assert mark_overdue(session, MIDNIGHT + timedelta(hours=1)) == 0
    session.commit()
    assert session.scalars(select(Engagement.id).where(Engagement.is_overdue)).all() == [open_one.id]
    # Who is editing at that moment must not get a conflict.
    assert open_one.version == 1
    messages = session.scalars(select(InboxMessage)).all()
    assert {message.membership_id for message in messages} == expected
    assert [message.code for message in messages] == ["engagement_overdue"] * len(expected)
    logged = session.scalars(select(AuditEntry).where(AuditEntry.event == "engagements.engagement.overdue"))
    assert [(entry.actor_name, entry.target_id, entry.bureau_id) for entry in logged] == [
        ("jobs", open_one.id, world.bureau.id)
    ]


def test_a_later_due_date_is_told_anew(session: Session) -> None:
    world = make_world(session)
    make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    engagement = make_engagement(session, world.bureau, world.agency, world.school, due_on=DUE)
    assert mark_overdue(session, MIDNIGHT) == 1
    first = len(session.scalars(select(InboxMessage.id)).all())
    engagement.is_overdue = False
    session.flush()
    assert mark_overdue(session, MIDNIGHT) == 1
    assert len(session.scalars(select(InboxMessage.id)).all()) == first
    engagement.is_overdue, engagement.due_on = False, DUE + timedelta(days=10)
    session.flush()
    assert mark_overdue(session, MIDNIGHT) == 0
    assert mark_overdue(session, MIDNIGHT + timedelta(days=10)) == 1
    assert len(session.scalars(select(InboxMessage.id)).all()) == 2 * first


def test_a_day_that_is_found_free_takes_the_mark_away(app: Flask, session: Session) -> None:
    world = make_world(session)
    friday, monday = date(2024, 3, 15), date(2024, 3, 18)
    found = make_engagement(session, world.bureau, world.agency, world.school, due_on=friday)
    noon = datetime(2024, 3, 18, 4, tzinfo=UTC)
    assert mark_overdue(session, noon) == 1
    session.commit()
    enter_change(world.supervisor, session, ChangeData(monday, monday, False, "台风", "市府公告"), now=noon)
    session.commit()
    session.refresh(found)
    assert (found.is_overdue, found.version, reckon(session, monday).is_late(friday)) == (False, 1, False)
    with app.app_context():
        told = [entry.code for entry in own_lines(session, world.supervisor, found)]
    assert told == ["engagement_created", "engagement_overdue", "engagement_overdue_lifted"]
    # It is late from the next working day on, and what was told is not told anew.
    assert (mark_overdue(session, noon), mark_overdue(session, noon + timedelta(days=1))) == (0, 1)


def test_completed_work_is_late_by_the_calendar_until_its_year_is_final(session: Session) -> None:
    world = make_world(session)
    friday, monday = date(2024, 3, 15), date(2024, 3, 18)
    noon = datetime(2024, 3, 18, 4, tzinfo=UTC)

    def make(completed_on: date, year: int = 2024) -> Engagement:
        return make_engagement(
            session,
            world.bureau,
            world.agency,
            world.school,
            due_on=friday,
            completed_on=completed_on,
            state=EngagementState.COMPLETED,
            is_overdue=completed_on >= monday,
            assessment_year=year,
        )

    # The third is of a year whose results are final; the last was completed on a Saturday.
    made = [make(monday), make(monday + timedelta(days=1)), make(monday, 2023), make(date(2024, 3, 16))]

    def is_final(session: Session, bureau_id: int, year: int, *, hold: bool = False) -> bool:
        return year == 2023

    def change(day: date, *, is_working: bool) -> list[bool]:
        enter_change(world.supervisor, session, ChangeData(day, day, is_working, "调休", "公告"), now=noon)
        session.commit()
        session.expire_all()
        return [each.is_overdue for each in made]

    locks.year_locks.append(is_final)
    try:
        assert change(date(2024, 3, 14), is_working=False) == [True, True, True, False]
        assert change(monday, is_working=False) == [False, True, True, False]
        # And a weekend that is worked after all counts.
        assert change(date(2024, 3, 16), is_working=True) == [True, True, True, True]
    finally:
        locks.year_locks.remove(is_final)
    assert [each.version for each in made] == [1] * 4
    logged = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.target_type == "engagements", AuditEntry.event.contains("overdue"))
        .order_by(AuditEntry.id)
    )
    assert [(entry.event.rpartition(".")[2], entry.target_id) for entry in logged] == [
        ("overdue_lifted", made[0].id),
        ("overdue", made[0].id),
        ("overdue", made[3].id),
    ]


def test_the_night_takes_away_a_mark_by_calendar_days(session: Session) -> None:
    world = make_world(session)
    friday, saturday = date(2024, 3, 15), datetime(2024, 3, 16, 4, tzinfo=UTC)
    found = make_engagement(session, world.bureau, world.agency, world.school, due_on=friday)
    found.is_overdue = True
    session.flush()
    assert (mark_overdue(session, saturday), mark_overdue(session, saturday)) == (1, 0)
    session.refresh(found)
    assert found.is_overdue is False


def test_the_job_stands_in_the_schedule() -> None:
    assert list(JOBS) == ["engagements.mark_overdue"]
