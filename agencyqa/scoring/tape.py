"""The language all rules are written in: figures with limits and the steps between them.

A rule is written once, as operations on a tape. Writing them proves the limits of every step; the instructions that
come of it then score one sheet in plain integers and a million in arrays, and tell the trace what was done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agencyqa.scoring import operations as op
from agencyqa.scoring.arrays import fits_int64
from agencyqa.scoring.inputs import InputSpec
from agencyqa.scoring.operations import Operation
from agencyqa.scoring.steps import (
    Cancel,
    Check,
    Excuse,
    Instruction,
    Load,
    Num,
    Only,
    OrZero,
    Params,
    Pick,
    Row,
    Step,
    StepNote,
    Unless,
)
from agencyqa.scoring.units import SCALE


@dataclass
class Segment:
    """The instructions of one criterion, in order, and what explains them."""

    registers: list[Any] = field(default_factory=list)
    instructions: list[Instruction] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    explanations: list[tuple[str, Callable[[Sight], None]]] = field(default_factory=list)
    wide_steps: int = 0
    # The flag that says whether an answer leaves the whole criterion out.
    left_out: Num | None = None


class Sight:
    """What an explanation may look at: the figures of one sheet."""

    def __init__(self, row: Row, path: str, notes: list[dict[str, Any]]) -> None:
        self._row, self._path, self._notes = row, path, notes

    def value(self, number: Num) -> int | None:
        return self._row[number.at]

    def note(self, code: str, **params: int | str | None) -> None:
        self._notes.append({"code": code, "path": self._path, "params": params})


class Tape:
    def __init__(self, segment: Segment | None = None, path: str = "") -> None:
        self.segment = Segment() if segment is None else segment
        self._path = path

    def at(self, key: str) -> Tape:
        """The same tape for a named part: its input names and places start with the key."""
        return Tape(self.segment, self.full(key))

    def full(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    # Leaves

    def param(self, ref: str, value: int) -> Num:
        return Num(self.register(value), value, value, ("param", ref))

    def input(self, spec: InputSpec, *, own_check: bool = False) -> Num:
        """An answer. With `own_check` the rule itself reports values outside the limits, by `require`."""
        held = spec.under(self._path) if self._path else spec
        outside = self.register(0) if own_check else None
        number = Num(self.register(None), spec.low, spec.high, ("input", held.name), outside)
        self.segment.instructions.append(Load(held, number, own_check=own_check))
        return number

    # Steps; without a code they are no steps of the trace.

    def add(self, code: str | None, numbers: Sequence[Num]) -> Num:
        low, high = sum(n.low for n in numbers), sum(n.high for n in numbers)
        # Partial sums must fit as well: each is bounded by the sums of the magnitudes.
        reach = sum(max(abs(n.low), abs(n.high)) for n in numbers)
        wide = not fits_int64(-reach, reach)
        return self._step(code, op.adding(len(numbers)), numbers, low, high, wide=wide)

    def sub(self, code: str | None, a: Num, b: Num) -> Num:
        return self._step(code, op.SUB, (a, b), a.low - b.high, a.high - b.low)

    def mul(self, code: str | None, a: Num, b: Num) -> Num:
        corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
        return self._step(code, op.MUL, (a, b), min(corners), max(corners))

    def least(self, code: str | None, a: Num, b: Num) -> Num:
        return self._step(code, op.MIN, (a, b), min(a.low, b.low), min(a.high, b.high))

    def greatest(self, code: str | None, a: Num, b: Num) -> Num:
        return self._step(code, op.MAX, (a, b), max(a.low, b.low), max(a.high, b.high))

    def take(self, code: str | None, number: Num) -> Num:
        """The figure as it was given; a step of its own, so that each result has a step behind it."""
        return self._step(code, op.TAKE, (number,), number.low, number.high)

    def beside(self, number: Num, *others: Num) -> Num:
        """The same figure, but missing wherever another one is, because alone it means nothing."""
        paired = self._step(None, op.TAKE, (number, *others), number.low, number.high, wide=False)
        return paired._replace(source=number.source, outside=number.outside)

    def pick(self, code: str | None, choice: Num, options: Sequence[tuple[str, int]]) -> Num:
        """The figure that belongs to the choice; `options` are (parameter reference, value) in order."""
        figures = [value for _, value in options]
        low, high = min(figures), max(figures)
        picked = self._step(code, op.picking(figures), (choice,), low, high, kind=Pick)
        step = self.segment.instructions[-1]
        assert isinstance(step, Pick)
        step.refs = options
        return picked

    def cancel(self, code: str | None, inner: Num, flag: Num) -> Num:
        """0 where the flag is 1, else the inner figure; a cancelled figure may be missing."""
        low, high = min(0, inner.low), max(0, inner.high)
        return self._step(code, op.CANCEL, (inner, flag), low, high, kind=Cancel)

    def unless(self, code: str | None, flag: Num, exception: Num) -> Num:
        """1 where the flag is 1 and the exception 0; the exception may be missing where the flag is 0."""
        return self._step(code, op.UNLESS, (flag, exception), 0, 1, kind=Unless)

    def quotient(self, code: str | None, a: Num, b: Num, unit: int, instead: Num) -> Num:
        """a / b, half-up to a multiple of the unit, both never negative; `instead` where b is 0."""
        least = max(1, b.low)
        high = max((2 * a.high + least * unit) // (2 * least * unit) * unit, instead.high)
        wide = not fits_int64(0, max(2 * a.high + b.high * unit, 2 * b.high * unit, high))
        args = (a, b, instead)
        return self._step(code, op.quotient(unit), args, 0, high, wide=wide, extra={"unit": unit})

    def to_step(self, code: str | None, a: Num, step: Num) -> Num:
        """Half-up to a multiple of the step, which is a parameter."""
        size = step.low
        low, high = ((2 * edge + size) // (2 * size) * size for edge in (a.low, a.high))
        # The figure is doubled on the way, and no multiple next to it lies further out than that.
        wide = not fits_int64(2 * a.low, 2 * a.high + size)
        return self._step(code, op.to_step(size), (a, step), low, high, wide=wide)

    def bracket(self, code: str | None, amount: Num, edges: Sequence[Num]) -> Num:
        """The position of the last of the rising edges that the amount has reached; the first is 0."""
        operation = op.bracket([edge.low for edge in edges])
        return self._step(code, operation, (amount, *edges), 0, len(edges) - 1)

    def reaches(self, code: str | None, count: Num, multiple: Num, limit: Num, *, at: bool) -> Num:
        """1 where the count is over the multiple (ten-thousandths) of the limit, or with `at` exactly there."""
        wide = not fits_int64(0, max(multiple.high * limit.high, count.high * SCALE))
        return self._step(code, op.reached(at=at), (count, multiple, limit), 0, 1, wide=wide)

    # Flags

    def within(self, number: Num, low: int, high: int) -> Num:
        return self._step(None, op.within(low, high), (number,), 0, 1)

    def between(self, number: Num, low: Num, high: Num) -> Num:
        return self._step(None, op.BETWEEN, (number, low, high), 0, 1)

    def any_of(self, a: Num, b: Num) -> Num:
        return self._step(None, op.ANY_OF, (a, b), 0, 1)

    def at_least(self, number: Num, low: int) -> Num:
        return self._step(None, op.at_least(low), (number,), 0, 1)

    def only(self, number: Num, flag: Num) -> Num:
        """The figure where the flag is 1, missing elsewhere."""
        return self._step(None, op.ONLY, (number, flag), number.low, number.high, wide=False, kind=Only)

    def or_zero(self, number: Num) -> Num:
        """The figure, 0 where it is missing."""
        return self._step(None, op.TAKE, (number,), min(0, number.low), max(0, number.high), kind=OrZero)

    # Findings

    def require(
        self, code: str, number: Num, holds: Num, params: Mapping[str, Any] | Params | None = None
    ) -> None:
        """Faults the input of the number where the flag is 0, or where the input left its limits altogether."""
        tell = params if callable(params) else _constant(dict(params or {}))
        self._check(Check(code, str(number.source[1]), number, holds, tell))

    def check_limits(self, number: Num, spec: InputSpec) -> None:
        """What `input` does by itself without own_check; call it after the more telling checks."""
        limits = {"low": spec.low, "high": spec.high}
        self._check(Check("out_of_range", str(number.source[1]), number, None, _constant(limits)))

    def _check(self, check: Check) -> None:
        self.segment.instructions.append(check)

    def excuse(self, flag: Num, value: int, names: Sequence[str]) -> None:
        """Where the flag has the value, these inputs do not matter: their being empty is no fault."""
        self.segment.instructions.append(Excuse(flag, value, [self.full(name) for name in names]))

    @property
    def left_out(self) -> Num | None:
        return self.segment.left_out

    def leave_out(self, flag: Num) -> None:
        """The whole criterion is left out of the sheet where the flag is 1."""
        self.segment.left_out = flag

    def explain(self, tell: Callable[[Sight], None]) -> None:
        """Called when the trace of one sheet is written, to note what an expert would say about it."""
        self.segment.explanations.append((self._path, tell))

    # The making of steps

    def register(self, value: int | None) -> int:
        self.segment.registers.append(value)
        return len(self.segment.registers) - 1

    def _step(
        self,
        code: str | None,
        operation: Operation,
        args: Sequence[Num],
        low: int,
        high: int,
        *,
        wide: bool | None = None,
        kind: type[Step] = Step,
        extra: Mapping[str, int] | None = None,
    ) -> Num:
        """`wide`: whether Python integers are needed; by default for the result or an argument beyond 64 bits."""
        if wide is None:
            wide = not (fits_int64(low, high) and all(fits_int64(n.low, n.high) for n in args))
        segment = self.segment
        result = Num(self.register(None), low, high, ("step", len(segment.steps)))
        note = None if code is None else StepNote(code, self._path, extra or {})
        step = kind(operation, tuple(args), result, wide=wide, note=note)
        segment.instructions.append(step)
        segment.wide_steps += wide
        if note is not None:
            segment.steps.append(step)
        return result


def _constant(params: dict[str, Any]) -> Params:
    return lambda row: params
