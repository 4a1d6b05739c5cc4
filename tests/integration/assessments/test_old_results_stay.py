"""Whatever happens after a publication, what was published reads as it did on that day, to the byte."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select

from agencyqa.accounts.models import User
from agencyqa.accounts.services.administration import set_user_active
from agencyqa.agencies.enums import AgencyKind
from agencyqa.agencies.models import Agency
from agencyqa.agencies.services.profiles import change_profile
from agencyqa.assessments.enums import RoundState, SheetState, WeightMode
from agencyqa.assessments.models import (
    AnnualResult,
    AssessmentRound,
    PublishedResultChanged,
    ScoreSheet,
    SheetSnapshot,
)
from agencyqa.assessments.services.publication import correct_round, publish_round
from agencyqa.assessments.services.review import correct_sheet, finalise_sheet, return_sheet
from agencyqa.assessments.services.rounds import compute_round
from agencyqa.assessments.services.tables import GradeRow, add_grade_table, add_share_table
from agencyqa.assessments.services.verification import verify_published
from agencyqa.auth.actor import Actor
from agencyqa.engagements.data import data_of
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.services import (
    change_assessment_year,
    change_engagement,
    terminate_engagement,
)
from agencyqa.errors import AgencyQAError, WrongState
from agencyqa.extensions import db
from agencyqa.measures.enums import Purpose
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import program_of
from tests.client import Client
from tests.factories.accounts import NOW, sign_in
from tests.factories.agencies import profile_data
from tests.factories.assessments import JIADING_ANSWERS, make_grade_table, make_sheets, submit
from tests.factories.measures import make_scheme, scheme_text
from tests.factories.rounds import make_round
from tests.integration.assessments.conftest import World, build_world
from tests.integration.assessments.years import Year, build_year, year

__all__ = ["year"]


def told(made: Year, found_id: int) -> list[Any]:
    """Every byte of a round, its results, and the sheets and submissions behind them."""
    session = made.session
    rows: list[Any] = []
    for model, condition in (
        (AssessmentRound, AssessmentRound.id == found_id),
        (AnnualResult, AnnualResult.round_id == found_id),
        (ScoreSheet, ScoreSheet.revision == 1),
        (SheetSnapshot, sa.true()),
    ):
        table = model.__table__
        # That a sheet has a successor is written on it; nothing else may be.
        kept = [
            column
            for column in table.c
            if model is not ScoreSheet or column.name not in {"is_current", "version"}
        ]
        rows += session.execute(sa.select(*kept).where(condition).order_by(table.c.id)).all()
    return rows


def test_what_comes_later_leaves_the_published_year_alone(year: Year, client: Client) -> None:
    session, world = year.session, year.world
    found = year.published()
    found_id, result_id = found.id, year.result(found, world.agency).id
    sign_in(client, world.manager)
    pages = [f"/results/{result_id}", f"/results/{result_id}/trace", f"/results/{result_id}/trace.json"]
    before = told(year, found_id)
    shown = [client.page(client.get(address)).text for address in pages[:2]] + [client.get(pages[2]).text]

    agency = session.get_one(Agency, world.agency.id)
    change_profile(
        year.supervisor, session, agency, profile_data("改名后咨询有限公司", AgencyKind.CONSULTING_FIRM),
        effective_on=date(2022, 6, 1), reason="更名", seen_version=agency.version, now=NOW,
    )  # fmt: skip
    add_share_table(
        year.lead, session, valid_from=date(2021, 10, 1), source="改比例",
        shares=[(Purpose.BUREAU, Fraction(1, 2)), (Purpose.EVALUATED_UNIT, Fraction(1, 2))], now=NOW,
    )  # fmt: skip
    add_grade_table(
        year.lead, session, valid_from=date(2022, 1, 1), source="改等级",
        bands=[GradeRow("grade_1", "通过", "Passed", 0)], places=0, now=NOW,
    )  # fmt: skip
    make_scheme(session, world.bureau, scheme_text(valid_from=date(2022, 1, 1)))
    scorer = session.get_one(User, world.supervisor.user_id)
    set_user_active(world.actor(world.administrator), session, scorer, False, version=scorer.version, now=NOW)
    session.commit()

    assert told(year, found_id) == before
    # The name at the head of the pages is the one of the result; the menu shows who signs in.
    again = [client.page(client.get(address)).text for address in pages[:2]] + [client.get(pages[2]).text]
    assert [text.replace("改名后咨询有限公司", "申评咨询有限公司") for text in again] == shown
    assert "改名后" not in again[2]


def test_the_engagements_of_a_published_year_stand_still(year: Year) -> None:
    session, world = year.session, year.world
    found = year.published()
    before = told(year, found.id)
    engagement = year.first
    lead = year.lead
    attempts: list[Callable[[], object]] = [
        lambda: terminate_engagement(
            lead, session, engagement, "不做了", seen_version=engagement.version, now=NOW
        ),
        lambda: change_assessment_year(
            lead, session, engagement, 2023, "误记", seen_version=engagement.version, now=NOW
        ),
        lambda: change_engagement(
            lead, session, engagement, changed(engagement, fee=1), seen_version=engagement.version, now=NOW
        ),
    ]
    for attempt in attempts:
        with pytest.raises(WrongState) as refusal:
            attempt()
        assert refusal.value.code == "year_is_final"
    elsewhere = year.engage(world.agency)
    elsewhere.assessment_year = 2021
    session.flush()
    with pytest.raises(AgencyQAError):
        change_assessment_year(
            lead, session, elsewhere, 2022, "误记", seen_version=elsewhere.version, now=NOW
        )
    assert told(year, found.id) == before


def changed(engagement: Engagement, **changes: Any) -> Any:
    return replace(data_of(engagement), **changes)


def test_a_correction_of_a_sheet_from_the_first_word_to_the_last(world: World) -> None:
    """The whole way with real answers: published, taken up, entered anew, decided, computed, published again."""
    session = world.session
    make_grade_table(session, world.bureau)
    world.engagement.assessment_year = 2022
    sheet = make_sheets(session, world.actor(world.supervisor), world.engagement)[Purpose.EVALUATED_UNIT]
    submit(session, world.actor(world.officer), sheet, JIADING_ANSWERS)
    finalise_sheet(world.actor(world.supervisor), session, sheet, seen_version=sheet.version, now=NOW)
    made = Year(world, None, world.engagement, world.engagement, world.engagement)  # type: ignore[arg-type]
    first = make_round(session, made.supervisor)
    made.publish(first)
    session.commit()
    before = told(made, first.id)
    assert [each.rounded for each in made.results(first)] == [9400]

    following = correct_sheet(made.supervisor, session, sheet, reason="录入有误", due_on=None, now=NOW)
    assert following.answers == JIADING_ANSWERS
    answers = {**JIADING_ANSWERS, "team_stability": {"met": False}}
    submit(session, world.actor(world.officer), following, answers)
    return_sheet(
        world.actor(world.second_supervisor), session, following, reason="再核", seen_version=following.version, now=NOW
    )  # fmt: skip
    submit(session, world.actor(world.officer), following, answers)
    finalise_sheet(world.actor(world.supervisor), session, following, seen_version=following.version, now=NOW)
    second = correct_round(made.lead, session, first, reason="录入有误", now=NOW)
    compute_round(made.supervisor, session, second, now=NOW)
    made.publish(second)
    session.commit()
    assert [each.rounded for each in made.results(second)] == [7900]
    assert (sheet.state, sheet.total, sheet.is_current) == (SheetState.PUBLISHED, 940_000, False)
    assert told(made, first.id)[: len(before) - 1] == before[:-1]
    kept = session.scalars(select(SheetSnapshot).order_by(SheetSnapshot.id)).all()
    assert [(each.sheet_id, each.number, each.total) for each in kept] == [
        (sheet.id, 1, 940_000), (following.id, 1, 790_000), (following.id, 2, 790_000),
    ]  # fmt: skip


def test_no_programme_rewrites_a_published_sheet_or_a_submission(world: World) -> None:
    session = world.session
    make_grade_table(session, world.bureau)
    world.engagement.assessment_year = 2022
    sheet = make_sheets(session, world.actor(world.supervisor), world.engagement)[Purpose.EVALUATED_UNIT]
    submit(session, world.actor(world.officer), sheet, JIADING_ANSWERS)
    finalise_sheet(world.actor(world.supervisor), session, sheet, seen_version=sheet.version, now=NOW)
    made = Year(world, None, world.engagement, world.engagement, world.engagement)  # type: ignore[arg-type]
    made.publish(make_round(session, made.supervisor))
    session.commit()

    def rewrite() -> None:
        sheet.total = 1

    def reopen() -> None:
        sheet.state = SheetState.DRAFT

    def remove() -> None:
        session.delete(sheet)

    def forge() -> None:
        session.scalars(select(SheetSnapshot)).one().total = 1

    for attempt in (rewrite, reopen, remove, forge):
        attempt()
        with pytest.raises(PublishedResultChanged):
            session.flush()
        session.rollback()


def test_a_new_grade_or_share_table_is_seen_before_publication(year: Year, client: Client) -> None:
    """What the page says is out of date is what publication would refuse."""
    found = year.round()
    add_share_table(
        year.lead, year.session, valid_from=date(2021, 10, 1), source="改比例",
        shares=[(Purpose.BUREAU, Fraction(1, 2)), (Purpose.EVALUATED_UNIT, Fraction(1, 2))], now=NOW,
    )  # fmt: skip
    sign_in(client, year.world.lead)
    assert "结果不是最新的" in client.page(client.get(f"/rounds/{found.id}")).text
    with pytest.raises(WrongState) as refusal:
        year.publish(found)
    assert refusal.value.code == "round_out_of_date"


def test_a_scheme_published_later_leaves_a_draft_with_its_own(world: World, client: Client) -> None:
    sheet = world.sheets()[Purpose.EVALUATED_UNIT]
    version_id = sheet.scheme_version_id
    make_scheme(
        world.session, world.bureau,
        scheme_text(key="own-unit", purpose="evaluated_unit", valid_from=date(2018, 1, 1)),
    )  # fmt: skip
    sign_in(client, world.officer)
    page = client.get(f"/sheets/{sheet.id}/edit")
    assert "a-team_ability-value" in client.page(page).form("sheet-form").names
    answer = client.submit(page, "sheet-form", **{"a-team_stability-met": "yes"}, intent="save")
    assert answer.status_code == 302
    assert (sheet.scheme_version_id, sheet.answers) == (version_id, {"team_stability": {"met": True}})
    # An engagement whose sheets are made only now goes by the new one.
    later = world.sheets(world.engage())[Purpose.EVALUATED_UNIT]
    assert later.scheme_version_id != version_id


def test_the_next_version_of_a_scheme_moves_no_result_of_the_one_before(world: World) -> None:
    """Scored by the bureau's own scheme, published, and then superseded from the same year on."""
    session = world.session
    make_grade_table(session, world.bureau)
    own = make_scheme(
        session, world.bureau, scheme_text(purpose="evaluated_unit", valid_from=date(2018, 1, 1))
    )
    world.engagement.assessment_year = 2022
    sheet = make_sheets(session, world.actor(world.supervisor), world.engagement)[Purpose.EVALUATED_UNIT]
    assert sheet.scheme_version_id == own.id
    submit(session, world.actor(world.officer), sheet, {"quality": {"value": 75_000}})
    finalise_sheet(world.actor(world.supervisor), session, sheet, seen_version=sheet.version, now=NOW)
    made = Year(world, None, world.engagement, world.engagement, world.engagement)  # type: ignore[arg-type]
    found = make_round(session, made.supervisor)
    made.publish(found)
    session.commit()
    before = told(made, found.id)
    # As text, so that not even the order of the keys may differ.
    stored = sa.select(
        sa.cast(SchemeVersion.content, sa.Text), SchemeVersion.content_hash, SchemeVersion.number
    )
    content = session.execute(stored.where(SchemeVersion.id == own.id)).one()
    trace = program_of(own).trace(sheet.answers, {})
    assert verify_published(session).differences == []

    successor = make_scheme(
        session,
        world.bureau,
        scheme_text(title="新表", purpose="evaluated_unit", valid_from=date(2030, 7, 1), points="50"),
    )
    session.commit()
    session.expire_all()
    assert (own.valid_to, successor.number) == (date(2030, 6, 30), 2)
    assert told(made, found.id) == before
    assert session.execute(stored.where(SchemeVersion.id == own.id)).one() == content
    assert program_of(own).trace(sheet.answers, {}) == trace
    assert verify_published(session).differences == []


