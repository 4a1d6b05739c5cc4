"""Krippendorff's alpha (Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability"), with a bootstrap interval.

Any number of scorers, missing marks, four levels of measurement. alpha = 1 - observed / expected disagreement: 1 is
full agreement, 0 what chance alone would give. The interval is the percentile bootstrap over engagements, and needs
the figure a thousand times, so it is written over arrays: one row of ``weights`` a sample.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agencyqa.assessments.agreement.figures import (
    CONFIDENCE,
    Estimate,
    Level,
    Ratings,
    Why,
    between,
    compared,
)
from agencyqa.assessments.agreement.resampling import in_canonical_order, resample_counts, seed_of

REPLICATES = 1000
# Samples drawn so that all marks are equal have no alpha; with more than this share of them there is no interval.
_MOST_WITHOUT = 0.1
# The largest table of a step, samples by units or by values, has about so many cells.
_CELLS_AT_ONCE = 1_000_000

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Counted:
    """How often each value was given to each unit: ``counts`` is units x values."""

    values: Array
    counts: Array
    sizes: Array


def alpha(ratings: Ratings, level: Level, *, replicates: int = REPLICATES) -> Estimate:
    """The figure for any data; whether they are enough to speak of is for the caller to say."""
    rows = in_canonical_order(compared(ratings))
    units = len(rows)
    if units == 0:
        return Estimate(None, why=Why.TOO_FEW)
    counted = _count(rows)
    value = _alphas(counted, level, np.ones((1, units)))[0]
    if np.isnan(value):
        return Estimate(None, units=units, why=Why.NO_VARIATION)
    interval = _interval(counted, level, seed_of(rows), replicates)
    if interval is None:
        return Estimate(float(value), units=units)
    return between(float(value), *interval, units)


def _count(rows: Ratings) -> _Counted:
    given = ~np.isnan(rows)
    values, codes = np.unique(rows[given], return_inverse=True)
    places = np.nonzero(given)[0] * len(values) + codes
    counts = np.bincount(places, minlength=len(rows) * len(values)).reshape(len(rows), len(values))
    return _Counted(values, counts.astype(np.float64), given.sum(axis=1).astype(np.float64))


def _interval(counted: _Counted, level: Level, seed: bytes, replicates: int) -> tuple[float, float] | None:
    """None where too many samples have no figure."""
    weights = resample_counts(seed, len(counted.counts), replicates)
    step = max(1, _CELLS_AT_ONCE // max(counted.counts.shape))
    parts = [_alphas(counted, level, weights[start : start + step]) for start in range(0, replicates, step)]
    drawn = np.concatenate(parts)
    found = np.sort(drawn[~np.isnan(drawn)])
    if len(found) < replicates * (1 - _MOST_WITHOUT):
        return None
    tail = int(len(found) * (1 - CONFIDENCE) / 2)
    return float(found[tail]), float(found[-1 - tail])


def _alphas(counted: _Counted, level: Level, weights: Array) -> Array:
    """One alpha for each row of ``weights`` (samples x units); NaN where all marks of a sample are equal."""
    observed, expected = _DISAGREEMENT[level](counted, weights)
    size = weights @ counted.sizes
    varied = expected > 1e-14 * size**2
    result = np.full(len(weights), np.nan)
    result[varied] = 1 - (size[varied] - 1) * observed[varied] / expected[varied]
    return result


# Each gives the sums over ordered pairs of the squared differences: within the units, each unit divided by its
# number of marks less one, and between all marks of the sample.


def _nominal(counted: _Counted, weights: Array) -> tuple[Array, Array]:
    sizes, counts = counted.sizes, counted.counts
    within = (sizes**2 - (counts**2).sum(axis=1)) / (sizes - 1)
    totals = weights @ counts
    return weights @ within, (weights @ sizes) ** 2 - (totals**2).sum(axis=1)


def _interval_scale(counted: _Counted, weights: Array) -> tuple[Array, Array]:
    sizes, counts = counted.sizes, counted.counts
    # Differences do not change when all values move together, and small numbers lose no digits.
    values = counted.values - counted.values.mean()
    values = values / (np.abs(values).max() or 1.0)
    sums, squares = counts @ values, counts @ values**2
    within = 2 * (sizes * squares - sums**2) / (sizes - 1)
    between = 2 * ((weights @ sizes) * (weights @ squares) - (weights @ sums) ** 2)
    return weights @ within, between


def _ordinal(counted: _Counted, weights: Array) -> tuple[Array, Array]:
    """The interval metric on mid-ranks, which is what the ordinal metric comes to; ranks are those of the sample."""
    sizes, counts = counted.sizes, counted.counts
    totals = weights @ counts
    size = totals.sum(axis=1, keepdims=True)
    ranks = (np.cumsum(totals, axis=1) - totals / 2) / size - 0.5
    sums, squares = ranks @ counts.T, ranks**2 @ counts.T
    within = 2 * (sizes * squares - sums**2) / (sizes - 1)
    overall, overall_squares = (totals * ranks).sum(axis=1), (totals * ranks**2).sum(axis=1)
    return (weights * within).sum(axis=1), 2 * (size[:, 0] * overall_squares - overall**2)


def _ratio(counted: _Counted, weights: Array) -> tuple[Array, Array]:
    values, counts = counted.values, counted.counts
    sums = np.abs(values[:, None] + values[None, :])
    shares = np.divide(values[:, None] - values[None, :], sums, out=np.zeros_like(sums), where=sums > 0)
    distances = shares**2
    within = ((counts @ distances) * counts).sum(axis=1) / (counted.sizes - 1)
    totals = weights @ counts
    return weights @ within, ((totals @ distances) * totals).sum(axis=1)


_DISAGREEMENT: dict[Level, Callable[[_Counted, Array], tuple[Array, Array]]] = {
    Level.NOMINAL: _nominal,
    Level.ORDINAL: _ordinal,
    Level.INTERVAL: _interval_scale,
    Level.RATIO: _ratio,
}
