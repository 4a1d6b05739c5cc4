"""A supervisor builds a scheme in the editor, mends the hole it is told of, compares; the lead publishes."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.desks import Desks, go

HOLE = "中间有分值不属于任何档次"


def word(page: Page, field: str, zh: str, en: str) -> None:
    page.locator(f"[name='{field}.zh']").fill(zh)
    page.locator(f"[name='{field}.en']").fill(en)


def save(page: Page, button: str = "保存") -> None:
    page.get_by_role("main").get_by_role("button", name=button, exact=True).last.click()


def test_from_an_empty_page_to_a_published_scheme(desks: Desks, own_server: Any) -> None:
    author = desks.sit_down(own_server, "supervisor")
    go(author, "考核方案")
    author.get_by_role("link", name="新建方案").click()
    author.get_by_label("方案名称").fill("课题质量评分表")
    author.get_by_label("方案标识").fill("research-quality")
    author.get_by_label("评分人").select_option("bureau")
    author.get_by_label("适用业务").select_option("research")
    author.get_by_label("施行日期").fill("2027-01-01")
    author.get_by_label("满分").fill("20")
    author.get_by_role("button", name="建立草稿").click()
    tree = author.url

    author.get_by_role("button", name="增加一个部分").click()
    word(author, "label", "一、成果", "Results")
    author.locator("[name=max_points]").fill("20")
    save(author, "保存并返回目录")
    author.get_by_role("button", name="增加考核项").click()
    criterion = author.url.partition("#")[0]
    word(author, "label", "研究深度", "Depth")
    author.locator("[name=max_points]").fill("20")
    author.locator("[name=provision]").select_option("M3/quality_assessment")
    # With the script the fields of the rule come at once.
    author.locator("[name='rule.kind']").select_option("banded")
    add = author.locator("button[value='add:rule.bands']")
    for number, (zh, low, high) in enumerate((("深入", "13", "20"), ("一般", "0", "12"))):
        add.click()
        field = f"rule.bands.{number}"
        author.locator(f"[name='{field}.low']").wait_for()
        word(author, f"{field}.label", zh, zh)
        author.locator(f"[name='{field}.low']").fill(low)
        author.locator(f"[name='{field}.high']").fill(high)
    save(author)
    expect(author.get_by_role("main")).to_contain_text(HOLE)

    # The fault is in the outline too, and its link leads to the box that needs mending.
    author.goto(tree)
    row = author.get_by_role("region", name="需要更正的内容").get_by_role("row").filter(has_text=HOLE)
    row.get_by_role("link").click()
    author.wait_for_url(f"{criterion}#f-rule-bands-0-low")
    author.locator("[name='rule.step']").fill("1")
    # The form beside the boxes follows what is typed before anything is saved.
    expect(author.locator("#preview")).to_contain_text("深入：13～20 分")
    author.locator("[name='label.zh']").fill("研究的深度")
    expect(author.locator("#preview")).to_contain_text("研究的深度")
    author.locator("[name='label.zh']").fill("研究深度")
    save(author, "保存并返回目录")
    expect(author.get_by_role("main")).not_to_contain_text(HOLE)
    author.get_by_role("link", name="方案说明、等级与一票否决").click()
    word(author, "title", "课题质量评分表", "Quality of research")
    word(author, "source", "本局制定", "Made by the bureau")
    save(author, "保存并返回目录")
    expect(author.get_by_role("main")).to_contain_text("没有错误")
    expect(author.get_by_role("main")).to_contain_text("合计 20 分，相符")

    author.get_by_role("link", name="预览评分表").click()
    expect(author.get_by_role("main")).to_contain_text("深入：13～20 分")
    author.goto(tree)
    author.get_by_role("link", name="与其他版本比较").click()
    author.get_by_label("与哪一版比较").select_option(index=1)
    author.get_by_role("main").get_by_role("button", name="查询").click()
    expect(author.get_by_role("region", name="差异")).to_contain_text("研究深度")
    author.goto(tree)
    author.get_by_role("link", name="查看并发布").click()
    expect(author.get_by_role("main")).to_contain_text("请由本局负责人核对后发布")
    shown = author.url

    lead = desks.sit_down(own_server, "lead")
    lead.goto(shown)
    expect(lead.get_by_role("main")).to_contain_text("自 2027-01-01 起签订的合同按本方案评分")
    lead.get_by_role("button", name="发布方案").dblclick()
    expect(lead.get_by_role("main")).to_contain_text("方案已发布，内容不再改动。")
    author.goto(tree)
    expect(author.get_by_role("heading", level=1)).to_have_text("没有保存")


def test_the_editor_on_a_phone_without_script(desks: Desks, own_server: Any) -> None:
    page = desks.sit_down(
        own_server, "supervisor", java_script_enabled=False, viewport={"width": 390, "height": 800}
    )
    page.goto("/measures/schemes/")
    page.get_by_role("link", name="第三方机构质量考核参考评分表").first.click()
    page.get_by_role("link", name="以此为底稿").click()
    page.get_by_role("button", name="建立草稿").click()
    tree = page.url
    page.get_by_role("button", name="下移 一、委托与履约").click()
    page.get_by_role("link", name="承诺履行").click()
    # The Enter key saves, although buttons of the lists come first.
    page.locator("[name=max_points]").fill("7")
    page.locator("[name=max_points]").press("Enter")
    expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    page.goto(tree)
    expect(page.get_by_role("main")).to_contain_text("合计 22 分，与所列不符")
    page.get_by_role("button", name="按合计填写分值").click()
    expect(page.get_by_role("main")).to_contain_text("合计 102 分，相符")
