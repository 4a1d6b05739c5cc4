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
from tests.client import Client
from tests.factories.accounts import NOW, sign_in
from tests.factories.inspections import make_finding
from tests.factories.orders import make_order
from tests.integration.inspections.orders_world import OrderWorld, make_orders_world


@pytest.fixture
def world(session: Session) -> OrderWorld:
    return make_orders_world(session)


def test_terms_that_run_follow_a_day_that_changes_in_a_published_year(
    session: Session, world: OrderWorld, client: Client
) -> None:
    """Monday 2022-06-20 becomes a holiday: what was counted over it and still runs ends a working day later."""
    told_at = NOW.replace(month=6, day=16)
    supervisor, lead = world.actor("supervisor"), world.actor("lead")
    wanted = OrderData([make_finding(session, world.check).id], "补齐工作底稿。", 5, "M2/violations")
    order = issue_order(supervisor, session, world.check, wanted, now=told_at)
    finding = make_finding(session, world.check, state=FindingState.DRAFT)
    notify_agency(
        world.actor("second"), session, finding, working_days=5, seen_version=finding.version, now=told_at
    )
    # Neither what was answered nor a day that somebody named, nor what ended before the day, moves.
    answered = make_order(session, world.check, due_on=date(2022, 6, 23), state=OrderState.ANSWERED)
    named = make_order(session, world.check, due_on=date(2022, 6, 24), state=OrderState.REJECTED)
    ended = make_order(session, world.check, due_on=date(2022, 6, 17))
    order.is_overdue = True
    dates = [each.due_on for each in (answered, named, ended)]
    assert (order.due_on, finding.statement_due_on) == (date(2022, 6, 23), date(2022, 6, 23))
    assert (order.is_due_provisional, finding.is_statement_due_provisional) == (False, False)
    changed = ChangeData(date(2022, 6, 20), date(2022, 6, 20), False, "临时放假", "局发通知")
    # Seen on Friday, the day on which it would have been late.
    enter_change(lead, session, changed, now=NOW.replace(month=6, day=24))
    assert (order.due_on, finding.statement_due_on) == (date(2022, 6, 24), date(2022, 6, 24))
    assert order.is_overdue is False
    assert [each.due_on for each in (answered, named, ended)] == dates
    assert world.told("order_due_moved") == world.told("finding_due_moved") == ["evaluator", "manager"]
    session.commit()
    sign_in(client, world.members["manager"])
    shown = client.page(client.get(f"/inspections/orders/{order.id}")).text
    assert "工作日历变动，期限由 2022-06-23 改为 2022-06-24" in shown


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
