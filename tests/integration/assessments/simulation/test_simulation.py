"""The page that simulates: old beside new, and nothing stored changes."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from agencyqa.assessments.enums import WeightMode
from agencyqa.assessments.services.credits import enter_credit
from agencyqa.assessments.simulation.queries import past_years, rules_of_year
from agencyqa.assessments.simulation.year import YearRules, roll_up
from agencyqa.assessments.simulation.year_reading import read_year
from agencyqa.assessments.year_plan import plain_plan
from agencyqa.measures.services import draft_scheme
from agencyqa.scoring import Panel, Rounding
from tests.client import Client
from tests.factories.accounts import NOW, sign_in
from tests.factories.engagements import make_engagement
from tests.factories.measures import shipped_version
from tests.factories.rounds import make_round, score_of
from tests.integration.assessments.agency_world import AGENCY_FORM, build_agency_year
from tests.integration.assessments.conftest import World, switch_to
from tests.integration.assessments.panels_world import build_panelled
from tests.integration.assessments.simulation.drafts import answered, draft, everything, said, table
from tests.integration.assessments.years import Year, year

__all__ = ["answered", "year"]


@pytest.mark.parametrize("mode", list(WeightMode))
def test_what_is_read_rolls_up_to_the_round(year: Year, mode: WeightMode) -> None:
    found = make_round(year.session, year.supervisor, mode)
    bureau_id = year.world.bureau.id
    assert [each.year for each in past_years(year.session, bureau_id)] == [2022]
    plan, grades = rules_of_year(year.session, bureau_id, 2022)
    assert (plan, grades is not None and grades.id) == (plain_plan(mode), found.grade_table_id)
    read = read_year(year.session, bureau_id, 2022)
    rolled = roll_up(read.arrays, read.arrays.sheets, YearRules(mode.value, (), Rounding(2)))
    assert [(read.arrays.agencies[line.agency][0], line.score, line.rank) for line in rolled.lines] == [
        (each.agency_id, score_of(each), each.rank) for each in year.results(found)
    ]


def test_other_weights_shares_and_limits(client: Client, year: Year) -> None:
    year.round()
    sign_in(client, year.world.supervisor)
    # 71 and 93 with fees of 1 to 3 make 87.5; the limit of the best grade comes down below that.
    page = client.get("/simulation?year=2022&weights=fee&g-excellent=87.5").text
    assert table(page) == [
        ["申评咨询有限公司", "82.00", "87.50", "+5.50", "1 → 1", "良 → 优 升级"],
        ["浦江会计师事务所", "56.67", "56.67", "", "2 → 2", "差"],
    ]
    # Only the units count: 50 and 100 make 75; 100/3 stays the other's.
    page = client.get("/simulation?s-bureau=0&s-evaluated_unit=100&changed=1").text
    assert table(page) == [
        ["申评咨询有限公司", "82.00", "75.00", "−7.00", "1 → 1", "良 → 中 降级"],
        ["浦江会计师事务所", "56.67", "33.33", "−23.34", "2 → 2", "差"],
    ]
    assert table(client.get("/simulation?weights=equal&changed=1").text) == [["没有变化。"]]


def test_a_draft_on_past_answers(client: Client, answered: Year) -> None:
    version = draft(answered)
    sign_in(client, answered.world.supervisor)
    page = client.get(f"/simulation?scheme={version.id}").text
    # 20 + 19 of 40 is 97.5 instead of 94: 0.3 x 3.5 more for everybody. 浦江: 0.7*200/3 + 0.3*97.5.
    assert table(page) == [
        ["申评咨询有限公司", "87.70", "88.75", "+1.05", "1 → 1", "良"],
        ["浦江会计师事务所", "74.87", "75.92", "+1.05", "2 → 2", "中"],
    ]
    assert "按“新服务评价表”第 1 版重新计分 3 份评分表（共 6 份）。" in said(page)
    assert "原方案的“3.2 结论清晰、建议明确”在新方案中没有，其得分不再计入。" in said(page)


def test_what_cannot_be_mapped_is_listed_and_never_guessed(client: Client, answered: Year) -> None:
    version = draft(answered, 15, advice=True)
    sign_in(client, answered.world.supervisor)
    page = client.get(f"/simulation?scheme={version.id}").text
    assert [row[2:5] for row in table(page)] == [["—", "", "2 → —"], ["—", "", "1 → —"]]
    text = said(page)
    assert "新方案的“建议”是新增的考核项：3 份评分表都没有作答，不作推测。" in text
    assert "“沟通”有 3 份评分表的答案超出新方案允许的范围。" in text
    assert "得分不在所选档次“好”的 10～15 分之内。" in text
    assert "没有新总分的评分表使所在机构暂无新得分，不按 0 分计。" in text


def test_other_points_for_a_criterion(client: Client, answered: Year) -> None:
    version = shipped_version(answered.session, "jiading-2018")
    sign_in(client, answered.world.lead)
    # Stability 15 instead of 15 changes nothing; communication 40: 19/20 x 40 = 38, so 113 of 120.
    assert table(client.get(f"/simulation?scheme={version.id}&p-team_stability=15").text)[0][1:3] == [
        "87.70",
        "87.70",
    ]
    page = client.get(f"/simulation?scheme={version.id}&p-communication=40").text
    assert table(page)[0][:4] == ["申评咨询有限公司", "87.70", "87.75", "+0.05"]


def test_sheets_without_answers_say_so(client: Client, year: Year) -> None:
    """Sheets that came without answers, as from another system."""
    sign_in(client, year.world.supervisor)
    page = client.get(f"/simulation?scheme={year.version.id}").text
    assert "份评分表没有存档的逐项答案，无法重新计分。" in said(page)
    page = client.get(f"/simulation/sensitivity?scheme={year.version.id}").text
    assert "没有可按该方案重新计分的评分表，因此没有考核项分值的余地。" in said(page)


def test_conditions_that_cannot_be_read_are_named(client: Client, year: Year) -> None:
    sign_in(client, year.world.supervisor)
    for query, sentence in {
        "s-bureau=50": "各评分角色的占比之和须为 100%。",
        "g-excellent=80": "等级的下限须各不相同，最低一级从 0 开始。",
        "g-poor=5": "等级的下限须各不相同，最低一级从 0 开始。",
        "year=1999": "没有模拟，请更正以下内容",
        "g-excellent=abc": "没有模拟，请更正以下内容",
    }.items():
        page = client.get(f"/simulation?{query}").text
        assert (query, sentence in said(page), 'id="agencies"' in page) == (query, True, False)


def test_nothing_stored_changes(client: Client, answered: Year, session: Session) -> None:
    version = draft(answered)
    answered.published()
    sign_in(client, answered.world.lead)
    client.get("/simulation")
    session.commit()
    before = everything(session)
    written: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.split(maxsplit=1)[0].upper() in {"INSERT", "UPDATE", "DELETE"}:
            written.append(statement)

    event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        for query in (
            f"scheme={version.id}&weights=fee&changed=1",
            "s-bureau=50&s-evaluated_unit=50&g-excellent=85",
            f"scheme={version.id}&p-communication=40",
        ):
            assert 'id="agencies"' in client.get(f"/simulation?{query}").text
    finally:
        event.remove(sa.Engine, "before_cursor_execute", note)
    assert written == []
    assert everything(session) == before


def test_only_officers_of_the_bureau_simulate_it(client: Client, answered: Year) -> None:
    world, version = answered.world, draft(answered)
    people = [
        world.city_supervisor, world.neighbour_supervisor, world.administrator, world.officer, world.manager,
        world.observer,
    ]  # fmt: skip
    found = []
    for person in people:
        switch_to(client, person)
        page = client.get("/simulation?year=2022&weights=fee")
        leaked = "浦江会计师事务所" in page.text or "87.50" in page.text
        found.append((page.status_code, leaked, client.get(f"/simulation?scheme={version.id}").status_code))
    # The city and the neighbour have no years of their own, and no draft of this bureau.
    assert found == [(200, False, 404), (200, False, 404), *[(403, False, 403)] * 4]


def test_what_is_assumed_is_said_and_counted(client: Client, answered: Year) -> None:
    version = draft(answered, advice=True)
    sign_in(client, answered.world.supervisor)
    page = client.get(f"/simulation?scheme={version.id}&assume=1").text
    # Without the advice 39 of 40 again.
    assert [row[:3] for row in table(page)] == [
        ["申评咨询有限公司", "87.70", "88.75"],
        ["浦江会计师事务所", "74.87", "75.92"],
    ]
    assert "新方案的“建议”是新增的考核项：3 份评分表都没有作答，不作推测。" in said(page)


def test_a_year_with_a_panel_is_simulated_too(client: Client, world: World) -> None:
    """The bureau's 60 and the experts' 70, 80 and 96, whose mean is 82: 71, and 77.6 at 20 to 80."""
    panelled = build_panelled(world, Panel("mean", 1, 3, "wait"))
    panelled.score_bureau(60)
    for number, sheet in enumerate(panelled.invite(0, 1, 2)):
        panelled.give(sheet, number, (70, 80, 96)[number])
    sign_in(client, world.lead)
    page = client.get("/simulation?s-bureau=20&s-expert=80").text
    assert table(page) == [["申评咨询有限公司", "71.00", "77.60", "+6.60", "1 → 1", "中"]]
    # 60 x + 82 (1 - x) is 79.995 at 2.005 of 22; alone, nobody changes a rank.
    assert table(client.get("/simulation/sensitivity").text, "roles")[0] == [
        "财政局评分", "50%", "50%", "≈ 9.1136% ～ 100% ↓ 申评咨询有限公司", "0% ～ 100%",
    ]  # fmt: skip


def test_a_draft_with_errors_says_so(client: Client, answered: Year) -> None:
    version = draft(answered)
    version.error_count = 2
    sign_in(client, answered.world.supervisor)
    page = client.get(f"/simulation?scheme={version.id}&weights=fee")
    assert (page.status_code, 'id="agencies"' in page.text) == (200, False)
    assert "这份草稿还不能用于计分。" in said(page.text)


def test_a_draft_of_the_form_on_agencies(client: Client, year: Year) -> None:
    """A fifth is the agency's own form: 申评 lost 10 of 30 by a finding and has 20 of 20, 40 of 50; its three points of
    credit stay. The draft takes 15 for the finding: 35 of 50.
    """
    made = build_agency_year(year)
    world = year.world
    made.find(world.agency, "weak_internal_rules")
    own, other = made.sheets()
    made.give(own, 20)
    made.give(other, 10)
    enter_credit(
        year.supervisor, year.session, agency_id=world.agency.id, occurred_on=date(2022, 6, 1),
        points=30_000, reason="主动整改", evidence="报告", now=NOW,
    )  # fmt: skip
    text = AGENCY_FORM.replace("key: agency-year", "key: agency-next").replace("amount: 10", "amount: 15")
    version = draft_scheme(year.supervisor, year.session, text, now=NOW)
    year.session.commit()
    sign_in(client, world.supervisor)
    page = client.get(f"/simulation?scheme={version.id}").text
    # 0.8 x 82 + 0.2 x 80 + 3, then 0.2 x 70; and 0.8 x 170/3 + 0.2 x 80 as before.
    assert table(page) == [
        ["申评咨询有限公司", "84.60", "82.60", "−2.00", "1 → 1", "专业咨询机构 1 → 1", "良"],
        ["浦江会计师事务所", "61.33", "61.33", "", "2 → 2", "专业咨询机构 2 → 2", "中"],
    ]
    assert "重新计分 2 份评分表（共 8 份）" in said(page)
    assert table(page, "engagements") == [["没有变化。"]]
    # Of w points the rules get 15 / 30 and 30 / 30: 68.6 + 20 (w / 2 + 20) / (w + 20) falls to 79.995 at 123.3692, with
    # the form rounded to a ten-thousandth at 123.3712; 45.3333 + 20 (w + 10) / (w + 20) to 59.995 at 17.4649.
    # Searched in steps, since the year has rules of its own.
    page = client.get(f"/simulation/sensitivity?scheme={version.id}").text
    assert table(page, "criteria")[0][:4] == [
        "内部制度", "30", "60%", "17.4649 ～ 123.3712 ↓ 浦江会计师事务所 ↑ 申评咨询有限公司",
    ]  # fmt: skip
    # And with 20 + w for the other: 68.6 + 20 (15 + w) / (30 + w) falls to 79.995 at 4.8634.
    assert [row[:2] for row in table(page, "agencies")] == [
        ["申评咨询有限公司", "“整改情况” 20 → 4.8634 分"],
        ["浦江会计师事务所", "“内部制度” 30 → 17.4649 分"],
    ]


def test_what_is_over_is_simulated_unless_another_year_is_asked_for(client: Client, year: Year) -> None:
    """2023 is under way, 2022 is published."""
    year.published()
    later = make_engagement(
        year.session, year.world.bureau, year.world.agency, year.world.department,
        signed_on=date(2023, 2, 1), assessment_year=2023,
    )  # fmt: skip
    year.score(later, 70, 70)
    year.session.commit()
    sign_in(client, year.world.supervisor)
    page = client.get("/simulation?weights=fee").text
    assert re.findall(r"<option[^>]*selected[^>]*>(.*?)<", page)[0] == "2022"
    assert [row[0] for row in table(page)] == ["申评咨询有限公司", "浦江会计师事务所"]
    page = client.get("/simulation?weights=fee&year=2023").text
    assert [row[:2] for row in table(page)] == [["申评咨询有限公司", "70.00"]]
