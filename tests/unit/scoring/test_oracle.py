"""The engine against the independent computation, on random schemes and sheets."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencyqa.scoring import (
    Deductions,
    Scheme,
    check_scheme,
    compile_scheme,
    format_points,
    readd,
    scheme_from_data,
    scheme_to_data,
)
from tests.unit.scoring import oracle, strategies
from tests.unit.scoring.forms import one_rule

modest = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Scheme, list[dict[str, Any]], list[dict[str, int | None]]]:
    scheme = draw(strategies.schemes())
    count = draw(st.integers(1, 3))
    return (
        scheme,
        [draw(strategies.sheets(scheme)) for _ in range(count)],
        [draw(strategies.figures(scheme)) for _ in range(count)],
    )


@modest
@given(cases())
def test_one_sheet_and_many_equal_the_oracle(case: Any) -> None:
    scheme, sheets, entered = case
    assert [problem for problem in check_scheme(scheme) if problem.severity == "error"] == []
    program = compile_scheme(scheme)
    data = scheme_to_data(scheme)
    arrays = program.score_arrays(program.encode(sheets, entered))
    for row, (answers, figures) in enumerate(zip(sheets, entered, strict=True)):
        expected = oracle.sheet(data, answers, figures)
        result = program.score(answers, figures)
        for each in result.criteria:
            mark = expected.marks[each.key]
            if isinstance(mark, Decimal):
                assert each.state == "ok"
                assert each.counted is not None
                assert Decimal(format_points(each.counted)) == mark
                assert arrays.ok[each.key][row]
                assert int(arrays.counted[each.key][row]) == each.counted
                assert int(arrays.computed[each.key][row]) == each.computed
            else:
                assert (each.state, each.counted) == (mark, None)
                assert each.issues
                assert bool(arrays.missing[each.key][row]) is (mark == "missing")
                assert bool(arrays.invalid[each.key][row]) is (mark == "invalid")
        total = None if result.total is None else Decimal(format_points(result.total))
        assert total == expected.total
        assert result.grade == expected.grade
        assert bool(arrays.complete[row]) is (total is not None)
        if result.total is not None:
            assert int(arrays.total[row]) == result.total
            assert scheme.grades[int(arrays.grade[row])].key == result.grade
        else:
            assert int(arrays.grade[row]) == -1
        for section in result.sections:
            values, mask = arrays.sections[section.key]
            assert (int(values[row]) if mask[row] else None) == section.total
        for measure in result.measures:
            values, mask = arrays.measures[measure.key]
            assert (int(values[row]) if mask[row] else None) == measure.total


@modest
@given(cases())
def test_the_trace_adds_up_to_the_total_and_survives_json(case: Any) -> None:
    scheme, sheets, entered = case
    program = compile_scheme(scheme)
    for answers, figures in zip(sheets, entered, strict=True):
        result = program.score(answers, figures)
        trace = json.loads(json.dumps(program.trace(answers, figures)))
        assert readd(trace) == result.total
        assert sum(section.max_points for section in result.sections) == result.max_points
        assert sum(measure.max_points for measure in result.measures) == result.max_points
        if result.total is not None:
            assert sum(section.total or 0 for section in result.sections) == result.total
            assert sum(measure.total or 0 for measure in result.measures) == result.total


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
    shuffled = compile_scheme(scheme_from_data(data))
    program = compile_scheme(scheme)
    for answers in sheets:
        turned = {key: dict(reversed(given.items())) for key, given in reversed(answers.items())}
        first, second = program.score(answers), shuffled.score(turned)
        assert (first.total, first.grade, first.state) == (second.total, second.grade, second.state)
        for each in first.criteria:
            assert second.criterion(each.key).computed == each.computed


@modest
@given(st.data())
def test_more_faults_never_raise_a_mark(data: st.DataObject) -> None:
    rule = data.draw(strategies.deductions())
    assert isinstance(rule, Deductions)
    counts = {fault.key: data.draw(st.integers(0, 50)) for fault in rule.faults}
    worse = {key: count + data.draw(st.integers(0, 5)) for key, count in counts.items()}
    program = compile_scheme(one_rule(rule))
    before, after = program.score({"item": counts}), program.score({"item": worse})
    assert before.total is not None
    assert after.total is not None
    assert after.total <= before.total


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
        for name in ("computed", "counted", "ok", "missing", "invalid"):
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
        if not any(
            issue.code.startswith("malformed") or issue.code == "unknown_choice"
            for each in program.score(answers, figures).criteria
            for issue in each.issues
        )
    ]
    rows = [program.pack(answers, figures) for answers, figures in well_formed]
    from_rows = program.score_arrays(program.columns_from_packed(rows))
    for number, (answers, figures) in enumerate(well_formed):
        result = program.score(answers, figures)
        assert (int(from_rows.total[number]) if from_rows.complete[number] else None) == result.total
        again, figures_again = program.unpack(rows[number])
        assert program.score(again, figures_again) == result
