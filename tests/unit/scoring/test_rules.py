"""Each rule at its edges."""

from __future__ import annotations

from typing import Any

import pytest

from agencyqa.scoring import (
    COUNT_LIMIT,
    RULES,
    AllOrNothing,
    Band,
    BandedRange,
    Composite,
    CriterionResult,
    Deductions,
    Fault,
    FreeValue,
    Level,
    Ordinal,
    Part,
    Problem,
    RangeDeduction,
    Rule,
    Veto,
    compile_scheme,
    parse_points,
)
from tests.unit.scoring.forms import POINT, bands, deduct, deduction_form, faultless, one_rule


def run(rule: Rule, **given: Any) -> CriterionResult:
    return compile_scheme(one_rule(rule)).score({"item": given}).criterion("item")


def outcome(rule: Rule, **given: Any) -> int | str | None:
    """The mark in units, or the code of the first issue."""
    result = run(rule, **given)
    return result.computed if result.state == "ok" else result.issues[0].code


ABILITY = bands(("strong", 10, 15), ("fair", 5, 10), ("poor", 0, 5))
WHOLE = bands(("strong", 13, 20), ("fair", 7, 12), ("poor", 0, 6))


@pytest.mark.parametrize(
    ("band", "value", "expected"),
    [
        ("strong", 15, 15 * POINT),
        ("strong", 10, 10 * POINT),
        ("fair", 10, 10 * POINT),
        ("fair", 5, 5 * POINT),
        ("poor", 0, 0),
        ("fair", 11, "outside_band"),
        ("strong", 9, "outside_band"),
        ("strong", 16, "outside_band"),
        ("poor", -1, "outside_band"),
    ],
)
def test_banded_neighbours_share_an_edge(band: str, value: int, expected: int | str) -> None:
    assert outcome(ABILITY, band=band, value=value * POINT) == expected


def test_banded_reports_the_limits_of_the_chosen_band() -> None:
    issue = run(WHOLE, band="fair", value=13 * POINT).issues[0]
    assert (issue.code, issue.input) == ("outside_band", "value")
    assert issue.params == {"band": "fair", "low": 7 * POINT, "high": 12 * POINT}


def test_banded_keeps_to_its_step() -> None:
    assert outcome(WHOLE, band="fair", value=parse_points("7.5")) == "off_step"
    assert outcome(BandedRange((Band("all", 0, 6 * POINT),), 5_000), band="all", value=5_000) == 5_000


def test_banded_needs_band_and_value() -> None:
    assert [issue.input for issue in run(WHOLE).issues] == ["band", "value"]
    assert [issue.input for issue in run(WHOLE, value=3 * POINT).issues] == ["band"]
    assert outcome(WHOLE, band="best", value=3 * POINT) == "unknown_choice"


def test_all_or_nothing() -> None:
    rule = AllOrNothing(15 * POINT)
    assert [outcome(rule, met=met) for met in (True, False, None, 1, "yes")] == [
        15 * POINT,
        0,
        "missing",
        "malformed_flag",
        "malformed_flag",
    ]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"a": 0, "b": 0}, "2"),
        ({"a": 1, "b": 0}, "1.7"),
        ({"a": 3, "b": 2}, "0.9"),
        ({"a": 6, "b": 1}, "0.1"),
        ({"a": 6, "b": 2}, "0"),
        ({"a": COUNT_LIMIT, "b": 3}, "0"),
    ],
)
def test_deductions_down_to_zero(counts: dict[str, int], expected: str) -> None:
    rule = Deductions(2 * POINT, (Fault("a", 3_000), Fault("b", 1_000, 2)))
    assert outcome(rule, **counts) == parse_points(expected)


@pytest.mark.parametrize(
    ("count", "code"), [(0, "none"), (1, "taken"), (9, "taken"), (10, "exhausted"), (11, "exhausted")]
)
def test_deductions_say_when_nothing_is_left(count: int, code: str) -> None:
    trace = compile_scheme(one_rule(deduct("2", wrong="0.2"))).trace({"item": {"wrong": count}})
    notes = [note["code"] for note in trace["sections"][0]["criteria"][0]["notes"]]
    assert f"deductions.{code}" in notes


def test_deductions_refuse_what_is_no_count() -> None:
    rule = deduct("2", wrong="0.2")
    assert [outcome(rule, wrong=value) for value in (-1, COUNT_LIMIT + 1, True, "2", None, 10**40)] == [
        "out_of_range",
        "out_of_range",
        "malformed_count",
        "malformed_count",
        "missing",
        "out_of_range",
    ]


