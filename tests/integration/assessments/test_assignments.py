"""A department sees an annual result from the first day to the last, and not a day longer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from agencyqa.accounts.models import Body
from agencyqa.assessments import result_policies
from agencyqa.assessments.models import AnnualResult, ResultAssignment
from agencyqa.assessments.services.assignments import assign_result, end_assignment
from agencyqa.assessments.services.publication import correct_round, publish_round
from agencyqa.assessments.services.rounds import compute_round
from agencyqa.clock import today, utc_now
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState
from agencyqa.notifications.models import InboxMessage
from tests.client import Client
from tests.factories.accounts import NOW, make_department
from tests.integration.assessments.conftest import switch_to
from tests.integration.assessments.years import Year, year

__all__ = ["year"]

DAY = timedelta(days=1)


def give(
    year: Year, result: AnnualResult, department: Body, valid_from: date, valid_to: date | None = None
) -> ResultAssignment:
    return assign_result(
        year.supervisor,
        year.session,
        result,
        department_id=department.id,
        valid_from=valid_from,
        valid_to=valid_to,
        now=utc_now(),
    )


def seen_on(year: Year, membership: Any, day: date) -> set[int]:
    condition = result_policies.seen_by(year.world.actor(membership), day)
    return set(year.session.scalars(select(AnnualResult.id).where(condition)))


def test_from_the_first_day_to_the_last(year: Year) -> None:
    world = year.world
    found = year.published()
    result = year.result(found, world.agency)
    begin, end = date(2023, 3, 1), date(2023, 3, 31)
    give(year, result, world.department, begin, end)
    days = [begin - DAY, begin, end, end + DAY]
    assert [seen_on(year, world.officer, day) for day in days] == [set(), {result.id}, {result.id}, set()]
    assert [seen_on(year, world.other_officer, day) for day in days] == [set()] * 4


def test_ended_by_the_bureau(year: Year, client: Client) -> None:
    world, session = year.world, year.session
    found = year.published()
    result = year.result(found, world.agency)
    path = f"/results/{result.id}"
    switch_to(client, world.supervisor)
    shown = client.get(f"{path}/assign")
    # Departments of another bureau are not on offer, and cannot be slipped in.
    stranger = make_department(session, world.neighbour, "静安区教育局")
    assert stranger.name not in shown.text
    slipped = client.submit(
        shown, "main-form", department_id=str(stranger.id), valid_from=today().isoformat()
    )
    assert slipped.status_code == 422
    done = client.submit(
        shown, "main-form", department_id=str(world.department.id), valid_from=today().isoformat()
    )
    assert done.status_code == 302
    again = client.submit(
        shown, "main-form", department_id=str(world.department.id), valid_from=today().isoformat()
    )
    assert again.status_code == 422
    assert "已经可以查看" in client.page(again).text
    assignment = session.scalars(select(ResultAssignment)).one()
    codes = select(InboxMessage.membership_id).where(InboxMessage.code == "result_assigned")
    assert list(session.scalars(codes)) == [world.officer.id]
    switch_to(client, world.officer)
    assert client.get(path).status_code == 200
    assert "申评咨询有限公司" in client.page(client.get("/results")).text
    switch_to(client, world.supervisor)
    ending = client.get(f"/results/assignments/{assignment.id}/end")
    late = client.submit(ending, "main-form", last_day=(today() - 2 * DAY).isoformat())
    assert late.status_code == 422
    done = client.submit(ending, "main-form", last_day=(today() - DAY).isoformat())
    assert done.status_code == 302
    assert (assignment.valid_to, assignment.ended_by_id) == (today() - DAY, world.supervisor.user_id)
    switch_to(client, world.officer)
    assert client.get(path).status_code == 404
    assert client.get(f"{path}/trace.json").status_code == 404
    assert "申评咨询有限公司" not in client.page(client.get("/results")).text
    with pytest.raises(WrongState):
        end_assignment(year.supervisor, session, assignment, last_day=today(), now=utc_now())


def test_who_assigns_what(year: Year) -> None:
    world, session = year.world, year.session
    found = year.round()
    result = year.results(found)[0]
    with pytest.raises(WrongState) as refusal:
        give(year, result, world.department, today())
    assert refusal.value.code == "result_not_published"
    year.publish(found)
    result = year.results(found)[0]
    for name, error in (
        ("city_supervisor", Forbidden),
        ("observer", Forbidden),
        ("manager", Forbidden),
        ("neighbour_supervisor", NotVisible),
        ("officer", NotVisible),
        ("other_manager", NotVisible),
    ):
        with pytest.raises(error):
            assign_result(
                world.actor(getattr(world, name)),
                session,
                result,
                department_id=world.department.id,
                valid_from=today(),
                valid_to=None,
                now=NOW,
            )
    with pytest.raises(Invalid) as invalid:
        give(year, result, world.department, today(), today() - DAY)
    assert invalid.value.fields == {"valid_to": ("assignment_ends_first", {})}
    first = give(year, result, world.department, today(), today() + DAY)
    # Side by side is fine, on top of each other is not.
    give(year, result, world.department, today() + 2 * DAY)
    with pytest.raises(Invalid):
        give(year, result, world.department, today() - DAY, today())
    with pytest.raises(Invalid):
        end_assignment(year.supervisor, session, first, last_day=today() + 2 * DAY, now=utc_now())
    with pytest.raises(NotVisible):
        end_assignment(
            world.actor(world.neighbour_supervisor), session, first, last_day=today(), now=utc_now()
        )


def test_a_correction_is_shown_to_those_who_were_shown_the_first(year: Year) -> None:
    world, session = year.world, year.session
    first = year.published()
    old = year.result(first, world.agency)
    give(year, old, world.department, today() - 10 * DAY)
    ended = give(year, old, world.other_department, today() - 10 * DAY)
    end_assignment(year.supervisor, session, ended, last_day=today() - DAY, now=utc_now())
    second = correct_round(year.lead, session, first, reason="更正", now=utc_now())
    compute_round(year.supervisor, session, second, now=utc_now())
    assert seen_on(year, world.officer, today()) == {old.id}
    publish_round(year.lead, session, second, seen_version=second.version, now=utc_now())
    new = year.result(second, world.agency)
    assert seen_on(year, world.officer, today()) == {old.id, new.id}
    assert seen_on(year, world.other_officer, today()) == set()
    with pytest.raises(WrongState) as refusal:
        give(year, old, world.other_department, today())
    assert refusal.value.code == "result_superseded"
