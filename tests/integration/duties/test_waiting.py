"""What waits for the bureau, weighed by its dates, is what the plain way finds: each line looked up, then weighed."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Membership, User
from agencyqa.clock import local_date, today, utc_now
from agencyqa.duties.enums import Duty, TermKind
from agencyqa.duties.items import Scope
from agencyqa.duties.models import DutyTerm
from agencyqa.duties.narrowings import is_of_bureaus
from agencyqa.duties.queries import LONGEST_WAITING, Listing
from agencyqa.duties.terms import terms_of
from agencyqa.duties.waiting import SHOWN, KindOfWaiting, Waiting, waiting_page
from agencyqa.measures.reckoning import reckon
from benchmarks.crowd import Crowd, Filler, begin_crowd, fill_engagements, make_numbers
from benchmarks.crowd_marks import fill_marks
from benchmarks.crowd_scores import fill_scores
from benchmarks.crowd_work import fill_work
from benchmarks.data import SUPERVISOR
from tests.factories.accounts import NOW, actor_of


@pytest.fixture
def scope(session: Session) -> Scope:
    """More waits for the bureau than the page shows."""
    crowd = begin_crowd(session, Crowd(400, 4000, 1600, 3, today()), utc_now())
    connection = session.connection()
    make_numbers(connection, 5 * crowd.engagements)
    filler = Filler(connection)
    for part in (fill_engagements, fill_work, fill_marks, fill_scores):
        part(filler, crowd)
    connection.exec_driver_sql("DROP TABLE benchmark_numbers")
    for duty, days in ((Duty.SHEET_REVIEW, 10), (Duty.NOTICE, 3), (Duty.RECUSAL, 20)):
        session.add(
            DutyTerm(
                bureau_id=crowd.bureau_id,
                kind=TermKind.LIMIT,
                duty=duty,
                working_days=days,
                valid_from=date(2017, 1, 1),
                source="局内规定",
                entered_at=NOW,
            )
        )
    session.flush()
    # Without figures about so many new rows PostgreSQL guesses that there are none.
    connection.exec_driver_sql("ANALYZE")
    statement = sa.select(Membership).join(User, User.id == Membership.user_id)
    member = session.scalars(
        statement.where(User.username == SUPERVISOR).options(
            sa.orm.joinedload(Membership.user), sa.orm.joinedload(Membership.body)
        )
    ).one()
    return Scope(actor_of(session, member), reckon(session, today()))


def plain(session: Session, scope: Scope, duty: Duty | None) -> tuple[list[Waiting], list[KindOfWaiting]]:
    listing, calendar, day = Listing(scope), scope.reckoning.calendar, scope.day
    terms = terms_of(session, scope.actor.bureau_ids)
    found = []
    for item in listing.items(session.execute(listing.rows(is_of_bureaus, facets=LONGEST_WAITING))):
        begun = None if item.since is None else local_date(item.since)
        limit = None if begun is None else terms.limit(item.bureau_id, item.duty, begun)
        due_on, is_provisional = item.due_on, False
        if due_on is None and begun is not None and limit is not None:
            due = calendar.add(begun, limit)
            due_on, is_provisional = due.on, due.is_provisional
        late = None if due_on is None else calendar.late_days(due_on, day)
        found.append(
            Waiting(
                limit,
                due_on,
                is_provisional or (late is not None and late.is_provisional),
                None if begun is None else calendar.late_days(begun, day).days,
                0 if late is None else late.days,
                item,
            )
        )
    kinds = [
        KindOfWaiting(each, len(lates), sum(late > 0 for late in lates))
        for each in Duty
        if (lates := [one.late for one in found if one.item.duty is each])
    ]
    found = [one for one in found if duty is None or one.item.duty is duty]
    found.sort(
        key=lambda one: (
            -one.late,
            one.due_on or date.max,
            -(one.waited or 0),
            one.item.duty.value,
            one.item.id,
        )
    )
    return found, kinds


def test_what_waits_is_what_the_plain_way_finds(app: Flask, session: Session, scope: Scope) -> None:
    with app.test_request_context():
        for duty in (None, Duty.SHEET_REVIEW, Duty.RECUSAL, Duty.CHECK, Duty.ROUND):
            found, kinds = plain(session, scope, duty)
            page = waiting_page(session, scope, duty)
            assert page.rows == found[:SHOWN]
            assert page.kinds == kinds
            assert (page.count, page.late) == (
                sum(kind.count for kind in kinds),
                sum(kind.late for kind in kinds),
            )
            assert not page.is_cut
            if duty is None:
                # Otherwise nothing was left out, and nothing weighed.
                assert len(found) > SHOWN
                assert len(kinds) > 5
                assert page.late > 0