def test_a_cap_limits_how_often_a_fault_counts() -> None:
    rule = Deductions(2 * POINT, (Fault("missing", 4_000, 3),))
    assert rule.bounds().low == 8_000
    assert [outcome(rule, missing=count) for count in (2, 3, 9)] == [12_000, 8_000, 8_000]


def test_range_deduction_takes_nothing_or_a_figure_in_the_range() -> None:
    rule = RangeDeduction(5 * POINT, POINT, 2 * POINT)
    amounts = ["0", "1", "1.5", "2", "0.9", "2.1", "-1"]
    assert [outcome(rule, amount=parse_points(amount)) for amount in amounts] == [
        50_000,
        40_000,
        35_000,
        30_000,
        "outside_deduction_range",
        "outside_deduction_range",
        "outside_deduction_range",
    ]
    assert run(rule, amount=25_000).issues[0].params == {"low": POINT, "high": 2 * POINT}
    assert outcome(rule) == "missing"


def test_range_deduction_per_occurrence_goes_to_zero() -> None:
    rule = RangeDeduction(5 * POINT, POINT, 2 * POINT, POINT, per_occurrence=True)
    assert outcome(rule, count=0, amount=0) == 5 * POINT
    assert outcome(rule, count=2, amount=3 * POINT) == 2 * POINT
    assert outcome(rule, count=4, amount=8 * POINT) == 0
    assert outcome(rule, count=0, amount=POINT) == "amount_without_count"
    assert outcome(rule, count=2, amount=POINT) == "outside_deduction_range"
    assert outcome(rule, count=2, amount=0) == "outside_deduction_range"
    assert run(rule, count=2, amount=5 * POINT).issues[0].params == {"low": 2 * POINT, "high": 4 * POINT}
    assert outcome(rule, count=2, amount=25_000) == "off_step"
    assert outcome(rule, amount=POINT) == "missing"


def test_veto_cancels_the_item_unless_the_exception_applies() -> None:
    rule = Veto(deduct("5", unclear="1"), "absent", "truly_none")
    assert outcome(rule, absent=False, unclear=2) == 3 * POINT
    assert outcome(rule, absent=True, truly_none=False, unclear=2) == 0
    assert outcome(rule, absent=True, truly_none=False) == 0
    assert outcome(rule, absent=True, truly_none=True, unclear=2) == 3 * POINT
    assert [issue.input for issue in run(rule, absent=True, unclear=2).issues] == ["truly_none"]
    assert [issue.input for issue in run(rule, absent=True, truly_none=True).issues] == ["unclear"]
    assert [issue.input for issue in run(rule, absent=False).issues] == ["unclear"]
    assert [issue.input for issue in run(rule).issues] == ["absent", "truly_none", "unclear"]
    assert outcome(rule, absent=True, truly_none=False, unclear=-1) == "out_of_range"
    assert [(spec.name, spec.needed_if) for spec in rule.inputs()] == [
        ("absent", None),
        ("truly_none", "absent"),
        ("unclear", None),
    ]


def test_veto_without_exception() -> None:
    rule = Veto(FreeValue(0, 5 * POINT))
    assert outcome(rule, veto=True) == 0
    assert outcome(rule, veto=False, value=POINT) == POINT


def test_composite_adds_its_parts() -> None:
    rule = Composite(
        (Part("wording", deduct("3", place="0.5")), Part("typesetting", deduct("1", place="0.2")))
    )
    assert [spec.name for spec in rule.inputs()] == ["wording.place", "typesetting.place"]
    assert outcome(rule, **{"wording.place": 2, "typesetting.place": 9}) == 2 * POINT
    assert run(rule, **{"wording.place": 2}).issues[0].input == "typesetting.place"


def test_free_value() -> None:
    rule = FreeValue(0, 10 * POINT, 5_000, published=False)
    values = ["0", "10", "7.5", "7.25", "10.5", "-0.5"]
    assert [outcome(rule, value=parse_points(value)) for value in values] == [
        0,
        100_000,
        75_000,
        "off_step",
        "out_of_range",
        "out_of_range",
    ]
    trace = compile_scheme(one_rule(rule)).trace({"item": {"value": 0}})
    assert trace["sections"][0]["criteria"][0]["notes"][0]["code"] == "free.unpublished"


