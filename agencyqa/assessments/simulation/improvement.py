"""The least change of one criterion that brings a sheet over an edge, found by scoring the changed sheet. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from agencyqa.assessments.simulation.reach import Goal, Move, reach
from agencyqa.scoring import Answers, ArrayResult, Columns, Entered, Program, Scheme, SheetResult
from agencyqa.scoring.arrays import Column, Mask
from agencyqa.scoring.columns import encode_entered
from agencyqa.scoring.vetoes import RAISED

# Figures of one criterion that are tried at once; three or four turns find one among a million.
TRIED_AT_ONCE = 32

# Which of many sheets are over the edge.
Beyond = Callable[[ArrayResult], Mask]


@dataclass(frozen=True)
class ItemChange:
    """What one criterion alone must come to. Figures in units.

    ``needed`` is the figure of the criterion from which on the edge is passed, to the ten-thousandth; None where
    even its best (worst) figure does not pass it. ``move`` is the nearest figure that its rule can give beyond that,
    with the inputs that change; None where the rule gives none, or no way to it is known. ``result`` is the sheet
    after that move, or with the needed figure where there is no move.
    """

    key: str
    counted: int
    best: int
    needed: int | None
    move: Move | None
    is_entered: bool
    result: SheetResult | None

    @property
    def is_possible(self) -> bool:
        return self.needed is not None and (self.is_entered or self.move is not None)

    @property
    def size(self) -> int | None:
        """How many units the criterion moves; None where it cannot."""
        if self.needed is None or not self.is_possible:
            return None
        reached = self.needed if self.move is None else self.move.value
        return abs(reached - self.counted)


def changes_of(
    program: Program, answers: Answers, entered: Entered, beyond: Beyond, *, up: bool
) -> list[ItemChange]:
    """For each criterion of a complete sheet, the easiest first; what no single criterion can do comes last.

    ``beyond`` must not be undone by a further step in the same direction, as no grade is.
    """
    result = program.score(answers, entered)
    counted = {each.key: each.counted or 0 for each in result.criteria}
    ends = {each.key: each.max_points if up else 0 for each in result.criteria}
    needed = _edges(program, answers, entered, beyond, counted, ends)
    found = [
        _item(
            program,
            answers,
            entered,
            beyond,
            each.key,
            counted[each.key],
            ends[each.key],
            needed[each.key],
            up,
        )
        for each in result.criteria
        # What was left out counts nowhere, and assessing it is no improvement of anything.
        if each.state != "left_out" and counted[each.key] != ends[each.key]
    ]
    return sorted(found, key=lambda item: (item.size is None, item.size or 0))


@dataclass(frozen=True)
class VetoChange:
    """The sheet with one veto of the whole sheet lifted, or raised; ``is_beyond`` where that passes the edge."""

    key: str
    result: SheetResult
    is_beyond: bool


def veto_changes(
    program: Program, answers: Answers, entered: Entered, beyond: Beyond, *, up: bool
) -> list[VetoChange]:
    """Every veto that applies, lifted (``up``), or every one that does not, raised."""
    found: list[VetoChange] = []
    for veto, held in zip(program.scheme.vetoes, program.score(answers, entered).vetoes, strict=True):
        if held.applied is None or held.applied is not up:
            continue
        raised: dict[str, bool] = {RAISED: not up}
        if veto.exception is not None:
            raised[veto.exception] = False
        changed = {**answers, veto.key: raised}
        there = beyond(program.score_arrays(program.encode([changed], [entered])))
        found.append(VetoChange(veto.key, program.score(changed, entered), bool(there[0])))
    return found


def grade_beyond(scheme: Scheme, grade: str, *, up: bool) -> Beyond:
    """Whether a sheet's grade is better (worse) than this one."""
    order = sorted(range(len(scheme.grades)), key=lambda number: scheme.grades[number].low)
    worth = np.empty(len(order), dtype=np.int64)
    worth[order] = np.arange(len(order))
    now = worth[next(number for number, band in enumerate(scheme.grades) if band.key == grade)]

    def beyond(result: ArrayResult) -> Mask:
        there: Mask = (
            worth[np.maximum(result.grade, 0)] > now if up else worth[np.maximum(result.grade, 0)] < now
        )
        return there & result.complete

    return beyond


