"""Any number of sheets, a block of rows after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from agencyqa.scoring.arrays import INT64_HIGH, IntArray, Mask, as_array, either, fits_int64
from agencyqa.scoring.assembly import Maximum, SchemeCode, SumCode
from agencyqa.scoring.columns import Columns
from agencyqa.scoring.grades import edges, least_totals
from agencyqa.scoring.joined import Joined
from agencyqa.scoring.plans import Plan, buffers_for, make_plan, run_part
from agencyqa.scoring.results import ArrayResult
from agencyqa.scoring.scheme import Scheme
from agencyqa.scoring.steps import Block, Instruction, Num

MOST_IN_A_BYTE = 127

# The groups of figures that come with a mask of where they are complete, and the group of that mask.
COMPLETED = {"section": "section complete", "measure": "measure complete", "sum": "complete"}


class ManySheets:
    def __init__(self, scheme: Scheme, code: SchemeCode) -> None:
        self._scheme, self._code = scheme, code
        # The part up to the verdict on a criterion, whose figures are kept before later steps reuse their buffers,
        # and the part that adds it to sums.
        self._segments: list[tuple[str, Sequence[Instruction]]] = []
        for each in code.criteria:
            instructions = each.segment.instructions
            end = instructions.index(each.judge) + 1
            self._segments += [(each.criterion.key, instructions[:end]), ("", instructions[end:])]
        self._segments += [(held.veto.key, held.segment.instructions) for held in code.vetoes]
        self._keys = [each.criterion.key for each in code.criteria]
        self._grades = sorted(range(len(scheme.grades)), key=lambda n: scheme.grades[n].low)
        self._rising = [scheme.grades[number].key for number in self._grades]
        self._edges = edges(scheme.grades, scheme.rounding)
        self._least_totals = least_totals(scheme.grades, scheme.rounding, scheme.max_points)

    def score(self, columns: Columns, *, criteria: bool, rows_at_once: int) -> ArrayResult:
        size = columns.size
        plan = self._whole_plan if criteria else self._sums_plan
        buffers = buffers_for(plan, min(size, rows_at_once))
        joined = Joined(size)
        # Without rows there is still a result with every key.
        for start in range(0, max(size, 1), rows_at_once):
            rows = slice(start, min(start + rows_at_once, size))
            self._score_rows(plan, buffers, columns.rows(rows), rows, joined, criteria=criteria)
        keys = self._keys if criteria else []
        return ArrayResult(
            size=size,
            computed=joined.group("computed"),
            entered={key: column.values for key, column in columns.entered.items()},
            counted=joined.group("counted"),
            ok=joined.masks("ok", keys, usual=True),
            missing=joined.masks("missing", keys, usual=False),
            invalid=joined.masks("invalid", keys, usual=False),
            sections=joined.sums("section", [each.key for each in self._code.sections]),
            measures=joined.sums("measure", [each.key for each in self._code.measures]),
            total=joined.array("sum", "total"),
            complete=joined.array("complete", "total"),
            grade=joined.array("grade", ""),
            left_out=joined.masks("left_out", keys, usual=False),
            contribution=joined.group("contribution"),
            section_max=self._maxima(joined, "section_max", self._code.sections),
            measure_max=self._maxima(joined, "measure_max", self._code.measures),
            assessed_max=self._maximum(joined, "assessed", "", self._code.assessed),
        )

    # What is worked out, and where it goes

    @cached_property
    def _sums_plan(self) -> Plan:
        return self._plan(self._wanted(criteria=False))

    @cached_property
    def _whole_plan(self) -> Plan:
        return self._plan(self._wanted(criteria=True))

    def _wanted(self, *, criteria: bool) -> list[tuple[str, str, Num]]:
        each_one = [("contribution", each.criterion.key, each.gives) for each in self._code.criteria]
        return [*self._sums(), *(each_one if criteria else ())]

    def _plan(self, wanted: Sequence[tuple[str, str, Num]]) -> Plan:
        parts = [instructions for _, instructions in self._segments]
        rulings = [each.applies.at for each in self._code.vetoes]
        registers = [number.at for _, _, number in wanted]
        return make_plan([*parts, self._code.end.instructions], registers, rulings)

    def _sums(self) -> list[tuple[str, str, Num]]:
        """Group, key and register of every figure of the result that belongs to the whole sheet."""
        code = self._code
        found = [("section", each.key, each.total) for each in code.sections]
        found += [("measure", each.key, each.total) for each in code.measures]
        found.append(("sum", "total", code.total))
        moving: list[tuple[str, str, Maximum]] = [("assessed", "", code.assessed)]
        moving += [("section_max", each.key, each.maximum) for each in code.sections]
        moving += [("measure_max", each.key, each.maximum) for each in code.measures]
        found += [(group, key, number) for group, key, number in moving if isinstance(number, Num)]
        return found

    def _score_rows(
        self,
        plan: Plan,
        buffers: list[IntArray],
        columns: Columns,
        rows: slice,
        joined: Joined,
        *,
        criteria: bool,
    ) -> None:
        size = columns.size
        block = Block(self._code.registers, size)
        buffers = [buffer[:size] for buffer in buffers]
        bound: set[int] = set()
        for group, key, number in self._wanted(criteria=criteria):
            buffer = plan.results.get(number.at)
            if buffer is not None and buffer not in bound:
                # What ends up in the result is written there at once.
                buffers[buffer] = joined.rows(group, key, rows)
                bound.add(buffer)
        for (key, _), part in zip(self._segments, plan.parts, strict=False):
            block.inputs, block.entered = columns.inputs.get(key, {}), columns.entered.get(key)
            run_part(part, block, buffers)
            if criteria and key in columns.entered:
                _keep(block, key, rows, joined)
        run_part(plan.parts[-1], block, buffers)
        wanted = self._wanted(criteria=criteria)
        # Results can share an array until each has its own copy; only then may what is missing be made 0.
        held = [_put(block, number, joined, group, key, rows) for group, key, number in wanted]
        for (group, key, number), values in zip(wanted, held, strict=True):
            missing = block.missing[number.at]
            if missing is not None:
                values[missing] = 0
            if group in COMPLETED:
                complete = joined.rows(COMPLETED[group], key, rows, mask=True)
                complete[...] = True if missing is None else ~missing
            if group == "sum":
                joined.rows("grade", "", rows)[...] = self._grade_numbers(block, values, missing)

    # Grades

    def _grade_numbers(self, block: Block, total: IntArray, missing: Mask | None) -> Any:
        """Positions in the scheme's grades, found by adding up how the position moves with each edge reached."""
        if not self._grades:
            return -1
        order = np.array(self._grades, dtype=np.int16)
        reached = self._reached(block, total)
        caps = [each for each in self._code.vetoes if each.veto.caps_grade is not None]
        if caps or len(order) > MOST_IN_A_BYTE:
            rank = sum((mask.astype(np.int16) for mask in reached), np.zeros(total.shape, dtype=np.int16))
            for each in caps:
                cap = next(n for n, key in enumerate(self._rising) if key == each.veto.caps_grade)
                rank = np.where((block.values[each.applies.at] == 1) & (rank > cap), cap, rank)
            numbers = order[rank]
        else:
            # Steps between positions fit one byte, in which masks can be read without turning them into numbers.
            numbers = np.full(total.shape, order[0], dtype=np.int8)
            for mask, move in zip(reached, np.diff(order.astype(np.int8)), strict=True):
                numbers += mask.view(np.int8) * move
        return numbers if missing is None else np.where(missing, -1, numbers)

    def _reached(self, block: Block, total: IntArray) -> Iterator[Mask]:
        """For each band above the lowest which totals reach it, exactly as grade_for decides."""
        assessed = self._code.assessed
        maximum: Any = assessed if isinstance(assessed, int) else block.values[assessed.at]
        if type(maximum) is int:
            for least in self._least_totals[1:]:
                # No total of 64 bits reaches what lies beyond them.
                in_reach = least <= INT64_HIGH or total.dtype == np.dtype(object)
                yield total >= least if in_reach else np.zeros(total.shape, dtype=bool)
            return
        for edge in self._edges[1:]:
            most = max(
                self._scheme.max_points * edge.numerator, self._code.total.high * edge.denominator * 100
            )
            wide = not fits_int64(0, most)
            left = as_array(total, wide=wide) * (edge.denominator * 100)
            yield left >= as_array(maximum, wide=wide) * edge.numerator

    # Maxima

    def _maxima(self, joined: Joined, group: str, sums: Sequence[SumCode]) -> Mapping[str, IntArray]:
        return {each.key: self._maximum(joined, group, each.key, each.maximum) for each in sums}

    def _maximum(self, joined: Joined, group: str, key: str, maximum: Maximum) -> IntArray:
        if isinstance(maximum, Num):
            return joined.array(group, key)
        dtype = np.int64 if fits_int64(maximum, maximum) else object
        return np.broadcast_to(np.array(maximum, dtype=dtype), (joined.size,))


def _put(block: Block, number: Num, joined: Joined, group: str, key: str, rows: slice) -> IntArray:
    """The rows of the result that hold a figure; most figures have been written there already."""
    held = joined.rows(group, key, rows, wide=not fits_int64(number.low, number.high))
    values = block.values[number.at]
    if not (isinstance(values, np.ndarray) and np.shares_memory(values, held)):
        held[...] = values
    return held


def _keep(block: Block, key: str, rows: slice, joined: Joined) -> None:
    verdict = block.verdict
    assert verdict is not None
    for group, values in (("computed", verdict.computed), ("counted", verdict.counted)):
        joined.rows(group, key, rows, wide=values.dtype == np.dtype(object))[...] = values
    joined.mark("missing", key, rows, verdict.missing)
    joined.mark("invalid", key, rows, verdict.invalid)
    joined.mark("left_out", key, rows, verdict.left_out)
    dark = either(verdict.missing, verdict.invalid, verdict.left_out)
    joined.mark("ok", key, rows, None if dark is None else ~dark)
