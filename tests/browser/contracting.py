"""From the annual plan over the choice of an agency to a contract with its team, fee and declarations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from playwright.sync_api import Page, expect

from tests.browser.desks import figures, go, panel, said, whole

WORK = "绩效评价或评价结果复核"
REASON = "得分最高，报价合理。"


@dataclass
class Work:
    """What everybody has in common; ``path`` is known once the contract is entered."""

    object_name: str
    object_code: str
    commissioner: str
    unit: str
    agency: str
    rival: str
    number: str
    today: date
    due_on: date
    path: str = ""


def enter_object(page: Page, work: Work) -> None:
    go(page, "评价对象")
    page.get_by_role("link", name="登记评价对象").click()
    page.get_by_label("对象名称").fill(work.object_name)
    page.get_by_label("对象编码").fill(work.object_code)
    page.get_by_label("对象类别").select_option(label="项目")
    page.get_by_label("预算年度").fill(str(work.today.year - 1))
    page.get_by_label("预算类型").select_option(label="一般公共预算")
    page.get_by_label("主管预算部门").select_option(label=work.commissioner)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(work.object_name)


def choose_object(page: Page, work: Work) -> None:
    label = f"{work.today.year - 1} · {work.object_name}（{work.object_code}）"
    page.get_by_label("评价对象").select_option(label=label)


def put_on_the_plan(page: Page, work: Work) -> str:
    """A new version of the plan in force, with one line more; returns its address."""
    go(page, "委托业务")
    page.get_by_role("link", name="年度评价计划").click()
    page.get_by_role("row").filter(has_text="已批准").first.get_by_role("link").click()
    page.get_by_role("link", name="调整计划").click()
    page.get_by_label("调整理由").fill("补列食堂智慧监管项目。")
    page.get_by_role("button", name="建立新一版").click()
    page.get_by_role("link", name="列入项目").click()
    choose_object(page, work)
    page.get_by_label("业务类型").select_option(label=WORK)
    page.get_by_label("委托方").select_option(label=work.commissioner)
    page.get_by_label("被评价单位").select_option(label=work.unit)
    page.get_by_label("计划完成日期").fill(work.due_on.isoformat())
    page.get_by_label("费用预算").fill("120000")
    page.get_by_role("button", name="列入").click()
    said(page, "项目已列入计划")
    expect(panel(page, "与上一版相比").get_by_role("listitem")).to_have_text(
        f"列入：{work.object_name}（{WORK}）"
    )
    return page.url


def approve_plan(page: Page, plan: str) -> None:
    page.goto(plan)
    page.get_by_role("link", name="批准").click()
    page.get_by_role("button", name="批准").click()
    said(page, "年度计划已批准")


def select_agency(page: Page, work: Work, plan: str) -> None:
    """From the line of the plan: three candidates, of whom one is suspended and may not be chosen, and a reason."""
    page.goto(plan)
    page.get_by_role("row").filter(has_text=work.object_name).get_by_role("link", name="选取机构").click()
    page.get_by_role("combobox", name="选取方式").select_option(label="竞争性磋商")
    page.get_by_role("button", name="建立").click()
    said(page, "选取记录已建立")
    page.get_by_role("link", name="登记候选机构").click()
    choices = whole(page.get_by_label("第三方机构").locator("option")).all_inner_texts()
    suspended = next(text for text in choices if text.endswith("（已暂停）"))
    for number, (name, offer, score) in enumerate(
        ((work.agency, "118000", "91.5"), (work.rival, "126000", "88"), (suspended, "90000", "80"))
    ):
        if number:
            page.get_by_role("link", name="登记候选机构").click()
        page.get_by_label("第三方机构").select_option(label=name)
        page.get_by_label("报价").fill(offer)
        page.get_by_label("评审得分").fill(score)
        page.get_by_role("button", name="登记", exact=True).click()
        said(page, "候选机构已登记")
    suspended = suspended.removesuffix("（已暂停）")
    page.get_by_role("link", name="选定机构").click()
    page.get_by_label("选定的机构").select_option(label=suspended)
    page.get_by_label("选定理由").fill(REASON)
    page.get_by_role("button", name="选定").click()
    refusal = page.get_by_role("note")
    expect(refusal).to_contain_text("这家机构不得选定")
    expect(refusal).to_contain_text("机构在本局机构库的状态为“已暂停”")
    # What was typed for the one who may not be chosen holds for the one who may.
    expect(page.get_by_label("选定理由")).to_have_value(REASON)
    page.get_by_label("选定的机构").select_option(label=work.agency)
    page.get_by_role("button", name="选定").click()
    said(page, "机构已选定")
    rows = figures(page, "第三方机构", "评审得分", "报价（元）", "资格检查", table="候选机构")
    assert [(name, score, offer, check.split()[0]) for name, score, offer, check in rows] == [
        (f"{work.agency} 选定", "91.5", "118,000.00", "可以选定"),
        (work.rival, "88", "126,000.00", "可以选定"),
        (suspended, "80", "90,000.00", "不得选定"),
    ]


def sign_contract(page: Page, work: Work, evaluator: str) -> None:
    """From the decision, which has filled in most of it; the agency that was not chosen is refused."""
    page.get_by_role("link", name="登记委托业务").click()
    expect(page.get_by_label("合同金额")).to_have_value("118000")
    page.get_by_label("第三方机构").select_option(label=work.rival)
    page.get_by_label("合同编号").fill(work.number)
    page.get_by_label("合同签订日期").fill(work.today.isoformat())
    page.get_by_label("约定完成日期").fill(work.due_on.isoformat())
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text(f"选取记录选定的是{work.agency}")
    page.get_by_label("第三方机构").select_option(label=work.agency)
    page.get_by_label("主评人").select_option(label=f"{evaluator}（{work.agency}）")
    page.get_by_role("button", name="登记", exact=True).click()
    said(page, "委托业务已登记")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"合同 {work.number}")
    work.path = page.url


def enter_terms(page: Page, work: Work) -> None:
    """The fee by brackets, which the contract does not follow without a reason, and when which part is paid."""
    page.goto(work.path)
    page.get_by_role("link", name="合同约定和分包").click()
    page.get_by_role("link", name="登记合同约定").click()
    page.get_by_label("工作范围").fill("项目绩效评价。")
    page.get_by_label("收费方法").select_option(label="分段累进")
    page.get_by_label("计费金额").fill("9600000")
    for label, amount in (("合同签订后", "35400"), ("评价方案通过后", "47200"), ("评价报告验收后", "35400")):
        page.get_by_label(label).fill(amount)
    page.get_by_role("button", name="登记", exact=True).click()
    refusal = "按方法计算为 95,600.00 元，合同金额为 118,000.00 元，请说明理由。"
    expect(page.get_by_role("alert")).to_contain_text(refusal)
    page.get_by_label("合同金额与计算结果不同的理由").fill("增加现场走访样本。")
    page.get_by_role("button", name="登记", exact=True).click()
    said(page, "合同约定已登记")
    assert figures(page, "付款节点", "金额（元）", table="付款节点") == [
        ("合同签订", "35,400.00"),
        ("评价方案通过", "47,200.00"),
        ("评价报告验收", "35,400.00"),
    ]


def name_member(page: Page, work: Work, name: str) -> None:
    page.goto(work.path)
    panel(page, "工作组").get_by_role("link", name="人员和变更").click()
    page.get_by_role("link", name="登记合同约定的人员").click()
    page.get_by_label("人员").select_option(label=f"{name}（工作人员，在手业务 0 项）")
    page.get_by_label("岗位").select_option(label="成员")
    page.get_by_role("button", name="登记", exact=True).click()
    said(page, "工作组人员已登记")


def sign_declaration(page: Page, work: Work, name: str) -> None:
    """Each for himself; nobody else is offered."""
    page.goto(f"{work.path}/independence")
    page.get_by_role("link", name="签署独立性声明").click()
    expect(page.get_by_label("声明人").locator("option:checked")).to_have_text(name)
    expect(page.get_by_label("声明人").locator("option")).to_have_count(2)
    page.get_by_role("button", name="签署").click()
    said(page, "独立性声明已保存")
