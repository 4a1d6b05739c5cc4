"""Once the results of a year are final, what keeps somebody of its teams out is put on record, and nothing moves."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import TieKind
from agencyqa.agencies.services import TieData, declare_tie
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.engagements.archive import services as archive
from agencyqa.engagements.archive.queries import has_news
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.locks import year_locks
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
from agencyqa.engagements.services.progress import complete_engagement, reopen_engagement
from agencyqa.engagements.team.enums import TeamRole
from agencyqa.engagements.team.models import TeamMember
from agencyqa.errors import Refused, WrongState
from agencyqa.files.models import StoredFile
from agencyqa.files.services import open_stored
from tests.client import Client
from tests.factories.accounts import NOW, actor_of, make_member, sign_in
from tests.factories.agencies import make_evaluator
from tests.factories.engagements import make_engagement
from tests.integration.engagements.deliverables.traces import entries
from tests.integration.engagements.world import World, make_world

TODAY = local_date(NOW)


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


@pytest.fixture
def final_years() -> Iterator[set[int]]:
    """Years that a test calls final; how rounds make them so is tested where rounds are."""
    years: set[int] = set()

    def is_final(session: Session, bureau_id: int, year: int, *, hold: bool = False) -> bool:
        return year in years

    year_locks.append(is_final)
    yield years
    year_locks.remove(is_final)


def make_case(session: Session, world: World, state: EngagementState) -> RecusalCase:
    """Somebody who is still in the team is tied to the school and says so on paper."""
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
    session.add(
        TeamMember(
            engagement_id=found.id,
            person_id=person_id,
            role=TeamRole.MEMBER,
            valid_from=TODAY - timedelta(days=60),
            entered_at=NOW,
        )
    )
    session.flush()
    sign_declaration(
        manager_of(session, world), session, found, DeclarationData(person_id, False, TODAY, "亲属"), now=NOW
    )
    case = session.scalars(select(RecusalCase)).one()
    tie = TieData(world.school.id, TieKind.RELATIVE, date(2021, 1, 1), person_id=person_id)
    # The work is looked at once more only where it runs; then it is one case more.
    declare_tie(world.supervisor, session, world.agency, tie, now=NOW)
    session.commit()
    return case


def manager_of(session: Session, world: World) -> Actor:
    member = make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    return actor_of(session, member)


def decide(session: Session, world: World, case: RecusalCase, action: CaseAction) -> None:
    data = CaseDecision(action, "查明亲属关系，工作底稿已复核")
    decide_case(world.lead, session, case, data, seen_version=case.version, now=NOW)


def test_finished_work_of_a_final_year_has_a_way_on(
    app: Flask, client: Client, session: Session, world: World, final_years: set[int]
) -> None:
    case = make_case(session, world, EngagementState.COMPLETED)
    engagement = session.get_one(Engagement, case.engagement_id)
    # While the year is open its completion is taken back first, and nothing is only put on record.
    with pytest.raises(WrongState, match="recusal_year_is_open"):
        decide(session, world, case, CaseAction.RECORD)
    session.rollback()
    final_years.add(engagement.assessment_year)
    with pytest.raises(WrongState, match="year_is_final"):
        reopen_engagement(world.lead, session, engagement, "误", seen_version=engagement.version, now=NOW)
    with pytest.raises(Refused, match="recusal_stop_stands"):
        decide(session, world, case, CaseAction.CONTINUE)
    for action in (CaseAction.REPLACE, CaseAction.TERMINATE):
        with pytest.raises(WrongState, match="recusal_year_is_final"):
            decide(session, world, case, action)
    session.rollback()
    before = (engagement.state, engagement.completed_on, engagement.version)
    sign_in(client, make_member(session, world.bureau, Role.BUREAU_LEAD))
    session.commit()
    page = client.get(f"/engagements/independence/cases/{case.id}")
    offered = [f'value="{each}"' in page.text for each in ("continue", "replace", "terminate", "record")]
    assert offered == [True, False, False, True]
    assert "2022 年度考核结果已经公布" in page.text
    sent = client.submit(page, "main-form", action="record", reason="查明亲属关系，底稿已复核")
    assert sent.location == f"/engagements/{engagement.id}/independence"
    session.expire_all()
    assert (case.state, case.action, case.reason, has_pending_case(session, engagement.id)) == (
        CaseState.RECORDED,
        CaseAction.RECORD,
        "查明亲属关系，底稿已复核",
        False,
    )
    assert (engagement.state, engagement.completed_on, engagement.version) == before
    assert [entry["changes"]["state"] for entry in entries(session, "recusal.case.decided")] == [
        ["open", "recorded"]
    ]
    assert "已记录在案" in client.page(client.get(f"/engagements/{engagement.id}/independence")).text


def test_the_decision_is_in_the_sealed_file(
    app: Flask, session: Session, world: World, final_years: set[int]
) -> None:
    case = make_case(session, world, EngagementState.COMPLETED)
    engagement = session.get_one(Engagement, case.engagement_id)
    archive.set_retention(world.lead, session, date(2020, 1, 1), 10, "局发〔2020〕1号", now=NOW)
    final_years.add(engagement.assessment_year)
    manager = manager_of(session, world)
    at = NOW + timedelta(seconds=1)
    with app.app_context():
        archive.seal(manager, session, engagement, now=at)
        assert not has_news(session, engagement.id, at)
        data = CaseDecision(CaseAction.RECORD, "查明亲属关系")
        decided_at = at + timedelta(minutes=1)
        decide_case(world.lead, session, case, data, seen_version=case.version, now=decided_at)
        # What was decided after the seal is sealed with all the rest.
        assert has_news(session, engagement.id, at)
        sealed = archive.seal(manager, session, engagement, now=decided_at + timedelta(seconds=1))
        with (
            open_stored(session.get_one(StoredFile, sealed.file_id)) as stream,
            zipfile.ZipFile(stream) as book,
        ):
            (kept,) = json.loads(book.read("record/recusal_cases.json"))["data"]
    assert {name: kept[name] for name in ("person", "cause", "state", "action", "reason", "decided_at")} == {
        "person": "钱进",
        "cause": "declaration",
        "state": "recorded",
        "action": "record",
        "reason": "查明亲属关系",
        "decided_at": decided_at.isoformat(),
    }


def test_without_a_stop_there_is_nothing_to_put_on_record(
    session: Session, world: World, final_years: set[int]
) -> None:
    case = make_case(session, world, EngagementState.COMPLETED)
    engagement = session.get_one(Engagement, case.engagement_id)
    final_years.add(engagement.assessment_year)
    place = session.scalars(select(TeamMember)).one()
    place.valid_to = TODAY - timedelta(days=1)
    session.commit()
    with pytest.raises(WrongState, match="recusal_nothing_to_record"):
        decide(session, world, case, CaseAction.RECORD)
    decide(session, world, case, CaseAction.CONTINUE)
    assert case.state is CaseState.CONTINUED


def test_work_that_still_runs_in_a_final_year_comes_to_its_end(
    session: Session, world: World, final_years: set[int]
) -> None:
    """Nobody else was found, and a contract of a final year cannot be terminated; put on record it is completed."""
    make_case(session, world, EngagementState.CONTRACTED)
    cases = session.scalars(select(RecusalCase).order_by(RecusalCase.id)).all()
    engagement = session.get_one(Engagement, cases[0].engagement_id)
    final_years.add(engagement.assessment_year)
    assert len(cases) == 2
    decide(session, world, cases[0], CaseAction.REPLACE)
    for case in cases:
        with pytest.raises(WrongState, match="recusal_year_is_final"):
            decide(session, world, case, CaseAction.TERMINATE)
        decide(session, world, case, CaseAction.RECORD)
    complete_engagement(world.lead, session, engagement, TODAY, seen_version=engagement.version, now=NOW)
    assert [case.state for case in cases] == [CaseState.RECORDED] * 2
    assert engagement.state is EngagementState.COMPLETED
