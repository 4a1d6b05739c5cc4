"""Making sheets, the shares and grades behind them, and the list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from fractions import Fraction

import pytest
import sqlalchemy as sa
from sqlalchemy import event, select

from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.models import GradeTable, ScoreSheet, ShareTable
from agencyqa.assessments.queries.tables import grade_table_in_force, share_table_in_force
from agencyqa.assessments.services.sheets import open_sheets, open_year
from agencyqa.assessments.services.tables import GradeRow, add_grade_table, add_share_table
from agencyqa.audit.models import AuditEntry
from agencyqa.engagements.enums import EngagementState
from agencyqa.errors import Forbidden, Invalid, Refused
from agencyqa.measures.enums import Purpose
from agencyqa.notifications.models import InboxMessage
from tests.client import Client
from tests.factories.accounts import NOW
from tests.factories.assessments import submit
from tests.integration.assessments.conftest import World, switch_to


@contextmanager
def counted(connection: sa.Connection) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            statements.append(statement)

    event.listen(connection.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(connection.engine, "before_cursor_execute", note)


def test_one_sheet_for_each_role_with_a_share(world: World) -> None:
    sheets = world.sheets(world.engage(date(2022, 3, 1)))
    assert {role: sheet.scorer_body_id for role, sheet in sheets.items()} == {
        Purpose.BUREAU: world.bureau.id,
        Purpose.EVALUATED_UNIT: world.department.id,
    }
    assert {sheet.state for sheet in sheets.values()} == {SheetState.DRAFT}
    assert all(sheet.total is None and sheet.max_points == 1_000_000 for sheet in sheets.values())


def test_opening_twice_makes_nothing_twice(world: World) -> None:
    supervisor = world.actor(world.supervisor)
    assert len(open_sheets(supervisor, world.session, world.engagement, now=NOW)) == 1
    assert open_sheets(supervisor, world.session, world.engagement, now=NOW) == []


def test_a_role_without_a_scheme_is_named_with_the_date(client: Client, world: World) -> None:
    add_share_table(
        world.actor(world.lead),
        world.session,
        valid_from=date(2023, 1, 1),
        source="新方案",
        shares=[(Purpose.COMMISSIONER, Fraction(1, 2)), (Purpose.BUREAU, Fraction(1, 2))],
        now=NOW,
    )
    early = world.engage(date(2016, 5, 1))
    switch_to(client, world.supervisor)
    answer = client.post(f"/engagements/{early.id}/sheets", data={"due_on": ""})
    assert answer.status_code == 409
    shown = client.page(answer).text
    assert "被评价单位评分" in shown
    assert "2016-05-01" in shown
    assert world.session.scalars(select(ScoreSheet)).all() == []


def test_without_shares_there_are_no_sheets(world: World) -> None:
    with pytest.raises(Refused, match="no_share_table"):
        open_sheets(world.actor(world.supervisor), world.session, world.engage(date(2015, 5, 1)), now=NOW)


@pytest.mark.parametrize("name", ["city_supervisor", "neighbour_supervisor", "officer", "manager"])
def test_only_the_own_bureau_opens(world: World, name: str) -> None:
    with pytest.raises(Forbidden):
        open_sheets(world.actor(getattr(world, name)), world.session, world.engagement, now=NOW)


def test_a_whole_year_at_once(client: Client, world: World) -> None:
    made = [world.engage(date(2022, 3, day)) for day in (1, 2, 3)]
    made[2].state = EngagementState.TERMINATED
    early = world.engage(date(2015, 3, 1))
    early.assessment_year = 2022
    switch_to(client, world.supervisor)
    answer = client.post("/sheets/open-year", data={"year": "2022", "due_on": ""})
    # What was sent is not sent again where the page is loaded again.
    assert (answer.status_code, answer.location) == (302, "/sheets/open-year?year=2022")
    shown = client.page(client.get(answer.location)).text
    assert "已下发 4 份评分表。" in shown
    assert early.contract_number in shown
    assert "2015-03-01" in shown
    again = client.page(client.get(answer.location)).text
    assert ("已下发" in again, early.contract_number in again) == (False, True)
    assert early.contract_number not in client.page(client.get("/sheets/open-year?year=x")).text
    assert open_year(world.actor(world.supervisor), world.session, 2022, now=NOW).sheets == []
    told = world.session.scalars(
        select(InboxMessage).where(InboxMessage.membership_id == world.officer.id)
    ).all()
    assert [(each.code, each.params["count"]) for each in told] == [("sheets_opened", 2)]


@pytest.mark.parametrize("what", ["sheets", "experts"])
def test_a_terminated_engagement_shows_no_form_that_it_would_refuse(
    client: Client, world: World, what: str
) -> None:
    engagement = world.engage(date(2022, 3, 1))
    engagement.state = EngagementState.TERMINATED
    switch_to(client, world.supervisor)
    shown = client.page(client.get(f"/engagements/{engagement.id}/{what}"))
    assert "已终止" in shown.text
    assert "main-form" not in client.get(f"/engagements/{engagement.id}/{what}").text
    assert client.post(f"/engagements/{engagement.id}/{what}", data={"due_on": ""}).status_code in {409, 422}
    assert (
        world.session.scalars(select(ScoreSheet).where(ScoreSheet.engagement_id == engagement.id)).all() == []
    )


def test_sheets_hold_the_engagement_fast(client: Client, world: World) -> None:
    world.sheets()
    switch_to(client, world.supervisor)
    page = client.page(client.get(f"/engagements/{world.engagement.id}"))
    assert "被评价单位评分" in page.text
    assert "还没有下发评分表" not in page.text


def test_the_panel_shows_each_reader_its_own(client: Client, world: World) -> None:
    engagement = world.engage(date(2022, 3, 1))
    sheets = world.sheets(engagement)
    submit(world.session, world.actor(world.supervisor), sheets[Purpose.BUREAU])
    switch_to(client, world.officer)
    page = client.page(client.get(f"/engagements/{engagement.id}"))
    assert "被评价单位评分" in page.text
    assert "财政局评分" not in page.text
    assert "业务考核得分" not in page.text
    switch_to(client, world.manager)
    assert (
        "考核评分" not in client.page(client.get(f"/engagements/{engagement.id}")).text.split("委托业务")[-1]
    )


def test_the_list_costs_the_same_for_one_and_thirty(
    client: Client, connection: sa.Connection, world: World
) -> None:
    world.sheets()
    switch_to(client, world.supervisor)
    client.get("/sheets/?view=all")
    with counted(connection) as one:
        client.get("/sheets/?view=all")
    for _ in range(29):
        world.sheets(world.engage())
    # What is still to be written would otherwise be counted with the page.
    world.session.commit()
    with counted(connection) as many:
        page = client.get("/sheets/?view=all")
    assert page.text.count('scope="row"') == 30
    assert len(one) == len(many)
    assert len(many) <= 8, many


def test_the_to_do_list_holds_what_waits_for_me(client: Client, world: World) -> None:
    sheets = world.sheets(world.engage(date(2022, 3, 1)))
    unit, bureau = sheets[Purpose.EVALUATED_UNIT], sheets[Purpose.BUREAU]
    submit(world.session, world.actor(world.officer), unit)
    submit(world.session, world.actor(world.supervisor), bureau)

    def listed(name: str) -> set[str]:
        switch_to(client, getattr(world, name))
        links = client.page(client.get("/sheets/")).links
        return {href for _, href in links if href.startswith("/sheets/") and href[8:].isdigit()}

    assert listed("officer") == set()
    # Who scored it does not review it.
    assert listed("supervisor") == {f"/sheets/{unit.id}"}
    assert listed("second_supervisor") == {f"/sheets/{unit.id}", f"/sheets/{bureau.id}"}
    # The city reads, and has nothing to do.
    assert listed("city_supervisor") == set()


def test_new_shares_end_the_old_ones(client: Client, world: World) -> None:
    switch_to(client, world.lead)
    fields = {"valid_from": "2023-01-01", "source": "2023 年考核方案", "bureau": "60", "evaluated_unit": "40"}
    fields["role_missing"] = "wait"
    assert client.post("/score-tables/shares", data={**fields, "bureau": "50"}).status_code == 422
    answer = client.post("/score-tables/shares", data=fields)
    assert answer.status_code == 302
    tables = world.session.scalars(select(ShareTable).order_by(ShareTable.valid_from)).all()
    assert [(table.valid_from, table.valid_to) for table in tables] == [
        (date(2016, 1, 1), date(2021, 9, 17)),
        (date(2021, 9, 18), date(2022, 12, 31)),
        (date(2023, 1, 1), None),
    ]
    assert tables[2].shares == [["bureau", 3, 5], ["evaluated_unit", 2, 5]]
    assert "60.00%" in client.page(client.get("/score-tables")).text
    again = client.post("/score-tables/shares", data={**fields, "valid_from": "2022-01-01"})
    assert again.status_code == 422
    assert "重叠" in client.page(again).text
    events = world.session.scalars(
        select(AuditEntry.event).where(AuditEntry.event.startswith("assessments.shares"))
    ).all()
    assert sorted(events) == ["assessments.shares.added", "assessments.shares.ended"]
    address = f"/score-tables/shares/{tables[2].id}/withdraw"
    assert ("撤回", address) in client.page(client.get("/score-tables")).links
    empty = client.post(address, data={"reason": ""})
    assert (empty.status_code, "2023 年考核方案" in client.page(empty).text) == (422, True)
    assert client.post(address, data={"reason": "填错了日期"}).status_code == 302
    world.session.expire_all()
    assert [table.valid_to for table in world.session.scalars(select(ShareTable)).all()].count(None) == 1
    assert client.get(address).status_code == 404


def test_only_the_lead_sets_shares_and_grades(client: Client, world: World) -> None:
    switch_to(client, world.supervisor)
    assert client.get("/score-tables").status_code == 200
    assert client.get("/score-tables/shares").status_code == 403
    with pytest.raises(Forbidden):
        add_grade_table(
            world.actor(world.supervisor),
            world.session,
            valid_from=date(2022, 1, 1),
            source="x",
            bands=[GradeRow("one", "合格", "Pass", 0)],
            places=2,
            now=NOW,
        )


def test_grades_through_the_form(client: Client, world: World) -> None:
    switch_to(client, world.lead)
    fields = {
        "valid_from": "2022-01-01",
        "source": "考核方案",
        "places": "2",
        "label_1": "优",
        "low_1": "90",
        "label_2": "良",
    }
    half = client.post("/score-tables/grades", data=fields)
    assert half.status_code == 422
    hole = client.post("/score-tables/grades", data={**fields, "low_2": "60"})
    assert "最低一级须从 0 分起" in client.page(hole).text
    assert client.post("/score-tables/grades", data={**fields, "low_2": "0"}).status_code == 302
    table = world.session.scalars(select(GradeTable)).one()
    assert [(band["label"], band["low"]) for band in table.bands] == [("优", 900_000), ("良", 0)]
    day = date(2022, 6, 1)
    assert grade_table_in_force(world.session, [world.bureau.id, world.city.id], day) is table
    assert grade_table_in_force(world.session, [world.neighbour.id], day) is None


def test_the_nearest_bureau_decides(world: World) -> None:
    add_share_table(
        world.actor(world.lead),
        world.session,
        valid_from=date(2024, 1, 1),
        source="区方案",
        shares=[(Purpose.BUREAU, Fraction(1))],
        now=NOW,
    )
    chain = [world.bureau.id, world.city.id]
    found = share_table_in_force(world.session, chain, date(2024, 5, 1))
    assert found is not None
    assert found.shares == [["bureau", 1, 1]]
    assert share_table_in_force(world.session, [world.city.id], date(2024, 5, 1)) is None


def test_shares_that_do_not_add_up_are_refused(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        add_share_table(
            world.actor(world.lead),
            world.session,
            valid_from=date(2024, 1, 1),
            source="x",
            shares=[(Purpose.BUREAU, Fraction(1, 3)), (Purpose.EVALUATED_UNIT, Fraction(1, 3))],
            now=NOW,
        )
    assert caught.value.fields["shares"] == ("shares_do_not_add_up", {"sum": "66.67"})
