"""A page sends no more statements for fifty rows than for one, whoever opens it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Membership, User
from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.models import ScoreSheet
from agencyqa.auth.roles import BodyKind
from agencyqa.clock import today, utc_now
from agencyqa.db import Base
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.inspections.models import SpotCheck
from benchmarks.crowd import (
    AGENT,
    OFFICER,
    Crowd,
    Filler,
    begin_crowd,
    fill_engagements,
    fill_messages,
    make_numbers,
)
from benchmarks.crowd_files import fill_files
from benchmarks.crowd_marks import fill_marks
from benchmarks.crowd_scores import fill_scores
from benchmarks.crowd_work import fill_work
from benchmarks.data import SUPERVISOR
from benchmarks.scale import addresses, rows_for
from tests.client import Client
from tests.factories.accounts import make_bureau, make_department, sign_in
from tests.factories.agencies import make_agency
from tests.integration.engagements.world import statements

ENGAGEMENTS = 150
# The year that the questions of the benchmark name.
ASKED_YEAR = 2020
LISTS = (
    "/people",
    "/deliverables",
    "/team",
    "/independence",
    "/selections/",
    "/plans/",
    "/findings",
    "/orders",
)
# Rows that nobody may change, or that say who somebody is.
SHARED = frozenset(
    {"annual_results", "audit_entries", "bodies", "users", "memberships", "registrations", "sign_ins"}
)
OWNERS = {
    "bureau_id": BodyKind.BUREAU,
    "agency_id": BodyKind.AGENCY,
    "commissioner_id": BodyKind.DEPARTMENT,
    "evaluated_unit_id": BodyKind.DEPARTMENT,
    "department_id": BodyKind.DEPARTMENT,
}


def test_fifty_rows_cost_no_more_statements_than_one(
    app: Flask, new_client: Callable[[], Client], session: Session
) -> None:
    crowd = small_crowd(session)
    named = rows_for(session.connection(), crowd)
    # The lists, and the three pages that hold lists of all areas.
    rows = {name: named[name] for name in ("engagement_id", "agency_id", "object_id")}
    pages = [page for page in addresses(app, rows) if page.count("/") < 3 or page.endswith(LISTS)]
    people = {name: new_client() for name in (SUPERVISOR, AGENT, OFFICER)}
    for name, client in people.items():
        statement = sa.select(Membership).join(User, User.id == Membership.user_id)
        sign_in(client, session.scalars(statement.where(User.username == name)).one())
    many = {name: counted(client, session, pages) for name, client in people.items()}
    give_away(session, crowd)
    few = {name: counted(client, session, pages) for name, client in people.items()}
    grown = {
        (name, page): (few[name][page], count)
        for name, pages_of in many.items()
        for page, count in pages_of.items()
        if page in few[name] and count > few[name][page]
    }
    assert grown == {}
    # Otherwise the pages were not there to be compared.
    assert min(len(set(many[name]) & set(few[name])) for name in many) > 20


def small_crowd(session: Session) -> Crowd:
    """Three agencies, which work for the two departments of one bureau; fifty pieces of work each."""
    crowd = begin_crowd(session, Crowd(3, 30, ENGAGEMENTS, 2, today()), utc_now())
    connection = session.connection()
    make_numbers(connection, 5 * ENGAGEMENTS)
    filler = Filler(connection)
    for part in (fill_engagements, fill_messages, fill_work, fill_files, fill_marks, fill_scores):
        part(filler, crowd)
    connection.exec_driver_sql("DROP TABLE benchmark_numbers")
    # As the server does by itself with rows that stay; without, it takes every table for one of ten pages.
    connection.exec_driver_sql("ANALYZE")
    session.commit()
    return crowd


def give_away(session: Session, crowd: Crowd) -> None:
    """All but one or two rows of each kind go to another bureau, agency and department."""
    bureau = make_bureau(session)
    session.flush()
    others = {
        BodyKind.BUREAU: bureau.id,
        BodyKind.AGENCY: make_agency(session, bureau).id,
        BodyKind.DEPARTMENT: make_department(session, bureau).id,
    }
    session.flush()
    engagements = few_engagements(session, crowd)
    checks = select(SpotCheck.id).where(SpotCheck.engagement_id.in_(engagements))
    for table in Base.metadata.sorted_tables:
        owned = {name: others[kind] for name, kind in OWNERS.items() if name in table.c}
        if "bureau_id" not in owned or table.name in SHARED:
            continue
        if table.name == "score_sheets":
            # A sheet is about an engagement or about an agency, never about both.
            del owned["agency_id"]
        # The rows of the engagements that stay, and of what hangs on none the first.
        column = next(table.c[name] for name in ("engagement_id", "spot_check_id", "id") if name in table.c)
        stays: Any = {session.scalar(sa.select(sa.func.min(column)))}
        if column.name == "engagement_id" or table.name == "engagements":
            stays = engagements
        elif column.name == "spot_check_id":
            stays = checks
        session.execute(sa.update(table).where(column.not_in(stays)).values(owned))
    session.commit()


def few_engagements(session: Session, crowd: Crowd) -> set[int]:
    """That of the pages, another about its object and one by which its agency was at work for the evaluated unit; one
    of the year that is asked for, one that runs, and one whose sheet waits. So every list holds a row, and none holds
    more than a handful."""
    shown = session.get_one(Engagement, rows_for(session.connection(), crowd)["engagement_id"])
    about = select(Engagement.id).where(Engagement.object_id == shown.object_id)
    one = select(sa.func.min(Engagement.id)).where(Engagement.agency_id == shown.agency_id)
    waiting = select(ScoreSheet.engagement_id).where(ScoreSheet.state == SheetState.SUBMITTED)
    before = select(sa.func.max(Engagement.id)).where(
        Engagement.agency_id == shown.agency_id,
        Engagement.commissioner_id == shown.evaluated_unit_id,
        Engagement.id < shown.id,
    )
    found = {
        session.scalar(before),
        session.scalar(one.where(Engagement.assessment_year == ASKED_YEAR)),
        session.scalar(one.where(Engagement.state == EngagementState.CONTRACTED)),
        session.scalar(waiting.limit(1)),
    }
    return {*session.scalars(about), *(each for each in found if each is not None)}


def counted(client: Client, session: Session, pages: Iterable[str]) -> dict[str, int]:
    """The number of statements of each page that may be opened."""
    # What a process asks only once is no statement of a page.
    client.get("/account")
    found: dict[str, int] = {}
    for page in pages:
        with statements(session) as sent:
            answer = client.get(page)
        if answer.status_code == HTTPStatus.OK and answer.mimetype == "text/html":
            # Once a minute a page also notes that somebody is here.
            found[page] = sum(statement.startswith(("SELECT", "WITH")) for statement in sent)
    return found
