"""What is kept of a list between two requests answers nobody with the rights of another, nor with another calendar."""

from __future__ import annotations

import gc
import weakref
from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership
from agencyqa.auth.roles import Role
from agencyqa.duties import board
from agencyqa.duties.enums import Duty
from agencyqa.duties.items import Scope
from agencyqa.duties.narrowings import is_late, is_of_engagements
from agencyqa.duties.queries import Listing, next_of_engagements
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.deliverables.queries import deliverable_page
from agencyqa.engagements.enums import EngagementState
from agencyqa.measures.models import WorkdayChange
from agencyqa.measures.reckoning import reckon
from agencyqa.web.once import one_page
from tests.factories.accounts import NOW, make_member
from tests.factories.agencies import make_agency
from tests.factories.deliverables import make_deliverable
from tests.integration.reports.world import District, World, world

__all__ = ["world"]

FRIDAY, MONDAY, TUESDAY = date(2022, 7, 8), date(2022, 7, 11), date(2022, 7, 12)


@pytest.fixture
def own(world: World) -> District:
    return world.own


def close(session: Session, day: date) -> None:
    """A day off that nobody knew of before."""
    session.add(WorkdayChange(day=day, is_working=False, name="停电", source="通知", entered_at=NOW))
    session.flush()


def test_a_day_off_that_is_entered_during_the_day_counts_in_the_next_request(
    app: Flask, own: District
) -> None:
    """What was due on Friday is late on Monday; not if Monday turns out to be no working day."""
    session, actor = own.session, own.actor(own.supervisor)
    engagement = own.engage("周五到期", due_on=FRIDAY)
    plan = make_deliverable(session, engagement, DeliverableKind.PLAN, due_on=FRIDAY)
    session.flush()

    def seen() -> tuple[set[tuple[Duty, int]], int, list[tuple[int, int]]]:
        """The late lines of the work list, of the board's column, and the rank of each row of its table."""
        scope = Scope(actor, reckon(session, MONDAY))
        with app.test_request_context():
            late = Listing(scope).rows(is_late)
            column = next(
                each
                for each in board.columns(session, scope, None)
                if each.state is EngagementState.CONTRACTED
            )
            page = board.table_page(session, scope, None, {})
        ranks = [(row.id, row.keyset_0) for row in page.rows]
        return {(Duty(row.duty), row.id) for row in session.execute(late)}, column.late, ranks

    lines = {(Duty.ENGAGEMENT, engagement.id), (Duty.DELIVERABLE, plan.id)}
    lines_before, late_before, ranks_before = seen()
    assert lines_before >= lines
    assert dict(ranks_before)[engagement.id] == 0
    assert seen() == (lines_before, late_before, ranks_before)
    close(session, MONDAY)
    lines_after, late_after, ranks_after = seen()
    assert (lines_before - lines_after, late_before - late_after) == (lines, 1)
    assert dict(ranks_after)[engagement.id] == 1


def test_each_reads_his_own_rows_however_often_and_in_whatever_turn_they_ask(
    app: Flask, own: District
) -> None:
    session = own.session
    rival = make_agency(session, own.bureau, "对手机构")
    theirs, ours = own.engage("对手的项目", rival), own.engage("我们的项目")
    plans = {
        who: make_deliverable(session, engagement, DeliverableKind.PLAN, due_on=TUESDAY).id
        for who, engagement in (("rival", theirs), ("own", ours))
    }
    stranger = make_member(session, session.get_one(Body, rival.id), Role.AGENCY_MANAGER)
    session.flush()

    def seen(person: Membership) -> tuple[set[int], set[int], set[int]]:
        """The deliverables of the list, the lines of the work list and the next steps on two engagements."""
        actor = own.actor(person)
        scope = Scope(actor, reckon(session, MONDAY))
        with app.test_request_context():
            rows = deliverable_page(session, actor, {}).rows
            listed = Listing(scope).page(session, {}, duty=Duty.DELIVERABLE).rows
            steps = next_of_engagements(session, scope, [theirs.id, ours.id])
        return {row.id for row in rows}, {row.id for row in listed}, set(steps)

    every = set(plans.values())
    expected = {
        own.supervisor: (every, every, {theirs.id, ours.id}),
        stranger: ({plans["rival"]}, {plans["rival"]}, {theirs.id}),
        own.manager: ({plans["own"]}, {plans["own"]}, {ours.id}),
    }
    for person in (own.supervisor, stranger, own.manager, stranger, own.supervisor):
        assert seen(person) == expected[person]


def test_a_person_who_changes_to_another_role_reads_by_that_role(app: Flask, own: District) -> None:
    session = own.session
    plan = make_deliverable(session, own.engage("本机构的项目"), DeliverableKind.PLAN, due_on=TUESDAY)
    other = make_deliverable(
        session, own.engage("对手的项目", make_agency(session, own.bureau, "对手机构")), DeliverableKind.PLAN
    )
    other.due_on = TUESDAY
    moved = make_member(
        session, session.get_one(Body, own.agency.id), Role.AGENCY_MANAGER, user=own.supervisor.user
    )
    session.flush()
    with app.test_request_context():
        found = [
            sorted(row.id for row in deliverable_page(session, own.actor(person), {}).rows)
            for person in (own.supervisor, moved, own.supervisor)
        ]
    assert found == [[plan.id, other.id], [plan.id], [plan.id, other.id]]


def test_of_any_number_of_engagements_the_statement_is_the_same(own: District) -> None:
    scope = Scope(own.actor(own.supervisor), reckon(own.session, MONDAY))
    assert Listing(scope).rows(is_of_engagements) is Listing(scope).rows(is_of_engagements)
    numbers = [own.engage(f"项目{n}", due_on=FRIDAY).id for n in range(3)]
    own.session.flush()
    with one_page():
        for count in range(4):
            assert set(next_of_engagements(own.session, scope, numbers[:count])) == set(numbers[:count])


def test_of_the_large_statements_of_the_board_few_are_kept(own: District) -> None:
    """Each takes megabytes once its pages are asked for, and every reader, year and day has one of its own."""
    scope = Scope(own.actor(own.supervisor), reckon(own.session, MONDAY))
    made = [weakref.ref(board.by_lateness(scope, year)) for year in range(1980, 2030)]
    assert board.by_lateness(scope, 2029) is made[-1]()
    gc.collect()
    assert sum(each() is not None for each in made) <= 20
