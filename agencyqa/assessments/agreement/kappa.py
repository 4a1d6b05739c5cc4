"""Weighted kappa for two scorers (Cohen 1968), with the large-sample interval of Fleiss, Cohen and Everitt 1969.

A difference of one step counts less than one of three: in proportion (linear) or by its square (quadratic). Steps are
the distances between the values themselves.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from agencyqa.assessments.agreement.figures import (
    CONFIDENCE,
    Estimate,
    Ratings,
    Why,
    between,
    compared,
    too_few,
)

Weighting = Literal["equal", "linear", "quadratic"]


def weighted_kappa(pair: Ratings, weighting: Weighting) -> Estimate:
    """``pair`` has two columns; rows with a hole are left out. "equal" is Cohen's unweighted kappa."""
    rows = compared(pair)
    units = len(rows)
    if units < 2:
        return too_few(units)
    values, codes = np.unique(rows, return_inverse=True)
    codes = codes.reshape(rows.shape)
    size = len(values)
    table = np.bincount(codes[:, 0] * size + codes[:, 1], minlength=size * size).reshape(size, size) / units
    agreement = 1 - _distances(values, weighting)
    given, taken = table.sum(axis=1), table.sum(axis=0)
    observed = float((agreement * table).sum())
    expected = float(given @ agreement @ taken)
    if 1 - expected < 1e-12:
        return Estimate(None, units=units, why=Why.NO_VARIATION)
    kappa = (observed - expected) / (1 - expected)
    means = (agreement @ taken)[:, None] + (given @ agreement)[None, :]
    moment = float((table * (agreement - means * (1 - kappa)) ** 2).sum())
    variance = (moment - (kappa - expected * (1 - kappa)) ** 2) / (units * (1 - expected) ** 2)
    reach = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2) * sqrt(max(variance, 0.0))
    return between(kappa, max(kappa - reach, -1.0), min(kappa + reach, 1.0), units)


def _distances(values: NDArray[np.float64], weighting: Weighting) -> NDArray[np.float64]:
    """From 0 for the same value to 1 for the two that lie farthest apart."""
    apart = np.abs(values[:, None] - values[None, :])
    if weighting == "equal":
        return (apart > 0).astype(np.float64)
    share = apart / (apart.max() or 1.0)
    return share if weighting == "linear" else share**2


def busiest_pair(ratings: Ratings) -> tuple[int, int] | None:
    """The two columns that share the most rows; of equal ones the first."""
    given = (~np.isnan(ratings)).astype(np.int64)
    shared = np.triu(given.T @ given, k=1)
    if not shared.any():
        return None
    one, other = divmod(int(shared.argmax()), shared.shape[1])
    return one, other
