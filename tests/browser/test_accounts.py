"""From the administrator's form to the first sign-in of somebody new."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.desks import Desks, go, sign_in

PASSWORD = "湖畔-晴天-七里-松果"


def test_an_invited_person_sets_a_password_and_signs_in(desks: Desks, own_server: Any) -> None:
    administrator = desks.sit_down(own_server, "admin")
    go(administrator, "用户")
    administrator.get_by_role("link", name="新建账号").click()
    administrator.get_by_label("用户名").fill("jiang")
    administrator.get_by_label("姓名").fill("姜若谷")
    administrator.get_by_role("button", name="新建").click()
    administrator.get_by_role("combobox", name="单位").select_option(label="望洲区民政局")
    administrator.get_by_role("combobox", name="岗位").select_option(label="预算单位经办人")
    administrator.get_by_role("button", name="授予").click()
    administrator.get_by_role("button", name="生成邀请链接").click()
    link = administrator.locator(".invitation-link").inner_text()
    administrator.reload()
    expect(administrator.locator(".invitation-link")).to_have_count(0)

    person = desks.page(own_server.url)
    person.goto(link)
    person.get_by_label("设置密码").fill("short")
    person.get_by_label("再次输入密码").fill("short")
    person.get_by_role("button", name="保存密码").click()
    expect(person.get_by_role("alert")).to_be_focused()
    person.get_by_label("设置密码").fill(PASSWORD)
    person.get_by_label("再次输入密码").fill(PASSWORD)
    person.get_by_role("button", name="保存密码").click()
    sign_in(person, "jiang", PASSWORD)
    expect(person.get_by_role("banner")).to_contain_text("望洲区民政局")
    stranger = desks.page(own_server.url)
    stranger.goto(link)
    expect(stranger.get_by_label("设置密码")).to_have_count(0)
