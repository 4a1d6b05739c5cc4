"""Terms are lengthened, stand still and go on; each move of a date is kept with its reason and authority."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.auth.roles import Role
from agencyqa.engagements.deliverables import jobs
from agencyqa.engagements.deliverables import services as deliverables
from agencyqa.engagements.deliverables.enums import DeliverableKind, DueCause
from agencyqa.engagements.deliverables.models import Deliverable, DueChange
from agencyqa.engagements.deliverables.services.pauses import Grounds
from agencyqa.engagements.milestones import services
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Forbidden, Invalid, NotVisible, Stale, WrongState
from agencyqa.measures.workdays import built_in_years
from tests.client import Client
from tests.factories.accounts import make_actor, make_member, sign_in
from tests.factories.deliverables import agency_actor, hand_in, make_deliverable, make_slots, make_version
from tests.integration.engagements.deliverables.traces import entries, inbox, refusal
from tests.integration.engagements.world import World, create, make_world

GROUNDS = Grounds("补充预算批复", "局长办公会 2022-03-18")
PLAN = DeliverableKind.PLAN
# The plan is due fifteen working days after 2022-03-01, on the 22nd.
DUE = date(2022, 3, 22)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


@pytest.fixture
def plan(session: Session, world: World) -> Deliverable:
    deliverables.load_requirement_tables(session, at(date(2022, 3, 1)))
    return make_slots(session, create(session, world), now=at(date(2022, 3, 1)))[PLAN]


def pause(session: Session, world: World, plan: Deliverable, began_on: date, today: date) -> None:
    services.pause_term(
        world.supervisor, session, plan, began_on, GROUNDS, seen_version=plan.version, now=at(today)
    )


def resume(session: Session, world: World, plan: Deliverable, ended_on: date, *, anew: bool = False) -> None:
    services.resume_term(
        world.supervisor,
        session,
        plan,
        ended_on,
        "已收到",
        anew=anew,
        seen_version=plan.version,
        now=at(ended_on),
    )


def extend(session: Session, world: World, plan: Deliverable, days: int, **given: Any) -> None:
    services.extend_term(
        world.supervisor,
        session,
        plan,
        days,
        given.get("grounds", GROUNDS),
        seen_version=given.get("seen", plan.version),
        now=at(date(2022, 3, 18)),
    )


def history(session: Session, plan: Deliverable) -> list[tuple[DueCause, date | None, date | None, str, str]]:
    rows = session.scalars(
        select(DueChange).where(DueChange.deliverable_id == plan.id).order_by(DueChange.id)
    )
    return [(row.cause, row.before_on, row.after_on, row.reason, row.authority) for row in rows]


def test_an_extension_adds_working_days_and_tells_by_whose_word(
    session: Session, world: World, plan: Deliverable
) -> None:
    assert plan.due_on == DUE
    seen = plan.version
    for problem, given in (
        ({"reason": "required", "authority": "required"}, Grounds(" ", "")),
        ({"working_days": "term_extension_days"}, GROUNDS),
    ):
        with pytest.raises(Invalid) as error:
            extend(session, world, plan, 5 if given is not GROUNDS else 0, grounds=given)
        assert refusal(error) == problem
    engagement = session.get_one(Engagement, plan.engagement_id)
    for actor, kind in (
        (agency_actor(engagement), Forbidden),
        (make_actor(session, world.city, Role.BUREAU_LEAD), Forbidden),
        (make_actor(session, world.foreign_bureau, Role.BUREAU_LEAD), NotVisible),
    ):
        with pytest.raises(kind):
            services.extend_term(actor, session, plan, 5, GROUNDS, seen_version=plan.version, now=at(DUE))
    # The Qingming days from 3 to 5 April are off, 2 April is a make-up Saturday.
    extend(session, world, plan, 11)
    assert (plan.due_on, plan.working_days) == (date(2022, 4, 7), 26)
    with pytest.raises(Stale):
        extend(session, world, plan, 5, seen=seen)
    by_hand = make_deliverable(
        session, engagement, DeliverableKind.OTHER, title="访谈记录", due_on=date(2022, 3, 25)
    )
    extend(session, world, by_hand, 1)
    assert by_hand.due_on == date(2022, 3, 28)
    assert history(session, plan) == [
        (DueCause.EXTENDED, DUE, date(2022, 4, 7), "补充预算批复", "局长办公会 2022-03-18")
    ]


def test_a_term_that_was_over_is_late_no_more_where_it_reaches_far_enough(
    session: Session, world: World, plan: Deliverable
) -> None:
    def longer(days: int, today: date) -> None:
        seen = plan.version
        services.extend_term(world.supervisor, session, plan, days, GROUNDS, seen_version=seen, now=at(today))

    assert (jobs.mark_overdue(session, at(date(2022, 3, 23))), plan.is_overdue) == (1, True)
    session.refresh(plan)
    longer(5, date(2022, 3, 23))
    assert (plan.due_on, plan.is_overdue) == (date(2022, 3, 29), False)
    # The new date is an occasion of its own.
    assert [jobs.mark_overdue(session, at(date(2022, 3, 30))) for _ in range(2)] == [1, 0]
    session.refresh(plan)
    longer(1, date(2022, 4, 20))
    assert (plan.due_on, plan.is_overdue) == (date(2022, 3, 30), True)
    plan.counted_from, plan.working_days, plan.due_on = None, None, date(2100, 12, 30)
    session.flush()
    with pytest.raises(Invalid) as error:
        longer(5, date(2022, 4, 20))
    assert refusal(error) == {"working_days": "deliverable_due_too_far"}


def test_days_of_a_pause_do_not_count_and_nothing_becomes_late_in_it(
    session: Session, world: World, plan: Deliverable
) -> None:
    manager = make_member(session, session.get_one(type(world.bureau), world.agency.id), Role.AGENCY_MANAGER)
    for day in (date(2022, 2, 28), DUE + timedelta(days=1)):
        with pytest.raises(Invalid) as error:
            pause(session, world, plan, day, DUE + timedelta(days=5))
        assert refusal(error) == {"began_on": "term_pause_day"}
    # Three of the fifteen days are left: the 18th, the 21st and the 22nd.
    pause(session, world, plan, date(2022, 3, 18), date(2022, 3, 18))
    assert inbox(session, manager.id) == ["term_paused"]
    with pytest.raises(WrongState, match="term_paused"):
        pause(session, world, plan, date(2022, 3, 19), date(2022, 3, 19))
    with pytest.raises(WrongState, match="term_paused"):
        extend(session, world, plan, 1)
    assert jobs.mark_overdue(session, at(date(2022, 6, 1))) == 0
    assert (plan.is_overdue, plan.due_on) == (False, DUE)
    resume(session, world, plan, date(2022, 4, 1))
    # Saturday the 2nd makes up for Qingming, then the 6th and the 7th.
    assert (plan.due_on, plan.paused_on, plan.working_days) == (date(2022, 4, 7), None, 15)
    with pytest.raises(WrongState, match="term_not_paused"):
        resume(session, world, plan, date(2022, 4, 2))
    # A second pause begins after the first; then the whole term begins anew.
    with pytest.raises(Invalid) as error:
        pause(session, world, plan, date(2022, 4, 1), date(2022, 4, 6))
    assert refusal(error) == {"began_on": "term_pause_day"}
    pause(session, world, plan, date(2022, 4, 6), date(2022, 4, 6))
    resume(session, world, plan, date(2022, 4, 8), anew=True)
    assert plan.due_on == date(2022, 4, 28)
    assert [row[:3] for row in history(session, plan)] == [
        (DueCause.RESUMED, DUE, date(2022, 4, 7)),
        (DueCause.RESTARTED, date(2022, 4, 7), date(2022, 4, 28)),
    ]
    assert [entry["anew"] for entry in entries(session, "milestones.term.resumed")] == [False, True]
    assert jobs.mark_overdue(session, at(date(2022, 4, 28))) == 0
    assert jobs.mark_overdue(session, at(date(2022, 4, 29))) == 1


def test_a_hand_in_ends_the_pause_and_is_late_only_by_days_that_counted(
    session: Session, world: World, plan: Deliverable
) -> None:
    pause(session, world, plan, DUE, date(2022, 4, 20))
    engagement = session.get_one(Engagement, plan.engagement_id)
    make_version(session, engagement, plan, now=at(date(2022, 4, 20)))
    hand_in(session, engagement, now=at(date(2022, 4, 20)))
    # One day was left, the day after the hand-in.
    assert (plan.paused_on, plan.due_on, plan.late_days) == (None, date(2022, 4, 21), 0)
    with pytest.raises(WrongState, match="term_fulfilled"):
        pause(session, world, plan, DUE, date(2022, 4, 20))


def test_a_date_of_its_own_keeps_the_days_that_were_left_and_says_where_it_is_provisional(
    session: Session, world: World, plan: Deliverable
) -> None:
    last = max(built_in_years())
    engagement = session.get_one(Engagement, plan.engagement_id)
    other = make_deliverable(
        session, engagement, DeliverableKind.OTHER, title="访谈记录", due_on=date(last, 12, 31)
    )
    pause(session, world, other, date(last, 12, 30), date(last, 12, 30))
    with pytest.raises(Invalid) as error:
        resume(session, world, other, date(last + 1, 1, 15), anew=True)
    assert refusal(error) == {"anew": "term_not_counted"}
    resume(session, world, other, date(last + 1, 1, 15))
    assert other.is_due_provisional
    assert other.due_on is not None
    assert other.due_on > date(last + 1, 1, 15)
    follow = deliverables.recount(session, world.supervisor, at(date(last + 1, 1, 15)))
    assert follow == 0


def test_a_pause_takes_no_day_away_from_a_date_on_a_day_off(
    session: Session, world: World, plan: Deliverable
) -> None:
    engagement = session.get_one(Engagement, plan.engagement_id)
    saturday, sunday = date(2022, 3, 26), date(2022, 3, 20)
    other = make_deliverable(session, engagement, DeliverableKind.OTHER, title="访谈记录", due_on=saturday)
    pause(session, world, other, sunday, sunday)
    resume(session, world, other, sunday)
    assert other.due_on == date(2022, 3, 28)


def test_the_pages(
    session: Session, world: World, plan: Deliverable, new_client: Callable[[], Client]
) -> None:
    path = f"/engagements/{plan.engagement_id}/deliverables/{plan.id}"
    client = new_client()
    sign_in(client, make_member(session, world.bureau, Role.BUREAU_SUPERVISOR))
    refused = client.submit(
        client.get(f"{path}/extend"), f"{path}/extend", working_days="3", reason="等待批复"
    )
    assert (refused.status_code, "等待批复" in refused.text) == (422, True)
    given = {"began_on": "2022-03-18", "authority": "局长办公会", "reason": "等待批复"}
    assert client.submit(client.get(f"{path}/pause"), f"{path}/pause", **given).status_code == 302
    page = client.get(f"/engagements/{plan.engagement_id}/deliverables").text
    assert "自 2022-03-18 起中止" in page
    assert "局长办公会" in page
    given = {"ended_on": "2022-04-01", "anew": "go_on", "ending": "已收到"}
    assert client.submit(client.get(f"{path}/resume"), f"{path}/resume", **given).status_code == 302
    assert "2022-04-07" in client.get(f"/engagements/{plan.engagement_id}/deliverables").text
    given = {"working_days": "1", "authority": "局长办公会", "reason": "节后"}
    assert client.submit(client.get(f"{path}/extend"), f"{path}/extend", **given).status_code == 302
    assert "2022-04-08" in client.get(f"/engagements/{plan.engagement_id}/deliverables").text
