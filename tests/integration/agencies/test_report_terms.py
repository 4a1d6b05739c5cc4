"""The term of a yearly report is kept, and counted again when the working calendar is published or changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies import services
from agencyqa.agencies.enums import ReportState
from agencyqa.agencies.models import Agency, ReportYear, SelfReport
from agencyqa.auth.actor import Actor, system_actor
from agencyqa.auth.roles import Role
from agencyqa.measures.workday_services import ChangeData, declare_year, enter_change, tell_calendar_grew
from agencyqa.measures.workdays import built_in_years
from agencyqa.notifications.models import InboxMessage
from tests.factories.accounts import NOW, make_actor, make_bureau, make_member
from tests.factories.agencies import make_agency, officer_of
from tests.integration.engagements.deliverables.traces import entries

LAST = max(built_in_years())
MOVED = "agencies.report_year.due_moved"


@pytest.fixture
def bureau(session: Session) -> Body:
    return make_bureau(session)


@pytest.fixture
def agencies(session: Session, bureau: Body) -> list[Agency]:
    return [make_agency(session, bureau, name) for name in ("甲咨询有限公司", "乙咨询有限公司")]


@pytest.fixture
def lead(session: Session, bureau: Body) -> Actor:
    return make_actor(session, bureau, Role.BUREAU_LEAD)


def opened(session: Session, bureau: Body, opened_on: date, working_days: int = 20) -> ReportYear:
    return services.open_report_year(
        officer_of(bureau), session, year=2021, opened_on=opened_on, working_days=working_days, now=NOW
    )


def told(session: Session) -> list[int]:
    mine = select(InboxMessage.membership_id).where(InboxMessage.code == "report_due_moved")
    return sorted(session.scalars(mine))


def test_a_provisional_date_is_counted_again_when_the_year_is_published(
    session: Session, bureau: Body, agencies: list[Agency], lead: Actor
) -> None:
    managers = [
        make_member(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER) for agency in agencies
    ]
    year = opened(session, bureau, date(LAST, 12, 20))
    before = year.due_on
    assert (year.working_days, year.is_due_provisional) == (20, True)
    # The second has handed in already; his date is of no matter any more.
    done = select(SelfReport).where(SelfReport.agency_id == agencies[1].id)
    session.scalars(done).one().state = ReportState.SUBMITTED
    holiday = ChangeData(before, before + timedelta(days=1), False, "元旦", "国办通知")
    enter_change(lead, session, holiday, now=NOW)
    declare_year(lead, session, LAST + 1, "国办通知", now=NOW)
    session.commit()
    moved = year.due_on
    assert (moved > before, year.is_due_provisional, year.working_days) == (True, False, 20)
    assert [entry["changes"] for entry in entries(session, MOVED)] == [
        {"due_on": [before.isoformat(), moved.isoformat()]},
        {"is_due_provisional": [True, False]},
    ]
    assert told(session) == [managers[0].id]
    # Nothing is left to count, so nobody is told again.
    tell_calendar_grew(session, system_actor("calendar"), now=NOW)
    assert (len(entries(session, MOVED)), told(session)) == (2, [managers[0].id])


def test_a_published_year_changes_too_and_only_what_runs_over_the_day(
    session: Session, bureau: Body, agencies: list[Agency], lead: Actor
) -> None:
    year = opened(session, bureau, date(2022, 3, 1))
    assert (year.due_on, year.is_due_provisional) == (date(2022, 3, 29), False)
    for day, due_on in (
        # The day of the opening does not count, nor what lies behind the date.
        (date(2022, 3, 1), date(2022, 3, 29)),
        (date(2022, 3, 30), date(2022, 3, 29)),
        (date(2022, 3, 29), date(2022, 3, 31)),
    ):
        enter_change(lead, session, ChangeData(day, day, False, "停工", "市府公告"), now=NOW)
        session.commit()
        assert (day, year.due_on) == (day, due_on)
    assert len(entries(session, MOVED)) == 1
