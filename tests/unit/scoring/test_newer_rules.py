"""Checklist, ratio, lateness and rating, rounding in bands and capped faults, each at its edges."""

from __future__ import annotations

from typing import Any

import pytest

from agencyqa.scoring import (
    NUMBER_LIMIT,
    RULES,
    Band,
    BandedRange,
    Checklist,
    Composite,
    Deductions,
    Fault,
    FreeValue,
    Item,
    LateClass,
    Lateness,
    LateStep,
    Part,
    Rating,
    Ratio,
    Rule,
    Veto,
    compile_scheme,
    parse_points,
    readd,
)
from tests.unit.scoring.forms import POINT, deduct, one_rule
from tests.unit.scoring.test_rules import outcome, places, run


def notes(rule: Rule, **given: Any) -> list[tuple[str, dict[str, Any]]]:
    trace = compile_scheme(one_rule(rule)).trace({"item": given})
    readd(trace)
    held = trace["sections"][0]["criteria"][0]["notes"]
    declared = {code for kind in RULES.values() for code in kind.explanation_codes}
    assert {note["code"] for note in held} <= declared
    return [(note["code"], note["params"]) for note in held]


def figures(*texts: str) -> list[int]:
    return [parse_points(text) for text in texts]


# Banded range with gaps that are rounded away

WHOLE = BandedRange((Band("strong", 7 * POINT, 12 * POINT), Band("weak", 0, 6 * POINT)), POINT, gaps="round")


@pytest.mark.parametrize(
    ("band", "value", "expected"),
    [
        ("weak", "6.4999", 6 * POINT),
        ("strong", "6.5", 7 * POINT),
        ("weak", "6.5", "outside_band"),
        ("strong", "6.4999", "outside_band"),
        ("strong", "12", 12 * POINT),
        ("strong", "12.0001", "outside_band"),
        ("weak", "0.4", 0),
        ("weak", "-0.1", "outside_band"),
    ],
)
def test_a_value_between_steps_is_rounded_half_up_and_must_lie_in_its_band(
    band: str, value: str, expected: int | str
) -> None:
    assert outcome(WHOLE, band=band, value=parse_points(value)) == expected


def test_rounding_in_a_band_is_told() -> None:
    assert notes(WHOLE, band="strong", value=65_000) == [
        ("banded.chosen", {"band": "strong", "low": 70_000, "high": 120_000, "value": 70_000}),
        ("banded.rounded", {"given": 65_000, "step": POINT, "value": 70_000}),
    ]
    assert [code for code, _ in notes(WHOLE, band="strong", value=70_000)] == ["banded.chosen"]
    assert WHOLE.specs[1].step == 1


# Deductions with a cap for each fault


def test_a_fault_costs_at_most_its_cap() -> None:
    rule = Deductions(10 * POINT, (Fault("a", POINT, None, 3 * POINT), Fault("b", POINT, 4, 2 * POINT)))
    assert [outcome(rule, a=a, b=b) for a, b in ((2, 1), (3, 2), (4, 3), (99, 99))] == [
        7 * POINT,
        5 * POINT,
        5 * POINT,
        5 * POINT,
    ]
    assert rule.bounds().low == 5 * POINT
    assert notes(rule, a=4, b=0)[0] == (
        "deductions.fault",
        {"fault": "a", "count": 4, "counted": 4, "amount": POINT, "deducted": 3 * POINT},
    )
    assert places(Deductions(5, (Fault("a", 1, None, 0),))) == [("faults.a.max_amount", "not_positive")]


# Checklist

LIST = Checklist((Item("plan", 2 * POINT), Item("papers", 3 * POINT), Item("seal", 5_000)))


