"""Without JavaScript, on a phone, and in the other language."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.desks import Desks
from tests.browser.sheets import fill_jiading, submit

PHONE = {"width": 390, "height": 844}


def test_a_whole_sheet_without_javascript_on_a_phone(desks: Desks, own_server: Any) -> None:
    page = desks.sit_down(own_server, "department", java_script_enabled=False, viewport=PHONE)
    menu = page.get_by_role("navigation", name="主导航")
    expect(menu.get_by_role("link", name="考核评分表")).to_be_hidden()
    page.get_by_text("菜单", exact=True).click()
    menu.get_by_role("link", name="考核评分表").click()
    page.get_by_role("link", name="填写").first.click()
    fill_jiading(page)
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator(".sheet-sum")).to_contain_text("94 / 100")
    submit(page)
    expect(page.locator(".tile", has_text="总分")).to_contain_text("94/ 100")


def test_english_and_back(desks: Desks, live_server: Any) -> None:
    page = desks.page(live_server.url)
    page.goto("/sign-in")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")


def test_many_conditions_fold_on_a_phone(desks: Desks, live_server: Any) -> None:
    page = desks.sit_down(live_server, "supervisor", java_script_enabled=False, viewport=PHONE)
    page.goto("/agencies/")
    name, fold = page.get_by_label("名称或信用代码"), page.locator(".filters-fold > summary")
    expect(name).to_be_hidden()
    # The first agency is on the first screen.
    first = page.locator("tbody tr").first.bounding_box()
    assert first is not None
    assert first["y"] < PHONE["height"]
    fold.click()
    name.fill("咨询")
    page.get_by_role("button", name="查询").click()
    # A condition that holds is seen.
    expect(page.get_by_label("名称或信用代码")).to_have_value("咨询")
    expect(page.get_by_label("名称或信用代码")).to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(fold).to_be_hidden()
    page.goto("/agencies/")
    expect(page.get_by_label("名称或信用代码")).to_be_visible()


def test_the_words_of_an_empty_table_are_in_view_on_a_phone(desks: Desks, live_server: Any) -> None:
    """A table wider than the screen has its middle beside it."""
    page = desks.sit_down(live_server, "lead", viewport=PHONE)
    page.goto("/rounds")
    address = page.locator("tbody a[href^='/rounds/']").first.get_attribute("href")
    page.goto(f"{address}?q=没有这家机构")
    words = page.get_by_text("没有符合条件的机构")
    place = words.bounding_box()
    assert place is not None
    width = page.evaluate("document.querySelector('#ranking table').scrollWidth")
    assert width > PHONE["width"]
    assert (place["x"] >= 0, place["x"] + place["width"] <= PHONE["width"]) == (True, True)
