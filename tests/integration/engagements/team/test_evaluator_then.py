"""A principal evaluator is judged by what he was on the day on which he begins, not by what he is today."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from agencyqa.agencies.services import AppointmentData, PersonData, appoint_evaluator, load_reference_data
from agencyqa.engagements.checks import examine
from agencyqa.engagements.data import data_of
from agencyqa.engagements.enums import Outcome
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.refusals import CommissionRefused
from tests.factories.accounts import NOW
from tests.factories.agencies import change_facts, place_of
from tests.factories.engagements import SIGNED
from tests.integration.engagements.world import World, create, make_world

APPOINTED_ON = date(2021, 1, 1)
GAINED_ON = date(2022, 5, 1)


@pytest.fixture
def world(session: Session) -> World:
    load_reference_data(session, NOW)
    return make_world(session)


def enter(session: Session, world: World, title: str) -> int:
    """Who has worked long enough; without a title only because the conditions were not yet in force."""
    person = PersonData("王主评", title, "", date(2005, 7, 1), date(2012, 1, 1))
    data = AppointmentData(person, APPOINTED_ON)
    return appoint_evaluator(world.supervisor, session, world.agency, data, now=NOW).person_id


def verdicts(session: Session, world: World, engagement: Engagement) -> list[tuple[str, Outcome]]:
    checks = examine(
        session,
        data_of(engagement),
        world.bureau.id,
        today=date(2022, 6, 15),
        engagement_id=engagement.id,
    )
    return [(each.code, each.outcome) for each in checks if each.rule == "rule_evaluator_conditions"]


def test_a_title_gained_after_the_contract_was_signed_does_not_count_for_it(
    session: Session, world: World
) -> None:
    person_id = enter(session, world, "")
    place = place_of(session, person_id)
    change_facts(session, world.bureau, place, title="高级会计师", holds_from=GAINED_ON)
    with pytest.raises(CommissionRefused) as refused:
        create(session, world, principal_evaluator_id=person_id, contract_signed_on=date(2022, 4, 30))
    assert [check.code for check in refused.value.checks] == ["evaluator_unfit"]
    create(session, world, principal_evaluator_id=person_id, contract_signed_on=GAINED_ON)


def test_a_title_that_was_left_out_by_mistake_counts_from_the_first_day(
    session: Session, world: World
) -> None:
    person_id = enter(session, world, "")
    place = place_of(session, person_id)
    change_facts(session, world.bureau, place, title="高级会计师", is_correction=True)
    create(session, world, principal_evaluator_id=person_id, contract_signed_on=SIGNED)


def test_a_record_of_later_does_not_bar_from_work_that_had_begun(session: Session, world: World) -> None:
    person_id = enter(session, world, "高级会计师")
    engagement = create(session, world, principal_evaluator_id=person_id)
    assert engagement.contract_signed_on < GAINED_ON
    met = verdicts(session, world, engagement)
    assert met == [("rule_evaluator_conditions", Outcome.PASSED)]
    change_facts(
        session,
        world.bureau,
        place_of(session, person_id),
        has_disqualifying_record=True,
        holds_from=GAINED_ON,
    )
    assert verdicts(session, world, engagement) == met
    with pytest.raises(CommissionRefused) as refused:
        create(
            session,
            world,
            principal_evaluator_id=person_id,
            contract_signed_on=GAINED_ON,
            contract_number="HT-以后",
        )
    assert [check.code for check in refused.value.checks] == ["evaluator_barred"]
    # Told of a day before, it bars him from that work as well.
    change_facts(session, world.bureau, place_of(session, person_id), has_disqualifying_record=False)
    change_facts(
        session,
        world.bureau,
        place_of(session, person_id),
        has_disqualifying_record=True,
        holds_from=engagement.contract_signed_on,
    )
    assert verdicts(session, world, engagement) == [("evaluator_barred", Outcome.REFUSED)]
