"""How a bureau begins a piece of work: the object, the engagement for it, and its score sheets."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser.desks import go


@dataclass(frozen=True)
class Contract:
    number: str
    object_name: str
    object_code: str
    budget_year: str
    work_kind: str
    department: str
    commissioner: str
    unit: str
    agency: str
    fee: str
    signed_on: str
    due_on: str
    sheets: int


def commission(page: Page, contract: Contract) -> None:
    """A supervisor enters all of it by hand."""
    go(page, "评价对象")
    page.get_by_role("link", name="登记评价对象").click()
    page.get_by_label("对象名称").fill(contract.object_name)
    page.get_by_label("对象编码").fill(contract.object_code)
    page.get_by_label("对象类别").select_option(label="项目")
    page.get_by_label("预算年度").fill(contract.budget_year)
    page.get_by_label("预算类型").select_option(label="一般公共预算")
    page.get_by_label("主管预算部门").select_option(label=contract.department)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(contract.object_name)

    page.get_by_role("link", name="登记委托业务").click()
    expect(page.get_by_label("评价对象").locator("option:checked")).to_contain_text(contract.object_name)
    page.get_by_label("业务类型").select_option(label=contract.work_kind)
    page.get_by_label("委托方").select_option(label=contract.commissioner)
    page.get_by_label("被评价单位").select_option(label=contract.unit)
    page.get_by_label("第三方机构").select_option(label=contract.agency)
    page.get_by_label("合同编号").fill(contract.number)
    page.get_by_label("合同金额").fill(contract.fee)
    page.get_by_label("合同签订日期").fill(contract.signed_on)
    page.get_by_label("约定完成日期").fill(contract.due_on)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(contract.number)

    page.get_by_role("link", name="下发评分表").click()
    page.get_by_label("评分期限").fill("2030-06-30")
    page.get_by_role("button", name="下发").click()
    said = f"已下发 {contract.sheets} 份评分表"
    expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
