"""From a file handed in to the point it costs: one engagement, by everybody who has a part in it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.commissioning import Contract, commission
from tests.browser.desks import Desks, a_pdf, figures, go, panel, said, whole
from tests.browser.sheets import fill_without_faults, submit
from tests.factories.files import pdf

DEPARTMENT = "望洲区教育局"
AGENCY = "云汀明衡绩效咨询有限公司"
PLAN, PAPERS, REPORT = "评价方案", "工作底稿", "评价报告"
FACTS = "“课后服务参与率”等三项指标没有工作底稿，报告所列数据无从核对。"
NOTE = "现场调取的底稿目录，第3页起缺三项指标。"
STATEMENT = "三项指标的底稿在整理归档时遗漏，事实属实，愿意整改。"
RETURNED = "底稿缺少目录。"
REASON = "机构认可事实，未补交底稿，予以认定。"

SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
# The page goes away when the upload is done; what it said has to outlive it.
KEEP_WHAT_IS_SAID = """() => new MutationObserver((changes) => {
  const heard = JSON.parse(sessionStorage.heard ?? "[]");
  sessionStorage.heard = JSON.stringify([...heard, ...changes.map((each) => each.target.textContent)]);
}).observe(document.querySelector(".upload-state"), {childList: true})"""


@dataclass
class Case:
    """What the participants have in common; filled in as it becomes known."""

    contract: Contract
    lateness: dict[str, str] = field(default_factory=dict)
    check: str = ""
    finding: str = ""
    finding_url: str = ""


def case_of(server: Any) -> Case:
    """A contract from the first days of the year that is open in the demo: everything of it is late by now."""
    found = re.search(r"(\d{4}) 年度质量考核排名", server.summary)
    assert found is not None
    year = int(found[1]) + 1
    return Case(
        Contract(
            number=f"望财绩评〔{year}〕31号",
            object_name="社区学校课后服务",
            object_code="WZ101-031",
            budget_year=str(year - 1),
            work_kind="绩效评价或评价结果复核",
            department=DEPARTMENT,
            commissioner=DEPARTMENT,
            unit="望洲区青禾实验中学",
            agency=AGENCY,
            fee="98000",
            signed_on=f"{year}-01-05",
            due_on=f"{year}-04-03",
            sheets=3,
        )
    )


def open_engagement(page: Page, case: Case) -> None:
    go(page, "委托业务")
    page.get_by_role("link", name=case.contract.number).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"合同 {case.contract.number}")


# ---------------------------------------------------------------------------------------- the agency's papers


def open_documents(page: Page, case: Case) -> None:
    open_engagement(page, case)
    page.get_by_role("link", name="成果和文件").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("成果和文件")


def upload(page: Page, kind: str, file: FilePayload) -> None:
    panel(page, kind).get_by_role("link", name="上传", exact=True).click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上传", exact=True).click()
    said(page, "文件已上传，尚未提交")


def upload_and_watch(page: Page, kind: str, file: FilePayload) -> list[str]:
    """Over a line so slow that its progress can be seen; returns what the page said meanwhile."""
    panel(page, kind).get_by_role("link", name="上传", exact=True).click()
    page.evaluate(KEEP_WHAT_IS_SAID)
    page.locator("input[type=file]").set_input_files(file)
    line = page.context.new_cdp_session(page)
    line.send("Network.emulateNetworkConditions", SLOW)
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.get_by_role("progressbar", name="上传进度")).to_be_visible()
    expect(page.get_by_role("button", name="取消上传")).to_be_focused()
    said(page, "文件已上传，尚未提交")
    line.detach()
    heard: list[str] = json.loads(page.evaluate("sessionStorage.heard"))
    return heard


def the_agency_hands_in(page: Page, colleagues: list[Page], case: Case) -> None:
    files = {kind: a_pdf(kind, kind) for kind in (PAPERS, REPORT)} | {PLAN: a_pdf(PLAN, PLAN, 500_000)}
    open_documents(page, case)
    heard = upload_and_watch(page, PLAN, files[PLAN])
    assert heard[0] == "已上传 0%"
    assert any(re.fullmatch(r"已上传 [1-9]\d?%", text) for text in heard)
    assert heard[-1] == "已传完，正在核对文件…"
    upload(page, PAPERS, files[PAPERS])
    upload(page, REPORT, files[REPORT])
    the_report_is_reviewed([*colleagues, page], case)
    open_documents(page, case)
    page.get_by_role("link", name="提交成果（3 个文件）").click()
    page.get_by_role("button", name="提交", exact=True).click()
    said(page, "成果已提交，请保存回执")
    the_receipt_is_true(page, case, files)
    case.lateness = {row[0]: row[1] for row in figures(page, "成果", "逾期工作日", table="文件")}
    assert min(map(int, case.lateness.values())) > 20


def the_report_is_reviewed(pages: list[Page], case: Case) -> None:
    """By three people in the order of the levels; the first of them asks for it."""
    for level, page in enumerate(pages, 1):
        open_documents(page, case)
        review = page.url.replace("/deliverables", "/review")
        page.goto(review)
        if level == 1:
            page.get_by_role("link", name="发起三级复核").click()
            page.get_by_role("button", name="发起复核").click()
            said(page, "三级复核已发起")
        page.get_by_role("link", name="通过", exact=True).click()
        expect(page.get_by_label("通过")).to_be_checked()
        page.get_by_role("button", name="记录结论").click()
        said(page, "三级复核通过，可以提交报告" if level == 3 else "复核结论已记录")


def the_receipt_is_true(page: Page, case: Case, files: dict[str, FilePayload]) -> None:
    """It names every file by its hash, and its own hash is the one of the data to take home."""
    for file in files.values():
        digest = hashlib.sha256(file["buffer"]).hexdigest()
        expect(page.get_by_role("row").filter(has_text=file["name"])).to_contain_text(f"SHA-256 {digest}")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载回执数据").click()
    data = waiting.value.path().read_bytes()
    expect(page.locator(".digest").first).to_have_text(hashlib.sha256(data).hexdigest())
    assert json.loads(data)["contract_number"] == case.contract.number


def the_commissioner_decides(page: Page, case: Case) -> None:
    open_documents(page, case)
    panel(page, REPORT).get_by_role("link", name="验收").click()
    page.get_by_label("验收").check()
    page.get_by_role("button", name="作出决定").click()
    said(page, "已验收，并通知机构")
    panel(page, PAPERS).get_by_role("link", name="退回").click()
    page.get_by_label("退回").check()
    page.get_by_label("理由").fill(RETURNED)
    page.get_by_role("button", name="作出决定").click()
    said(page, "已退回，并通知机构")
    decided = [figures(page, "验收情况", table=kind)[0][0] for kind in (REPORT, PAPERS)]
    assert [text.split()[0] for text in decided] == ["已验收", "已退回"]
    assert decided[1].endswith(RETURNED)


# ---------------------------------------------------------------------------------------- the spot check


def plan_a_check(page: Page, case: Case) -> str:
    go(page, "抽查")
    page.get_by_role("link", name="登记抽查").click()
    page.get_by_label("合同编号").fill(case.contract.number)
    page.get_by_label("检查日期").fill(case.contract.due_on)
    page.get_by_label("检查方式").select_option(label="现场查阅档案")
    page.get_by_label("检查目的").fill("核对工作底稿与报告是否一致。")
    page.get_by_label("江映月").check()
    page.get_by_label("袁小满").check()
    page.get_by_role("button", name="登记", exact=True).click()
    said(page, "已登记，检查人员已收到通知")
    case.check = page.get_by_role("heading", level=1).inner_text()
    return page.url


def declare(page: Page, check: str) -> None:
    page.goto(check)
    page.get_by_role("link", name="申报利害关系").click()
    page.get_by_label("没有利害关系").check()
    page.get_by_role("button", name="提交申报").click()
    said(page, "已申报没有利害关系")


def record_the_check(page: Page, check: str) -> None:
    page.goto(check)
    page.get_by_role("link", name="填写检查记录").click()
    expect(page.get_by_label("检查情况")).to_be_visible()
    for answer in whole(page.get_by_role("radio", name="符合", exact=True)).all():
        answer.check()
    papers = page.get_by_role("group", name="6. 每项指标都有工作底稿")
    papers.get_by_role("radio", name="不符合").check()
    page.get_by_label("第 6 项说明").fill("三项指标没有底稿")
    page.get_by_label("检查情况").fill("查阅全部底稿，逐项核对。")
    page.get_by_role("button", name="保存检查记录").click()
    said(page, "检查记录已保存")


def add_the_finding(page: Page, case: Case) -> None:
    page.get_by_role("link", name="就第 6 项登记问题").click()
    expect(page.get_by_label("问题代码").locator("option:checked")).to_have_text("指标没有对应底稿")
    page.get_by_label("发生次数").fill("3")
    page.get_by_label("严重程度").select_option(label="一般")
    page.get_by_label("事实发生日期").fill(case.contract.due_on)
    page.get_by_role("textbox", name="事实", exact=True).fill(FACTS)
    page.get_by_role("button", name="登记", exact=True).click()
    said(page, "已登记")
    case.finding = page.get_by_role("heading", level=1).inner_text()
    said(page, f"{case.finding}已登记")
    page.get_by_role("link", name="上传证据").click()
    page.locator("input[type=file]").set_input_files(a_pdf("底稿目录", "evidence"))
    page.get_by_label("说明").fill(NOTE)
    page.get_by_role("button", name="上传", exact=True).click()
    said(page, "文件已上传")
    case.finding_url = page.url.partition("#")[0]


def close_and_notify(page: Page, check: str, case: Case) -> None:
    page.goto(check)
    page.get_by_role("link", name="办结检查记录").click()
    page.get_by_role("button", name="办结").click()
    said(page, "检查记录已办结")
    page.goto(case.finding_url)
    page.get_by_role("link", name="告知机构").click()
    page.get_by_role("button", name="告知机构").click()
    said(page, "已告知机构")


def the_agency_states(page: Page, case: Case) -> None:
    page.goto("/inbox/")
    page.get_by_role("row").filter(has_text=case.finding).get_by_role("button", name="查看").click()
    page.get_by_role("link", name="陈述申辩").click()
    page.get_by_label("陈述申辩").fill(STATEMENT)
    page.get_by_role("button", name="提交", exact=True).click()
    said(page, "陈述申辩已提交")


def make_the_finding_final(page: Page, case: Case) -> None:
    page.goto(case.finding_url)
    expect(panel(page, "机构陈述")).to_contain_text(STATEMENT)
    page.get_by_role("link", name="认定", exact=True).click()
    page.get_by_label("理由").fill(REASON)
    page.get_by_role("button", name="认定", exact=True).click()
    expect(panel(page, "处理决定")).to_contain_text(REASON)


# ---------------------------------------------------------------------------------------- the sheets


def open_sheet(page: Page, case: Case) -> None:
    """One's own sheet, from the page of the engagement."""
    open_engagement(page, case)
    panel(page, "考核评分").get_by_role("link", name="填写", exact=True).click()


