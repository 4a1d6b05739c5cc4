"""How a criterion gets to another figure under its own rule: the nearest one that its inputs can give. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agencyqa.assessments.simulation.faults import TooMuchWork, Work, deductions
from agencyqa.scoring import (
    COUNT_LIMIT,
    NUMBER_LIMIT,
    AllOrNothing,
    BandedRange,
    Checklist,
    Composite,
    Deductions,
    Fault,
    FreeValue,
    Lateness,
    Ordinal,
    RangeDeduction,
    Rating,
    Ratio,
    Rule,
    Veto,
)

Value = int | str | bool
Given = Mapping[str, Any]

# So many figures of one part of a composite are tried with those of the others.
MOST_STEPS = 100
MOST_COMBINED = 1_000


@dataclass(frozen=True)
class Move:
    """The figure in units, and the inputs that change for it, by their names in the rule."""

    value: int
    changes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Goal:
    """At least ``target`` where ``up``, else at most ``target``; of several the nearest."""

    target: int
    up: bool
    work: Work = field(default_factory=Work, compare=False, repr=False)

    def met(self, value: int) -> bool:
        return value >= self.target if self.up else value <= self.target

    def nearest(self, moves: Iterable[Move | None]) -> Move | None:
        """Of equal figures the one that comes first."""
        found = [move for move in moves if move is not None and self.met(move.value)]
        return min(found, key=lambda move: move.value if self.up else -move.value, default=None)

    def snapped(self, step: int) -> int:
        """The target on the step: no figure off it can be given."""
        return -(-self.target // step) * step if self.up else self.target // step * step

    def less(self, amount: int) -> Goal:
        return Goal(self.target - amount, self.up, self.work)


def reach(rule: Rule, given: Given, goal: Goal) -> Move | None:
    """The nearest figure that meets the goal by changing inputs in its direction only: for the better, no fault more.

    None where the rule cannot give one, or no way to it is known.
    """
    try:
        return _reach(rule, given, goal)
    except TooMuchWork:
        return None


def _reach(rule: Rule, given: Given, goal: Goal) -> Move | None:
    goal.work.spend(1)
    way = _WAYS.get(type(rule))
    return None if way is None else way(rule, given, goal)


def value_of(rule: Rule, given: Given) -> int | None:
    """What the rule gives for the inputs; None where one is missing or wrong."""
    return rule.mark(given)


def _all_or_nothing(rule: AllOrNothing, given: Given, goal: Goal) -> Move | None:
    return goal.nearest([Move(rule.points if goal.up else 0, {"met": goal.up})])


def _ordinal(rule: Ordinal, given: Given, goal: Goal) -> Move | None:
    return goal.nearest(Move(level.points, {"level": level.key}) for level in rule.levels)


def _free(rule: FreeValue, given: Given, goal: Goal) -> Move | None:
    return goal.nearest([_inside(goal, rule.low, rule.high, rule.step, {})])


def _banded(rule: BandedRange, given: Given, goal: Goal) -> Move | None:
    # A figure on a shared edge needs no other band.
    bands = sorted(rule.bands, key=lambda band: band.key != given.get("band"))
    return goal.nearest(
        _inside(
            goal, band.low, band.high, rule.step, {"band": band.key} if band.key != given.get("band") else {}
        )
        for band in bands
    )


def _inside(goal: Goal, low: int, high: int, step: int, changes: dict[str, Value]) -> Move | None:
    """The nearest figure between two limits, given as ``value``."""
    value = max(low, goal.snapped(step)) if goal.up else min(high, goal.snapped(step))
    return Move(value, {**changes, "value": value}) if low <= value <= high else None


def _deductions(rule: Deductions, given: Given, goal: Goal) -> Move | None:
    counts = [given.get(fault.key) for fault in rule.faults]
    if not all(isinstance(count, int) for count in counts):
        return None
    found = deductions(
        rule, [int(count or 0) for count in counts], rule.points - goal.target, goal.work, fewer=goal.up
    )
    if found is None:
        return None
    taken, new = found
    changes: dict[str, Value] = {
        fault.key: count for fault, old, count in zip(rule.faults, counts, new, strict=True) if count != old
    }
    return goal.nearest([Move(max(0, rule.points - taken), changes)])


def _range_deduction(rule: RangeDeduction, given: Given, goal: Goal) -> Move | None:
    # What is taken off goes the other way than the mark.
    off = Goal(rule.points - goal.target, not goal.up)
    if not rule.per_occurrence:
        return goal.nearest(_taken_off(rule, off, {}, [(0, 0), (rule.low, rule.high)]))
    count = given.get("count")
    if not isinstance(count, int):
        return None
    most = min(count + MOST_STEPS, count + max(off.target, 0) // rule.low + 1)
    counts = range(count, -1, -1) if goal.up else range(count, most + 1)
    moves = (
        move
        for number in counts
        for move in _taken_off(
            rule,
            off,
            {"count": number} if number != count else {},
            [(number * rule.low, number * rule.high)],
        )
    )
    return goal.nearest(moves)


def _taken_off(
    rule: RangeDeduction, off: Goal, changes: dict[str, Value], ranges: Sequence[tuple[int, int]]
) -> Iterator[Move | None]:
    for low, high in ranges:
        move = _inside(off, low, high, rule.step, {})
        if move is not None:
            yield Move(max(0, rule.points - move.value), {**changes, "amount": move.value})


def _checklist(rule: Checklist, given: Given, goal: Goal) -> Move | None:
    """What is ticked stays ticked for the better, and nothing is ticked for the worse."""
    ticked = [given.get(item.key) for item in rule.items]
    if not all(isinstance(each, bool) for each in ticked):
        return None
    # A tick is an occurrence that can happen once.
    once = Deductions(1, tuple(Fault(item.key, item.points, 1) for item in rule.items))
    found = deductions(once, [int(bool(each)) for each in ticked], goal.target, goal.work, fewer=not goal.up)
    if found is None:
        return None
    earned, new = found
    changes: dict[str, Value] = {
        item.key: bool(tick)
        for item, old, tick in zip(rule.items, ticked, new, strict=True)
        if bool(tick) != old
    }
    return goal.nearest([Move(earned, changes)])


def _ratio(rule: Ratio, given: Given, goal: Goal) -> Move | None:
    """What was planned is given; what was done changes."""
    actual = given.get("actual")
    if not isinstance(actual, int):
        return None
    more = (rule.direction == "higher") is goal.up
    # A divisor of 0 has a meaning of its own and is no way to anything.
    least = 0 if rule.direction == "higher" else 1
    return _slide(rule, given, "actual", actual, NUMBER_LIMIT if more else least, goal)


def _lateness(rule: Lateness, given: Given, goal: Goal) -> Move | None:
    days = given.get("days")
    return (
        _slide(rule, given, "days", days, 0 if goal.up else COUNT_LIMIT, goal)
        if isinstance(days, int)
        else None
    )


def _rating(rule: Rating, given: Given, goal: Goal) -> Move | None:
    rating = given.get("rating")
    # Whether something can be assessed is no better or worse.
    if not isinstance(rating, int) or rating == 0:
        return None
    return _slide(rule, given, "rating", rating, rule.high if goal.up else rule.low, goal)


def _slide(rule: Rule, given: Given, name: str, near: int, far: int, goal: Goal) -> Move | None:
    """One input moves towards ``far``, and with it the figure in one direction only: as little as will do."""

    def at(place: int) -> int | None:
        goal.work.spend(1)
        return value_of(rule, {**given, name: place})

    last = at(far)
    if near == far or last is None or not goal.met(last):
        return None
    while abs(far - near) > 1:
        middle = (near + far) // 2
        value = at(middle)
        if value is not None and goal.met(value):
            far, last = middle, value
        else:
            near = middle
    return Move(last, {name: far})


def _veto(rule: Veto, given: Given, goal: Goal) -> Move | None:
    raised = given.get(rule.flag)
    excepted = rule.exception is not None and given.get(rule.exception) is True
    if raised is None:
        return None
    inner = _reach(rule.rule, given, goal)
    if raised and not excepted:
        now = value_of(rule.rule, given)
        if not goal.up or now is None:
            # What was never answered below the veto nobody can know.
            return goal.nearest([Move(0)])
        lifted = Move(now) if goal.met(now) else inner
        return None if lifted is None else Move(lifted.value, {rule.flag: False, **lifted.changes})
    if goal.up:
        return inner
    fallen: dict[str, Value] = {} if raised else {rule.flag: True}
    if rule.exception is not None:
        fallen[rule.exception] = False
    return goal.nearest([inner, Move(0, fallen)])


def _composite(rule: Composite, given: Given, goal: Goal) -> Move | None:
    """Parts may move together, all in the one direction."""
    parts: list[_Part] = []
    for part in rule.parts:
        start = f"{part.key}."
        own = {name.removeprefix(start): held for name, held in given.items() if name.startswith(start)}
        now = value_of(part.rule, own)
        if now is None:
            return None
        parts.append(_Part(start, part.rule, own, now, _steps(part.rule, own, now, goal)))
    # The part with the finest steps goes as far as the others leave it to; those are tried figure by figure.
    parts.sort(key=lambda part: len(part.steps))
    combined = [Move(0)]
    for each in parts[:-1]:
        together: dict[int, Move] = {}
        for before in combined:
            for step in (Move(each.now), *each.steps):
                together.setdefault(before.value + step.value, each.beside(before, step))
        goal.work.spend(len(combined) * (len(each.steps) + 1))
        combined = list(together.values())[:MOST_COMBINED]
    last = parts[-1]
    moves: list[Move] = []
    for before in combined:
        rest = goal.less(before.value)
        found = Move(last.now) if rest.met(last.now) else _reach(last.rule, last.given, rest)
        if found is not None:
            moves.append(last.beside(before, found))
    moves.sort(key=lambda move: len(move.changes))
    return goal.nearest(moves)


@dataclass(frozen=True)
class _Part:
    """``steps`` are the figures it can move to from ``now``, the nearest first."""

    start: str
    rule: Rule
    given: Given
    now: int
    steps: Sequence[Move]

    def beside(self, before: Move, own: Move) -> Move:
        """Another part's move together with one of this part, under the names of the whole rule."""
        named = {f"{self.start}{name}": held for name, held in own.changes.items()}
        return Move(before.value + own.value, {**before.changes, **named})


def _steps(rule: Rule, given: Given, now: int, goal: Goal) -> list[Move]:
    found: list[Move] = []
    while len(found) < MOST_STEPS:
        last = found[-1].value if found else now
        move = _reach(rule, given, Goal(last + 1 if goal.up else last - 1, goal.up, goal.work))
        if move is None:
            break
        found.append(move)
    return found


_WAYS: dict[type[Rule], Callable[[Any, Given, Goal], Move | None]] = {
    AllOrNothing: _all_or_nothing,
    Ordinal: _ordinal,
    FreeValue: _free,
    BandedRange: _banded,
    Deductions: _deductions,
    RangeDeduction: _range_deduction,
    Checklist: _checklist,
    Ratio: _ratio,
    Lateness: _lateness,
    Rating: _rating,
    Veto: _veto,
    Composite: _composite,
}
