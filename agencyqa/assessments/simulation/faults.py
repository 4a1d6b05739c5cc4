"""Which counts of faults take off so many points: the arithmetic behind "one fault fewer". Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from agencyqa.scoring import COUNT_LIMIT, Deductions, Fault

# Forms count in tenths of a point, so there are few different sums. Whoever asks for more would wait too long.
MOST_COUNTS = 2_000
MOST_SUMS = 40_000


class TooMuchWork(Exception):
    """There are more ways to look at than a page can wait for."""


class Work:
    """What one question may cost, all its parts together."""

    def __init__(self) -> None:
        self._left = MOST_SUMS

    def spend(self, sums: int) -> None:
        self._left -= sums
        if self._left < 0:
            raise TooMuchWork


# The units taken off so far, by how many occurrences the counts differ from the present ones, and the new counts.
Sums = dict[int, tuple[int, tuple[int, ...]]]


def taken_off(fault: Fault, count: int) -> int:
    """Units that so many occurrences cost."""
    counted = count if fault.max_count is None else min(count, fault.max_count)
    off = counted * fault.amount
    return off if fault.max_amount is None else min(off, fault.max_amount)


def deductions(
    rule: Deductions, counts: Sequence[int], wanted: int, work: Work, *, fewer: bool
) -> tuple[int, tuple[int, ...]] | None:
    """The units taken off and the new counts of the faults.

    ``fewer``: the most that is not above ``wanted``, no count above the present one. Else the least that is not below
    it, no count below the present one. Of counts that cost the same those nearest to the present ones. None where
    there is none. Raises TooMuchWork.
    """
    if wanted < 0:
        return None
    # The cheapest fault has the most counts to choose from: it takes what the others leave to it.
    order = sorted(range(len(counts)), key=lambda number: -rule.faults[number].amount)
    sums: Sums = {0: (0, ())}
    for number in order[:-1]:
        fault, count = rule.faults[number], counts[number]
        options = list(islice(_counts(fault, count, wanted, fewer), MOST_COUNTS))
        if len(options) == MOST_COUNTS:
            raise TooMuchWork
        work.spend(len(options) * len(sums))
        together: Sums = {}
        for total, (moved, chosen) in sums.items():
            for new in options:
                _keep(together, total, moved, chosen, fault, count, new)
        sums = {total: held for total, held in together.items() if not fewer or total <= wanted}
    work.spend(len(sums))
    last = order[-1]
    reached: Sums = {}
    for total, (moved, chosen) in sums.items():
        for new in _fitting(rule.faults[last], counts[last], wanted - total, fewer):
            _keep(reached, total, moved, chosen, rule.faults[last], counts[last], new)
    possible = [total for total in reached if (total <= wanted if fewer else total >= wanted)]
    if not possible:
        return None
    best = max(possible) if fewer else min(possible)
    new_counts = list(counts)
    for number, new in zip(order, reached[best][1], strict=True):
        new_counts[number] = new
    return best, tuple(new_counts)


def _keep(
    sums: Sums, total: int, moved: int, chosen: tuple[int, ...], fault: Fault, count: int, new: int
) -> None:
    total += taken_off(fault, new)
    moved += abs(new - count)
    if total not in sums or moved < sums[total][0]:
        sums[total] = (moved, (*chosen, new))


def _dearest(fault: Fault) -> int:
    """From this count on a further occurrence costs nothing more."""
    caps = [COUNT_LIMIT]
    if fault.max_count is not None:
        caps.append(fault.max_count)
    if fault.max_amount is not None:
        caps.append(-(-fault.max_amount // fault.amount))
    return min(caps)


def _counts(fault: Fault, count: int, wanted: int, fewer: bool) -> Iterator[int]:
    """Every count that costs something of its own and can be part of what is wanted."""
    yield count
    if fewer:
        # The dearest count that costs less than the present one, or no more than what is wanted.
        top = min(count, _dearest(fault)) - 1
        yield from range(min(top, wanted // fault.amount), -1, -1)
        return
    for number in range(count + 1, _dearest(fault) + 1):
        yield number
        if taken_off(fault, number) >= wanted:
            return


def _fitting(fault: Fault, count: int, rest: int, fewer: bool) -> Iterator[int]:
    """The counts that come nearest to taking off the rest."""
    yield count
    if fewer:
        if rest >= 0:
            yield min(count, _dearest(fault) - 1, rest // fault.amount)
        return
    new = -(-rest // fault.amount)
    if count < new <= _dearest(fault):
        yield new
    elif count < _dearest(fault):
        yield _dearest(fault)
