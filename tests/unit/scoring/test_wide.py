"""Python integers and 64 bits give the same figures, whichever the proof of the limits chose."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencyqa.scoring import (
    FreeValue,
    Level,
    Ordinal,
    Program,
    Rule,
    YearRules,
    arrays,
    compile_scheme,
    rollup_arrays,
    round_half_up,
)
from agencyqa.scoring.rollup_arrays import EngagementScores, score_engagements, score_years
from tests.unit.examples import examples
from tests.unit.scoring import strategies
from tests.unit.scoring.forms import one_rule
from tests.unit.scoring.test_oracle import many_equal_one
from tests.unit.scoring.test_rollup_arrays import rows_of, years

# Almost every figure of points is larger.
TOO_SMALL = 15


def one_by_one(program: Program, sheets: list[Any], entered: list[Any]) -> list[Any]:
    return [(program.score(*each), program.trace(*each)) for each in zip(sheets, entered, strict=True)]


@examples(25)
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


@examples(30)
@given(years(), st.sampled_from(["wait", "reweight"]))
def test_engagements_in_wide_integers_equal_those_of_64_bits(drawn: Any, missing: Any) -> None:
    shares, held = drawn
    usual = score_engagements(shares, rows_of(shares, held), len(held), missing)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rollup_arrays, "INT64_HIGH", 0)
        wide = score_engagements(shares, rows_of(shares, held), len(held), missing)
    assert wide.numerator.dtype == np.dtype(object)
    for one, other in ((usual, wide), (wide, usual)):
        assert one.numerator[one.complete].tolist() == other.numerator[one.complete].tolist()
        assert one.left_out.tolist() == other.left_out.tolist()
    assert usual.denominator == wide.denominator


@pytest.mark.parametrize("weight", [1, 3, 2**20, 2**31, 2**61, 2**62, 2**63 - 1])
def test_a_year_of_heavy_weights(weight: int) -> None:
    """80 and 50 with equal weights are 65; 20 with the weight 1 beside them moves that by hand."""
    scores = EngagementScores(
        np.array([80, 50, 20, 90], dtype=np.int64), 1, np.ones(4, dtype=bool), np.zeros(4, dtype=np.int64)
    )
    rules = YearRules("fee")
    found = score_years(
        scores, np.array([0, 0, 0, 1]), 2, rules, weight=np.array([weight, weight, 1, weight], dtype=np.int64)
    )
    exact = [Fraction(130 * weight + 20, 2 * weight + 1), Fraction(90)]
    assert [
        Fraction(int(n), int(d)) for n, d in zip(found.numerator, found.denominator, strict=True)
    ] == exact
    assert found.rounded.tolist() == [round_half_up(each, 2) for each in exact]
