"""The first step at which a grade or a rank is another, found between bounds and never past one. Pure.

Steps are whole units that a weight moves away from where it is. Of every stretch of steps the bounds say whether
anything in it can be other than now; what can is divided, down to the single step, where the bounds meet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from agencyqa.assessments.simulation.means import Standing
from agencyqa.scoring.arrays import IntArray, Mask

GRADE, RANK = 0, 1
NOT_FOUND = 0
# A stretch is divided into so many, and so many stretches are looked at together: where only the first change of all
# is wanted, what lies behind the nearest ones is mostly in vain.
PARTS, TOGETHER, FIRST_OF_ALL = 8, 48, 6

# (first steps, last steps), as columns → the lowest and the highest standing on each stretch.
Bounds = Callable[[IntArray, IntArray], tuple[Standing, Standing]]
# The standing at one step by the engine itself, as rows of one.
Exact = Callable[[int], Standing]


class Work:
    """How many figures of sheets may still be worked out. Whatever is not proven by then is said not to be."""

    def __init__(self, most: int) -> None:
        self.left = most

    def spend(self, figures: int) -> bool:
        """Whether there was enough left."""
        self.left -= figures
        return self.left >= 0


@dataclass(frozen=True)
class Changes:
    """For GRADE and RANK, by agency: the first step that changes it, ``NOT_FOUND`` for none; the other agency that
    stands elsewhere then, -1 for a grade; and up to which step it is proven that nothing changes.
    """

    first: IntArray
    other: IntArray
    proven: IntArray


class Search:
    """One direction of one weight, ``last`` steps far. ``figures`` is what one step costs."""

    def __init__(
        self, bounds: Bounds, exact: Exact, now: Standing, last: int, figures: int, work: Work
    ) -> None:
        self.bounds, self.exact, self.now, self.last = bounds, exact, now, last
        self.figures, self.work = figures, work
        size = now.shown.shape[1]
        self.first = np.full((2, size), NOT_FOUND, dtype=np.int64)
        self.other = np.full((2, size), -1, dtype=np.int64)
        self.shown = now.shown[0]
        self.order = np.argsort(-self.shown, kind="stable")

    def run(self, caps: IntArray) -> Changes:
        """``caps`` (GRADE and RANK, by agency): how far an agency's own first change is of interest. The first change
        of all is found in any case.
        """
        together = TOGETHER if caps.any() else FIRST_OF_ALL
        starts, ends, maybe = self._look(*_stretches(self.last))
        is_over = False
        while True:
            maybe &= starts[:, None, None] < self._interest(caps)[None]
            kept = maybe.any(axis=(1, 2))
            starts, ends, maybe = starts[kept], ends[kept], maybe[kept]
            if not len(starts) or is_over:
                break
            nearest = np.unique(maybe.argmax(axis=0)[maybe.any(axis=0)])[:together]
            chosen = np.zeros(len(starts), dtype=bool)
            chosen[nearest] = True
            pieces = [_divided(int(a), int(b)) for a, b in zip(starts[chosen], ends[chosen], strict=True)]
            new = self._look(*(np.concatenate(each) for each in zip(*pieces, strict=True)))
            is_over = self.work.left < 0
            merged = [
                np.concatenate(each)
                for each in zip((starts[~chosen], ends[~chosen], maybe[~chosen]), new, strict=True)
            ]
            order = np.argsort(merged[0], kind="stable")
            starts, ends, maybe = (each[order] for each in merged)
        # What lies beyond the interest in an agency was not searched, so a change that was met there need not be its
        # first.
        far = self._far(caps)
        self.first[self.first > far] = NOT_FOUND
        proven = np.where(self.first == NOT_FOUND, np.minimum(self.last, far - 1), self.first - 1)
        for question, agency in np.argwhere(maybe.any(axis=0)):
            # The work was over before this was settled.
            start = starts[maybe[:, question, agency].argmax()]
            proven[question, agency] = start - 1
            self.first[question, agency] = NOT_FOUND
        return Changes(self.first, self.other, proven)

    def at(self, step: int) -> None:
        """Looks at one more step, behind all that were searched."""
        self._note(step, self.exact(step))

    def _far(self, caps: IntArray) -> IntArray:
        """By question and agency how far changes are of interest: its own within the caps, and the first of all."""
        end = self.last + 1
        of_all = np.where(self.first == NOT_FOUND, end, self.first).min(axis=1, keepdims=True, initial=end)
        found: IntArray = np.maximum(of_all, np.minimum(caps, end))
        return found

    def _interest(self, caps: IntArray) -> IntArray:
        """By question and agency the step from which on nothing is asked any more."""
        far = self._far(caps)
        found: IntArray = np.where(self.first == NOT_FOUND, far, np.minimum(self.first, far))
        return found

    def _look(self, starts: IntArray, ends: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """The stretches with what can be other in them; single steps are settled at once."""
        self.work.spend(len(starts) * self.figures)
        low, high = self.bounds(starts, ends)
        maybe = np.stack([self._grades_differ(low, high), self._ranks_differ(low, high)], axis=1)
        for row in np.flatnonzero((starts == ends) & maybe.any(axis=(1, 2))):
            same = bool(
                (low.shown[row] == high.shown[row]).all() and (low.grade[row] == high.grade[row]).all()
            )
            step = int(starts[row])
            self._note(
                step, Standing(low.shown[row][None], low.grade[row][None]) if same else self.exact(step)
            )
        maybe[starts == ends] = False
        return starts, ends, maybe

    def _note(self, step: int, at: Standing) -> None:
        shown, grade = at.shown[0], at.grade[0]
        self._keep(GRADE, step, grade != self.now.grade[0], np.full(len(shown), -1))
        moved = (shown[None, :] > shown[:, None]) != (self.shown[None, :] > self.shown[:, None])
        self._keep(RANK, step, moved.any(axis=1), moved.argmax(axis=1))

    def _keep(self, question: int, step: int, changed: Mask, other: IntArray) -> None:
        first = self.first[question]
        earlier = changed & ((first == NOT_FOUND) | (first > step))
        first[earlier], self.other[question][earlier] = step, other[earlier]

    def _grades_differ(self, low: Standing, high: Standing) -> Mask:
        now = self.now.grade
        differ: Mask = (low.grade != now) | (high.grade != now)
        return differ

    def _ranks_differ(self, low: Standing, high: Standing) -> Mask:
        """Whether somebody who stands above may not, or somebody else may; by stretch and agency."""
        order, shown = self.order, self.shown[self.order]
        lows, highs = low.shown[:, order], high.shown[:, order]
        count, size = lows.shape
        groups = np.flatnonzero(np.r_[True, shown[1:] != shown[:-1]]) if size else np.zeros(0, dtype=np.int64)
        ends = np.r_[groups[1:], size]
        group = np.repeat(np.arange(len(groups)), ends - groups)
        least_before = np.minimum.accumulate(lows, axis=1)
        greatest_behind = np.maximum.accumulate(highs[:, ::-1], axis=1)[:, ::-1]
        differ = np.zeros((count, size), dtype=bool)
        is_below, is_above = groups[group] > 0, ends[group] < size
        at = np.flatnonzero(is_below)
        differ[:, at] |= least_before[:, groups[group[at]] - 1] <= highs[:, at]
        at = np.flatnonzero(is_above)
        differ[:, at] |= greatest_behind[:, ends[group[at]]] > lows[:, at]
        for start, end in zip(groups, ends, strict=True):
            if end - start > 1:
                # Nobody is compared with himself: the greatest, and for him the second.
                held = highs[:, start:end]
                two = np.sort(held, axis=1)[:, -2:]
                best = held.argmax(axis=1)
                others = np.where(np.arange(end - start)[None] == best[:, None], two[:, :1], two[:, 1:])
                differ[:, start:end] |= others > lows[:, start:end]
        found = np.empty_like(differ)
        found[:, order] = differ
        return found


def _stretches(last: int) -> tuple[IntArray, IntArray]:
    """Stretches that grow with the distance: most changes are near."""
    edges = [1]
    while edges[-1] <= last:
        edges.append(min(last + 1, edges[-1] + max(1, edges[-1] // 2)))
    found = np.array(edges, dtype=np.int64)
    return found[:-1], found[1:] - 1


def _divided(start: int, end: int) -> tuple[IntArray, IntArray]:
    count = min(PARTS, end - start + 1)
    edges = np.array(
        [start + (end + 1 - start) * number // count for number in range(count + 1)], dtype=np.int64
    )
    return edges[:-1], edges[1:] - 1
