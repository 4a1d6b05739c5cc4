"""What a tie that was entered wrongly had opened in running work is lifted when it is withdrawn."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import TieKind
from agencyqa.agencies.services import TieData, declare_tie, withdraw_tie
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.engagements import services as engagements
from agencyqa.engagements.checks import examine
from agencyqa.engagements.data import data_of
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal import services
from agencyqa.engagements.recusal.enums import CaseAction, CaseCause, CaseState
from agencyqa.engagements.recusal.jobs import recheck_ties
from agencyqa.engagements.recusal.models import RecusalCase
from agencyqa.engagements.recusal.services import DeclarationData
from agencyqa.errors import WrongState
from agencyqa.notifications.models import InboxMessage
from tests.factories.accounts import NOW, make_member
from tests.integration.engagements.recusal.test_independence import (
    TODAY,
    decide,
    manager_of,
    only_case,
    tie_of_person,
)
from tests.integration.engagements.world import World, appoint, create, make_world


@pytest.fixture
def world(session: Session) -> World:
    made = make_world(session)
    services.load_terms(session, NOW)
    return made


def faults(session: Session, engagement: Engagement) -> list[str]:
    checks = examine(
        session,
        data_of(engagement),
        engagement.bureau_id,
        today=TODAY,
        engagement_id=engagement.id,
        day=TODAY,
    )
    return [check.code for check in checks if check.is_fault and check.evidence]


@pytest.mark.parametrize("action", [None, CaseAction.REPLACE])
def test_the_check_that_it_opened_is_lifted(
    session: Session, world: World, action: CaseAction | None
) -> None:
    person_id = appoint(session, world.bureau, world.agency)
    engagement = create(session, world, principal_evaluator_id=person_id)
    manager = make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    rival = make_member(session, session.get_one(Body, world.rival.id), Role.AGENCY_MANAGER)
    tie = tie_of_person(session, world, person_id, world.school, date(2022, 1, 1))
    if action is not None:
        decide(session, world, action)
    assert faults(session, engagement) == ["person_tie_with_evaluated_unit"]
    with pytest.raises(WrongState, match="recusal_undecided"):
        engagements.complete_engagement(
            world.supervisor, session, engagement, TODAY, seen_version=engagement.version, now=NOW
        )
    before = only_case(session).findings
    withdraw_tie(world.supervisor, session, tie, reason="同名同姓，录错人员", now=NOW)
    case = only_case(session)
    assert (case.state, case.action, case.reason, case.decided_at, case.decided_by_id) == (
        CaseState.LIFTED,
        CaseAction.LIFT,
        "同名同姓，录错人员",
        NOW,
        world.supervisor.user_id,
    )
    # What was found then stays as it was found.
    assert case.findings == before
    assert faults(session, engagement) == []
    with pytest.raises(WrongState, match="recusal_case_closed"):
        decide(session, world, CaseAction.TERMINATE)
    assert recheck_ties(session, NOW) == 0
    decided = select(InboxMessage.membership_id).where(InboxMessage.code == "recusal_decided")
    told = session.scalars(decided).all()
    assert (told.count(manager.id), told.count(rival.id)) == (1 + (action is not None), 0)
    engagements.complete_engagement(
        world.supervisor, session, engagement, TODAY, seen_version=engagement.version, now=NOW
    )
    assert engagement.state is EngagementState.COMPLETED
    session.commit()
    logged = session.scalars(
        select(AuditEntry).where(AuditEntry.target_type == "recusal_cases").order_by(AuditEntry.id.desc())
    ).first()
    assert logged is not None
    assert (logged.event, logged.detail["action"]) == ("recusal.case.decided", "lift")


def test_what_rests_on_something_else_stays(session: Session, world: World) -> None:
    person_id = appoint(session, world.bureau, world.agency)
    engagement = create(session, world, principal_evaluator_id=person_id)
    wrong = tie_of_person(session, world, person_id, world.school, date(2022, 1, 1))
    right = declare_tie(
        world.supervisor,
        session,
        world.agency,
        TieData(world.school.id, TieKind.ADVISORY, date(2022, 1, 1)),
        now=NOW,
    )
    services.sign_declaration(
        manager_of(session, world),
        session,
        engagement,
        DeclarationData(person_id, False, TODAY, "近亲属在被评价单位工作"),
        now=NOW,
    )
    withdraw_tie(world.supervisor, session, wrong, reason="录错人员", now=NOW)
    cases = session.scalars(select(RecusalCase).order_by(RecusalCase.id)).all()
    assert [(case.cause, case.tie_id, case.state) for case in cases] == [
        (CaseCause.TIE, wrong.id, CaseState.LIFTED),
        (CaseCause.TIE, right.id, CaseState.OPEN),
        (CaseCause.DECLARATION, None, CaseState.OPEN),
    ]
    assert faults(session, engagement) == ["tie_with_evaluated_unit"]


def test_what_was_decided_stays_decided(session: Session, world: World) -> None:
    person_id = appoint(session, world.bureau, world.agency)
    engagement = create(session, world, principal_evaluator_id=person_id)
    tie = tie_of_person(session, world, person_id, world.school, date(2022, 1, 1))
    decide(session, world, CaseAction.TERMINATE)
    withdraw_tie(world.supervisor, session, tie, reason="录错人员", now=NOW)
    case = only_case(session)
    assert (case.state, case.action, case.reason, engagement.state) == (
        CaseState.TERMINATED,
        CaseAction.TERMINATE,
        "查明",
        EngagementState.TERMINATED,
    )


def test_a_tie_withdrawn_before_its_first_day_opens_nothing(session: Session, world: World) -> None:
    create(session, world)
    tie = declare_tie(
        world.supervisor,
        session,
        world.agency,
        TieData(world.school.id, TieKind.ADVISORY, date(2022, 6, 20)),
        now=NOW,
    )
    withdraw_tie(world.supervisor, session, tie, reason="录错机构", now=NOW)
    later = NOW + timedelta(days=6)
    assert (recheck_ties(session, later), session.scalars(select(RecusalCase)).all()) == (0, [])
    # The job may have read the tie before it was withdrawn.
    assert services.reopen_for_tie(world.supervisor, session, tie, now=later) == 0


def test_the_gate_is_open_again(session: Session, world: World) -> None:
    tie = declare_tie(
        world.supervisor,
        session,
        world.agency,
        TieData(world.school.id, TieKind.SHAREHOLDING, date(2022, 1, 1)),
        now=NOW,
    )
    with pytest.raises(engagements.CommissionRefused):
        create(session, world)
    withdraw_tie(world.supervisor, session, tie, reason="录错机构", now=NOW)
    assert create(session, world).state is EngagementState.CONTRACTED
