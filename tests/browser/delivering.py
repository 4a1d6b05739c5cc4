"""What an agency hands in, who looks at it before and after, and the file that is sealed in the end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.contracting import Work
from tests.browser.desks import panel, said, whole

PLAN, PAPERS, DRAFT, REPORT = "评价方案", "工作底稿", "报告初稿", "评价报告"


def upload(page: Page, work: Work, kind: str, file: FilePayload) -> None:
    page.goto(f"{work.path}/deliverables")
    panel(page, kind).get_by_role("link", name="上传", exact=True).click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上传", exact=True).click()
    said(page, "文件已上传，尚未提交")


def hand_in(page: Page, work: Work, count: int) -> None:
    page.goto(f"{work.path}/deliverables")
    page.get_by_role("link", name=f"提交成果（{count} 个文件）").click()
    page.get_by_role("button", name="提交", exact=True).click()
    said(page, "成果已提交，请保存回执")


def try_to_hand_in(page: Page, work: Work, reason: str) -> None:
    page.goto(f"{work.path}/deliverables/submit")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(reason)


def download(page: Page, link: str, target: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=link).click()
    waiting.value.save_as(target)
    return target


def decide(page: Page, work: Work, kind: str, verb: str, reason: str = "") -> None:
    page.goto(f"{work.path}/deliverables")
    panel(page, kind).get_by_role("link", name=verb, exact=True).click()
    expect(page.get_by_label(verb, exact=True)).to_be_checked()
    page.get_by_label("理由").fill(reason)
    page.get_by_role("button", name="作出决定").click()
    said(page, f"已{verb}，并通知机构")


def record_expert(page: Page, work: Work, expert: str, score: str) -> None:
    page.goto(f"{work.path}/opinions")
    page.get_by_role("link", name="登记方案专家评审").click()
    page.get_by_label("专家姓名").fill(expert)
    page.get_by_label("评分").fill(score)
    page.get_by_label("评审意见").fill("抽样方法需补充说明。")
    page.get_by_label("评审日期").fill(work.today.isoformat())
    page.get_by_role("button", name="登记", exact=True).click()
    said(page, "专家评审意见已登记")


# ------------------------------------------------------------------------------------------------ terms


def extend(page: Page, work: Work, kind: str, days: int) -> str:
    """By working days; returns what the panel says of the term."""
    page.goto(f"{work.path}/deliverables")
    panel(page, kind).get_by_role("link", name="延长").click()
    page.get_by_label("延长的工作日数").fill(str(days))
    page.get_by_label("批准依据").fill("分管领导批示")
    page.get_by_label("理由").fill("现场核查范围扩大。")
    page.get_by_role("button", name="延长").click()
    said(page, "期限现为")
    return whole(panel(page, kind)).inner_text()


def pause_and_resume(page: Page, work: Work, kind: str) -> None:
    page.goto(f"{work.path}/deliverables")
    panel(page, kind).get_by_role("link", name="中止期限").click()
    page.get_by_label("中止日期").fill(work.today.isoformat())
    page.get_by_label("批准依据").fill("分管领导批示")
    page.get_by_label("理由").fill("等待学校补充采购台账。")
    page.get_by_role("button", name="中止期限").click()
    expect(panel(page, kind)).to_contain_text("等待学校补充采购台账。")
    panel(page, kind).get_by_role("link", name="恢复计算").click()
    page.get_by_label("恢复日期").fill(work.today.isoformat())
    page.get_by_label("继续计算剩余的工作日").check()
    page.get_by_label("说明").fill("已收到台账。")
    page.get_by_role("button", name="恢复计算").click()
    expect(panel(page, kind)).to_contain_text("期限中止（1 次）")


# ------------------------------------------------------------------------------------------------ the draft


def comment_on_draft(page: Page, work: Work, text: str) -> None:
    """From the first page, where it waits."""
    page.goto("/")
    page.get_by_role("row").filter(has_text=work.object_name).get_by_role("link", name="提出意见").click()
    page.get_by_role("link", name="对报告初稿提出意见").click()
    page.get_by_role("textbox", name="位置").fill("第二部分第3段")
    page.get_by_role("textbox", name="意见").fill(text)
    page.get_by_role("button", name="提交意见").click()
    said(page, "意见已提交，并通知机构")


def answer_opinion(page: Page, work: Work, text: str) -> None:
    page.goto("/")
    page.get_by_role("row").filter(has_text="待答复意见").get_by_role("link", name="去答复").click()
    page.get_by_role("link", name="答复 第 1 条").click()
    page.get_by_label("采纳", exact=True).check()
    page.get_by_role("textbox", name="说明").fill(text)
    page.get_by_role("button", name="答复").click()
    said(page, "答复已提交，并通知被评价单位")


# ------------------------------------------------------------------------------------------------ the review


def open_review(page: Page, work: Work) -> None:
    page.goto(f"{work.path}/review")
    page.get_by_role("link", name="发起三级复核").first.click()
    page.get_by_role("button", name="发起复核").click()
    said(page, "三级复核已发起")


def raise_comment(page: Page, text: str) -> None:
    """On the page of the review."""
    page.get_by_role("link", name="提出意见").click()
    page.get_by_role("textbox", name="意见").fill(text)
    page.get_by_role("button", name="保存").click()
    said(page, "意见已记录")


def answer_comment(page: Page, work: Work, text: str) -> None:
    page.goto(f"{work.path}/review")
    page.get_by_role("link", name="答复 第 1 条").click()
    page.get_by_role("textbox", name="答复").fill(text)
    page.get_by_role("button", name="答复").click()
    said(page, "答复已记录")


def pass_level(page: Page, work: Work) -> None:
    page.goto(f"{work.path}/review")
    page.get_by_role("link", name="通过", exact=True).click()
    page.get_by_role("button", name="记录结论").click()


def pass_all_levels(pages: Sequence[Page], work: Work) -> None:
    for page in pages:
        pass_level(page, work)
    said(pages[-1], "三级复核通过，可以提交报告")


def mark(page: Page, work: Work, kind: str, name: str) -> None:
    page.goto(f"{work.path}/review")
    page.get_by_role("link", name="登记签字盖章").click()
    page.get_by_label(kind).check()
    page.get_by_label("签字人或者印章名称").fill(name)
    page.get_by_label("签字盖章日期").fill(work.today.isoformat())
    page.get_by_role("button", name="登记", exact=True).click()
    said(page, "签字盖章已登记")


# ------------------------------------------------------------------------------------------------ the end


def complete(page: Page, work: Work) -> None:
    page.goto(work.path)
    page.get_by_role("link", name="登记完成").click()
    page.get_by_role("button", name="登记完成").click()
    said(page, "已登记完成")


def seal(page: Page, work: Work) -> None:
    page.goto(work.path)
    expect(panel(page, "档案")).to_contain_text("材料已经齐全，可以封存。")
    panel(page, "档案").get_by_role("link", name="档案").click()
    page.get_by_role("button", name="封存档案").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    said(page, "档案已封存")