def the_supervisor_scores(page: Page, case: Case) -> str:
    open_sheet(page, case)
    fact = page.locator("#criterion-work_papers .fact")
    expect(fact.locator(".fact-head")).to_have_text("抽查认定 指标没有对应底稿 3 项")
    expect(fact.locator(".fact-text")).to_have_text(f"{case.finding}：{FACTS}")
    late = [f"逾期提交 {kind}逾期提交 {days} 工作日" for kind, days in case.lateness.items()]
    expect(page.locator("#criterion-on_time .fact-head")).to_have_text([late[0], late[2]])
    # The scheme has no criterion for it: said, and not scored.
    expect(page.locator("#unscored .fact-head")).to_have_text([late[1]])
    fill_without_faults(page)
    expect(page.locator(".sheet-sum")).to_contain_text("91 / 100")
    submit(page)
    expect(page.locator(".tile", has_text="总分")).to_contain_text("91/ 100")
    return page.url


def the_department_scores(page: Page, case: Case) -> str:
    open_sheet(page, case)
    fill_without_faults(page)
    submit(page)
    expect(page.locator(".tile", has_text="总分")).to_contain_text("40/ 40")
    return page.url


def make_final(page: Page, sheet: str) -> None:
    page.goto(sheet)
    page.get_by_role("link", name="定稿").click()
    page.get_by_role("button", name="定稿").click()
    said(page, "评分表已定稿")


