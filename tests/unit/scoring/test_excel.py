"""The formula templates, worked out by a small evaluator, against the engine."""

from __future__ import annotations

import ast
import math
import re
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agencyqa.scoring import Rule, compile_scheme, excel_formula
from tests.unit.examples import examples
from tests.unit.scoring import strategies
from tests.unit.scoring.forms import deduct, one_rule

FUNCTIONS: dict[str, Any] = {
    "MAX": lambda *figures: max(figures),
    "MIN": lambda *figures: min(figures),
    "AND": lambda *conditions: all(conditions),
    "INT": math.floor,
    # Exact where the spreadsheet's own division is not; half-up, for figures that are never negative.
    "ROUND": lambda value, places: math.floor(value * 10**places + Fraction(1, 2)),
    "CHOOSE": lambda number, *options: options[int(number) - 1],
}


class Branches(ast.NodeTransformer):
    """IF works out only the branch that it takes; in the other one a divisor may be 0."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "IF":
            return ast.IfExp(*node.args)
        return node


def calculate(formula: str) -> int:
    """Reads a formula as Python does, after turning the comparison signs."""
    assert re.fullmatch(r"[A-Z0-9(),+*/=<>-]+", formula)
    text = formula.replace("<>", "!=")
    text = re.sub(r"(?<![!<>])=", "==", text)
    # Every number as a fraction, so that nothing is lost in a division.
    text = re.sub(r"(?<![A-Z])([0-9]+)", r"F(\1)", text)
    tree = ast.fix_missing_locations(Branches().visit(ast.parse(text, mode="eval")))
    result = eval(compile(tree, "formula", "eval"), {"__builtins__": {}}, {**FUNCTIONS, "F": Fraction})
    assert result == int(result)
    return int(result)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Rule, dict[str, Any]]:
    rule = draw(strategies.RULES)
    return rule, draw(strategies.sheets(one_rule(rule), clean=True))["item"]


@examples(40)
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