def test_a_checklist_adds_what_is_ticked() -> None:
    assert outcome(LIST, plan=True, papers=False, seal=True) == 25_000
    assert outcome(LIST, plan=True, papers=True, seal=True) == 55_000 == LIST.bounds().high
    assert outcome(LIST, plan=False, papers=False, seal=False) == 0
    assert [issue.input for issue in run(LIST, plan=True).issues] == ["papers", "seal"]
    assert outcome(LIST, plan=1, papers=True, seal=True) == "malformed_flag"
    assert notes(LIST, plan=True, papers=False, seal=True) == [
        ("checklist.item", {"item": "plan", "points": 2 * POINT}),
        ("checklist.item", {"item": "seal", "points": 5_000}),
        ("checklist.sum", {"value": 25_000}),
    ]
    assert notes(LIST, plan=False, papers=False, seal=False) == [("checklist.none", {"items": 3})]
    assert places(Checklist(())) == [("items", "empty")]
    assert places(Checklist((Item("a", 0), Item("a", 1)))) == [
        ("items.a", "duplicate_key"),
        ("items.a.points", "not_positive"),
    ]


# Ratio


@pytest.mark.parametrize(
    ("rule", "actual", "planned", "expected"),
    [
        (Ratio(10 * POINT), 3, 4, 75_000),
        (Ratio(10 * POINT), 1, 3, 33_333),
        (Ratio(10 * POINT), 2, 3, 66_667),
        (Ratio(10 * POINT), 5, 4, 100_000),
        (Ratio(10 * POINT, cap=12 * POINT), 5, 4, 120_000),
        (Ratio(10 * POINT, cap=8 * POINT), 9, 10, 80_000),
        (Ratio(10 * POINT, "lower"), 4, 3, 75_000),
        (Ratio(10 * POINT, "lower"), 3, 4, 100_000),
        (Ratio(10 * POINT, places=0), 5, 100, 10_000),
        (Ratio(10 * POINT, places=0), 4_999, 100_000, 0),
        (Ratio(10 * POINT, places=1), 2, 3, 67_000),
        (Ratio(10 * POINT), 0, 5, 0),
        (Ratio(10 * POINT), 5, 0, "divisor_is_zero"),
        (Ratio(10 * POINT, empty="zero"), 5, 0, 0),
        (Ratio(10 * POINT, empty="full"), 0, 0, 100_000),
        (Ratio(10 * POINT, cap=8 * POINT, empty="full"), 0, 0, 80_000),
        (Ratio(10 * POINT, "lower"), 0, 5, "divisor_is_zero"),
        (Ratio(10 * POINT, "lower", empty="full"), 0, 5, 100_000),
        (Ratio(10 * POINT), NUMBER_LIMIT, NUMBER_LIMIT, 100_000),
        (Ratio(10 * POINT), NUMBER_LIMIT + 1, 5, "out_of_range"),
        (Ratio(10 * POINT), -1, 5, "out_of_range"),
        (Ratio(10 * POINT), "5", 5, "malformed_number"),
        (Ratio(10 * POINT), None, 5, "missing"),
    ],
)
def test_ratio(rule: Ratio, actual: Any, planned: Any, expected: int | str) -> None:
    assert outcome(rule, actual=actual, planned=planned) == expected


def test_a_ratio_is_explained() -> None:
    rule = Ratio(10 * POINT, empty="zero")
    assert notes(rule, actual=3, planned=4) == [
        ("ratio.quotient", {"actual": 3, "planned": 4, "points": 100_000, "value": 75_000})
    ]
    assert notes(rule, actual=5, planned=4) == [
        ("ratio.capped", {"actual": 5, "planned": 4, "points": 100_000, "cap": 100_000})
    ]
    assert notes(rule, actual=5, planned=0) == [
        ("ratio.empty", {"actual": 5, "planned": 0, "points": 100_000, "value": 0})
    ]
    assert places(Ratio(0, cap=0, places=5)) == [
        ("points", "not_positive"),
        ("places", "out_of_range"),
        ("cap", "not_positive"),
    ]
    assert places(Ratio(1, "sideways")) == [("direction", "unknown_option")]  # type: ignore[arg-type]


# Stepped lateness

