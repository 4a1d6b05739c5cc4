"""Mistakes a hurried person makes: each is told plainly, keeps what was typed and changes nothing."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.desks import Desks, go
from tests.browser.sheets import choose


def own_sheet(page: Page) -> None:
    page.get_by_role("region", name="待填评分表").get_by_role("link", name="填写").first.click()


def test_a_figure_outside_its_band(desks: Desks, own_server: Any) -> None:
    page = desks.sit_down(own_server, "department", java_script_enabled=False)
    own_sheet(page)
    choose(page, "team_ability", "strong", "14")
    choose(page, "communication", "fair", "19")
    page.get_by_role("button", name="保存草稿").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("没有保存")
    expect(alert).to_contain_text("7～12")
    alert.get_by_role("link").first.click()
    expect(page.locator('[name="a-communication-value"]')).to_have_value("19")
    expect(page.locator('[name="a-communication-band"][value="fair"]')).to_be_checked()
    expect(page.locator('[name="a-team_ability-value"]')).to_have_value("14")
    page.goto(page.url.partition("#")[0])
    expect(page.locator('[name="a-communication-value"]')).to_have_value("")


def test_two_tabs_of_one_sheet(desks: Desks, own_server: Any) -> None:
    first = desks.sit_down(own_server, "department", java_script_enabled=False)
    own_sheet(first)
    second = first.context.new_page()
    second.goto(first.url)
    choose(first, "communication", "good", "19")
    first.get_by_role("button", name="保存草稿").click()
    choose(second, "communication", "good", "15")
    second.get_by_role("button", name="保存草稿").click()
    alert = second.get_by_role("alert")
    expect(alert).to_contain_text("刚刚在别处被改动")
    expect(alert).to_contain_text("已保存“19”，您填写“15”")
    expect(second.locator('[name="a-communication-value"]')).to_have_value("15")
    first.goto(first.url)
    expect(first.locator('[name="a-communication-value"]')).to_have_value("19")


def test_a_button_waits_for_the_draft_on_its_way(desks: Desks, own_server: Any) -> None:
    """Sent beside the autosave, the page would be out of date by its own hand."""
    page = desks.sit_down(own_server, "department")
    own_sheet(page)
    held: list[Route] = []
    page.route("**/draft", lambda route: held.append(route))  # noqa: PLW0108  A builtin cannot be wrapped.
    with page.expect_request("**/draft"):
        choose(page, "communication", "good", "19")
    page.get_by_role("button", name="保存草稿").click(no_wait_after=True)
    held.pop().continue_()
    expect(page.get_by_text("草稿已保存")).to_be_visible()
    expect(page.get_by_text("刚刚在别处被改动")).to_have_count(0)
    expect(page.locator('[name="a-communication-value"]')).to_have_value("19")


def test_two_tabs_of_an_object(desks: Desks, own_server: Any) -> None:
    page = desks.sit_down(own_server, "supervisor")
    page.goto("/objects/1/edit")
    other = page.context.new_page()
    other.goto("/objects/1/edit")
    page.get_by_label("预算金额").fill("1900")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_be_visible()
    other.get_by_label("对象名称").fill("中小学校园安全技防改造（二期）")
    other.get_by_role("button", name="保存").click()
    expect(other.get_by_role("main")).to_contain_text("错误 409")
    expect(other.get_by_role("region", name="您填写的内容")).to_contain_text("中小学校园安全技防改造（二期）")
    other.goto("/objects/1")
    expect(other.get_by_role("heading", level=1)).to_have_text("中小学校园安全技防改造")


def test_a_double_click_makes_one_record(desks: Desks, own_server: Any) -> None:
    page = desks.sit_down(own_server, "supervisor")
    page.goto("/objects/new")
    page.get_by_label("对象名称").fill("口袋公园建设")
    page.get_by_label("对象编码").fill("WZ104-099")
    page.get_by_label("对象类别").select_option(index=1)
    page.get_by_label("预算年度").fill("2026")
    page.get_by_label("预算类型").select_option(index=1)
    page.get_by_label("主管预算部门").select_option(index=1)
    page.get_by_role("button", name="登记", exact=True).dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("口袋公园建设")
    page.goto("/objects/?q=WZ104-099")
    expect(page.get_by_role("main").get_by_role("row")).to_have_count(2)


def test_dates_the_wrong_way_round_and_a_wrong_credit_code(desks: Desks, own_server: Any) -> None:
    page = desks.sit_down(own_server, "supervisor")
    page.goto("/engagements/?state=contracted")
    page.get_by_role("region", name="委托业务").get_by_role("link", name="号").first.click()
    page.get_by_role("link", name="修改", exact=True).click()
    page.get_by_label("约定完成日期").fill("2019-01-31")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("约定完成日期")
    expect(page.get_by_label("约定完成日期")).to_have_value("2019-01-31")
    page.goto("/agencies/new")
    page.get_by_role("textbox", name="统一社会信用代码", exact=True).fill("91999999MADEM00399")
    page.get_by_label("机构名称").fill("云汀清源咨询有限公司")
    page.get_by_label("机构类型").select_option(index=1)
    page.get_by_label("法定代表人").fill("沈清源")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("统一社会信用代码")
    expect(page.get_by_label("机构名称")).to_have_value("云汀清源咨询有限公司")


def test_addresses_of_nothing(desks: Desks, live_server: Any) -> None:
    page = desks.sit_down(live_server, "supervisor")
    for path in ("/engagements/99999", "/sheets/99999/trace", "/results/99999", "/agencies/0", "/nowhere"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 404
        expect(page.get_by_role("heading", level=1)).to_have_text("没有找到")
    page.get_by_role("main").get_by_role("link", name="返回首页").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("工作台")
    go(page, "机构库")
    expect(page.get_by_role("heading", level=1)).to_have_text("机构库")
