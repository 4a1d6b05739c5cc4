"""Results of schemes that use nothing new keep the version of the first engine, and their bytes."""

from __future__ import annotations

from typing import Any

import pytest

from agencyqa.scoring import (
    AllOrNothing,
    Band,
    BandedRange,
    Deductions,
    Fault,
    Rating,
    Rule,
    Veto,
    compile_scheme,
)
from tests.unit.scoring.forms import JIADING_ANSWERS, deduction_form, jiading, one_rule
from tests.unit.scoring.sheet_forms import item, scheme


def test_the_real_forms_stay_with_the_first_engine() -> None:
    for form in (jiading(), deduction_form()):
        program = compile_scheme(form)
        assert (program.engine, program.score({}).engine, program.trace({})["engine"]) == ("1", "1", "1")
    trace = compile_scheme(jiading()).trace(JIADING_ANSWERS)
    assert set(trace) == {
        *("engine", "type", "scheme", "state", "sections", "measures"),
        *("total", "max", "percent", "rounding", "grade"),
    }
    assert "contribution" not in trace["sections"][0]["criteria"][0]


@pytest.mark.parametrize(
    ("rule", "engine"),
    [
        (Veto(AllOrNothing(5)), "1"),
        (Veto(Rating(5)), "2"),
        (Deductions(5, (Fault("a", 1),)), "1"),
        (Deductions(5, (Fault("a", 1, None, 3),)), "2"),
        (BandedRange((Band("a", 0, 5),)), "1"),
        (BandedRange((Band("a", 0, 5),), gaps="round"), "2"),
    ],
)
def test_a_new_rule_or_parameter_asks_for_the_new_engine(rule: Rule, engine: str) -> None:
    assert compile_scheme(one_rule(rule)).engine == engine


@pytest.mark.parametrize(
    "options", [{"unanswered": "leave_out"}, {"total_cap": 200_000}, {"least_assessed": 500_000}]
)
def test_so_does_a_new_option_of_the_scheme(options: dict[str, Any]) -> None:
    assert compile_scheme(scheme((item("a"),))).engine == "1"
    assert compile_scheme(scheme((item("a"),), **options)).engine == "2"
    assert compile_scheme(scheme((item("a"), item("b", weight=0)))).engine == "2"
