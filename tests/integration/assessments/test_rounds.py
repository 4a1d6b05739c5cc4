"""The year in figures: worked out by hand, and once more by Decimal, sheet by sheet."""

from __future__ import annotations

import random
import time
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from agencyqa.assessments.enums import ResultState, RoundState, SheetState, WeightMode
from agencyqa.assessments.forms.result_page import adds_up
from agencyqa.assessments.models import AnnualResult, AssessmentRound, GradeTable, ScoreSheet, ShareTable
from agencyqa.assessments.queries.rounds import inputs_stamp
from agencyqa.assessments.services.rounds import change_weights, compute_round, open_round
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Forbidden, Invalid, NotVisible, Refused, WrongState
from agencyqa.measures.enums import Purpose
from agencyqa.scoring import SCALE
from tests.client import Client
from tests.factories.accounts import NOW, sign_in
from tests.factories.agencies import make_agency
from tests.factories.rounds import make_round, score_of
from tests.integration.assessments.years import Year, year

__all__ = ["year"]


def figures(year: Year, found: AssessmentRound) -> list[tuple[Any, ...]]:
    """(agency, exact score, rounded, rank, grade) in the order of the ranking."""
    return [
        (each.agency_name, score_of(each), each.rounded, each.rank, each.grade)
        for each in year.results(found)
    ]


def test_equal_weights_by_hand(year: Year) -> None:
    found = year.round()
    # 申评: 0.7*80 + 0.3*50 = 71 and 0.7*90 + 0.3*100 = 93, so 82. 浦江: 0.7*200/3 + 0.3*100/3 = 170/3.
    assert figures(year, found) == [
        ("申评咨询有限公司", Fraction(82), 8200, 1, "good"),
        ("浦江会计师事务所", Fraction(170, 3), 5667, 2, "poor"),
    ]
    best, second = year.results(found)
    # M1: 0.7*(30+40)/2 = 24.5; M2: 0.7*20 = 14; M3: 0.7*30 = 21; the units' forms: (15+30)/2 = 22.5.
    assert {
        key: (held["score"], held["maximum"], held["rounded"]) for key, held in best.measure_scores.items()
    } == {
        "M1": ("49/2", "28/1", 2450),
        "M2": ("14/1", "21/1", 1400),
        "M3": ("21/1", "21/1", 2100),
        "": ("45/2", "30/1", 2250),
    }
    assert sum(Fraction(held["score"]) for held in best.measure_scores.values()) == 82
    assert (best.engagement_count, best.missing_count, best.ranked_count, best.state) == (
        2,
        0,
        2,
        ResultState.FINAL,
    )
    assert adds_up(best)
    assert adds_up(second)
    sheet = best.inputs["engagements"][0]["sheets"][0]
    assert (sheet["revision"], sheet["total"], sheet["max"], sheet["content_hash"]) == (
        1, 800_000, 1_000_000, f"{sheet['sheet_id']:064d}",
    )  # fmt: skip


def test_fee_weights_by_hand(year: Year) -> None:
    found = make_round(year.session, year.supervisor, WeightMode.FEE)
    # 71 * 1/4 + 93 * 3/4 = 87.5
    assert figures(year, found)[0] == ("申评咨询有限公司", Fraction(175, 2), 8750, 1, "good")
    change_weights(
        year.supervisor, year.session, found, WeightMode.EQUAL, seen_version=found.version, now=NOW
    )
    assert figures(year, found)[0] == ("申评咨询有限公司", Fraction(82), 8200, 1, "good")


def test_a_missing_sheet_makes_it_provisional_and_is_named(year: Year) -> None:
    fourth = year.engage(year.world.other_agency)
    year.sheet(fourth, Purpose.BUREAU, 99, state=SheetState.SUBMITTED)
    found = year.round()
    best, other = year.results(found)
    assert (best.rank, best.ranked_count) == (1, 1)
    assert (other.state, score_of(other), other.rounded, other.rank, other.grade) == (
        ResultState.PROVISIONAL, None, None, None, None,
    )  # fmt: skip
    assert [(each["contract"], each["role"], each["state"], each["body_name"]) for each in other.missing] == [
        (fourth.contract_number, "bureau", "submitted", "长宁区财政局"),
        (fourth.contract_number, "evaluated_unit", "not_opened", "长宁区财政局"),
    ]
    assert adds_up(other)