CLASSES = (LateClass("small", 10), LateClass("large", 20))
STEPS = (LateStep(15_000, 2 * POINT), LateStep(20_000, 3 * POINT))
LATE = Lateness(10 * POINT, CLASSES, 1_000, STEPS)


@pytest.mark.parametrize(
    ("rule", "days", "kind", "expected"),
    [
        (LATE, 0, "small", "10"),
        (LATE, 15, "small", "8.5"),
        (LATE, 16, "small", "6.4"),
        (LATE, 20, "small", "6"),
        (LATE, 21, "small", "4.9"),
        (LATE, 21, "large", "7.9"),
        (LATE, 31, "large", "4.9"),
        (LATE, 99, "small", "0"),
        (Lateness(10 * POINT, CLASSES, 1_000, STEPS, steps_add=True), 21, "small", "2.9"),
        (Lateness(10 * POINT, CLASSES, 1_000, STEPS, steps_add=True), 20, "small", "6"),
        (Lateness(10 * POINT, CLASSES, 1_000, STEPS, reached="at"), 15, "small", "6.5"),
        (Lateness(10 * POINT, CLASSES, 1_000, STEPS, reached="at"), 14, "small", "8.6"),
        (Lateness(10 * POINT, CLASSES, 1_000, STEPS, reached="at"), 20, "small", "5"),
        (Lateness(10 * POINT, CLASSES, 1_000), 21, "small", "7.9"),
        (Lateness(10 * POINT, CLASSES, 0, STEPS), 21, "small", "7"),
    ],
)
def test_lateness_in_steps_of_a_limit_by_class(rule: Lateness, days: int, kind: str, expected: str) -> None:
    assert outcome(rule, days=days, **{"class": kind}) == parse_points(expected)


def test_the_amount_decides_the_class_from_its_lower_edge_on() -> None:
    classes = (LateClass("small", 10), LateClass("large", 20, 50 * POINT), LateClass("huge", 30, 90 * POINT))
    rule = Lateness(10 * POINT, classes, 0, (LateStep(10_000, POINT),), by_amount=True)
    marks = [outcome(rule, days=15, amount=amount) for amount in (0, 499_999, 500_000, 899_999, 900_000)]
    assert marks == [90_000, 90_000, 100_000, 100_000, 100_000]
    assert [outcome(rule, days=25, amount=amount) for amount in (899_999, 900_000)] == [90_000, 100_000]
    assert [spec.type for spec in rule.specs] == ["count", "number"]


def test_lateness_is_explained_and_needs_its_class() -> None:
    assert notes(LATE, days=21, **{"class": "small"}) == [
        ("lateness.class", {"class": "small", "limit": 10}),
        ("lateness.days", {"days": 21, "per_day": 1_000, "deducted": 21_000}),
        ("lateness.step", {"multiple": 20_000, "limit": 10, "penalty": 30_000}),
        ("lateness.rest", {"points": 100_000, "deducted": 51_000, "rest": 49_000}),
    ]
    adding = Lateness(10 * POINT, CLASSES, 1_000, STEPS, steps_add=True)
    told = [code for code, _ in notes(adding, days=21, **{"class": "small"})]
    assert told.count("lateness.step") == 2
    assert notes(LATE, days=0, **{"class": "large"})[1:] == [("lateness.on_time", {"points": 100_000})]
    assert [issue.input for issue in run(Lateness(5, CLASSES, 1), days=3).issues] == ["class"]
    assert outcome(LATE, days=3, **{"class": "tiny"}) == "unknown_choice"


