from __future__ import annotations

import numpy as np

from agencyqa.assessments.agreement.figures import Estimate, Why
from agencyqa.assessments.agreement.icc import complete_block, intraclass
from tests.unit.assessments.agreement.data import SHROUT_FLEISS, N


def rounded(found: Estimate, places: int = 2) -> tuple[float, float, float]:
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    return round(found.value, places), round(found.low, places), round(found.high, places)


def test_the_example_of_shrout_and_fleiss_1979() -> None:
    """Their table 4: ICC(2,1) = .29 and ICC(2,4) = .62.

    The bounds are those that R's packages psych and irr print for it, after McGraw and Wong 1996.
    """
    found = intraclass(SHROUT_FLEISS)
    assert rounded(found.single) == (0.29, 0.02, 0.76)
    assert rounded(found.single, 3)[1:] == (0.019, 0.761)
    assert rounded(found.average) == (0.62, 0.07, 0.93)
    assert (found.scorers, found.single.units) == (4, 6)


def test_a_constant_difference_lowers_absolute_agreement() -> None:
    """McGraw and Wong 1996: two scorers in step but two apart agree on the order, not on the mark."""
    ours = np.array([2.0, 4.0, 6.0, 8.0])
    apart = intraclass(np.stack([ours, ours + 2], axis=1))
    # MSR = 40/3, MSC = 8, MSE = 0: 40/3 / (40/3 + 2 * 8 / 4) = 10/13, and 10/13 -> 20/23 for the mean of both.
    assert rounded(apart.single, 6)[0] == round(10 / 13, 6)
    assert rounded(apart.average, 6)[0] == round(20 / 23, 6)


def test_full_agreement() -> None:
    marks = np.array([[1.0, 1.0], [5.0, 5.0], [9.0, 9.0]])
    found = intraclass(marks)
    assert found.single == found.average == Estimate(1.0, units=3)


def test_no_variation_and_too_few() -> None:
    assert intraclass(np.full((5, 2), 3.0)).single.why is Why.NO_VARIATION
    assert intraclass(np.array([[1.0, 2.0]])).single.why is Why.TOO_FEW
    assert intraclass(np.zeros((0, 0))).average.why is Why.TOO_FEW


def test_the_largest_block_without_holes() -> None:
    marks = np.array(
        [
            [1.0, 2.0, N, N],
            [1.0, 2.0, 3.0, N],
            [1.0, 2.0, 3.0, N],
            [N, N, 3.0, 4.0],
            [1.0, N, N, N],
        ]
    )
    # Three rows of two scorers and two rows of three hold six marks each: more engagements are worth more.
    assert complete_block(marks) == ([0, 1, 2], [0, 1])
    assert complete_block(np.array([[1.0, N], [N, 1.0]])) == ([], [])
