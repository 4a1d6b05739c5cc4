"""The arithmetic all rules are written in: integer arrays that carry their limits and their missing cells.

A rule is written once, as operations on a tape, and the tape is run in three ways:
with arrays of no rows to prove the limits of every step, with a million rows to score, and with one row to
write down each step for the trace. The proof and the trace can therefore not differ from the scoring.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agencyqa.scoring.inputs import InputSpec
from agencyqa.scoring.units import SCALE

IntArray = NDArray[Any]
Mask = NDArray[np.bool_]

INT64_LOW = -(2**63)
INT64_HIGH = 2**63 - 1


def fits_int64(low: int, high: int) -> bool:
    return low >= INT64_LOW and high <= INT64_HIGH


def as_array(values: IntArray, *, wide: bool) -> IntArray:
    """The same integers as Python integers (wide) or as int64."""
    wanted = np.dtype(object) if wide else np.dtype(np.int64)
    return values if values.dtype == wanted else values.astype(wanted)


def either(*masks: Mask | None) -> Mask | None:
    """True where any mask is; None stands for a mask that is nowhere true."""
    known = [mask for mask in masks if mask is not None]
    if not known:
        return None
    result = known[0]
    for mask in known[1:]:
        result = result | mask
    return result


# Named tuples, because one sheet makes hundreds of them and a frozen dataclass takes three times as long to make.
class Column(NamedTuple):
    """One input of many sheets. Where `missing` or `malformed` is true the value means nothing (it is 0)."""

    values: IntArray
    missing: Mask | None = None
    malformed: Mask | None = None

    def rows(self, part: slice) -> Column:
        return Column(
            self.values[part],
            None if self.missing is None else self.missing[part],
            None if self.malformed is None else self.malformed[part],
        )


class Num(NamedTuple):
    """An array of exact integers with proven limits. `outside` marks inputs that left their own limits."""

    values: IntArray
    low: int
    high: int
    source: tuple[str, str | int]
    missing: Mask | None = None
    outside: Mask | None = None

    def one(self) -> int | None:
        """The value of the only row, None when it is missing."""
        if self.missing is not None and bool(self.missing.flat[0]):
            return None
        return int(self.values.flat[0])

    def beside(self, other: Num) -> Num:
        """The same figure, but missing wherever the other one is, because alone it means nothing."""
        return self._replace(missing=either(self.missing, other.missing))


@dataclass
class Record:
    """What one criterion leaves behind: where it is at fault, when recording also which inputs are, when explaining
    also every step with its notes."""

    size: int
    recording: bool
    explaining: bool
    invalid: Mask | None = None
    wide_steps: int = 0
    steps: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)


class Tape:
    def __init__(
        self,
        columns: Mapping[str, Column],
        size: int,
        *,
        recording: bool = False,
        explaining: bool = False,
        path: str = "",
    ) -> None:
        self._columns = columns
        self._path = path
        self.record = Record(size, recording, explaining)

    @property
    def recording(self) -> bool:
        """Whether one sheet is scored, whose faulty inputs are named."""
        return self.record.recording

    @property
    def explaining(self) -> bool:
        """Whether every step and note of one sheet is written down as well."""
        return self.record.explaining

    def at(self, key: str) -> Tape:
        """The same tape for a named part: its input names and places start with the key."""
        child = Tape(self._columns, self.record.size, path=self.full(key))
        child.record = self.record
        return child

    def full(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    # Leaves

    def param(self, ref: str, value: int) -> Num:
        wide = not fits_int64(value, value)
        return Num(np.array(value, dtype=object if wide else np.int64), value, value, ("param", ref))

    def input(self, spec: InputSpec, *, own_check: bool = False) -> Num:
        """The column of an input, held inside its limits; what left them is marked invalid.

        With `own_check` the rule itself reports values outside the limits, by `check`, with better figures.
        """
        name = self.full(spec.name)
        column = self._columns[name]
        values, missing = column.values, column.missing
        if column.malformed is not None:
            self._fault(
                f"malformed_{spec.type}" if spec.type != "choice" else "unknown_choice",
                name,
                column.malformed,
                {"choices": [choice.key for choice in spec.choices]} if spec.choices else {},
            )
            missing = either(missing, column.malformed)
        elif missing is not None and self.recording and bool(missing.flat[0]):
            self.record.empty.append(name)
        outside: Mask | None = None
        # Almost always everything is inside, and two extremes tell that faster than two masks.
        if values.size and not _all_inside(values, spec.low, spec.high):
            outside = (values < spec.low) | (values > spec.high)
            if missing is not None:
                outside &= ~missing
            if not outside.any():
                outside = None
            # A missing cell carries 0, which may lie outside the limits the proof relies on.
            values = np.clip(values, spec.low, spec.high)
        if spec.step > 1:
            # Dividing by one number and multiplying back is several times faster than asking for the rest.
            uneven = values // spec.step * spec.step != values
            dark = either(missing, outside)
            uneven = uneven if dark is None else uneven & ~dark
            if uneven.any():
                self._fault("off_step", name, uneven, {"step": spec.step})
        values = as_array(values, wide=not fits_int64(spec.low, spec.high))
        number = Num(values, spec.low, spec.high, ("input", name), missing, outside)
        if not own_check:
            self.check_limits(number, spec)
        return number

    # Steps

    def add(self, code: str, numbers: Sequence[Num]) -> Num:
        low, high = sum(n.low for n in numbers), sum(n.high for n in numbers)
        # Partial sums must fit as well: each is bounded by the sums of the magnitudes.
        reach = sum(max(abs(n.low), abs(n.high)) for n in numbers)
        wide = not fits_int64(-reach, reach)
        total = as_array(numbers[0].values, wide=wide)
        for place, number in enumerate(numbers[1:]):
            values = as_array(number.values, wide=wide)
            if place and total.shape:
                # From the second addition on the sum is an array of our own.
                total += values
            else:
                total = total + values
        return self._step(code, "add", numbers, total, low, high, wide)

    def sub(self, code: str, a: Num, b: Num) -> Num:
        low, high = a.low - b.high, a.high - b.low
        wide = _is_wide((a, b), low, high)
        values = as_array(a.values, wide=wide) - as_array(b.values, wide=wide)
        return self._step(code, "sub", (a, b), values, low, high, wide)

    def mul(self, code: str, a: Num, b: Num) -> Num:
        corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
        low, high = min(corners), max(corners)
        wide = _is_wide((a, b), low, high)
        values = as_array(a.values, wide=wide) * as_array(b.values, wide=wide)
        return self._step(code, "mul", (a, b), values, low, high, wide)

    def least(self, code: str, a: Num, b: Num) -> Num:
        low, high = min(a.low, b.low), min(a.high, b.high)
        wide = _is_wide((a, b), low, high)
        values = np.minimum(as_array(a.values, wide=wide), as_array(b.values, wide=wide))
        return self._step(code, "min", (a, b), values, low, high, wide)

    def greatest(self, code: str, a: Num, b: Num) -> Num:
        low, high = max(a.low, b.low), max(a.high, b.high)
        wide = _is_wide((a, b), low, high)
        values = np.maximum(as_array(a.values, wide=wide), as_array(b.values, wide=wide))
        return self._step(code, "max", (a, b), values, low, high, wide)

    def take(self, code: str, number: Num) -> Num:
        """The figure as it was given; a step of its own, so that each result has a step behind it."""
        wide = not fits_int64(number.low, number.high)
        return self._step(code, "take", (number,), number.values, number.low, number.high, wide)

    def pick(self, code: str, choice: Num, options: Sequence[tuple[str, int]]) -> Num:
        """The figure that belongs to the choice; `options` are (parameter reference, value) in order."""
        figures = [value for _, value in options]
        low, high = min(figures), max(figures)
        wide = not fits_int64(low, high)
        table = np.array(figures, dtype=object if wide else np.int64)
        chosen = choice.one() if self.explaining else None
        ref, value = options[chosen] if chosen is not None else ("", 0)
        picked = Num(np.array(value, dtype=object), low, high, ("param", ref), choice.missing)
        return self._step(
            code, "pick", (choice, picked), table[choice.values.astype(np.intp, copy=False)], low, high, wide
        )

    def cancel(self, code: str, inner: Num, flag: Num) -> Num:
        """0 where the flag is 1, else the inner figure; a cancelled figure may be missing."""
        wide = not fits_int64(inner.low, inner.high)
        raised = flag.values == 1
        values = np.where(raised, 0, as_array(inner.values, wide=wide))
        missing = flag.missing
        if inner.missing is not None:
            missing = either(missing, inner.missing & ~raised)
        return self._step(
            code, "cancel", (inner, flag), values, min(0, inner.low), max(0, inner.high), wide, missing
        )

    def unless(self, code: str, flag: Num, exception: Num) -> Num:
        """1 where the flag is 1 and the exception 0; the exception may be missing where the flag is 0."""
        values = flag.values * (1 - exception.values)
        missing = flag.missing
        if exception.missing is not None:
            missing = either(missing, exception.missing & (flag.values == 1))
        return self._step(code, "unless", (flag, exception), values, 0, 1, False, missing)

    def quotient(self, code: str, a: Num, b: Num, unit: int, instead: Num) -> Num:
        """a / b, half-up to a multiple of the unit, both never negative; `instead` where b is 0."""
        least, reach = max(1, b.low), b.high * unit
        high = (2 * a.high + least * unit) // (2 * least * unit) * unit
        wide = _is_wide((a, b), 0, 2 * a.high + 2 * reach + unit)
        under = as_array(b.values, wide=wide)
        divisor = np.maximum(under, 1)
        values = (2 * as_array(a.values, wide=wide) + divisor * unit) // (2 * unit * divisor) * unit
        values = np.where(under == 0, as_array(instead.values, wide=wide), values)
        high = max(high, instead.high)
        return self._step(code, "quotient", (a, b, instead), values, 0, high, wide, extra={"unit": unit})

    def to_step(self, code: str, a: Num, step: Num) -> Num:
        """Half-up to a multiple of the step, which is a parameter."""
        size = step.low
        low, high = ((2 * edge + size) // (2 * size) * size for edge in (a.low, a.high))
        wide = not fits_int64(min(2 * a.low, low), max(2 * a.high + size, high))
        values = (2 * as_array(a.values, wide=wide) + size) // (2 * size) * size
        return self._step(code, "to_step", (a, step), values, low, high, wide)

    def bracket(self, code: str, amount: Num, edges: Sequence[Num]) -> Num:
        """The position of the last of the rising edges that the amount has reached; the first is 0."""
        table = np.array([edge.low for edge in edges], dtype=amount.values.dtype)
        values = np.searchsorted(table, amount.values, side="right") - 1
        return self._step(code, "bracket", (amount, *edges), values, 0, len(edges) - 1, False)

    def reaches(self, code: str, count: Num, multiple: Num, limit: Num, *, at: bool) -> Num:
        """1 where the count is over the multiple (ten-thousandths) of the limit, or with `at` exactly there."""
        reach = multiple.high * limit.high
        wide = not fits_int64(0, max(reach, count.high * SCALE))
        left = as_array(count.values, wide=wide) * SCALE
        right = as_array(limit.values, wide=wide) * multiple.low
        values = (left >= right if at else left > right).astype(np.int64)
        op = "reached_at" if at else "reached_over"
        return self._step(code, op, (count, multiple, limit), values, 0, 1, False)

    # Findings

    def within(self, number: Num, low: int, high: int) -> Num:
        held = (number.values >= low) & (number.values <= high)
        return Num(np.asarray(held, dtype=np.int64), 0, 1, number.source, number.missing)

    def any_of(self, *flags: Num) -> Num:
        held = np.maximum(flags[0].values, flags[1].values)
        return Num(held, 0, 1, flags[0].source, either(*(flag.missing for flag in flags)))

    def require(self, code: str, number: Num, holds: Num, **params: int | str | Num | None) -> None:
        self.check(code, number, holds.values == 1, **params)

    def leave_out(self, flag: Num) -> None:
        """The whole criterion is left out of the sheet where the flag is 1."""

    def explain(self, tell: Callable[[Sight], None]) -> None:
        """Called when the trace of one sheet is written, to note what an expert would say about it."""
        if self.explaining:
            tell(Sight(self))

    def check(self, code: str, number: Num, holds: Mask, **params: int | str | Num | None) -> None:
        """Marks the rows invalid whose input does not hold, or had left its limits altogether."""
        if number.outside is None and holds.all():
            return
        bad = ~holds
        if number.outside is not None:
            bad = bad | number.outside
        dark = either(number.missing, *(p.missing for p in params.values() if isinstance(p, Num)))
        if dark is not None:
            bad = bad & ~dark
        if bad.any():
            name = str(number.source[1])
            self._fault(code, name, bad, {key: _plain(value) for key, value in params.items()})

    def check_limits(self, number: Num, spec: InputSpec) -> None:
        """What `input` does by itself without own_check; call it after the more telling checks."""
        if number.outside is not None:
            self._fault(
                "out_of_range", self.full(spec.name), number.outside, {"low": spec.low, "high": spec.high}
            )

    def note(self, code: str, **params: int | str | Num | None) -> None:
        """An explanation for the reader of a trace; ignored where nobody asked for one."""
        if self.explaining:
            self.record.notes.append(
                {"code": code, "path": self._path, "params": {k: _plain(v) for k, v in params.items()}}
            )

    def excuse(self, names: Sequence[str]) -> None:
        """These inputs do not matter on this sheet, so their being empty is no fault."""
        gone = {self.full(name) for name in names}
        self.record.empty = [name for name in self.record.empty if name not in gone]

    def _fault(self, code: str, name: str, where: Mask, params: dict[str, Any]) -> None:
        if not where.any():
            return
        self.record.invalid = either(self.record.invalid, where)
        if self.recording and all(issue["input"] != name for issue in self.record.issues):
            self.record.issues.append({"code": code, "input": name, "params": params})

    def _step(
        self,
        code: str,
        op: str,
        args: Sequence[Num],
        values: IntArray,
        low: int,
        high: int,
        wide: bool,
        missing: Mask | None = None,
        extra: Mapping[str, int] | None = None,
    ) -> Num:
        record = self.record
        record.wide_steps += wide
        if op not in ("cancel", "unless"):
            missing = either(*(arg.missing for arg in args))
        values = as_array(values, wide=not fits_int64(low, high))
        result = Num(values, low, high, ("step", len(record.steps)), missing)
        if record.explaining:
            record.steps.append(
                {
                    "code": code,
                    "op": op,
                    "path": self._path,
                    "args": [{"from": a.source[0], "ref": a.source[1], "value": a.one()} for a in args],
                    "result": result.one(),
                    **(extra or {}),
                }
            )
        return result


class Sight:
    """What an explanation may look at: the figures of the one sheet."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape

    def value(self, number: Num) -> int | None:
        return number.one()

    def note(self, code: str, **params: int | str | None) -> None:
        self._tape.note(code, **params)


def _is_wide(numbers: Sequence[Num], low: int, high: int) -> bool:
    """Whether the step needs Python integers, for its result or for one of the figures it starts from."""
    return not (fits_int64(low, high) and all(fits_int64(n.low, n.high) for n in numbers))


def _all_inside(values: IntArray, low: int, high: int) -> bool:
    if low == 0 and values.dtype == np.dtype(np.int64):
        # Read without a sign, a negative number is larger than any limit: one look instead of two.
        return bool(values.view(np.uint64).max() <= high)
    return bool(values.min() >= low and values.max() <= high)


def _plain(value: int | str | Num | None) -> int | str | None:
    if isinstance(value, Num):
        return value.one() if value.values.size == 1 else None
    return value
