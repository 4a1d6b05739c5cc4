"""The year in figures: counts and fees that can be worked out with a pencil, and no score."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import AgencyKind
from agencyqa.auth.roles import Role
from agencyqa.engagements.enums import EngagementState
from agencyqa.reports.statistics import AGENCIES_SHOWN, AgencyLine, KindLine, QuarterLine, statistics_of
from tests.client import Client
from tests.factories.accounts import make_member, sign_in
from tests.factories.agencies import make_agency
from tests.integration.reports.world import World, statements, world

__all__ = ["world"]

DAY = date(2022, 7, 10)


@pytest.fixture
def year(world: World) -> World:
    """申评 (consulting): three, one late and one done late; 浦江 (accounting): one; one more was terminated.

    On Sunday 10 July only Friday counts for what was due on Thursday; 2 to 4 May 2022 were holidays.
    """
    own = world.own
    accountants = make_agency(own.session, own.bureau, "浦江会计师事务所", kind=AgencyKind.ACCOUNTING_FIRM)
    done = EngagementState.COMPLETED
    own.engage("甲项目", signed_on=date(2022, 1, 5), due_on=date(2022, 7, 7), fee=10_000_001)
    own.engage(
        "乙项目",
        signed_on=date(2022, 3, 31),
        due_on=date(2022, 5, 1),
        completed_on=date(2022, 5, 5),
        state=done,
        fee=1,
    )
    own.engage(
        "丙项目",
        signed_on=date(2022, 4, 1),
        due_on=date(2022, 6, 1),
        completed_on=date(2022, 6, 1),
        state=done,
        fee=5_000_000,
    )
    own.engage("丁项目", accountants, signed_on=date(2022, 12, 31), due_on=date(2023, 1, 31), fee=2_500_000)
    own.engage("终止的项目", accountants, state=EngagementState.TERMINATED, fee=99_000_000)
    own.engage("上年的项目", signed_on=date(2021, 12, 31), fee=88_000_000)
    world.other.engage("邻区的项目", fee=77_000_000)
    return world


def test_figures_by_hand(year: World) -> None:
    own = year.own
    found = statistics_of(own.session, own.actor(own.supervisor), 2022, DAY)
    assert found is not None
    assert (found.engagements, found.completed, found.late, found.terminated) == (4, 2, 2, 1)
    assert (found.agencies, found.fee) == (2, 17_500_002)
    assert found.kinds == (
        KindLine("专业咨询机构", 1, 3, 15_000_002),
        KindLine("会计师事务所", 1, 1, 2_500_000),
        KindLine("资产评估机构", 0, 0, 0),
        KindLine("律师事务所", 0, 0, 0),
        KindLine("科研院所", 0, 0, 0),
        KindLine("高等院校", 0, 0, 0),
    )
    assert found.quarters == (
        QuarterLine("第 1 季度", 2, 10_000_002),
        QuarterLine("第 2 季度", 1, 5_000_000),
        QuarterLine("第 3 季度", 0, 0),
        QuarterLine("第 4 季度", 1, 2_500_000),
    )
    assert [(line.name, line.engagements, line.fee) for line in found.per_agency] == [
        ("申评咨询有限公司", 3, 15_000_002),
        ("浦江会计师事务所", 1, 2_500_000),
    ]
    assert found.distribution is None
    assert statistics_of(own.session, own.actor(own.supervisor), 2019, DAY) is None


def test_a_district_counts_only_itself_and_the_city_all(year: World) -> None:
    session = year.own.session
    city = make_member(session, session.get_one(Body, year.city.id), Role.BUREAU_SUPERVISOR)
    whole = statistics_of(session, year.own.actor(city), 2022, DAY)
    assert whole is not None
    assert (whole.engagements, whole.fee) == (5, 94_500_002)
    other = statistics_of(session, year.other.actor(year.other.lead), 2022, DAY)
    assert other is not None
    assert [line.name for line in other.per_agency] == ["静远会计师事务所"]


def test_the_tail_is_one_line(world: World) -> None:
    own = world.own
    for number in range(AGENCIES_SHOWN + 2):
        agency = make_agency(own.session, own.bureau, f"第{number:02d}号咨询有限公司")
        own.engage(f"项目 {number}", agency, fee=100)
    own.engage("主要项目", fee=1)
    own.engage("主要项目", fee=1)
    found = statistics_of(own.session, own.actor(own.lead), 2022, DAY)
    assert found is not None
    assert [line.name for line in found.per_agency[:2]] == ["申评咨询有限公司", "第00号咨询有限公司"]
    assert found.per_agency[-1] == AgencyLine(None, "其余 3 家", 3, 300)
    assert sum(line.engagements for line in found.per_agency) == AGENCIES_SHOWN + 4


def test_the_page(year: World, client: Client) -> None:
    own = year.own
    sign_in(client, own.supervisor)
    # Of this year there is nothing; the page opens with the newest year that has something.
    text = client.page(client.get("/reports/statistics")).text
    assert "2022 年度统计" in text
    assert "合同金额 17.50 万元" in text
    assert "专业咨询机构 1 3 15.00" in text
    for secret in ("静远会计师事务所", "静安区财政局"):
        assert secret not in text
    text = client.page(client.get("/reports/statistics?year=2021")).text
    assert "合同金额 88.00 万元" in text
    assert "2019 年度没有委托业务" in client.page(client.get("/reports/statistics?year=2019")).text


def test_who_may_open_it(year: World, client: Client) -> None:
    own = year.own
    answers = {}
    for name, member in {
        "lead": own.lead,
        "officer": own.officer,
        "manager": own.manager,
        "observer": year.observer,
        "administrator": year.administrator,
    }.items():
        client.delete_cookie("agencyqa")
        sign_in(client, member)
        answers[name] = client.get("/reports/statistics").status_code
    assert answers == {"lead": 200, "officer": 403, "manager": 403, "observer": 403, "administrator": 403}


def test_equal_statements_for_one_and_for_thirty(
    world: World, client: Client, session: Session, connection: sa.Connection
) -> None:
    own = world.own
    own.score(own.engage("学前教育补助项目"))
    own.round()
    sign_in(client, own.lead)

    def count() -> int:
        with statements(connection) as sent:
            assert client.get("/reports/statistics").status_code == 200
        return len(sent)

    count()
    first = count()
    assert first <= 8
    for number in range(30):
        agency = make_agency(session, own.bureau, f"第{number:02d}号咨询有限公司")
        own.engage(f"项目 {number}", agency, signed_on=date(2022, 1, 1) + timedelta(days=number))
    assert count() == first
