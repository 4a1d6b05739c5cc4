"""An agency that nobody knows applies on the public page, is admitted, and signs in with its first account."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import FilePayload, expect

from tests.browser.desks import Desks
from tests.factories.agencies import make_credit_code
from tests.factories.files import pdf

NAME = "云汀拾光绩效评价有限公司"
PASSWORD = "a quiet river 7"


def test_from_the_public_page_to_the_first_sign_in(desks: Desks, own_server: Any) -> None:
    code = make_credit_code(777)
    applicant = desks.page(own_server.url)
    applicant.goto("/sign-in")
    applicant.get_by_role("link", name="申请登记").click()
    applicant.get_by_label("向哪个财政局申请").select_option(label="云汀市望洲区财政局")
    for label, text in (
        ("统一社会信用代码", code),
        ("机构名称", NAME),
        ("法定代表人（负责人）", "时雨"),
        ("成立日期", "2016-04-08"),
        ("地址", "云汀市望洲区演示路9号"),
        ("联系人", "时雨"),
        ("联系电话", "000-55530001"),
    ):
        applicant.get_by_label(label, exact=False).first.fill(text)
    applicant.get_by_label("机构类型").select_option(label="专业咨询机构")
    applicant.get_by_label("声明：独立于").check()
    applicant.get_by_role("button", name="建立申请").click()
    desk = applicant.url
    expect(applicant.get_by_text("主评人：至少 1 名")).to_be_visible()
    applicant.get_by_role("link", name="添加资质").click()
    applicant.get_by_label("资质（执业许可）名称").fill("绩效评价业务能力备案")
    applicant.get_by_role("button", name="添加").click()
    applicant.get_by_role("link", name="添加主评人").click()
    applicant.get_by_label("姓名").fill("时雨")
    applicant.get_by_label("职称").fill("高级经济师")
    applicant.get_by_role("button", name="添加").click()
    # What this bureau asks for is its own dated data.
    for kind, name in (("营业执照（登记证书）", "执照.pdf"), ("质量控制制度", "质量控制.pdf")):
        applicant.get_by_role("link", name="上传材料").click()
        applicant.get_by_label("文件种类").select_option(label=kind)
        paper = FilePayload(name=name, mimeType="application/pdf", buffer=pdf(name, padding=1_500_000))
        applicant.locator("input[type=file]").set_input_files(paper)
        applicant.get_by_role("button", name="上传").click()
        expect(applicant.get_by_role("link", name=name)).to_be_visible()
    expect(applicant.get_by_text("必备材料已齐全。")).to_be_visible()
    applicant.get_by_role("button", name="提交申请").click()
    expect(applicant.get_by_text("待审核").first).to_be_visible()

    lead = desks.sit_down(own_server, "lead")
    lead.goto("/agencies/applications")
    lead.get_by_role("link", name=NAME).click()
    expect(lead.get_by_role("link", name="执照.pdf")).to_be_visible()
    lead.get_by_label("准予登记").check()
    lead.get_by_label("理由").fill("材料齐全，符合入库条件。")
    lead.get_by_role("button", name="作出决定").click()
    expect(lead.get_by_role("heading", name=NAME)).to_be_visible()
    expect(lead.get_by_text("已登记").first).to_be_visible()

    applicant.goto(desk)
    applicant.get_by_role("button", name="开通账号").click()
    applicant.locator("#password").fill(PASSWORD)
    applicant.locator("#again").fill(PASSWORD)
    applicant.get_by_role("button", name="保存密码").click()
    applicant.locator("input[name=username]").fill(code.lower())
    applicant.locator("input[name=password]").fill(PASSWORD)
    applicant.locator("main button[type=submit]").click()
    applicant.goto("/agencies/")
    applicant.get_by_role("link", name=NAME).click()
    expect(applicant.get_by_role("link", name="提出变更")).to_be_visible()
    assert desks.complaints == []
