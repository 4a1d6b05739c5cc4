from __future__ import annotations

import numpy as np
import pytest

from agencyqa.assessments.agreement.figures import Estimate, Why
from agencyqa.assessments.agreement.icc import intraclass
from agencyqa.assessments.agreement.kappa import busiest_pair, weighted_kappa
from tests.unit.assessments.agreement.data import ANXIETY, SHROUT_FLEISS, N, from_table


def four(found: Estimate) -> tuple[float, ...]:
    return tuple(round(each or 0.0, 4) for each in (found.value, found.low, found.high))


def test_the_example_of_fleiss_levin_and_paik() -> None:
    """Statistical Methods for Rates and Proportions, table 18.1: kappa .68, standard error .087."""
    found = weighted_kappa(from_table([[75, 1, 4], [5, 4, 1], [0, 0, 10]]), "equal")
    assert four(found)[0] == 0.6765
    assert ((found.high or 0) - (found.low or 0)) / 2 / 1.96 == pytest.approx(0.087, abs=0.001)


def test_the_printout_of_sas() -> None:
    """Simple and linearly weighted kappa with their limits (PROC FREQ, as quoted in the tests of statsmodels)."""
    pair = from_table([[0, 4, 1], [0, 8, 0], [0, 1, 5]])
    assert four(weighted_kappa(pair, "equal")) == (0.4842, 0.2137, 0.7547)
    assert four(weighted_kappa(pair, "linear")) == (0.4701, 0.1845, 0.7558)


def test_the_anxiety_ratings_of_irr() -> None:
    """kappa2(anxiety[,2:3]) unweighted, "equal" and "squared" of R's package irr."""
    values = [weighted_kappa(ANXIETY, how).value for how in ("equal", "linear", "quadratic")]
    assert values == pytest.approx([-0.006289308, 0.1459075, 0.2520325], abs=1e-7)


def test_quadratic_weights_come_to_the_intraclass_correlation() -> None:
    """Fleiss and Cohen 1973: equal but for a term that vanishes with the number of engagements."""
    many = np.tile(SHROUT_FLEISS[:, :2], (500, 1))
    kappa, single = weighted_kappa(many, "quadratic").value, intraclass(many).single.value
    assert kappa == pytest.approx(single, abs=1e-3)


def test_holes_are_left_out_and_sameness_proves_nothing() -> None:
    assert weighted_kappa(np.array([[1.0, N], [1.0, 2.0]]), "linear").why is Why.TOO_FEW
    found = weighted_kappa(np.full((12, 2), 4.0), "linear")
    assert (found.value, found.why, found.units) == (None, Why.NO_VARIATION, 12)


def test_full_agreement_and_a_scorer_without_variation_have_no_interval() -> None:
    """Both have a standard error of 0 by the formula, which is no certainty."""
    same = weighted_kappa(np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]), "quadratic")
    assert same == Estimate(1.0, units=3)
    constant = weighted_kappa(np.array([[1.0, 1.0], [2.0, 1.0], [3.0, 1.0]]), "linear")
    assert constant == Estimate(0.0, units=3)


def test_limits_stay_in_range() -> None:
    found = weighted_kappa(np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0], [1.0, 2.0]]), "linear")
    assert found.high == 1.0


def test_the_pair_with_the_most_in_common() -> None:
    marks = np.array([[1.0, 2.0, N], [N, 2.0, 3.0], [N, 2.0, 3.0]])
    assert busiest_pair(marks) == (1, 2)
    assert busiest_pair(np.array([[1.0, N], [N, 1.0]])) is None
