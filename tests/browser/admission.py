"""How an agency comes into the register, and how its people come to their accounts."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.desks import Desks, a_pdf, go, panel, said, sign_in

BUREAU = "云汀市望洲区财政局"
AGENCY = "云汀拾光绩效评价有限公司"
MANAGER, EVALUATOR, STAFF = "时雨", "陆知秋", "沈小满"
PASSWORD = "a quiet river 7"


def apply(page: Page, code: str) -> str:
    """On the public page, with what the bureau asks for; returns the address of the application."""
    page.goto("/sign-in")
    page.get_by_role("link", name="申请登记").click()
    page.get_by_label("向哪个财政局申请").select_option(label=BUREAU)
    for label, text in (
        ("统一社会信用代码", code),
        ("机构名称", AGENCY),
        ("法定代表人（负责人）", MANAGER),
        ("成立日期", "2016-04-08"),
        ("地址", "云汀市望洲区演示路9号"),
        ("联系人", MANAGER),
        ("联系电话", "000-55530001"),
    ):
        page.get_by_label(label, exact=False).first.fill(text)
    page.get_by_label("机构类型").select_option(label="专业咨询机构")
    page.get_by_label("声明：独立于").check()
    page.get_by_role("button", name="建立申请").click()
    expect(page.get_by_text("主评人：至少 1 名")).to_be_visible()
    page.get_by_role("link", name="添加资质").click()
    page.get_by_label("资质（执业许可）名称").fill("绩效评价业务能力备案")
    page.get_by_role("button", name="添加").click()
    page.get_by_role("link", name="添加主评人").click()
    page.get_by_label("姓名").fill(EVALUATOR)
    page.get_by_label("职称").fill("高级经济师")
    page.get_by_label("参加工作日期").fill("2010-07-01")
    page.get_by_label("从事绩效评价起始日期").fill("2015-03-01")
    page.get_by_role("button", name="添加").click()
    add_papers(page)
    expect(page.get_by_text("必备材料已齐全。")).to_be_visible()
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_text("待审核").first).to_be_visible()
    return page.url


def add_papers(page: Page) -> None:
    """What the bureau asks for beside what is typed."""
    for kind in ("营业执照（登记证书）", "质量控制制度"):
        page.get_by_role("link", name="上传材料").click()
        page.get_by_label("文件种类").select_option(label=kind)
        page.locator("input[type=file]").set_input_files(a_pdf(kind, kind))
        page.get_by_role("button", name="上传").click()
        expect(page.get_by_role("link", name=f"{kind}.pdf")).to_be_visible()


def open_application(page: Page) -> None:
    go(page, "机构库")
    page.get_by_role("link", name="登记申请").click()
    page.get_by_role("link", name=AGENCY).click()


def return_application(page: Page, reason: str) -> None:
    open_application(page)
    page.get_by_label("退回补正").check()
    page.get_by_label("理由").fill(reason)
    page.get_by_role("button", name="作出决定").click()
    said(page, "决定已记录")


def admit(page: Page, reason: str) -> None:
    open_application(page)
    page.get_by_label("准予登记").check()
    page.get_by_label("理由").fill(reason)
    page.get_by_role("button", name="作出决定").click()
    expect(page.get_by_role("heading", name=AGENCY)).to_be_visible()
    expect(page.get_by_text("已登记").first).to_be_visible()


def set_password(page: Page, username: str) -> None:
    """On the page of an invitation; ends signed in."""
    page.locator("#password").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.get_by_role("button", name="保存密码").click()
    sign_in(page, username, PASSWORD)


def invite(admin: Page, username: str, name: str, body: str, role: str) -> str:
    """By the administrator, who knows nothing else of them; returns the link."""
    go(admin, "用户")
    admin.get_by_role("link", name="新建账号").click()
    admin.get_by_label("用户名").fill(username)
    admin.get_by_label("姓名").fill(name)
    admin.get_by_role("button", name="新建").click()
    admin.get_by_role("combobox", name="单位").select_option(label=body)
    admin.get_by_role("combobox", name="岗位").select_option(label=role)
    admin.get_by_role("button", name="授予").click()
    admin.get_by_role("button", name="生成邀请链接").click()
    return admin.locator(".invitation-link").inner_text()


def newcomer(desks: Desks, server: Any, link: str, username: str) -> Page:
    page = desks.page(server.url)
    page.goto(link)
    set_password(page, username)
    return page


def open_agency(page: Page) -> None:
    go(page, "机构库")
    page.locator("input[name=q]").fill(AGENCY)
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name=AGENCY).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(AGENCY)


def appoint_staff(page: Page) -> None:
    open_agency(page)
    panel(page, "主评人").get_by_role("link", name="登记人员").click()
    page.get_by_label("姓名").fill(STAFF)
    page.get_by_label("岗位").select_option(label="工作人员")
    page.get_by_label("职称").fill("会计师")
    page.get_by_role("button", name="登记", exact=True).click()
    said(page, "人员任职已登记")


def declare_former_post(page: Page, body: str, until: str) -> None:
    """The member of staff sat in the commissioner's house, not long ago."""
    panel(page, "与委托方、被评价单位的利害关系").get_by_role("link", name="登记利害关系").click()
    page.get_by_label("涉及人员").select_option(label=STAFF)
    page.get_by_label("对方单位").select_option(label=body)
    page.get_by_label("利害关系").select_option(label="曾任职")
    page.get_by_label("起始日期").fill("2020-01-01")
    page.get_by_label("终止日期").fill(until)
    page.get_by_role("button", name="登记", exact=True).click()
    said(page, "利害关系已登记")


def link_account(page: Page, name: str, username: str) -> None:
    """So that the person signs for himself."""
    open_agency(page)
    panel(page, "主评人").get_by_role("link", name="全部人员").click()
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("link", name="登记账号").click()
    page.get_by_label("登录账号").select_option(label=f"{name}（{username}）")
    page.get_by_role("button", name="登记", exact=True).click()
    said(page, "登录账号已登记")
