"""Every stored figure of a published year, against a second computation that shares nothing with the engine."""

from __future__ import annotations

import contextvars
import json
import random
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select

from agencyqa.assessments.enums import ResultState, SheetState, WeightMode
from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.models import (
    AnnualResult,
    AssessmentRound,
    GradeTable,
    ScoreSheet,
    ShareTable,
    SheetSnapshot,
)
from agencyqa.assessments.services.publication import publish_round
from agencyqa.assessments.services.review import finalise_sheet
from agencyqa.assessments.services.scoring import submit_sheet
from agencyqa.assessments.services.verification import verify_published
from agencyqa.engagements.models import Engagement
from agencyqa.measures.enums import Purpose
from agencyqa.scoring import readd
from tests.factories.accounts import NOW
from tests.factories.agencies import make_agency
from tests.factories.assessments import make_grade_table, make_share_table, make_sheets, program_of_sheet
from tests.factories.engagements import make_engagement
from tests.factories.rounds import YEAR, make_round
from tests.integration.assessments import recomputation as again
from tests.integration.assessments.conftest import World
from tests.integration.assessments.years import Year, year

__all__ = ["year"]

FILES = {
    Purpose.BUREAU: "reference-2021",
    Purpose.EVALUATED_UNIT: "jiading-2018",
    Purpose.COMMISSIONER: "report-quality-40",
}
# By the day of the contract: two scorers at first, then three whose shares no decimal can write.
FIRST = {Purpose.BUREAU: Fraction(7, 10), Purpose.EVALUATED_UNIT: Fraction(3, 10)}
THIRDS = {
    Purpose.BUREAU: Fraction(1, 2),
    Purpose.EVALUATED_UNIT: Fraction(1, 3),
    Purpose.COMMISSIONER: Fraction(1, 6),
}
THIRDS_FROM = date(2022, 5, 1)


@pytest.mark.parametrize(("seed", "mode"), [(2022, WeightMode.EQUAL), (7, WeightMode.FEE)])
def test_a_year_of_chance_sheets(world: World, seed: int, mode: WeightMode) -> None:
    chance = random.Random(seed)
    engagements = commissioned(world)
    for engagement in engagements:
        for role, sheet in make_sheets(world.session, world.actor(world.supervisor), engagement).items():
            if (engagement, role) != (engagements[-1], Purpose.EVALUATED_UNIT):
                score(world, sheet, role, chance)
    found = make_round(world.session, world.actor(world.supervisor), mode)
    publish_round(
        world.actor(world.lead), world.session, found,
        seen_version=found.version, accept_provisional=True, provisional_reason="一份评分表未交", now=NOW,
    )  # fmt: skip
    world.session.flush()
    world.session.expire_all()
    scored = {each.id: check_sheets(world, each) for each in engagements}
    check_year(world, found, engagements, scored, mode)
    check_verification(world, found)


def check_verification(world: World, found: AssessmentRound) -> None:
    """The program's own recomputation agrees, and notices each figure that was altered behind its back."""
    session, found_id = world.session, found.id
    done = verify_published(session)
    assert (done.rounds, done.results, done.sheets, done.differences) == (1, 4, 17, [])
    result = session.scalars(
        select(AnnualResult).where(AnnualResult.round_id == found_id).order_by(AnnualResult.sort_position)
    ).first()
    kept = session.scalars(select(SheetSnapshot).order_by(SheetSnapshot.id)).first()
    assert result is not None
    assert kept is not None
    other_sheets = {**result.inputs, "weights": "other"}
    forgeries: list[tuple[sa.Update, str]] = [
        (sa.update(AnnualResult).values(rounded=10_000).where(AnnualResult.id == result.id), "rounded"),
        (sa.update(AnnualResult).values(grade="other").where(AnnualResult.id == result.id), "grade"),
        (sa.update(AnnualResult).values(rank=9).where(AnnualResult.id == result.id), "rank"),
        (
            sa.update(AnnualResult).values(measure_scores={}).where(AnnualResult.id == result.id),
            "measure_scores",
        ),
        (sa.update(AnnualResult).values(inputs=other_sheets).where(AnnualResult.id == result.id), "inputs"),
        (sa.update(AssessmentRound).values(results_digest="0" * 64), "not what its lead confirmed"),
        (sa.update(SheetSnapshot).values(content={}).where(SheetSnapshot.id == kept.id), "altered"),
        (
            sa.update(SheetSnapshot).values(content_hash="0" * 64).where(SheetSnapshot.id == kept.id),
            "missing",
        ),
    ]
    for forgery, place in forgeries:
        with session.begin_nested() as savepoint:
            session.execute(forgery.execution_options(synchronize_session=False))
            session.expire_all()
            found_places = [each.place for each in verify_published(session).differences]
            savepoint.rollback()
        assert any(place in each for each in found_places), (place, found_places)
    session.expire_all()


