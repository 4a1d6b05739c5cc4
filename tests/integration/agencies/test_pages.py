from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import Standing
from agencyqa.agencies.models import (
    Agency,
    AgencyProfile,
    Appointment,
    Person,
    Qualification,
    Registration,
    StandingChange,
    Tie,
)
from agencyqa.agencies.services import load_reference_data
from agencyqa.auth.roles import Role
from agencyqa.clock import today
from agencyqa.measures.services import load_reference_data as load_measures
from tests.client import Client
from tests.factories.accounts import NOW, make_bureau, make_department, make_member, sign_in
from tests.factories.agencies import (
    HANDLING,
    make_agency,
    make_credit_code,
    registration_of,
)

MAIN = "/agencies/"


@pytest.fixture
def bureau(session: Session, client: Client) -> Body:
    """Its supervisor is signed in."""
    made = make_bureau(session)
    sign_in(client, make_member(session, made, Role.BUREAU_SUPERVISOR))
    return made


def count(session: Session, table: type[Any]) -> int:
    return session.scalars(select(func.count()).select_from(table)).one()


def form_of(client: Client, path: str, **changes: Any) -> Any:
    """Open a page with a form and send it to the same address."""
    opened = client.get(path)
    assert opened.status_code == 200, opened.text
    return client.submit(opened, MAIN, **changes)


REGISTER = {
    "name": "甲咨询有限公司",
    "kind": "consulting_firm",
    "legal_representative": "王明",
    "founded_on": "2012-04-05",
    "contact_email": "office@example.com",
    "entry": "admission",
    "effective_on": "2022-01-04",
    "reason": "材料齐全",
}


def test_registering_through_the_form(client: Client, session: Session, bureau: Body) -> None:
    code = make_credit_code()
    typed = f"{code[:8].lower()} {code[8:].lower()}"
    answer = form_of(client, "/agencies/new", credit_code=typed, **REGISTER)
    assert answer.status_code == 302
    agency = session.scalars(select(Agency)).one()
    assert agency.credit_code == code
    assert answer.location == f"/agencies/{agency.id}"
    page = client.page(client.get(answer.location))
    for text in (
        "甲咨询有限公司",
        code,
        "专业咨询机构",
        "已登记",
        "受理申请",
        "准予登记",
        "材料齐全",
        "2012-04-05",
    ):
        assert text in page.text
    assert registration_of(session, agency, bureau).standing is Standing.REGISTERED


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"credit_code": "9131010512345678"}, "应为 18 位，现在是 16 位"),
        ({"credit_code": "91310105O00000001X"}, "第 9 位“O”不能用于"),
        ({"credit_code": "913101050000000011"}, "校验码不符"),
        ({"effective_on": "2012-04-04"}, "日期不得早于成立日期 2012-04-05"),
        ({"founded_on": "2012-13-05"}, "请填写真实存在的日期"),
        ({"contact_email": "office"}, "请填写完整的电子邮箱"),
        ({"legal_representative": " "}, "请填写此项"),
    ],
)
def test_wrong_input_is_kept_and_changes_nothing(
    client: Client, session: Session, bureau: Body, changes: dict[str, str], text: str
) -> None:
    sent = {"credit_code": make_credit_code(), **REGISTER, **changes}
    answer = form_of(client, "/agencies/new", **sent)
    assert answer.status_code == 422
    page = client.page(answer)
    assert text in page.text
    shown = page.form(MAIN).values
    assert {name: shown.get(name) for name in sent} == {name: [value] for name, value in sent.items()}
    assert (count(session, Agency), count(session, Registration)) == (0, 0)


def test_a_duplicate_and_a_second_submit(client: Client, session: Session, bureau: Body) -> None:
    code = make_credit_code()
    opened = client.get("/agencies/new")
    assert client.submit(opened, MAIN, credit_code=code, **REGISTER).status_code == 302
    answer = client.submit(opened, MAIN, credit_code=code, **REGISTER)
    assert answer.status_code == 422
    page = client.page(answer)
    assert "该统一社会信用代码已在本局机构库中：甲咨询有限公司（已登记）" in page.text
    assert page.form(MAIN).values["credit_code"] == [code]
    assert (count(session, Agency), count(session, StandingChange)) == (1, 2)


