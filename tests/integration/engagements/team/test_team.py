"""Who works on an engagement: as the contract names them, and later by reason and consent."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import PersonRole, TieKind
from agencyqa.agencies.models import Appointment
from agencyqa.agencies.services import (
    AppointmentData,
    PersonData,
    TieData,
    appoint_evaluator,
    declare_tie,
    end_appointment,
    load_reference_data,
)
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.engagements.refusals import CommissionRefused
from agencyqa.engagements.services import terminate_engagement
from agencyqa.engagements.team import queries, services
from agencyqa.engagements.team.enums import ChangeAction, ChangeState, TeamRole
from agencyqa.engagements.team.models import TeamChange, TeamMember
from agencyqa.engagements.team.services import ChangeData
from agencyqa.errors import Forbidden, Invalid, NotVisible, Refused, Stale, WrongState
from tests.client import Client
from tests.factories.accounts import NOW, make_actor, make_member, sign_in
from tests.factories.agencies import change_facts, place_of
from tests.integration.engagements.world import World, appoint, change, create, make_world

TODAY = date(2022, 6, 15)
LEADS, MEMBER = TeamRole.PRINCIPAL_EVALUATOR, TeamRole.MEMBER


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def employ(session: Session, world: World, name: str, role: PersonRole = PersonRole.STAFF) -> int:
    data = AppointmentData(PersonData(name), date(2021, 1, 1), role=role)
    return appoint_evaluator(world.supervisor, session, world.agency, data, now=NOW).person_id


def manager_of(session: Session, world: World) -> Actor:
    return make_actor(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)


def decide(session: Session, actor: Actor, found: TeamChange, action: ChangeAction, reason: str = "") -> None:
    services.decide_change(actor, session, found, action, reason, seen_version=found.version, now=NOW)


def team(session: Session) -> list[tuple[int, str, date, date | None]]:
    columns = (TeamMember.person_id, TeamMember.role, TeamMember.valid_from, TeamMember.valid_to)
    rows = session.execute(select(*columns).order_by(TeamMember.id))
    return [(row.person_id, row.role.value, row.valid_from, row.valid_to) for row in rows]


def test_from_the_contract_to_a_replaced_evaluator(session: Session, world: World) -> None:
    first, second = (appoint(session, world.bureau, world.agency, name) for name in ("王主评", "李主评"))
    clerk, expert = employ(session, world, "周助理"), employ(session, world, "吴专家", PersonRole.EXPERT)
    engagement = create(session, world, principal_evaluator_id=first, commissioner_id=world.education.id)
    change(session, world, engagement, contract_signed_on=date(2022, 3, 5))
    services.name_member(world.supervisor, session, engagement, clerk, MEMBER, now=NOW)
    manager = manager_of(session, world)
    officer = make_actor(session, world.education, Role.DEPARTMENT_OFFICER)
    swap = services.propose_change(
        manager, session, engagement, ChangeData(second, first, LEADS, "离职"), now=NOW
    )
    join = services.propose_change(
        manager, session, engagement, ChangeData(expert, None, TeamRole.EXPERT, "需要行业专家"), now=NOW
    )
    contract = date(2022, 3, 5)
    assert team(session) == [
        (first, "principal_evaluator", contract, None),
        (clerk, "member", contract, None),
    ]
    # Nobody but the commissioner agrees, and not from an old page.
    for actor, error in (
        (world.lead, Forbidden),
        (manager, Forbidden),
        (make_actor(session, world.school, Role.DEPARTMENT_OFFICER), NotVisible),
    ):
        with pytest.raises(error):
            decide(session, actor, swap, ChangeAction.CONSENT)
    with pytest.raises(Stale):
        services.decide_change(officer, session, swap, ChangeAction.CONSENT, "", seen_version=99, now=NOW)
    with pytest.raises(Invalid):
        decide(session, officer, join, ChangeAction.DECLINE)
    decide(session, officer, join, ChangeAction.DECLINE, "专家与项目无关")
    decide(session, officer, swap, ChangeAction.CONSENT)
    assert team(session) == [
        (first, "principal_evaluator", contract, TODAY),
        (clerk, "member", contract, None),
        (second, "principal_evaluator", TODAY, None),
    ]
    assert (engagement.principal_evaluator_id, join.state) == (second, ChangeState.DECLINED)
    with pytest.raises(WrongState, match="team_change_closed"):
        decide(session, officer, swap, ChangeAction.DECLINE, "x")
    # A correction of the contract does not do it behind the commissioner's back.
    with pytest.raises(Invalid) as hidden:
        change(session, world, engagement, principal_evaluator_id=first)
    assert hidden.value.fields == {"principal_evaluator_id": ("evaluator_changes_by_team", {})}
    # Whoever took over is fit since he did, not since the contract.
    change(session, world, engagement, fee=1)
    session.commit()
    logged = select(AuditEntry.event).where(AuditEntry.event.startswith("team.")).order_by(AuditEntry.id)
    assert session.scalars(logged).all() == [
        "team.member.joined",
        "team.member.corrected",
        "team.member.joined",
        "team.change.proposed",
        "team.change.proposed",
        "team.change.declined",
        "team.change.consented",
        "team.member.left",
        "team.member.joined",
    ]


def test_who_no_longer_works_for_the_agency_is_marked_in_running_work(
    client: Client, session: Session, world: World
) -> None:
    leader = appoint(session, world.bureau, world.agency, "王主评")
    clerk = employ(session, world, "周助理")
    engagement = create(session, world, principal_evaluator_id=leader)
    services.name_member(world.supervisor, session, engagement, clerk, MEMBER, now=NOW)
    place = session.scalars(select(Appointment).where(Appointment.person_id == clerk)).one()
    day = local_date(NOW)
    end_appointment(world.supervisor, session, place, on=day, now=NOW)

    def gone(day: date) -> list[str]:
        return [
            found.name for found in queries.places_of(session, engagement.id, day) if not found.is_employed
        ]

    # The last day counts in full.
    assert (gone(day), gone(day + timedelta(1))) == ([], ["周助理"])
    sign_in(client, make_member(session, world.bureau, Role.BUREAU_SUPERVISOR))
    for page in ("", "/team"):
        text = client.page(client.get(f"/engagements/{engagement.id}{page}")).text
        assert text.count("已不在机构任职") == 1


def test_what_cannot_be_proposed(session: Session, world: World) -> None:
    first, other = (appoint(session, world.bureau, world.agency, name) for name in ("王主评", "李主评"))
    clerk, stranger = employ(session, world, "周助理"), appoint(session, world.bureau, world.rival, "赵主评")
    engagement = create(session, world, principal_evaluator_id=first)
    manager = manager_of(session, world)
    for data, field, code in (
        (ChangeData(None, None, MEMBER, "x"), "joins_id", "team_nobody_moves"),
        (ChangeData(first, None, MEMBER, "x"), "joins_id", "team_already_in"),
        (ChangeData(stranger, None, MEMBER, "x"), "joins_id", "team_not_of_agency"),
        (ChangeData(clerk, first, LEADS, "x"), "joins_id", "team_not_of_agency"),
        (ChangeData(clerk, None, TeamRole.EXPERT, "x"), "joins_id", "team_not_of_agency"),
        (ChangeData(None, first, MEMBER, "x"), "leaves_id", "team_needs_evaluator"),
        (ChangeData(other, None, LEADS, "x"), "role", "team_one_evaluator"),
        (ChangeData(None, clerk, MEMBER, "x"), "leaves_id", "not_a_choice"),
        (ChangeData(clerk, None, MEMBER, " "), "reason", "required"),
    ):
        with pytest.raises(Invalid) as wrong:
            services.propose_change(manager, session, engagement, data, now=NOW)
        assert wrong.value.fields == {field: (code, {})}
    proper = ChangeData(clerk, None, MEMBER, "人手不足")
    for actor, error in (
        (make_actor(session, session.get_one(Body, world.rival.id), Role.AGENCY_MANAGER), NotVisible),
        (make_actor(session, session.get_one(Body, world.agency.id), Role.AGENCY_STAFF), Forbidden),
        (make_actor(session, world.city, Role.BUREAU_LEAD), Forbidden),
    ):
        with pytest.raises(error):
            services.propose_change(actor, session, engagement, proper, now=NOW)
    # The bureau commissioned it and may write down what the agency asked for; another officer agrees.
    by_bureau = services.propose_change(world.supervisor, session, engagement, proper, now=NOW)
    with pytest.raises(Refused, match="team_own_proposal"):
        decide(session, world.supervisor, by_bureau, ChangeAction.CONSENT)
    with pytest.raises(Forbidden):
        services.withdraw_change(manager, session, by_bureau, seen_version=by_bureau.version, now=NOW)
    services.withdraw_change(world.lead, session, by_bureau, seen_version=by_bureau.version, now=NOW)
    assert by_bureau.state is ChangeState.WITHDRAWN
    late = services.propose_change(manager, session, engagement, proper, now=NOW)
    terminate_engagement(
        world.supervisor, session, engagement, "项目取消", seen_version=engagement.version, now=NOW
    )
    with pytest.raises(WrongState, match="team_not_running"):
        decide(session, world.lead, late, ChangeAction.CONSENT)


def test_newcomers_pass_the_gate_of_the_contract(session: Session, world: World) -> None:
    load_reference_data(session, NOW)
    first, other = (appoint(session, world.bureau, world.agency, name) for name in ("王主评", "李主评"))
    clerk = employ(session, world, "周助理")
    engagement = create(session, world, principal_evaluator_id=first)
    manager = manager_of(session, world)
    joins = services.propose_change(
        manager, session, engagement, ChangeData(clerk, None, MEMBER, "人手不足"), now=NOW
    )
    # Between proposal and consent a tie comes to light.
    tie = TieData(world.school.id, TieKind.RELATIVE, date(2022, 1, 1), person_id=clerk)
    declare_tie(world.supervisor, session, world.agency, tie, now=NOW)
    with pytest.raises(CommissionRefused) as refused:
        decide(session, world.lead, joins, ChangeAction.CONSENT)
    assert [check.code for check in refused.value.checks] == ["person_tie_with_evaluated_unit"]
    with pytest.raises(CommissionRefused):
        services.name_member(world.supervisor, session, engagement, clerk, MEMBER, now=NOW)
    # Two years of work are too few, since the conditions are in force.
    began = date(2020, 6, 16)
    change_facts(session, world.bureau, place_of(session, other), work_since=began, evaluation_since=began)
    with pytest.raises(CommissionRefused) as unfit:
        services.propose_change(
            manager, session, engagement, ChangeData(other, first, LEADS, "离职"), now=NOW
        )
    assert [check.code for check in unfit.value.checks] == ["evaluator_unfit"]
    assert unfit.value.provision == "CJ4/principal_evaluator_conditions"
    with pytest.raises(CommissionRefused):
        create(session, world, principal_evaluator_id=other)
    assert len(team(session)) == 1


def test_pages_and_load(client: Client, session: Session, world: World) -> None:
    first = appoint(session, world.bureau, world.agency)
    clerk = employ(session, world, "周助理")
    engagement = create(session, world, principal_evaluator_id=first)
    create(session, world, principal_evaluator_id=first, contract_number="HT-另一项")
    assert [(place.name, place.load) for place in queries.places_of(session, engagement.id, TODAY)] == [
        ("王主评", 2)
    ]
    where = f"/engagements/{engagement.id}/team"
    sign_in(client, make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER))
    answer = client.submit(client.get(f"{where}/propose"), "main-form", joins_id=clerk, reason="")
    assert answer.status_code == 422
    answer = client.submit(answer, "main-form", joins_id=clerk, reason="需要熟悉教育的人员")
    assert answer.location == where
    found = session.scalars(select(TeamChange)).one()
    assert "待委托方同意" in client.get(where).text
    client.post("/sign-out")
    sign_in(client, make_member(session, world.school, Role.DEPARTMENT_OFFICER))
    page = client.get(where).text
    assert "王主评" in page
    assert "需要熟悉教育的人员" not in page
    client.post("/sign-out")
    sign_in(client, make_member(session, world.bureau, Role.BUREAU_SUPERVISOR))
    assert "提出意见" in client.get("/").text
    form = client.get(f"/engagements/team/changes/{found.id}")
    assert "周助理" in form.text
    answer = client.submit(form, "main-form", action="consent")
    assert answer.location == where
    assert "委托方同意人员变更" in client.get(f"/engagements/{engagement.id}").text
    assert len(team(session)) == 3
