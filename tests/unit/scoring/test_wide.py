"""Python integers and 64 bits give the same figures, whichever the proof of the limits chose."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencyqa.scoring import FreeValue, Level, Ordinal, Program, Rule, arrays, compile_scheme
from tests.unit.examples import examples
from tests.unit.scoring import strategies
from tests.unit.scoring.forms import one_rule
from tests.unit.scoring.test_oracle import many_equal_one

# Almost every figure of points is larger.
TOO_SMALL = 15


def one_by_one(program: Program, sheets: list[Any], entered: list[Any]) -> list[Any]:
    return [(program.score(*each), program.trace(*each)) for each in zip(sheets, entered, strict=True)]


@examples(60)
@given(st.data())
def test_wide_integers_equal_those_of_64_bits(data: st.DataObject) -> None:
    scheme = data.draw(strategies.schemes())
    sheets = data.draw(st.lists(strategies.sheets(scheme), min_size=1, max_size=3))
    entered = [data.draw(strategies.figures(scheme)) for _ in sheets]
    usual = compile_scheme(scheme)
    expected = one_by_one(usual, sheets, entered)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "INT64_HIGH", TOO_SMALL)
        patch.setattr(arrays, "INT64_LOW", -TOO_SMALL - 1)
        wide = compile_scheme(scheme)
        assert one_by_one(wide, sheets, entered) == expected
        many_equal_one(wide, sheets, entered)
    assert sum(wide.wide_steps.values()) >= sum(usual.wide_steps.values())


@pytest.mark.parametrize("high", [2**63 - 2, 2**63 - 1, 2**63, 10**19])
def test_at_the_edge_of_64_bits(high: int) -> None:
    """A level is picked by its position, and the scorer's own figure may be far outside whatever the limit is."""
    rules: list[tuple[Rule, list[Any]]] = [
        (Ordinal((Level("all", high), Level("none", 0))), [{"level": "all"}, {"level": "none"}]),
        (FreeValue(0, high), [{"value": high}, {"value": high - 1}]),
    ]
    for rule, answers in rules:
        sheets = [{"item": each} for each in [*answers, answers[0]]]
        program = compile_scheme(one_rule(rule))
        entered: list[Any] = [{}, {"item": high}, {"item": 10**29}]
        assert [program.score(*each).total for each in zip(sheets, entered, strict=True)] == [
            high,
            high,
            None,
        ]
        many_equal_one(program, sheets, entered)
