"""The published figures of a 2018 project, entered by hand: 29, 19 and 46, together 94."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.desks import Desks, go
from tests.browser.sheets import fill_jiading, sheet_id, submit

OBJECT = "社区教育学习点建设"
UNIT = "望洲区教育局"


def commission(page: Page) -> None:
    """A supervisor enters the object of 2018, the engagement for it and opens its sheets."""
    go(page, "评价对象")
    page.get_by_role("link", name="登记评价对象").click()
    page.get_by_label("对象名称").fill(OBJECT)
    page.get_by_label("对象编码").fill("WZ101-2018")
    page.get_by_label("对象类别").select_option(label="项目")
    page.get_by_label("预算年度").fill("2018")
    page.get_by_label("预算类型").select_option(label="一般公共预算")
    page.get_by_label("主管预算部门").select_option(label=UNIT)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(OBJECT)

    page.get_by_role("link", name="登记委托业务").click()
    expect(page.get_by_label("评价对象").locator("option:checked")).to_contain_text(OBJECT)
    page.get_by_label("业务类型").select_option(index=2)
    page.get_by_label("委托方").select_option(label="云汀市望洲区财政局")
    page.get_by_label("被评价单位").select_option(label=UNIT)
    page.get_by_label("第三方机构").select_option(label="云汀公共政策研究院")
    page.get_by_label("合同编号").fill("望财绩评〔2018〕07号")
    page.get_by_label("合同金额").fill("86000")
    page.get_by_label("合同签订日期").fill("2018-03-12")
    page.get_by_label("约定完成日期").fill("2018-06-29")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("望财绩评〔2018〕07号")

    page.get_by_role("link", name="下发评分表").click()
    page.get_by_label("评分期限").fill("2030-06-30")
    page.get_by_role("button", name="下发").click()
    expect(page.get_by_role("status").filter(has_text="已下发 1 份评分表")).to_be_visible()


def test_a_project_of_2018_from_the_contract_to_94_points(desks: Desks, own_server: Any) -> None:
    commission(desks.sit_down(own_server, "supervisor"))

    page = desks.sit_down(own_server, "department")
    page.get_by_role("region", name="待填评分表").get_by_role("link", name=OBJECT).first.click()
    expect(page.get_by_role("main")).to_contain_text("嘉定区被评价单位评分表")
    fill_jiading(page)
    total = page.locator(".sheet-sum")
    expect(total).to_contain_text("94 / 100")
    expect(total).to_contain_text("未完成项数 0")
    expect(page.locator(".section-sum")).to_have_text([r"小计29 / 30", "小计19 / 20", "小计46 / 50"])
    submit(page)

    expect(page.locator(".tile").filter(has_text="总分")).to_contain_text("94/ 100")
    assert page.locator(".panel-tools").all_inner_texts()[:3] == ["29 / 30", "19 / 20", "46 / 50"]
    page.goto(f"/sheets/{sheet_id(page)}/trace")
    expect(page.get_by_role("note").filter(has_text="复核通过")).to_contain_text("等于总分 94 分")
    assert page.locator(".section-sum").all_inner_texts() == ["29 / 30", "19 / 20", "46 / 50"]
    counted = page.locator(".criterion-max strong").all_inner_texts()
    assert counted == ["14", "15", "19", "23", "23"]
    assert sum(map(int, counted)) == 94
