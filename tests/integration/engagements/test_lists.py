"""Which engagements each role finds, and what a list costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership
from agencyqa.auth.roles import Role
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.web.fields.found import MOST_OFFERED
from tests.client import Client
from tests.factories.accounts import make_departments, make_member, make_observer, sign_in
from tests.factories.agencies import make_tie
from tests.factories.engagements import make_engagement
from tests.integration.engagements.world import World, make_world, statements


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


@pytest.fixture
def supervisor(session: Session, world: World) -> Membership:
    return make_member(session, world.bureau, Role.BUREAU_SUPERVISOR)


def contracts(client: Client, query: str = "") -> list[str]:
    """The contract numbers of the list, in its order."""
    page = client.page(client.get(f"/engagements/{query}"))
    return [text for text, href in page.links if href.startswith("/engagements/") and href[13:].isdigit()]


# ---------------------------------------------------------------------------------------------- who sees what


@pytest.fixture
def several(session: Session, world: World) -> dict[str, int]:
    """Contract number to id: three in the district, one in the other."""
    made = [
        make_engagement(
            session, world.bureau, world.agency, world.school, thing=world.thing, contract_number="A-1"
        ),
        make_engagement(
            session,
            world.bureau,
            world.rival,
            world.school,
            commissioner=world.education,
            thing=world.thing,
            contract_number="A-2",
        ),
        make_engagement(session, world.bureau, world.rival, world.health, contract_number="A-3"),
        make_engagement(
            session,
            world.foreign_bureau,
            world.foreign_agency,
            world.foreign_department,
            thing=world.foreign_thing,
            contract_number="B-1",
        ),
    ]
    return {item.contract_number: item.id for item in made}


def roles(session: Session, world: World) -> dict[str, tuple[Membership, set[str]]]:
    def body(body_id: int) -> Body:
        return session.get_one(Body, body_id)

    return {
        "city": (make_member(session, world.city, Role.BUREAU_LEAD), {"A-1", "A-2", "A-3", "B-1"}),
        "bureau": (make_member(session, world.bureau, Role.BUREAU_SUPERVISOR), {"A-1", "A-2", "A-3"}),
        "other bureau": (make_member(session, world.foreign_bureau, Role.BUREAU_LEAD), {"B-1"}),
        "agency": (make_member(session, body(world.agency.id), Role.AGENCY_STAFF), {"A-1"}),
        "rival": (make_member(session, body(world.rival.id), Role.AGENCY_MANAGER), {"A-2", "A-3"}),
        "unit": (make_member(session, world.school, Role.DEPARTMENT_OFFICER), {"A-1", "A-2"}),
        "commissioner": (make_member(session, world.education, Role.DEPARTMENT_OFFICER), {"A-2"}),
        "health": (make_member(session, world.health, Role.DEPARTMENT_OFFICER), {"A-3"}),
        "observer": (
            make_member(session, make_observer(session, world.bureau), Role.OBSERVER),
            {"A-1", "A-2", "A-3"},
        ),
    }


def test_each_role_sees_its_own_engagements_and_guesses_nothing(
    new_client: Callable[[], Client], session: Session, world: World, several: dict[str, int]
) -> None:
    for name, (member, own) in roles(session, world).items():
        client = new_client()
        sign_in(client, member)
        assert set(contracts(client)) == own, name
        for number in several.keys() - own:
            assert client.get(f"/engagements/{several[number]}").status_code == 404, (name, number)
        assert client.get(f"/engagements/{several[min(own)]}").status_code == 200, name
        # Filters find nothing that the list would not show.
        assert set(contracts(client, f"?department_id={world.health.id}&q=A-")) <= own, name


def test_the_administrator_sees_no_engagements(
    client: Client, session: Session, world: World, several: dict[str, int]
) -> None:
    sign_in(client, make_member(session, world.bureau, Role.SYSTEM_ADMINISTRATOR))
    assert client.get("/engagements/").status_code == 403
    assert client.get(f"/engagements/{several['A-1']}").status_code == 403


def test_nobody_but_the_own_bureau_writes(
    new_client: Callable[[], Client], session: Session, world: World, several: dict[str, int]
) -> None:
    for name, (member, own) in roles(session, world).items():
        if name not in {"city", "other bureau", "rival", "unit", "observer"}:
            continue
        client = new_client()
        sign_in(client, member)
        expected = 404 if name == "other bureau" else 403
        for step in ("edit", "complete", "terminate", "reopen", "assessment-year"):
            path = f"/engagements/{several['A-2']}/{step}"
            assert client.get(path).status_code == expected, (name, step)
            assert client.post(path, data={"version": "1"}).status_code == expected, (name, step)
        if "A-2" in own:
            page = client.page(client.get(f"/engagements/{several['A-2']}"))
            assert not {text for text, _ in page.links} & {"修改", "终止", "登记完成", "调整"}, name
    assert set(session.scalars(select(Engagement.version))) == {1}


def test_ties_and_checks_are_for_bureaus_only(
    new_client: Callable[[], Client], session: Session, world: World, several: dict[str, int]
) -> None:
    make_tie(session, world.bureau, world.agency, world.school)
    found = roles(session, world)
    for name in ("bureau", "agency", "unit", "observer"):
        client = new_client()
        sign_in(client, found[name][0])
        text = client.page(client.get(f"/engagements/{several['A-1']}")).text
        assert ("存在利害关系" in text, "合规检查" in text) == (name == "bureau", name == "bureau"), name


# ---------------------------------------------------------------------------------------------- the list


def test_filters(client: Client, session: Session, world: World, supervisor: Membership) -> None:
    def make(number: str, **values: Any) -> None:
        make_engagement(
            session,
            world.bureau,
            values.pop("agency", world.agency),
            values.pop("unit", world.school),
            thing=world.thing,
            contract_number=number,
            **values,
        )

    make("old", signed_on=date(2021, 5, 1))
    make("late", is_overdue=True)
    make("done", state=EngagementState.COMPLETED, agency=world.rival, due_on=date(2022, 4, 1))
    make("health", unit=world.health, fee=9_900_000)
    sign_in(client, supervisor)
    assert contracts(client) == ["health", "done", "late", "old"]
    assert contracts(client, "?year=2021") == ["old"]
    assert contracts(client, "?overdue=1") == ["late"]
    assert contracts(client, "?state=completed") == ["done"]
    assert contracts(client, f"?agency_id={world.rival.id}") == ["done"]
    assert contracts(client, f"?department_id={world.health.id}") == ["health"]
    assert contracts(client, "?q=EAL") == ["health"]
    assert contracts(client, "?q=%25") == []
    assert contracts(client, "?sort=due") == ["done", "old", "late", "health"]
    assert contracts(client, "?sort=-fee")[0] == "health"
    assert contracts(client, f"?agency_id={world.foreign_agency.id}") == ["health", "done", "late", "old"]
    # Of few a part of a name is not asked for.
    assert contracts(client, "?department_id_part=卫生") == ["health", "done", "late", "old"]
    make_departments(session, world.bureau, MOST_OFFERED)
    assert contracts(client, "?department_id_part=卫生") == ["health"]
    assert contracts(client, "?department_id_part=街道1") == []
    assert contracts(client, f"?department_id={world.health.id}") == ["health"]


def test_paging_shows_every_row_once(
    client: Client, session: Session, world: World, supervisor: Membership
) -> None:
    for number in range(53):
        make_engagement(
            session,
            world.bureau,
            world.agency,
            world.school,
            thing=world.thing,
            contract_number=f"P-{number:02d}",
        )
    sign_in(client, supervisor)
    first = client.get("/engagements/")
    following = dict(client.page(first).links)["下一页"]
    shown = contracts(client) + contracts(client, following.removeprefix("/engagements/"))
    assert shown == [f"P-{number:02d}" for number in reversed(range(53))]


@pytest.mark.parametrize("role", [Role.BUREAU_SUPERVISOR, Role.AGENCY_MANAGER, Role.DEPARTMENT_OFFICER])
def test_a_list_costs_the_same_for_one_row_and_thirty(
    client: Client, session: Session, world: World, role: Role
) -> None:
    bodies = {
        Role.BUREAU_SUPERVISOR: world.bureau,
        Role.AGENCY_MANAGER: session.get_one(Body, world.agency.id),
        Role.DEPARTMENT_OFFICER: world.school,
    }
    make_engagement(session, world.bureau, world.agency, world.school, thing=world.thing)
    sign_in(client, make_member(session, bodies[role], role))
    client.get("/engagements/")
    with statements(session) as for_one:
        assert len(contracts(client)) == 1
    for _ in range(29):
        make_engagement(session, world.bureau, world.agency, world.school)
    session.commit()
    with statements(session) as for_thirty:
        assert len(contracts(client)) == 30
    assert len(for_thirty) == len(for_one)
    assert len(for_one) <= 8
