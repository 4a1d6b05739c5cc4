"""The formula templates, worked out by a small evaluator, against the engine."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agencyqa.scoring import Rule, compile_scheme, excel_formula
from tests.unit.scoring import strategies
from tests.unit.scoring.forms import deduct, one_rule

FUNCTIONS: dict[str, Any] = {
    "MAX": max,
    "MIN": min,
    "IF": lambda condition, yes, no: yes if condition else no,
    "AND": lambda *conditions: all(conditions),
    "CHOOSE": lambda number, *options: options[number - 1],
}


def calculate(formula: str) -> int:
    """Reads a formula as Python does, after turning the comparison signs."""
    assert re.fullmatch(r"[A-Z0-9(),+*=<>-]+", formula)
    text = formula.replace("<>", "!=")
    text = re.sub(r"(?<![!<>])=", "==", text)
    result = eval(text, {"__builtins__": {}}, FUNCTIONS)
    assert isinstance(result, int)
    return result


@st.composite
def cases(draw: st.DrawFn) -> tuple[Rule, dict[str, Any]]:
    rule = draw(strategies.RULES)
    return rule, draw(strategies.sheets(one_rule(rule), clean=True))["item"]


@settings(max_examples=40, deadline=None)
@given(cases())
def test_the_formula_gives_the_mark(case: tuple[Rule, dict[str, Any]]) -> None:
    rule, given_values = case
    result = compile_scheme(one_rule(rule)).score({"item": given_values})
    if result.state != "ok":
        return
    cells: dict[str, str] = {}
    for spec in rule.inputs():
        value = given_values[spec.name]
        if spec.type == "choice":
            value = [choice.key for choice in spec.choices].index(value) + 1
        cells[spec.name] = str(int(value))
    assert calculate(excel_formula(rule, cells)) == result.total


def test_a_formula_in_full() -> None:
    assert (
        excel_formula(deduct("2", a="0.3", b="0.2"), {"a": "C5", "b": "C6"}) == "MAX(0,20000-3000*C5-2000*C6)"
    )
