"""The sheets of findings and of lateness, and the facts beside the criteria they moved."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale

from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.services.scoring import submit_sheet
from agencyqa.engagements.deliverables.enums import DeliverableKind, DeliverableState
from agencyqa.engagements.models import Engagement
from agencyqa.inspections.enums import FindingState, OrderState, Severity
from agencyqa.inspections.models import Finding
from agencyqa.measures.enums import Purpose
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import compiled
from agencyqa.reports.workbook import write_workbook
from tests.factories.accounts import NOW
from tests.factories.agencies import make_agency
from tests.factories.assessments import best_answers
from tests.factories.deliverables import make_deliverable
from tests.factories.inspections import make_finding, make_spot_check
from tests.factories.orders import make_order
from tests.factories.rounds import YEAR
from tests.integration.reports.book import Book, written
from tests.integration.reports.world import District, World, statements, world

__all__ = ["world"]

# The schemes of contracts from 2024 on count faults.
COUNTING = date(2024, 3, 1)
DUE = date(2022, 5, 16)


def engage(own: District, contract: str) -> Engagement:
    return own.engage(f"项目 {contract}", signed_on=COUNTING, contract_number=contract, assessment_year=YEAR)


def score(own: District, engagement: Engagement, overrules: dict[str, str] | None = None) -> None:
    """Both sheets with full points for what is typed; the bureau's scorer sets ``overrules`` aside."""
    for role, sheet in own.sheets(engagement).items():
        scheme = compiled(own.session.get_one(SchemeVersion, sheet.scheme_version_id))
        answers = best_answers(scheme.program)
        for criterion, name in scheme.counting.supplied:
            answers[criterion].pop(name, None)
        is_bureau = role is Purpose.BUREAU
        entry = Entry(answers, overrules=(overrules or {}) if is_bureau else {})
        scorer = own.actor(own.supervisor if is_bureau else own.officer)
        submit_sheet(scorer, own.session, sheet, scheme.program, entry, seen_version=sheet.version, now=NOW)
        own.accept(sheet)


def find(own: District, engagement: Engagement | None, fault: str, **more: object) -> Finding:
    check = make_spot_check(own.session, own.bureau, own.agency, engagement)
    return make_finding(own.session, check, fault=fault, **more)  # type: ignore[arg-type]


@pytest.fixture
def own(world: World) -> District:
    return world.own


def test_findings_and_what_became_of_them(own: District, world: World) -> None:
    first = engage(own, "HT-001")
    counted = find(own, first, "no_work_paper", occurrences=2, facts="=两项指标没有底稿")
    overruled = find(own, first, "no_source", severity=Severity.SERIOUS)
    unscored = find(own, first, "slow_response")
    find(own, first, "text_error", state=FindingState.DRAFT)
    find(own, first, "text_error", state=FindingState.WITHDRAWN)
    check = make_spot_check(own.session, own.bureau, own.agency)
    whole = make_finding(own.session, check, fault="weak_internal_rules", fact_on=date(2022, 9, 1))
    make_order(own.session, check, [whole], state=OrderState.ANSWERED, due_on=date(2022, 7, 15))
    # Of another year, and of another district with the same agency name in no row of ours.
    make_finding(own.session, check, fault="untrained_staff", fact_on=date(2021, 12, 31))
    elsewhere = make_spot_check(world.other.session, world.other.bureau, world.other.agency)
    make_finding(world.other.session, elsewhere, fault="text_error", facts="邻区的问题")
    score(own, first, {f"finding:{overruled.id}": "来源已补充"})

    book = written(own.session, own.actor(own.supervisor), own.round())
    rows = book.rows("监督检查问题")
    assert [
        (
            row["问题编号"],
            row["合同编号"],
            row["问题代码"],
            row["处数或次数"],
            row["程度"],
            row["状态"],
            row["计入评分表"],
            row["整改状态"],
        )
        for row in rows
    ] == [
        ("问题2022-001", "HT-001", "no_work_paper", 2, "一般", "已认定", "是", None),
        ("问题2022-002", "HT-001", "no_source", 1, "严重", "已认定", "已说明理由不计", None),
        ("问题2022-003", "HT-001", "slow_response", 1, "一般", "已认定", "方案不计分", None),
        ("问题2022-004", "HT-001", "text_error", 1, "一般", "拟定", "否", None),
        ("问题2022-005", "HT-001", "text_error", 1, "一般", "已撤销", "否", None),
        ("问题2022-006", "机构层面", "weak_internal_rules", 1, "一般", "已认定", "否", "待核查"),
    ]
    assert counted.id != unscored.id
    assert rows[0]["计入何处"] == "财政局评分：证据与工作底稿；被评价单位评分：方案不计分"
    assert rows[5]["计入何处"] == "列入机构年度结果"
    # Whatever was typed stays text.
    assert rows[0]["问题事实"] == "=两项指标没有底稿"
    assert (rows[0]["第三方机构"], rows[0]["评价对象"]) == ("申评咨询有限公司", "项目 HT-001")
    assert rows[0]["依据"].endswith("[CJ4/work_papers]")
    assert (rows[5]["整改期限"], rows[0]["事实日期"]) == (datetime(2022, 7, 15), datetime(2022, 4, 1))  # noqa: DTZ001
    texts = {str(value) for row in rows for value in row.values()}
    assert not texts & {"邻区的问题", "静远会计师事务所"}

    beside = {
        row["考核项"]: (row["计入得分"], row["在案情况"])
        for row in book.rows("逐项得分")
        if row["在案情况"] is not None
    }
    assert beside["证据与工作底稿"] == (6, "抽查认定：指标没有对应底稿 2 项。问题2022-001：=两项指标没有底稿")
    assert beside["成果责任与来源"][0] == 5
    assert beside["成果责任与来源"][1].endswith("（不计入，理由：来源已补充）")
    assert set(beside) == {"证据与工作底稿", "成果责任与来源"}
    assert "不符" not in [row["复核"] for row in book.rows("计分过程")]


