"""The engine against the independent computation, on random schemes and sheets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, reject
from hypothesis import strategies as st

from agencyqa.scoring import (
    Program,
    Scheme,
    check_scheme,
    compile_scheme,
    errors_of,
    readd,
    scheme_from_data,
    scheme_to_data,
)
from tests.unit.examples import examples
from tests.unit.scoring import oracle_sheet, strategies

modest = examples(60)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Scheme, list[dict[str, Any]], list[dict[str, int | None]]]:
    scheme = draw(strategies.schemes())
    count = draw(st.integers(1, 3))
    return (
        scheme,
        [draw(strategies.sheets(scheme)) for _ in range(count)],
        [draw(strategies.figures(scheme)) for _ in range(count)],
    )


def units(figure: Fraction | Decimal | None) -> int | None:
    if figure is None:
        return None
    held = Fraction(figure) * 10_000
    assert held.denominator == 1
    return held.numerator


@modest
@given(cases())
def test_one_sheet_equals_the_oracle(case: Any) -> None:
    scheme, sheets, entered = case
    assert errors_of(check_scheme(scheme)) == []
    program = compile_scheme(scheme)
    data = scheme_to_data(scheme)
    for answers, figures in zip(sheets, entered, strict=True):
        expected = oracle_sheet.sheet(data, answers, figures)
        result = program.score(answers, figures)
        for each in result.criteria:
            mark = expected.marks[each.key]
            state = "ok" if isinstance(mark, Decimal) else mark
            assert each.state == state
            assert each.counted == (units(mark) if isinstance(mark, Decimal) else None)
            assert each.contribution == units(expected.given[each.key])
            assert bool(each.issues) is (state in ("missing", "invalid"))
        assert {each.key: each.total for each in result.sections} == {
            key: units(total) for key, total in expected.sections.items()
        }
        assert {each.key: each.total for each in result.measures} == {
            key: units(total) for key, total in expected.measures.items()
        }
        assert result.assessed_max == units(expected.assessed)
        assert result.total == units(expected.total)
        assert (result.grade, result.capped_by) == (expected.grade, expected.capped_by)
        assert result.is_complete is (result.total is not None)
        if result.total is not None:
            assert result.percent == Fraction(result.total * 100, result.assessed_max)


@modest
@given(cases())
def test_many_sheets_equal_one_sheet(case: Any) -> None:
    scheme, sheets, entered = case
    many_equal_one(compile_scheme(scheme), sheets, entered)


def many_equal_one(program: Program, sheets: Sequence[Any], entered: Sequence[Any]) -> None:
    arrays = program.score_arrays(program.encode(sheets, entered))
    for row, (answers, figures) in enumerate(zip(sheets, entered, strict=True)):
        result = program.score(answers, figures)
        for each in result.criteria:
            assert bool(arrays.ok[each.key][row]) is (each.state == "ok")
            assert bool(arrays.missing[each.key][row]) is (each.state == "missing")
            assert bool(arrays.invalid[each.key][row]) is (each.state == "invalid")
            assert bool(arrays.left_out[each.key][row]) is (each.state == "left_out")
            if each.state == "ok":
                assert int(arrays.counted[each.key][row]) == each.counted
                assert int(arrays.computed[each.key][row]) == each.computed
            if each.contribution is not None:
                assert int(arrays.contribution[each.key][row]) == each.contribution
        assert bool(arrays.complete[row]) is (result.total is not None)
        assert int(arrays.total[row]) == (result.total or 0)
        assert int(arrays.assessed_max[row]) == result.assessed_max
        keys = [band.key for band in program.scheme.grades]
        assert int(arrays.grade[row]) == (-1 if result.grade is None else keys.index(result.grade))
        for parts, sums, maxima in (
            (result.sections, arrays.sections, arrays.section_max),
            (result.measures, arrays.measures, arrays.measure_max),
        ):
            assert [each.key for each in parts] == list(sums)
            for part in parts:
                values, mask = sums[part.key]
                assert (int(values[row]) if mask[row] else None) == part.total
                assert int(maxima[part.key][row]) == part.max_points


@modest
@given(cases())
def test_the_trace_adds_up_to_the_total_and_survives_json(case: Any) -> None:
    scheme, sheets, entered = case
    program = compile_scheme(scheme)
    for answers, figures in zip(sheets, entered, strict=True):
        result = program.score(answers, figures)
        trace = json.loads(json.dumps(program.trace(answers, figures)))
        assert readd(trace) == result.total
        assert sum(section.max_points for section in result.sections) == result.assessed_max
        assert sum(measure.max_points for measure in result.measures) == result.assessed_max
        if result.total is not None:
            cuts = sum(veto.contribution or 0 for veto in result.vetoes)
            assert sum(each.contribution or 0 for each in result.criteria) + cuts == result.total
            assert sum(section.total or 0 for section in result.sections) + cuts == result.total
            assert sum(measure.total or 0 for measure in result.measures) == result.total


@modest
@given(cases())
def test_the_total_stays_inside_its_bounds(case: Any) -> None:
    scheme, sheets, entered = case
    program = compile_scheme(scheme)
    for answers, figures in zip(sheets, entered, strict=True):
        result = program.score(answers, figures)
        if result.total is None:
            continue
        room = (scheme.total_cap or scheme.max_points) - scheme.max_points
        assert 0 <= result.total <= result.assessed_max + room
        assert result.assessed_max <= scheme.max_points
        for veto in result.vetoes:
            if veto.applied and veto.cap is not None:
                assert result.total <= veto.cap


@modest
@given(cases())
def test_results_stay_inside_the_proven_bounds(case: Any) -> None:
    scheme, sheets, _ = case
    program = compile_scheme(scheme)
    rules = {criterion.key: criterion.rule for _, criterion in scheme.criteria()}
    for answers in sheets:
        for each in program.score(answers).criteria:
            if each.computed is not None:
                bounds = rules[each.key].bounds()
                assert bounds.low <= each.computed <= bounds.high <= each.max_points


@modest
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_answers_bands_and_faults_does_not_matter(case: Any, random: Any) -> None:
    scheme, sheets, _ = case
    data = scheme_to_data(scheme)
    for section in data["sections"]:
        random.shuffle(section["criteria"])
        for criterion in section["criteria"]:
            for name in ("bands", "faults", "levels", "parts"):
                random.shuffle(criterion["rule"].get(name, []))
    random.shuffle(data["sections"])
    random.shuffle(data["grades"])
    # By weights the stated maximum of a section can move by a ten-thousandth with the order.
    turned_round = strategies.stated(scheme_from_data(data))
    if errors_of(check_scheme(turned_round)):
        # One of a single ten-thousandth even to nothing, which is refused.
        reject()
    shuffled = compile_scheme(turned_round)
    program = compile_scheme(scheme)
    for answers in sheets:
        turned = {key: dict(reversed(given.items())) for key, given in reversed(answers.items())}
        first, second = program.score(answers), shuffled.score(turned)
        assert (first.total, first.grade, first.state) == (second.total, second.grade, second.state)
        for each in first.criteria:
            assert second.criterion(each.key).computed == each.computed


@modest
@given(cases(), st.integers(1, 2))
def test_a_block_after_the_other_gives_what_all_at_once_gives(case: Any, rows_at_once: int) -> None:
    scheme, sheets, entered = case
    program = compile_scheme(scheme)
    columns = program.encode(sheets * 2, entered * 2)
    whole = program.score_arrays(columns)
    for criteria in (True, False):
        parts = program.score_arrays(columns, criteria=criteria, rows_at_once=rows_at_once)
        for name in ("total", "complete", "grade"):
            assert getattr(parts, name).tolist() == getattr(whole, name).tolist()
        for name in ("sections", "measures"):
            held, expected = getattr(parts, name), getattr(whole, name)
            assert {key: [each.tolist() for each in pair] for key, pair in held.items()} == {
                key: [each.tolist() for each in pair] for key, pair in expected.items()
            }
        for name in ("computed", "counted", "contribution", "ok", "missing", "invalid", "left_out"):
            held, expected = getattr(parts, name), getattr(whole, name) if criteria else {}
            assert {key: each.tolist() for key, each in held.items()} == {
                key: each.tolist() for key, each in expected.items()
            }


@modest
@given(cases())
def test_packed_answers_give_the_same_results(case: Any) -> None:
    scheme, sheets, entered = case
    program = compile_scheme(scheme)
    well_formed = [
        (answers, figures)
        for answers, figures in zip(sheets, entered, strict=True)
        for result in [program.score(answers, figures)]
        if not any(
            issue.code.startswith("malformed") or issue.code == "unknown_choice"
            for each in result.criteria
            for issue in each.issues
        )
        and not any(issue.code != "missing" for veto in result.vetoes for issue in veto.issues)
    ]
    rows = [program.pack(answers, figures) for answers, figures in well_formed]
    from_rows = program.score_arrays(program.columns_from_packed(rows))
    for number, (answers, figures) in enumerate(well_formed):
        result = program.score(answers, figures)
        assert (int(from_rows.total[number]) if from_rows.complete[number] else None) == result.total
        again, figures_again = program.unpack(rows[number])
        assert program.score(again, figures_again) == result