def test_a_terminated_engagement_counts_no_more_and_says_so(year: Year, client: Client) -> None:
    terminate_engagement(
        year.supervisor, year.session, year.third, "项目撤销", seen_version=year.third.version, now=NOW
    )
    found = year.round()
    assert [each.agency_id for each in year.results(found)] == [year.world.agency.id]
    assert [each["engagement_id"] for each in found.notes["left_out"]] == [year.third.id]
    sign_in(client, year.world.lead)
    assert "已终止、不计入的业务" in client.page(client.get(f"/rounds/{found.id}")).text


# ------------------------------------------------------------------------------ with real transactions


@dataclass(frozen=True)
class Known:
    """What another transaction needs to know of the prepared year."""

    supervisor: Actor
    first_id: int
    third_id: int
    submitted_id: int


def in_the_way(real_app: Flask, undecided: Callable[[Known], object]) -> str:
    """Publish while another transaction has done ``undecided`` and not yet committed it."""
    with real_app.app_context():
        made = build_year(build_world(db.session()))
        submitted = made.sheet(made.first, Purpose.COMMISSIONER, 50, state=SheetState.SUBMITTED)
        found = make_round(db.session(), made.supervisor, WeightMode.FEE)
        known = Known(made.supervisor, made.first.id, made.third.id, submitted.id)
        lead, found_id, seen = made.lead, found.id, found.version
        db.session.commit()
    outcome: list[str] = []
    begun = threading.Event()

    def publish() -> None:
        with real_app.app_context():
            begun.set()
            try:
                mine = db.session.get_one(AssessmentRound, found_id)
                publish_round(lead, db.session(), mine, seen_version=seen, now=NOW)
                db.session.commit()
            except AgencyQAError as refusal:
                db.session.rollback()
                outcome.append(refusal.code)
            else:
                outcome.append("published")

    thread = threading.Thread(target=publish)
    with real_app.app_context():
        undecided(known)
        db.session.flush()
        thread.start()
        assert begun.wait(30)
        # Long enough for the other to arrive at what this transaction holds.
        time.sleep(0.5)
        db.session.commit()
        thread.join(timeout=60)
    with real_app.app_context():
        state = db.session.get_one(AssessmentRound, found_id).state
        assert (state is RoundState.PUBLISHED) == (outcome == ["published"])
    return outcome[0]


