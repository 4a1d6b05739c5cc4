"""A case about somebody who has left the team comes to its end, while the work runs and when it is done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal.enums import CaseAction, CaseState
from agencyqa.engagements.recusal.models import RecusalCase
from agencyqa.engagements.recusal.queries import has_pending_case
from agencyqa.engagements.recusal.services import (
    CaseDecision,
    DeclarationData,
    decide_case,
    sign_declaration,
)
from agencyqa.engagements.team.enums import TeamRole
from agencyqa.engagements.team.models import TeamMember
from agencyqa.errors import WrongState
from tests.client import Client
from tests.factories.accounts import NOW, actor_of, make_member, sign_in
from tests.factories.agencies import make_evaluator
from tests.factories.engagements import make_engagement
from tests.integration.engagements.world import World, make_world

TODAY = local_date(NOW)


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def declared(session: Session, world: World, state: EngagementState, *, has_left: bool) -> RecusalCase:
    """Somebody of the team states a conflict on paper, so that a case is open."""
    is_done = state is EngagementState.COMPLETED
    found = make_engagement(
        session,
        world.bureau,
        world.agency,
        world.school,
        commissioner=world.education,
        completed_on=TODAY if is_done else None,
    )
    found.state = state
    person_id = make_evaluator(session, world.bureau, world.agency, "钱进").person_id
    place = TeamMember(
        engagement_id=found.id,
        person_id=person_id,
        role=TeamRole.MEMBER,
        valid_from=TODAY - timedelta(days=60),
        valid_to=TODAY - timedelta(days=20) if has_left else None,
        entered_at=NOW,
    )
    session.add(place)
    session.commit()
    manager = actor_of(
        session, make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    )
    sign_declaration(manager, session, found, DeclarationData(person_id, False, TODAY, "曾任职"), now=NOW)
    return session.scalars(select(RecusalCase)).one()


def decide(session: Session, world: World, case: RecusalCase, action: CaseAction) -> None:
    data = CaseDecision(action, "应当回避")
    decide_case(world.lead, session, case, data, seen_version=case.version, now=NOW)


@pytest.mark.parametrize("state", [EngagementState.CONTRACTED, EngagementState.COMPLETED])
def test_to_replace_who_has_left_settles_the_case_at_once(
    session: Session, world: World, state: EngagementState
) -> None:
    case = declared(session, world, state, has_left=True)
    decide(session, world, case, CaseAction.REPLACE)
    assert (case.state, case.reason, has_pending_case(session, case.engagement_id)) == (
        CaseState.REPLACED,
        "应当回避",
        False,
    )
    for action in (CaseAction.CONTINUE, CaseAction.REPLACE):
        with pytest.raises(WrongState, match="recusal_case_closed"):
            decide(session, world, case, action)
    session.commit()
    # Both steps are on record: what was decided, and that it was so already.
    logged = select(AuditEntry.detail).where(AuditEntry.event == "recusal.case.decided")
    assert [entry["changes"]["state"] for entry in session.scalars(logged.order_by(AuditEntry.id))] == [
        ["open", "replacing"],
        ["replacing", "replaced"],
    ]


def test_work_that_is_done_offers_what_it_can_still_do(
    client: Client, session: Session, world: World
) -> None:
    case = declared(session, world, EngagementState.COMPLETED, has_left=False)
    for action in (CaseAction.REPLACE, CaseAction.TERMINATE):
        with pytest.raises(WrongState, match="recusal_work_is_done"):
            decide(session, world, case, action)
    session.commit()
    sign_in(client, make_member(session, world.bureau, Role.BUREAU_LEAD))
    address = f"/engagements/independence/cases/{case.id}"

    def offered() -> list[bool]:
        page = client.get(address).text
        return [f'value="{action}"' in page for action in ("continue", "replace", "terminate")]

    assert offered() == [True, False, False]
    assert "确需更换人员或者终止委托的，请先撤销完成" in client.get(address).text
    session.get_one(Engagement, case.engagement_id).state = EngagementState.CONTRACTED
    session.commit()
    assert offered() == [True, True, True]
