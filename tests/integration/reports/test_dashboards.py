"""The first page of each role: what is its own, with links to where one acts, and nothing of anybody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Invitation, User
from agencyqa.agencies.enums import Standing
from agencyqa.assessments.enums import WeightMode
from agencyqa.assessments.models import ResultAssignment
from agencyqa.assessments.services.rounds import compute_round, open_round
from agencyqa.audit.record import record_refusal
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date, today, utc_now
from agencyqa.jobs.enums import RunState
from agencyqa.jobs.models import JobRun
from agencyqa.measures.enums import Purpose
from agencyqa.measures.reckoning import reckon
from agencyqa.reports.dashboards.agenda import agenda
from agencyqa.reports.dashboards.bureau import bureau_page
from agencyqa.reports.dashboards.tasks import Line, Part, What
from tests.client import Client
from tests.factories.accounts import NOW, make_member, make_user, sign_in
from tests.factories.agencies import make_agency, make_qualification
from tests.integration.reports.world import Open, World, front_page, statements, world

__all__ = ["front_page", "world"]

# A year after the contracts of the world were due.
LATER = datetime(2023, 7, 10, 3, 0, tzinfo=UTC)
DUE = datetime(2022, 6, 30, tzinfo=UTC).date()


def shown(lines: list[Line]) -> list[tuple[What, str, str, int]]:
    return [(line.what, line.title, line.who, line.days) for line in lines]


@pytest.fixture
def neighbour(world: World) -> World:
    """The neighbour has one of everything: none of it may show in the own district."""
    other = world.other
    other.submit(other.sheets(other.engage("养老服务补贴项目"), DUE)[Purpose.EVALUATED_UNIT])
    make_agency(other.session, other.bureau, "申请中的静安机构", standing=Standing.APPLIED)
    other.score(other.engage("社区食堂项目"))
    other.publish(other.round())
    return world


SECRETS = (
    "养老服务补贴项目",
    "社区食堂项目",
    "静远会计师事务所",
    "申请中的静安机构",
    "静安区财政局",
    "区民政局",
)


def test_a_bureau_knows_what_is_due_who_is_late_and_what_to_decide(
    neighbour: World, front_page: Open
) -> None:
    own = neighbour.own
    late = own.engage("学前教育补助项目")
    sheets = own.sheets(late, due_on=DUE)
    own.submit(sheets[Purpose.EVALUATED_UNIT])
    make_agency(own.session, own.bureau, "申请中的长宁机构", standing=Standing.APPLIED)
    own.engage("智慧校园项目", due_on=datetime(2023, 7, 20, tzinfo=UTC).date())
    own.engage("远期项目", due_on=datetime(2023, 12, 1, tzinfo=UTC).date())
    session, reviewer = own.session, own.actor(own.reviewer)

    found = agenda(session, reviewer, reckon(session, local_date(LATER)))
    assert shown(found[Part.DECIDE]) == [
        (What.APPLICATION, "申请中的长宁机构", "申请中的长宁机构", 267),
        (What.SHEET, "学前教育补助项目", "区教育局", 267),
    ]
    assert shown(found[Part.LATE]) == [
        (What.ENGAGEMENT, "学前教育补助项目", "申评咨询有限公司", 256),
        # The unit handed in; now the bureau itself is late with the decision.
        (What.REVIEW, "学前教育补助项目", "长宁区财政局", 256),
        (What.SHEET, "学前教育补助项目", "长宁区财政局", 256),
    ]
    assert shown(found[Part.SOON]) == [(What.ENGAGEMENT, "智慧校园项目", "申评咨询有限公司", 8)]
    figures = bureau_page(session, reviewer, LATER).figures
    wanted = {
        "registered": 1,
        "applied": 1,
        "running": 3,
        "late_engagements": 1,
        "late_sheets": 1,
        "late_reviews": 1,
        "soon": 1,
        "to_fill": 1,
        "to_review": 1,
    }
    assert {name: figures[name] for name in wanted} == wanted

    text = front_page(own.reviewer)
    for expected in ("学前教育补助项目", "申请中的长宁机构", "评分表审核", "待审核"):
        assert expected in text
    for secret in SECRETS:
        assert secret not in text


def test_who_scored_is_not_asked_to_decide(neighbour: World) -> None:
    own = neighbour.own
    sheet = own.sheets(own.engage("学前教育补助项目"))[Purpose.BUREAU]
    own.submit(sheet)
    session = own.session
    assert (
        shown(agenda(session, own.actor(own.supervisor), reckon(session, local_date(NOW)))[Part.DECIDE]) == []
    )
    assert shown(agenda(session, own.actor(own.reviewer), reckon(session, local_date(NOW)))[Part.DECIDE]) == [
        (What.SHEET, "学前教育补助项目", "长宁区财政局", 0)
    ]
    assert bureau_page(session, own.actor(own.supervisor), NOW).figures["to_review"] == 0


def test_a_year_waits_for_a_lead_who_scored_nothing_in_it(neighbour: World, front_page: Open) -> None:
    own = neighbour.own
    own.score(own.engage("学前教育补助项目"))
    found = own.round()
    session = own.session
    scoring_lead = make_member(
        session, session.get_one(Body, own.bureau.id), Role.BUREAU_LEAD, user=own.supervisor.user
    )
    for member, expected in (
        (own.lead, [(What.ROUND, "2022", "长宁区财政局", 0)]),
        (scoring_lead, []),
        (own.supervisor, []),
    ):
        assert (
            shown(agenda(session, own.actor(member), reckon(session, local_date(NOW)))[Part.DECIDE])
            == expected
        )
    assert "2022 年度考核结果待发布" in front_page(own.lead)
    own.publish(found)
    assert agenda(session, own.actor(own.lead), reckon(session, local_date(NOW)))[Part.DECIDE] == []


def test_the_distribution_is_of_the_own_round(neighbour: World) -> None:
    own = neighbour.own
    weaker = make_agency(own.session, own.bureau, "浦江会计师事务所")
    own.score(own.engage("学前教育补助项目"))
    # 4 of 100 points of the unit's form, which counts 30 %: 98.8.
    own.score(own.engage("智慧校园项目", weaker), lost=40_000)
    own.sheets(own.engage("尚未评分的项目", make_agency(own.session, own.bureau, "待评分机构")))
    found = own.round()
    page = bureau_page(own.session, own.actor(own.supervisor), NOW)
    assert page.distribution is not None
    assert page.distribution.round_id == found.id
    assert page.distribution.grades == (("优", 2), ("良", 0), ("中", 0), ("差", 0))
    assert (page.distribution.agencies, page.distribution.unranked) == (3, 1)
    # A year that is only being scored takes the place of none that is published.
    own.publish(found)
    own.engage("次年的项目", signed_on=datetime(2023, 3, 1, tzinfo=UTC).date())
    coming = open_round(own.actor(own.supervisor), own.session, 2023, WeightMode.EQUAL, now=NOW)
    compute_round(own.actor(own.supervisor), own.session, coming, now=NOW)
    page = bureau_page(own.session, own.actor(own.supervisor), NOW)
    assert page.distribution is not None
    assert (page.distribution.year, page.distribution.round_id) == (2022, found.id)


def test_a_municipality_reads_its_districts(neighbour: World, front_page: Open) -> None:
    """It sees who is late everywhere, but has nothing to decide there."""
    city = make_member(
        neighbour.own.session, neighbour.own.session.get_one(Body, neighbour.city.id), Role.BUREAU_LEAD
    )
    actor = neighbour.own.actor(city)
    found = agenda(neighbour.own.session, actor, reckon(neighbour.own.session, local_date(LATER)))
    assert found[Part.DECIDE] == []
    assert (What.ENGAGEMENT, "社区食堂项目", "静远会计师事务所", 256) in shown(found[Part.LATE])
    assert "社区食堂项目" in front_page(city)


def test_a_department_sees_its_own(neighbour: World, front_page: Open) -> None:
    own = neighbour.own
    engagement = own.engage("学前教育补助项目")
    due_on = today() + timedelta(days=5)
    sheet = own.sheets(engagement, due_on)[Purpose.EVALUATED_UNIT]
    own.score(own.engage("智慧校园项目"))
    found = own.publish(own.round())
    text = front_page(own.officer)
    assert "待填评分表 1 份" in text
    assert f"{due_on} 还有 {reckon(own.session, today()).left(due_on)} 个工作日" in text
    assert "可查看的考核结果 0" in text
    assert "还没有可查看的考核结果" in text
    assert "优" not in text
    for secret in SECRETS:
        assert secret not in text
    (result,) = own.results(found)
    assignment = ResultAssignment(
        result_id=result.id, department_id=own.department.id, valid_from=today(), assigned_at=NOW
    )
    own.session.add(assignment)
    own.session.flush()
    text = front_page(own.officer)
    assert "可查看的考核结果 1" in text
    assert "申评咨询有限公司" in text
    other_text = front_page(neighbour.other.officer)
    for secret in ("学前教育补助项目", "智慧校园项目", "申评咨询有限公司", "可查看的考核结果 1"):
        assert secret not in other_text
    assert sheet.engagement_id == engagement.id


def test_an_agency_sees_its_own(neighbour: World, front_page: Open) -> None:
    own = neighbour.own
    rival = make_agency(own.session, own.bureau, "浦江会计师事务所")
    own.score(own.engage("学前教育补助项目"), lost=40_000)
    own.score(own.engage("对手的项目", rival, contract_number="HT-SECRET"))
    make_qualification(
        own.session, own.bureau, own.agency, "资产评估备案", expires_on=today() + timedelta(days=20)
    )
    make_qualification(own.session, own.bureau, rival, "对手的证书", expires_on=today() + timedelta(days=20))
    found = own.round()
    text = front_page(own.manager)
    assert "还没有已发布的考核结果" in text
    assert "98.80" not in text
    own.publish(found)
    text = front_page(own.manager)
    assert "2022 长宁区财政局 98.80 参考分值 优 2 / 2" in text
    assert "长宁区财政局 已登记" in text
    assert "资产评估备案" in text
    assert "还有 20 天" in text
    for secret in (*SECRETS, "浦江会计师事务所", "对手的项目", "HT-SECRET", "对手的证书", "100.00"):
        assert secret not in text


def test_an_observer_sees_what_was_published(neighbour: World, front_page: Open) -> None:
    own = neighbour.own
    own.score(own.engage("学前教育补助项目"))
    found = own.round()
    text = front_page(neighbour.observer)
    assert "还没有已发布的年度考核" in text
    assert "等级分布" not in text
    own.publish(found)
    text = front_page(neighbour.observer)
    assert "2022 年度 长宁区财政局 1 1 2022-06-15" in text
    assert "2022 年度等级分布" in text
    for secret in SECRETS:
        assert secret not in text


def test_the_administrator_sees_accounts_and_no_scores(neighbour: World, front_page: Open) -> None:
    own = neighbour.own
    session = own.session
    own.score(own.engage("学前教育补助项目"))
    own.publish(own.round())
    invited = make_user(session, "zhang.invited", "张邀请")
    forgotten = make_user(session, "li.forgotten", "李遗忘")
    now = utc_now()
    for user in (invited, forgotten):
        user.password_hash = None
    session.add(
        Invitation(
            user_id=invited.id, token_hash="a" * 64, created_at=now, expires_at=now + timedelta(days=3)
        )
    )
    session.add(
        Invitation(
            user_id=forgotten.id, token_hash="b" * 64, created_at=NOW, expires_at=NOW + timedelta(days=3)
        )
    )
    session.add(_failed_run(now - timedelta(days=1), "x" * 32))
    session.add(_failed_run(now - timedelta(days=30), "y" * 32))
    record_refusal(
        session,
        own.actor(own.officer),
        "auth.request.refused",
        now=now - timedelta(hours=1),
        code="role_may_not",
        endpoint="agencies.new",
        method="GET",
        path="/agencies/new",
    )
    session.flush()
    text = front_page(neighbour.administrator)
    for expected in (
        "待设置密码 2 个 有效邀请 1 个",
        "zhang.invited",
        "li.forgotten",
        "需要重新邀请",
        "七日内失败任务 1",
        "校验审计日志",
        "24 小时内被拒操作 1",
    ):
        assert expected in text
    for secret in (*SECRETS, "学前教育补助项目", "申评咨询有限公司", "年度考核", "100.00"):
        assert secret not in text
    assert session.get(User, forgotten.id) is not None


def _failed_run(due_at: datetime, claim: str) -> JobRun:
    return JobRun(
        job="audit.verify_chain",
        due_at=due_at,
        claimed_at=due_at,
        claimed_by="test",
        claim=claim,
        state=RunState.FAILED,
        error_code="chain_broken",
        error_params={},
    )


def test_every_link_of_a_page_opens(neighbour: World, client: Client) -> None:
    """Each row and each tile leads to where one acts."""
    own = neighbour.own
    make_agency(own.session, own.bureau, "申请中的长宁机构", standing=Standing.APPLIED)
    own.submit(own.sheets(own.engage("学前教育补助项目"), DUE)[Purpose.EVALUATED_UNIT])
    own.engage("智慧校园项目", due_on=today() + timedelta(days=3))
    own.score(own.engage("已评分的项目"))
    own.round()
    opened: set[str] = set()
    for member in (own.lead, own.officer, own.manager, neighbour.administrator):
        client.delete_cookie("agencyqa")
        sign_in(client, member)
        page = client.page(client.get("/"))
        for _, href in page.links:
            if href.startswith("/") and not href.startswith("/static") and href not in opened:
                assert (href, client.get(href).status_code) == (href, 200)
                opened.add(href)
        opened = {href for href in opened if "workbook" in href}


def test_equal_statements_for_one_and_for_thirty(
    world: World, new_client: Callable[[], Client], session: Session, connection: sa.Connection
) -> None:
    """At most eight, those that find out who asks and draw the layout included."""
    own = world.own
    clients: dict[str, Client] = {}
    for name, member in {
        "lead": own.lead,
        "officer": own.officer,
        "manager": own.manager,
        "observer": world.observer,
        "administrator": world.administrator,
    }.items():
        clients[name] = new_client()
        sign_in(clients[name], member)

    def fill(number: int) -> None:
        own.submit(own.sheets(own.engage(f"待审核 {number}"), DUE)[Purpose.EVALUATED_UNIT])
        own.sheets(own.engage(f"待评分 {number}"), DUE)
        own.engage(f"近期 {number}", due_on=today() + timedelta(days=number))
        make_agency(session, own.bureau, f"申请机构 {number}", standing=Standing.APPLIED)
        make_qualification(
            session, own.bureau, own.agency, f"证书 {number}", expires_on=today() + timedelta(days=number)
        )
        make_user(session).password_hash = None
        session.add(_failed_run(utc_now() - timedelta(hours=number), f"{number:032d}"))
        session.flush()

    def counted() -> dict[str, int]:
        found: dict[str, int] = {}
        for name, client in clients.items():
            with statements(connection) as sent:
                assert client.get("/").status_code == 200
            found[name] = len(sent)
        return found

    own.score(own.engage("已评分的项目"))
    fill(1)
    own.publish(own.round())
    counted()
    for_one = counted()
    assert max(for_one.values()) <= 8, for_one
    for number in range(2, 31):
        fill(number)
    assert counted() == for_one
