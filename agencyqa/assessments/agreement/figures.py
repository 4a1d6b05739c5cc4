"""What the statistics take and give. They are floats that tell of scores, and never become one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

# One row an engagement, one column a scorer; NaN where the scorer gave no mark.
Ratings = NDArray[np.float64]

# The share of intervals that hold the true figure in the long run.
CONFIDENCE = 0.95


class Level(StrEnum):
    """What may be said of two values: only that they differ, which is higher, by how much, in what proportion."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


class Why(StrEnum):
    """Why there is no figure."""

    TOO_FEW = "too_few"
    NO_VARIATION = "no_variation"


@dataclass(frozen=True)
class Estimate:
    """``value`` is None where ``why`` says the reason. ``units`` is how many engagements it rests on.

    ``low`` and ``high`` bound the 95 % interval; both are None where the data bear none.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    units: int = 0
    why: Why | None = None


def between(value: float, low: float, high: float, units: int) -> Estimate:
    """An interval without width says that the data bear none, not that the figure is certain."""
    if high - low < 1e-9:
        return Estimate(value, units=units)
    return Estimate(value, low, high, units)


def too_few(units: int) -> Estimate:
    return Estimate(None, units=units, why=Why.TOO_FEW)


def compared(ratings: Ratings) -> Ratings:
    """The rows in which at least two scorers gave a mark: all that agreement can be seen in."""
    found: Ratings = ratings[np.sum(~np.isnan(ratings), axis=1) >= 2]
    return found
