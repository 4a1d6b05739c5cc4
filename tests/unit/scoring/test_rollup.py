"""Shares of scorer roles, the year, grades of fractions and the ranking."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencyqa.scoring import (
    EngagementResult,
    GradeBand,
    MeasureScore,
    RankEntry,
    RoleShare,
    RollupError,
    Rounding,
    SheetScore,
    Subtotal,
    TraceError,
    YearItem,
    check_shares,
    compile_scheme,
    grade_for,
    rank,
    readd,
    roll_up_year,
    score_engagement,
)
from agencyqa.scoring.grades import least_totals
from tests.unit.examples import examples
from tests.unit.scoring.forms import GRADES, JIADING_ANSWERS, POINT, jiading

SHARES = (RoleShare("bureau", 70, 100), RoleShare("unit", 30, 100))


def sheet(total: int | None, max_points: int, m1_part: int = 2) -> SheetScore:
    """Points split between two measures."""
    first_max = max_points * POINT // m1_part
    first = None if total is None else min(total * POINT, first_max)
    rest = None if total is None or first is None else total * POINT - first
    return SheetScore(
        None if total is None else total * POINT,
        max_points * POINT,
        (Subtotal("M1", first, first_max), Subtotal("M3", rest, max_points * POINT - first_max)),
    )


def engagement(bureau: int | None, unit: int | None, **options: Any) -> EngagementResult:
    return score_engagement(SHARES, {"bureau": sheet(bureau, 100), "unit": sheet(unit, 60)}, **options)


def item(key: str, score: Fraction | int | None, fee: int | None = None) -> YearItem:
    if score is None:
        return YearItem(key, None, {}, fee)
    exact = Fraction(score)
    measures = {
        "M1": MeasureScore(exact / 3, Fraction(40)),
        "": MeasureScore(exact - exact / 3, Fraction(60)),
    }
    return YearItem(key, exact, measures, fee)


def test_an_engagement_is_the_exact_sum_of_its_shares() -> None:
    result = engagement(80, 50, rounding=Rounding(2), grades=GRADES)
    # 0.7 x 80 + 0.3 x 50/60 x 100
    assert result.score == 56 + 25
    assert (result.state, result.rounded, result.places, result.grade) == ("final", 8100, 2, "good")
    assert [role.contribution for role in result.roles] == [56, 25]
    assert result.measures["M1"] == MeasureScore(Fraction(50), Fraction(50))
    assert result.measures["M3"] == MeasureScore(Fraction(31), Fraction(50))
    assert readd(json.loads(json.dumps(result.trace))) == 81


def test_thirds_stay_exact() -> None:
    shares = [RoleShare(role, 1, 3) for role in ("a", "b", "c")]
    assert check_shares(shares) == []
    result = score_engagement(shares, {"a": sheet(100, 100), "b": sheet(100, 100), "c": sheet(0, 7)})
    assert result.score == Fraction(200, 3)
    assert sum((m.score or 0) for m in result.measures.values()) == Fraction(200, 3)
    assert sum((m.maximum or 0) for m in result.measures.values()) == 100


@pytest.mark.parametrize("missing", [None, sheet(None, 60)])
def test_a_missing_sheet_makes_the_engagement_provisional(missing: SheetScore | None) -> None:
    result = score_engagement(SHARES, {"bureau": sheet(90, 100), "unit": missing}, Rounding(2), GRADES)
    assert (result.state, result.score, result.rounded, result.grade) == ("provisional", None, None, None)
    assert result.missing == ("unit",)
    assert result.roles[0].contribution == 63
    assert {measure.score for measure in result.measures.values()} == {None}
    assert readd(result.trace) is None


def test_a_sheet_of_zero_points_is_a_score_not_a_gap() -> None:
    assert engagement(0, 60).score == 30
    assert engagement(0, 0).score == 0
    assert engagement(0, 0, grades=GRADES).grade == "poor"


def test_a_share_of_zero_cannot_move_the_score_and_needs_no_sheet() -> None:
    shares = (*SHARES, RoleShare("expert", 0, 100))
    sheets = {"bureau": sheet(80, 100), "unit": sheet(50, 60)}
    without = score_engagement(shares, sheets)
    assert (without.state, without.score) == ("final", Fraction(81))
    beside = score_engagement(shares, sheets | {"expert": sheet(0, 100)})
    assert beside.score == 81
    assert readd(beside.trace) == 81


@pytest.mark.parametrize(
    ("shares", "codes"),
    [
        ([], ["empty"]),
        ([RoleShare("a", 1, 2)], ["shares_do_not_add_up"]),
        ([RoleShare("a", 1, 2), RoleShare("a", 1, 2)], ["duplicate_key"]),
        ([RoleShare("a", -1, 2), RoleShare("b", 3, 0)], ["negative", "not_positive"]),
        ([RoleShare("a", 1.0, 1)], ["not_an_integer"]),  # type: ignore[arg-type]
    ],
)
def test_shares_must_add_up_to_one(shares: list[RoleShare], codes: list[str]) -> None:
    assert [problem.code for problem in check_shares(shares)] == codes


def test_contradictory_sheets_are_refused() -> None:
    torn = SheetScore(90 * POINT, 100 * POINT, (Subtotal("M1", 80 * POINT, 100 * POINT),))
    for sheets, code in (
        ({"bureau": torn}, "measures_do_not_add_up"),
        ({"bureau": sheet(101, 100)}, "out_of_range"),
        ({"auditor": sheet(1, 100)}, "role_without_share"),
    ):
        with pytest.raises(RollupError) as caught:
            score_engagement(SHARES, sheets)
        assert code in {problem.code for problem in caught.value.problems}


def test_a_scored_sheet_goes_into_the_engagement() -> None:
    score = compile_scheme(jiading()).score(JIADING_ANSWERS).as_score()
    result = score_engagement([RoleShare("unit", 1, 1)], {"unit": score})
    assert result.score == 94
    assert list(result.measures) == ["M1", "M2", "M3", ""]


def test_the_year_with_equal_weights_and_by_fee() -> None:
    items = [item("a", 90, 300), item("b", 80, 100), item("c", 0, 200)]
    equal = roll_up_year(items, "equal", Rounding(2), GRADES)
    assert (equal.score, equal.rounded, equal.grade) == (Fraction(170, 3), 5667, "poor")
    fee = roll_up_year(items, "fee", Rounding(2), GRADES)
    assert fee.score == Fraction(90 * 3 + 80 * 1, 6)
    assert [each.weight for each in fee.items] == [Fraction(1, 2), Fraction(1, 6), Fraction(1, 3)]
    for result in (equal, fee):
        assert sum((m.score or 0) for m in result.measures.values()) == result.score
        assert sum((m.maximum or 0) for m in result.measures.values()) == 100
        assert readd(json.loads(json.dumps(result.trace))) == result.score


def test_a_missing_engagement_makes_the_year_provisional() -> None:
    result = roll_up_year([item("a", 90), item("b", None)], "equal", Rounding(2), GRADES)
    assert (result.state, result.score, result.rounded, result.grade) == ("provisional", None, None, None)
    assert [(issue.code, issue.input) for issue in result.missing] == [("score_missing", "b")]
    assert [each.weight for each in result.items] == [Fraction(1, 2), Fraction(1, 2)]
    assert result.measures["M1"] == MeasureScore(None, None)
    assert readd(result.trace) is None


def test_a_missing_fee_makes_the_year_by_fee_provisional() -> None:
    items = [item("a", 90, 5), item("b", 80)]
    result = roll_up_year(items, "fee")
    assert (result.state, [issue.code for issue in result.missing]) == ("provisional", ["fee_missing"])
    assert readd(result.trace) is None
    assert roll_up_year(items, "equal").score == 85


def test_a_year_without_engagements_has_no_score() -> None:
    result = roll_up_year([])
    assert (result.state, result.score) == ("empty", None)
    assert readd(result.trace) is None


def test_contradictory_years_are_refused() -> None:
    torn = YearItem("a", Fraction(5), {"M1": MeasureScore(Fraction(4), Fraction(100))})
    for items, weights, code in (
        ([item("a", 1), item("a", 2)], "equal", "duplicate_key"),
        ([item("a", 1, -1)], "equal", "negative"),
        ([item("a", 1, 0), item("b", 1, 0)], "fee", "weights_all_zero"),
        ([item("a", 1)], "size", "unknown_weights"),
        ([torn], "equal", "measures_do_not_add_up"),
    ):
        with pytest.raises(RollupError) as caught:
            roll_up_year(items, weights)  # type: ignore[arg-type]
        assert [problem.code for problem in caught.value.problems] == [code]


@examples(40)
@given(
    st.lists(
        st.tuples(st.integers(0, 100), st.integers(0, 60), st.integers(1, 10**9)), min_size=1, max_size=6
    ),
    st.sampled_from(["equal", "fee"]),
    st.randoms(use_true_random=False),
)
def test_the_year_is_bounded_order_free_and_adds_up(rows: Any, weights: Any, random: Any) -> None:
    results = [engagement(bureau, unit) for bureau, unit, _ in rows]
    items = [result.as_item(f"e{n}", rows[n][2]) for n, result in enumerate(results)]
    year = roll_up_year(items, weights, Rounding(2), GRADES)
    shuffled = list(items)
    random.shuffle(shuffled)
    assert roll_up_year(shuffled, weights, Rounding(2), GRADES).score == year.score
    scores = [result.score for result in results if result.score is not None]
    assert year.score is not None
    assert min(scores) <= year.score <= max(scores)
    assert readd(year.trace) == year.score
    parts = [rows[n][2] if weights == "fee" else 1 for n in range(len(rows))]
    by_hand = sum(
        (p * (Fraction(7 * b, 10) + Fraction(3 * u, 6)) for p, (b, u, _) in zip(parts, rows, strict=True)),
        Fraction(0),
    )
    assert year.score == by_hand / sum(parts)


@examples(60)
@given(
    st.lists(st.integers(1, 100 * POINT), max_size=4, unique=True),
    st.sampled_from([None, Rounding(0), Rounding(1), Rounding(2)]),
    st.integers(1, 2_000_000),
    st.data(),
)
def test_grades_of_totals_and_of_fractions_agree(
    lows: list[int], rounding: Rounding | None, max_points: int, data: st.DataObject
) -> None:
    grades = [GradeBand(f"g{number}", low) for number, low in enumerate([0, *lows])]
    ordered = sorted(grades, key=lambda band: band.low)
    edges = least_totals(grades, rounding, max_points)
    near = [edge + off for edge in edges for off in (-1, 0, 1) if 0 <= edge + off <= max_points]
    total = data.draw(st.one_of(st.sampled_from([*near, 0, max_points]), st.integers(0, max_points)))
    by_total = ordered[sum(total >= edge for edge in edges) - 1].key
    assert grade_for(Fraction(total * 100, max_points), grades, rounding).key == by_total


def test_ranks_are_shared_and_leave_a_gap() -> None:
    scores = {"a": "99", "b": "98", "c": "97", "d": "96.004", "e": "96", "f": "95.995", "g": "90"}
    rows = rank([RankEntry(key, Fraction(score)) for key, score in reversed(scores.items())])
    assert [(row.key, row.rank) for row in rows] == [
        ("a", 1),
        ("b", 2),
        ("c", 3),
        ("d", 4),
        ("e", 4),
        ("f", 4),
        ("g", 7),
    ]
    assert {row.rounded for row in rows[3:6]} == {9600}


def test_equal_scores_at_the_top_share_the_first_rank() -> None:
    rows = rank([RankEntry("a", Fraction(5)), RankEntry("b", Fraction(5)), RankEntry("c", Fraction(4))])
    assert [row.rank for row in rows] == [1, 1, 3]


def test_figures_that_are_shown_alike_stand_by_key_whatever_lies_behind_them() -> None:
    rows = rank(
        [
            RankEntry("a", Fraction(80004, 1000)),
            RankEntry("b", Fraction(80001, 1000)),
            RankEntry("0", Fraction(80)),
        ]
    )
    assert [(row.key, row.rounded, row.rank) for row in rows] == [
        ("0", 8000, 1),
        ("a", 8000, 1),
        ("b", 8000, 1),
    ]


def test_provisional_results_stand_last_without_a_rank() -> None:
    entries = [
        RankEntry("z", None),
        RankEntry("early", Fraction(99), is_provisional=True),
        RankEntry("late", Fraction(1)),
        RankEntry("zero", Fraction(0)),
    ]
    assert [(row.key, row.rank) for row in rank(entries)] == [
        ("late", 1),
        ("zero", 2),
        ("early", None),
        ("z", None),
    ]


def test_the_places_of_the_ranking_can_be_chosen() -> None:
    entries = [RankEntry("a", Fraction("90.4")), RankEntry("b", Fraction("90.3"))]
    assert [row.rank for row in rank(entries, places=0)] == [1, 1]
    assert [row.rank for row in rank(entries, places=1)] == [1, 2]


@pytest.mark.parametrize(
    ("trace", "path"),
    [
        (engagement(80, 50, rounding=Rounding(2), grades=GRADES).trace, path)
        for path in (
            ("roles", 0, "share", "num"),
            ("roles", 0, "total"),
            ("roles", 1, "max"),
            ("roles", 1, "percent", "num"),
            ("roles", 1, "contribution", "num"),
            ("roles", 0, "measures", 0, "total"),
            ("measures", 0, "score", "num"),
            ("score", "num"),
            ("rounding", "result"),
            ("grade", "high"),
        )
    ]
    + [
        (roll_up_year([item("a", 90, 300), item("b", 80, 100)], "fee", Rounding(2), GRADES).trace, path)
        for path in (
            ("items", 0, "fee"),
            ("items", 0, "weight", "num"),
            ("items", 1, "score", "num"),
            ("items", 1, "contribution", "num"),
            ("items", 1, "measures", 0, "score", "num"),
            ("measures", 1, "score", "num"),
            ("score", "den"),
        )
    ],
)
def test_an_altered_trace_does_not_add_up(trace: dict[str, Any], path: tuple[Any, ...]) -> None:
    altered = copy.deepcopy(trace)
    held: Any = altered
    for name in path[:-1]:
        held = held[name]
    held[path[-1]] -= 123_456 if path[-1] == "high" else -7
    with pytest.raises(TraceError):
        readd(altered)


def test_a_trace_whose_grade_ends_at_its_score_does_not_add_up() -> None:
    """Bands are half-open: 90 belongs to the band that begins there, not to the one that ends there."""
    trace = roll_up_year([item("a", 90)], "equal", Rounding(2), GRADES).trace
    assert trace["grade"]["key"] == "excellent"
    assert readd(trace) == 90
    with pytest.raises(TraceError):
        readd({**trace, "grade": {**trace["grade"], "key": "good", "low": 80 * POINT, "high": 90 * POINT}})
