"""A new installation tells what to do first, in order, and stops when it is done."""

from __future__ import annotations

from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.roles import Role
from tests.client import Client
from tests.factories.accounts import make_bureau, make_department, make_member, make_observer
from tests.factories.agencies import make_agency
from tests.factories.assessments import load_schemes, make_grade_table, make_share_table
from tests.integration.reports.world import Open, World, front_page, world

__all__ = ["front_page", "world"]

BUREAU_STEPS = (
    "建立预算部门和账号",
    "设定评分权重和等级",
    "登记第三方机构",
    "建立评价对象",
    "登记委托业务",
    "下发考核评分表",
    "开启年度考核",
)


def next_step(text: str, steps: tuple[str, ...]) -> str:
    """The step that the page marks as the next one."""
    (marked,) = (step for step in steps if f"{step} 下一步" in text)
    return marked


def test_the_first_administrator(session: Session, front_page: Open) -> None:
    bureau = make_bureau(session)
    administrator = make_member(session, bureau, Role.SYSTEM_ADMINISTRATOR)
    steps = ("录入预算部门（单位）", "任命财政监管负责人", "任命财政监管人员", "为预算单位建立经办人账号")
    text = front_page(administrator)
    places = [text.index(f"{number}. {step}") for number, step in enumerate(steps, 1)]
    assert places == sorted(places)
    assert next_step(text, steps) == steps[0]
    department = make_department(session, session.get_one(Body, bureau.id))
    assert next_step(front_page(administrator), steps) == steps[1]
    make_member(session, session.get_one(Body, bureau.id), Role.BUREAU_LEAD)
    make_member(session, session.get_one(Body, bureau.id), Role.BUREAU_SUPERVISOR)
    assert next_step(front_page(administrator), steps) == steps[3]
    make_member(session, session.get_one(Body, department.id), Role.DEPARTMENT_OFFICER)
    assert "开始使用" not in front_page(administrator)


def test_a_new_bureau(client: Client, session: Session, front_page: Open) -> None:
    load_schemes(session)
    bureau = make_bureau(session)
    lead = make_member(session, bureau, Role.BUREAU_LEAD)
    text = front_page(lead)
    assert "欢迎使用" in text
    places = [text.index(f"{number}. {step}") for number, step in enumerate(BUREAU_STEPS, 1)]
    assert places == sorted(places)
    assert next_step(text, BUREAU_STEPS) == BUREAU_STEPS[0]
    # Empty lists would only be in the way.
    assert "没有逾期" not in text
    make_department(session, session.get_one(Body, bureau.id))
    assert next_step(front_page(lead), BUREAU_STEPS) == BUREAU_STEPS[1]
    make_share_table(session, session.get_one(Body, bureau.id))
    assert next_step(front_page(lead), BUREAU_STEPS) == BUREAU_STEPS[1]
    make_grade_table(session, session.get_one(Body, bureau.id))
    assert next_step(front_page(lead), BUREAU_STEPS) == BUREAU_STEPS[2]
    make_agency(session, session.get_one(Body, bureau.id))
    assert next_step(front_page(lead), BUREAU_STEPS) == BUREAU_STEPS[3]
    page = client.page(client.get("/"))
    (target,) = [href for text, href in page.links if text == "新增评价对象"]
    assert client.get(target).status_code == 200


def test_a_district_goes_by_the_tables_of_its_municipality(session: Session, front_page: Open) -> None:
    city = make_bureau(session, "上海市财政局")
    make_share_table(session, city)
    make_grade_table(session, city)
    district = make_bureau(session, "长宁区财政局", parent=city)
    make_department(session, district)
    stranger = make_bureau(session, "外市财政局")
    make_department(session, stranger)
    assert (
        next_step(front_page(make_member(session, district, Role.BUREAU_LEAD)), BUREAU_STEPS)
        == BUREAU_STEPS[2]
    )
    stranger = session.get_one(Body, stranger.id)
    assert (
        next_step(front_page(make_member(session, stranger, Role.BUREAU_LEAD)), BUREAU_STEPS)
        == BUREAU_STEPS[1]
    )


def test_the_steps_end_with_the_first_year(world: World, front_page: Open) -> None:
    own = world.own
    own.score(own.engage("学前教育补助项目"))
    text = front_page(own.supervisor)
    assert next_step(text, BUREAU_STEPS) == BUREAU_STEPS[-1]
    assert "逾期" in text
    own.round()
    assert "开始使用" not in front_page(own.supervisor)


def test_others_read_what_will_come(session: Session, front_page: Open) -> None:
    bureau = make_bureau(session)
    officer = make_member(session, make_department(session, bureau), Role.DEPARTMENT_OFFICER)
    observer = make_member(session, make_observer(session, bureau), Role.OBSERVER)
    agency = make_agency(session, bureau)
    manager = make_member(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER)
    assert "没有待填的评分表" in front_page(officer)
    assert "还没有已发布的年度考核" in front_page(observer)
    assert "没有履约中的业务" in front_page(manager)
