"""Sheets far from the others of their engagement: marked for a second look, nothing more.

The distance is that from the median of the engagement's sheets, measured by the median absolute deviation (MAD) of all
such distances of the scheme and year, which no single far sheet can stretch. The limit of 3.5 is that of Iglewicz and
Hoaglin 1993 for the modified z-score, and so is the mean absolute deviation where the MAD is 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agencyqa.assessments.agreement.figures import Ratings, compared

LIMIT = 3.5
# Fewer distances than these tell nothing of what is usual.
LEAST_DISTANCES = 10
# Among scorers who agree within a point, two points are no matter; in points out of 100.
LEAST_DISTANCE = 3.0
# They make the deviations comparable with a standard deviation.
_FROM_MEDIAN, _FROM_MEAN = 1.4826, 1.2533


@dataclass(frozen=True)
class FarMark:
    """``distance`` from the median of the row, in points; ``deviations`` of the usual size is how unusual that is."""

    row: int
    column: int
    distance: float
    deviations: float


def far_marks(ratings: Ratings, *, least: int = LEAST_DISTANCES) -> list[FarMark] | None:
    """The farthest first; None on too little data. Of two sheets alone nobody can say which is off: both are marked."""
    shared = np.sum(~np.isnan(ratings), axis=1) >= 2
    if not len(compared(ratings)):
        return None
    distances = np.full(ratings.shape, np.nan)
    distances[shared] = ratings[shared] - np.nanmedian(ratings[shared], axis=1, keepdims=True)
    usual = _usual(distances, least)
    if usual is None:
        return None
    far = (np.abs(distances) >= LEAST_DISTANCE) & (np.abs(distances) > LIMIT * usual)
    found = [
        FarMark(row, column, float(distances[row, column]), abs(float(distances[row, column])) / usual)
        for row, column in np.argwhere(far).tolist()
    ]
    return sorted(found, key=lambda each: (-each.deviations, each.row, each.column))


def _usual(distances: Ratings, least: int) -> float | None:
    """The usual size of a distance, at least one that makes ``LEAST_DISTANCE`` the limit."""
    known = distances[~np.isnan(distances)]
    # Of an odd number of sheets one is the median itself: its distance of 0 says nothing of how far sheets lie.
    odd = int(np.sum(np.sum(~np.isnan(distances), axis=1) % 2))
    pool = np.sort(np.abs(known))[odd:]
    if len(pool) < least:
        return None
    median = float(np.median(pool))
    deviation = _FROM_MEDIAN * median if median else _FROM_MEAN * float(pool.mean())
    return max(deviation, LEAST_DISTANCE / LIMIT)
