"""The lead's year: what is missing in the open one; ranking and workbook of the published one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
from playwright.sync_api import Page, expect

from tests.browser.desks import Desks, figures, go


def open_ranking(page: Page, *, state: str) -> list[tuple[str, ...]]:
    go(page, "年度考核")
    rounds = page.get_by_role("region", name="年度考核").get_by_role("row").filter(has_text=state)
    rounds.first.get_by_role("link").click()
    return figures(page, "名次", "第三方机构", "得分", "等级", table="年度排名")


def test_the_open_year_is_computed_and_tells_what_is_missing(desks: Desks, own_server: Any) -> None:
    page = desks.sit_down(own_server, "lead")
    open_ranking(page, state="进行中")
    page.get_by_role("button", name="重新计算").first.click()
    expect(page.get_by_role("note").filter(has_text="发布前预览")).to_be_visible()
    missing = page.get_by_role("region", name="缺少的评分").first
    expect(missing).to_contain_text("望财绩评")
    unranked = [row for row in figures(page, "名次", "第三方机构", "得分", table="年度排名") if row[0] == "—"]
    assert unranked != []
    assert {row[2] for row in unranked} == {"—"}


def test_the_published_ranking_and_its_workbook_agree(desks: Desks, live_server: Any, tmp_path: Path) -> None:
    page = desks.sit_down(live_server, "lead")
    ranking = open_ranking(page, state="已发布")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载工作簿").click()
    file = tmp_path / "annual.xlsx"
    waiting.value.save_as(file)
    assert len(ranking) == 12
    ranks = [int(row[0]) for row in ranking if row[0] != "—"]
    scores = [row[2] for row in ranking if row[0] != "—"]
    assert scores == sorted(scores, key=float, reverse=True)
    # Equal scores share a rank and leave a gap; every score has two decimals.
    assert ranks == [1 + sum(float(other) > float(score) for other in scores) for score in scores]
    assert all(len(score.partition(".")[2]) == 2 for score in scores)
    assert workbook_ranking(file) == ranking


def workbook_ranking(file: Path) -> list[tuple[str, ...]]:
    sheet = openpyxl.load_workbook(file, read_only=True)["排名"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    start = next(number for number, row in enumerate(rows) if "名次" in row and "得分" in row)
    places = [rows[start].index(name) for name in ("名次", "第三方机构", "得分", "等级")]
    found: list[tuple[str, ...]] = []
    for row in rows[start + 1 :]:
        rank, agency, score, grade = (row[place] for place in places)
        if agency is None:
            break
        shown = "—" if score is None else f"{score:.2f}"
        found.append(("—" if rank is None else str(rank), str(agency), shown, str(grade or "—")))
    return found