def test_a_fee_changed_while_the_year_is_published(real_app: Flask) -> None:
    def change(known: Known) -> None:
        engagement = db.session.get_one(Engagement, known.first_id)
        change_engagement(
            known.supervisor, db.session(), engagement, changed(engagement, fee=5),
            seen_version=engagement.version, now=NOW,
        )  # fmt: skip

    assert in_the_way(real_app, change) == "round_out_of_date"


def test_a_sheet_taken_up_while_the_year_is_published(real_app: Flask) -> None:
    def take_up(known: Known) -> None:
        held = select(ScoreSheet).where(ScoreSheet.engagement_id == known.third_id).order_by(ScoreSheet.id)
        sheet = db.session.scalars(held.limit(1)).one()
        correct_sheet(known.supervisor, db.session(), sheet, reason="有误", due_on=None, now=NOW)

    assert in_the_way(real_app, take_up) == "round_out_of_date"


def test_a_sheet_returned_while_the_year_is_published(real_app: Flask) -> None:
    """It was not counted, so the year goes out as it was shown, and the sheet is the scorer's again."""
    returned: list[int] = []

    def send_back(known: Known) -> None:
        sheet = db.session.get_one(ScoreSheet, known.submitted_id)
        return_sheet(
            known.supervisor, db.session(), sheet, reason="再核", seen_version=sheet.version, now=NOW
        )
        returned.append(sheet.id)

    assert in_the_way(real_app, send_back) == "published"
    with real_app.app_context():
        assert db.session.get_one(ScoreSheet, returned[0]).state is SheetState.RETURNED