def commissioned(world: World) -> list[Engagement]:
    """Four agencies; the last one lacks a sheet, one contract of the first was free of charge."""
    make_grade_table(world.session, world.bureau)
    shares = list(THIRDS.items())
    tables = make_share_table(world.session, world.bureau, shares, THIRDS_FROM)
    earlier = [each for each in share_tables(world) if each.valid_to is None and each is not tables]
    earlier[0].valid_to = date(2022, 4, 30)
    agencies = [world.agency, world.other_agency, make_agency(world.session, world.bureau, "三江咨询")]
    agencies.append(make_agency(world.session, world.bureau, "四明咨询"))
    plan = [
        (0, 3, 7_000_000),
        (0, 6, 0),
        (0, 7, 3_333_333),
        (1, 3, 1_000),
        (1, 8, 99_999),
        (2, 9, 5),
        (3, 3, 5),
    ]
    return [
        make_engagement(
            world.session, world.bureau, agencies[number], world.department,
            commissioner=world.other_department, signed_on=date(YEAR, month, 1), fee=fee,
        )
        for number, month, fee in plan
    ]  # fmt: skip


def share_tables(world: World) -> list[ShareTable]:
    return list(world.session.scalars(select(ShareTable).where(ShareTable.bureau_id == world.bureau.id)))


def score(world: World, sheet: ScoreSheet, role: Purpose, chance: random.Random) -> None:
    """Answers by chance; here and there the scorer departs from the rule and says why."""
    scheme = again.scheme_file(FILES[role])
    answers = again.answers_by_chance(scheme, chance)
    entered: dict[str, int] = {}
    for _, item in again.criteria_of(scheme):
        if chance.random() < 0.15:
            entered[item["key"]] = chance.randint(0, again.units(Decimal(item["max_points"])))
    people = {
        Purpose.BUREAU: world.supervisor,
        Purpose.EVALUATED_UNIT: world.officer,
        Purpose.COMMISSIONER: world.other_officer,
    }
    entry = Entry(answers, entered, dict.fromkeys(entered, "另有佐证"))
    program = program_of_sheet(world.session, sheet)
    submit_sheet(
        world.actor(people[role]), world.session, sheet, program, entry, seen_version=sheet.version, now=NOW
    )
    finalise_sheet(
        world.actor(world.second_supervisor), world.session, sheet, seen_version=sheet.version, now=NOW
    )


def check_sheets(world: World, engagement: Engagement) -> again.Part | None:
    """Compare the sheets of an engagement, and give its score; None while a sheet is missing."""
    session = world.session
    shares = THIRDS if engagement.contract_signed_on >= THIRDS_FROM else FIRST
    statement = select(ScoreSheet).where(ScoreSheet.engagement_id == engagement.id)
    sheets = {sheet.scorer_role: sheet for sheet in session.scalars(statement)}
    assert set(sheets) == set(shares)
    parts: list[tuple[Fraction, again.Part]] = []
    for role, sheet in sheets.items():
        if sheet.state is SheetState.DRAFT:
            continue
        assert sheet.state is SheetState.PUBLISHED
        expected = again.sheet_of(again.scheme_file(FILES[role]), sheet.answers, sheet.entered)
        assert [sheet.total, sheet.max_points] == expected.total.stored()
        assert sheet.section_totals == {key: sums.stored() for key, sums in expected.sections.items()}
        assert sheet.measure_totals == {key: sums.stored() for key, sums in expected.measures.items()}
        check_trace(world, sheet, expected)
        kept = session.scalars(select(SheetSnapshot).where(SheetSnapshot.sheet_id == sheet.id)).one()
        assert (kept.total, kept.content["answers"]) == (sheet.total, sheet.answers)
        parts.append((shares[role], again.part_of(expected)))
    return again.weighed(parts) if len(parts) == len(shares) else None


def check_trace(world: World, sheet: ScoreSheet, expected: again.Sheet) -> None:
    program = program_of_sheet(world.session, sheet)
    trace = json.loads(json.dumps(program.trace(sheet.answers, sheet.entered)))
    assert readd(trace) == sheet.total
    counted = {each["key"]: each["counted"] for section in trace["sections"] for each in section["criteria"]}
    assert counted == {key: again.units(points) for key, points in expected.marks.items()}
    by_measure = {each["key"]: [each["total"], each["max"]] for each in trace["measures"]}
    assert by_measure == {key: sums.stored() for key, sums in expected.measures.items()}


