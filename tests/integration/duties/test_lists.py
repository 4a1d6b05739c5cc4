"""What is due next: of everybody his own, of others only what he may see, at the same cost for any number."""

from __future__ import annotations

import itertools
import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership
from agencyqa.auth.roles import Role
from agencyqa.clock import today
from agencyqa.duties.enums import Duty, TermKind
from agencyqa.duties.items import Scope
from agencyqa.duties.queries import Item, Listing, next_items
from agencyqa.duties.terms import TermData, set_term, terms_of
from agencyqa.duties.waiting import waiting_page
from agencyqa.engagements.deliverables.enums import DeliverableKind, DeliverableState
from agencyqa.errors import Forbidden, Invalid
from agencyqa.measures.reckoning import reckon
from tests.client import Client
from tests.factories.accounts import NOW, make_member, sign_in
from tests.factories.agencies import make_agency
from tests.factories.deliverables import make_deliverable
from tests.integration.reports.filled import FAR, fill
from tests.integration.reports.world import District, World, statements, world

__all__ = ["world"]

DAY = date(2022, 7, 10)


@pytest.fixture
def both(world: World) -> World:
    fill(world.own, "本区项目")
    fill(world.other, "邻区项目")
    rival = make_agency(world.own.session, world.own.bureau, "对手机构")
    secret = world.own.engage("对手的项目", rival, due_on=FAR)
    make_deliverable(world.own.session, secret, DeliverableKind.PLAN, due_on=date(2022, 7, 2))
    return world


def all_items(district: District, person: Membership) -> list[Item]:
    listing = Listing(Scope(district.actor(person), reckon(district.session, DAY)))
    return listing.items(district.session.execute(listing.rows()))


def mine(district: District, person: Membership) -> list[tuple[Duty, str, int, bool]]:
    found = next_items(
        district.session, Scope(district.actor(person), reckon(district.session, DAY)), limit=100
    )
    assert all(item.is_mine for item in found)
    return [(item.duty, item.title, item.days, item.is_late) for item in found]


def test_to_everybody_his_own_the_most_urgent_first(both: World) -> None:
    own = both.own
    agency = mine(own, own.manager)
    assert agency[:5] == [
        (Duty.STATEMENT, "问题2022-002", 12, True),
        (Duty.STATEMENT, "问题2022-003", 12, True),
        (Duty.DELIVERABLE, "本区项目一", 5, True),
        (Duty.ORDER, "整改2022-001", 1, True),
        (Duty.DELIVERABLE, "本区项目一", 8, False),
    ]
    assert [line[0] for line in agency[5:]] == [
        *(Duty.ORDER, Duty.DELIVERABLE, Duty.ENGAGEMENT, Duty.ENGAGEMENT, Duty.RETURNED)
    ]
    assert mine(own, own.officer) == [
        (Duty.RECTIFICATION, "本区项目二", 3, True),
        (Duty.ACCEPTANCE, "本区项目一", 17, False),
        (Duty.PROBLEMS, "本区项目一", 17, False),
    ]
    assert [line[0] for line in mine(own, own.lead)] == [
        *(Duty.CHECK, Duty.RECHECK, Duty.CHECK, Duty.RECHECK, Duty.FINDING, Duty.FINDING),
        *(Duty.ACCEPTANCE, Duty.NOTICE, Duty.VERIFICATION),
    ]


def test_what_stands_still_falls_due_on_no_day_and_what_is_provisional_says_so(
    both: World, client: Client
) -> None:
    own = both.own
    engagement = own.engage("中止的项目", due_on=FAR)
    paused = make_deliverable(own.session, engagement, DeliverableKind.PLAN, due_on=date(2022, 7, 9))
    paused.paused_on = date(2022, 6, 30)
    unsure = make_deliverable(own.session, engagement, DeliverableKind.DRAFT, due_on=date(2022, 7, 20))
    unsure.is_due_provisional = True
    own.session.flush()
    found = {item.detail: item for item in all_items(own, own.manager) if item.title == "中止的项目"}
    plan, draft = found["评价方案"], found["报告初稿"]
    assert (plan.due_on, plan.is_late, plan.paused_on) == (None, False, date(2022, 6, 30))
    assert (draft.due_on, draft.is_provisional) == (date(2022, 7, 20), True)
    sign_in(client, own.manager)
    text = client.page(client.get("/duties")).text
    assert ("自 2022-06-30 起中止" in text, "2022-07-20 暂定" in text) == (True, True)
    assert "暂定" in client.page(client.get("/calendar?month=2022-07")).text
    assert "2022-07-09" not in text


