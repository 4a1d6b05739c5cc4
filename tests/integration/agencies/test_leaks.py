"""What each role sees of three registers that share an agency."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies import policies, queries
from agencyqa.agencies.enums import Standing
from agencyqa.agencies.models import Agency, Registration, Tie
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from tests.client import Client
from tests.factories.accounts import (
    NOW,
    actor_of,
    make_actor,
    make_bureau,
    make_department,
    make_member,
    make_observer,
    sign_in,
)
from tests.factories.agencies import make_agency, make_evaluator, make_tie
from tests.kept import kept

SHARED, ONLY_ONE, ONLY_TWO, UNKNOWN = "甲共享咨询", "乙长宁咨询", "丙静安咨询", "丁徐汇咨询"


@dataclass
class Town:
    city: Body
    one: Body
    two: Body
    apart: Body
    shared: Agency
    only_one: Agency
    only_two: Agency
    unknown: Agency


@pytest.fixture
def town(session: Session) -> Town:
    return build_town(session)


@kept
def build_town(session: Session) -> Town:
    """Two districts below a city and one that is not; one agency stands in both districts' registers."""
    city = make_bureau(session, "市财政局")
    one = make_bureau(session, "长宁区财政局", parent=city)
    two = make_bureau(session, "静安区财政局", parent=city)
    apart = make_bureau(session, "徐汇区财政局")
    shared = make_agency(session, one, SHARED)
    make_agency(session, two, SHARED, credit_code=shared.credit_code, standing=Standing.SUSPENDED)
    only_one = make_agency(session, one, ONLY_ONE)
    only_two = make_agency(session, two, ONLY_TWO, standing=Standing.REMOVED)
    unknown = make_agency(session, apart, UNKNOWN)
    make_tie(session, one, shared, make_department(session, one, "长宁教育局"))
    make_tie(session, two, shared, make_department(session, two, "静安教育局"))
    make_evaluator(session, two, only_two, "孙静安")
    return Town(city, one, two, apart, shared, only_one, only_two, unknown)


def seen(session: Session, actor: Actor) -> tuple[list[str], list[tuple[str, str, Standing]], list[str]]:
    """Agencies, rows of the list, and ties."""
    names = (
        select(Body.name).join(Agency, Agency.id == Body.id).where(policies.visible(actor)).order_by(Body.id)
    )
    rows = queries.register_rows(actor, day=local_date(NOW)).order_by(Registration.id)
    ties = (
        select(Body.name)
        .join(Tie, Tie.body_id == Body.id)
        .where(policies.tie_visible(actor))
        .order_by(Tie.id)
    )
    return (
        list(session.scalars(names)),
        [(row.name, row.bureau, row.standing) for row in session.execute(rows)],
        list(session.scalars(ties)),
    )


ONE_ROWS = [
    (SHARED, "长宁区财政局", Standing.REGISTERED),
    (ONLY_ONE, "长宁区财政局", Standing.REGISTERED),
]
TWO_ROWS = [
    (SHARED, "静安区财政局", Standing.SUSPENDED),
    (ONLY_TWO, "静安区财政局", Standing.REMOVED),
]


def test_what_each_role_sees(session: Session, town: Town) -> None:
    shared_body = session.get_one(Body, town.shared.id)
    for role in (Role.BUREAU_SUPERVISOR, Role.BUREAU_LEAD):
        assert seen(session, make_actor(session, town.one, role)) == (
            [SHARED, ONLY_ONE],
            ONE_ROWS,
            ["长宁教育局"],
        )
        assert seen(session, make_actor(session, town.two, role)) == (
            [SHARED, ONLY_TWO],
            TWO_ROWS,
            ["静安教育局"],
        )
        assert seen(session, make_actor(session, town.city, role)) == (
            [SHARED, ONLY_ONE, ONLY_TWO],
            [ONE_ROWS[0], TWO_ROWS[0], ONE_ROWS[1], TWO_ROWS[1]],
            ["长宁教育局", "静安教育局"],
        )
    observer = make_actor(session, make_observer(session, town.one), Role.OBSERVER)
    assert seen(session, observer) == ([SHARED, ONLY_ONE], ONE_ROWS, ["长宁教育局"])
    for role in (Role.AGENCY_MANAGER, Role.PRINCIPAL_EVALUATOR, Role.AGENCY_STAFF):
        assert seen(session, make_actor(session, shared_body, role)) == (
            [SHARED],
            [ONE_ROWS[0], TWO_ROWS[0]],
            ["长宁教育局", "静安教育局"],
        )
    department = make_department(session, town.one, "长宁卫生局")
    assert seen(session, make_actor(session, department, Role.DEPARTMENT_OFFICER)) == ([], [], [])
    assert seen(session, make_actor(session, town.city, Role.SYSTEM_ADMINISTRATOR)) == ([], [], [])


