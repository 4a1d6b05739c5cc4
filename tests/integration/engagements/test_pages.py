"""The pages of engagements as each role meets them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from agencyqa.accounts.models import Membership
from agencyqa.auth.roles import Role
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.panels import engagement_panels
from tests.client import Client
from tests.factories.accounts import make_member, sign_in
from tests.factories.agencies import make_tie
from tests.factories.deliverables import make_deliverable
from tests.factories.engagements import make_engagement
from tests.integration.engagements.world import World, appoint, make_world


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


@pytest.fixture
def supervisor(session: Session, world: World) -> Membership:
    return make_member(session, world.bureau, Role.BUREAU_SUPERVISOR)


def typed(world: World, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "object_id": world.thing.id,
        "commissioner_id": world.bureau.id,
        "evaluated_unit_id": world.school.id,
        "agency_id": world.agency.id,
        "work_kind": "evaluation",
        "contract_number": "长财绩〔2022〕8号",
        "contract_signed_on": "2022-03-01",
        "due_on": "2022-06-30",
        "fee": "80,000.50",
    }
    return {**values, **changes}


def enter(client: Client, world: World, **changes: Any) -> TestResponse:
    return client.submit(client.get("/engagements/new"), "main-form", **typed(world, **changes))


# ---------------------------------------------------------------------------------------------- entering


def test_an_officer_enters_an_engagement(
    client: Client, session: Session, world: World, supervisor: Membership
) -> None:
    person_id = appoint(session, world.bureau, world.agency)
    sign_in(client, supervisor)
    answer = enter(client, world, principal_evaluator_id=person_id)
    engagement = session.scalars(select(Engagement)).one()
    assert (answer.status_code, answer.location) == (302, f"/engagements/{engagement.id}")
    assert (engagement.fee, engagement.assessment_year, engagement.principal_evaluator_id) == (
        8_000_050,
        2022,
        person_id,
    )
    page = client.page(client.get(answer.location))
    assert page.headings[0] == (1, "合同 长财绩〔2022〕8号")
    for text in ("80,000.50", "学前教育补助项目", "第一小学", "甲咨询有限公司", "王主评", "合规检查", "符合"):
        assert text in page.text


def test_a_refusal_names_the_provision_says_what_to_do_and_keeps_what_was_typed(
    client: Client, session: Session, world: World, supervisor: Membership
) -> None:
    make_tie(session, world.bureau, world.agency, world.school)
    sign_in(client, supervisor)
    answer = enter(client, world, work_kind="self_evaluation", fee="-3", note="急件")
    page = client.page(answer)
    assert answer.status_code == 409
    for text in (
        "机构与被评价单位第一小学存在利害关系（持股或出资），不具备独立性。",
        "上海市委托第三方机构参与预算绩效管理工作暂行办法",
        "“绩效自评”原则上不得委托，机构只能承担辅助性工作。",
        "（财预〔2021〕6号）",
        "请勾选“仅承担辅助性工作”",
        "不能小于 0。",
    ):
        assert text in page.text
    kept = {name: values[0] for name, values in page.form("main-form").values.items()}
    assert {name: kept[name] for name in typed(world)} == {
        name: str(value) for name, value in typed(world, work_kind="self_evaluation", fee="-3").items()
    }
    assert kept["note"].strip() == "急件"
    assert session.scalars(select(Engagement)).all() == []


def test_an_engagement_of_2018_is_entered_without_a_rule_of_2021(
    client: Client, session: Session, world: World, supervisor: Membership
) -> None:
    late = appoint(session, world.bureau, world.agency, valid_from=date(2021, 1, 1))
    sign_in(client, supervisor)
    answer = enter(
        client,
        world,
        principal_evaluator_id=late,
        contract_signed_on="2018-05-02",
        due_on="2018-11-30",
    )
    page = client.page(client.get(answer.location))
    assert "合同签订当日，所选主评人未在该机构任职。" in page.text
    assert page.text.count("当日尚无规定") == 9
    assert session.scalars(select(Engagement.assessment_year)).all() == [2018]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"due_on": "2022-02-28"}, "约定完成日期不得早于合同签订日期。"),
        ({"fee": "-1"}, "不能小于 0。"),
        ({"fee": "八万"}, "请填写金额"),
        ({"contract_number": " "}, "请填写此项。"),
        ({"contract_signed_on": "2190-01-01", "due_on": "2190-01-02"}, "合同签订日期不得晚于今天。"),
    ],
    ids=["dates", "fee", "no figure", "blank", "future"],
)
def test_wrong_input_is_told_beside_its_field(
    client: Client,
    session: Session,
    world: World,
    supervisor: Membership,
    changes: dict[str, str],
    text: str,
) -> None:
    sign_in(client, supervisor)
    answer = enter(client, world, **changes)
    assert (answer.status_code, text in answer.text) == (422, True)
    assert session.scalars(select(Engagement)).all() == []


def test_numbers_of_other_bureaus_are_no_choices(
    client: Client, session: Session, world: World, supervisor: Membership
) -> None:
    stranger = appoint(session, world.foreign_bureau, world.foreign_agency, "外区主评")
    sign_in(client, supervisor)
    shown = client.get("/engagements/new").text
    for name in ("养老服务项目", "乙区民政局", "丙资产评估有限公司", "外区主评"):
        assert name not in shown
    for field, value in {
        "object_id": world.foreign_thing.id,
        "commissioner_id": world.foreign_department.id,
        "evaluated_unit_id": world.foreign_department.id,
        "agency_id": world.foreign_agency.id,
        "principal_evaluator_id": stranger,
    }.items():
        foreign = enter(client, world, **{field: value})
        missing = enter(client, world, **{field: 987_654_321})
        assert (foreign.status_code, missing.status_code) == (422, 422)
        assert "请从列出的选项中选择。" in foreign.text
        assert client.page(foreign).text == client.page(missing).text
    assert session.scalars(select(Engagement)).all() == []


def test_an_evaluator_of_another_agency_is_refused(
    client: Client, session: Session, world: World, supervisor: Membership
) -> None:
    other = appoint(session, world.bureau, world.rival)
    sign_in(client, supervisor)
    answer = enter(client, world, principal_evaluator_id=other)
    assert (answer.status_code, "所选主评人从未在该机构任职" in answer.text) == (422, True)
    assert session.scalars(select(Engagement)).all() == []


def test_a_form_sent_twice_counts_once(
    client: Client, session: Session, world: World, supervisor: Membership
) -> None:
    sign_in(client, supervisor)
    page = client.get("/engagements/new")
    first = client.submit(page, "main-form", **typed(world))
    second = client.submit(page, "main-form", **typed(world))
    assert (first.status_code, second.status_code) == (302, 422)
    assert "本局已有使用此合同编号的委托业务。" in second.text
    assert len(session.scalars(select(Engagement)).all()) == 1


def test_the_page_of_an_object_leads_to_the_form_with_the_object_chosen(
    client: Client, session: Session, world: World, supervisor: Membership
) -> None:
    sign_in(client, supervisor)
    links = dict(client.page(client.get(f"/objects/{world.thing.id}")).links)
    form = client.page(client.get(links["登记委托业务"])).form("main-form")
    assert form.values["object_id"] == [str(world.thing.id)]
    other = client.page(client.get(f"/engagements/new?object_id={world.foreign_thing.id}")).form("main-form")
    assert other.values["object_id"] == [""]


# ---------------------------------------------------------------------------------------------- changing


def test_a_second_tab_that_is_stale_keeps_the_first_tabs_change(
    client: Client, session: Session, world: World, supervisor: Membership
) -> None:
    engagement = make_engagement(session, world.bureau, world.agency, world.school, thing=world.thing)
    path = f"/engagements/{engagement.id}/edit"
    sign_in(client, supervisor)
    first_tab, second_tab = client.get(path), client.get(path)
    assert client.submit(first_tab, "main-form", fee="100").status_code == 302
    answer = client.submit(second_tab, "main-form", fee="98765.43")
    assert (answer.status_code, "98765.43" in answer.text) == (409, True)
    assert session.scalars(select(Engagement.fee)).all() == [10_000]


def test_the_steps_of_a_contract(
    client: Client, session: Session, world: World, supervisor: Membership
) -> None:
    lead = make_member(session, world.bureau, Role.BUREAU_LEAD)
    engagement = make_engagement(session, world.bureau, world.agency, world.school, thing=world.thing)
    path = f"/engagements/{engagement.id}"
    sign_in(client, supervisor)
    assert "必交成果还没有全部验收" not in client.get(f"{path}/complete").text
    make_deliverable(session, engagement, DeliverableKind.REPORT)
    session.commit()
    assert "必交成果还没有全部验收" in client.get(f"{path}/complete").text
    assert client.submit(client.get(f"{path}/complete"), "main-form", completed_on="").status_code == 422
    assert (
        client.submit(client.get(f"{path}/complete"), "main-form", completed_on="2022-07-01").status_code
        == 302
    )
    shown = client.page(client.get(path)).text
    assert "已完成" in shown
    assert "逾期" in shown
    again = client.post(f"{path}/complete", data={"completed_on": "2022-07-01", "version": "2"})
    assert (again.status_code, "委托业务当前为“已完成”，不能登记完成。" in again.text) == (409, True)
    assert client.get(f"{path}/assessment-year").status_code == 403
    assert "确定撤销合同" in client.get(f"{path}/reopen").text
    reopened = client.post(f"{path}/reopen", data={"reason": "登记有误", "version": "2"})
    assert reopened.status_code == 302
    ended = client.post(f"{path}/terminate", data={"reason": "机构自行退出", "version": "3"})
    assert ended.status_code == 302
    assert "机构自行退出" in client.page(client.get(path)).text
    client.post("/sign-out")
    sign_in(client, lead)
    year = client.submit(client.get(f"{path}/assessment-year"), "main-form", year="2023", reason="跨年实施")
    assert year.status_code == 302
    engagement = session.scalars(select(Engagement)).one()
    assert (engagement.state, engagement.assessment_year, engagement.year_reason) == (
        EngagementState.TERMINATED,
        2023,
        "跨年实施",
    )


def test_panels_of_other_areas_stand_on_the_page(
    client: Client, session: Session, world: World, supervisor: Membership
) -> None:
    engagement = make_engagement(session, world.bureau, world.agency, world.school, thing=world.thing)

    def panel(actor: Any, shown: Engagement) -> Markup:
        return Markup("<p>评分表 {} {}</p>").format(actor.body_name, shown.contract_number)

    engagement_panels.append(panel)
    try:
        sign_in(client, supervisor)
        assert (
            f"评分表 长宁区财政局 {engagement.contract_number}"
            in client.page(client.get(f"/engagements/{engagement.id}")).text
        )
    finally:
        engagement_panels.remove(panel)