def test_lateness(own: District) -> None:
    first = engage(own, "HT-001")
    session, kinds = own.session, DeliverableKind
    handed_in = datetime(2022, 5, 19, 2, tzinfo=UTC)
    make_deliverable(
        session,
        first,
        kinds.REPORT,
        due_on=DUE,
        state=DeliverableState.SUBMITTED,
        late_days=3,
        first_submitted_at=handed_in,
    )
    make_deliverable(session, first, kinds.PLAN, due_on=DUE, is_due_provisional=True, is_overdue=True)
    make_deliverable(session, first, kinds.DRAFT, is_required=False)
    other = make_deliverable(
        session, first, kinds.OTHER, title="访谈提纲", is_required=False, first_submitted_at=handed_in
    )
    other.due_reason = "双方约定"
    session.flush()
    make_deliverable(session, own.engage("来年的项目", signed_on=date(2023, 1, 5)), due_on=DUE)
    score(own, first)
    rows = written(session, own.actor(own.supervisor), own.round()).rows("提交时效")
    assert [tuple(row.values()) for row in rows] == [
        (
            "申评咨询有限公司",
            "HT-001",
            "项目 HT-001",
            kind,
            required,
            due and datetime(2022, 5, 16),  # noqa: DTZ001
            submitted and datetime(2022, 5, 19, 10),  # noqa: DTZ001
            late,
            state,
            notes,
        )
        for kind, required, due, submitted, late, state, notes in (
            ("评价方案", "是", True, None, None, "待提交", "期限暂定；逾期未提交"),
            ("评价报告", "是", True, True, 3, "待验收", None),
            ("访谈提纲", "否", None, True, None, "待提交", "期限调整：双方约定"),
        )
    ]


def test_in_english(own: District, app: Flask) -> None:
    first = engage(own, "HT-001")
    find(own, first, "no_work_paper")
    make_deliverable(own.session, first, due_on=DUE)
    score(own, first)
    found, target = own.round(), BytesIO()
    with app.app_context(), force_locale("en"):
        write_workbook(own.session, own.actor(own.supervisor), found.id, target, now=NOW)
    book = Book(target.getvalue())
    (finding,) = book.rows(book.names[7])
    assert "An indicator has no work paper" in finding.values()
    assert len(book.rows(book.names[8])) == 1


def test_equal_statements_whatever_the_number(own: District, connection: sa.Connection) -> None:
    """Findings, deliverables and facts of ten engagements cost no more statements than those of one."""

    def fill(number: int) -> None:
        engagement = engage(own, f"HT-{number:03}")
        find(own, engagement, "no_work_paper")
        make_deliverable(own.session, engagement, due_on=DUE)
        score(own, engagement)

    def count() -> int:
        found = own.round()
        actor = own.actor(own.supervisor)
        own.session.expire_all()
        with statements(connection) as sent:
            written(own.session, actor, found)
        own.session.execute(sa.text("DELETE FROM annual_results"))
        own.session.execute(sa.text("DELETE FROM assessment_rounds"))
        return len(sent)

    fill(1)
    make_agency(own.session, own.bureau, "另一机构")
    first = count()
    for number in range(2, 11):
        fill(number)
    assert count() == first