def test_ordinal() -> None:
    rule = Ordinal((Level("excellent", 10 * POINT), Level("good", 8 * POINT), Level("poor", 0)))
    assert [outcome(rule, level=level) for level in ("excellent", "good", "poor", "best", None, 0)] == [
        100_000,
        80_000,
        0,
        "unknown_choice",
        "missing",
        "unknown_choice",
    ]


def test_figures_beyond_64_bits_are_exact() -> None:
    top = 10**22
    rule = Deductions(top, (Fault("a", 10**19), Fault("b", 1)))
    program = compile_scheme(one_rule(rule))
    assert program.wide_steps["item"] > 0
    assert program.score({"item": {"a": 999, "b": 7}}).total == top - 999 * 10**19 - 7
    assert compile_scheme(deduction_form()).wide_steps == dict.fromkeys(faultless(), 0)


def test_notes_use_only_declared_codes() -> None:
    declared = {code for rule in RULES.values() for code in rule.explanation_codes}
    program = compile_scheme(deduction_form())
    worse = faultless() | {"cover": {"missing": 9}, "tables": {"wrong": 1}}
    worse["statement"] = {"summary.amount": POINT, "clarity.absent": True, "clarity.truly_none": False}
    for answers in (faultless(), worse):
        trace = program.trace(answers)
        notes = [note for s in trace["sections"] for c in s["criteria"] for note in c["notes"]]
        assert notes
        assert {note["code"] for note in notes} <= declared


def places(rule: Rule) -> list[tuple[str, str]]:
    return [(problem.place, problem.code) for problem in rule.problems()]


def test_every_fault_of_the_parameters_is_reported_at_once() -> None:
    assert places(bands(("low", 0, 5), ("high", 7, 10))) == [("bands.high.low", "band_gap")]
    assert places(bands(("low", 0, 6), ("high", 5, 10))) == [("bands.high.low", "band_overlap")]
    assert places(BandedRange((Band("x", 9, 3), Band("x", 0, 3)), 2)) == [
        ("bands.x", "duplicate_key"),
        ("bands.x", "band_reversed"),
        ("bands.x.high", "off_step"),
    ]
    # A wrong edge or key hides no hole and no overlap beside it.
    edges = (Band("a", 0, 3), Band("B", 5, 6), Band("c", 8, 12), Band("d", 10, 14))
    assert places(BandedRange(edges, 2)) == [
        ("bands.B", "bad_key"),
        ("bands.a.high", "off_step"),
        ("bands.B.low", "off_step"),
        ("bands.B.low", "band_gap"),
        ("bands.d.low", "band_overlap"),
    ]
    assert places(BandedRange((Band("a", 0, 3), Band("b", 9, 10)), 0)) == [("step", "not_positive")]
    assert places(BandedRange(())) == [("bands", "empty")]
    assert places(AllOrNothing(0)) == [("points", "not_positive")]
    assert places(Deductions(-1, (Fault("A", 0, 0),))) == [
        ("points", "not_positive"),
        ("faults.A", "bad_key"),
        ("faults.A.amount", "not_positive"),
        ("faults.A.max_count", "not_positive"),
    ]
    assert places(RangeDeduction(5, 3, 2, 0)) == [("high", "range_reversed"), ("step", "not_positive")]
    assert places(FreeValue(5, 5)) == [("high", "range_reversed")]
    assert places(Ordinal((Level("x", -1),))) == [("levels.x.points", "negative")]
    assert places(Veto(deduct("5", veto="1"))) == [("flag", "duplicate_key")]
    assert places(Composite((Part("a", AllOrNothing(0)), Part("a", FreeValue(2, 1))))) == [
        ("parts.a", "duplicate_key"),
        ("parts.a.rule.points", "not_positive"),
        ("parts.a.rule.high", "range_reversed"),
    ]
    assert RangeDeduction(5, 1, 9).problems() == [
        Problem("high", "deduction_above_points", {"high": 9, "points": 5}, "warning")
    ]


def test_wrong_types_are_problems_not_crashes() -> None:
    assert places(AllOrNothing(1.5)) == [("points", "not_a_points")]  # type: ignore[arg-type]
    assert places(AllOrNothing(True)) == [("points", "not_a_points")]
    assert places(Deductions(5, (Fault("a", "1"),))) == [("faults.a.amount", "not_a_points")]  # type: ignore[arg-type]
    assert places(Veto("rule")) == [("rule", "not_a_rule")]  # type: ignore[arg-type]
    assert places(Ordinal([Level("x", 1)])) == [("levels", "not_a_list")]  # type: ignore[arg-type]