def check_year(
    world: World,
    found: AssessmentRound,
    engagements: list[Engagement],
    scored: dict[int, again.Part | None],
    mode: WeightMode,
) -> None:
    session = world.session
    table = session.get_one(GradeTable, found.grade_table_id)
    years: dict[int, again.Part | None] = {}
    weights: dict[int, Fraction] = {}
    for agency_id in {each.agency_id for each in engagements}:
        own = [each for each in engagements if each.agency_id == agency_id]
        base = [1 if mode is WeightMode.EQUAL else each.fee for each in own]
        parts: list[tuple[Fraction, again.Part]] = []
        for engagement, weight in zip(own, base, strict=True):
            weights[engagement.id] = Fraction(weight, sum(base))
            part = scored[engagement.id]
            if part is not None:
                parts.append((weights[engagement.id], part))
        years[agency_id] = again.weighed(parts) if len(parts) == len(own) else None
    figures = sorted((again.half_up(year.score, 2) for year in years.values() if year), reverse=True)
    results = list(
        session.scalars(
            select(AnnualResult).where(AnnualResult.round_id == found.id).order_by(AnnualResult.sort_position)
        )
    )
    assert {each.agency_id for each in results} == set(years)
    assert [each.rounded for each in results] == [*figures, None]
    for result in results:
        assert result.ranked_count == len(figures) == 3
        year = years[result.agency_id]
        check_items(result, scored, weights)
        if year is None:
            assert result.state is ResultState.PROVISIONAL
            assert (result.numerator, result.rounded, result.rank, result.grade) == (None, None, None, None)
            assert result.missing_count == 1
            assert {held["score"] for held in result.measure_scores.values()} == {None}
            continue
        assert (result.state, result.missing_count) == (ResultState.FINAL, 0)
        assert Fraction(int(result.numerator or 0), int(result.denominator or 0)) == year.score
        assert (result.rounded, result.places) == (again.half_up(year.score, 2), 2)
        assert result.rank == 1 + sum(figure > figure_of(result) for figure in figures)
        assert result.grade == again.grade_of(year.score, table.bands, table.places)
        assert {
            key: (held["score"], held["maximum"], held["rounded"])
            for key, held in result.measure_scores.items()
        } == {
            key: (
                f"{got.numerator}/{got.denominator}",
                f"{most.numerator}/{most.denominator}",
                again.half_up(got, 2),
            )
            for key, (got, most) in year.measures.items()
        }
        assert sum((got for got, _ in year.measures.values()), Fraction(0)) == year.score
        assert readd(result.trace) == year.score


def figure_of(result: AnnualResult) -> int:
    assert result.rounded is not None
    return result.rounded


def check_items(
    result: AnnualResult, scored: dict[int, again.Part | None], weights: dict[int, Fraction]
) -> None:
    """The engagements inside a result, in its inputs and in its trace."""
    assert len(result.inputs["engagements"]) == len(result.trace["items"]) == result.engagement_count
    for data, item in zip(result.inputs["engagements"], result.trace["items"], strict=True):
        part, weight = scored[data["engagement_id"]], weights[data["engagement_id"]]
        assert item["key"] == str(data["engagement_id"])
        assert value(item["weight"]) == weight
        assert value(item["score"]) == readd(data["trace"]) == (part.score if part else None)
        assert value(item["contribution"]) == (weight * part.score if part else None)
        if part:
            traced = {each["key"]: (value(each["score"]), value(each["max"])) for each in item["measures"]}
            assert traced == part.measures


def value(data: dict[str, int] | None) -> Fraction | None:
    return None if data is None else Fraction(data["num"], data["den"])


def test_the_command_says_what_differs(year: Year, app: Flask) -> None:
    """Sheets without a submission behind them, as this year has, are a difference."""
    year.published()
    year.session.commit()
    done = contextvars.Context().run(app.test_cli_runner().invoke, args=["reports", "verify"])
    assert done.exit_code == 1
    assert "revision 1: sheet" in done.stderr
    assert "1 published years, 2 results, 6 sheets" in done.stderr
    year.session.execute(sa.delete(AnnualResult))
    year.session.execute(sa.delete(AssessmentRound))
    year.session.commit()
    done = contextvars.Context().run(app.test_cli_runner().invoke, args=["scoring", "verify"])
    assert (done.exit_code, done.stdout) == (
        0, "OK: 0 published years, 0 results, 0 sheets give what was published.\n",
    )  # fmt: skip