def total_beyond(edge: int, *, up: bool) -> Beyond:
    """Whether a sheet's total is at least (at most) so many units."""

    def beyond(result: ArrayResult) -> Mask:
        there: Mask = result.total >= edge if up else result.total <= edge
        return there & result.complete

    return beyond


def _edges(
    program: Program,
    answers: Answers,
    entered: Entered,
    beyond: Beyond,
    counted: Mapping[str, int],
    ends: Mapping[str, int],
) -> dict[str, int | None]:
    """For each criterion the figure nearest to the present one that passes the edge, all searched side by side.

    A figure that the scorer enters counts as it stands, so every ten-thousandth can be tried.
    """
    # (inside, outside): the present figure does not pass, the end does.
    inside = dict(counted)
    outside: dict[str, int] = {}
    keys = [key for key in counted if counted[key] != ends[key]]
    passed = _try(program, answers, entered, beyond, [(key, ends[key]) for key in keys])
    for key, there in zip(keys, passed, strict=True):
        if there:
            outside[key] = ends[key]
    while open_keys := [key for key in outside if abs(outside[key] - inside[key]) > 1]:
        tries = [(key, figure) for key in open_keys for figure in _between(inside[key], outside[key])]
        passed = _try(program, answers, entered, beyond, tries)
        # From the end inwards, so that the passing figure nearest to the present one is met last.
        for (key, figure), there in reversed(list(zip(tries, passed, strict=True))):
            if there:
                outside[key] = figure
        for (key, figure), there in zip(tries, passed, strict=True):
            if not there and abs(figure - counted[key]) < abs(outside[key] - counted[key]):
                inside[key] = figure
    return {key: outside.get(key) for key in counted}


def _between(inside: int, outside: int) -> list[int]:
    """Figures strictly between, from the inside out."""
    step = 1 if outside > inside else -1
    width = abs(outside - inside)
    parts = min(TRIED_AT_ONCE, width - 1)
    return [inside + step * (width * number // (parts + 1)) for number in range(1, parts + 1)]


def _try(
    program: Program, answers: Answers, entered: Entered, beyond: Beyond, tries: Sequence[tuple[str, int]]
) -> list[bool]:
    """Whether the sheet passes with this figure for this criterion, for each of many tries."""
    if not tries:
        return []
    base = program.encode([answers], [entered])
    size = len(tries)
    rows: dict[str, list[int | None]] = {}
    for row, (key, figure) in enumerate(tries):
        rows.setdefault(key, [entered.get(key)] * size)[row] = figure
    figures = {
        criterion.key: encode_entered(criterion, rows[criterion.key])
        if criterion.key in rows
        else _repeated(base.entered[criterion.key], size)
        for _, criterion in program.scheme.criteria()
    }
    inputs = {
        key: {name: _repeated(column, size) for name, column in held.items()}
        for key, held in base.inputs.items()
    }
    result = program.score_arrays(Columns(size, inputs, figures), criteria=False)
    return [bool(there) for there in beyond(result)]


def _repeated(column: Column, size: int) -> Column:
    missing = None if column.missing is None else np.repeat(column.missing, size)
    return Column(np.repeat(column.values, size), missing)


def _item(
    program: Program,
    answers: Answers,
    entered: Entered,
    beyond: Beyond,
    key: str,
    counted: int,
    best: int,
    needed: int | None,
    up: bool,
) -> ItemChange:
    is_entered = entered.get(key) is not None
    if needed is None:
        return ItemChange(key, counted, best, None, None, is_entered, None)
    if is_entered:
        # The scorer's own figure counts, so the rule's inputs change nothing while it stands.
        return ItemChange(
            key, counted, best, needed, None, True, program.score(answers, {**entered, key: needed})
        )
    rule = next(criterion.rule for _, criterion in program.scheme.criteria() if criterion.key == key)
    given = answers.get(key) or {}
    move = reach(rule, given, Goal(needed, up))
    if move is not None:
        changed = {**answers, key: {**given, **move.changes}}
        after = program.encode([changed], [entered])
        result = program.score(changed, entered)
        # What the engine does not confirm is not told.
        if result.criterion(key).counted == move.value and bool(beyond(program.score_arrays(after))[0]):
            return ItemChange(key, counted, best, needed, move, False, result)
    return ItemChange(
        key, counted, best, needed, None, False, program.score(answers, {**entered, key: needed})
    )
