"""An order of work over blocks of rows: only what is asked for, in buffers that are used again and again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from agencyqa.scoring.arrays import IntArray
from agencyqa.scoring.steps import Block, Instruction, Step

# The buffers of a block together should stay in a processor's cache: more rows at once would wait for memory.
ROWS_AT_ONCE = 65_536


@dataclass(frozen=True)
class Plan:
    """For each part of the sheet its instructions with the buffer each one writes into, -1 for none.

    `results` are the buffers of wanted registers, which nothing else uses: a run lets them lie in its result.
    """

    parts: tuple[tuple[tuple[Instruction, int], ...], ...]
    buffers: int
    results: Mapping[int, int]


def make_plan(
    parts: Sequence[Sequence[Instruction]], wanted: Sequence[int], kept: Sequence[int] = ()
) -> Plan:
    """Leaves out every step that nothing wanted depends on; what checks answers always stays.

    What is `wanted` gets a buffer of its own; what is only `kept` must stay to the end.
    """
    return _Allocation(_needed(parts, {*wanted, *kept}), wanted, kept).plan()


def _needed(parts: Sequence[Sequence[Instruction]], wanted: set[int]) -> list[list[Instruction]]:
    needed = set(wanted)
    kept: list[list[Instruction]] = []
    for part in reversed(parts):
        left: list[Instruction] = []
        for each in reversed(part):
            if each.keeps or each.at in needed:
                needed.update(each.reads)
                left.append(each)
        kept.append(left[::-1])
    return kept[::-1]


class _Allocation:
    """Gives each step a buffer that nothing still needs. Figures that are another one's array share its fate."""

    def __init__(self, parts: list[list[Instruction]], wanted: Sequence[int], kept: Sequence[int]) -> None:
        self._parts = parts
        self._root: dict[int, int] = {}
        for each in self._all():
            if not (isinstance(each, Step) and not each.operation.alias) and each.reads and each.at >= 0:
                self._root[each.at] = self._of(each.reads[0])
        self._last: dict[int, int] = {}
        for moment, each in enumerate(self._all()):
            for register in each.reads:
                self._last[self._of(register)] = moment
        self._asked = wanted
        self._wanted = {self._of(register) for register in wanted}
        self._kept = {self._of(register) for register in kept}
        self._free: list[int] = []
        self._count = 0
        self._held: dict[int, int] = {}
        self._results: dict[int, int] = {}

    def _all(self) -> Iterator[Instruction]:
        for part in self._parts:
            yield from part

    def _of(self, register: int) -> int:
        return self._root.get(register, register)

    def plan(self) -> Plan:
        planned: list[tuple[tuple[Instruction, int], ...]] = []
        moment = 0
        for part in self._parts:
            line: list[tuple[Instruction, int]] = []
            for each in part:
                line.append((each, self._buffer(each, moment)))
                moment += 1
            planned.append(tuple(line))
        results = {
            register: self._results[self._of(register)]
            for register in self._asked
            if self._of(register) in self._results
        }
        return Plan(tuple(planned), self._count, results)

    def _buffer(self, each: Instruction, moment: int) -> int:
        dying = {self._of(r) for r in each.reads if self._last.get(self._of(r)) == moment}
        dying -= self._wanted | self._kept
        takes = isinstance(each, Step) and each.can_buffer
        in_place = isinstance(each, Step) and each.operation.in_place
        if in_place:
            self._release(dying)
        buffer = self._take(each.at) if takes else -1
        if not in_place:
            self._release(dying)
        return buffer

    def _take(self, register: int) -> int:
        if register in self._wanted:
            buffer = self._count
            self._count += 1
            self._results[register] = buffer
            return buffer
        if not self._free:
            self._free.append(self._count)
            self._count += 1
        buffer = self._held[register] = self._free.pop()
        return buffer

    def _release(self, registers: Iterable[int]) -> None:
        for register in registers:
            buffer = self._held.pop(register, None)
            if buffer is not None:
                self._free.append(buffer)


def run_part(part: Sequence[tuple[Instruction, int]], block: Block, buffers: Sequence[IntArray]) -> None:
    for instruction, buffer in part:
        instruction.many(block, buffers[buffer] if buffer >= 0 else None)


def buffers_for(plan: Plan, rows: int) -> list[IntArray]:
    own = set(plan.results.values())
    return [np.empty(0 if number in own else rows, dtype=np.int64) for number in range(plan.buffers)]
