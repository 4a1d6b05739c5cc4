"""What contracts say, how their fees were found, and what the agency may give away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.engagements.contracts import queries, services
from agencyqa.engagements.contracts.enums import (
    FeeMethod,
    MilestoneTrigger,
    SubcontractAction,
    SubcontractState,
)
from agencyqa.engagements.contracts.fees import Bracket, CostLine, TimeLine
from agencyqa.engagements.contracts.models import ContractTerms, FeeTable, Subcontract
from agencyqa.engagements.contracts.services import FeeTableData, SubcontractData, TermsData
from agencyqa.errors import Forbidden, Invalid, NotVisible, Refused, Stale, WrongState
from tests.client import Client
from tests.factories.accounts import NOW, make_actor, make_member, sign_in
from tests.integration.engagements.world import World, create, make_world

WAN = 1_000_000
SIGNED = date(2022, 3, 1)
TABLE = FeeTableData(
    date(2022, 1, 1), [Bracket(100 * WAN, 8_000), Bracket(None, 2_000)], "局务会纪要〔2022〕1号", 500_000
)


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def test_terms_are_versions_and_their_fee_can_be_reckoned_again(session: Session, world: World) -> None:
    engagement = create(session, world, commissioner_id=world.education.id, fee=1_000_000)
    bracketed = TermsData(SIGNED, "评价学前教育补助", FeeMethod.BRACKETED, amount=200 * WAN)
    with pytest.raises(Invalid) as missing:
        services.enter_terms(world.supervisor, session, engagement, bracketed, now=NOW)
    assert missing.value.fields == {"method": ("fee_no_table", {})}
    services.enter_fee_table(world.lead, session, TABLE, now=NOW)
    payments = {MilestoneTrigger.SIGNED: 300_000, MilestoneTrigger.REPORT_ACCEPTED: 700_000}
    first = services.enter_terms(
        world.supervisor, session, engagement, replace(bracketed, payments=payments), now=NOW
    )
    assert (first.number, first.reckoned, first.fee) == (1, 1_000_000, 1_000_000)
    costs = (CostLine("人工", 800_000), CostLine("差旅", 300_000))
    second = TermsData(SIGNED, "增加实地调查", FeeMethod.COST, costs=costs, reason="补充协议")
    for wrong, fields in (
        (second, {"difference_reason": ("fee_differs", {"reckoned_fen": 1_100_000, "fee_fen": 1_000_000})}),
        (replace(second, reason=" ", difference_reason="x"), {"reason": ("required", {})}),
        (replace(second, costs=(), difference_reason="x"), {"lines": ("required", {})}),
        (replace(second, scope="", difference_reason="x"), {"scope": ("required", {})}),
        (
            replace(second, agreed_on=date(2022, 2, 28), difference_reason="x"),
            {"agreed_on": ("terms_before_contract", {})},
        ),
        (
            replace(second, difference_reason="x", payments={MilestoneTrigger.SIGNED: 1}),
            {"payments": ("payments_differ", {"paid_fen": 1, "fee_fen": 1_000_000})},
        ),
    ):
        with pytest.raises(Invalid) as invalid:
            services.enter_terms(world.supervisor, session, engagement, wrong, now=NOW)
        assert invalid.value.fields == fields
    services.enter_terms(
        world.supervisor, session, engagement, replace(second, difference_reason="谈判让利"), now=NOW
    )
    times = TermsData(SIGNED, "按工时", FeeMethod.TIME, times=(TimeLine("甲", 5, 400_000),), reason="更正")
    services.enter_terms(world.supervisor, session, engagement, times, now=NOW)
    # The table changes for later contracts, and what was reckoned stays what it was.
    services.enter_fee_table(
        world.lead, session, replace(TABLE, valid_from=date(2022, 5, 1), brackets=[Bracket(None, 1)]), now=NOW
    )
    views = queries.terms_of(session, world.supervisor, engagement.id)
    assert [(view.terms.number, view.terms.reckoned) for view in views] == [
        (3, 1_000_000),
        (2, 1_100_000),
        (1, 1_000_000),
    ]
    assert views[2].bracketed is not None
    assert (views[2].bracketed.fee, [step.part for step in views[2].bracketed.steps]) == (
        1_000_000,
        [100 * WAN, 100 * WAN],
    )
    assert [(item.trigger, item.amount) for item in views[2].payments] == list(payments.items())
    for actor, error in (
        (make_actor(session, world.education, Role.DEPARTMENT_OFFICER), Forbidden),
        (make_actor(session, world.city, Role.BUREAU_LEAD), Forbidden),
        (make_actor(session, world.foreign_bureau, Role.BUREAU_LEAD), NotVisible),
    ):
        with pytest.raises(error):
            services.enter_terms(actor, session, engagement, times, now=NOW)
    # The evaluated unit is no party of the contract.
    unit = make_actor(session, world.school, Role.DEPARTMENT_OFFICER)
    assert queries.terms_of(session, unit, engagement.id) == []


def test_fee_tables_are_dated_and_never_overlap(session: Session, world: World) -> None:
    with pytest.raises(Forbidden):
        services.enter_fee_table(world.supervisor, session, TABLE, now=NOW)
    with pytest.raises(Invalid) as wrong:
        services.enter_fee_table(
            world.lead, session, replace(TABLE, brackets=[], source=" ", minimum=-1), now=NOW
        )
    assert set(wrong.value.fields) == {"brackets", "source", "minimum"}
    for day in (date(2022, 1, 1), date(2022, 7, 1)):
        services.enter_fee_table(world.lead, session, replace(TABLE, valid_from=day), now=NOW)
    with pytest.raises(Invalid) as again:
        services.enter_fee_table(world.lead, session, replace(TABLE, valid_from=date(2022, 7, 1)), now=NOW)
    assert set(again.value.fields) == {"valid_from"}
    periods = select(FeeTable.valid_from, FeeTable.valid_to).order_by(FeeTable.id)
    assert [tuple(row) for row in session.execute(periods)] == [
        (date(2022, 1, 1), date(2022, 6, 30)),
        (date(2022, 7, 1), None),
    ]


def test_the_whole_is_not_given_away_in_parts_either(session: Session, world: World) -> None:
    engagement = create(session, world, commissioner_id=world.education.id)
    manager = make_actor(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    officer = make_actor(session, world.education, Role.DEPARTMENT_OFFICER)
    part = SubcontractData("云汀测绘院", "实地测量", 600_000, "需要专业设备")
    one, two = (services.request_subcontract(manager, session, engagement, part, now=NOW) for _ in range(2))

    def consent(request: Subcontract) -> None:
        services.decide_subcontract(
            officer,
            session,
            request,
            SubcontractAction.CONSENT,
            "同意",
            seen_version=request.version,
            now=NOW,
        )

    consent(one)
    for share, refused in ((400_000, True), (399_999, False)):
        if refused:
            with pytest.raises(Refused, match="subcontract_is_subletting"):
                services.request_subcontract(
                    manager, session, engagement, replace(part, share=share), now=NOW
                )
        else:
            services.request_subcontract(manager, session, engagement, replace(part, share=share), now=NOW)
    with pytest.raises(Refused, match="subcontract_is_subletting"):
        consent(two)


def test_nothing_is_given_away_without_consent_and_never_the_whole(session: Session, world: World) -> None:
    engagement = create(session, world, commissioner_id=world.education.id)
    manager = make_actor(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    officer = make_actor(session, world.education, Role.DEPARTMENT_OFFICER)
    part = SubcontractData("云汀测绘院", "实地测量", 125_000, "需要专业设备")
    with pytest.raises(Refused) as whole:
        services.request_subcontract(manager, session, engagement, replace(part, share=1_000_000), now=NOW)
    assert (whole.value.code, whole.value.provision) == ("subcontract_is_subletting", "CJ4/forbidden_conduct")
    with pytest.raises(Invalid) as wrong:
        services.request_subcontract(manager, session, engagement, SubcontractData(" ", "", 0, ""), now=NOW)
    assert set(wrong.value.fields) == {"party", "scope", "share", "reason"}
    with pytest.raises(Forbidden):
        services.request_subcontract(world.supervisor, session, engagement, part, now=NOW)
    first, second = (
        services.request_subcontract(manager, session, engagement, part, now=NOW) for _ in range(2)
    )
    consent = SubcontractAction.CONSENT
    for actor, error in ((manager, Forbidden), (world.lead, Forbidden)):
        with pytest.raises(error):
            services.decide_subcontract(
                actor, session, first, consent, "x", seen_version=first.version, now=NOW
            )
    with pytest.raises(Stale):
        services.decide_subcontract(officer, session, first, consent, "x", seen_version=99, now=NOW)
    with pytest.raises(Invalid):
        services.decide_subcontract(
            officer, session, first, consent, " ", seen_version=first.version, now=NOW
        )
    services.decide_subcontract(
        officer, session, first, consent, "仅限测量", seen_version=first.version, now=NOW
    )
    services.withdraw_subcontract(manager, session, second, seen_version=second.version, now=NOW)
    with pytest.raises(WrongState, match="subcontract_closed"):
        services.decide_subcontract(
            officer, session, second, consent, "x", seen_version=second.version, now=NOW
        )
    assert [first.state, second.state] == [SubcontractState.CONSENTED, SubcontractState.WITHDRAWN]
    session.commit()
    logged = select(AuditEntry.event).where(AuditEntry.target_type == "subcontracts").order_by(AuditEntry.id)
    assert [event.rpartition(".")[2] for event in session.scalars(logged)] == [
        "requested",
        "requested",
        "consented",
        "withdrawn",
    ]


def test_pages(client: Client, session: Session, world: World) -> None:
    engagement = create(session, world, fee=1_000_000)
    where = f"/engagements/{engagement.id}/contract"
    manager = make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    sign_in(client, make_member(session, world.bureau, Role.BUREAU_LEAD))
    tables = "/engagements/contract/fee-tables"
    typed = {"valid_from": "2022-01-01", "source": "局规"}
    answer = client.submit(client.get(f"{tables}/new"), "main-form", **typed, brackets="100 0.8\n以上 x")
    assert answer.status_code == 422
    assert "第 2 行：数字不能识别" in answer.text
    answer = client.submit(answer, "main-form", brackets="100 0.8\n以上 0.2")
    assert answer.location == tables
    assert "0.8000%" in client.get(tables).text
    typed = {"scope": "全过程评价", "method": "bracketed", "amount": "2,000,000", "signed": "3000"}
    answer = client.submit(client.get(f"{where}/terms/new"), "main-form", **typed)
    assert answer.status_code == 422
    assert "各次付款合计 3,000.00 元，合同金额为 10,000.00 元" in answer.text
    answer = client.submit(answer, "main-form", archived="7000")
    assert answer.location == where
    shown = client.get(where).text
    for text in ("全过程评价", "8,000.00", "2,000.00", "10,000.00", "局规", "资料归档"):
        assert text in shown
    assert session.scalars(select(ContractTerms.reckoned)).one() == 1_000_000
    client.post("/sign-out")
    sign_in(client, manager)
    typed = {"party": "云汀测绘院", "scope": "测量", "share": "12.5", "reason": "专业设备"}
    answer = client.submit(client.get(f"{where}/subcontracts/new"), "main-form", **typed)
    assert answer.location == where
    request = session.scalars(select(Subcontract)).one()
    assert request.share == 125_000
    client.post("/sign-out")
    sign_in(client, make_member(session, world.bureau, Role.BUREAU_SUPERVISOR))
    form = client.get(f"/engagements/contract/subcontracts/{request.id}")
    assert "12.50%" in form.text
    answer = client.submit(form, "main-form", action="refuse", reason="应自行完成")
    assert answer.location == where
    assert "应自行完成" in client.get(where).text
    assert "委托方不同意分包给云汀测绘院" in client.get(f"/engagements/{engagement.id}").text
