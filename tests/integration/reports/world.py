"""Two districts of a city with a year that was really scored, and everything in the neighbour's that could leak."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from agencyqa.accounts.models import Body, Membership
from agencyqa.agencies.models import Agency
from agencyqa.assessments.enums import WeightMode
from agencyqa.assessments.models import AnnualResult, AssessmentRound, ScoreSheet
from agencyqa.assessments.services.publication import publish_round
from agencyqa.assessments.services.review import finalise_sheet
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.engagements.models import Engagement
from agencyqa.measures.enums import Purpose
from tests.client import Client
from tests.factories.accounts import (
    NOW,
    actor_of,
    make_bureau,
    make_department,
    make_member,
    make_observer,
    sign_in,
)
from tests.factories.agencies import make_agency
from tests.factories.assessments import (
    best_answers,
    load_schemes,
    make_grade_table,
    make_share_table,
    make_sheets,
    program_of_sheet,
    submit,
)
from tests.factories.engagements import make_engagement
from tests.factories.objects import make_object
from tests.factories.rounds import make_round
from tests.kept import kept

SIGNED = date(2022, 3, 1)


@dataclass
class District:
    """A bureau with its people, one department and one agency of its own."""

    session: Session
    bureau: Body
    department: Body
    agency: Agency
    lead: Membership
    supervisor: Membership
    reviewer: Membership
    officer: Membership
    manager: Membership

    def actor(self, membership: Membership) -> Actor:
        # A request makes the session forget what it had loaded.
        statement = select(Membership).where(Membership.id == membership.id)
        loaded = statement.options(joinedload(Membership.user), joinedload(Membership.body))
        return actor_of(self.session, self.session.scalars(loaded).one())

    def engage(self, name: str, agency: Agency | None = None, **more: Any) -> Engagement:
        thing = make_object(self.session, self.bureau, self.department, name)
        values = {"signed_on": SIGNED, "thing": thing, **more}
        return make_engagement(self.session, self.bureau, agency or self.agency, self.department, **values)

    def sheets(self, engagement: Engagement, due_on: date | None = None) -> dict[Purpose, ScoreSheet]:
        return make_sheets(self.session, self.actor(self.supervisor), engagement, due_on)

    def score(self, engagement: Engagement, *, lost: int = 0) -> dict[Purpose, ScoreSheet]:
        """Both sheets filled in and accepted; ``lost`` units are taken off the unit's first free figure."""
        sheets = self.sheets(engagement)
        for role, sheet in sheets.items():
            self.submit(sheet, lost=lost if role is Purpose.EVALUATED_UNIT else 0)
            self.accept(sheet)
        return sheets

    def submit(self, sheet: ScoreSheet, *, lost: int = 0) -> None:
        scorer = self.supervisor if sheet.scorer_role is Purpose.BUREAU else self.officer
        answers = best_answers(program_of_sheet(self.session, sheet))
        if lost:
            answers["communication"]["value"] -= lost
        submit(self.session, self.actor(scorer), sheet, answers)

    def accept(self, sheet: ScoreSheet) -> None:
        finalise_sheet(self.actor(self.reviewer), self.session, sheet, seen_version=sheet.version, now=NOW)

    def round(self, mode: WeightMode = WeightMode.EQUAL) -> AssessmentRound:
        return make_round(self.session, self.actor(self.supervisor), mode)

    def publish(self, found: AssessmentRound) -> AssessmentRound:
        publish_round(
            self.actor(self.lead),
            self.session,
            found,
            seen_version=found.version,
            accept_provisional=True,
            provisional_reason="按期发布",
            now=NOW,
        )
        return found

    def results(self, found: AssessmentRound) -> list[AnnualResult]:
        statement = select(AnnualResult).where(AnnualResult.round_id == found.id)
        return list(self.session.scalars(statement.order_by(AnnualResult.sort_position)))


@dataclass
class World:
    city: Body
    own: District
    other: District
    observer: Membership
    administrator: Membership


def make_district(session: Session, city: Body, name: str, department: str, agency: str) -> District:
    bureau = make_bureau(session, name, parent=city)
    unit = make_department(session, bureau, department)
    entered = make_agency(session, bureau, agency)
    make_share_table(session, bureau)
    make_grade_table(session, bureau)
    return District(
        session=session,
        bureau=bureau,
        department=unit,
        agency=entered,
        lead=make_member(session, bureau, Role.BUREAU_LEAD),
        supervisor=make_member(session, bureau, Role.BUREAU_SUPERVISOR),
        reviewer=make_member(session, bureau, Role.BUREAU_SUPERVISOR),
        officer=make_member(session, unit, Role.DEPARTMENT_OFFICER),
        manager=make_member(session, session.get_one(Body, entered.id), Role.AGENCY_MANAGER),
    )


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


@kept
def make_world(session: Session) -> World:
    load_schemes(session)
    city = make_bureau(session, "上海市财政局")
    own = make_district(session, city, "长宁区财政局", "区教育局", "申评咨询有限公司")
    other = make_district(session, city, "静安区财政局", "区民政局", "静远会计师事务所")
    return World(
        city,
        own,
        other,
        make_member(session, make_observer(session, own.bureau), Role.OBSERVER),
        make_member(session, own.bureau, Role.SYSTEM_ADMINISTRATOR),
    )


Open = Callable[[Membership], str]


@pytest.fixture
def front_page(client: Client) -> Open:
    """The text of the first page as the person sees it, who signs in anew."""

    def show(membership: Membership) -> str:
        client.delete_cookie("agencyqa")
        sign_in(client, membership)
        answer = client.get("/")
        assert answer.status_code == 200
        return client.page(answer).text

    return show


@contextmanager
def statements(connection: sa.Connection) -> Iterator[list[str]]:
    """What is asked of the database inside, transaction control left out."""
    sent: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            sent.append(statement)

    sa.event.listen(connection, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(connection, "before_cursor_execute", note)
