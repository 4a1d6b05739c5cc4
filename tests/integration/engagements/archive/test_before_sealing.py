"""The file of finished work waits for whoever seals it, and is not sealed while somebody of the team has not signed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.models import Person
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date, utc_now
from agencyqa.duties.enums import Duty
from agencyqa.duties.items import Scope
from agencyqa.duties.queries import Listing
from agencyqa.engagements.archive import services
from agencyqa.engagements.archive.checklist import Item, checklist
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal.services import DeclarationData, sign_declaration
from agencyqa.engagements.team.enums import TeamRole
from agencyqa.engagements.team.models import TeamMember
from agencyqa.errors import WrongState
from agencyqa.measures.reckoning import reckon
from tests.client import Client
from tests.factories.accounts import NOW, actor_of, make_member, sign_in
from tests.factories.agencies import make_evaluator
from tests.factories.engagements import make_engagement
from tests.integration.engagements.world import World, make_world

TODAY = local_date(NOW)


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


@pytest.fixture
def engagement(session: Session, world: World) -> Engagement:
    """Done by one who is in the team to the end and one who left it half-way; neither has signed."""
    found = make_engagement(
        session, world.bureau, world.agency, world.school, commissioner=world.education, completed_on=TODAY
    )
    found.state = EngagementState.COMPLETED
    stays = make_evaluator(session, world.bureau, world.agency, "周正").person_id
    left = make_evaluator(session, world.bureau, world.agency, "钱进").person_id
    for person_id, role, valid_to in (
        (stays, TeamRole.PRINCIPAL_EVALUATOR, None),
        (left, TeamRole.MEMBER, TODAY - timedelta(days=20)),
    ):
        session.add(
            TeamMember(
                engagement_id=found.id,
                person_id=person_id,
                role=role,
                valid_from=TODAY - timedelta(days=60),
                valid_to=valid_to,
                entered_at=NOW,
            )
        )
    session.commit()
    return found


def test_nothing_is_sealed_before_everybody_of_the_team_has_signed(
    app: Flask, client: Client, session: Session, world: World, engagement: Engagement
) -> None:
    members = {
        "manager": make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER),
        "rival": make_member(session, session.get_one(Body, world.rival.id), Role.AGENCY_MANAGER),
        "officer": make_member(session, world.education, Role.DEPARTMENT_OFFICER),
        "unit": make_member(session, world.school, Role.DEPARTMENT_OFFICER),
    }
    actors = {name: actor_of(session, member) for name, member in members.items()}
    manager = actors["manager"]

    def lines(who: str) -> list[tuple[Duty, str]]:
        listing = Listing(Scope(actors[who], reckon(session, TODAY)))
        with app.test_request_context():
            found = listing.items(session.execute(listing.rows()))
        return [(item.duty, item.detail) for item in found]

    def unsigned() -> list[tuple[Item, tuple[str, ...]]]:
        return [(line.item, line.people) for line in checklist(session, engagement) if not line.is_there]

    seal = (Duty.ARCHIVE, f"{TODAY} 完成")
    assert lines("manager") == [(Duty.DECLARATION, ""), seal]
    assert (lines("officer"), lines("unit"), lines("rival")) == ([seal], [], [])
    sign_in(client, members["manager"])
    home = f"/engagements/{engagement.id}"
    shown = client.page(client.get(home)).text
    assert "工作组成员的独立性声明全部签署（周正、钱进）" in shown
    assert "财政局还没有规定档案保管期限，规定后才能封存。" in shown
    services.set_retention(world.lead, session, date(2020, 1, 1), 10, "局发〔2020〕1号", now=NOW)
    session.commit()
    assert "财政局还没有规定档案保管期限" not in client.page(client.get(home)).text
    assert unsigned() == [(Item.DECLARATIONS, ("周正", "钱进"))]
    refused = client.post(f"{home}/archive/seal")
    assert refused.status_code == 409
    assert "没有签署独立性声明的成员：周正、钱进。" in client.page(refused).text
    for name in ("周正", "钱进"):
        with app.app_context(), pytest.raises(WrongState, match="archive_undeclared"):
            services.seal(manager, session, engagement, now=NOW)
        person = session.scalars(select(Person.id).where(Person.name == name)).one()
        typed = {"person_id": str(person), "is_independent": "1", "signed_on": str(TODAY)}
        form = client.get(f"{home}/independence/declare")
        assert client.submit(form, "main-form", **typed).location == f"{home}/independence"
    assert (unsigned(), lines("manager")) == ([], [seal])
    # Their forms were sent at the time of the clock, and a seal is dated by the full second.
    now = utc_now() + timedelta(seconds=1)
    with app.app_context():
        services.seal(manager, session, engagement, now=now)
    session.commit()
    assert (lines("manager"), lines("officer")) == ([], [])
    # What comes after the seal is sealed, too: whoever seals is asked again, until that is done.
    later = now + timedelta(days=1)
    signed = DeclarationData(
        session.scalars(select(Person.id).where(Person.name == "周正")).one(), True, TODAY
    )
    sign_declaration(manager, session, engagement, signed, now=later)
    session.commit()
    assert (lines("manager"), lines("officer"), lines("rival")) == ([seal], [], [])
    asked = [text for text, _ in client.page(client.get("/")).links if text.startswith("封存档案")]
    assert len(asked) == 1
    engagement.state = EngagementState.CONTRACTED
    session.commit()
    assert lines("manager") == [(Duty.ENGAGEMENT, engagement.contract_number)]
    engagement.state = EngagementState.COMPLETED
    with app.app_context():
        services.seal(manager, session, engagement, now=later + timedelta(hours=1))
    session.commit()
    assert lines("manager") == []


def test_the_first_page_of_the_agency_asks_to_seal(
    client: Client, session: Session, world: World, engagement: Engagement
) -> None:
    agency = session.get_one(Body, world.agency.id)
    for role, told in ((Role.AGENCY_MANAGER, True), (Role.AGENCY_STAFF, False)):
        client.delete_cookie("agencyqa")
        sign_in(client, make_member(session, agency, role))
        addresses = [href for text, href in client.page(client.get("/")).links if text.startswith("封存档案")]
        assert (role, addresses) == (role, [f"/engagements/{engagement.id}/archive"] if told else [])
