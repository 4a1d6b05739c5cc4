from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from agencyqa.assessments.agreement.figures import Why
from agencyqa.assessments.agreement.leaning import Spread, leaning, spread
from tests.unit.assessments.agreement.data import N

# Differences of the first scorer from the mean of the others: -4, -6, -2, -4, -4. Student's interval for their mean,
# by hand: standard deviation sqrt(2), 2.776 * sqrt(2) / sqrt(5) = 1.756.
MARKS = np.array(
    [
        [80.0, 84.0, 84.0],
        [70.0, 75.0, 77.0],
        [90.0, 92.0, N],
        [60.0, N, 64.0],
        [50.0, 53.0, 55.0],
        [88.0, N, N],
    ]
)


def test_a_severe_scorer() -> None:
    found = leaning(MARKS, 0)
    assert (found.value, found.units) == (-4.0, 5)
    reach = 2.7764451 * sqrt(2) / sqrt(5)
    assert [found.low, found.high] == pytest.approx([-4 - reach, -4 + reach])


def test_nothing_is_said_on_fewer_than_five_shared_engagements() -> None:
    found = leaning(MARKS, 1)
    assert (found.value, found.units, found.why) == (None, 4, Why.TOO_FEW)


def test_how_far_marks_of_one_engagement_lie_apart() -> None:
    # Pairs: (4, 4, 0), (5, 7, 2), 2, 4, (3, 5, 2); each engagement counts once.
    assert spread(MARKS) == Spread((8 / 3 + 14 / 3 + 2 + 4 + 10 / 3) / 5, 7.0)
    assert spread(np.array([[1.0, N]])) is None
