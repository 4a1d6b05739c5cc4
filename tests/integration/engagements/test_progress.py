"""The assessment year and the steps of an engagement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from agencyqa.engagements import locks, services
from agencyqa.engagements.enums import EngagementState
from agencyqa.errors import Forbidden, Invalid, WrongState
from tests.factories.accounts import NOW
from tests.integration.engagements.world import World, change, create, events, make_world


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


@pytest.fixture
def final_years() -> Iterator[set[tuple[int, int]]]:
    """(bureau, year) whose results are final, as the area above would say it."""
    years: set[tuple[int, int]] = set()

    def lock(session: Session, bureau_id: int, year: int, *, hold: bool = False) -> bool:
        return (bureau_id, year) in years

    locks.year_locks.append(lock)
    yield years
    locks.year_locks.remove(lock)


# ---------------------------------------------------------------------------------------------- years


def test_the_year_follows_the_contract_date_until_the_lead_moves_it(session: Session, world: World) -> None:
    engagement = create(session, world)
    change(session, world, engagement, contract_signed_on=date(2021, 12, 20))
    assert engagement.assessment_year == 2021
    services.change_assessment_year(
        world.lead, session, engagement, 2022, "工作在2022年开展", seen_version=engagement.version, now=NOW
    )
    assert (engagement.assessment_year, engagement.year_reason) == (2022, "工作在2022年开展")
    change(session, world, engagement, contract_signed_on=date(2021, 12, 21))
    assert engagement.assessment_year == 2022
    assert events(session, engagement)[-2:] == [
        "engagements.engagement.year_changed",
        "engagements.engagement.changed",
    ]


def test_only_the_lead_moves_the_year_and_only_with_a_reason(session: Session, world: World) -> None:
    engagement = create(session, world)
    with pytest.raises(Forbidden, match="only_lead_changes_year"):
        services.change_assessment_year(
            world.supervisor, session, engagement, 2023, "理由", seen_version=engagement.version, now=NOW
        )
    for year, reason, field in [(2023, "  ", "reason"), (2022, "理由", "year"), (1999, "理由", "year")]:
        with pytest.raises(Invalid) as error:
            services.change_assessment_year(
                world.lead, session, engagement, year, reason, seen_version=engagement.version, now=NOW
            )
        assert list(error.value.fields) == [field]
    assert engagement.assessment_year == 2022


def test_final_results_never_move(session: Session, world: World, final_years: set[tuple[int, int]]) -> None:
    engagement = create(session, world)
    final_years.add((world.bureau.id, 2021))
    with pytest.raises(Invalid) as into:
        services.change_assessment_year(
            world.lead, session, engagement, 2021, "理由", seen_version=engagement.version, now=NOW
        )
    assert into.value.fields == {"year": ("year_is_final", {"year": 2021})}
    with pytest.raises(Invalid) as dated:
        change(session, world, engagement, contract_signed_on=date(2021, 12, 1))
    assert dated.value.fields == {"contract_signed_on": ("year_is_final", {"year": 2021})}
    final_years.add((world.bureau.id, 2022))
    with pytest.raises(WrongState, match="year_is_final"):
        services.change_assessment_year(
            world.lead, session, engagement, 2023, "理由", seen_version=engagement.version, now=NOW
        )
    with pytest.raises(WrongState, match="year_is_final"):
        change(session, world, engagement, fee=1)
    with pytest.raises(WrongState, match="year_is_final"):
        services.terminate_engagement(
            world.supervisor, session, engagement, "理由", seen_version=engagement.version, now=NOW
        )
    # The contract still has to be finished, whatever was published.
    services.complete_engagement(
        world.supervisor, session, engagement, date(2022, 6, 1), seen_version=engagement.version, now=NOW
    )
    assert (engagement.state, engagement.assessment_year, engagement.fee) == (
        EngagementState.COMPLETED,
        2022,
        8_000_000,
    )


# ---------------------------------------------------------------------------------------------- steps


def test_completed_before_the_next_working_day_is_in_time_and_later_is_not(
    session: Session, world: World
) -> None:
    # A Friday: the weekend after it makes nothing late.
    day = date(2022, 6, 10)
    in_time = create(session, world, due_on=day)
    late = create(session, world, due_on=day)
    for engagement, done in ((in_time, day + timedelta(days=2)), (late, day + timedelta(days=3))):
        services.complete_engagement(
            world.supervisor, session, engagement, done, seen_version=engagement.version, now=NOW
        )
    assert [(item.state, item.is_overdue) for item in (in_time, late)] == [
        (EngagementState.COMPLETED, False),
        (EngagementState.COMPLETED, True),
    ]
    services.reopen_engagement(
        world.supervisor, session, late, "登记有误", seen_version=late.version, now=NOW
    )
    assert (late.state, late.completed_on, late.is_overdue) == (EngagementState.CONTRACTED, None, False)


def test_completion_has_a_possible_date_and_happens_once(session: Session, world: World) -> None:
    engagement = create(session, world)
    for day, code in [
        (date(2022, 2, 28), "completed_before_contract"),
        (date(2022, 6, 16), "completed_in_future"),
    ]:
        with pytest.raises(Invalid) as error:
            services.complete_engagement(
                world.supervisor, session, engagement, day, seen_version=engagement.version, now=NOW
            )
        assert error.value.fields == {"completed_on": (code, {})}
    services.complete_engagement(
        world.supervisor, session, engagement, date(2022, 6, 15), seen_version=engagement.version, now=NOW
    )
    with pytest.raises(WrongState, match="engagement_wrong_state"):
        services.complete_engagement(
            world.supervisor, session, engagement, date(2022, 6, 15), seen_version=engagement.version, now=NOW
        )


def test_a_terminated_contract_keeps_its_reason_and_stays_as_it_is(session: Session, world: World) -> None:
    engagement = create(session, world)
    with pytest.raises(Invalid):
        services.terminate_engagement(
            world.supervisor, session, engagement, " ", seen_version=engagement.version, now=NOW
        )
    services.terminate_engagement(
        world.supervisor, session, engagement, "机构被移出", seen_version=engagement.version, now=NOW
    )
    assert (engagement.state, engagement.terminated_on, engagement.termination_reason) == (
        EngagementState.TERMINATED,
        date(2022, 6, 15),
        "机构被移出",
    )
    with pytest.raises(WrongState):
        change(session, world, engagement, fee=1)
