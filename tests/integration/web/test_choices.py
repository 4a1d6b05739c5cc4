"""Of thousands of agencies, people, departments and objects no page offers a list that nobody reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership, User
from agencyqa.agencies.models import Appointment
from agencyqa.auth.roles import Role
from agencyqa.clock import today, utc_now
from agencyqa.web.fields.found import MOST_OFFERED
from benchmarks.crowd import (
    ADMINISTRATOR,
    AGENT,
    OFFICER,
    Crowd,
    Filler,
    begin_crowd,
    fill_engagements,
    make_numbers,
)
from benchmarks.crowd_marks import fill_marks
from benchmarks.crowd_scores import fill_scores
from benchmarks.crowd_work import fill_work
from benchmarks.data import SUPERVISOR
from benchmarks.scale import FILES, rows_for
from tests.client import Client
from tests.factories.accounts import make_member, sign_in

MANY = MOST_OFFERED + 5
BOX = re.compile(r'<select[^>]* name="([^"]*)".*?</select>', re.DOTALL)
LEAD = "lead"
# Its length is the program's and grows with no register.
OF_PROGRAM = frozenset({"event"})


# The walk takes a minute, and what a page offers is the page's: the stricter of the two databases is enough.
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_no_page_offers_more_than_anybody_reads(
    app: Flask, new_client: Callable[[], Client], session: Session
) -> None:
    crowd = big_crowd(session)
    found: dict[str, int] = {}
    broken: set[str] = set()
    opened: set[str] = set()
    for name, membership in people(session, crowd).items():
        client = new_client()
        sign_in(client, membership)
        for page in pages(app, rows_for(session.connection(), crowd)):
            # What a lead may do beyond a supervisor is all that his own walk adds.
            if name == LEAD and page in opened:
                continue
            answer = client.get(page)
            if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                broken.add(f"{name} {page}")
            if answer.status_code != HTTPStatus.OK or answer.mimetype != "text/html":
                continue
            opened.add(page)
            for box in BOX.finditer(answer.text):
                count = box[0].count("<option")
                if count > MOST_OFFERED + 1 and box[1] not in OF_PROGRAM:
                    found[f"{name} {page} {box[1]}"] = count
    assert (found, broken) == ({}, set())
    assert len(opened) > 100


def big_crowd(session: Session) -> Crowd:
    """Of each thing somewhat more than is offered; the people of 21 agencies work for the first."""
    crowd = begin_crowd(session, Crowd(MANY, 10 * MANY, 4 * MANY, MANY, today()), utc_now())
    connection = session.connection()
    make_numbers(connection, 5 * crowd.engagements)
    filler = Filler(connection)
    for part in (fill_engagements, fill_work, fill_marks, fill_scores):
        part(filler, crowd)
    connection.exec_driver_sql("DROP TABLE benchmark_numbers")
    merged = Appointment.agency_id < crowd.first_agency + MANY // 10 + 1
    session.execute(sa.update(Appointment).where(merged).values(agency_id=crowd.first_agency))
    # As the server does by itself with rows that stay. Without, PostgreSQL takes every table for one of ten pages, and
    # what waits for the engagements of the board took it more than ten minutes.
    connection.exec_driver_sql("ANALYZE")
    session.commit()
    return crowd


def people(session: Session, crowd: Crowd) -> dict[str, Membership]:
    statement = sa.select(Membership).join(User, User.id == Membership.user_id)
    found = {
        name: session.scalars(statement.where(User.username == name)).one()
        for name in (SUPERVISOR, AGENT, OFFICER, ADMINISTRATOR)
    }
    bureau = session.get_one(Body, crowd.bureau_id)
    return {**found, LEAD: make_member(session, bureau, Role.BUREAU_LEAD)}


def pages(app: Flask, ids: dict[str, object]) -> Iterator[str]:
    """Every page that is read, with its forms, as far as ``ids`` names a row for what its address asks for."""
    ways = app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" in (rule.methods or ()) and rule.arguments <= set(ids) and rule.endpoint not in FILES:
            yield ways.build(rule.endpoint, {name: ids[name] for name in rule.arguments})
    yield ways.build("agencies.propose_entry", {"agency_id": ids["agency_id"], "key": "tie"})