def publish(page: Page) -> None:
    go(page, "年度考核")
    rounds = page.get_by_role("region", name="年度考核").get_by_role("row")
    rounds.filter(has_text="进行中").first.get_by_role("link").click()
    page.get_by_role("button", name="重新计算").first.click()
    said(page, "重新计算")
    page.get_by_role("link", name="发布结果").click()
    page.get_by_role("checkbox", name="评分不全").check()
    page.get_by_label("评分不全时发布的理由").fill("部分业务尚在评价，先行公布已有结果。")
    page.get_by_role("button", name="发布结果").click()
    said(page, "年度考核结果已发布")


def the_agency_follows_the_point(page: Page, case: Case) -> None:
    """Year, engagement, sheet, criterion, fault, finding, evidence and provision."""
    page.goto("/inbox/")
    page.get_by_role("row").filter(has_text="年度考核").get_by_role("button", name="查看").first.click()
    items = page.get_by_role("region", name="各项委托业务").get_by_role("row")
    item = items.filter(has_text=case.contract.number)
    expect(item).to_contain_text("财政局评分 91")
    item.get_by_role("link", name="财政局评分 91").click()

    expect(page.get_by_role("note").filter(has_text="复核通过")).to_contain_text("等于总分 91 分")
    on_time = page.locator("#criterion-on_time")
    expect(on_time.locator(".criterion-max")).to_have_text("0 / 6")
    expect(on_time).to_contain_text(f"逾期 {case.lateness[PLAN]} 个工作日")
    papers = page.locator("#criterion-work_papers")
    expect(papers.locator(".criterion-max")).to_have_text("5 / 8")
    expect(papers.locator(".fact-text")).to_have_text(f"{case.finding}：{FACTS}")
    papers.get_by_role("link", name="查看来源与证据").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(case.finding)
    expect(panel(page, "事实")).to_contain_text(FACTS)
    expect(panel(page, "处理决定")).to_contain_text(REASON)
    with page.expect_download() as waiting:
        panel(page, "证据").get_by_role("link", name="底稿目录.pdf").click()
    assert waiting.value.path().read_bytes() == pdf("evidence")
    expect(panel(page, "证据")).to_contain_text(NOTE)
    assert figures(page, "评分角色", "考核项", "计入次数", table="计入的评分表")[0] == (
        "财政局评分",
        "证据与工作底稿",
        "3",
    )
    panel(page, "依据条款").get_by_role("link").click()
    expect(page.get_by_role("main")).to_contain_text("工作底稿")


def test_from_a_file_to_the_point_it_costs(desks: Desks, own_server: Any) -> None:
    case = case_of(own_server)
    supervisor, agency = desks.sit_down(own_server, "supervisor"), desks.sit_down(own_server, "agency")
    commission(supervisor, case.contract)
    colleagues = [desks.sit_down(own_server, name) for name in ("staff", "evaluator")]
    the_agency_hands_in(agency, colleagues, case)
    department = desks.sit_down(own_server, "department")
    the_commissioner_decides(department, case)

    colleague = desks.sit_down(own_server, "supervisor2")
    check = plan_a_check(supervisor, case)
    declare(supervisor, check)
    declare(colleague, check)
    record_the_check(supervisor, check)
    add_the_finding(supervisor, case)
    close_and_notify(supervisor, check, case)
    the_agency_states(agency, case)
    make_the_finding_final(colleague, case)

    for sheet in (the_supervisor_scores(supervisor, case), the_department_scores(department, case)):
        make_final(colleague, sheet)
    publish(desks.sit_down(own_server, "lead"))
    the_agency_follows_the_point(agency, case)
