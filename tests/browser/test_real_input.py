"""The published figures of a 2018 project, entered by hand: 29, 19 and 46, together 94."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.commissioning import Contract, commission
from tests.browser.desks import Desks, whole
from tests.browser.sheets import fill_jiading, sheet_id, submit

CONTRACT = Contract(
    number="望财绩评〔2018〕07号",
    object_name="社区教育学习点建设",
    object_code="WZ101-2018",
    budget_year="2018",
    work_kind="绩效评价或评价结果复核",
    department="望洲区教育局",
    commissioner="云汀市望洲区财政局",
    unit="望洲区教育局",
    agency="云汀公共政策研究院",
    fee="86000",
    signed_on="2018-03-12",
    due_on="2018-06-29",
    sheets=1,
)


def test_a_project_of_2018_from_the_contract_to_94_points(desks: Desks, own_server: Any) -> None:
    commission(desks.sit_down(own_server, "supervisor"), CONTRACT)

    page = desks.sit_down(own_server, "department")
    page.get_by_role("region", name="待填评分表").get_by_role("link", name=CONTRACT.object_name).first.click()
    expect(page.get_by_role("main")).to_contain_text("嘉定区被评价单位评分表")
    fill_jiading(page)
    total = page.locator(".sheet-sum")
    expect(total).to_contain_text("94 / 100")
    expect(total).to_contain_text("未完成项数 0")
    expect(page.locator(".section-sum")).to_have_text([r"小计29 / 30", "小计19 / 20", "小计46 / 50"])
    submit(page)

    expect(page.locator(".tile").filter(has_text="总分")).to_contain_text("94/ 100")
    assert whole(page.locator(".panel-tools")).all_inner_texts()[:3] == ["29 / 30", "19 / 20", "46 / 50"]
    page.goto(f"/sheets/{sheet_id(page)}/trace")
    expect(page.get_by_role("note").filter(has_text="复核通过")).to_contain_text("等于总分 94 分")
    assert whole(page.locator(".section-sum")).all_inner_texts() == ["29 / 30", "19 / 20", "46 / 50"]
    counted = whole(page.locator(".criterion-max strong")).all_inner_texts()
    assert counted == ["14", "15", "19", "23", "23"]
    assert sum(map(int, counted)) == 94
