"""Who may enter and move an engagement, and what of it is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import Standing, StandingAction
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.actor import system_actor
from agencyqa.auth.roles import Role
from agencyqa.engagements import locks, services
from agencyqa.engagements.checks import examine
from agencyqa.engagements.data import data_of
from agencyqa.engagements.enums import EngagementState, Outcome
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.rules import notes
from agencyqa.errors import Forbidden, Invalid, NotVisible, Refused, Stale
from agencyqa.measures.enums import WorkKind
from agencyqa.notifications.models import InboxMessage
from agencyqa.objects import services as objects
from tests.factories.accounts import NOW, make_actor, make_member, make_observer
from tests.factories.agencies import decide, make_agency, make_tie
from tests.factories.engagements import engagement_data, make_engagement
from tests.factories.objects import make_object
from tests.integration.engagements.world import World, appoint, change, create, events, make_world


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def refused(error: pytest.ExceptionInfo[services.CommissionRefused]) -> list[str]:
    return [check.code for check in error.value.checks]


def inbox(session: Session) -> dict[int, list[str]]:
    rows = session.execute(select(InboxMessage.membership_id, InboxMessage.code).order_by(InboxMessage.id))
    found: dict[int, list[str]] = {}
    for member, code in rows:
        found.setdefault(member, []).append(code)
    return found


# ---------------------------------------------------------------------------------------------- entering


def test_a_new_engagement_is_kept_logged_and_told_to_its_parties(session: Session, world: World) -> None:
    manager = make_member(session, _body(session, world.agency.id), Role.AGENCY_MANAGER)
    unit = make_member(session, world.school, Role.DEPARTMENT_OFFICER)
    make_member(session, _body(session, world.agency.id), Role.AGENCY_STAFF)
    make_member(session, _body(session, world.rival.id), Role.AGENCY_MANAGER)
    make_member(session, world.education, Role.DEPARTMENT_OFFICER)
    person_id = appoint(session, world.bureau, world.agency)
    engagement = create(session, world, principal_evaluator_id=person_id, contract_number="长财绩 2022-01")
    assert (engagement.bureau_id, engagement.state, engagement.assessment_year, engagement.fee) == (
        world.bureau.id,
        EngagementState.CONTRACTED,
        2022,
        8_000_000,
    )
    assert engagement.created_by_id == world.supervisor.user_id
    assert events(session, engagement) == ["engagements.engagement.created", "deliverables.list.made"]
    assert inbox(session) == {manager.id: ["engagement_created"], unit.id: ["engagement_created"]}
    message = session.scalars(select(InboxMessage).where(InboxMessage.membership_id == unit.id)).one()
    assert (message.endpoint, message.endpoint_values) == (
        "engagements.show",
        {"engagement_id": engagement.id},
    )


def test_the_jiading_engagement_of_2018_can_be_entered(session: Session, world: World) -> None:
    """No rule of the measures was in force then, whatever the register knows of today."""
    newcomer = make_agency(session, world.bureau, "丁研究院", entered_on=date(2022, 1, 1))
    late = appoint(session, world.bureau, newcomer, valid_from=date(2022, 1, 1))
    engagement = create(
        session,
        world,
        agency_id=newcomer.id,
        principal_evaluator_id=late,
        contract_signed_on=date(2018, 5, 2),
        due_on=date(2018, 11, 30),
    )
    assert engagement.assessment_year == 2018
    checks = examine(session, data_of(engagement), world.bureau.id, today=date(2022, 6, 15))
    assert {check.outcome for check in checks} == {Outcome.NO_RULE}
    assert [check.code for check in notes(checks)] == [
        "agency_not_registered_then",
        "selection_missing",
        "evaluator_not_appointed_then",
    ]


def test_everything_a_measure_forbids_is_told_at_once(session: Session, world: World) -> None:
    gone = appoint(session, world.bureau, world.agency, valid_to=date(2022, 2, 28))
    make_tie(session, world.bureau, world.agency, world.school)
    with pytest.raises(services.CommissionRefused) as error:
        create(
            session,
            world,
            commissioner_id=world.school.id,
            principal_evaluator_id=gone,
            work_kind=WorkKind.SELF_EVALUATION,
            due_on=date(2022, 1, 1),
        )
    assert refused(error) == [
        "commissioner_evaluates_itself",
        "tie_with_commissioner",
        "work_on_negative_list",
        "evaluator_not_appointed_then",
        "due_before_contract",
    ]
    assert error.value.provision == "CY6/own_evaluation"
    assert session.scalars(select(Engagement.id)).all() == []


@pytest.mark.parametrize(
    ("until", "codes"),
    [(date(2022, 3, 1), ["tie_with_department"]), (date(2022, 2, 28), None)],
    ids=["last day is the contract date", "over the day before"],
)
def test_the_ties_of_the_contract_date_count(
    session: Session, world: World, until: date, codes: list[str] | None
) -> None:
    make_tie(session, world.bureau, world.agency, world.education, valid_to=until)
    # Ties to somebody else, and of another agency, say nothing.
    make_tie(session, world.bureau, world.agency, world.health)
    make_tie(session, world.bureau, world.rival, world.school)
    if codes is None:
        assert create(session, world).agency_id == world.agency.id
    else:
        with pytest.raises(services.CommissionRefused) as error:
            create(session, world)
        assert refused(error) == codes


def test_the_standing_in_this_register_on_the_contract_date_counts(session: Session, world: World) -> None:
    decide(session, world.bureau, world.agency, StandingAction.SUSPEND, date(2022, 3, 1))
    decide(session, world.bureau, world.rival, StandingAction.REMOVE, date(2022, 3, 2))
    with pytest.raises(services.CommissionRefused) as error:
        create(session, world)
    assert refused(error) == ["agency_not_in_good_standing"]
    assert error.value.checks[0].params == {"standing": Standing.SUSPENDED}
    before = create(session, world, contract_signed_on=date(2022, 2, 28))
    removed_later = create(session, world, agency_id=world.rival.id)
    assert [before.contract_signed_on, removed_later.agency_id] == [date(2022, 2, 28), world.rival.id]


def test_clerical_help_with_negative_list_work_is_allowed(session: Session, world: World) -> None:
    engagement = create(session, world, work_kind=WorkKind.SELF_EVALUATION, is_clerical_only=True)
    assert (engagement.work_kind, engagement.is_clerical_only) == (WorkKind.SELF_EVALUATION, True)


def test_mistakes_alone_go_to_their_fields(session: Session, world: World) -> None:
    stranger = appoint(session, world.bureau, world.rival)
    with pytest.raises(Invalid) as error:
        create(session, world, due_on=date(2022, 2, 1), fee=-1, principal_evaluator_id=stranger)
    assert error.value.fields == {
        "due_on": ("due_before_contract", {}),
        "fee": ("negative", {}),
        "principal_evaluator_id": ("evaluator_of_another_agency", {}),
    }


def test_foreign_numbers_are_answered_like_missing_ones(session: Session, world: World) -> None:
    fields = {
        "object_id": world.foreign_thing.id,
        "commissioner_id": world.foreign_department.id,
        "evaluated_unit_id": world.foreign_department.id,
        "agency_id": world.foreign_agency.id,
    }
    with pytest.raises(Invalid) as foreign:
        create(session, world, **fields)
    with pytest.raises(Invalid) as missing:
        create(session, world, **dict.fromkeys(fields, 987_654_321))
    assert foreign.value.fields == missing.value.fields == {name: ("not_a_choice", {}) for name in fields}
    # The city's bureau is no party of the district's contracts, and a bureau is no evaluated unit.
    with pytest.raises(Invalid) as bureaus:
        create(session, world, commissioner_id=world.city.id, evaluated_unit_id=world.bureau.id)
    assert set(bureaus.value.fields) == {"commissioner_id", "evaluated_unit_id"}


def test_a_contract_number_counts_once_in_a_bureau(session: Session, world: World) -> None:
    create(session, world, contract_number="A-1")
    elsewhere = make_actor(session, world.foreign_bureau, Role.BUREAU_SUPERVISOR)
    data = engagement_data(
        world.foreign_thing,
        world.foreign_bureau,
        world.foreign_department,
        world.foreign_agency,
        contract_number="A-1",
    )
    assert services.create_engagement(elsewhere, session, data, now=NOW).contract_number == "A-1"
    with pytest.raises(IntegrityError), session.begin_nested():
        create(session, world, contract_number="A-1")


def test_only_bureau_officers_enter_and_only_in_their_bureau(session: Session, world: World) -> None:
    data = engagement_data(world.thing, world.bureau, world.school, world.agency)
    others = [
        make_actor(session, world.bureau, Role.SYSTEM_ADMINISTRATOR),
        make_actor(session, world.school, Role.DEPARTMENT_OFFICER),
        make_actor(session, _body(session, world.agency.id), Role.AGENCY_MANAGER),
        make_actor(session, make_observer(session, world.bureau), Role.OBSERVER),
        system_actor("jobs"),
    ]
    for actor in others:
        with pytest.raises(Forbidden):
            services.create_engagement(actor, session, data, now=NOW)
    city = make_actor(session, world.city, Role.BUREAU_LEAD)
    with pytest.raises(Invalid):
        services.create_engagement(city, session, data, now=NOW)


# ---------------------------------------------------------------------------------------------- correcting


def test_a_correction_is_examined_anew_and_logged_with_both_values(session: Session, world: World) -> None:
    engagement = create(session, world)
    make_tie(session, world.bureau, world.rival, world.school)
    with pytest.raises(services.CommissionRefused) as error:
        change(session, world, engagement, agency_id=world.rival.id)
    assert refused(error) == ["tie_with_evaluated_unit"]
    change(session, world, engagement, fee=9_000_000, note="补充协议")
    session.commit()
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.event == "engagements.engagement.changed")
    ).one()
    assert entry.detail == {"changes": {"fee_fen": [8_000_000, 9_000_000], "note": ["", "补充协议"]}}


def test_a_tie_found_later_does_not_stop_a_note(session: Session, world: World) -> None:
    engagement = create(session, world)
    make_tie(session, world.bureau, world.agency, world.school)
    change(session, world, engagement, note="已约谈")
    assert engagement.note == "已约谈"
    with pytest.raises(services.CommissionRefused):
        change(session, world, engagement, fee=1)


def test_nothing_changed_writes_nothing(session: Session, world: World) -> None:
    engagement = create(session, world)
    change(session, world, engagement)
    assert (events(session, engagement), engagement.version) == (
        ["engagements.engagement.created", "deliverables.list.made"],
        1,
    )


def test_a_stale_page_writes_nothing(session: Session, world: World) -> None:
    engagement = create(session, world)
    seen = engagement.version
    change(session, world, engagement, fee=1_000_000)
    with pytest.raises(Stale):
        services.change_engagement(
            world.supervisor,
            session,
            engagement,
            replace(data_of(engagement), fee=2_000_000),
            seen_version=seen,
            now=NOW,
        )
    assert engagement.fee == 1_000_000


def test_a_new_agency_is_told(session: Session, world: World) -> None:
    engagement = create(session, world)
    rival = make_member(session, _body(session, world.rival.id), Role.AGENCY_MANAGER)
    change(session, world, engagement, agency_id=world.rival.id)
    assert inbox(session) == {rival.id: ["engagement_created"]}


def test_a_district_is_read_by_the_city_and_written_by_itself(session: Session, world: World) -> None:
    engagement = create(session, world)
    data = replace(data_of(engagement), fee=1)
    city = make_actor(session, world.city, Role.BUREAU_LEAD)
    elsewhere = make_actor(session, world.foreign_bureau, Role.BUREAU_LEAD)
    with pytest.raises(Forbidden):
        services.change_engagement(city, session, engagement, data, seen_version=engagement.version, now=NOW)
    with pytest.raises(NotVisible):
        services.change_engagement(
            elsewhere, session, engagement, data, seen_version=engagement.version, now=NOW
        )
    assert engagement.fee == 8_000_000


def test_what_sheets_rest_on_is_fixed_while_they_do(session: Session, world: World) -> None:
    engagement = create(session, world)

    def lock(session: Session, asked: Engagement) -> bool:
        return asked.id == engagement.id

    locks.content_locks.append(lock)
    try:
        with pytest.raises(Invalid) as error:
            change(session, world, engagement, agency_id=world.rival.id, work_kind=WorkKind.RESEARCH, fee=5)
        change(session, world, engagement, fee=5)
    finally:
        locks.content_locks.remove(lock)
    assert error.value.fields == {
        "agency_id": ("fixed_by_sheets", {}),
        "work_kind": ("fixed_by_sheets", {}),
    }
    assert (engagement.agency_id, engagement.fee) == (world.agency.id, 5)


def test_an_object_does_not_pass_to_a_department_the_agency_is_tied_to(
    session: Session, world: World
) -> None:
    make_engagement(session, world.bureau, world.agency, world.school, thing=world.thing)
    other = make_object(session, world.bureau, world.education, "无委托的项目")
    make_tie(session, world.bureau, world.agency, world.health)

    def move(thing: Any) -> None:
        data = objects.ObjectData(
            thing.code,
            thing.name,
            thing.kind,
            thing.budget_type,
            thing.budget_year,
            world.health.id,
            thing.amount,
        )
        objects.change_object(world.supervisor, session, thing, data, seen_version=thing.version, now=NOW)

    with pytest.raises(Refused, match="department_tied_to_agency"):
        move(world.thing)
    move(other)
    assert (world.thing.department_id, other.department_id) == (world.education.id, world.health.id)


def _body(session: Session, body_id: int) -> Body:
    return session.get_one(Body, body_id)
