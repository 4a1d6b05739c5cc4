"""The two real forms with their published figures."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from agencyqa.scoring import compile_scheme, format_points, parse_points, readd
from tests.unit.scoring.forms import JIADING_ANSWERS, POINT, deduction_form, faultless, jiading


def test_the_district_form_gives_its_published_figures() -> None:
    program = compile_scheme(jiading())
    result = program.score(JIADING_ANSWERS)
    assert [format_points(section.total or 0) for section in result.sections] == ["29", "19", "46"]
    assert result.total == 94 * POINT
    assert (result.percent, result.grade, result.state) == (Fraction(94), "excellent", "ok")
    assert {m.key: (m.total, m.max_points) for m in result.measures} == {
        "M1": (29 * POINT, 30 * POINT),
        "M2": (19 * POINT, 20 * POINT),
        "M3": (23 * POINT, 25 * POINT),
        "": (23 * POINT, 25 * POINT),
    }
    trace = program.trace(JIADING_ANSWERS)
    assert readd(trace) == 94 * POINT
    assert trace["rounding"] == {"places": 2, "result": 9400, "text": "94.00"}
    assert trace["grade"] == {
        "key": "excellent",
        "low": 90 * POINT,
        "high": None,
        "compared": {"num": 94, "den": 1},
    }


def test_the_same_form_a_thousand_times() -> None:
    program = compile_scheme(jiading())
    arrays = program.score_arrays(program.encode([JIADING_ANSWERS] * 1000))
    assert set(arrays.total.tolist()) == {94 * POINT}
    assert set(arrays.grade.tolist()) == {0}
    assert arrays.complete.all()


def test_a_faultless_report_gets_all_40_points() -> None:
    program = compile_scheme(deduction_form())
    result = program.score(faultless())
    assert [section.total for section in result.sections] == [6 * POINT, 14 * POINT, 20 * POINT]
    assert result.total == 40 * POINT


@pytest.mark.parametrize(
    ("key", "given", "expected"),
    [
        ("cover", {"missing": 2}, "1.2"),
        ("cover", {"missing": 5}, "0"),
        ("tables", {"wrong": 3}, "1.4"),
        ("tables", {"wrong": 11}, "0"),
        ("arithmetic", {"scoring_error": 2, "parts_and_total": 1, "score_and_grade": 1}, "0.8"),
        ("elements", {"missing": 3}, "0.5"),
        ("completeness", {"section": 5}, "3"),
        ("language", {"wording.place": 7, "typesetting.place": 2}, "0.6"),
        ("statement", {"summary.amount": 15_000, "clarity.absent": False, "clarity.unclear": 2}, "6.5"),
        (
            "statement",
            {"summary.amount": 0, "clarity.absent": True, "clarity.truly_none": False, "clarity.unclear": 0},
            "5",
        ),
        (
            "statement",
            {"summary.amount": 0, "clarity.absent": True, "clarity.truly_none": True, "clarity.unclear": 0},
            "10",
        ),
        ("support", {"value": 73_500}, "7.35"),
    ],
)
def test_the_items_of_the_deduction_form(key: str, given: dict[str, Any], expected: str) -> None:
    program = compile_scheme(deduction_form())
    answers = faultless() | {key: given}
    assert program.score(answers).criterion(key).computed == parse_points(expected)
    assert readd(program.trace(answers)) == program.score(answers).total
