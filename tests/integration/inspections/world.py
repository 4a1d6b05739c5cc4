"""A district with its people, a neighbour, and two agencies: enough for something to leak."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from agencyqa.accounts.models import Body, Membership, User
from agencyqa.agencies.models import Agency
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.engagements.hooks import evidence_listeners
from agencyqa.engagements.models import Engagement
from agencyqa.inspections.enums import Answer, Channel, Severity
from agencyqa.inspections.models import Finding, SpotCheck
from agencyqa.inspections.services import checks, findings, recording
from agencyqa.inspections.services.reference import load_checklists
from agencyqa.notifications.models import InboxMessage
from tests.client import Client
from tests.factories.accounts import (
    NOW,
    actor_of,
    make_bureau,
    make_department,
    make_member,
    make_observer,
)
from tests.factories.agencies import make_agency
from tests.factories.engagements import make_engagement
from tests.factories.inspections import make_faults
from tests.factories.measures import load_measures
from tests.kept import kept

FACTS = "抽查的 3 个指标没有工作底稿"


@dataclass
class World:
    city: Body
    bureau: Body
    department: Body
    agency: Agency
    engagement: Engagement
    first: Membership
    second: Membership
    third: Membership
    lead: Membership
    manager: Membership
    staff: Membership
    officer: Membership
    observer: Membership
    city_lead: Membership
    other_bureau: Body
    other_supervisor: Membership
    rival: Agency
    rival_manager: Membership
    session: Session

    def actor(self, name: str) -> Actor:
        membership: Membership = getattr(self, name)
        membership.user, membership.body = (
            self.session.get_one(User, membership.user_id),
            self.session.get_one(Body, membership.body_id),
        )
        return actor_of(self.session, membership)


@kept
def make_world(session: Session) -> World:
    load_measures(session)
    make_faults(session)
    load_checklists(session, NOW)
    city = make_bureau(session, "市财政局")
    bureau = make_bureau(session, "长宁区财政局", parent=city)
    other = make_bureau(session, "乙区财政局", parent=city)
    department = make_department(session, bureau, "区教育局")
    agency = make_agency(session, bureau, "甲咨询有限公司")
    rival = make_agency(session, bureau, "乙会计师事务所")
    agency_body, rival_body = session.get_one(Body, agency.id), session.get_one(Body, rival.id)

    def member(body: Body, role: Role) -> Membership:
        return make_member(session, body, role)

    return World(
        city=city,
        bureau=bureau,
        department=department,
        agency=agency,
        engagement=make_engagement(session, bureau, agency, department, contract_number="HT-甲-1"),
        first=member(bureau, Role.BUREAU_SUPERVISOR),
        second=member(bureau, Role.BUREAU_SUPERVISOR),
        third=member(bureau, Role.BUREAU_SUPERVISOR),
        lead=member(bureau, Role.BUREAU_LEAD),
        manager=member(agency_body, Role.AGENCY_MANAGER),
        staff=member(agency_body, Role.AGENCY_STAFF),
        officer=member(department, Role.DEPARTMENT_OFFICER),
        observer=member(make_observer(session, bureau), Role.OBSERVER),
        city_lead=member(city, Role.BUREAU_LEAD),
        other_bureau=other,
        other_supervisor=member(other, Role.BUREAU_SUPERVISOR),
        rival=rival,
        rival_manager=member(rival_body, Role.AGENCY_MANAGER),
        session=session,
    )


def plan(world: World, *, people: tuple[str, ...] = ("first", "second"), **changes: Any) -> SpotCheck:
    values: dict[str, Any] = {
        "contract_number": world.engagement.contract_number,
        "agency_id": None,
        "checked_on": date(2022, 6, 10),
        "channel": Channel.FILES_ON_SITE,
        "purpose": "年度抽查",
        "inspector_ids": [getattr(world, name).user_id for name in people],
    }
    data = checks.PlanData(**{**values, **changes})
    return checks.plan_check(world.actor("first"), world.session, data, now=NOW)


def declare_none(world: World, check: SpotCheck, *people: str) -> None:
    for name in people or ("first", "second"):
        checks.declare(world.actor(name), world.session, check, has_conflict=False, note="", now=NOW)


def recorded(world: World, **changes: Any) -> SpotCheck:
    """Planned, declared, filled in and closed by its inspectors."""
    check = plan(world, **changes)
    declare_none(world, check)
    recording.write_answers(
        world.actor("first"),
        world.session,
        check,
        {"contract": (Answer.YES, ""), "work_papers": (Answer.NO, FACTS)},
        "总体规范",
        seen_version=check.version,
        now=NOW,
    )
    recording.close_record(
        world.actor("second"),
        world.session,
        check,
        leave_unanswered=True,
        seen_version=check.version,
        now=NOW,
    )
    return check


def finding_data(**changes: Any) -> findings.FindingData:
    values: dict[str, Any] = {
        "fault_code": "no_work_paper",
        "occurrences": 3,
        "severity": Severity.ORDINARY,
        "facts": FACTS,
        "fact_on": date(2022, 5, 20),
    }
    return findings.FindingData(**{**values, **changes})


def add(world: World, check: SpotCheck, author: str = "first", **changes: Any) -> Finding:
    return findings.add_finding(world.actor(author), world.session, check, finding_data(**changes), now=NOW)


def notify(world: World, finding: Finding, *, days: int = 5, now: datetime = NOW) -> None:
    findings.notify_agency(
        world.actor("first"),
        world.session,
        finding,
        working_days=days,
        seen_version=finding.version,
        now=now,
    )


def later(days: int) -> datetime:
    return NOW + timedelta(days=days)


@contextmanager
def evidence_changes() -> Iterator[list[int]]:
    """The engagements of which the scores were told."""
    told: list[int] = []

    def listen(session: Session, engagement_id: int, now: datetime) -> None:
        told.append(engagement_id)

    evidence_listeners.append(listen)
    try:
        yield told
    finally:
        evidence_listeners.remove(listen)


def inbox(world: World, name: str) -> list[str]:
    """Codes of the messages to a person, oldest first."""
    statement = select(InboxMessage.code).where(InboxMessage.membership_id == getattr(world, name).id)
    return list(world.session.scalars(statement.order_by(InboxMessage.id)))


def confirm(client: Client, opened: TestResponse, **changes: str) -> TestResponse:
    """Send the page's question, a form without a name, with its own hidden values."""
    form = next(form for form in client.page(opened).forms if not form.action and form.method == "post")
    return client.post(opened.request.path, data={**form.values, **changes}, csrf=False)
