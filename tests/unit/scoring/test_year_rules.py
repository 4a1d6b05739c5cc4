"""The year with all that can stand beside the engagements: form, credits, vetoes, a least number, groups."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencyqa.scoring import (
    AnnualResult,
    Credit,
    MeasureScore,
    RankEntry,
    RollupError,
    Rounding,
    SheetScore,
    Subtotal,
    TraceError,
    YearItem,
    YearRules,
    YearVeto,
    rank_in_groups,
    readd,
    roll_up_year,
    score_year,
    year_rules_problems,
)
from tests.unit.examples import examples
from tests.unit.scoring import rollup_oracle as oracle
from tests.unit.scoring.rollup_strategies import GRADES, MEASURES, DrawnRules, sheets, year_rules

POINT = 10_000
RULES = YearRules(rounding=Rounding(2), grades=GRADES)


def item(key: str, score: int | None, **figures: int | None) -> YearItem:
    if score is None:
        return YearItem(key, None, {}, **figures)
    return YearItem(key, Fraction(score), {"M1": MeasureScore(Fraction(score), Fraction(100))}, **figures)


def form(points: int | None) -> SheetScore:
    total = None if points is None else points * POINT
    return SheetScore(total, 100 * POINT, (Subtotal("M3", total, 100 * POINT),))


def year(rules: YearRules = RULES, *scores: int, **options: Any) -> AnnualResult:
    items = [item(f"e{number}", score) for number, score in enumerate(scores)]
    result = score_year(items, rules, **options)
    assert readd(json.loads(json.dumps(result.trace))) == result.score
    if result.score is not None:
        assert sum(each.score or 0 for each in result.measures.values()) == result.score
    return result


def read(result: AnnualResult, *names: str) -> tuple[Any, ...]:
    return tuple(getattr(result, name) for name in names)


@pytest.mark.parametrize(
    ("weights", "score"), [("equal", 70), ("fee", 65), ("amount", 90), ("set", Fraction(170, 3))]
)
def test_weights_equal_by_fee_by_amount_and_set_by_hand(weights: Any, score: Fraction) -> None:
    items = [item("a", 90, fee=3, amount=7, weight=1), item("b", 50, fee=5, amount=0, weight=5)]
    result = score_year(items, replace(RULES, weights=weights))
    assert result.score == score
    assert readd(json.loads(json.dumps(result.trace))) == score


@pytest.mark.parametrize("weights", ["fee", "amount", "set"])
def test_a_weight_that_nobody_knows_is_neither_zero_nor_one(weights: Any) -> None:
    result = score_year(
        [item("a", 90, fee=1, amount=1, weight=1), item("b", 50)], replace(RULES, weights=weights)
    )
    assert (result.state, result.score) == ("provisional", None)
    code = {"fee": "fee_missing", "amount": "amount_missing", "set": "weight_missing"}[weights]
    assert [(issue.code, issue.input) for issue in result.missing] == [(code, "b")]
    assert readd(result.trace) is None


def test_a_weight_of_zero_set_by_hand_counts_zero_but_its_score_is_required() -> None:
    """CISO Assistant reads weight 0 as 1."""
    rules = replace(RULES, weights="set")
    assert score_year([item("a", 90, weight=4), item("b", 10, weight=0)], rules).score == 90
    assert score_year([item("a", 90, weight=4), item("b", None, weight=0)], rules).state == "provisional"


def test_weights_set_by_hand_need_not_add_up_to_a_hundred() -> None:
    """ERPNext compares a float sum with 100."""
    rules = replace(RULES, weights="set")
    items = [item("a", 60, weight=333_333), item("b", 90, weight=666_666)]
    assert score_year(items, rules).score == 80


def test_new_weights_leave_an_old_year_as_it_was() -> None:
    """In pretalx a changed weight rewrites the scores that were given before."""
    items = [item("a", 90, fee=1, amount=9), item("b", 50, fee=1, amount=1)]
    old = score_year(items, RULES)
    kept = json.dumps(old.trace)
    assert (
        score_year(items, replace(RULES, weights="amount", agency_share=Fraction(1, 2)), form=form(0)).score
        == 43
    )
    again = score_year(items, RULES)
    assert old.score == 70
    assert json.dumps(old.trace) == json.dumps(again.trace) == kept


def test_a_year_by_the_old_rules_keeps_its_bytes() -> None:
    trace = roll_up_year([item("a", 90, fee=5)], "fee", Rounding(2), GRADES).trace
    assert json.dumps(trace) == (
        '{"engine": "1", "type": "annual", "state": "final", "weights": "fee", "missing": [], "items": [{"key": "a", '
        '"fee": 5, "weight": {"num": 1, "den": 1}, "score": {"num": 90, "den": 1}, "contribution": {"num": 90, '
        '"den": 1}, "measures": [{"key": "M1", "score": {"num": 90, "den": 1}, "max": {"num": 100, "den": 1}}]}], '
        '"measures": [{"key": "M1", "score": {"num": 90, "den": 1}, "max": {"num": 100, "den": 1}}], "score": '
        '{"num": 90, "den": 1}, "rounding": {"places": 2, "result": 9000, "text": "90.00"}, "grade": {"key": "good", '
        '"low": 800000, "high": null, "compared": {"num": 90, "den": 1}}}'
    )


def test_too_few_engagements_give_a_figure_but_no_grade_and_no_rank() -> None:
    rules = replace(RULES, least_engagements=2)
    few = year(rules, 95)
    assert read(few, "state", "score", "rounded", "grade") == ("too_few", 95, 9500, None)
    assert few.trace["grade"] is None
    assert year(rules, 95, 0).state == "final"
    assert year(rules).state == "empty"
    assert score_year([item("a", None)], rules).state == "provisional"


def test_the_agency_level_form_stands_beside_the_engagements() -> None:
    rules = replace(RULES, agency_share=Fraction(1, 3))
    result = year(rules, 90, 60, form=form(30))
    assert result.score == 60
    assert result.measures == {
        "M1": MeasureScore(Fraction(50), Fraction(200, 3)),
        "M3": MeasureScore(Fraction(10), Fraction(100, 3)),
    }
    for lacking in (None, form(None)):
        waiting = year(rules, 90, form=lacking)
        assert (waiting.state, waiting.score) == ("provisional", None)
        assert [(issue.code, issue.input) for issue in waiting.missing] == [("form_missing", None)]
    assert year(rules, 90, form=form(0)).score == 60


def test_the_form_alone_may_give_the_whole_year() -> None:
    rules = replace(RULES, agency_share=Fraction(1), least_engagements=0)
    assert year(rules, form=form(88)).score == 88


@pytest.mark.parametrize(
    ("points", "account"), [((), 60), ((5, -2), 63), ((50,), 80), ((-50, 5), 40), ((100, -100), 60)]
)
def test_base_plus_accumulated_within_floor_and_cap(points: tuple[int, ...], account: int) -> None:
    rules = replace(RULES, base=60 * POINT, credit_share=Fraction(1, 4), floor=40 * POINT, cap=80 * POINT)
    credits = [Credit(f"c{number}", each * POINT, "M2") for number, each in enumerate(points)]
    result = year(rules, 80, credits=credits)
    assert result.score == Fraction(3 * 80 + account, 4)
    assert sum(each.maximum or 0 for each in result.measures.values()) == 100


@pytest.mark.parametrize(
    ("score", "points", "total"), [(90, 3, 93), (90, 7, 95), (98, 7, 100), (90, -20, 80), (4, -20, 0)]
)
def test_credits_on_top_move_the_figure_within_their_bounds(score: int, points: int, total: int) -> None:
    rules = replace(RULES, base=0, floor=-10 * POINT, cap=5 * POINT)
    assert year(rules, score, credits=[Credit("c", points * POINT)]).score == total


def test_a_figure_that_bonuses_lifted_above_a_hundred_is_no_further_lifted_by_credits() -> None:
    rules = replace(RULES, base=0)
    for points, total in ((5, 104), (-3, 101), (-10, 94)):
        result = year(rules, 104, credits=[Credit("c", points * POINT)])
        assert (result.score, result.grade) == (Fraction(total), "good")


def test_a_veto_caps_the_total_the_grade_or_both() -> None:
    vetoes = (YearVeto("total", caps_total=59 * POINT, measure="M2"), YearVeto("grade", caps_grade="fair"))
    rules = replace(RULES, vetoes=vetoes)
    free = year(rules, 95)
    assert read(free, "score", "grade", "capped_by") == (95, "good", ())
    cut = year(rules, 95, raised=["total"])
    assert read(cut, "score", "grade", "capped_by") == (59, "poor", ("total",))
    assert cut.measures["M2"] == MeasureScore(Fraction(-36), Fraction(0))
    lowered = year(rules, 95, raised=["grade"])
    assert read(lowered, "score", "grade", "reached", "capped_by") == (
        95,
        "fair",
        "good",
        ("grade",),
    )
    assert lowered.trace["grade"] == {
        "key": "fair", "low": 80 * POINT, "high": None, "compared": {"num": 95, "den": 1},
        "reached": "good", "capped_by": "grade",
    }  # fmt: skip
    both = year(rules, 95, raised=["grade", "total"])
    assert read(both, "score", "grade", "capped_by") == (59, "poor", ("total",))
    harmless = year(rules, 50, raised=["grade", "total"])
    assert read(harmless, "score", "grade", "capped_by") == (50, "poor", ())


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"weights": "size"}, ["unknown_weights"]),
        ({"least_engagements": -1}, ["negative"]),
        ({"least_engagements": 1.5}, ["not_a_count"]),
        ({"agency_share": Fraction(3, 2)}, ["share_out_of_range"]),
        ({"agency_share": 0.5}, ["not_a_share"]),
        ({"agency_share": Fraction(2, 3), "base": 0, "credit_share": Fraction(1, 2)}, ["shares_above_one"]),
        ({"credit_share": Fraction(1, 2), "cap": 5}, ["credits_without_base", "credits_without_base"]),
        ({"base": 5, "floor": 6}, ["base_outside_bounds"]),
        ({"base": -1, "credit_share": Fraction(1, 2)}, ["out_of_range"]),
        ({"vetoes": (YearVeto("v"), YearVeto("v", caps_grade="A"))},
         ["duplicate_key", "veto_without_effect", "unknown_grade"]),
        ({"vetoes": (YearVeto("v", caps_total=-1),)}, ["out_of_range"]),
    ],
)  # fmt: skip
def test_contradictory_rules_are_refused_with_every_fault(changes: Any, codes: list[str]) -> None:
    rules = replace(RULES, **changes)
    assert [problem.code for problem in year_rules_problems(rules)] == codes
    with pytest.raises(RollupError):
        score_year([item("a", 1)], rules)


def test_what_the_rules_have_no_place_for_is_refused() -> None:
    for options, code in (
        ({"form": form(1)}, "form_without_share"),
        ({"credits": [Credit("c", 1)]}, "credits_without_base"),
        ({"raised": ["v"]}, "unknown_veto"),
    ):
        with pytest.raises(RollupError) as caught:
            score_year([item("a", 1)], RULES, **options)
        assert [problem.code for problem in caught.value.problems] == [code]


ITEMS = st.lists(
    st.tuples(
        st.integers(0, 5), st.dictionaries(st.sampled_from(MEASURES), st.integers(0, 300_000), min_size=1)
    ),
    min_size=1,
    max_size=4,
).filter(lambda rows: any(weight for weight, _ in rows))


@examples(200)
@given(year_rules(), ITEMS, sheets(), st.randoms(use_true_random=False))
def test_the_year_is_what_the_oracle_says(drawn: DrawnRules, rows: Any, sheet: Any, random: Any) -> None:
    rules = drawn.rules
    vectors = [{key: Fraction(part, 9_000) for key, part in parts.items()} for _, parts in rows]
    items = [
        YearItem(
            f"e{number}",
            oracle.total(vectors[number]),
            {key: MeasureScore(part, Fraction(100, 3)) for key, part in vectors[number].items()},
            weight, weight, weight,
        )
        for number, (weight, _) in enumerate(rows)
    ]  # fmt: skip
    options: dict[str, Any] = {"credits": drawn.credits, "raised": drawn.raised}
    if rules.agency_share:
        options["form"] = sheet[0]
    result = score_year(items, rules, **options)
    weights = [1 if rules.weights == "equal" else weight for weight, _ in rows]
    expected = oracle.of_year(drawn.plain, list(zip(weights, vectors, strict=True)), sheet[1])
    assert result.score == oracle.total(expected)
    assert result.state == ("too_few" if len(rows) < rules.least_engagements else "final")
    assert {key: each.score for key, each in result.measures.items() if each.score} == {
        key: part for key, part in expected.items() if part
    }
    assert readd(json.loads(json.dumps(result.trace))) == result.score
    shuffled = list(items)
    random.shuffle(shuffled)
    assert score_year(shuffled, rules, **options).score == result.score


def altered(trace: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    found = copy.deepcopy(trace)
    held: Any = found
    for name in path[:-1]:
        held = held[name]
    held[path[-1]] = None if path[-1] == "capped_by" else held[path[-1]] + 1
    return found


@pytest.mark.parametrize(
    "path",
    [
        ("rules", "agency_share", "num"),
        ("rules", "base"),
        ("rules", "cap"),
        ("rules", "credit_share", "den"),
        ("rules", "vetoes", 0, "caps_total"),
        ("rules", "least_engagements"),
        ("form", "total"),
        ("form", "measures", 0, "total"),
        ("credits", 0, "points"),
        ("steps", "engagements", "contribution", "num"),
        ("steps", "form", "share", "num"),
        ("steps", "credits", "sum", "num"),
        ("steps", "credits", "account", "num"),
        ("steps", "credits", "contribution", "num"),
        ("steps", "vetoes", 0, "before", "num"),
        ("steps", "vetoes", 0, "after", "num"),
        ("items", 0, "set"),
        ("measures", 0, "score", "num"),
        ("grade", "capped_by"),
    ],
)
def test_an_altered_trace_of_a_year_does_not_add_up(path: tuple[Any, ...]) -> None:
    rules = replace(
        RULES, weights="set", agency_share=Fraction(1, 4), base=60 * POINT, credit_share=Fraction(1, 4),
        cap=80 * POINT, vetoes=(YearVeto("v", 71 * POINT, "poor", "M2"),),
    )  # fmt: skip
    items = [item("a", 90, weight=1), item("b", 80, weight=1)]
    credits = [Credit("c", 90 * POINT)]
    trace = score_year(items, rules, form=form(50), credits=credits, raised=["v"]).trace
    assert readd(trace) == 71
    if path == ("rules", "least_engagements"):
        trace = {**trace, "rules": {**trace["rules"], "least_engagements": 2}}
    with pytest.raises(TraceError):
        readd(altered(trace, path))


def test_agencies_are_ranked_among_their_own_kind() -> None:
    rows = rank_in_groups(
        [
            RankEntry("a", Fraction(80), group="law"),
            RankEntry("b", Fraction(90), group="firm"),
            RankEntry("c", Fraction(90), group="firm"),
            RankEntry("d", Fraction(70), group="firm"),
            RankEntry("e", None, group="law"),
        ]
    )
    assert {group: [(row.key, row.rank) for row in held] for group, held in rows.items()} == {
        "firm": [("b", 1), ("c", 1), ("d", 3)],
        "law": [("a", 1), ("e", None)],
    }
