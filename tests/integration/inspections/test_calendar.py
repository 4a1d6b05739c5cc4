"""Terms that were counted before the holidays on their way were known."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from agencyqa.inspections.enums import FindingState, OrderState
from agencyqa.inspections.services.findings import notify_agency
from agencyqa.inspections.services.orders import OrderData, issue_order
from agencyqa.measures.workday_services import ChangeData, declare_year, enter_change
from agencyqa.measures.workdays import built_in_years, working_calendar
from tests.factories.accounts import NOW
from tests.factories.inspections import make_finding
from tests.factories.orders import make_order
from tests.integration.inspections.orders_world import OrderWorld, make_orders_world


@pytest.fixture
def world(session: Session) -> OrderWorld:
    return make_orders_world(session)


def test_terms_over_an_unpublished_year_follow_its_calendar(session: Session, world: OrderWorld) -> None:
    year = max(built_in_years()) + 1
    eve = NOW.replace(year=year - 1, month=12, day=31)
    wanted = OrderData([make_finding(session, world.check).id], "补齐工作底稿。", 22, "M2/violations")
    order = issue_order(
        world.actor("supervisor"),
        session,
        world.check,
        wanted,
        now=eve,
    )
    finding = make_finding(session, world.check, state=FindingState.DRAFT)
    notify_agency(
        world.actor("second"), session, finding, working_days=5, seen_version=finding.version, now=eve
    )
    settled = make_order(session, world.check, due_on=date(year, 1, 29))
    settled.is_due_provisional, settled.state = True, OrderState.ANSWERED
    before = order.due_on, finding.statement_due_on
    assert (order.is_due_provisional, finding.is_statement_due_provisional) == (True, True)
    first = next(day for n in range(1, 8) if (day := date(year, 1, n)).weekday() == 0)
    actor = world.actor("lead")
    holiday = ChangeData(first, first, False, "元旦", "放假通知")
    enter_change(actor, session, holiday, now=eve)
    declare_year(actor, session, year, "放假通知", now=eve)
    calendar = working_calendar(session)
    after = calendar.add(eve.date(), 22).on, calendar.add(eve.date(), 5).on
    assert after > before
    assert (order.due_on, finding.statement_due_on) == after
    assert (order.is_due_provisional, finding.is_statement_due_provisional) == (False, False)
    assert (settled.due_on, settled.is_due_provisional) == (date(year, 1, 29), True)
    assert world.told("order_due_moved") == world.told("finding_due_moved") == ["evaluator", "manager"]
