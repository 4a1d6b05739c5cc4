"""The morning job: each occasion once, to those whose turn it is, and to nobody who may not see the page."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from agencyqa.accounts.models import Membership
from agencyqa.auth.actor import Actor
from agencyqa.duties.enums import Duty, TermKind
from agencyqa.duties.jobs import remind
from agencyqa.duties.kinds import KINDS
from agencyqa.duties.terms import TermData, set_term
from agencyqa.engagements.deliverables.jobs import mark_overdue
from agencyqa.notifications.models import InboxMessage
from agencyqa.notifications.params import from_json
from agencyqa.notifications.visibility import may_see
from agencyqa.reports.mail_targets import CHECKS
from tests.factories.accounts import NOW
from tests.integration.reports.filled import fill
from tests.integration.reports.world import District, World, world

__all__ = ["world"]

# A Friday; the deliverable and the check of the district fall due on 20 and 15 July.
FRIDAY = datetime(2022, 7, 15, 3, 0, tzinfo=UTC)


@pytest.fixture
def own(world: World) -> District:
    fill(world.own, "本区项目")
    fill(world.other, "邻区项目")
    world.own.session.execute(sa.delete(InboxMessage))
    return world.own


def told(district: District, person: Membership) -> list[tuple[str, str, str]]:
    rows = district.session.execute(
        sa.select(InboxMessage.code, InboxMessage.params)
        .where(InboxMessage.membership_id == person.id)
        .order_by(InboxMessage.id)
    )
    found = []
    for code, params in rows:
        values = from_json(params)
        found.append((code, str(values.get("duty", values.get("what"))), str(values.get("due_on"))))
    return found


def test_each_occasion_is_told_once_and_only_to_whom_it_concerns(own: District) -> None:
    session = own.session
    written = remind(session, FRIDAY)
    first = told(own, own.manager)
    assert first == [("duty_due_soon", "deliverable", "2022-07-20")]
    assert told(own, own.officer) == [("duty_overdue", "rectification", "2022-07-05")]
    late = [("duty_overdue", "check", "2022-07-04"), ("duty_overdue", "recheck", "2022-07-09")]
    assert told(own, own.supervisor) == [*late, ("duty_due_soon", "check", "2022-07-15")]
    # Twice in a day, and on the next; and the job of the area itself finds that all is told.
    assert remind(session, FRIDAY) == 0
    mark_overdue(session, FRIDAY)
    assert [line for line in told(own, own.manager) if line[2] == "2022-07-20"] == first
    rows = session.scalars(sa.select(InboxMessage)).all()
    assert len(rows) > written
    # Nobody is told of a page that he may not open.
    people = {person.id: own.actor(person) for person in session.scalars(sa.select(Membership))}
    hidden = [
        (row.code, row.endpoint, people[row.membership_id].role)
        for row in rows
        if not may_see(session, people[row.membership_id], row.endpoint, row.endpoint_values)
    ]
    assert hidden == []


def test_a_bureau_may_ask_for_an_earlier_word_and_hears_of_its_own_lateness(own: District) -> None:
    session, lead = own.session, own.actor(own.lead)

    def term(kind: TermKind, duty: Duty | None, days: int, actor: Actor = lead) -> None:
        set_term(actor, session, TermData(kind, duty, days, date(2022, 1, 1), "局内规定"), now=NOW)

    term(TermKind.REMINDER, None, 30)
    term(TermKind.LIMIT, Duty.ACCEPTANCE, 5)
    term(TermKind.LIMIT, Duty.VERIFICATION, 60)
    remind(session, FRIDAY)
    # The second order falls due 17 working days later.
    assert told(own, own.manager) == [
        ("duty_due_soon", "deliverable", "2022-07-20"),
        ("duty_due_soon", "order", "2022-08-08"),
    ]
    over = [line for line in told(own, own.lead) if line[0] == "waiting_overdue"]
    assert over == [("waiting_overdue", "acceptance", "2022-06-22")]
    assert remind(session, FRIDAY) == 0
    # Where the date moves, that is another occasion.
    session.execute(
        sa.text("UPDATE rectification_orders SET due_on = '2022-08-09' WHERE due_on = '2022-08-08'")
    )
    assert remind(session, FRIDAY) == 1
    assert told(own, own.manager)[-1] == ("duty_due_soon", "order", "2022-08-09")


def test_every_duty_leads_to_a_page_whose_sight_is_checked_before_mail_goes_out() -> None:
    assert {kind.endpoint for kind in KINDS.values()} - set(CHECKS) == set()
