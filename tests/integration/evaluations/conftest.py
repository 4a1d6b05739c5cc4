"""A municipal bureau with two districts, four departments and two agencies: enough to see what could leak."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from agencyqa.accounts.models import Body, Membership
from agencyqa.agencies.models import Agency
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.engagements.models import Engagement
from tests.client import Client
from tests.factories.accounts import (
    actor_of,
    make_bureau,
    make_department,
    make_member,
    make_observer,
    sign_in,
)
from tests.factories.agencies import make_agency
from tests.factories.engagements import make_engagement
from tests.factories.evaluations import SOUND, indicators, units
from tests.factories.measures import load_measures
from tests.kept import kept


@dataclass
class World:
    """``unit`` is evaluated, ``commissioner`` commissions; ``third`` and ``fourth`` have no part in it."""

    session: Session
    bureau: Body
    unit: Body
    commissioner: Body
    third: Body
    fourth: Body
    foreign: Body
    agency: Agency
    other_agency: Agency
    people: dict[str, Membership]
    engagement: Engagement

    def actor(self, name: str) -> Actor:
        # A request makes the session forget what it had loaded.
        statement = select(Membership).where(Membership.id == self.people[name].id)
        loaded = statement.options(joinedload(Membership.user), joinedload(Membership.body))
        return actor_of(self.session, self.session.scalars(loaded).one())

    def switch(self, client: Client, name: str) -> None:
        client.delete_cookie("agencyqa")
        sign_in(client, self.people[name])


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


@kept
def make_world(session: Session) -> World:
    load_measures(session)
    city = make_bureau(session, "上海市财政局")
    bureau = make_bureau(session, "长宁区财政局", parent=city)
    neighbour = make_bureau(session, "静安区财政局", parent=city)
    unit = make_department(session, bureau, "区教育局")
    commissioner = make_department(session, bureau, "区发展改革委")
    third = make_department(session, bureau, "区卫生健康委")
    fourth = make_department(session, bureau, "区民政局")
    foreign = make_department(session, neighbour, "静安区教育局")
    agency = make_agency(session, bureau, "申评咨询有限公司")
    other_agency = make_agency(session, bureau, "浦江会计师事务所")
    places = {
        "supervisor": (bureau, Role.BUREAU_SUPERVISOR),
        "lead": (bureau, Role.BUREAU_LEAD),
        "city": (city, Role.BUREAU_SUPERVISOR),
        "neighbour": (neighbour, Role.BUREAU_SUPERVISOR),
        "administrator": (bureau, Role.SYSTEM_ADMINISTRATOR),
        "unit": (unit, Role.DEPARTMENT_OFFICER),
        "commissioner": (commissioner, Role.DEPARTMENT_OFFICER),
        "third": (third, Role.DEPARTMENT_OFFICER),
        "fourth": (fourth, Role.DEPARTMENT_OFFICER),
        "foreign": (foreign, Role.DEPARTMENT_OFFICER),
        "manager": (session.get_one(Body, agency.id), Role.AGENCY_MANAGER),
        "staff": (session.get_one(Body, agency.id), Role.AGENCY_STAFF),
        "rival": (session.get_one(Body, other_agency.id), Role.AGENCY_MANAGER),
        "observer": (make_observer(session, bureau), Role.OBSERVER),
    }
    return World(
        session=session,
        bureau=bureau,
        unit=unit,
        commissioner=commissioner,
        third=third,
        fourth=fourth,
        foreign=foreign,
        agency=agency,
        other_agency=other_agency,
        people={name: make_member(session, body, role) for name, (body, role) in places.items()},
        engagement=make_engagement(
            session, bureau, agency, unit, commissioner=commissioner, contract_number="HT-评价-01"
        ),
    )


def faulty(world: World, **changes: object) -> dict[str, object]:
    """Two branches with wrong scores, a wrong total, grade and maximum, too few results."""
    rows = [list(row) for row in SOUND]
    rows[0][4], rows[3][4] = 18.5, 20
    rows[1][3] = 22
    return {
        "indicators": indicators([tuple(row) for row in rows]),
        "stated_total": units(92),
        "stated_grade": "良",
        **changes,
    }