def test_nobody_reads_of_the_neighbour_or_the_rival(both: World) -> None:
    own = both.own
    for person in (own.manager, own.officer, own.lead):
        items = all_items(own, person)
        assert items != []
        assert not any(item.title.startswith("邻区") or item.agency.startswith("静远") for item in items)
    assert not any(item.agency == "对手机构" for item in all_items(own, own.manager))
    # What the bureau is still writing is no line of the agency's, and its drafts wait for nobody else.
    agency = {(item.duty, item.who) for item in all_items(own, own.manager)}
    assert Duty.NOTICE not in {duty for duty, _ in agency}
    assert (Duty.ACCEPTANCE, "区教育局") in agency
    for nobody in (both.observer, both.administrator):
        assert {item.duty for item in all_items(own, nobody)} <= {Duty.ENGAGEMENT}
    session = own.session
    city = make_member(session, session.get_one(Body, both.city.id), Role.BUREAU_LEAD)
    names = {item.agency for item in all_items(own, city)}
    assert {"申评咨询有限公司", "静远会计师事务所", "对手机构"} <= names
    assert mine(own, city) == []


def test_pages_cost_the_same_for_one_and_for_fifty(
    both: World, client: Client, connection: sa.Connection
) -> None:
    own = both.own
    pages = (
        "/duties",
        "/duties?view=all",
        "/board",
        "/board?view=table",
        "/calendar?view=all",
        "/duties/waiting",
    )
    people = {own.lead: pages, own.manager: pages[:5], own.officer: pages[:5]}
    for person, addresses in people.items():
        client.delete_cookie("agencyqa")
        sign_in(client, person)
        for address in addresses:
            client.get(address)
    before = _counts(client, connection, people)
    for number in range(50):
        engagement = own.engage(f"更多{number}", commissioner=own.department, due_on=FAR)
        make_deliverable(own.session, engagement, DeliverableKind.PLAN, due_on=date(2022, 7, 1))
        make_deliverable(
            own.session,
            engagement,
            DeliverableKind.DRAFT,
            state=DeliverableState.SUBMITTED,
            first_submitted_at=NOW,
        )
    after = _counts(client, connection, people)
    assert after == before
    # The layout itself asks three times: session, bureaus, unread messages.
    assert max(before.values()) <= 8


def _counts(
    client: Client, connection: sa.Connection, people: dict[Membership, tuple[str, ...]]
) -> dict[tuple[int, str], int]:
    found = {}
    for person, addresses in people.items():
        client.delete_cookie("agencyqa")
        sign_in(client, person)
        client.get("/account")
        for address in addresses:
            with statements(connection) as sent:
                answer = client.get(address)
            assert answer.status_code == 200
            client.page(answer)
            found[person.id, address] = len(sent)
    return found


def test_the_bureau_against_its_own_limits(both: World) -> None:
    """Working days from the day after the waiting began, by the limit in force on the day it began."""
    own, session = both.own, both.own.session
    lead, scope = own.actor(own.lead), Scope(own.actor(own.lead), reckon(own.session, DAY))

    def limit(duty: Duty, days: int | None, since: date) -> None:
        set_term(lead, session, TermData(TermKind.LIMIT, duty, days, since, "局内规定"), now=NOW)

    # A check whose day has passed; the look on the spot was due on a Saturday, after which came no working day.
    assert waiting_page(session, scope).late == 1
    limit(Duty.ACCEPTANCE, 10, date(2022, 1, 1))
    # A stricter one later leaves what began before alone.
    limit(Duty.ACCEPTANCE, 1, date(2022, 6, 16))
    limit(Duty.VERIFICATION, 100, date(2022, 1, 1))
    page = waiting_page(session, scope)
    rows = {one.item.duty: one for one in page.rows}
    # From Thursday 16 June on; Dragon Boat lay before: ten working days end on 29 June, eight more lie behind.
    accepted = rows[Duty.ACCEPTANCE]
    assert (accepted.limit, accepted.due_on, accepted.waited, accepted.late) == (10, date(2022, 6, 29), 17, 7)
    assert (rows[Duty.VERIFICATION].late, rows[Duty.VERIFICATION].limit) == (0, 100)
    assert (rows[Duty.NOTICE].limit, rows[Duty.NOTICE].due_on, rows[Duty.NOTICE].late) == (None, None, 0)
    assert page.rows[0].item.duty is Duty.ACCEPTANCE
    assert [one.late for one in page.rows] == sorted((one.late for one in page.rows), reverse=True)
    assert {kind.duty: (kind.count, kind.late) for kind in page.kinds}[Duty.ACCEPTANCE] == (1, 1)
    # The neighbour's limits are its own.
    other = Scope(both.other.actor(both.other.lead), reckon(both.other.session, DAY))
    assert {one.item.duty: one.limit for one in waiting_page(session, other).rows}[Duty.ACCEPTANCE] is None
    with pytest.raises(Forbidden):
        set_term(
            own.actor(own.supervisor),
            session,
            TermData(TermKind.LIMIT, Duty.ROUND, 1, DAY, "无权"),
            now=NOW,
        )
    for wrong in (
        TermData(TermKind.LIMIT, Duty.ACCEPTANCE, 3, date(2022, 6, 16), "同一日"),
        TermData(TermKind.LIMIT, Duty.ORDER, 3, DAY, "不是本局的事"),
        TermData(TermKind.REMINDER, None, None, DAY, "没有天数"),
        TermData(TermKind.LIMIT, Duty.ROUND, 251, DAY, "太长"),
        TermData(TermKind.LIMIT, Duty.ROUND, 3, DAY, " "),
    ):
        with pytest.raises(Invalid):
            set_term(lead, session, wrong, now=NOW)
    terms = terms_of(session, {own.bureau.id})
    assert [terms.limit(own.bureau.id, Duty.ACCEPTANCE, day) for day in _days()] == [None, 10, 10, 1, 1]
    assert terms.reminder(own.bureau.id, DAY) == 3


