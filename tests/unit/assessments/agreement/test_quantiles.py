from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencyqa.assessments.agreement.quantiles import f_quantile, t_quantile


def test_values_of_the_printed_tables() -> None:
    """Upper 2.5 % points of F and two-sided 5 % points of t, as every book of tables has them."""
    assert [round(f_quantile(0.975, a, b), 2) for a, b in ((1, 1), (3, 10), (5, 15), (10, 5))] == [
        647.79,
        4.83,
        3.58,
        6.62,
    ]
    assert [round(t_quantile(0.975, n), 3) for n in (1, 4, 10, 30, 120)] == [
        12.706,
        2.776,
        2.228,
        2.042,
        1.98,
    ]


freedoms = st.floats(0.8, 5000)


@given(st.floats(0.5, 0.9999), freedoms, freedoms)
@settings(deadline=None)
def test_the_f_quantile_equals_the_library(probability: float, above: float, below: float) -> None:
    # Two seconds to load, which every worker would spend before its first test.
    from scipy import stats

    expected = float(stats.f.ppf(probability, above, below))
    assert f_quantile(probability, above, below) == pytest.approx(expected, rel=1e-7)


@given(st.floats(0.6, 0.9999), freedoms)
@settings(deadline=None)
def test_the_t_quantile_equals_the_library(probability: float, freedom: float) -> None:
    from scipy import stats

    assert t_quantile(probability, freedom) == pytest.approx(
        float(stats.t.ppf(probability, freedom)), rel=1e-7
    )
