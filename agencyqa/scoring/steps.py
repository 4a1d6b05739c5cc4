"""The instructions of a compiled scheme. Each knows how to run on one sheet and on a block of rows.

Registers hold the figures: for one sheet integers, None where a figure is missing; for a block arrays, with the masks
of what is missing beside them. A figure that is the same in every row stays a plain integer in both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np

from agencyqa.scoring.arrays import Column, IntArray, Mask, all_inside, as_array, either, fits_int64
from agencyqa.scoring.inputs import InputSpec, reader_of
from agencyqa.scoring.operations import Operation
from agencyqa.scoring.results import Issue, State

Row = list["int | None"]


class Num(NamedTuple):
    """A figure of the program: its register, its proven limits, and where a trace says it comes from.

    `outside` is the register of the flag that says whether an input left its own limits.
    """

    at: int
    low: int
    high: int
    source: tuple[str, str | int]
    outside: int | None = None


@dataclass(slots=True)
class Findings:
    """What one criterion of one sheet leaves behind. `figure` is what the scorer entered beside the answers."""

    given: Mapping[str, Any]
    figure: Any = None
    invalid: bool = False
    issues: list[Issue] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    state: State = "ok"
    computed: int | None = None
    entered: int | None = None
    counted: int | None = None

    def fault(self, code: str, name: str, params: Mapping[str, Any]) -> None:
        """The first fault of an input is the telling one."""
        self.invalid = True
        if all(issue.input != name for issue in self.issues):
            self.issues.append(Issue(code, name, params))


class Verdict(NamedTuple):
    """One criterion over a block of rows, for those who ask for the figures of single criteria."""

    computed: IntArray
    counted: IntArray
    missing: Mask | None
    invalid: Mask | None
    left_out: Mask | None


class Block:
    """Some rows of many sheets on their way through the program."""

    def __init__(self, registers: Sequence[Any], size: int) -> None:
        self.size = size
        self.values: list[Any] = list(registers)
        self.missing: list[Mask | None] = [None] * len(registers)
        self.inputs: Mapping[str, Column] = {}
        self.entered: Column | None = None
        self.verdict: Verdict | None = None
        self.invalid: Mask | None = None

    def fault(self, where: Mask) -> None:
        self.invalid = where if self.invalid is None else self.invalid | where


class Instruction(Protocol):
    """`reads` and `at` are registers. What has an effect beyond its register must stay (`keeps`)."""

    at: int
    reads: tuple[int, ...]
    keeps: bool

    def one(self, row: Row, findings: Findings) -> None: ...

    def many(self, block: Block, out: IntArray | None = None) -> None: ...


class Step:
    """An operation; where an argument is missing, so is the result."""

    keeps = False

    def __init__(
        self, operation: Operation, args: tuple[Num, ...], result: Num, *, wide: bool, note: StepNote | None
    ) -> None:
        self.operation, self.args, self.result, self.wide, self.note = operation, args, result, wide, note
        self.at = result.at
        self.reads: tuple[int, ...] = tuple(arg.at for arg in args)
        self._is_narrow = fits_int64(result.low, result.high)

    @property
    def can_buffer(self) -> bool:
        return not self.wide and self._is_narrow and not self.operation.alias

    def one(self, row: Row, findings: Findings) -> None:
        values = [row[at] for at in self.reads]
        row[self.at] = None if None in values else self.operation.ints(*values)

    def many(self, block: Block, out: IntArray | None = None) -> None:
        values = [block.values[at] for at in self.reads]
        if all(type(value) is int for value in values):
            block.values[self.at] = self.operation.ints(*values)
        else:
            block.values[self.at] = self._computed(values, out)
        block.missing[self.at] = self.missing_in(block)

    def missing_in(self, block: Block) -> Mask | None:
        return either(*(block.missing[at] for at in self.reads))

    def _computed(self, values: list[Any], out: IntArray | None) -> Any:
        if self.operation.alias:
            return values[0]
        if self.wide:
            values = [v if type(v) is int else as_array(v, wide=True) for v in values]
        result = self.operation.arrays(values, out)
        return as_array(result, wide=False) if self.wide and self._is_narrow else result

    def shown_args(self, row: Row) -> list[tuple[tuple[str, str | int], int | None]]:
        """Source and value of each argument, for the trace."""
        return [(arg.source, row[arg.at]) for arg in self.args]


class StepNote(NamedTuple):
    """How a step appears in a trace."""

    code: str
    path: str
    extra: Mapping[str, int] = {}


class Pick(Step):
    """The trace shows beside the choice the parameter that it picked."""

    refs: Sequence[tuple[str, int]] = ()

    def shown_args(self, row: Row) -> list[tuple[tuple[str, str | int], int | None]]:
        chosen = row[self.args[0].at]
        ref, value = ("", None) if chosen is None else self.refs[chosen]
        return [*super().shown_args(row), (("param", ref), value)]


class Cancel(Step):
    """0 where the flag (second) is 1; a cancelled figure may be missing."""

    def one(self, row: Row, findings: Findings) -> None:
        flag = row[self.reads[1]]
        row[self.at] = None if flag is None else 0 if flag else row[self.reads[0]]

    def missing_in(self, block: Block) -> Mask | None:
        figure, flag = self.reads
        missing = block.missing[flag]
        if block.missing[figure] is None:
            return missing
        return either(missing, block.missing[figure] & (block.values[flag] != 1))


class Unless(Step):
    """1 where the flag is 1 and the exception (second) 0; the exception may be missing where the flag is 0."""

    def one(self, row: Row, findings: Findings) -> None:
        flag, exception = (row[at] for at in self.reads)
        row[self.at] = flag if not flag else None if exception is None else 1 - exception

    def missing_in(self, block: Block) -> Mask | None:
        flag, exception = self.reads
        missing = block.missing[flag]
        if block.missing[exception] is None:
            return missing
        return either(missing, block.missing[exception] & (block.values[flag] == 1))


class Only(Step):
    """The figure where the flag (second) is 1, missing elsewhere."""

    def one(self, row: Row, findings: Findings) -> None:
        row[self.at] = row[self.reads[0]] if row[self.reads[1]] else None

    def missing_in(self, block: Block) -> Mask | None:
        flag = block.values[self.reads[1]]
        off = np.full(block.size, flag != 1) if type(flag) is int else flag != 1
        return either(block.missing[self.reads[0]], block.missing[self.reads[1]], off if off.any() else None)


class OrZero(Step):
    """The figure, 0 where it is missing."""

    def one(self, row: Row, findings: Findings) -> None:
        row[self.at] = row[self.reads[0]] or 0

    def many(self, block: Block, out: IntArray | None = None) -> None:
        figure, missing = block.values[self.reads[0]], block.missing[self.reads[0]]
        block.values[self.at] = figure if missing is None else np.where(missing, 0, figure)


class Load:
    """An input, held inside its limits; what left them is a fault.

    With `own_check` the rule itself looks at the limits, by `outside`, because it has better figures to tell.
    """

    keeps = True
    reads: tuple[int, ...] = ()

    def __init__(self, spec: InputSpec, result: Num, *, own_check: bool) -> None:
        self.spec, self.at, self.outside, self.own_check = spec, result.at, result.outside, own_check
        self._wide = not fits_int64(spec.low, spec.high)
        self._read = reader_of(spec)

    def one(self, row: Row, findings: Findings) -> None:
        spec = self.spec
        answer = findings.given.get(spec.name)
        if answer is None:
            findings.empty.append(spec.name)
            row[self.at] = None
            return
        code = self._read(answer)
        if code is None:
            kind = "unknown_choice" if spec.type == "choice" else f"malformed_{spec.type}"
            findings.fault(kind, spec.name, _choices(spec))
        elif not spec.low <= code <= spec.high:
            if self.outside is not None:
                row[self.outside] = 1
            else:
                findings.fault("out_of_range", spec.name, {"low": spec.low, "high": spec.high})
            code = min(max(code, spec.low), spec.high)
        elif spec.step > 1 and code % spec.step:
            findings.fault("off_step", spec.name, {"step": spec.step})
        row[self.at] = code

    def many(self, block: Block, out: IntArray | None = None) -> None:
        spec = self.spec
        column = block.inputs[spec.name]
        values, missing = column.values, column.missing
        if column.malformed is not None:
            block.fault(column.malformed)
            missing = either(missing, column.malformed)
        outside: Mask | None = None
        # Almost always everything is inside, and two extremes tell that faster than two masks.
        if values.size and not all_inside(values, spec.low, spec.high):
            outside = (values < spec.low) | (values > spec.high)
            if missing is not None:
                outside &= ~missing
            # A missing cell carries 0, which may lie outside the limits the proof relies on.
            values = np.clip(values, spec.low, spec.high)
        if spec.step > 1:
            self._check_step(values, either(missing, outside), block)
        if outside is not None and outside.any():
            if self.outside is not None:
                block.values[self.outside] = outside
            else:
                block.fault(outside)
        block.values[self.at] = as_array(values, wide=self._wide)
        block.missing[self.at] = missing

    def _check_step(self, values: IntArray, dark: Mask | None, block: Block) -> None:
        # Dividing by one number and multiplying back is several times faster than asking for the rest.
        step = self.spec.step
        uneven = values // step * step != values
        if dark is not None:
            uneven &= ~dark
        if uneven.any():
            block.fault(uneven)


class Check:
    """Faults the input where the flag is 0 or it left its limits; without a flag only for its limits."""

    keeps = True
    at = -1

    def __init__(self, code: str, name: str, number: Num, holds: Num | None, params: Params) -> None:
        self.code, self.name, self.params = code, name, params
        self.reads: tuple[int, ...] = (number.at,) if holds is None else (number.at, holds.at)
        self._outside = number.outside

    def one(self, row: Row, findings: Findings) -> None:
        holds = row[self.reads[-1]]
        if holds is None:
            return
        if (self._outside is not None and row[self._outside]) or not (holds or len(self.reads) == 1):
            findings.fault(self.code, self.name, self.params(row))

    def many(self, block: Block, out: IntArray | None = None) -> None:
        bad: Any = None if self._outside is None else block.values[self._outside]
        if type(bad) is int:
            bad = None
        if len(self.reads) == 2:
            holds = block.values[self.reads[1]]
            if not holds.all():
                bad = either(bad, ~holds.astype(bool))
        if bad is None:
            return
        dark = either(*(block.missing[at] for at in self.reads))
        if dark is not None:
            bad = bad & ~dark
        if bad.any():
            block.fault(bad)


class Excuse:
    """Where the flag has the value, these inputs do not matter, so their being empty is no fault."""

    keeps = True
    at = -1

    def __init__(self, flag: Num, value: int, names: Sequence[str]) -> None:
        self.reads: tuple[int, ...] = (flag.at,)
        self._value, self._names = value, frozenset(names)

    def one(self, row: Row, findings: Findings) -> None:
        if findings.empty and row[self.reads[0]] == self._value:
            findings.empty = [name for name in findings.empty if name not in self._names]

    def many(self, block: Block, out: IntArray | None = None) -> None:
        """Which inputs are empty is told of single sheets only."""


Params = Callable[[Row], Mapping[str, Any]]


def _choices(spec: InputSpec) -> dict[str, Any]:
    return {"choices": [choice.key for choice in spec.choices]} if spec.choices else {}