def _days() -> list[date]:
    return [date(2021, 12, 31), date(2022, 1, 1), date(2022, 6, 15), date(2022, 6, 16), DAY]


def test_the_lead_sets_a_limit_on_the_page_and_what_was_typed_stays(both: World, client: Client) -> None:
    own = both.own
    sign_in(client, own.lead)
    form = {
        "kind": "limit",
        "duty": "acceptance",
        "working_days": "300",
        "valid_from": "2022-01-01",
        "source": "局规〔2022〕1号",
    }
    answer = client.post("/duties/terms/new", data=form)
    assert answer.status_code == 422
    text = client.page(answer)
    assert "请填写 0 至 250 之间的工作日数。" in text.text
    assert next(each for each in text.forms if each.action in {"", "/duties/terms/new"}).values["source"] == [
        form["source"]
    ]
    assert client.post("/duties/terms/new", data=form | {"working_days": "5"}).status_code == 302
    assert "局规〔2022〕1号" in client.page(client.get("/duties/terms")).text
    assert "超过时限" in client.page(client.get("/duties/waiting?duty=acceptance")).text
    client.delete_cookie("agencyqa")
    sign_in(client, own.supervisor)
    assert client.get("/duties/terms").status_code == 200
    assert client.post("/duties/terms/new", data=form).status_code == 403


def test_the_board_has_late_ones_first_and_every_state(both: World, client: Client) -> None:
    own = both.own
    own.engage("迟了的", due_on=date(2022, 4, 1))
    sign_in(client, own.lead)
    text = client.page(client.get("/board")).text
    titles = [
        text.index(word) for word in ("履约中", "迟了的", "本区项目一", "已完成", "已终止", "本区项目已终止")
    ]
    assert titles == sorted(titles)
    assert "邻区" not in text
    table = client.page(client.get("/board?view=table")).text
    assert table.index("迟了的") < table.index("本区项目一") < table.index("本区项目已终止")
    assert client.page(client.get("/board?year=2031")).text.count("没有业务") == 3


def test_every_page_says_the_same_working_days(both: World, client: Client) -> None:
    own = both.own
    commissioner = own.session.get_one(Body, own.department.id)
    late = own.engage("迟了的", commissioner=commissioner, due_on=date(2022, 4, 1))
    soon = own.engage("快到期的", commissioner=commissioner, due_on=today() + timedelta(days=9))
    late.is_overdue = True
    own.session.flush()
    reckoning = reckon(own.session, today())
    words = {
        "迟了的": f"逾期 {reckoning.late(late.due_on)} 个工作日",
        "快到期的": f"还有 {reckoning.left(soon.due_on)} 个工作日",
    }
    pages = ("/board", "/board?view=table", "/duties?view=all")
    for person, addresses in ((own.manager, (*pages, "/")), (own.officer, (*pages, "/")), (own.lead, pages)):
        client.delete_cookie("agencyqa")
        sign_in(client, person)
        for address in addresses:
            text = client.page(client.get(address)).text
            assert (address, [word in text for word in words.values()]) == (address, [True, True])
            # No other unit than the working day.
            assert not re.search(r"(逾期|还有|已等待) \d+ 天", text)
    text = client.page(client.get(f"/engagements/{late.id}")).text
    assert f"已{words['迟了的']}" in text


def test_dates_make_the_order_and_the_pages_hold_it(both: World, client: Client, session: Session) -> None:
    """From page to page nothing is left out and nothing comes twice."""
    own = both.own
    for number in range(60):
        engagement = own.engage(f"长列表{number:03}", due_on=FAR)
        make_deliverable(own.session, engagement, DeliverableKind.PLAN, due_on=date(2022, 8, 1 + number % 28))
    sign_in(client, own.manager)
    address: str | None = "/duties"
    seen: list[str] = []
    for _ in itertools.repeat(None, 12):
        page = client.page(client.get(address or ""))
        seen += [word for word in page.text.split() if word.startswith("长列表")]
        following = [href for text, href in page.links if "cursor=" in href and "下一页" in text]
        if not following:
            break
        address = following[0]
    assert len(seen) == 240
    assert {seen.count(f"长列表{number:03}") for number in range(60)} == {4}