def test_an_agency_of_another_register(client: Client, session: Session, bureau: Body) -> None:
    other = make_bureau(session, "静安区财政局")
    agency = make_agency(session, other, "甲咨询有限公司")
    wrong = form_of(
        client, "/agencies/new", credit_code=agency.credit_code, **{**REGISTER, "name": "乙咨询有限公司"}
    )
    assert wrong.status_code == 422
    assert "该统一社会信用代码属于“甲咨询有限公司”" in client.page(wrong).text
    answer = form_of(client, "/agencies/new", credit_code=agency.credit_code, **REGISTER)
    assert answer.location == f"/agencies/{agency.id}"
    page = client.page(client.get(answer.location))
    assert "已沿用" in page.text
    assert "静安" not in page.text
    assert (count(session, Agency), count(session, AgencyProfile), count(session, Registration)) == (1, 1, 2)


def test_a_change_of_profile_and_its_history(client: Client, session: Session, bureau: Body) -> None:
    agency = make_agency(session, bureau, "甲咨询有限公司")
    path = f"/agencies/{agency.id}/profile"
    stale = client.get(path)
    changes = {"name": "乙咨询有限公司", "effective_on": "2022-03-01", "reason": "更名"}
    assert form_of(client, path, **changes).status_code == 302
    page = client.page(client.get(f"/agencies/{agency.id}/history"))
    for text in (
        "第 2 版：2022-03-01 起",
        "第 1 版：2018-01-01 起",
        "甲咨询有限公司",
        "乙咨询有限公司",
        "更名",
    ):
        assert text in page.text
    answer = client.submit(stale, MAIN, **{**changes, "name": "丙咨询有限公司"})
    assert answer.status_code == 409
    assert "其他人已经修改" in client.page(answer).text
    assert "丙咨询有限公司" in client.page(answer).text
    assert count(session, AgencyProfile) == 2
    early = form_of(client, path, name="丁咨询有限公司", effective_on="2022-02-01", reason="更名")
    assert early.status_code == 422
    assert "生效日期不得早于上一次变更的生效日期 2022-03-01" in client.page(early).text
    same = form_of(client, path, reason="没有变化")
    assert same.status_code == 422
    assert "没有任何一项" in client.page(same).text
    assert count(session, AgencyProfile) == 2


def test_deciding_a_standing(client: Client, session: Session, bureau: Body) -> None:
    load_measures(session, NOW)
    agency = make_agency(session, bureau)
    path = f"/agencies/{agency.id}/standing"
    opened = client.get(path)
    assert "准予登记" not in client.page(opened).text
    decision = {
        "action": "suspend",
        "effective_on": "2022-05-01",
        "reason": "抽查发现底稿缺失",
        "provision_key": HANDLING,
        "confirmed": "1",
    }
    for changes, text in (
        ({"confirmed": None}, "请先核对内容并勾选确认"),
        ({"provision_key": ""}, "必须注明依据条款"),
        ({"reason": ""}, "请填写此项"),
        ({"effective_on": str(today() + timedelta(1))}, "日期不得晚于今天"),
        ({"effective_on": "2017-12-31", "provision_key": ""}, "不得早于上一次决定的生效日期 2018-01-01"),
        ({"action": "readmit"}, "请从列出的选项中选择"),
    ):
        answer = client.submit(opened, MAIN, **{**decision, **changes})
        assert answer.status_code == 422
        assert text in client.page(answer).text
        kept = "" if changes.get("reason") == "" else "抽查发现底稿缺失"
        assert client.page(answer).form(MAIN).values["reason"] == [kept]
    assert count(session, StandingChange) == 2
    assert client.submit(opened, MAIN, **decision).status_code == 302
    page = client.page(client.get(f"/agencies/{agency.id}"))
    for text in ("已暂停", "暂停资格", "抽查发现底稿缺失", "财监〔2021〕4号"):
        assert text in page.text
    again = client.submit(opened, MAIN, **decision)
    assert again.status_code == 409
    assert "抽查发现底稿缺失" in client.page(again).text
    assert count(session, StandingChange) == 3


def test_qualifications(client: Client, session: Session, bureau: Body) -> None:
    agency = make_agency(session, bureau)
    path = f"/agencies/{agency.id}/qualifications/new"
    opened = client.get(path)
    wrong = client.submit(opened, MAIN, name="执业证书", issued_on="2022-01-02", expires_on="2022-01-01")
    assert wrong.status_code == 422
    assert "有效期截止日期不得早于发证日期" in client.page(wrong).text
    sent = {"name": "执业证书", "issued_on": "2022-01-02", "expires_on": str(today() + timedelta(30))}
    assert client.submit(opened, MAIN, **sent).status_code == 302
    again = client.submit(opened, MAIN, **sent)
    assert again.status_code == 422
    assert "这份表单已经提交过" in client.page(again).text
    item = session.scalars(select(Qualification)).one()
    assert "即将到期" in client.page(client.get(f"/agencies/{agency.id}")).text
    withdraw = f"/agencies/{agency.id}/qualifications/{item.id}/withdraw"
    assert form_of(client, withdraw, reason="").status_code == 422
    assert form_of(client, withdraw, reason="录入有误").status_code == 302
    text = client.page(client.get(f"/agencies/{agency.id}")).text
    assert "已撤销" in text
    assert "录入有误" in text
    other = make_agency(session, bureau)
    foreign = client.get(f"/agencies/{other.id}/qualifications/{item.id}/withdraw")
    assert foreign.status_code == 404


