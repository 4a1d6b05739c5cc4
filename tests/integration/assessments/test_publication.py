"""Publishing a year once, by the right person, as it was shown; and correcting it without moving a byte."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select

from agencyqa.assessments.enums import RoundState, SheetState
from agencyqa.assessments.models import AnnualResult, AssessmentRound, PublishedResultChanged, ScoreSheet
from agencyqa.assessments.services.publication import correct_round, publish_round
from agencyqa.assessments.services.rounds import compute_round
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.engagements.locks import is_year_final
from agencyqa.errors import Forbidden, Invalid, NotVisible, Stale, WrongState
from agencyqa.extensions import db
from agencyqa.measures.enums import Purpose
from agencyqa.notifications.models import InboxMessage
from agencyqa.scoring import SCALE
from tests.client import Client
from tests.factories.accounts import NOW, make_member, sign_in
from tests.integration.assessments.conftest import build_world
from tests.integration.assessments.years import Year, build_year, reopened, year

__all__ = ["year"]


def rows_of(year: Year, found_id: int) -> tuple[list[Any], list[Any]]:
    """Every byte of a round and its results, straight from the tables."""
    rounds, results = AssessmentRound.__table__, AnnualResult.__table__
    return (
        list(year.session.execute(sa.select(rounds).where(rounds.c.id == found_id))),
        list(
            year.session.execute(
                sa.select(results).where(results.c.round_id == found_id).order_by(results.c.id)
            )
        ),
    )


def test_publication_freezes_sheets_and_tells_only_the_agencies(year: Year) -> None:
    world, session = year.world, year.session
    draft = year.sheet(year.first, Purpose.COMMISSIONER, None, state=SheetState.DRAFT)
    assert not is_year_final(session, world.bureau.id, 2022)
    found = year.published()
    assert (found.state, found.published_at, found.published_by_id) == (
        RoundState.PUBLISHED, NOW, world.lead.user_id,
    )  # fmt: skip
    states = {sheet.id: sheet.state for sheet in session.scalars(select(ScoreSheet))}
    assert {key: state for key, state in states.items() if key != draft.id} == dict.fromkeys(
        states.keys() - {draft.id}, SheetState.PUBLISHED
    )
    assert states[draft.id] is SheetState.DRAFT
    assert is_year_final(session, world.bureau.id, 2022)
    assert not is_year_final(session, world.bureau.id, 2021)
    told = session.execute(
        select(InboxMessage.membership_id, InboxMessage.params, InboxMessage.endpoint_values)
        .where(InboxMessage.code == "result_published")
        .order_by(InboxMessage.membership_id)
    ).all()
    own = {
        world.manager.id: year.result(found, world.agency).id,
        world.other_manager.id: year.result(found, world.other_agency).id,
    }
    assert [(row[0], row[2]) for row in told] == [(key, {"result_id": own[key]}) for key in sorted(own)]


def test_who_may_publish(year: Year) -> None:
    session, world = year.session, year.world
    found = year.round()

    def attempt(person: Any) -> type[Exception]:
        with pytest.raises((Forbidden, NotVisible)) as refusal:
            publish_round(world.actor(person), session, found, seen_version=found.version, now=NOW)
        return refusal.type

    assert attempt(world.supervisor) is Forbidden
    assert attempt(make_member(session, world.city, Role.BUREAU_LEAD)) is Forbidden
    assert attempt(make_member(session, world.neighbour, Role.BUREAU_LEAD)) is NotVisible
    for name in ("manager", "officer", "observer", "administrator"):
        assert attempt(getattr(world, name)) is NotVisible
    # A lead who filled in one sheet of the year, and be it an old revision of a sheet, is not the one to publish.
    old = year.sheet(year.first, Purpose.COMMISSIONER, 1, scorer_id=world.lead.user_id)
    old.is_current = False
    session.flush()
    with pytest.raises(Forbidden) as refusal:
        publish_round(year.lead, session, found, seen_version=found.version, now=NOW)
    assert refusal.value.code == "publisher_scored_in_year"
    assert not year.is_published(found)
    other_lead = world.actor(make_member(session, world.bureau, Role.BUREAU_LEAD))
    publish_round(other_lead, session, found, seen_version=found.version, now=NOW)
    assert year.is_published(found)


def test_provisional_results_need_a_tick_and_a_reason(year: Year, client: Client) -> None:
    year.engage(year.world.other_agency)
    found = year.round()
    with pytest.raises(Invalid) as invalid:
        publish_round(year.lead, year.session, found, seen_version=found.version, now=NOW)
    assert invalid.value.fields == {
        "accept_provisional": ("provisional_not_accepted", {"count": 1}),
        "provisional_reason": ("required", {}),
    }
    sign_in(client, year.world.lead)
    shown = client.get(f"/rounds/{found.id}/publish")
    refused = client.submit(shown, "publish")
    assert refused.status_code == 422
    assert "有 1 家机构评分不全" in client.page(refused).text
    assert found.state is RoundState.OPEN
    done = client.submit(shown, "publish", accept_provisional="1", provisional_reason="被评价单位已撤并")
    assert done.status_code == 302
    assert (found.state, found.provisional_reason) == (RoundState.PUBLISHED, "被评价单位已撤并")
    other = year.result(found, year.world.other_agency)
    assert (other.rank, other.rounded) == (None, None)
    page = client.page(client.get(f"/rounds/{found.id}"))
    assert "被评价单位已撤并" in page.text
    assert "— 浦江会计师事务所 —" in page.text


def test_a_double_click_publishes_once(year: Year, client: Client) -> None:
    found = year.round()
    sign_in(client, year.world.lead)
    shown = client.get(f"/rounds/{found.id}/publish")
    assert client.submit(shown, "publish").status_code == 302
    again = client.submit(shown, "publish")
    assert again.status_code == 409
    assert "已经发布，没有再次办理" in client.page(again).text
    events = list(
        year.session.scalars(
            select(AuditEntry.event).where(AuditEntry.event == "assessments.round.published")
        )
    )
    assert len(events) == 1
    assert client.get(f"/rounds/{found.id}/publish").status_code == 302


def test_only_what_was_shown_is_published(year: Year) -> None:
    found = year.round()
    seen = found.version
    sheet = year.session.scalars(select(ScoreSheet).where(ScoreSheet.engagement_id == year.third.id)).first()
    assert sheet is not None
    reopened(sheet, year.session, 50 * SCALE)
    with pytest.raises(WrongState) as refusal:
        publish_round(year.lead, year.session, found, seen_version=seen, now=NOW)
    assert refusal.value.code == "round_out_of_date"
    # Computed anew, but this lead still looks at the page from before.
    compute_round(year.supervisor, year.session, found, now=NOW)
    year.session.flush()
    with pytest.raises(Stale):
        publish_round(year.lead, year.session, found, seen_version=seen, now=NOW)
    assert found.state is RoundState.OPEN


def test_a_correction_moves_no_byte_of_what_was_published(year: Year, client: Client) -> None:
    session, world = year.session, year.world
    first = year.published()
    before = rows_of(year, first.id)
    with pytest.raises(Forbidden):
        correct_round(year.supervisor, session, first, reason="录入有误", now=NOW)
    with pytest.raises(Invalid):
        correct_round(year.lead, session, first, reason=" ", now=NOW)
    sign_in(client, world.lead)
    shown = client.get(f"/rounds/{first.id}/correct")
    answer = client.submit(shown, "correct", reason="沟通情况录入有误")
    assert answer.status_code == 302
    second = session.scalars(select(AssessmentRound).where(AssessmentRound.revision == 2)).one()
    assert (second.state, second.reason, second.grade_table_id) == (
        RoundState.OPEN, "沟通情况录入有误", first.grade_table_id,
    )  # fmt: skip
    assert not is_year_final(session, world.bureau.id, 2022)
    # Twice at once, or a second correction beside it, is refused.
    assert client.submit(shown, "correct", reason="再次").status_code == 409
    sheet = session.scalars(
        select(ScoreSheet).where(ScoreSheet.engagement_id == year.third.id).order_by(ScoreSheet.id)
    ).first()
    assert sheet is not None
    reopened(sheet, session, 90 * SCALE)
    compute_round(year.supervisor, session, second, now=NOW)
    session.commit()
    # Until the correction is published, the agency's page says nothing of it.
    old = year.result(first, world.other_agency)
    switch(client, world.other_manager)
    assert "取代" not in client.page(client.get(f"/results/{old.id}")).text
    year.publish(second)
    session.commit()
    assert rows_of(year, first.id) == before
    # 0.7 * 100 + 0.3 * 100/3
    assert [each.rounded for each in year.results(second)] == [8200, 8000]
    page = client.page(client.get(f"/results/{old.id}"))
    assert "已被第 2 版取代" in page.text
    assert "56.67" in page.text
    new = year.result(second, world.other_agency)
    assert "80.00" in client.page(client.get(f"/results/{new.id}")).text
    listed = client.page(client.get("/results"))
    assert ("80.00" in listed.text, "56.67" in listed.text) == (True, False)
    listed = client.page(client.get("/results?with_superseded=1"))
    assert ("80.00" in listed.text, "56.67" in listed.text) == (True, True)
    switch(client, world.observer)
    assert "已被第 2 版取代" in client.page(client.get(f"/rounds/{first.id}")).text
    codes = session.scalars(
        select(InboxMessage.code)
        .where(InboxMessage.membership_id == world.other_manager.id)
        .order_by(InboxMessage.id)
    )
    assert list(codes) == ["result_published", "result_corrected"]


def test_the_rows_themselves_refuse_to_change(year: Year) -> None:
    found = year.published()
    result = year.results(found)[0]
    session, found_id = year.session, found.id
    # What is undone after each refusal must not take the publication with it.
    session.commit()
    result.rounded = 10000
    with pytest.raises(PublishedResultChanged):
        session.flush()
    session.rollback()
    session.get_one(AssessmentRound, found_id).reason = "改写"
    with pytest.raises(PublishedResultChanged):
        session.flush()
    session.rollback()
    session.delete(session.get_one(AssessmentRound, found_id))
    with pytest.raises(PublishedResultChanged):
        session.flush()
    session.rollback()


def switch(client: Client, membership: Any) -> None:
    client.delete_cookie("agencyqa")
    sign_in(client, membership)


def test_an_open_round_or_an_old_revision_is_not_corrected(year: Year) -> None:
    found = year.round()
    with pytest.raises(WrongState) as refusal:
        correct_round(year.lead, year.session, found, reason="无", now=NOW)
    assert refusal.value.code == "round_still_open"
    year.publish(found)
    second = correct_round(year.lead, year.session, found, reason="更正", now=NOW)
    with pytest.raises(WrongState) as refusal:
        correct_round(year.lead, year.session, found, reason="更正", now=NOW)
    assert (refusal.value.code, refusal.value.params) == ("round_superseded", {"revision": 2})
    with pytest.raises(WrongState) as refusal:
        publish_round(year.lead, year.session, second, seen_version=second.version, now=NOW)
    assert refusal.value.code == "round_not_computed"


def test_the_scorer_reads_why_not(year: Year, client: Client) -> None:
    year.sheet(year.first, Purpose.COMMISSIONER, 5, scorer_id=year.world.lead.user_id)
    found = year.round()
    sign_in(client, year.world.lead)
    page = client.page(client.get(f"/rounds/{found.id}/publish"))
    assert "须由没有参与评分的负责人发布" in page.text
    assert not any("publish" in form.action for form in page.forms)
    forced = client.post(f"/rounds/{found.id}/publish", data={"version": found.version})
    assert forced.status_code == 403
    assert found.state is RoundState.OPEN


def test_two_leads_at_once(real_app: Flask) -> None:
    """With real transactions and connections: one publishes, the other reads that it is done."""
    with real_app.app_context():
        made = build_year(build_world(db.session()))
        found = made.round()
        lead, found_id, seen = made.lead, found.id, found.version
        db.session.commit()
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def attempt() -> None:
        with real_app.app_context():
            barrier.wait(timeout=30)
            mine = db.session.get_one(AssessmentRound, found_id)
            try:
                publish_round(lead, db.session(), mine, seen_version=seen, now=NOW)
                db.session.commit()
            except WrongState as refusal:
                db.session.rollback()
                outcomes.append(refusal.code)
            else:
                outcomes.append("published")

    threads = [threading.Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["published", "round_already_published"]
    with real_app.app_context():
        events = select(AuditEntry.id).where(AuditEntry.event == "assessments.round.published")
        assert len(list(db.session.scalars(events))) == 1
