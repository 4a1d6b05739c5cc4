from __future__ import annotations

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencyqa.assessments.agreement.alpha import _alphas, _count, alpha
from agencyqa.assessments.agreement.figures import Level, Ratings, Why, compared
from agencyqa.assessments.agreement.resampling import in_canonical_order, resample_counts, seed_of
from tests.unit.assessments.agreement.data import KRIPPENDORFF, N

# Krippendorff 2011, section C.
PUBLISHED = {Level.NOMINAL: 0.743, Level.ORDINAL: 0.815, Level.INTERVAL: 0.849, Level.RATIO: 0.797}
LEVELS = list(Level)


@st.composite
def ratings(draw: st.DrawFn) -> Ratings:
    scorers = draw(st.integers(2, 4))
    mark = st.one_of(st.just(N), st.integers(0, 6).map(float))
    return np.array(
        draw(st.lists(st.lists(mark, min_size=scorers, max_size=scorers), min_size=2, max_size=9))
    )


@pytest.mark.parametrize("level", LEVELS)
def test_the_example_of_krippendorff_2011(level: Level) -> None:
    found = alpha(KRIPPENDORFF, level)
    assert round(found.value or 0, 3) == PUBLISHED[level]
    # The twelfth unit has one mark only, so it says nothing of agreement.
    assert found.units == 11
    assert found.low is not None
    assert found.high is not None
    assert found.low < PUBLISHED[level] < found.high + 1e-12


@given(ratings(), st.sampled_from(LEVELS))
@settings(deadline=None)
def test_equals_the_published_package(marks: Ratings, level: Level) -> None:
    found = alpha(marks, level, replicates=1)
    pairable = marks[np.sum(~np.isnan(marks), axis=1) >= 2]
    if not len(pairable):
        assert found.why is Why.TOO_FEW
    elif len(np.unique(pairable[~np.isnan(pairable)])) == 1:
        assert found.why is Why.NO_VARIATION
        assert found.value is None
    else:
        expected = krippendorff.alpha(reliability_data=pairable.T, level_of_measurement=level.value)
        assert found.value == pytest.approx(expected, abs=1e-9)


@given(ratings(), st.sampled_from(LEVELS), st.randoms())
@settings(deadline=None, max_examples=30)
def test_the_order_of_rows_and_scorers_moves_no_digit(marks: Ratings, level: Level, random: object) -> None:
    turned = marks[::-1, ::-1]
    assert alpha(turned, level, replicates=50) == alpha(marks, level, replicates=50)


def test_each_sample_of_the_interval_is_an_alpha_of_the_drawn_engagements() -> None:
    """The array form against the package, sample by sample, on the same draws."""
    rows = in_canonical_order(compared(KRIPPENDORFF))
    weights = resample_counts(seed_of(rows), len(rows), 20)
    for level in Level:
        drawn = [np.repeat(rows, sample.astype(int), axis=0) for sample in weights]
        expected = [
            krippendorff.alpha(reliability_data=each.T, level_of_measurement=level.value) for each in drawn
        ]
        assert _alphas(_count(rows), level, weights) == pytest.approx(expected)


def test_the_interval_is_the_same_every_time() -> None:
    """Written down once: another machine or library must not move it."""
    found = alpha(KRIPPENDORFF, Level.INTERVAL)
    assert (round(found.low or 0, 6), round(found.high or 0, 6)) == (0.456156, 1.0)


def test_more_engagements_narrow_the_interval() -> None:
    few, many = alpha(KRIPPENDORFF, Level.ORDINAL), alpha(np.tile(KRIPPENDORFF, (10, 1)), Level.ORDINAL)
    assert None not in (few.low, few.high, many.low, many.high)
    assert (many.high or 0) - (many.low or 0) < ((few.high or 0) - (few.low or 0)) / 2


def test_equal_marks_everywhere_prove_no_agreement() -> None:
    found = alpha(np.full((20, 3), 5.0), Level.INTERVAL)
    assert (found.value, found.why, found.units) == (None, Why.NO_VARIATION, 20)


def test_one_sheet_each_is_too_few() -> None:
    found = alpha(np.array([[1.0, N], [N, 2.0]]), Level.INTERVAL)
    assert (found.value, found.why, found.units) == (None, Why.TOO_FEW, 0)
