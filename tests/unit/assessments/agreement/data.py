"""Published worked examples, with where they stand."""

from __future__ import annotations

import numpy as np

from agencyqa.assessments.agreement.figures import Ratings

N = float("nan")


def rows(*columns: list[float]) -> Ratings:
    return np.array(columns, dtype=np.float64).T


# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C: four observers, twelve units.
KRIPPENDORFF = rows(
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
)

# Shrout and Fleiss 1979, table 2: six targets, four judges.
SHROUT_FLEISS = rows([9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7])

# The anxiety ratings of R's package irr, second and third rater; the levels 1, 2, 3, 4 and 6 as five steps.
ANXIETY = rows(
    [2, 4, 3, 4, 1, 3, 1, 3, 2, 2, 1, 2, 2, 2, 1, 1, 0, 2, 2, 3],
    [1, 0, 3, 3, 2, 1, 0, 4, 0, 0, 0, 1, 2, 2, 0, 0, 2, 2, 1, 1],
)


def from_table(table: list[list[int]]) -> Ratings:
    """A table of two raters (row: the first, column: the second) as single ratings."""
    return np.array(
        [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)],
        dtype=np.float64,
    )
