"""One commission: from the agency's application to the sealed archive, by everybody who has a part in it.

Each does only what his pages offer him, and at the stations on the way it is looked at what the others see of it.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.browser import admission, contracting, delivering
from tests.browser.admission import AGENCY, EVALUATOR, STAFF
from tests.browser.contracting import Work
from tests.browser.delivering import DRAFT, PAPERS, PLAN, REPORT
from tests.browser.desks import Desks, a_pdf, figures, go, panel, whole
from tests.databases import TestRun
from tests.factories.agencies import make_credit_code

RETURNED_APPLICATION = "请补充营业执照核发日期。"
REMARK = "附表2合计与分项不符。"
COMMENT = "食材溯源覆盖率应为 96%。"
RETURNED_REPORT = "结论部分缺少对比数据。"


@dataclass
class People:
    """One browser each."""

    supervisor: Page
    lead: Page
    department: Page
    unit: Page
    # Of the agency: who answers for it, the principal evaluator, a member of the team; and one of another agency.
    manager: Page
    evaluator: Page
    staff: Page
    rival: Page


def status(page: Page, address: str) -> int:
    return page.request.get(address).status


def statuses(address: str, **pages: Page) -> dict[str, int]:
    return {name: status(page, address) for name, page in pages.items()}


def main_of(page: Page, address: str) -> str:
    page.goto(address)
    return page.get_by_role("main").inner_text()


def messages(page: Page, about: str) -> list[str]:
    """What the inbox says of one contract, the newest first."""
    page.goto("/inbox/")
    return [text for (text,) in figures(page, "内容", table="消息") if about in text]


# ------------------------------------------------------------------------------------------------ the register


def enter_the_register(desks: Desks, server: Any) -> People:
    code = make_credit_code(778)
    manager = desks.page(server.url)
    application = admission.apply(manager, code)
    supervisor, lead = desks.sit_down(server, "supervisor"), desks.sit_down(server, "lead")
    admission.return_application(supervisor, RETURNED_APPLICATION)
    told = main_of(manager, application)
    assert told.index("申请已退回补正") < told.index(RETURNED_APPLICATION) < told.index("必备材料已齐全")
    manager.get_by_role("button", name="提交申请").click()
    admission.admit(lead, "材料齐全，符合入库条件。")
    # The papers of the application are those of the register, and the principal evaluator meets the conditions.
    assert figures(lead, "姓名", "条件核对", table="主评人")[0][0] == EVALUATOR
    assert whole(panel(lead, "主评人").get_by_text("不符合", exact=True)).count() == 0
    manager.goto(application)
    manager.get_by_role("button", name="开通账号").click()
    admission.set_password(manager, code.lower())

    admin = desks.sit_down(server, "admin")
    invited = []
    for username, name, body, role in (
        ("luzhiqiu", EVALUATOR, AGENCY, "主评人"),
        ("shenxiaoman", STAFF, AGENCY, "机构工作人员"),
        ("heqing", "何青", "望洲区青禾实验中学", "预算单位经办人"),
    ):
        link = admission.invite(admin, username, name, body, role)
        invited.append(admission.newcomer(desks, server, link, username))
    evaluator, staff, unit = invited
    department, rival = desks.sit_down(server, "department"), desks.sit_down(server, "agency")
    return People(supervisor, lead, department, unit, manager, evaluator, staff, rival)


def enter_the_people(people: People, work: Work) -> None:
    supervisor = people.supervisor
    admission.appoint_staff(supervisor)
    until = work.today - timedelta(days=60)
    admission.declare_former_post(supervisor, work.commissioner, until.isoformat())
    admission.link_account(supervisor, EVALUATOR, "luzhiqiu")
    admission.link_account(supervisor, STAFF, "shenxiaoman")
    agency = supervisor.url.partition("/people")[0]
    assert statuses(agency, manager=people.manager, rival=people.rival, unit=people.unit) == {
        "manager": 200,
        "rival": 404,
        "unit": 403,
    }


# ------------------------------------------------------------------------------------------------ the contract


def plan_and_select(people: People, work: Work) -> None:
    supervisor, department = people.supervisor, people.department
    contracting.enter_object(supervisor, work)
    plan = contracting.put_on_the_plan(supervisor, work)
    others = {"department": department, "unit": people.unit, "manager": people.manager}
    assert statuses(plan, **others) == {"department": 404, "unit": 404, "manager": 404}
    contracting.approve_plan(people.lead, plan)
    assert statuses(plan, **others) == {"department": 200, "unit": 200, "manager": 404}
    assert "社区卫生服务中心设备更新" not in main_of(department, plan)
    expect(department.get_by_role("row").filter(has_text=work.object_name)).to_contain_text("尚未委托")

    contracting.select_agency(supervisor, work, plan)
    others["rival"] = people.rival
    assert statuses(supervisor.url, **others) == {
        "department": 200,
        "unit": 404,
        "manager": 404,
        "rival": 404,
    }
    contracting.sign_contract(supervisor, work, EVALUATOR)
    others["staff"] = people.staff
    assert statuses(work.path, **others) == {
        "department": 200,
        "unit": 200,
        "manager": 200,
        "rival": 404,
        "staff": 200,
    }
    department.goto(plan)
    row = department.get_by_role("row").filter(has_text=work.object_name)
    expect(row).to_contain_text("已委托")
    row.get_by_role("link", name="查看业务").click()
    expect(department.get_by_role("heading", level=1)).to_have_text(f"合同 {work.number}")


def agree_and_declare(people: People, work: Work) -> None:
    supervisor, department = people.supervisor, people.department
    contracting.enter_terms(supervisor, work)
    assert statuses(f"{work.path}/contract", department=department, unit=people.unit) == {
        "department": 200,
        "unit": 404,
    }
    contracting.name_member(supervisor, work, STAFF)
    contracting.sign_declaration(people.evaluator, work, EVALUATOR)
    contracting.sign_declaration(people.staff, work, STAFF)
    declared = figures(people.staff, "工作组人员", "签署日期", "签署方式", table="独立性声明")
    day = work.today.isoformat()
    assert [(name, on, way.split()[0]) for name, on, way in declared] == [
        (EVALUATOR, day, "本人签署"),
        (STAFF, day, "本人签署"),
    ]
    # The former post is the bureau's and the agency's to weigh; the department reads that there is something.
    independence = f"{work.path}/independence"
    warning = f"工作组人员{STAFF}与{work.commissioner}的利害关系（曾任职）"
    assert warning in main_of(supervisor, independence)
    assert warning in main_of(people.manager, independence)
    seen = main_of(department, independence)
    assert (STAFF in seen, "曾任职" in seen) == (True, False)


# ------------------------------------------------------------------------------------------------ the work


def deliver_the_plan(people: People, work: Work, folder: Path) -> None:
    manager, department = people.manager, people.department
    plan = a_pdf(PLAN, "plan")
    delivering.upload(manager, work, PLAN, plan)
    department.goto(f"{work.path}/deliverables")
    expect(panel(department, PLAN)).to_contain_text("还没有文件。")
    delivering.hand_in(manager, work, 1)
    receipt = delivering.download(manager, "下载回执（PDF）", folder / "receipt.pdf")
    check_signature(manager, receipt, plan["buffer"], folder)
    delivering.record_expert(department, work, "顾怀远", "88.5")
    delivering.decide(department, work, PLAN, "验收")
    assert "88.50" in main_of(manager, f"{work.path}/opinions")
    assert "顾怀远" not in main_of(people.unit, f"{work.path}/opinions")


def check_signature(page: Page, receipt: Path, content: bytes, folder: Path) -> None:
    """With what is published, in a process that knows nothing of this house."""
    page.goto("/receipts/keys")
    keys = delivering.download(page, "下载公钥列表", folder / "keys.json")
    program = delivering.download(page, "下载核验程序", folder / "verify_receipt.py")
    file = folder / "评价方案.pdf"
    file.write_bytes(content)
    assert verified(program, receipt, file, "--keys", keys) == 0
    file.write_bytes(content + b" ")
    assert verified(program, receipt, file, "--keys", keys) == 1


def verified(program: Path, *arguments: str | Path) -> int:
    command = [sys.executable, "-I", "-S", str(program), *map(str, arguments)]
    return subprocess.run(command, cwd=program.parent, capture_output=True, check=False).returncode


def move_the_terms(people: People, work: Work) -> None:
    papers = delivering.extend(people.supervisor, work, PAPERS, 5)
    assert f"自 {work.due_on} 起 5 个工作日" in papers
    delivering.pause_and_resume(people.supervisor, work, REPORT)
    found = re.search(r"期限：(\d{4}-\d\d-\d\d)", whole(panel(people.supervisor, REPORT)).inner_text())
    assert found is not None
    # Nobody loses a day by having waited.
    assert found[1] >= work.due_on.isoformat()
    assert messages(people.manager, work.number)[0].startswith(("评价报告的", "工作底稿的"))


def hear_the_unit(people: People, work: Work) -> None:
    manager, unit = people.manager, people.unit
    delivering.upload(people.staff, work, DRAFT, a_pdf(DRAFT, "draft"))
    delivering.upload(people.staff, work, PAPERS, a_pdf(PAPERS, "papers"))
    assert status(people.staff, f"{work.path}/deliverables/submit") == 403
    delivering.hand_in(manager, work, 2)
    # The unit reads what is said about it, and nothing of how the agency worked.
    unit.goto(f"{work.path}/deliverables")
    assert unit.locator(".panel h2").all_inner_texts() == [DRAFT]
    delivering.comment_on_draft(unit, work, COMMENT)


def review_and_issue(people: People, work: Work) -> None:
    manager, evaluator, staff = people.manager, people.evaluator, people.staff
    reviewers = (staff, evaluator, manager)
    delivering.upload(staff, work, REPORT, a_pdf(REPORT, "report"))
    delivering.open_review(staff, work)
    delivering.raise_comment(staff, REMARK)
    expect(staff.get_by_role("main").get_by_role("link", name="通过", exact=True)).to_have_count(0)
    delivering.answer_comment(evaluator, work, "已更正。")
    for page in (people.supervisor, people.department):
        assert REMARK not in main_of(page, f"{work.path}/review")
    delivering.pass_level(staff, work)
    # Nobody takes two levels.
    staff.goto(f"{work.path}/review")
    expect(staff.get_by_role("main").get_by_role("link", name="通过", exact=True)).to_have_count(0)
    delivering.pass_all_levels(reviewers[1:], work)
    delivering.try_to_hand_in(manager, work, "被评价单位对初稿的意见还有 1 条没有答复")
    delivering.answer_opinion(manager, work, "已核对溯源平台数据并更正。")
    expect_answered = main_of(people.unit, f"{work.path}/opinions")
    assert "已核对溯源平台数据并更正。" in expect_answered
    delivering.hand_in(manager, work, 1)
    outside = [main_of(page, f"{work.path}/review") for page in (people.supervisor, people.department)]
    assert [(REMARK in text, EVALUATOR in text) for text in outside] == [(False, True), (False, False)]
    assert status(people.unit, f"{work.path}/review") == 404


def return_and_accept(people: People, work: Work) -> None:
    manager, department = people.manager, people.department
    delivering.decide(department, work, REPORT, "退回", RETURNED_REPORT)
    assert RETURNED_REPORT in main_of(manager, f"{work.path}/deliverables")
    assert RETURNED_REPORT not in main_of(people.unit, f"{work.path}/deliverables")
    delivering.upload(people.staff, work, REPORT, a_pdf("评价报告（修订）", "report 2"))
    delivering.try_to_hand_in(manager, work, "请对现在的文件重新发起复核")
    delivering.open_review(people.staff, work)
    delivering.pass_all_levels((people.staff, people.evaluator, manager), work)
    delivering.mark(manager, work, "主评人签字", EVALUATOR)
    delivering.mark(manager, work, "机构盖章", f"{AGENCY}公章")
    delivering.hand_in(manager, work, 1)
    for kind in (PAPERS, DRAFT):
        delivering.decide(department, work, kind, "验收")
    people.supervisor.goto(f"{work.path}/complete")
    expect(people.supervisor.get_by_role("note")).to_contain_text(f"{REPORT} 待验收")
    delivering.decide(department, work, REPORT, "验收")


# ------------------------------------------------------------------------------------------------ the archive


def archive(people: People, work: Work, folder: Path) -> None:
    manager = people.manager
    manager.goto(f"{work.path}/archive")
    lines = figures(manager, "内容", "情况", table="齐全性清单")
    states = [(what, state.split()[0]) for what, state in lines]
    assert [each for each in states if each[1] != "齐全"] == [("委托业务已经完成", "缺")]
    delivering.complete(people.supervisor, work)
    assert "由机构负责人或者主评人封存。" in main_of(people.staff, f"{work.path}/archive")
    delivering.seal(manager, work)
    file = delivering.download(manager, "下载档案", folder / "archive.zip")
    check_archive(file)
    assert verified(folder / "verify_receipt.py", file, "--keys", folder / "keys.json") == 0
    whole = {"supervisor": people.supervisor, "department": people.department, "unit": people.unit}
    assert statuses(f"{work.path}/archive", **whole) == {"supervisor": 200, "department": 200, "unit": 404}
    assert statuses(f"{work.path}/archive/download", **whole) == {
        "supervisor": 200,
        "department": 404,
        "unit": 404,
    }


def check_archive(file: Path) -> None:
    """Everything that was handed in, and nothing that the list of hashes does not name."""
    with zipfile.ZipFile(file) as book:
        manifest = json.loads(book.read("manifest.json"))
        listed = {each["path"]: each["sha256"] for each in manifest["files"]}
        found = {name: hashlib.sha256(book.read(name)).hexdigest() for name in book.namelist()}
        declared = json.loads(book.read("record/declarations.json"))["data"]
        review = book.read("record/review.json").decode()
    for name in ("manifest.json", "manifest.signature.json"):
        del found[name]
    assert found == listed
    assert [name for name in listed if name.startswith("files/")] == [
        f"files/draft-1/001-{DRAFT}.pdf",
        f"files/plan-1/001-{PLAN}.pdf",
        f"files/report-1/001-{REPORT}.pdf",
        "files/report-1/002-评价报告（修订）.pdf",
        f"files/work_papers-1/001-{PAPERS}.pdf",
    ]
    assert [each["person"] for each in declared] == [EVALUATOR, STAFF]
    assert REMARK not in review


def what_was_told(people: People, work: Work) -> None:
    """The evaluated unit, of what concerned it and of nothing else; the agency, of every decision."""
    contract = f"，合同 {work.number}。"
    assert messages(people.unit, work.number) == [
        f"机构已答复第 1 条意见（采纳）{contract}",
        f"{AGENCY}提交了报告初稿，请提出意见；没有意见的，也请写明{contract}",
        f"新的委托业务：{AGENCY} 承担“{work.object_name}”{contract}",
    ]
    assert messages(people.rival, work.number) == []
    decided = [text for text in messages(people.manager, work.number) if work.commissioner in text]
    assert [text.removesuffix(contract) for text in decided if "专家" not in text] == [
        f"{work.commissioner}已验收评价报告（第 2 版）",
        f"{work.commissioner}已验收报告初稿（第 1 版）",
        f"{work.commissioner}已验收工作底稿（第 1 版）",
        f"{work.commissioner}退回评价报告（第 1 版），请修改后重新提交",
        f"{work.commissioner}已验收评价方案（第 1 版）",
    ]
    go(people.supervisor, "委托业务")
    row = people.supervisor.get_by_role("row").filter(has_text=work.number)
    expect(row).to_contain_text("已完成")


def test_from_the_application_to_the_sealed_archive(
    desks: Desks, own_server: Any, test_run: TestRun, tmp_path: Path
) -> None:
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    work = Work(
        object_name="校园食堂智慧监管",
        object_code="WZ101-088",
        commissioner="望洲区教育局",
        unit="望洲区青禾实验中学",
        agency=AGENCY,
        rival="云汀明衡绩效咨询有限公司",
        number=f"望财绩评〔{today.year}〕88号",
        today=today,
        due_on=today + timedelta(days=90),
    )
    people = enter_the_register(desks, own_server)
    enter_the_people(people, work)
    plan_and_select(people, work)
    agree_and_declare(people, work)
    deliver_the_plan(people, work, tmp_path)
    move_the_terms(people, work)
    hear_the_unit(people, work)
    review_and_issue(people, work)
    return_and_accept(people, work)
    archive(people, work, tmp_path)
    what_was_told(people, work)
    verified_log = test_run.python("-m", "flask", "--app", "wsgi.py", "audit", "verify", data=own_server.data)
    assert verified_log.startswith("OK"), verified_log
