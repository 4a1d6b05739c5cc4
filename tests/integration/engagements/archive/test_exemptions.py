"""Whoever can sign no more does not keep the file open for good: the bureau exempts him, on record, and nobody else."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership, User
from agencyqa.agencies.models import Appointment, Person
from agencyqa.agencies.services import end_appointment
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.duties.enums import Duty
from agencyqa.duties.items import Scope
from agencyqa.duties.queries import Listing
from agencyqa.engagements.archive import services
from agencyqa.engagements.archive.checklist import Item, checklist
from agencyqa.engagements.archive.queries import has_news
from agencyqa.engagements.deliverables.services.pauses import Grounds
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal.enums import ExemptionCause, ExemptionState
from agencyqa.engagements.recusal.models import DeclarationExemption
from agencyqa.engagements.recusal.queries import awaits_declaration
from agencyqa.engagements.recusal.services import (
    DeclarationData,
    ExemptionData,
    grant_exemption,
    sign_declaration,
    withdraw_exemption,
)
from agencyqa.engagements.team.enums import TeamRole
from agencyqa.engagements.team.models import TeamMember
from agencyqa.errors import AgencyQAError, Forbidden, Invalid, NotVisible, WrongState
from agencyqa.files.models import StoredFile
from agencyqa.files.services import open_stored
from agencyqa.measures.reckoning import reckon
from agencyqa.notifications.models import InboxMessage
from tests.client import Client
from tests.factories.accounts import NOW, actor_of, make_bureau, make_member, sign_in
from tests.factories.agencies import make_evaluator, officer_of
from tests.factories.engagements import make_engagement
from tests.integration.engagements.deliverables.traces import entries, refusal
from tests.integration.engagements.world import World, make_world

TODAY = local_date(NOW)
GROUNDS = Grounds("本人已于 5 月去世，家属已说明。", "监管科会议纪要第 3 号")


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


@pytest.fixture
def engagement(session: Session, world: World) -> Engagement:
    found = make_engagement(
        session, world.bureau, world.agency, world.school, commissioner=world.education, completed_on=TODAY
    )
    found.state = EngagementState.COMPLETED
    for name, role in (("周正", TeamRole.PRINCIPAL_EVALUATOR), ("钱进", TeamRole.MEMBER)):
        session.add(
            TeamMember(
                engagement_id=found.id,
                person_id=make_evaluator(session, world.bureau, world.agency, name).person_id,
                role=role,
                valid_from=TODAY - timedelta(days=60),
                entered_at=NOW,
            )
        )
    session.commit()
    return found


def person(session: Session, name: str) -> int:
    return session.scalars(select(Person.id).where(Person.name == name)).one()


def leaves(session: Session, world: World, name: str) -> None:
    """Out of the register of the agency since yesterday."""
    found = select(Appointment).where(Appointment.person_id == person(session, name))
    appointment = session.scalars(found).one()
    end_appointment(
        officer_of(world.bureau), session, appointment, on=TODAY - timedelta(days=1), reason="离职", now=NOW
    )
    session.commit()


def data(session: Session, name: str, grounds: Grounds = GROUNDS) -> ExemptionData:
    return ExemptionData(person(session, name), ExemptionCause.DECEASED, grounds)


def unsigned(session: Session, engagement: Engagement) -> list[tuple[bool, tuple[str, ...], tuple[str, ...]]]:
    return [
        (line.is_there, line.people, line.exempt)
        for line in checklist(session, engagement)
        if line.item is Item.DECLARATIONS
    ]


def test_nobody_is_exempted_who_can_still_sign(
    session: Session, world: World, engagement: Engagement
) -> None:
    """Who works for the agency signs, on paper at least; who has an account there signs in."""
    still = {"person_id": "recusal_can_still_sign"}

    def refused(name: str) -> dict[str, str]:
        with pytest.raises(Invalid) as error:
            grant_exemption(world.lead, session, engagement, data(session, name), now=NOW)
        return refusal(error)

    assert refused("周正") == still
    leaves(session, world, "周正")
    found = session.get_one(Person, person(session, "周正"))
    member = make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_STAFF)
    found.user_id = member.user_id
    session.commit()
    assert refused("周正") == still
    # While the work runs he leaves the team first.
    session.get_one(User, member.user_id).is_active, engagement.state = False, EngagementState.CONTRACTED
    session.commit()
    assert refused("周正") == {"person_id": "recusal_exempt_in_team"}
    engagement.state = EngagementState.COMPLETED
    session.commit()
    outsider = make_evaluator(session, world.bureau, world.agency, "外人", valid_to=TODAY - timedelta(days=1))
    wrong = replace(data(session, "周正"), person_id=outsider.person_id)
    with pytest.raises(Invalid) as error:
        grant_exemption(world.lead, session, engagement, wrong, now=NOW)
    assert refusal(error) == {"person_id": "not_a_choice"}
    empty = data(session, "周正", Grounds(" ", ""))
    with pytest.raises(Invalid) as error:
        grant_exemption(world.lead, session, engagement, empty, now=NOW)
    assert refusal(error) == {"reason": "required", "authority": "required"}
    manager = actor_of(
        session, make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    )
    sign_declaration(manager, session, engagement, DeclarationData(found.id, True, TODAY), now=NOW)
    assert refused("周正") == {"person_id": "recusal_has_signed"}
    assert session.scalars(select(DeclarationExemption)).all() == []


def test_the_bureau_of_the_contract_grants_it_and_nobody_else(
    session: Session, world: World, engagement: Engagement
) -> None:
    leaves(session, world, "钱进")
    agency = session.get_one(Body, world.agency.id)
    city = make_bureau(session, "市财政局")
    session.get_one(Body, world.bureau.id).parent_id = city.id
    others: dict[str, tuple[Membership, type[AgencyQAError]]] = {
        "manager": (make_member(session, agency, Role.AGENCY_MANAGER), Forbidden),
        "officer": (make_member(session, world.education, Role.DEPARTMENT_OFFICER), Forbidden),
        "rival": (
            make_member(session, session.get_one(Body, world.rival.id), Role.AGENCY_MANAGER),
            NotVisible,
        ),
        "city": (make_member(session, city, Role.BUREAU_LEAD), Forbidden),
    }
    for name, (member, wanted) in others.items():
        actor = actor_of(session, member)
        with pytest.raises(wanted):
            grant_exemption(actor, session, engagement, data(session, "钱进"), now=NOW)
        assert (name, session.scalars(select(DeclarationExemption)).all()) == (name, [])
    supervisor = actor_of(session, make_member(session, world.bureau, Role.BUREAU_SUPERVISOR))
    made = grant_exemption(supervisor, session, engagement, data(session, "钱进"), now=NOW)
    with pytest.raises(Invalid) as error:
        grant_exemption(world.lead, session, engagement, data(session, "钱进"), now=NOW)
    assert refusal(error) == {"person_id": "recusal_exempt_already"}
    session.commit()
    assert [
        (entry["person_id"], entry["cause"], entry["reason"], entry["authority"])
        for entry in entries(session, "recusal.exemption.granted")
    ] == [(made.person_id, "deceased", GROUNDS.reason, GROUNDS.authority)]
    told = select(InboxMessage.membership_id).where(InboxMessage.code == "recusal_exempted")
    assert session.scalars(told).all() == [others["manager"][0].id]


def test_the_file_is_sealed_without_it_and_says_so(
    app: Flask, client: Client, session: Session, world: World, engagement: Engagement
) -> None:
    manager_member = make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    manager = actor_of(session, manager_member)
    sign_declaration(
        manager, session, engagement, DeclarationData(person(session, "周正"), True, TODAY), now=NOW
    )
    services.set_retention(world.lead, session, date(2020, 1, 1), 10, "局发〔2020〕1号", now=NOW)
    leaves(session, world, "钱进")

    def duties() -> list[Duty]:
        listing = Listing(Scope(manager, reckon(session, TODAY)))
        with app.test_request_context():
            return [each.duty for each in listing.items(session.execute(listing.rows()))]

    assert unsigned(session, engagement) == [(False, ("钱进",), ())]
    assert duties() == [Duty.DECLARATION, Duty.ARCHIVE]
    lead = make_member(session, world.bureau, Role.BUREAU_LEAD)
    session.commit()
    sign_in(client, lead)
    home = f"/engagements/{engagement.id}"
    assert "准予免签" in client.page(client.get(f"{home}/independence")).text
    typed = {"cause": "deceased", "authority": GROUNDS.authority, "reason": GROUNDS.reason}
    sent = client.submit(client.get(f"{home}/independence/exempt"), "main-form", **typed)
    assert sent.location == f"{home}/independence"
    made = session.scalars(select(DeclarationExemption)).one()
    assert (made.person_id, made.state) == (person(session, "钱进"), ExemptionState.GRANTED)
    assert unsigned(session, engagement) == [(True, (), ("钱进",))]
    assert duties() == [Duty.ARCHIVE]
    now = made.granted_at + timedelta(seconds=1)
    with app.app_context():
        archive = services.seal(manager, session, engagement, now=now)
        with (
            open_stored(session.get_one(StoredFile, archive.file_id)) as stream,
            zipfile.ZipFile(stream) as book,
        ):
            manifest = json.loads(book.read("manifest.json"))
            kept = json.loads(book.read("record/declaration_exemptions.json"))["data"]
    session.commit()
    wanted = {
        "person": "钱进",
        "state": "granted",
        "cause": "deceased",
        "reason": GROUNDS.reason,
        "authority": GROUNDS.authority,
        "granted_at": made.granted_at.isoformat(),
        "granted_by_name": made.granted_by_name,
        "withdrawn_at": None,
        "withdrawn_by_name": "",
        "withdrawal_reason": "",
    }
    assert (manifest["declaration_exemptions"], kept) == ([wanted], [wanted])
    assert duties() == []
    # Each party reads why; the officer's name is for the bureau and the agency.
    readers = (
        (lead, True, True),
        (manager_member, True, True),
        (make_member(session, world.education, Role.DEPARTMENT_OFFICER), True, False),
        (make_member(session, world.school, Role.DEPARTMENT_OFFICER), False, False),
    )
    for member, is_told, has_name in readers:
        client.delete_cookie("agencyqa")
        sign_in(client, member)
        shown = client.page(client.get(f"{home}/independence")).text
        assert "准予免签" in shown
        assert (GROUNDS.reason in shown, made.granted_by_name in shown) == (is_told, has_name)
        answer = client.get(f"{home}/archive")
        assert (answer.status_code == 200, GROUNDS.authority in answer.text) == (is_told, is_told)


def test_one_that_was_wrong_is_withdrawn_and_the_signature_asked_for_again(
    app: Flask, client: Client, session: Session, world: World, engagement: Engagement
) -> None:
    leaves(session, world, "钱进")
    made = grant_exemption(world.lead, session, engagement, data(session, "钱进"), now=NOW)
    session.commit()
    manager = actor_of(
        session, make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    )
    with pytest.raises(Forbidden):
        withdraw_exemption(manager, session, made, "误准", seen_version=made.version, now=NOW)
    with pytest.raises(Invalid) as error:
        withdraw_exemption(world.lead, session, made, " ", seen_version=made.version, now=NOW)
    assert refusal(error) == {"reason": "required"}
    sign_in(client, make_member(session, world.bureau, Role.BUREAU_LEAD))
    address = f"/engagements/independence/exemptions/{made.id}"
    sent = client.submit(client.get(address), "main-form", reason="本人已经联系上")
    assert sent.location == f"/engagements/{engagement.id}/independence"
    session.refresh(made)
    assert (made.state, made.withdrawal_reason) == (ExemptionState.WITHDRAWN, "本人已经联系上")
    assert unsigned(session, engagement) == [(False, ("周正", "钱进"), ())]
    with pytest.raises(WrongState, match="recusal_exemption_closed"):
        withdraw_exemption(world.lead, session, made, "再次", seen_version=made.version, now=NOW)
    assert made.withdrawn_at is not None
    assert has_news(session, engagement.id, NOW)
    assert not has_news(session, engagement.id, made.withdrawn_at)
    # He may be exempted again, and what he signs after all goes before it.
    grant_exemption(world.lead, session, engagement, data(session, "钱进"), now=NOW)
    session.commit()
    signed = DeclarationData(person(session, "钱进"), True, TODAY)
    sign_declaration(manager, session, engagement, signed, now=NOW)
    session.commit()
    assert unsigned(session, engagement) == [(False, ("周正",), ())]


def test_who_comes_back_to_the_team_signs_after_all(
    session: Session, world: World, engagement: Engagement
) -> None:
    """An exemption says that somebody can sign no more; whoever works on the contract again can."""
    leaves(session, world, "钱进")
    grant_exemption(world.lead, session, engagement, data(session, "钱进"), now=NOW)
    session.commit()
    assert unsigned(session, engagement) == [(False, ("周正",), ("钱进",))]
    later = NOW + timedelta(days=3)
    member = session.scalars(select(TeamMember).where(TeamMember.person_id == person(session, "钱进"))).one()
    member.valid_to = TODAY
    engagement.state, engagement.completed_on = EngagementState.CONTRACTED, None
    session.add(
        TeamMember(
            engagement_id=engagement.id,
            person_id=member.person_id,
            role=TeamRole.MEMBER,
            valid_from=local_date(later),
            entered_at=later,
        )
    )
    session.commit()
    assert unsigned(session, engagement) == [(False, ("周正", "钱进"), ())]
    # The same for the lists, which ask the database.
    declared = DeclarationData(person(session, "周正"), True, TODAY)
    manager = actor_of(
        session, make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    )
    sign_declaration(manager, session, engagement, declared, now=later)
    session.commit()
    assert session.scalars(select(Engagement.id).where(awaits_declaration())).all() == [engagement.id]
