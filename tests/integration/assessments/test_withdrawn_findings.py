"""A finding that falls after publication: the sheet is scored again, and nothing that was told is written over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from agencyqa.assessments.enums import RoundState, SheetState, WeightMode
from agencyqa.assessments.models import (
    AnnualResult,
    AssessmentRound,
    PublishedResultChanged,
    ScoreSheet,
    SheetSnapshot,
)
from agencyqa.assessments.queries.rounds import inputs_stamp
from agencyqa.assessments.services.publication import correct_round, publish_round
from agencyqa.assessments.services.rounds import compute_round, open_round
from agencyqa.assessments.services.verification import verify_published
from agencyqa.errors import WrongState
from agencyqa.inspections.enums import FindingState
from agencyqa.inspections.models import Finding
from agencyqa.measures.enums import Purpose
from agencyqa.notifications.models import InboxMessage
from tests.client import Client
from tests.factories.accounts import NOW, sign_in
from tests.factories.assessments import make_grade_table
from tests.factories.inspections import make_finding, make_spot_check
from tests.factories.rounds import score_of
from tests.integration.assessments.conftest import switch_to
from tests.integration.assessments.evidence import FULL, Recorded, recorded

__all__ = ["recorded"]


@dataclass
class Published:
    recorded: Recorded
    round: AssessmentRound
    finding: Finding
    aside: Finding

    @property
    def result(self) -> AnnualResult:
        session = self.recorded.session
        statement = select(AnnualResult).where(AnnualResult.round_id == self.round.id)
        return session.scalars(statement).one()


@pytest.fixture
def published(recorded: Recorded) -> Published:
    """Two untraceable figures cost the agency a point; its finding on the whole agency is listed."""
    session, world = recorded.session, recorded.world
    make_grade_table(session, world.bureau)
    finding = recorded.find("no_source", 2, "两处数据没有来源")
    unscored = recorded.find("slow_response", 1)
    whole = make_spot_check(session, world.bureau, world.agency, year=2024)
    make_finding(session, whole, fault="weak_internal_rules", facts="没有保密制度", fact_on=date(2024, 7, 1))
    make_finding(session, whole, fault="untrained_staff", facts="去年的事", fact_on=date(2023, 7, 1))
    for sheet in (recorded.bureau_sheet, recorded.unit_sheet):
        recorded.finalise(recorded.score(sheet))
    supervisor, lead = world.actor(world.supervisor), world.actor(world.lead)
    found = open_round(supervisor, session, 2024, WeightMode.EQUAL, now=NOW)
    compute_round(supervisor, session, found, now=NOW)
    publish_round(lead, session, found, seen_version=found.version, now=NOW)
    session.commit()
    return Published(recorded, found, finding, unscored)


def told(published: Published) -> list[Any]:
    """Every byte of the published round, its result, and the sheets and submissions behind it."""
    session = published.recorded.session
    rows: list[Any] = []
    for model, condition in (
        (AssessmentRound, AssessmentRound.id == published.round.id),
        (AnnualResult, AnnualResult.round_id == published.round.id),
        (ScoreSheet, ScoreSheet.revision == 1),
        (SheetSnapshot, SheetSnapshot.number == 1),
    ):
        table: Any = model.__table__
        # That a sheet has a successor is written on it; nothing else may be.
        left_out = {"is_current", "version"} if model is ScoreSheet else set()
        kept = [column for column in table.c if column.name not in left_out]
        rows += session.execute(
            sa.select(*kept)
            .where(condition)
            .order_by(table.c.id)
            .limit(2 if model is SheetSnapshot else None)
        ).all()
    return rows


def test_a_withdrawal_after_publication_opens_a_rescore(client: Client, published: Published) -> None:
    recorded = published.recorded
    session, world, old = recorded.session, recorded.world, recorded.bureau_sheet
    assert (old.state, old.total) == (SheetState.PUBLISHED, FULL - 10_000)
    assert score_of(published.result) == Fraction(7, 10) * 99 + Fraction(3, 10) * 94
    before = told(published)
    recorded.withdraw(published.finding, "原始凭证已找到")
    session.commit()
    session.expire_all()
    assert told(published) == before

    following = session.scalars(
        select(ScoreSheet).where(
            ScoreSheet.engagement_id == recorded.engagement.id,
            ScoreSheet.scorer_role == Purpose.BUREAU,
            ScoreSheet.is_current,
        )
    ).one()
    assert (following.revision, following.state, following.total) == (2, SheetState.DRAFT, FULL)
    assert [row["fault"] for row in following.facts] == ["slow_response"]
    assert (
        following.correction_reason
        == f"抽查认定的问题2024-{published.finding.number:03d}已撤销：原始凭证已找到"
    )
    assert [row["key"] for row in old.facts] == [
        f"finding:{published.finding.id}",
        f"finding:{published.aside.id}",
    ]
    # The unit's form counted no finding, so nobody scores it again.
    assert recorded.unit_sheet.is_current
    codes = {
        (message.code, message.membership_id)
        for message in session.scalars(select(InboxMessage))
        if message.code in {"rescore_opened", "sheet_corrected"}
    }
    assert ("rescore_opened", world.lead.id) in codes
    assert ("sheet_corrected", world.supervisor.id) in codes
    assert verify_published(session).differences == []

    sign_in(client, world.second_supervisor)
    text = client.page(client.get(f"/rounds/{published.round.id}")).text
    assert "有评分表正在重新评分" in text
    assert "原始凭证已找到" in text
    switch_to(client, world.manager)
    text = client.page(client.get(f"/sheets/{old.id}/trace")).text
    assert "两处数据没有来源" in text
    assert client.get(f"/sheets/{following.id}").status_code == 404

    # The lead publishes the correction; both results stay.
    recorded.finalise(recorded.score(following))
    lead = world.actor(world.lead)
    second = correct_round(lead, session, published.round, reason="问题撤销", now=NOW)
    compute_round(lead, session, second, now=NOW)
    publish_round(lead, session, second, seen_version=second.version, now=NOW)
    session.commit()
    session.expire_all()
    assert told(published) == before
    newer = session.scalars(select(AnnualResult).where(AnnualResult.round_id == second.id)).one()
    assert score_of(newer) == Fraction(7, 10) * 100 + Fraction(3, 10) * 94
    done = verify_published(session)
    assert (done.rounds, done.differences) == (2, [])
    switch_to(client, world.second_supervisor)
    assert "有评分表正在重新评分" not in client.page(client.get(f"/rounds/{published.round.id}")).text


def test_a_finding_that_moved_no_score_opens_nothing(published: Published) -> None:
    recorded = published.recorded
    recorded.withdraw(published.aside)
    session = recorded.session
    assert session.scalars(select(ScoreSheet.revision).where(ScoreSheet.revision > 1)).all() == []
    assert recorded.bureau_sheet.is_current


def test_a_withdrawal_during_review_is_told_to_the_lead(recorded: Recorded) -> None:
    session, sheet = recorded.session, recorded.score_after_finding()
    (finding,) = session.scalars(select(Finding).where(Finding.state == FindingState.FINAL)).all()
    recorded.withdraw(finding)
    session.flush()
    assert (sheet.state, sheet.is_current, sheet.total) == (SheetState.SUBMITTED, True, FULL - 5_000)
    codes = session.execute(
        select(InboxMessage.code, InboxMessage.membership_id).where(
            InboxMessage.code == "sheet_record_changed"
        )
    ).all()
    assert [tuple(row) for row in codes] == [("sheet_record_changed", recorded.world.lead.id)]


def test_altered_rows_of_a_record_are_found_out(published: Published) -> None:
    session = published.recorded.session
    assert verify_published(session).differences == []
    kept = session.scalars(
        select(SheetSnapshot).where(SheetSnapshot.sheet_id == published.recorded.bureau_sheet.id)
    ).one()
    content = {**kept.content, "facts": [{**kept.content["facts"][0], "count": 1}]}
    session.execute(sa.update(SheetSnapshot).where(SheetSnapshot.id == kept.id).values(content=content))
    session.expire_all()
    places = [each.place for each in verify_published(session).differences]
    assert places == [f"sheet {kept.sheet_id}: the submission was altered"]
    # Nor can a programme write on a published sheet.
    published.recorded.bureau_sheet.facts = []
    with pytest.raises(PublishedResultChanged):
        session.flush()
    session.rollback()


def test_findings_on_an_agency_are_listed_and_never_move(client: Client, published: Published) -> None:
    recorded = published.recorded
    session, world, result = recorded.session, recorded.world, published.result
    (held,) = result.agency_findings
    assert (held["fault"], held["facts"], held["fact_on"]) == (
        "weak_internal_rules",
        "没有保密制度",
        "2024-07-01",
    )
    whole = session.get_one(Finding, held["finding_id"])
    title = "机构层面的问题（列示，不计入本年得分）"
    path = f"/results/{result.id}"
    sign_in(client, world.supervisor)
    page = client.page(client.get(path))
    assert title in page.text
    assert "没有保密制度" in page.text
    assert "去年的事" not in page.text
    assert any("finding" in href for _, href in page.links)
    switch_to(client, world.manager)
    assert title in client.page(client.get(path)).text
    assert client.get(f"{path}/trace.json").get_json()["agency_findings"] == [held]
    switch_to(client, world.observer)
    answer = client.get(path)
    assert title not in client.page(answer).text
    assert "没有保密制度" not in answer.text
    assert "agency_findings" not in client.get(f"{path}/trace.json").get_json()
    before = told(published)
    recorded.withdraw(whole)
    session.commit()
    session.expire_all()
    assert told(published) == before
    assert verify_published(session).differences == []


def test_a_new_finding_on_an_agency_makes_an_open_year_out_of_date(published: Published) -> None:
    recorded = published.recorded
    session, world = recorded.session, recorded.world
    lead = world.actor(world.lead)
    second = correct_round(lead, session, published.round, reason="补充列示", now=NOW)
    compute_round(lead, session, second, now=NOW)
    assert second.state is RoundState.OPEN
    assert inputs_stamp(session, second.bureau_id, 2024) == second.inputs_stamp
    whole = make_spot_check(session, world.bureau, world.agency, year=2024)
    make_finding(session, whole, fault="untrained_staff", facts="两人未培训", fact_on=date(2024, 8, 1))
    assert inputs_stamp(session, second.bureau_id, 2024) != second.inputs_stamp
    with pytest.raises(WrongState) as caught:
        publish_round(lead, session, second, seen_version=second.version, now=NOW)
    assert caught.value.code == "round_out_of_date"