def test_a_draft_waits_for_its_scorer(year: Year) -> None:
    sheet = year.session.scalars(
        select(ScoreSheet).where(
            ScoreSheet.engagement_id == year.third.id, ScoreSheet.scorer_role == Purpose.EVALUATED_UNIT
        )
    ).one()
    sheet.state = SheetState.RETURNED
    missing = year.result(year.round(), year.world.other_agency).missing
    assert [(each["sheet_id"], each["state"], each["body_name"]) for each in missing] == [
        (sheet.id, "returned", "区教育局")
    ]


def test_ranks_share_and_leave_gaps_by_two_decimals(year: Year) -> None:
    session, world = year.session, year.world
    # Exactly different, equal as shown: 92.004, 92.000 and 91.996 all rank fourth.
    for number, total in enumerate((95, 94, 93, 92.004, 92, 91.996, 90)):
        year.score(year.engage(make_agency(session, world.bureau, f"{number}号会计师事务所")), total, total)
    found = year.round()
    assert [(each.rounded, each.rank) for each in year.results(found)] == [
        (9500, 1), (9400, 2), (9300, 3), (9200, 4), (9200, 4), (9200, 4), (9000, 7), (8200, 8), (5667, 9),
    ]  # fmt: skip


def test_terminated_engagements_are_left_out_and_listed(year: Year) -> None:
    year.first.state = EngagementState.TERMINATED
    found = year.round()
    assert figures(year, found)[0][1] == Fraction(93)
    assert [each["contract"] for each in found.notes["left_out"]] == [year.first.contract_number]


def test_fees_that_are_all_zero_give_no_result(year: Year) -> None:
    year.third.fee = 0
    year.session.flush()
    found = make_round(year.session, year.supervisor, WeightMode.FEE)
    other = year.result(found, year.world.other_agency)
    assert (other.state, other.rank, [each["state"] for each in other.missing]) == (
        ResultState.PROVISIONAL, None, ["fee_missing"],
    )  # fmt: skip


def test_other_years_other_bureaus_and_old_revisions_do_not_count(year: Year) -> None:
    world, session = year.world, year.session
    elsewhere = year.engage(world.agency, bureau=world.neighbour)
    year.score(elsewhere, 1, 1)
    later = year.engage(world.agency)
    later.assessment_year = 2023
    year.score(later, 1, 1)
    old = year.sheet(year.third, Purpose.COMMISSIONER, 1)
    old.is_current = False
    session.flush()
    assert [row[1] for row in figures(year, year.round())] == [Fraction(82), Fraction(170, 3)]


def decimal_year(session: Session, bureau_id: int, mode: WeightMode) -> dict[int, Decimal]:
    """The same year from the rows themselves, by another arithmetic and without the engine."""
    shares = {Purpose.BUREAU: Decimal("0.7"), Purpose.EVALUATED_UNIT: Decimal("0.3")}
    totals: dict[int, Decimal] = {}
    weights: dict[int, Decimal] = {}
    engagements = session.scalars(select(Engagement).where(Engagement.bureau_id == bureau_id)).all()
    for engagement in engagements:
        sheets = session.scalars(select(ScoreSheet).where(ScoreSheet.engagement_id == engagement.id)).all()
        if not sheets:
            continue
        score = sum(
            (
                shares[each.scorer_role] * Decimal(each.total or 0) * 100 / Decimal(each.max_points)
                for each in sheets
            ),
            Decimal(0),
        )
        weight = Decimal(1) if mode is WeightMode.EQUAL else Decimal(engagement.fee)
        agency = engagement.agency_id
        totals[agency] = totals.get(agency, Decimal(0)) + score * weight
        weights[agency] = weights.get(agency, Decimal(0)) + weight
    cent = Decimal("0.01")
    return {key: (totals[key] / weights[key]).quantize(cent, ROUND_HALF_UP) for key in totals}


