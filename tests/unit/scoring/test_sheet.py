"""One sheet: states, entered figures, subtotals, names and packing."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from agencyqa.scoring import AnswersError, FreeValue, TraceError, compile_scheme, readd
from tests.unit.scoring.forms import JIADING_ANSWERS, POINT, jiading, one_rule

PROGRAM = compile_scheme(jiading())


def without(*keys: str) -> dict[str, dict[str, Any]]:
    return {key: given for key, given in JIADING_ANSWERS.items() if key not in keys}


def test_a_missing_criterion_leaves_section_measure_and_total_open() -> None:
    result = PROGRAM.score(without("contact"))
    assert (result.state, result.total, result.percent, result.grade) == ("missing", None, None, None)
    assert [section.total for section in result.sections] == [29 * POINT, None, 46 * POINT]
    assert {m.key: m.total for m in result.measures}["M2"] is None
    assert result.known_total == 75 * POINT
    assert readd(PROGRAM.trace(without("contact"))) is None


def test_an_empty_sheet_has_no_total() -> None:
    result = PROGRAM.score({})
    assert result.total is None
    assert {each.state for each in result.criteria} == {"missing"}


def test_the_entered_figure_counts_and_both_are_kept() -> None:
    result = PROGRAM.score(JIADING_ANSWERS, {"stability": 12 * POINT, "data": 23 * POINT})
    stability, data = result.criterion("stability"), result.criterion("data")
    assert (stability.computed, stability.entered, stability.counted) == (15 * POINT, 12 * POINT, 12 * POINT)
    assert (stability.difference, stability.differs) == (-3 * POINT, True)
    assert (data.difference, data.differs) == (0, False)
    assert result.criterion("ability").difference is None
    assert result.total == 91 * POINT
    assert readd(PROGRAM.trace(JIADING_ANSWERS, {"stability": 12 * POINT})) == 91 * POINT


def test_an_entered_figure_of_zero_counts_as_zero() -> None:
    assert PROGRAM.score(JIADING_ANSWERS, {"data": 0}).total == 71 * POINT


def test_an_entered_figure_may_be_all_there_is_to_get() -> None:
    result = PROGRAM.score({**JIADING_ANSWERS, "stability": {"met": False}}, {"stability": 15 * POINT})
    stability = result.criterion("stability")
    assert (stability.state, stability.computed, stability.counted) == ("ok", 0, 15 * POINT)
    assert result.total == 94 * POINT


def test_answers_that_break_the_rule_give_no_computed_mark() -> None:
    answers = {**JIADING_ANSWERS, "ability": {"band": "fair", "value": 14 * POINT}}
    for entered in ({}, {"ability": 9 * POINT}):
        ability = PROGRAM.score(answers, entered).criterion("ability")
        assert (ability.state, ability.computed, ability.counted, ability.difference) == (
            "invalid",
            None,
            None,
            None,
        )


@pytest.mark.parametrize(
    ("figure", "code"),
    [(16 * POINT, "entered_out_of_range"), (-1, "entered_out_of_range"), (10**30, "entered_out_of_range")],
)
def test_an_entered_figure_stays_inside_the_criterion(figure: int, code: str) -> None:
    result = PROGRAM.score(JIADING_ANSWERS, {"stability": figure})
    stability = result.criterion("stability")
    assert (stability.state, stability.counted, stability.computed) == ("invalid", None, 15 * POINT)
    assert [(issue.code, issue.params) for issue in stability.issues] == [
        (code, {"low": 0, "high": 15 * POINT})
    ]
    assert result.total is None


def test_an_entered_figure_of_the_wrong_type_is_invalid() -> None:
    for figure in (1.5, "3", True):
        result = PROGRAM.score(JIADING_ANSWERS, {"stability": figure})  # type: ignore[dict-item]
        assert [issue.code for issue in result.criterion("stability").issues] == ["malformed_entered"]


def test_an_entered_figure_does_not_replace_missing_inputs() -> None:
    result = PROGRAM.score(without("data"), {"data": 20 * POINT})
    data = result.criterion("data")
    assert (data.state, data.entered, data.counted, data.difference) == ("missing", 20 * POINT, None, None)


def test_unknown_names_are_refused_all_at_once() -> None:
    with pytest.raises(AnswersError) as caught:
        PROGRAM.score({"data": {"valeu": 1}, "dta": {}}, {"x": 1})
    assert [(p.place, p.code) for p in caught.value.problems] == [
        ("data.valeu", "unknown_input"),
        ("dta", "unknown_criterion"),
        ("x", "unknown_criterion"),
    ]


def test_packing_round_trips() -> None:
    row = PROGRAM.pack(JIADING_ANSWERS, {"stability": 12 * POINT})
    assert row == (0, 140_000, 1, 0, 190_000, 0, 230_000, 0, 230_000, None, 120_000, None, None, None)
    assert len(PROGRAM.slots) == len(row)
    assert PROGRAM.slots[2] == ("stability", "met")
    assert PROGRAM.unpack(row) == (JIADING_ANSWERS, {"stability": 12 * POINT})
    arrays = PROGRAM.score_arrays(PROGRAM.columns_from_packed([row, PROGRAM.pack({})]))
    assert arrays.total.tolist() == [91 * POINT, 0]
    assert arrays.complete.tolist() == [True, False]


def test_packing_refuses_what_it_could_not_give_back() -> None:
    with pytest.raises(AnswersError):
        PROGRAM.pack({"data": {"band": "no_such"}})
    with pytest.raises(AnswersError):
        PROGRAM.unpack((0,))
    with pytest.raises(AnswersError):
        PROGRAM.unpack((9, *PROGRAM.pack(JIADING_ANSWERS)[1:]))


def test_no_sheets_give_no_rows() -> None:
    arrays = PROGRAM.score_arrays(PROGRAM.encode([]))
    assert (arrays.size, arrays.total.tolist(), arrays.grade.tolist()) == (0, [], [])


@pytest.mark.parametrize(
    "path",
    [
        ("sections", 0, "criteria", 0, "steps", 0, "result"),
        ("sections", 0, "criteria", 0, "steps", 0, "args", 0, "value"),
        ("sections", 0, "criteria", 0, "inputs", "value"),
        ("sections", 0, "criteria", 1, "rule", "points"),
        ("sections", 1, "criteria", 0, "computed"),
        ("sections", 1, "criteria", 0, "counted"),
        ("sections", 2, "total"),
        ("sections", 2, "max"),
        ("measures", 1, "total"),
        ("measures", 0, "max"),
        ("total",),
        ("max",),
        ("percent", "num"),
        ("rounding", "result"),
        ("grade", "low"),
        ("grade", "compared", "num"),
    ],
)
def test_a_trace_with_one_altered_figure_does_not_add_up(path: tuple[Any, ...]) -> None:
    trace = copy.deepcopy(PROGRAM.trace(JIADING_ANSWERS))
    held: Any = trace
    for name in path[:-1]:
        held = held[name]
    held[path[-1]] += 70_000
    with pytest.raises(TraceError):
        readd(trace)


def test_a_trace_that_counts_more_than_the_item_holds_does_not_add_up() -> None:
    program = compile_scheme(one_rule(FreeValue(0, 10 * POINT)))
    for figure in (-1, 10 * POINT + 1):
        trace = program.trace({"item": {"value": 5 * POINT}}, {"item": 10 * POINT})
        item = trace["sections"][0]["criteria"][0]
        item["entered"] = item["counted"] = figure
        trace["sections"][0]["total"] = trace["measures"][0]["total"] = trace["total"] = figure
        trace["percent"], trace["grade"] = {"num": figure * 100, "den": 10 * POINT}, None
        with pytest.raises(TraceError, match="out_of_range"):
            readd(trace)
