"""A submitted sheet: returned with a reason, corrected, submitted again, and made final by somebody else."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.desks import Desks
from tests.browser.sheets import choose, fill_jiading, sheet_id, submit

REASON = "“沟通情况”给分偏高，请对照会议记录核对。"


def test_return_correct_and_finalise(desks: Desks, own_server: Any) -> None:
    scorer = desks.sit_down(own_server, "department")
    scorer.get_by_role("region", name="待填评分表").get_by_role("link", name="填写").first.click()
    fill_jiading(scorer)
    submit(scorer)
    sheet = sheet_id(scorer)

    supervisor = desks.sit_down(own_server, "supervisor")
    # What has waited longest stands on the first page; the newest sheet is found in the list of all.
    expect(supervisor.get_by_role("region", name="需要决定").first).to_be_visible()
    supervisor.goto(f"/sheets/{sheet}")
    expect(supervisor.locator(".tile", has_text="总分")).to_contain_text("94/ 100")
    supervisor.get_by_role("link", name="退回").click()
    supervisor.get_by_label("退回理由").fill(REASON)
    supervisor.get_by_role("button", name="退回").click()
    expect(supervisor.get_by_role("note").filter(has_text="退回理由")).to_contain_text(REASON)

    scorer.goto("/inbox/")
    scorer.get_by_role("row").filter(has_text=REASON).get_by_role("button", name="查看").click()
    assert sheet_id(scorer) == sheet
    expect(scorer.get_by_role("note").filter(has_text="退回理由")).to_contain_text(REASON)
    choose(scorer, "communication", "fair", "9")
    submit(scorer)
    expect(scorer.locator(".tile", has_text="总分")).to_contain_text("84/ 100")

    second = desks.sit_down(own_server, "supervisor2")
    second.goto(f"/sheets/{sheet}")
    expect(second.locator(".tile", has_text="总分")).to_contain_text("84/ 100")
    second.get_by_role("link", name="定稿").click()
    second.get_by_role("button", name="定稿").click()
    expect(second.get_by_role("main").get_by_text("已定稿").first).to_be_visible()
    # Final is final, whatever address is typed.
    scorer.goto(f"/sheets/{sheet}/edit")
    expect(scorer.get_by_role("button", name="提交评分表")).to_have_count(0)
