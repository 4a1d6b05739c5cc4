"""A municipality with two districts; an order of one of them, and everybody who might look at it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership
from agencyqa.agencies.models import Agency
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.engagements.models import Engagement
from agencyqa.inspections.models import SpotCheck
from agencyqa.notifications.models import InboxMessage
from tests.factories.accounts import (
    actor_of,
    make_bureau,
    make_department,
    make_member,
    make_observer,
    make_user,
)
from tests.factories.agencies import make_agency
from tests.factories.engagements import make_engagement
from tests.factories.inspections import make_spot_check
from tests.factories.measures import load_measures
from tests.kept import kept

DEMAND = "补齐工作底稿。"


@dataclass
class OrderWorld:
    session: Session
    bureau: Body
    agency: Agency
    engagement: Engagement
    check: SpotCheck
    members: dict[str, Membership] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        return self.actors[name]

    def told(self, code: str) -> list[str]:
        """Who has a message with this code, by the names of ``members``."""
        names = {member.id: name for name, member in self.members.items()}
        rows = self.session.scalars(select(InboxMessage.membership_id).where(InboxMessage.code == code))
        return sorted(names[row] for row in rows)


@kept
def make_orders_world(session: Session) -> OrderWorld:
    load_measures(session)
    city = make_bureau(session, "市财政局")
    bureau = make_bureau(session, "长宁区财政局", parent=city)
    foreign = make_bureau(session, "静安区财政局", parent=city)
    department = make_department(session, bureau)
    agency, rival = (
        make_agency(session, bureau, "甲咨询有限公司"),
        make_agency(session, bureau, "乙咨询有限公司"),
    )
    engagement = make_engagement(session, bureau, agency, department)
    check = make_spot_check(session, bureau, agency, engagement)
    world = OrderWorld(session, bureau, agency, engagement, check)
    agency_body, rival_body = session.get_one(Body, agency.id), session.get_one(Body, rival.id)
    for name, body, role in (
        ("supervisor", bureau, Role.BUREAU_SUPERVISOR),
        ("second", bureau, Role.BUREAU_SUPERVISOR),
        ("lead", bureau, Role.BUREAU_LEAD),
        ("admin", bureau, Role.SYSTEM_ADMINISTRATOR),
        ("city", city, Role.BUREAU_SUPERVISOR),
        ("foreign", foreign, Role.BUREAU_SUPERVISOR),
        ("manager", agency_body, Role.AGENCY_MANAGER),
        ("evaluator", agency_body, Role.PRINCIPAL_EVALUATOR),
        ("staff", agency_body, Role.AGENCY_STAFF),
        ("rival", rival_body, Role.AGENCY_MANAGER),
        ("department", department, Role.DEPARTMENT_OFFICER),
        ("observer", make_observer(session, bureau), Role.OBSERVER),
    ):
        user = make_user(session, display_name=f"人员{name}")
        world.members[name] = make_member(session, body, role, user)
        world.actors[name] = actor_of(session, world.members[name])
    return world