def test_a_district_page_shows_its_own_standing_only(client: Client, session: Session, town: Town) -> None:
    sign_in(client, make_member(session, town.one, Role.BUREAU_LEAD))
    page = client.page(client.get(f"/agencies/{town.shared.id}"))
    assert SHARED in page.text
    assert "长宁区财政局" in page.text
    assert "长宁教育局" in page.text
    for secret in ("静安", "已暂停", "暂停资格", "检查发现问题"):
        assert secret not in page.text
    listed = client.page(client.get("/agencies/")).text
    assert ONLY_ONE in listed
    for secret in (ONLY_TWO, UNKNOWN, "静安", "孙静安"):
        assert secret not in listed
    for agency in (town.only_two, town.unknown):
        for path in ("", "/history", "/profile", "/standing", "/qualifications/new", "/evaluators/new"):
            assert client.get(f"/agencies/{agency.id}{path}").status_code == 404
    # Not by a filter, a search or a foreign bureau's number either.
    for query in ("q=静安", f"bureau_id={town.two.id}", "standing=suspended", "standing=removed"):
        text = client.page(client.get(f"/agencies/?{query}")).text
        assert ONLY_TWO not in text
        assert "静安区财政局" not in text


def test_the_city_reads_every_row_and_writes_none_of_them(
    client: Client, session: Session, town: Town
) -> None:
    sign_in(client, make_member(session, town.city, Role.BUREAU_LEAD))
    page = client.page(client.get(f"/agencies/{town.shared.id}"))
    for text in ("长宁区财政局", "静安区财政局", "已登记", "已暂停", "登记到本局"):
        assert text in page.text
    assert "变更信息" not in page.text
    for path in ("profile", "standing", "qualifications/new", "evaluators/new", "ties/new"):
        assert client.get(f"/agencies/{town.shared.id}/{path}").status_code == 403
        assert client.post(f"/agencies/{town.shared.id}/{path}").status_code == 403
    filtered = client.page(client.get(f"/agencies/?bureau_id={town.two.id}")).text
    assert ONLY_TWO in filtered
    assert ONLY_ONE not in filtered


def test_an_agency_reads_itself_and_nothing_else(client: Client, session: Session, town: Town) -> None:
    member = make_member(session, session.get_one(Body, town.shared.id), Role.AGENCY_MANAGER)
    sign_in(client, member)
    page = client.page(client.get(f"/agencies/{town.shared.id}"))
    for text in ("长宁区财政局", "静安区财政局", "检查发现问题"):
        assert text in page.text
    assert not any("profile" in href or "standing" in href for _, href in page.links)
    listed = client.page(client.get("/agencies/")).text
    for secret in (ONLY_ONE, ONLY_TWO, UNKNOWN):
        assert secret not in listed
    assert client.get(f"/agencies/{town.only_one.id}").status_code == 404
    for path in ("/agencies/new", "/agencies/export", f"/agencies/{town.shared.id}/profile"):
        assert client.get(path).status_code == 403


def test_departments_and_administrators_have_no_register(
    client: Client, session: Session, town: Town
) -> None:
    department = make_department(session, town.one, "长宁卫生局")
    for body, role in ((department, Role.DEPARTMENT_OFFICER), (town.one, Role.SYSTEM_ADMINISTRATOR)):
        sign_in(client, make_member(session, body, role))
        for path in ("/agencies/", "/agencies/export", f"/agencies/{town.shared.id}"):
            answer = client.get(path)
            assert answer.status_code == 403
            assert SHARED not in answer.text
        client.post("/sign-out")


def test_an_observer_reads(client: Client, session: Session, town: Town) -> None:
    sign_in(client, make_member(session, make_observer(session, town.one), Role.OBSERVER))
    page = client.page(client.get(f"/agencies/{town.shared.id}"))
    assert "长宁教育局" in page.text
    assert "静安" not in page.text
    assert client.get(f"/agencies/{town.shared.id}/standing").status_code == 403
    assert client.get("/agencies/export").status_code == 403


def test_a_name_of_an_officer_stays_in_the_bureau(session: Session, town: Town) -> None:
    lead = make_member(session, town.one, Role.BUREAU_LEAD)
    actor = actor_of(session, lead)
    registration = queries.own_registration(session, actor, town.shared.id)
    assert registration is not None
    (view,) = queries.registrations_of(session, actor, town.shared.id)
    for event in view.events:
        event.change.decided_by_id = lead.user_id
    session.flush()
    (view,) = queries.registrations_of(session, actor, town.shared.id)
    assert {event.decided_by for event in view.events} == {actor.user_name}
    agency = make_actor(session, session.get_one(Body, town.shared.id), Role.AGENCY_MANAGER)
    views = queries.registrations_of(session, agency, town.shared.id)
    assert {event.decided_by for view in views for event in view.events} == {""}
