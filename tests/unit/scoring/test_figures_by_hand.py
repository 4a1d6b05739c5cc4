"""What property tests draw too seldom: formulas, limits, places and notes of the rules, each worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from agencyqa.scoring import (
    COUNT_LIMIT,
    AllOrNothing,
    Band,
    BandedRange,
    Composite,
    Deductions,
    Fault,
    FreeValue,
    LateClass,
    Lateness,
    LateStep,
    Part,
    RangeDeduction,
    Rating,
    Ratio,
    Rule,
    Veto,
    compile_scheme,
)
from agencyqa.scoring import operations as op
from agencyqa.scoring.arrays import INT64_HIGH, INT64_LOW, all_inside, fits_int64
from agencyqa.scoring.inputs import InputSpec
from agencyqa.scoring.steps import Num
from agencyqa.scoring.tape import Tape
from agencyqa.scoring.units import UnitsError, format_points, parse_points
from tests.unit.scoring.forms import one_rule

TWO = (LateClass("small", 5), LateClass("large", 10))
BY_AMOUNT = (LateClass("small", 5), LateClass("large", 10, 700))
STEPS = (LateStep(10_000, 3), LateStep(20_000, 6))


@pytest.mark.parametrize(
    ("rule", "formula"),
    [
        (BandedRange((Band("a", 0, 10),), 5), "{value}"),
        (BandedRange((Band("a", 0, 10),), 5, "round"), "INT((2*{value}+5)/10)*5"),
        (Rating(100, 2, 6, places=2), "MIN(100,ROUND(100*{rating}/6/100,0)*100)"),
        (Rating(100, 2, 6, base="low", places=4), "MIN(100,ROUND(100*MAX(0,{rating}-2)/4/1,0)*1)"),
        (Ratio(70, places=2), "IF({planned}=0,0,MIN(70,ROUND(70*{actual}/{planned}/100,0)*100))"),
        (
            Ratio(70, "lower", 50, "full", 3),
            "IF({actual}=0,50,MIN(50,ROUND(70*{planned}/{actual}/10,0)*10))",
        ),
        (Ratio(70, "higher", 90, "full"), "IF({planned}=0,70,MIN(90,ROUND(70*{actual}/{planned}/1,0)*1))"),
        (Lateness(40, TWO, 2), "MAX(0,40-2*{days})"),
        (
            Lateness(40, TWO, 2, STEPS),
            "MAX(0,40-2*{days}-MAX(IF({days}*10000>10000*CHOOSE({class},5,10),3,0),"
            "IF({days}*10000>20000*CHOOSE({class},5,10),6,0)))",
        ),
        (
            Lateness(40, BY_AMOUNT, 2, STEPS, True, "at", True),
            "MAX(0,40-2*{days}-IF({days}*10000>=10000*IF({amount}>=700,10,5),3,0)"
            "-IF({days}*10000>=20000*IF({amount}>=700,10,5),6,0))",
        ),
    ],
)
def test_formulas(rule: Rule, formula: str) -> None:
    assert rule.excel() == formula


def told(rule: Rule) -> list[tuple[str, str, dict[str, Any]]]:
    return [(each.place, each.code, dict(each.params)) for each in rule.problems()]


@pytest.mark.parametrize(
    ("rule", "problems"),
    [
        (BandedRange((Band("a", 3, 3),)), []),
        (BandedRange((Band("a", 4, 3),)), [("bands.a", "band_reversed", {"low": 4, "high": 3})]),
        (BandedRange((Band("a", 0, 3), Band("b", 4, 6))), []),
        (
            BandedRange((Band("b", 6, 8), Band("a", 0, 4))),
            [("bands.b.low", "band_gap", {"below": "a", "high": 4, "above": "b", "low": 6})],
        ),
        (
            BandedRange((Band("b", 3, 8), Band("a", 0, 4))),
            [("bands.b.low", "band_overlap", {"below": "a", "high": 4, "above": "b", "low": 3})],
        ),
        # A point on an edge stands before the band that begins there, and twice the same band overlaps itself.
        (BandedRange((Band("b", 4, 8), Band("a", 4, 4))), []),
        (
            BandedRange((Band("a", 4, 4), Band("b", 4, 4))),
            [("bands.b.low", "band_overlap", {"below": "a", "high": 4, "above": "b", "low": 4})],
        ),
        (BandedRange((Band("b", 4, 4), Band("a", 0, 4))), []),
        (FreeValue(1, 2), []),
        (FreeValue(2, 2), [("high", "range_reversed", {"low": 2, "high": 2})]),
        (FreeValue(5, 2), [("high", "range_reversed", {"low": 5, "high": 2})]),
        (
            FreeValue(3, 5, 2),
            [("low", "off_step", {"value": 3, "step": 2}), ("high", "off_step", {"value": 5, "step": 2})],
        ),
        (RangeDeduction(9, 2, 9), []),
        (RangeDeduction(9, 3, 3), []),
        (RangeDeduction(9, 0, 3), [("low", "not_positive", {"value": 0})]),
        (RangeDeduction(9, 4, 3), [("high", "range_reversed", {"low": 4, "high": 3})]),
        (
            RangeDeduction(9, 3, 5, 2),
            [("low", "off_step", {"value": 3, "step": 2}), ("high", "off_step", {"value": 5, "step": 2})],
        ),
        (RangeDeduction(9, 2, 10), [("high", "deduction_above_points", {"high": 10, "points": 9})]),
        (Rating(9, 0, 3), [("low", "not_positive", {"value": 0})]),
        (Rating(9, 3, 3), [("high", "range_reversed", {"low": 3, "high": 3})]),
        (Rating(9, 4, 3), [("high", "range_reversed", {"low": 4, "high": 3})]),
        (Rating(9, 1, COUNT_LIMIT), []),
        (Rating(9, 1, COUNT_LIMIT + 1), [("high", "out_of_range", {"low": 1, "high": COUNT_LIMIT})]),
        (Rating(9, places=0), []),
        (Rating(9, places=5), [("places", "out_of_range", {"low": 0, "high": 4})]),
        (Lateness(9, (LateClass("a", 1, 0), LateClass("b", 2, 1)), 1, by_amount=True), []),
        (
            Lateness(9, (LateClass("a", 1, 1), LateClass("b", 2, 0)), 1, by_amount=True),
            [
                ("classes.a.above", "first_class_from_zero", {"value": 1}),
                ("classes.b.above", "not_rising", {"value": 0, "before": 0}),
            ],
        ),
        (Lateness(9, TWO, 1, (LateStep(1, 4), LateStep(2, 4))), []),
        (
            Lateness(9, TWO, 1, (LateStep(1, 4), LateStep(2, 3))),
            [("steps.2.penalty", "penalty_falls", {"value": 3, "before": 4})],
        ),
    ],
)
def test_parameters(rule: Rule, problems: list[tuple[str, str, dict[str, Any]]]) -> None:
    assert told(rule) == problems


@pytest.mark.parametrize(
    ("rule", "given", "expected"),
    [
        (FreeValue(1, 9), {"value": 4}, [("free.given", {"value": 4, "low": 1, "high": 9})]),
        (
            Deductions(9, (Fault("a", 2),)),
            {"a": 3},
            [
                ("deductions.fault", {"fault": "a", "count": 3, "counted": 3, "amount": 2, "deducted": 6}),
                ("deductions.taken", {"points": 9, "deducted": 6, "rest": 3}),
            ],
        ),
        (
            Veto(FreeValue(0, 9), "veto", "but"),
            {"veto": False, "value": 4},
            [("veto.not_raised", {"flag": "veto"})],
        ),
        (
            Veto(FreeValue(0, 9), "veto", "but"),
            {"veto": True, "but": False, "value": 4},
            [("veto.applied", {"flag": "veto"})],
        ),
        (
            Veto(FreeValue(0, 9), "veto", "but"),
            {"veto": True, "but": True, "value": 4},
            [("veto.excepted", {"flag": "veto", "exception": "but"})],
        ),
        (
            Lateness(40, TWO, 2, STEPS),
            {"days": 11, "class": "small"},
            [
                ("lateness.class", {"class": "small", "limit": 5}),
                ("lateness.days", {"days": 11, "per_day": 2, "deducted": 22}),
                ("lateness.step", {"multiple": 20_000, "limit": 5, "penalty": 6}),
                ("lateness.rest", {"points": 40, "deducted": 28, "rest": 12}),
            ],
        ),
        (
            Lateness(40, TWO, 2, STEPS),
            {"days": 6, "class": "small"},
            [
                ("lateness.class", {"class": "small", "limit": 5}),
                ("lateness.days", {"days": 6, "per_day": 2, "deducted": 12}),
                ("lateness.step", {"multiple": 10_000, "limit": 5, "penalty": 3}),
                ("lateness.rest", {"points": 40, "deducted": 15, "rest": 25}),
            ],
        ),
        (Lateness(40, TWO, 2, STEPS), {"days": 11}, []),
        (AllOrNothing(9), {"met": True}, [("all_or_nothing.met", {"points": 9})]),
        (AllOrNothing(9), {}, []),
        (RangeDeduction(9, 2, 3), {}, []),
    ],
)
def test_notes(rule: Rule, given: dict[str, Any], expected: list[tuple[str, dict[str, Any]]]) -> None:
    trace = compile_scheme(one_rule(rule)).trace({"item": given})
    notes = trace["sections"][0]["criteria"][0]["notes"]
    found = [(note["code"], note["params"]) for note in notes]
    assert [each for each in found if each[0] != "free.given" or type(rule) is FreeValue] == expected


def test_limits_of_inputs() -> None:
    band, value = BandedRange((Band("a", 0, 3), Band("b", 3, 7))).inputs()
    assert [(each.key, each.low, each.high) for each in band.choices] == [("a", 0, 3), ("b", 3, 7)]
    assert (band.low, band.high, value.low, value.high) == (0, 1, 0, 7)
    assert [(each.low, each.high) for each in Lateness(9, TWO, 1).inputs()[1].choices] == [(0, 0), (0, 0)]
    assert RangeDeduction(9, 2, 3, per_occurrence=True).inputs()[1].high == 3 * 99_999
    assert InputSpec("a", "flag", 0, 1, needed_if="b").under("p").needed_if == "p.b"
    assert InputSpec("a", "flag", 0, 1).under("p").needed_if is None
    once = RangeDeduction(20_000, 5_000, 10_000)
    assert [once.mark({"amount": each}) for each in (0, 1, 4_999, 5_000, 10_000)] == [
        20_000,
        None,
        None,
        15_000,
        10_000,
    ]
    each = RangeDeduction(20_000, 1, 10, per_occurrence=True)
    assert [each.mark({"count": n, "amount": a}) for n, a in ((1, 1), (0, 0), (0, 1), (1, 11))] == [
        19_999,
        20_000,
        None,
        None,
    ]
    assert Ratio(10_000).mark({"actual": 1, "planned": 1}) == 10_000


def test_a_figure_outside_its_band_is_told_with_the_band() -> None:
    rule = BandedRange((Band("a", 0, 3), Band("b", 3, 7)))
    for key, value, low, high in (("a", 5, 0, 3), ("b", 1, 3, 7)):
        result = compile_scheme(one_rule(rule)).score({"item": {"band": key, "value": value}})
        issue = result.criterion("item").issues[0]
        assert (issue.code, dict(issue.params)) == ("outside_band", {"band": key, "low": low, "high": high})
    # Without its band only the limits of all bands can be told.
    alone = compile_scheme(one_rule(rule)).score({"item": {"value": 8}}).criterion("item").issues[0]
    assert (alone.code, dict(alone.params)) == ("out_of_range", {"low": 0, "high": 7})


@pytest.mark.parametrize(("at", "expected"), [(True, [0, 1, 1]), (False, [0, 0, 1])])
def test_a_multiple_that_is_just_reached(at: bool, expected: list[int]) -> None:
    """Twice a limit of one day: two days are there, and not over it."""
    counts, twice, one = np.array([1, 2, 3]), np.array([20_000] * 3), np.array([1] * 3)
    operation = op.reached(at=at)
    assert operation.arrays([counts, twice, one], None).tolist() == expected
    assert [operation.ints(count, 20_000, 1) for count in (1, 2, 3)] == expected


def test_operations_over_rows_of_both_kinds() -> None:
    """4 / 2 is 2, and where the divisor is 0 the third figure stands; a table may hold what no 64 bits do."""
    over, under, instead = np.array([4, 4]), np.array([0, 2]), np.array([9, 9])
    assert op.quotient(1).arrays([over, under, instead], None).tolist() == [9, 2]
    rows = [np.array([each]) for each in (5, 1, 3)]
    assert [op.BETWEEN.arrays(rows, None).tolist(), op.BETWEEN.ints(5, 1, 3)] == [[False], 0]
    assert op.bracket((0, 5, INT64_HIGH + 1)).arrays([np.array([0, 4, 5])], None).tolist() == [0, 0, 1]
    for figures in ((INT64_LOW - 1, 0), (0, INT64_HIGH + 1)):
        picked = op.picking(figures)
        assert picked.arrays([np.array([1, 0])], None).tolist() == [figures[1], figures[0]]


def test_which_issue_is_told() -> None:
    each = RangeDeduction(9, 1, 3, per_occurrence=True)
    assert issues(each, {"count": 0, "amount": 1}) == [("amount_without_count", "amount")]
    assert issues(each, {"count": 1, "amount": 4}) == [("outside_deduction_range", "amount")]
    # What a veto cancels is not asked for, while another part still waits for its answer.
    two = Composite((Part("a", Veto(FreeValue(0, 9), "veto", "but")), Part("b", FreeValue(0, 9))))
    assert issues(two, {"a.veto": True, "a.but": False}) == [("missing", "b.value")]
    assert issues(two, {"a.veto": True, "a.but": True}) == [("missing", "a.value"), ("missing", "b.value")]
    assert issues(two, {"a.veto": False}) == [("missing", "a.value"), ("missing", "b.value")]


def issues(rule: Rule, given: dict[str, Any]) -> list[tuple[str, str | None]]:
    result = compile_scheme(one_rule(rule)).score({"item": given}).criterion("item")
    return [(issue.code, issue.input) for issue in result.issues]


NEGATIVE, FIGURE, OTHER = (-7, 20), (2, 30), (3, 11)


def limits(number: Num) -> tuple[int, int]:
    return number.low, number.high


def test_limits_that_the_tape_proves() -> None:
    """A result never leaves these, and no narrower ones would do."""
    tape = Tape()

    def num(low: int, high: int) -> Num:
        return Num(tape.register(None), low, high, ("input", "x"))

    a, b, c = num(*NEGATIVE), num(*FIGURE), num(*OTHER)
    zero, seven, flag = tape.param("zero", 0), tape.param("size", 7), num(0, 1)
    assert limits(tape.add(None, [a, b, c])) == (-2, 61)
    assert limits(tape.sub(None, a, b)) == (-37, 18)
    assert limits(tape.mul(None, a, b)) == (-210, 600)
    assert limits(tape.mul(None, b, a)) == (-210, 600)
    assert limits(tape.least(None, b, c)) == (2, 11)
    assert limits(tape.least(None, a, b)) == limits(tape.least(None, b, a)) == (-7, 20)
    assert limits(tape.greatest(None, b, c)) == limits(tape.greatest(None, c, b)) == (3, 30)
    assert limits(tape.take(None, a)) == limits(tape.beside(a, b)) == limits(tape.only(a, flag)) == NEGATIVE
    assert limits(tape.pick(None, flag, [("", 9), ("", -4)])) == (-4, 9)
    assert limits(tape.cancel(None, b, flag)) == limits(tape.or_zero(b)) == (0, 30)
    assert limits(tape.cancel(None, num(-9, -3), flag)) == limits(tape.or_zero(num(-9, -3))) == (-9, 0)
    # 30 / 3 is 10, to a multiple of 4 half-up 12; where the divisor may be 0, 30 / 1 is 32.
    assert limits(tape.quotient(None, b, c, 4, zero)) == (0, 12)
    assert limits(tape.quotient(None, b, num(0, 11), 4, zero)) == (0, 32)
    assert limits(tape.quotient(None, b, c, 4, num(0, 50))) == (0, 50)
    assert limits(tape.to_step(None, b, seven)) == (0, 28)
    assert limits(tape.bracket(None, b, [zero, seven, num(9, 9)])) == (0, 2)
    flags = [
        tape.unless(None, flag, flag),
        tape.reaches(None, b, c, seven, at=True),
        tape.within(b, 1, 2),
        tape.between(b, a, c),
        tape.any_of(flag, flag),
        tape.at_least(b, 3),
    ]
    assert [limits(each) for each in flags] == [(0, 1)] * 6
    assert tape.segment.wide_steps == 0


@pytest.mark.parametrize("over", [0, 1])
def test_what_just_fits_64_bits_is_narrow_and_one_more_is_wide(over: int) -> None:
    """Each step where its largest figure, an intermediate one as well, comes to 2^63 - 1, then to one unit more."""
    top = INT64_HIGH

    def wide(write: Any) -> int:
        tape = Tape()

        def num(low: int, high: int) -> Num:
            return Num(tape.register(None), low, high, ("input", "x"))

        write(tape, num)
        return tape.segment.wide_steps

    half = top // 2
    writes = [
        lambda tape, num: tape.add(None, [num(0, half), num(0, half + 1 + over)]),
        lambda tape, num: tape.add(None, [num(-half, 0), num(-half - 1 - over, 0)]),
        lambda tape, num: tape.sub(None, num(0, top - 5), num(-5 - over, 0)),
        lambda tape, num: tape.sub(None, num(-6, 0), num(0, top - 5 + over)),
        lambda tape, num: tape.mul(None, num(0, half + over), num(0, 2)),
        lambda tape, num: tape.least(None, num(0, top + over), num(0, 5)),
        lambda tape, num: tape.pick(None, num(0, 1), [("", 0), ("", top + over)]),
        # Twice the figure and the divisor times the unit are added.
        lambda tape, num: tape.quotient(None, num(0, half - 5), num(1, 11 + 2 * over), 1, num(0, 0)),
        lambda tape, num: tape.quotient(None, num(0, 0), num(1, (half // 10) + over), 10, num(0, 0)),
        lambda tape, num: tape.to_step(None, num(0, half - 2 + over), num(5, 5)),
        lambda tape, num: tape.to_step(None, num(-half - 1 - over, 0), num(5, 5)),
        lambda tape, num: tape.reaches(None, num(0, 1), num(1, half + over), num(1, 2), at=True),
        lambda tape, num: tape.reaches(None, num(0, top // 10_000 + over), num(1, 1), num(1, 1), at=True),
    ]
    assert [wide(write) for write in writes] == [over] * len(writes)


def test_limits_of_integers() -> None:
    assert [fits_int64(low, 0) for low in (INT64_LOW, INT64_LOW - 1)] == [True, False]
    assert [fits_int64(0, high) for high in (INT64_HIGH, INT64_HIGH + 1)] == [True, False]
    for kind in (np.int64, object):
        for low, high, inside in ((0, 5, True), (1, 5, False), (0, 4, False), (0, 6, True), (-1, 5, True)):
            assert all_inside(np.array([0, 5], dtype=kind), low, high) is inside
        for low, high, inside in ((-1, 5, True), (0, 5, False), (-1, 4, False), (-2, 6, True)):
            assert all_inside(np.array([-1, 5], dtype=kind), low, high) is inside
        assert all_inside(np.array([-1, 0], dtype=kind), -1, 0)


@pytest.mark.parametrize(
    ("text", "units"),
    [("1e-4", 1), ("10e-4", 10), ("12.5", 125_000), ("1e26", 10**30), ("0.00010", 1)],
)
def test_units_of_a_text(text: str, units: int) -> None:
    assert parse_points(text) == units


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1e-9999999999", "too_many_decimals"),
        ("1e9999999999", "too_large"),
        ("1e27", "too_large"),
        ("1e-5", "too_many_decimals"),
        ("10.00001", "too_many_decimals"),
    ],
)
def test_texts_that_are_refused(text: str, code: str) -> None:
    with pytest.raises(UnitsError) as error:
        parse_points(text)
    assert error.value.code == code


def test_texts_of_units() -> None:
    assert [format_points(125_000, places) for places in (1, 4, 5)] == ["12.5", "12.5000", "12.50000"]