def test_faults_of_lateness() -> None:
    assert places(Lateness(0, (LateClass("a", 0, 5),), -1, (LateStep(0, 0),))) == [
        ("points", "not_positive"),
        ("per_day", "negative"),
        ("classes.a.limit", "not_positive"),
        ("classes.a.above", "above_without_amount"),
        ("steps.1.multiple", "not_positive"),
        ("steps.1.penalty", "not_positive"),
    ]
    assert places(Lateness(5, CLASSES, 0)) == [("per_day", "nothing_deducted")]
    falling = (LateStep(10_000, 3), LateStep(10_000, 2))
    assert places(Lateness(5, CLASSES, 0, falling)) == [
        ("steps.2.multiple", "not_rising"),
        ("steps.2.penalty", "penalty_falls"),
    ]
    assert places(Lateness(5, CLASSES, 0, falling[1:] + falling[:1], steps_add=True)) == [
        ("steps.2.multiple", "not_rising")
    ]
    classes = (LateClass("a", 1, 5), LateClass("b", 1), LateClass("c", 1, 9), LateClass("d", 1, 9))
    assert places(Lateness(5, classes, 1, by_amount=True)) == [
        ("classes.a.above", "first_class_from_zero"),
        ("classes.b.above", "missing_field"),
        ("classes.d.above", "not_rising"),
    ]


# Rating

SIX = Rating(6 * POINT)


@pytest.mark.parametrize(
    ("rule", "rating", "expected"),
    [
        (SIX, 6, 60_000),
        (SIX, 1, 10_000),
        (Rating(10 * POINT), 5, 83_333),
        (Rating(10 * POINT, base="low"), 1, 0),
        (Rating(10 * POINT, base="low"), 2, 20_000),
        (Rating(10 * POINT, base="low"), 6, 100_000),
        (Rating(10 * POINT, 2, 5, places=0), 3, 60_000),
        (Rating(10 * POINT, 1, 4, places=0), 1, 30_000),
        (Rating(15_000, places=0), 6, 15_000),
        (Rating(10 * POINT, 2, 5), 1, "outside_scale"),
        (SIX, 7, "outside_scale"),
        (SIX, -1, "outside_scale"),
        (SIX, None, "missing"),
        (SIX, True, "malformed_count"),
        (Rating(POINT, cannot_assess="zero"), 0, 0),
        (Rating(POINT, cannot_assess="zero", base="low"), 0, 0),
    ],
)
def test_rating(rule: Rating, rating: Any, expected: int | str) -> None:
    assert outcome(rule, rating=rating) == expected


def test_what_cannot_be_assessed_has_no_mark() -> None:
    result = run(SIX, rating=0)
    assert (result.state, result.computed, result.counted, result.issues) == ("left_out", None, None, ())
    assert notes(SIX, rating=0) == [("rating.left_out", {})]
    assert notes(Rating(POINT, cannot_assess="zero"), rating=0) == [("rating.counted_zero", {})]
    assert notes(SIX, rating=2) == [("rating.given", {"rating": 2, "low": 1, "high": 6, "value": 20_000})]


def test_a_veto_counts_what_cannot_be_assessed_as_nothing() -> None:
    rule = Veto(SIX, exception="excused")
    assert run(rule, veto=False, rating=0).state == "left_out"
    assert run(rule, veto=True, excused=True, rating=0).state == "left_out"
    vetoed = run(rule, veto=True, excused=False, rating=0)
    assert (vetoed.state, vetoed.counted) == ("ok", 0)
    assert run(rule, veto=True, excused=False).state == "ok"
    assert run(rule, veto=None, rating=0).state == "missing"


def test_faults_of_ratings() -> None:
    assert places(Rating(0, 0, 0, places=-1)) == [
        ("points", "not_positive"),
        ("low", "not_positive"),
        ("high", "range_reversed"),
        ("places", "out_of_range"),
    ]
    assert places(Rating(1, high=100_000)) == [("high", "out_of_range")]
    inside = Composite((Part("a", SIX), Part("b", Veto(SIX)), Part("c", Rating(1, cannot_assess="zero"))))
    assert places(inside) == [
        ("parts.a.rule", "part_cannot_be_left_out"),
        ("parts.b.rule", "part_cannot_be_left_out"),
    ]


def test_a_rule_alone_gives_its_mark() -> None:
    assert deduct("2", wrong="0.2").mark({"wrong": 3}) == 14_000
    assert deduct("2", wrong="0.2").mark({"wrong": None}) is None
    assert FreeValue(0, 5).mark({"value": 6}) is None