def test_evaluators(client: Client, session: Session, bureau: Body) -> None:
    load_measures(session, NOW)
    load_reference_data(session, NOW)
    agency = make_agency(session, bureau)
    path = f"/agencies/{agency.id}/evaluators/new"
    opened = client.get(path)
    assert "待核实" in client.page(opened).text
    sent = {
        "name": "赵敏",
        "licence": "注册会计师 310000001234",
        "work_since": "2010-07-01",
        "evaluation_since": str(today() - timedelta(400)),
        "valid_from": str(today()),
    }
    short = client.submit(opened, MAIN, **sent)
    assert short.status_code == 422
    assert "以下条件不符合：绩效评价工作年限" in client.page(short).text
    assert (count(session, Person), count(session, Appointment)) == (0, 0)
    assert client.submit(opened, MAIN, **{**sent, "note": "由高级主评人指导"}).status_code == 302
    twice = client.submit(opened, MAIN, **{**sent, "note": "由高级主评人指导"})
    assert twice.status_code == 422
    page = client.page(client.get(f"/agencies/{agency.id}"))
    for text in ("赵敏", "由高级主评人指导", "（要求 3 年，现有 1 年）", "不符合", "待核实"):
        assert text in page.text
    other = make_agency(session, bureau)
    elsewhere = form_of(client, f"/agencies/{other.id}/evaluators/new", **{**sent, "note": "急需"})
    assert elsewhere.status_code == 409
    assert "此人目前登记在其他机构" in client.page(elsewhere).text
    appointment = session.scalars(select(Appointment)).one()
    edit = f"/agencies/{agency.id}/evaluators/{appointment.id}"
    stale = client.get(edit)
    assert form_of(client, edit, evaluation_since="2015-01-01").status_code == 302
    assert client.submit(stale, MAIN, title="正高级会计师").status_code == 409
    assert "不符合" not in client.page(client.get(f"/agencies/{agency.id}")).text
    early = form_of(client, f"{edit}/end", on=str(today() - timedelta(1)))
    assert early.status_code == 422
    assert form_of(client, f"{edit}/end", on=str(today())).status_code == 302
    assert client.get(f"/agencies/{other.id}/evaluators/{appointment.id}/end").status_code == 404


def test_ties(client: Client, session: Session, bureau: Body) -> None:
    school = make_department(session, bureau)
    foreign = make_department(session, make_bureau(session, "静安区财政局"), "静安区教育局")
    agency = make_agency(session, bureau)
    path = f"/agencies/{agency.id}/ties/new"
    opened = client.get(path)
    assert "静安区教育局" not in client.page(opened).text
    sent = {"body_id": str(school.id), "kind": "shareholding", "valid_from": "2022-01-01"}
    for changes, text in (
        ({"body_id": str(foreign.id)}, "请从列出的选项中选择"),
        ({"valid_to": "2021-12-31"}, "结束日期不得早于开始日期"),
    ):
        answer = client.submit(opened, MAIN, **{**sent, **changes})
        assert answer.status_code == 422
        assert text in client.page(answer).text
    assert client.submit(opened, MAIN, **sent).status_code == 302
    again = client.submit(opened, MAIN, **sent)
    assert again.status_code == 422
    assert "已申报与该单位的同类利害关系" in client.page(again).text
    tie = session.scalars(select(Tie)).one()
    assert "存续" in client.page(client.get(f"/agencies/{agency.id}")).text
    assert form_of(client, f"/agencies/{agency.id}/ties/{tie.id}/end", on="2022-12-31").status_code == 302
    assert "存续" not in client.page(client.get(f"/agencies/{agency.id}")).text


def test_english(client: Client, session: Session, bureau: Body) -> None:
    agency = make_agency(session, bureau, "甲咨询有限公司")
    client.post("/language", data={"locale": "en", "next": "/agencies/"})
    for path in ("/agencies/", "/agencies/new", f"/agencies/{agency.id}", f"/agencies/{agency.id}/standing"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert client.page(answer).language == "en"
