"""What an engagement owes: by the table in force, by the dates of its contract, and to each agency its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.roles import Role
from agencyqa.engagements.deliverables import services
from agencyqa.engagements.deliverables.enums import Basis, DeliverableKind, DeliverableState, DueCause
from agencyqa.engagements.deliverables.models import Deliverable, DueChange
from agencyqa.engagements.deliverables.requirements import Requirement
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState
from agencyqa.measures.enums import WorkKind
from tests.factories.accounts import NOW, make_actor, make_member
from tests.factories.deliverables import make_version, slots_of
from tests.factories.engagements import make_engagement
from tests.integration.engagements.deliverables.traces import entries, inbox, refusal
from tests.integration.engagements.world import World, change, create


def dates(session: Session, engagement: Engagement) -> dict[DeliverableKind, tuple[bool, date | None]]:
    return {kind: (row.is_required, row.due_on) for kind, row in slots_of(session, engagement).items()}


K, S = DeliverableKind, DeliverableState


def test_a_new_engagement_owes_what_the_table_in_force_says(session: Session, world: World) -> None:
    assert services.load_requirement_tables(session, NOW) == 0
    engagement = create(session, world)
    assert dates(session, engagement) == {
        # Fifteen working days after 2022-03-01.
        K.PLAN: (True, date(2022, 3, 22)),
        K.WORK_PAPERS: (True, date(2022, 6, 30)),
        K.DRAFT: (False, None),
        K.REPORT: (True, date(2022, 6, 30)),
        K.RECTIFICATION_REPORT: (False, None),
    }
    [entry] = entries(session, "deliverables.list.made")
    assert entry["required"] == ["plan", "work_papers", "report"]
    assert entry["due_dates"] == {
        "plan": "2022-03-22",
        "work_papers": "2022-06-30",
        "report": "2022-06-30",
    }
    clerical = create(session, world, is_clerical_only=True, work_kind=WorkKind.SELF_EVALUATION)
    assert [kind for kind, (required, _) in dates(session, clerical).items() if required] == [
        K.PLAN,
        K.WORK_PAPERS,
    ]


def test_a_bureau_s_own_table_holds_for_its_contracts_from_its_first_day(
    session: Session, world: World
) -> None:
    before = create(session, world)
    items = [
        Requirement(K.PLAN, True, Basis.CONTRACT_SIGNED, 5),
        Requirement(K.DRAFT, True, Basis.CONTRACT_DUE, 0),
    ]
    data = services.TableData(WorkKind.EVALUATION, date(2022, 4, 1), "长财绩〔2022〕1号", items)
    with pytest.raises(Forbidden):
        services.enter_table(world.supervisor, session, data, now=NOW)
    city_lead = make_actor(session, world.city, Role.BUREAU_LEAD)
    general = replace(data, work_kind=None, items=[Requirement(K.REPORT, True)])
    of_city = services.enter_table(city_lead, session, general, now=NOW)
    own = services.enter_table(world.lead, session, data, now=NOW)
    assert dates(session, before)[K.PLAN] == (True, date(2022, 3, 22))
    later = create(session, world, contract_signed_on=date(2022, 4, 1))
    assert dates(session, later) == {
        K.PLAN: (True, date(2022, 4, 11)),
        K.WORK_PAPERS: (False, None),
        K.DRAFT: (True, date(2022, 6, 30)),
        K.REPORT: (False, None),
        K.RECTIFICATION_REPORT: (False, None),
    }
    research = create(session, world, contract_signed_on=date(2022, 4, 1), work_kind=WorkKind.RESEARCH)
    # The city's table stands in where the district has none for this kind of work.
    assert slots_of(session, research)[K.REPORT].requirement_table_id == of_city.id
    with pytest.raises(Invalid) as error:
        services.enter_table(world.lead, session, data, now=NOW)
    assert refusal(error) == {"valid_from": "requirement_not_after"}
    half = [Requirement(K.PLAN, True, Basis.CONTRACT_SIGNED, None)]
    with pytest.raises(Invalid) as error:
        services.enter_table(
            world.lead, session, replace(data, items=half, source=" ", valid_from=date(2023, 1, 1)), now=NOW
        )
    assert refusal(error) == {"source": "required", "plan_days": "requirement_both_or_none"}
    newer = services.enter_table(world.lead, session, replace(data, valid_from=date(2023, 1, 1)), now=NOW)
    assert (own.valid_to, newer.valid_to) == (date(2022, 12, 31), None)


def test_dates_follow_the_contract_unless_they_were_set_by_hand(
    session: Session, world: World, told: list[int]
) -> None:
    engagement = create(session, world)
    manager = make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    slots = slots_of(session, engagement)
    services.change_due(
        world.supervisor,
        session,
        slots[K.PLAN],
        services.DueData(date(2022, 4, 15), None, None, "机构需要补充调研"),
        seen_version=slots[K.PLAN].version,
        now=NOW,
    )
    change(session, world, engagement, due_on=date(2022, 7, 29), contract_signed_on=date(2022, 3, 10))
    assert dates(session, engagement) == {
        K.PLAN: (True, date(2022, 4, 15)),
        K.WORK_PAPERS: (True, date(2022, 7, 29)),
        K.DRAFT: (False, None),
        K.REPORT: (True, date(2022, 7, 29)),
        K.RECTIFICATION_REPORT: (False, None),
    }
    moves = session.execute(
        select(Deliverable.kind, DueChange.cause, DueChange.before_on, DueChange.after_on, DueChange.reason)
        .join(Deliverable, Deliverable.id == DueChange.deliverable_id)
        .order_by(DueChange.id)
    ).all()
    assert [tuple(move) for move in moves] == [
        (K.PLAN, DueCause.BY_HAND, date(2022, 3, 22), date(2022, 4, 15), "机构需要补充调研"),
        (K.REPORT, DueCause.CONTRACT, date(2022, 6, 30), date(2022, 7, 29), ""),
        (K.WORK_PAPERS, DueCause.CONTRACT, date(2022, 6, 30), date(2022, 7, 29), ""),
    ]
    assert inbox(session, manager.id) == ["deliverable_due_moved"] * 3
    assert told == [engagement.id, engagement.id]
    # A change that touches no term moves nothing.
    change(session, world, engagement, note="补充说明")
    assert told == [engagement.id, engagement.id]


def test_another_agency_never_inherits_files(session: Session, world: World) -> None:
    engagement = create(session, world)
    change(session, world, engagement, agency_id=world.rival.id)
    assert {row.agency_id for row in slots_of(session, engagement).values()} == {world.rival.id}
    make_version(session, engagement, slots_of(session, engagement)[K.PLAN])
    with pytest.raises(Invalid) as error:
        change(session, world, engagement, agency_id=world.agency.id)
    assert refusal(error) == {"agency_id": "deliverable_agency_fixed"}


def test_lists_of_engagements_from_before(session: Session, world: World) -> None:
    """Open ones owe what is still ahead; completed and terminated ones owe nothing."""
    states = (EngagementState.CONTRACTED, EngagementState.COMPLETED, EngagementState.TERMINATED)
    open_one, done, ended = (
        make_engagement(session, world.bureau, world.agency, world.school, state=state) for state in states
    )
    assert services.fill_open(session, NOW) == 1
    assert services.fill_open(session, NOW) == 0
    assert {kind: due for kind, (required, due) in dates(session, open_one).items() if required} == {
        K.PLAN: None,
        K.WORK_PAPERS: date(2022, 6, 30),
        K.REPORT: date(2022, 6, 30),
    }
    services.expect(world.supervisor, session, done, now=NOW)
    assert set(dates(session, done).values()) == {(False, None)}
    with pytest.raises(WrongState):
        services.expect(world.supervisor, session, ended, now=NOW)
    foreign = make_engagement(session, world.foreign_bureau, world.foreign_agency, world.foreign_department)
    with pytest.raises(NotVisible):
        services.expect(world.supervisor, session, foreign, now=NOW)
    with pytest.raises(Forbidden):
        services.expect(make_actor(session, world.city, Role.BUREAU_LEAD), session, foreign, now=NOW)
    assert slots_of(session, foreign) == {}


def test_a_list_made_by_hand_gives_no_date_that_has_passed(session: Session, world: World) -> None:
    signed = date(2022, 1, 4)
    old = make_engagement(session, world.bureau, world.agency, world.school, signed_on=signed)
    services.expect(world.supervisor, session, old, now=NOW)
    assert dates(session, old)[K.PLAN] == (True, None)
    assert dates(session, old)[K.REPORT] == (True, old.due_on)