@pytest.mark.parametrize("mode", list(WeightMode))
def test_decimal_comes_to_the_same(year: Year, mode: WeightMode) -> None:
    chance = random.Random(20220224)
    for number in range(6):
        agency = make_agency(year.session, year.world.bureau, f"{number}号研究院")
        for _ in range(chance.randint(1, 5)):
            engagement = year.engage(agency, fee=chance.randint(1, 10**9))
            for role in (Purpose.BUREAU, Purpose.EVALUATED_UNIT):
                most = chance.choice((7, 40, 94, 100, 130))
                year.sheet(engagement, role, chance.randint(0, most * SCALE) / SCALE, most)
    found = make_round(year.session, year.supervisor, mode)
    with localcontext() as context:
        context.prec = 60
        expected = decimal_year(year.session, year.world.bureau.id, mode)
    assert {each.agency_id: Decimal(each.rounded or 0) / 100 for each in year.results(found)} == expected
    assert all(adds_up(each) for each in year.results(found))


def test_the_round_needs_grades_shares_and_engagements(year: Year) -> None:
    session, supervisor = year.session, year.supervisor
    with pytest.raises(Refused) as refusal:
        open_round(supervisor, session, 2030, WeightMode.EQUAL, now=NOW)
    assert refusal.value.code == "round_without_engagements"
    tables = session.scalars(select(ShareTable).where(ShareTable.valid_to.is_(None))).all()
    for table in tables:
        table.valid_to = date(2022, 1, 31)
    session.flush()
    with pytest.raises(Refused) as refusal:
        open_round(supervisor, session, 2022, WeightMode.EQUAL, now=NOW)
    assert (refusal.value.code, refusal.value.params) == (
        "round_without_shares", {"days": "2022-03-01", "count": 1},
    )  # fmt: skip
    session.execute(sa.update(GradeTable).values(valid_to=date(2022, 12, 30)))
    with pytest.raises(Refused) as refusal:
        open_round(supervisor, session, 2022, WeightMode.EQUAL, now=NOW)
    assert (refusal.value.code, refusal.value.params) == ("no_grade_table", {"day": date(2022, 12, 31)})
    assert session.scalar(select(sa.func.count()).select_from(AssessmentRound)) == 0


def test_a_year_is_opened_once_and_only_by_its_bureau(year: Year) -> None:
    session, world = year.session, year.world
    found = year.round()
    with pytest.raises(Invalid) as invalid:
        open_round(year.supervisor, session, 2022, WeightMode.FEE, now=NOW)
    assert invalid.value.fields == {"year": ("round_exists", {"year": 2022})}
    for name in ("manager", "officer", "observer", "administrator"):
        with pytest.raises(Forbidden):
            open_round(world.actor(getattr(world, name)), session, 2021, WeightMode.FEE, now=NOW)
    # The municipal bureau reads the district's round and may not touch it; the neighbour does not know of it.
    with pytest.raises(Forbidden):
        compute_round(world.actor(world.city_supervisor), session, found, now=NOW)
    with pytest.raises(NotVisible):
        compute_round(world.actor(world.neighbour_supervisor), session, found, now=NOW)


def test_computing_again_replaces_only_while_open(year: Year) -> None:
    session = year.session
    found = year.round()
    before = found.results_digest
    sheet = session.scalars(
        select(ScoreSheet).where(ScoreSheet.engagement_id == year.third.id).order_by(ScoreSheet.id)
    ).first()
    assert sheet is not None
    stamp = found.inputs_stamp
    assert stamp == inputs_stamp(session, found.bureau_id, 2022)
    sheet.total, sheet.measure_totals = 90 * SCALE, {"": [90 * SCALE, 90 * SCALE]}
    session.flush()
    assert inputs_stamp(session, found.bureau_id, 2022) != stamp
    compute_round(year.supervisor, session, found, now=NOW)
    assert [row[1] for row in figures(year, found)] == [Fraction(82), Fraction(80)]
    assert found.results_digest != before
    year.publish(found)
    with pytest.raises(WrongState) as refusal:
        compute_round(year.supervisor, session, found, now=NOW)
    assert refusal.value.code == "round_already_published"
    assert len(year.results(found)) == 2


