"""What deliverables, evaluations and inspections ask of whom: due, late, waiting for me, and of nobody else."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.clock import local_date, today, utc_now
from agencyqa.engagements.deliverables.enums import DeliverableKind, DeliverableState
from agencyqa.evaluations.enums import AnswerState
from agencyqa.evaluations.models import EvaluationRecord
from agencyqa.files.enums import FaultKind
from agencyqa.files.models import FileFault
from agencyqa.inspections.enums import FindingState
from agencyqa.measures.reckoning import reckon
from agencyqa.reports.dashboards.agency import agency_page
from agencyqa.reports.dashboards.agenda import agenda
from agencyqa.reports.dashboards.bureau import bureau_page
from agencyqa.reports.dashboards.department import department_page
from agencyqa.reports.dashboards.tasks import Line, Part, What
from tests.client import Client
from tests.factories.accounts import NOW, make_member, sign_in
from tests.factories.agencies import make_agency
from tests.factories.deliverables import make_deliverable
from tests.factories.evaluations import make_problem_answer
from tests.factories.inspections import make_finding, make_spot_check
from tests.integration.reports.filled import fill
from tests.integration.reports.world import Open, World, front_page, statements, world

__all__ = ["front_page", "world"]

K, S = DeliverableKind, DeliverableState
LATER = datetime(2022, 7, 10, 3, 0, tzinfo=UTC)
DAY = date(2022, 7, 10)
FAR = date(2022, 12, 31)
TASK = re.compile(r"/(engagements/\d+/deliverables|inspections/.*\d+|evaluations/\d+)/?")
Shown = list[tuple[What, str, str, int, bool]]


def shown(lines: list[Line]) -> Shown:
    return [(line.what, line.title, line.detail, line.days, line.is_late) for line in lines]


@pytest.fixture
def both(world: World) -> World:
    fill(world.other, "邻区项目")
    own = world.own
    rival = make_agency(own.session, own.bureau, "对手机构")
    secret = own.engage("对手的项目", rival, due_on=FAR)
    make_deliverable(own.session, secret, K.PLAN, due_on=date(2022, 7, 2))
    make_finding(
        own.session, make_spot_check(own.session, own.bureau, rival, secret), state=FindingState.DRAFT
    )
    return world


def test_a_bureau_is_told_what_is_late_and_what_it_decides(both: World) -> None:
    own = both.own
    fill(own, "本区项目")
    session = own.session
    found = agenda(session, own.actor(own.reviewer), reckon(session, local_date(LATER)))
    assert shown(found[Part.LATE]) == [
        (What.DELIVERABLE, "本区项目一", "评价方案", 5, True),
        (What.DELIVERABLE, "对手的项目", "评价方案", 5, True),
        (What.CHECK, "抽查2022-003", "", 4, True),
        (What.ORDER, "整改2022-001", "", 1, True),
    ]
    decided = shown(found[Part.DECIDE])
    assert [(what, days) for what, _, _, days, _ in decided] == [
        (What.RECHECK, 0),
        (What.FINDING, 30),
        (What.ACCEPTANCE, 17),
        (What.NOTICE, 17),
        (What.NOTICE, 17),
        (What.VERIFICATION, 17),
    ]
    assert decided[2][1:3] == ("本区项目二", "评价方案")
    assert [line[2] for line in decided if line[0] is What.NOTICE] == ["对手的项目", "本区项目一"]
    assert [(line[0], line[2], line[3]) for line in shown(found[Part.SOON])] == [
        (What.CHECK, "本区项目二", 5),
        (What.DELIVERABLE, "报告初稿", 8),
        (What.ORDER, "", 21),
    ]
    assert shown(found[Part.FAULTS]) == [(What.RECORD, "本区项目一", "1 处", 17, False)]
    # Another officer may decide on what the reviewer wrote; nobody else's finding than that is added.
    lead = shown(agenda(session, own.actor(own.lead), reckon(session, local_date(LATER)))[Part.DECIDE])
    assert len([line for line in lead if line[0] is What.FINDING]) == 2
    figures = bureau_page(session, own.actor(own.reviewer), LATER).figures
    wanted = {"late_deliverables": 2, "late_orders": 1, "file_faults": 0}
    assert {name: figures[name] for name in wanted} == wanted


def test_a_municipality_reads_and_decides_nothing(both: World) -> None:
    session = both.own.session
    fill(both.own, "本区项目")
    city = make_member(session, session.get_one(Body, both.city.id), both.own.lead.role)
    found = agenda(session, both.own.actor(city), reckon(session, local_date(LATER)))
    assert found[Part.DECIDE] == []
    late = [(line.what, line.agency) for line in found[Part.LATE]]
    assert late.count((What.ORDER, "申评咨询有限公司")) == 1
    assert late.count((What.ORDER, "静远会计师事务所")) == 1
    assert [line.title for line in found[Part.FAULTS]] == ["邻区项目一", "本区项目一"]


def test_an_agency_is_told_what_it_owes_overdue_first(both: World) -> None:
    own = both.own
    fill(own, "本区项目")
    page = agency_page(own.session, own.actor(own.manager), LATER)
    found = shown(page.tasks)
    assert [(what, days, late) for what, _, _, days, late in found] == [
        (What.STATEMENT, 12, True),
        (What.STATEMENT, 12, True),
        (What.DELIVERABLE, 5, True),
        (What.ORDER, 1, True),
        (What.DELIVERABLE, 8, False),
        (What.ORDER, 21, False),
        (What.RETURNED, 0, False),
    ]
    assert [line[1:3] for line in found if line[0] in {What.DELIVERABLE, What.RETURNED}] == [
        ("本区项目一", "评价方案"),
        ("本区项目一", "报告初稿"),
        ("本区项目二", "报告初稿"),
    ]
    assert (page.figures["late_deliverables"], page.figures["late_orders"]) == (1, 1)


def test_a_department_is_told_what_to_accept_and_to_answer(both: World) -> None:
    own = both.own
    fill(own, "本区项目")
    page = department_page(own.session, own.actor(own.officer), LATER)
    assert shown(page.tasks) == [
        (What.RECTIFICATION, "本区项目二", "1 个问题", 3, True),
        (What.ACCEPTANCE, "本区项目一", "评价报告", 17, False),
        (What.PROBLEMS, "本区项目一", "1 个问题", 17, False),
    ]
    assert page.figures["to_accept"] == 1
    # An answered problem, and rectification that was reported, are done.
    for line in page.tasks:
        if line.what is not What.ACCEPTANCE:
            record = own.session.get_one(EvaluationRecord, line.id)
            done_on = date(2022, 7, 1)
            make_problem_answer(own.session, record, AnswerState.RECTIFIED, rectified_on=done_on, now=LATER)
    again = department_page(own.session, own.actor(own.officer), LATER)
    assert [line.what for line in again.tasks] == [What.ACCEPTANCE]


def test_each_page_shows_its_own_and_every_row_opens(
    both: World, client: Client, session: Session, front_page: Open
) -> None:
    own = both.own
    assert "没有待办事项" in front_page(own.manager)
    assert "没有其他待办事项" in front_page(own.officer)
    fill(own, "本区项目")
    session.add(FileFault(kind=FaultKind.MISSING, key="a" * 64, found_at=utc_now()))
    session.add(FileFault(kind=FaultKind.ORPHAN, key="b" * 64, found_at=NOW, ended_at=NOW))
    session.flush()
    secrets = ("邻区项目", "静远会计师事务所", "静安区财政局", "区民政局")
    for member, expected, hidden in (
        (
            own.reviewer,
            ("去验收", "告知机构", "去认定", "去核查", "去复查", "记录检查", "查看并督促", "文件异常 1 项"),
            (),
        ),
        (
            own.manager,
            ("陈述申辩", "提交整改情况", "修改后重新提交", "去提交"),
            ("对手", "告知机构", "抽查2022"),
        ),
        (own.officer, ("去验收", "去答复", "登记整改结果"), ("问题2022", "整改2022", "抽查2022")),
        (both.observer, (), ("本区项目", "问题2022", "整改2022")),
        (both.administrator, ("文件异常 1 件",), ("本区项目", "申评咨询有限公司", "问题2022")),
    ):
        text = front_page(member)
        for word in expected:
            assert word in text, (member.role, word)
        for word in (*secrets, *hidden):
            assert word not in text, (member.role, word)
    opened = 0
    for member in (own.reviewer, own.manager, own.officer):
        client.delete_cookie("agencyqa")
        sign_in(client, member)
        rows = client.page(client.get("/")).links
        for href in sorted({href for _, href in rows if TASK.fullmatch(href)}):
            assert (href, client.get(href).status_code) == (href, 200)
            opened += 1
    assert opened >= 15
    assert today() > DAY


def test_the_statements_stay_few(both: World, client: Client, connection: sa.Connection) -> None:
    own = both.own
    counted: list[list[int]] = []
    for name in ("甲", "乙"):
        fill(own, name)
        numbers = []
        for member in (own.reviewer, own.officer, own.manager):
            client.delete_cookie("agencyqa")
            sign_in(client, member)
            client.get("/")
            with statements(connection) as sent:
                client.get("/")
            numbers.append(len(sent))
        counted.append(numbers)
    assert counted[0] == counted[1]
    assert max(counted[0]) <= 8, counted
