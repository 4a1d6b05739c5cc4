"""A municipal bureau and its district, two departments and two agencies: enough to see what could leak."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from agencyqa.accounts.models import Body, Membership
from agencyqa.agencies.models import Agency
from agencyqa.assessments.models import ScoreSheet
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.engagements.models import Engagement
from agencyqa.measures.enums import Purpose
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
from tests.factories.assessments import UNIT_ONLY, load_schemes, make_share_table, make_sheets
from tests.factories.engagements import make_engagement
from tests.kept import kept

# Before the reference scheme came into force, so that only the evaluated unit scores, by the Jiading form.
SIGNED_2018 = date(2018, 6, 1)
REFERENCE_FROM = date(2021, 9, 18)


@dataclass
class World:
    session: Session
    city: Body
    bureau: Body
    neighbour: Body
    department: Body
    other_department: Body
    agency: Agency
    other_agency: Agency
    lead: Membership
    supervisor: Membership
    second_supervisor: Membership
    city_supervisor: Membership
    neighbour_supervisor: Membership
    administrator: Membership
    officer: Membership
    other_officer: Membership
    manager: Membership
    other_manager: Membership
    observer: Membership
    engagement: Engagement

    def actor(self, membership: Membership) -> Actor:
        # A request makes the session forget what it had loaded.
        statement = select(Membership).where(Membership.id == membership.id)
        loaded = statement.options(joinedload(Membership.user), joinedload(Membership.body))
        return actor_of(self.session, self.session.scalars(loaded).one())

    def engage(self, signed_on: date = SIGNED_2018, agency: Agency | None = None) -> Engagement:
        return make_engagement(
            self.session, self.bureau, agency or self.agency, self.department, signed_on=signed_on
        )

    def sheets(self, engagement: Engagement | None = None) -> dict[Purpose, ScoreSheet]:
        return make_sheets(self.session, self.actor(self.supervisor), engagement or self.engagement)


@pytest.fixture
def world(session: Session) -> World:
    return build_world(session)


@kept
def build_world(session: Session) -> World:
    load_schemes(session)
    city = make_bureau(session, "上海市财政局")
    bureau = make_bureau(session, "长宁区财政局", parent=city)
    neighbour = make_bureau(session, "静安区财政局", parent=city)
    department = make_department(session, bureau, "区教育局")
    other_department = make_department(session, bureau, "区卫生健康委员会")
    agency = make_agency(session, bureau, "申评咨询有限公司")
    other_agency = make_agency(session, bureau, "浦江会计师事务所")
    make_share_table(session, bureau, UNIT_ONLY, date(2016, 1, 1), date(2021, 9, 17))
    make_share_table(session, bureau, valid_from=REFERENCE_FROM)

    def member(body: Body, role: Role) -> Membership:
        return make_member(session, body, role)

    def of_agency(agency: Agency) -> Membership:
        return make_member(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER)

    return World(
        session=session,
        city=city,
        bureau=bureau,
        neighbour=neighbour,
        department=department,
        other_department=other_department,
        agency=agency,
        other_agency=other_agency,
        lead=member(bureau, Role.BUREAU_LEAD),
        supervisor=member(bureau, Role.BUREAU_SUPERVISOR),
        second_supervisor=member(bureau, Role.BUREAU_SUPERVISOR),
        city_supervisor=member(city, Role.BUREAU_SUPERVISOR),
        neighbour_supervisor=member(neighbour, Role.BUREAU_SUPERVISOR),
        administrator=member(bureau, Role.SYSTEM_ADMINISTRATOR),
        officer=member(department, Role.DEPARTMENT_OFFICER),
        other_officer=member(other_department, Role.DEPARTMENT_OFFICER),
        manager=of_agency(agency),
        other_manager=of_agency(other_agency),
        observer=member(make_observer(session, bureau), Role.OBSERVER),
        engagement=make_engagement(session, bureau, agency, department, signed_on=SIGNED_2018),
    )


def switch_to(client: Client, membership: Membership) -> None:
    """Another person at the same browser."""
    client.delete_cookie("agencyqa")
    sign_in(client, membership)