def counted(session: Session) -> list[str]:
    """Statements that go to the database from now on."""
    seen: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *args: seen.append(args[2]))
    return seen


def test_statements_do_not_grow_with_the_year(year: Year) -> None:
    found, supervisor = year.round(), year.supervisor
    seen = counted(year.session)
    year.session.expire_all()
    compute_round(supervisor, year.session, found, now=NOW + timedelta(minutes=1))
    few = len(seen)
    for number in range(10):
        agency = make_agency(year.session, year.world.bureau, f"{number}号律师事务所")
        for _ in range(4):
            year.score(year.engage(agency), 80, 80)
    year.session.flush()
    year.session.expire_all()
    seen.clear()
    started = time.process_time()
    compute_round(supervisor, year.session, found, now=NOW)
    assert time.process_time() - started < 2
    assert (len(seen), few <= 18) == (few, True)
    assert len(year.results(found)) == 12


def test_pages_of_the_bureau(year: Year, client: Client) -> None:
    fourth = year.engage(year.world.other_agency)
    sign_in(client, year.world.supervisor)
    assert "还没有年度考核" in client.page(client.get("/rounds")).text
    shown = client.get("/rounds/new")
    answer = client.submit(shown, "main-form", year="2022", weight_mode="equal")
    assert answer.status_code == 302
    page = client.page(client.get(answer.location))
    assert "发布前预览" in page.text
    assert "82.00 24.50 14.00 21.00 22.50" in page.text
    assert fourth.contract_number in page.text
    assert "尚未下发" in page.text
    again = client.post("/rounds/new", data={"year": "2022", "weight_mode": "fee"})
    assert again.status_code == 422
    assert "2022 年度考核已经开启" in client.page(again).text
    found = year.session.scalars(select(AssessmentRound)).one()
    assert (found.state, found.weight_mode) == (RoundState.OPEN, WeightMode.EQUAL)
    assert client.page(client.get("/rounds")).text.count("2022 年度") == 1
    year.score(year.session.get_one(Engagement, fourth.id), 50, 50)
    assert "结果不是最新的" in client.page(client.get(answer.location)).text
    assert client.post(f"/rounds/{found.id}/compute").status_code == 302
    assert "结果不是最新的" not in client.page(client.get(answer.location)).text
    weights = client.get(f"/rounds/{found.id}/weights")
    assert client.submit(weights, "main-form", weight_mode="equal").status_code == 302
    seen = [each.rounded for each in year.session.scalars(select(AnnualResult).order_by(AnnualResult.id))]
    # 浦江: (170/3 + 50) / 2 = 160/3.
    assert sorted(seen, key=str) == [5333, 8200]


def test_round_page_costs_the_same_for_more_rows(year: Year, client: Client) -> None:
    session = year.session
    found = year.round()
    sign_in(client, year.world.lead)
    client.get(f"/rounds/{found.id}")
    seen = counted(session)
    client.get(f"/rounds/{found.id}")
    few = len([text for text in seen if text.lstrip().upper().startswith("SELECT")])
    for number in range(5):
        year.score(year.engage(make_agency(session, year.world.bureau, f"{number}号院")), 70, 70)
    compute_round(year.supervisor, session, session.get_one(AssessmentRound, found.id), now=NOW)
    session.commit()
    # The figures of the year are counted once for each computation.
    client.get(f"/rounds/{found.id}")
    seen.clear()
    client.get(f"/rounds/{found.id}")
    assert len([text for text in seen if text.lstrip().upper().startswith("SELECT")]) == few
