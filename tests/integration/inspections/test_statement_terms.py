"""When the term of a statement is over: by working days, in every place that asks."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.audit.models import AuditEntry
from agencyqa.clock import local_date
from agencyqa.duties.enums import Duty
from agencyqa.duties.items import Scope
from agencyqa.duties.queries import Listing
from agencyqa.errors import WrongState
from agencyqa.inspections.enums import FindingState
from agencyqa.inspections.jobs import statements_due
from agencyqa.inspections.models import Finding
from agencyqa.inspections.services import decisions
from agencyqa.measures.models import WorkdayChange
from agencyqa.measures.reckoning import reckon
from agencyqa.measures.workdays import working_calendar
from agencyqa.reports.dashboards.agenda import agenda
from agencyqa.reports.dashboards.tasks import Part, What
from tests.integration.inspections.world import World, add, later, make_world, notify, recorded


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def finalise(world: World, finding: Finding, now: datetime) -> None:
    decisions.finalise_finding(
        world.actor("second"), world.session, finding, "已核实", seen_version=finding.version, now=now
    )


def to_decide(world: World, now: datetime) -> list[list[int]]:
    """In the work list and on the first page."""
    session, actor = world.session, world.actor("second")
    reckoning = reckon(session, local_date(now))
    rows = session.execute(Listing(Scope(actor, reckoning)).rows()).all()
    lines = agenda(session, actor, reckoning)[Part.DECIDE]
    return [
        [row.id for row in rows if row.duty == Duty.FINDING],
        [line.id for line in lines if line.what is What.FINDING],
    ]


def test_over_a_weekend_no_term_of_a_statement_lapses(session: Session, world: World) -> None:
    """Two working days from Wednesday end on Friday; until Monday the agency is in time and nobody decides."""
    check = recorded(world)
    spoken, silent = add(world, check), add(world, check)
    for finding in (spoken, silent):
        notify(world, finding, days=2)
    saturday, monday = later(3), later(5)
    assert statements_due(session, saturday) == 0
    assert to_decide(world, saturday) == [[], []]
    with pytest.raises(WrongState, match="statement_term_runs"):
        finalise(world, silent, saturday)
    decisions.make_statement(
        world.actor("manager"), session, spoken, "底稿已补齐", seen_version=spoken.version, now=saturday
    )
    assert decisions.is_statement_late(spoken, working_calendar(session)) is False
    session.commit()
    stated = select(AuditEntry.detail).where(AuditEntry.event == "inspections.finding.stated")
    assert [entry["is_late"] for entry in session.scalars(stated)] == [False]
    assert to_decide(world, saturday) == [[spoken.id]] * 2
    assert statements_due(session, monday) == 2
    assert [sorted(ids) for ids in to_decide(world, monday)] == [[spoken.id, silent.id]] * 2
    finalise(world, silent, monday)
    assert silent.state is FindingState.FINAL


def test_a_day_off_that_is_entered_on_that_day_keeps_the_term_open(session: Session, world: World) -> None:
    """What was kept of the list in the morning does not answer for the calendar of the afternoon."""
    finding = add(world, recorded(world))
    notify(world, finding, days=2)
    monday = later(5)
    assert to_decide(world, monday) == [[finding.id]] * 2
    session.add(
        WorkdayChange(day=local_date(monday), is_working=False, name="停电", source="通知", entered_at=monday)
    )
    session.flush()
    assert to_decide(world, monday) == [[], []]
