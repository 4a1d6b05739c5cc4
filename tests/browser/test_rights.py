"""What each side sees, and that typing an address shows nothing more."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.desks import Desks, figures, go

OWN = "云汀明衡绩效咨询有限公司"
OTHER = "云汀公共政策研究院"


def test_an_agency_sees_its_result_and_every_point_of_it(desks: Desks, live_server: Any) -> None:
    page = desks.sit_down(live_server, "agency")
    page.get_by_role("region", name="考核结果").first.get_by_role("link", name="2025").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(OWN)
    expect(page.get_by_role("main")).not_to_contain_text(OTHER)
    page.get_by_role("link", name="财政局评分").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("计分过程")
    expect(page.get_by_role("note").filter(has_text="复核通过")).to_be_visible()


def addresses(page: Page, path: str, region: str) -> dict[str, str]:
    """Row heading → address of its link."""
    page.goto(path)
    links = page.get_by_role("region", name=region).first.locator("tbody th a").all()
    return {link.inner_text(): link.get_attribute("href") or "" for link in links}


def test_what_belongs_to_another_is_not_there(desks: Desks, live_server: Any) -> None:
    supervisor = desks.sit_down(live_server, "supervisor")
    results = addresses(supervisor, "/results", "考核结果")
    agencies = addresses(supervisor, "/agencies/", "机构")
    agency = desks.sit_down(live_server, "agency")
    department = desks.sit_down(live_server, "department")
    assert [row[0] for row in figures(at(agency, "/results"), "第三方机构", table="考核结果")] == [OWN]
    assigned = [row[0] for row in figures(at(department, "/results"), "第三方机构", table="考核结果")]
    # The two best were assigned; a correction of the year that followed keeps them assigned.
    assert assigned == re.findall(r"^ +[12]  .* (\S+)$", live_server.summary, re.MULTILINE)
    for page, path in (
        (agency, results[OTHER]),
        (agency, results[OTHER] + "/trace"),
        (agency, agencies[OTHER]),
        (department, results["云汀启正会计师事务所（普通合伙）"]),
    ):
        assert refused(page, path) == (404, "没有找到")
    for page, path in (
        (agency, "/rounds/1"),
        (department, agencies[OTHER]),
        (department, "/reports/workbook/1"),
    ):
        assert refused(page, path) == (403, "没有权限")


def refused(page: Page, path: str) -> tuple[int, str]:
    answer = page.goto(path)
    assert answer is not None
    expect(page.get_by_role("main")).not_to_contain_text("云汀")
    return answer.status, page.get_by_role("heading", level=1).inner_text()


def at(page: Page, path: str) -> Page:
    page.goto(path)
    return page


def test_a_department_sees_only_its_sheets(desks: Desks, live_server: Any) -> None:
    page = desks.sit_down(live_server, "department")
    go(page, "考核评分表")
    page.get_by_role("link", name="全部", exact=True).click()
    scorers = {row[0].partition("\n")[0] for row in figures(page, "评分单位", table="考核评分表")}
    assert scorers == {"望洲区教育局"}


def test_an_observer_only_reads(desks: Desks, live_server: Any) -> None:
    page = desks.sit_down(live_server, "observer")
    page.get_by_role("region", name="已发布的年度考核").first.get_by_role("link", name="2025").first.click()
    assert len(figures(page, "名次", table="年度排名")) == 12
    for path in ("/", "/agencies/", "/objects/", "/engagements/", "/rounds", "/rounds/1", "/results"):
        page.goto(path)
        # The masthead has the language switch and the way out, and nothing else may be posted.
        assert page.get_by_role("main").locator("form[method=post]").count() == 0
    for path in (
        "/agencies/new",
        "/engagements/new",
        "/objects/new",
        "/rounds/new",
        "/audit/",
        "/sheets/open-year",
    ):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status in (403, 404)
