"""From the candidates to the contract, and the agencies that nobody may pick."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import StandingAction
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.refusals import CommissionRefused
from agencyqa.engagements.selection import services
from agencyqa.engagements.selection.enums import SelectionMethod, SelectionState
from agencyqa.engagements.selection.models import AgencyExclusion, Selection, SelectionCandidate
from agencyqa.engagements.selection.services import CandidateData, ExclusionData, SelectionData
from agencyqa.engagements.services.progress import terminate_engagement
from agencyqa.errors import Forbidden, Invalid, NotVisible, Stale, WrongState
from agencyqa.measures.enums import WorkKind
from agencyqa.notifications.models import InboxMessage
from tests.client import Client
from tests.factories.accounts import NOW, make_actor, make_member, sign_in
from tests.factories.agencies import decide as decide_standing
from tests.factories.agencies import make_agency, make_tie
from tests.integration.engagements.world import World, change, create, make_world, statements

HELD = date(2022, 2, 20)


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def selection_data(world: World) -> SelectionData:
    return SelectionData(
        world.thing.id,
        WorkKind.EVALUATION,
        world.bureau.id,
        world.school.id,
        SelectionMethod.CONSULTATION,
        HELD,
    )


def begin(session: Session, world: World, *agencies: int) -> Selection:
    selection = services.begin_selection(world.supervisor, session, selection_data(world), now=NOW)
    for number, agency_id in enumerate(agencies):
        data = CandidateData(agency_id, 8_000_000 + number, 900_000 - number)
        services.enter_candidate(
            world.supervisor, session, selection, data, seen_version=selection.version, now=NOW
        )
    return selection


def choose(session: Session, world: World, selection: Selection, agency_id: int) -> None:
    services.decide_selection(
        world.supervisor, session, selection, agency_id, "得分最高", seen_version=selection.version, now=NOW
    )


def codes(error: pytest.ExceptionInfo[CommissionRefused]) -> list[str]:
    return [check.code for check in error.value.checks]


def test_the_contract_goes_to_the_chosen_agency_only(session: Session, world: World) -> None:
    tied, suspended = (
        make_agency(session, world.bureau, "丁咨询"),
        make_agency(session, world.bureau, "戊咨询"),
    )
    make_tie(session, world.bureau, tied, world.school)
    decide_standing(session, world.bureau, suspended, StandingAction.SUSPEND, date(2022, 2, 20))
    selection = begin(session, world, tied.id, suspended.id, world.agency.id, world.rival.id)
    # While it is undecided, nobody gets the work; afterwards only who was chosen.
    with pytest.raises(CommissionRefused) as undecided:
        create(session, world)
    assert codes(undecided) == ["selection_undecided"]
    for agency, code in ((tied, "tie_with_evaluated_unit"), (suspended, "agency_not_in_good_standing")):
        with pytest.raises(CommissionRefused) as refused:
            choose(session, world, selection, agency.id)
        assert codes(refused) == [code]
    choose(session, world, selection, world.rival.id)
    found = select(SelectionCandidate.findings).order_by(SelectionCandidate.id)
    assert [[item["code"] for item in findings or []] for findings in session.scalars(found)] == [
        ["tie_with_evaluated_unit"],
        ["agency_not_in_good_standing"],
        [],
        [],
    ]
    with pytest.raises(CommissionRefused) as another:
        create(session, world)
    assert (codes(another), another.value.provision) == (["selection_chose_another"], "M1/selection_on_merit")
    # Other work on the object is no business of this selection.
    create(session, world, work_kind=WorkKind.RESEARCH)
    engagement = create(session, world, agency_id=world.rival.id)
    assert (selection.state, selection.engagement_id) == (SelectionState.USED, engagement.id)
    with pytest.raises(CommissionRefused):
        change(session, world, engagement, agency_id=world.agency.id)
    change(session, world, engagement, fee=1)
    with pytest.raises(WrongState, match="selection_wrong_state"):
        services.cancel_selection(
            world.supervisor, session, selection, "x", seen_version=selection.version, now=NOW
        )
    session.commit()
    logged = select(AuditEntry.event).where(AuditEntry.target_type == "selections").order_by(AuditEntry.id)
    assert session.scalars(logged).all() == [
        "selection.selection.begun",
        "selection.selection.decided",
        "selection.selection.used",
    ]


def test_one_selection_leads_to_one_contract(session: Session, world: World) -> None:
    """Whoever signs again for the same work selects again, whatever the way in; a contract that ended frees nothing."""
    selection = begin(session, world, world.agency.id, world.rival.id)
    choose(session, world, selection, world.agency.id)
    first = create(session, world, contract_number="HT-甲")
    second: list[object] = []
    for agency in (world.agency, world.rival):
        with pytest.raises(CommissionRefused) as refused:
            create(session, world, agency_id=agency.id)
        second.append((codes(refused), refused.value.provision, refused.value.checks[0].params))
    assert second == [(["selection_used"], "M1/selection_on_merit", {"contract": "HT-甲"})] * 2
    # Nor does it come in as other work that is corrected later.
    other = create(session, world, work_kind=WorkKind.RESEARCH)
    with pytest.raises(CommissionRefused) as refused:
        change(session, world, other, work_kind=WorkKind.EVALUATION)
    assert codes(refused) == ["selection_used"]
    terminate_engagement(world.lead, session, first, "违约", seen_version=first.version, now=NOW)
    with pytest.raises(CommissionRefused):
        create(session, world)
    # Before the measure there was no such rule, and what was signed then is entered as it was.
    old = create(session, world, contract_signed_on=date(2021, 3, 1), due_on=date(2021, 6, 30))
    # After another selection there is another contract, and the first is corrected as ever.
    again = begin(session, world, world.rival.id)
    choose(session, world, again, world.rival.id)
    create(session, world, agency_id=world.rival.id)
    change(session, world, old, fee=1)
    assert (selection.engagement_id, again.state) == (first.id, SelectionState.USED)


def test_a_contract_that_is_corrected_to_other_work_gives_its_selection_back(
    session: Session, world: World
) -> None:
    selection = begin(session, world, world.agency.id)
    choose(session, world, selection, world.agency.id)
    data = replace(selection_data(world), work_kind=WorkKind.RESEARCH)
    research = services.begin_selection(world.supervisor, session, data, now=NOW)
    services.enter_candidate(
        world.supervisor,
        session,
        research,
        CandidateData(world.agency.id),
        seen_version=research.version,
        now=NOW,
    )
    mistaken = create(session, world)
    with pytest.raises(CommissionRefused) as refused:
        change(session, world, mistaken, work_kind=WorkKind.RESEARCH)
    assert codes(refused) == ["selection_undecided"]
    choose(session, world, research, world.agency.id)
    change(session, world, mistaken, work_kind=WorkKind.RESEARCH)
    assert [(each.state, each.engagement_id) for each in (selection, research)] == [
        (SelectionState.DECIDED, None),
        (SelectionState.USED, mistaken.id),
    ]
    proper = create(session, world)
    assert (selection.state, selection.engagement_id) == (SelectionState.USED, proper.id)
    session.commit()
    logged = select(AuditEntry.event).where(
        AuditEntry.target_type == "selections", AuditEntry.target_id == selection.id
    )
    assert [event.rpartition(".")[2] for event in session.scalars(logged.order_by(AuditEntry.id))] == [
        "begun",
        "decided",
        "used",
        "released",
        "used",
    ]


def test_the_form_says_to_which_contract_the_selection_led(
    client: Client, session: Session, world: World
) -> None:
    selection = begin(session, world, world.agency.id)
    choose(session, world, selection, world.agency.id)
    first = create(session, world, contract_number="HT-甲")
    sign_in(client, make_member(session, world.bureau, Role.BUREAU_SUPERVISOR))
    session.commit()
    typed = {
        "object_id": str(first.object_id),
        "agency_id": str(world.agency.id),
        "commissioner_id": str(first.commissioner_id),
        "evaluated_unit_id": str(first.evaluated_unit_id),
        "work_kind": "evaluation",
        "contract_number": "HT-乙",
        "contract_signed_on": "2022-03-01",
        "due_on": "2022-06-30",
        "fee": "80000",
    }
    answer = client.submit(client.get("/engagements/new"), "main-form", **typed)
    assert (answer.status_code, "HT-乙" in answer.text) == (409, True)
    shown = client.page(answer).text
    assert "这项业务的选取记录已经用于合同HT-甲；一次选取只能签订一份合同。" in shown
    assert "请先另行选取机构，再登记这份合同。" in shown
    assert session.scalars(select(Engagement.contract_number)).all() == ["HT-甲"]


def test_what_is_entered_wrongly(session: Session, world: World) -> None:
    proper = selection_data(world)
    for data, field in (
        (replace(proper, object_id=world.foreign_thing.id), "object_id"),
        (replace(proper, commissioner_id=world.foreign_department.id), "commissioner_id"),
        (replace(proper, evaluated_unit_id=world.bureau.id), "evaluated_unit_id"),
        (replace(proper, held_on=date(2022, 6, 16)), "held_on"),
        (replace(proper, method=SelectionMethod.DIRECT), "method_reason"),
    ):
        with pytest.raises(Invalid) as wrong:
            services.begin_selection(world.supervisor, session, data, now=NOW)
        assert set(wrong.value.fields) == {field}
    officer = make_actor(session, world.school, Role.DEPARTMENT_OFFICER)
    with pytest.raises(Forbidden):
        services.begin_selection(officer, session, proper, now=NOW)
    selection = begin(session, world, world.agency.id)
    with pytest.raises(Stale):
        services.enter_candidate(
            world.supervisor, session, selection, CandidateData(world.rival.id), seen_version=1, now=NOW
        )
    for candidate, field in (
        (CandidateData(world.foreign_agency.id), "agency_id"),
        (CandidateData(world.rival.id, -1, -1), "offer"),
    ):
        with pytest.raises(Invalid) as wrong:
            services.enter_candidate(
                world.supervisor, session, selection, candidate, seen_version=selection.version, now=NOW
            )
        assert field in wrong.value.fields
    with pytest.raises(IntegrityError), session.begin_nested():
        services.enter_candidate(
            world.supervisor,
            session,
            selection,
            CandidateData(world.agency.id),
            seen_version=selection.version,
            now=NOW,
        )
    with pytest.raises(Invalid):
        choose(session, world, selection, world.rival.id)
    for actor, error in (
        (make_actor(session, world.city, Role.BUREAU_LEAD), Forbidden),
        (make_actor(session, world.foreign_bureau, Role.BUREAU_LEAD), NotVisible),
        (make_actor(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER), NotVisible),
    ):
        with pytest.raises(error):
            services.cancel_selection(actor, session, selection, "x", seen_version=selection.version, now=NOW)
    services.cancel_selection(
        world.supervisor, session, selection, "流标", seen_version=selection.version, now=NOW
    )
    assert create(session, world).agency_id == world.agency.id


def test_an_agency_that_a_result_keeps_out(session: Session, world: World) -> None:
    manager = make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    data = ExclusionData(world.agency.id, date(2022, 3, 1), date(2022, 12, 31), "上年度考核为差", 2021, "差")
    for wrong, field in (
        (replace(data, agency_id=world.foreign_agency.id), "agency_id"),
        (replace(data, valid_to=date(2022, 2, 28)), "valid_to"),
        (replace(data, valid_from=date(2020, 1, 1)), "valid_from"),
        (replace(data, reason=" "), "reason"),
    ):
        with pytest.raises(Invalid) as invalid:
            services.exclude_agency(world.lead, session, wrong, now=NOW)
        assert set(invalid.value.fields) == {field}
    exclusion = services.exclude_agency(world.lead, session, data, now=NOW)
    with pytest.raises(CommissionRefused) as refused:
        create(session, world)
    assert (codes(refused), refused.value.provision) == (["agency_excluded"], "M3/use_of_results")
    # Both edges: the day before it begins, and another bureau.
    create(session, world, contract_signed_on=date(2022, 2, 28))
    selection = begin(session, world, world.agency.id)
    selection.held_on = date(2022, 3, 1)
    session.flush()
    with pytest.raises(CommissionRefused):
        choose(session, world, selection, world.agency.id)
    services.cancel_selection(
        world.supervisor, session, selection, "x", seen_version=selection.version, now=NOW
    )
    for actor, error in (
        (make_actor(session, world.foreign_bureau, Role.BUREAU_LEAD), NotVisible),
        (make_actor(session, world.city, Role.BUREAU_LEAD), Forbidden),
    ):
        with pytest.raises(error):
            services.withdraw_exclusion(actor, session, exclusion, "x", now=NOW)
    services.withdraw_exclusion(world.lead, session, exclusion, "复核后撤销", now=NOW)
    with pytest.raises(WrongState, match="exclusion_withdrawn"):
        services.withdraw_exclusion(world.lead, session, exclusion, "x", now=NOW)
    assert create(session, world).agency_id == world.agency.id
    told = select(InboxMessage.code).where(InboxMessage.membership_id == manager.id).order_by(InboxMessage.id)
    assert [code for code in session.scalars(told) if "exclu" in code] == [
        "agency_excluded_for",
        "agency_exclusion_over",
    ]


def test_pages_of_each_side(client: Client, session: Session, world: World) -> None:
    manager = make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    sign_in(client, make_member(session, world.bureau, Role.BUREAU_LEAD))
    where = "/engagements/selections"
    typed = {
        "object_id": world.thing.id,
        "work_kind": "evaluation",
        "commissioner_id": world.education.id,
        "evaluated_unit_id": world.school.id,
        "held_on": "2022-02-20",
    }
    answer = client.submit(client.get(f"{where}/new"), "main-form", **typed, method="direct")
    assert answer.status_code == 422
    answer = client.submit(answer, "main-form", method="inquiry")
    page = answer.location
    for agency, offer in ((world.agency, "80,000.50"), (world.rival, "")):
        form = client.get(f"{page}/candidates/new")
        answer = client.submit(form, "main-form", agency_id=agency.id, offer=offer, score="91.25")
        assert answer.location == page
    answer = client.submit(
        client.get(f"{page}/decide"), "main-form", agency_id=world.agency.id, reason="报价合理"
    )
    assert answer.location == page
    answer = client.get(page)
    # The decision leads to the contract with what was decided.
    contract = client.page(client.get(dict(client.page(answer).links)["登记委托业务"])).form("main-form")
    for name in ("object_id", "work_kind", "commissioner_id", "evaluated_unit_id"):
        assert contract.value(name) == str(typed[name])
    assert (contract.value("agency_id"), contract.value("fee")) == (str(world.agency.id), "80000.5")
    shown = answer.text
    for text in ("80,000.50", "91.25", "报价合理", "可以选定"):
        assert text in shown
    typed = {"agency_id": world.agency.id, "valid_to": "2099-12-31", "reason": "上年度考核为差"}
    answer = client.submit(client.get(f"{where}/exclusions/new"), "main-form", **typed)
    assert answer.location == f"{where}/exclusions"
    counts = []
    for _ in range(2):
        with statements(session) as sent:
            assert client.get(f"{where}/exclusions").status_code == 200
            assert client.get(where + "/").status_code == 200
        counts.append(len(sent))
        for _ in range(9):
            begin(session, world, world.agency.id)
            session.add(
                AgencyExclusion(
                    bureau_id=world.bureau.id,
                    agency_id=world.rival.id,
                    valid_from=HELD,
                    valid_to=HELD,
                    reason="x",
                    entered_at=NOW,
                )
            )
        session.commit()
    assert counts[0] == counts[1]
    client.post("/sign-out")
    sign_in(client, make_member(session, world.education, Role.DEPARTMENT_OFFICER))
    assert "报价合理" in client.get(page).text
    client.post("/sign-out")
    sign_in(client, manager)
    assert client.get(page).status_code == 404
    seen = client.get(f"{where}/exclusions").text
    assert "上年度考核为差" in seen
    assert "乙会计师事务所" not in seen
