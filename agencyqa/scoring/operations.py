"""What a step can do: once in integers, for one sheet, and once in whole arrays, for any number of them.

Both are held equal by tests. An operation in arrays gets a buffer to write into, or None where Python integers
are needed; then numpy makes an array of its own.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from agencyqa.scoring.arrays import IntArray, fits_int64
from agencyqa.scoring.units import SCALE

Arrays = Callable[[Sequence[Any], "IntArray | None"], Any]


class Operation(NamedTuple):
    """`in_place`: a single pass, so that the buffer may be the one of an argument. `alias`: nothing is computed,
    the result is the first argument itself."""

    name: str
    ints: Callable[..., int]
    arrays: Arrays
    in_place: bool = False
    alias: bool = False


def _binary(ufunc: np.ufunc) -> Arrays:
    return lambda args, out: ufunc(args[0], args[1], out=out)


def _sum(args: Sequence[Any], out: IntArray | None) -> Any:
    total = np.add(args[0], args[1], out=out)
    for each in args[2:]:
        total = np.add(total, each, out=out)
    return total


def _total(*figures: int) -> int:
    return sum(figures)


def _same(figure: int, *_: int) -> int:
    return figure


def _first(args: Sequence[Any], out: IntArray | None) -> Any:
    return args[0]


def _cancel(args: Sequence[Any], out: IntArray | None) -> Any:
    """The figure times one minus the flag."""
    figure, flag = args
    return np.subtract(figure, np.multiply(figure, flag, out=out), out=out)


ADD = Operation("add", _total, _sum)
ADD_TWO = Operation("add", operator.add, _binary(np.add), in_place=True)
ADD_ONE = Operation("add", _same, _first, alias=True)
SUB = Operation("sub", operator.sub, _binary(np.subtract), in_place=True)
MUL = Operation("mul", operator.mul, _binary(np.multiply), in_place=True)
MIN = Operation("min", min, _binary(np.minimum), in_place=True)
MAX = Operation("max", max, _binary(np.maximum), in_place=True)
TAKE = Operation("take", _same, _first, alias=True)
CANCEL = Operation("cancel", lambda figure, flag: 0 if flag else figure, _cancel)
UNLESS = Operation("unless", lambda flag, exception: 1 if flag and not exception else 0, _cancel)
ONLY = Operation("only", lambda figure, flag: figure, _first, alias=True)
ANY_OF = Operation("any_of", lambda a, b: int(a or b), lambda args, out: np.logical_or(args[0], args[1]))


def adding(count: int) -> Operation:
    return (ADD_ONE, ADD_TWO)[count - 1] if count <= 2 else ADD


def picking(figures: Sequence[int]) -> Operation:
    """The figure at the position that is the argument."""
    held = tuple(figures)
    wide = not fits_int64(min(held), max(held))
    table = np.array(held, dtype=object if wide else np.int64)

    def pick(args: Sequence[Any], out: IntArray | None) -> Any:
        # Positions are proven to lie inside; without the check numpy need not keep a copy of the buffer. Beside figures
        # beyond 64 bits they come as Python integers, which are no positions.
        places = args[0].astype(np.intp, copy=False)
        return np.take(table, places, out=None if wide else out, mode="clip")

    return Operation("pick", held.__getitem__, pick)


def within(low: int, high: int) -> Operation:
    return Operation(
        "within",
        lambda figure: int(low <= figure <= high),
        lambda args, out: (args[0] >= low) & (args[0] <= high),
    )


BETWEEN = Operation(
    "between",
    lambda figure, low, high: int(low <= figure <= high),
    lambda args, out: (args[0] >= args[1]) & (args[0] <= args[2]),
)


def at_least(low: int) -> Operation:
    return Operation(
        "at_least",
        lambda figure: int(figure >= low),
        lambda args, out: np.greater_equal(args[0], low).astype(np.int64),
    )


def quotient(unit: int) -> Operation:
    """The first argument over the second, half-up to the unit; the third where the divisor is 0."""

    def ints(over: int, under: int, instead: int) -> int:
        return (2 * over + under * unit) // (2 * under * unit) * unit if under else instead

    def arrays(args: Sequence[Any], out: IntArray | None) -> Any:
        over, under, instead = args
        if isinstance(under, int):
            half, whole = under * unit, 2 * under * unit
        else:
            half = np.maximum(under, 1) * unit
            whole = 2 * half
        twice = np.multiply(over, 2, out=out)
        result = np.floor_divide(np.add(twice, half, out=out), whole, out=out)
        if unit != 1:
            result = np.multiply(result, unit, out=out)
        if not isinstance(under, int):
            empty = under == 0
            if empty.any():
                result = np.where(empty, instead, result)
        return result

    return Operation("quotient", ints, arrays)


def to_step(size: int) -> Operation:
    """Half-up to a multiple of the size; the second argument is the size again, for the trace."""

    def arrays(args: Sequence[Any], out: IntArray | None) -> Any:
        twice = np.multiply(args[0], 2, out=out)
        steps = np.floor_divide(np.add(twice, size, out=out), 2 * size, out=out)
        return np.multiply(steps, size, out=out)

    return Operation("to_step", lambda figure, _: (2 * figure + size) // (2 * size) * size, arrays)


def bracket(edges: Sequence[int]) -> Operation:
    """The position of the last of the rising edges that the first argument has reached."""
    held = tuple(edges)
    table = np.array(held, dtype=object if not fits_int64(held[0], held[-1]) else np.int64)
    return Operation(
        "bracket",
        lambda figure, *_: sum(edge <= figure for edge in held) - 1,
        lambda args, out: np.searchsorted(table, args[0], side="right") - 1,
    )


def reached(*, at: bool) -> Operation:
    """1 where a count is over a multiple (in ten-thousandths) of a limit, or with `at` exactly there."""
    compare = operator.ge if at else operator.gt
    ufunc = np.greater_equal if at else np.greater

    def arrays(args: Sequence[Any], out: IntArray | None) -> Any:
        count, multiple, limit = args
        return ufunc(count * SCALE, limit * multiple).astype(np.int64)

    return Operation(
        "reached_at" if at else "reached_over",
        lambda count, multiple, limit: int(compare(count * SCALE, multiple * limit)),
        arrays,
    )
