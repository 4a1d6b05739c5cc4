"""Intraclass correlation, two-way random effects, absolute agreement: ICC(2,1) and ICC(2,k) of Shrout and Fleiss 1979.

The intervals are those of ICC(A,1) and ICC(A,k) in McGraw and Wong 1996, table 7. The model needs every scorer on every
engagement, so it is taken over the largest block of the data in which that is so.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from agencyqa.assessments.agreement.figures import CONFIDENCE, Estimate, Ratings, Why, between, too_few
from agencyqa.assessments.agreement.quantiles import f_quantile

# Panels that occur more rarely than these cannot make up a large block.
_MOST_PANELS = 40


@dataclass(frozen=True)
class IntraclassCorrelation:
    """``single`` tells of one scorer's mark, ``average`` of the mean of ``scorers`` marks."""

    single: Estimate
    average: Estimate
    scorers: int


def complete_block(ratings: Ratings) -> tuple[list[int], list[int]]:
    """Rows and columns of the most marks without a hole, at least two columns; empty where there is none."""
    given = ~np.isnan(ratings)
    panels = Counter(frozenset(np.nonzero(row)[0].tolist()) for row in given)
    common = [panel for panel, _ in sorted(panels.items(), key=lambda each: (-each[1], sorted(each[0])))]
    common = common[:_MOST_PANELS]
    candidates = {*common, *(one & other for one, other in combinations(common, 2))}
    best: tuple[tuple[int, int], list[int], list[int]] = ((0, 0), [], [])
    for panel in sorted(candidates, key=sorted):
        columns = sorted(panel)
        if len(columns) < 2:
            continue
        rows = np.nonzero(given[:, columns].all(axis=1))[0].tolist()
        size = (len(rows) * len(columns), len(rows))
        if size > best[0]:
            best = (size, rows, columns)
    return best[1], best[2]


def intraclass(block: Ratings) -> IntraclassCorrelation:
    """Of a block without holes: one row an engagement, one column a scorer."""
    n, k = block.shape
    if n < 2 or k < 2:
        return IntraclassCorrelation(too_few(n), too_few(n), k)
    grand = block.mean()
    rows, columns = block.mean(axis=1), block.mean(axis=0)
    targets = float(k * ((rows - grand) ** 2).sum() / (n - 1))
    scorers = float(n * ((columns - grand) ** 2).sum() / (k - 1))
    rest = block - rows[:, None] - columns[None, :] + grand
    error = float((rest**2).sum() / ((n - 1) * (k - 1)))
    least = 1e-12 * float((block**2).mean())
    if targets + scorers + error <= least:
        none = Estimate(None, units=n, why=Why.NO_VARIATION)
        return IntraclassCorrelation(none, none, k)
    spread = targets + (k - 1) * error + k * (scorers - error) / n
    single = (targets - error) / spread
    average = (targets - error) / (targets + (scorers - error) / n)
    if scorers + error <= least:
        # Everybody gave the same marks everywhere.
        low, high = 1.0, 1.0
    else:
        low, high = _interval(targets, scorers, error, n, k)
    return IntraclassCorrelation(
        between(single, low, high, n), between(average, _stepped(low, k), _stepped(high, k), n), k
    )


def _interval(targets: float, scorers: float, error: float, n: int, k: int) -> tuple[float, float]:
    """McGraw and Wong's bounds of ICC(A,1), with Satterthwaite's degrees of freedom for the mixed error term.

    a and b of the paper, multiplied by n (1 - rho) / k, which changes no quotient and does no harm where rho is 1.
    """
    rho = (targets - error) / (targets + (k - 1) * error + k * (scorers - error) / n)
    a, b = rho, n * (1 - rho) / k + rho * (n - 1)
    freedom = (a * scorers + b * error) ** 2 / (
        (a * scorers) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
    )
    tail = 1 - (1 - CONFIDENCE) / 2
    above, below = f_quantile(tail, n - 1, freedom), f_quantile(tail, freedom, n - 1)
    mixed = k * scorers + (k * n - k - n) * error
    low = n * (targets - above * error) / (above * mixed + n * targets)
    high = n * (below * targets - error) / (mixed + n * below * targets)
    return low, high


def _stepped(single: float, k: int) -> float:
    """Spearman and Brown's step from one mark to the mean of k."""
    return k * single / (1 + (k - 1) * single)
