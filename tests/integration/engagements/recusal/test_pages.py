"""The pages of independence as each side meets them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, User
from agencyqa.agencies.enums import TieKind
from agencyqa.agencies.models import Person
from agencyqa.agencies.services import TieData, declare_tie
from agencyqa.auth.roles import Role
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal import services
from agencyqa.engagements.recusal.enums import CaseState
from agencyqa.engagements.recusal.models import IndependenceDeclaration, RecusalCase
from tests.client import Client
from tests.factories.accounts import NOW, make_member, sign_in
from tests.integration.engagements.world import appoint, create, make_world, statements


def test_from_the_declaration_to_the_decision(client: Client, session: Session) -> None:
    world = make_world(session)
    services.load_terms(session, NOW)
    person_id = appoint(session, world.bureau, world.agency)
    engagement = create(session, world, principal_evaluator_id=person_id)
    engagement_id = engagement.id
    page_of = f"/engagements/{engagement_id}/independence"
    agency = session.get_one(Body, world.agency.id)
    colleague = make_member(session, agency, Role.AGENCY_STAFF)
    sign_in(client, colleague)
    told = client.page(client.get(page_of))
    # Somebody whose account is nobody's in the team is told how it comes to be somebody's.
    assert ("您的账号还不能签署" in told.text, "签署独立性声明" in dict(told.links)) == (True, False)
    session.get_one(Person, person_id).user_id = colleague.user_id
    session.commit()
    told = client.page(client.get(page_of))
    assert ("您的账号还不能签署" in told.text, "签署独立性声明" in dict(told.links)) == (False, True)
    client.post("/sign-out")
    sign_in(client, make_member(session, agency, Role.AGENCY_MANAGER))
    assert "尚未签署" in client.get(page_of).text
    assert "待签声明" in client.get("/").text
    # Wrong input comes back as it was typed.
    answer = client.submit(client.get(f"{page_of}/declare"), "main-form", has_conflict="y", statement="")
    assert answer.status_code == 422
    answer = client.submit(answer, "main-form", has_conflict="y", statement="配偶在第一小学任教")
    assert (answer.status_code, answer.location) == (302, page_of)
    declared = session.scalars(select(IndependenceDeclaration)).one()
    shown = client.page(client.get(f"{page_of}/declarations/{declared.id}")).text
    assert "配偶在第一小学任教" in shown
    assert declared.sha256 in shown
    client.post("/sign-out")
    sign_in(client, make_member(session, world.school, Role.DEPARTMENT_OFFICER))
    seen = client.get(page_of).text
    assert "有说明事项" in seen
    assert "核对了工作组" not in seen
    assert client.get("/engagements/independence").status_code == 403
    declare_tie(
        world.supervisor,
        session,
        world.agency,
        TieData(world.school.id, TieKind.RELATIVE, date(2022, 1, 1), person_id=person_id),
        now=NOW,
    )
    session.commit()
    client.post("/sign-out")
    sign_in(client, make_member(session, world.bureau, Role.BUREAU_SUPERVISOR))
    assert "决定是否回避" in client.get("/").text
    seen = client.get(page_of).text
    for text in (
        "王主评与被评价单位第一小学存在利害关系（近亲属任职或有利害关系），应当回避。",
        "机构库利害关系第",
        "不符合",
    ):
        assert text in seen
    assert client.get("/engagements/independence").text.count(engagement.contract_number) == 2
    case = session.scalars(select(RecusalCase).where(RecusalCase.tie_id.is_not(None))).one()
    where = f"/engagements/independence/cases/{case.id}"
    answer = client.submit(client.get(where), "main-form", action="continue", reason="影响不大")
    assert answer.status_code == 409
    assert "影响不大" in answer.text
    answer = client.submit(client.get(where), "main-form", action="terminate", reason="不能更换")
    assert answer.location == page_of
    session.expire_all()
    assert session.get_one(RecusalCase, case.id).state is CaseState.TERMINATED
    assert session.get_one(Engagement, engagement_id).state is EngagementState.TERMINATED
    # Whoever comes back to it reads what was decided, by whom and why.
    closed = client.page(client.get(where)).text
    decided_by = session.get_one(User, session.get_one(RecusalCase, case.id).decided_by_id).display_name
    for text in ("回避检查的决定", "已终止委托", f"决定人 {decided_by}", "理由 不能更换"):
        assert text in closed
    assert "保存决定" not in closed
    client.post("/sign-out")
    sign_in(client, make_member(session, world.bureau, Role.BUREAU_LEAD))
    new = "/engagements/independence/terms/new"
    answer = client.submit(client.get(new), "main-form", tie_months="241", source="局规")
    assert answer.status_code == 422
    answer = client.submit(answer, "main-form", tie_months="12", source="局规")
    assert answer.status_code == 302
    assert "12 个月" in client.get(answer.location).text


def test_the_list_asks_as_often_for_one_case_as_for_many(client: Client, session: Session) -> None:
    world = make_world(session)
    sign_in(client, make_member(session, world.bureau, Role.BUREAU_SUPERVISOR))
    counts = []
    for wanted in (1, 12):
        for _ in range(wanted):
            engagement = create(session, world)
            session.add(
                RecusalCase(
                    engagement_id=engagement.id,
                    cause="tie",
                    findings=[],
                    state="open",
                    opened_at=NOW,
                    reason="",
                )
            )
        session.commit()
        with statements(session) as sent:
            page = client.get("/engagements/independence")
        assert page.text.count('/independence"') >= wanted
        counts.append(len(sent))
    assert counts[0] == counts[1]
