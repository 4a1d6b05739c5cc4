"""Integer arrays: of 64 bits where every figure is proven to fit, of Python integers where not."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

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
    result: Mask | None = None
    for mask in masks:
        if mask is not None:
            result = mask if result is None else result | mask
    return result


def all_inside(values: IntArray, low: int, high: int) -> bool:
    if low == 0 and values.dtype == np.dtype(np.int64):
        # Read without a sign, a negative number is larger than any limit: one look instead of two.
        return bool(values.view(np.uint64).max() <= high)
    return bool(values.min() >= low and values.max() <= high)


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
