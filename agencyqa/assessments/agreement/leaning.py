"""Severe and lenient scorers: how far each stands from the others on the engagements they share."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from agencyqa.assessments.agreement.figures import CONFIDENCE, Estimate, Ratings, compared, too_few
from agencyqa.assessments.agreement.quantiles import t_quantile

# Below this many shared engagements a mean difference is mostly chance.
LEAST_SHARED = 5


@dataclass(frozen=True)
class Spread:
    """Of the marks that scorers gave to the same engagement, in the unit of the marks."""

    mean_difference: float
    largest_difference: float


def leaning(ratings: Ratings, column: int, *, least: int = LEAST_SHARED) -> Estimate:
    """The mean difference of one scorer from the mean of the others, with the t interval of a mean.

    Below 0 is severe, above 0 lenient, as far as the interval leaves out 0.
    """
    rows = compared(ratings)
    rows = rows[~np.isnan(rows[:, column])]
    units = len(rows)
    if units < max(least, 2):
        return too_few(units)
    own = rows[:, column]
    others = (np.nansum(rows, axis=1) - own) / (np.sum(~np.isnan(rows), axis=1) - 1)
    differences = own - others
    mean = float(differences.mean())
    error = float(differences.std(ddof=1)) / sqrt(units)
    reach = t_quantile(1 - (1 - CONFIDENCE) / 2, units - 1) * error
    return Estimate(mean, mean - reach, mean + reach, units)


def spread(ratings: Ratings) -> Spread | None:
    """None where no two scorers marked the same engagement. Each engagement counts once, however large its panel."""
    rows = compared(ratings)
    if not len(rows):
        return None
    apart = np.abs(rows[:, :, None] - rows[:, None, :])
    sizes = np.sum(~np.isnan(rows), axis=1)
    means = np.nansum(apart, axis=(1, 2)) / (sizes * (sizes - 1))
    return Spread(float(means.mean()), float(np.nanmax(apart)))
