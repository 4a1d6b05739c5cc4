"""What is paid, and what bureau and parties wrote about it: the evaluated unit and observers read none of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership
from agencyqa.auth.roles import Role
from agencyqa.engagements.contracts import services as contracts
from agencyqa.engagements.contracts.enums import FeeMethod
from agencyqa.engagements.contracts.fees import CostLine
from agencyqa.engagements.contracts.services import SubcontractData, TermsData
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.planning import services as planning
from agencyqa.engagements.planning.models import AnnualPlan
from agencyqa.engagements.planning.services import LineData
from agencyqa.engagements.services import change_assessment_year
from tests.client import Client
from tests.factories.accounts import NOW, make_actor, make_member, make_observer, sign_in
from tests.factories.engagements import DUE, SIGNED, make_engagement
from tests.factories.milestones import make_milestone
from tests.integration.engagements.world import World, change, create, make_world

SECRETS = {
    "fee": "123,456.78",
    "note": "备注里的内情",
    "year": "跨年的内情",
    "terms": "条款里的范围",
    "subcontract": "云汀测绘院",
    "milestone": "支付首付款",
    "budget": "987,654.32",
    "plan_note": "计划里的内情",
    "change": "修改委托业务：合同金额（元）",
}


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


@pytest.fixture
def engagement(session: Session, world: World) -> Engagement:
    """Commissioned by the education office, about the school; everything that must not leak is in it."""
    found = create(session, world, commissioner_id=world.education.id, fee=1, note=SECRETS["note"])
    change(session, world, found, fee=12_345_678)
    change_assessment_year(
        world.lead, session, found, 2023, SECRETS["year"], seen_version=found.version, now=NOW
    )
    terms = TermsData(SIGNED, SECRETS["terms"], FeeMethod.COST, costs=(CostLine("人工", 12_345_678),))
    contracts.enter_terms(world.supervisor, session, found, terms, now=NOW)
    manager = make_actor(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    asked = SubcontractData(SECRETS["subcontract"], "测量", 100_000, "专业设备")
    contracts.request_subcontract(manager, session, found, asked, now=NOW)
    make_milestone(session, found, SECRETS["milestone"])
    plan = planning.begin_plan(world.supervisor, session, 2022, "部署", now=NOW)
    line = LineData(
        *(world.thing.id, found.work_kind, world.education.id, world.school.id, DUE),
        budget=98_765_432,
        note=SECRETS["plan_note"],
    )
    planning.add_line(world.supervisor, session, plan, line, seen_version=plan.version, now=NOW)
    planning.approve_plan(world.lead, session, plan, seen_version=plan.version, now=NOW)
    session.commit()
    return found


def read_by(
    client: Client, session: Session, person: Membership, engagement: Engagement
) -> dict[str, set[str]]:
    """Which secrets each page that opens tells."""
    client.delete_cookie("agencyqa")
    sign_in(client, person)
    home = f"/engagements/{engagement.id}"
    plan_id = session.scalar(select(AnnualPlan.id))
    pages = [
        *("/", "/engagements", "/engagements?sort=-fee", home, f"{home}/contract", f"{home}/schedule"),
        *(f"{home}/archive", f"/objects/{engagement.object_id}", "/objects", "/engagements/plans"),
        *("/duties?view=all", "/board", "/board?view=table", "/calendar?view=all&month=2022-06", "/inbox"),
        *("/deliverables", f"{home}/deliverables", "/evaluations", "/engagements/selections"),
        f"/engagements/plans/{plan_id}",
    ]
    found = {}
    for page in pages:
        answer = client.get(page, follow_redirects=True)
        if answer.status_code == 200:
            body = client.page(answer).text
            found[page] = {name for name, secret in SECRETS.items() if secret in body}
    return found


def test_who_signed_reads_it_and_who_did_not_reads_none(
    client: Client, session: Session, world: World, engagement: Engagement
) -> None:
    home = f"/engagements/{engagement.id}"
    parties = (
        make_member(session, world.bureau, Role.BUREAU_SUPERVISOR),
        make_member(session, world.education, Role.DEPARTMENT_OFFICER),
        make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER),
    )
    for person in parties:
        told = read_by(client, session, person, engagement)
        assert told[home] >= {"fee", "note", "year", "subcontract", "milestone", "change"}
        assert (told["/engagements"], told[f"{home}/contract"]) == ({"fee"}, {"fee", "terms", "subcontract"})
    observers = make_observer(session, world.bureau)
    for outside in (
        make_member(session, world.school, Role.DEPARTMENT_OFFICER),
        make_member(session, observers, Role.OBSERVER),
        make_member(session, observers, Role.EXPERT),
    ):
        told = read_by(client, session, outside, engagement)
        assert {page: secrets for page, secrets in told.items() if secrets} == {}
        assert (home in told, f"{home}/contract" in told) == (outside.role is not Role.EXPERT, False)


def test_a_unit_that_commissioned_it_reads_it(client: Client, session: Session, world: World) -> None:
    found = make_engagement(
        session, world.bureau, world.agency, world.school, commissioner=world.school, fee=12_345_678
    )
    found.note = SECRETS["note"]
    session.commit()
    unit = make_member(session, world.school, Role.DEPARTMENT_OFFICER)
    told = read_by(client, session, unit, found)
    assert (told[f"/engagements/{found.id}"], told["/engagements"]) == ({"fee", "note"}, {"fee"})


def test_nothing_is_ordered_by_what_may_not_be_read(
    client: Client, session: Session, world: World, engagement: Engagement
) -> None:
    """The dearer one would come first, if the order told it."""
    dearer = create(session, world, commissioner_id=world.education.id, fee=99_000_000)
    cheaper = create(session, world, commissioner_id=world.education.id, fee=2)
    session.commit()
    newest_first = [cheaper.contract_number, dearer.contract_number]
    for body, role in (
        (world.school, Role.DEPARTMENT_OFFICER),
        (make_observer(session, world.bureau), Role.OBSERVER),
    ):
        client.delete_cookie("agencyqa")
        sign_in(client, make_member(session, body, role))
        for order in ("fee", "-fee"):
            page = client.page(client.get(f"/engagements/?sort={order}&year=2022"))
            assert [word for word in page.text.split() if word in newest_first] == newest_first
            assert not any("fee" in href for _, href in page.links)
