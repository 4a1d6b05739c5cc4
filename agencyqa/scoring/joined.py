"""Arrays of all rows, filled block by block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from agencyqa.scoring.tape import IntArray, Mask


class Joined:
    """Arrays by (group, key). A mask that no block ever marked takes no memory of its own."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: dict[str, dict[str, IntArray]] = {}

    def put(self, group: str, key: str, rows: slice, values: IntArray) -> None:
        held = self._held.setdefault(group, {})
        if values.shape[:1] == (self._size,):
            # The only block: its own arrays are the result.
            held[key] = values
            return
        if key not in held:
            held[key] = np.empty(self._size, dtype=values.dtype)
        held[key][rows] = values

    def put_sum(self, group: str, key: str, rows: slice, found: tuple[IntArray, Mask]) -> None:
        values, complete = found
        self.put(group, key, rows, values)
        self.put(f"{group} complete", key, rows, complete)

    def mark(self, group: str, key: str, rows: slice, mask: Mask | None) -> None:
        """Like ``put``, for a mask that mostly is nowhere out of the usual (None)."""
        held = self._held.setdefault(group, {})
        if mask is None:
            return
        if key not in held:
            held[key] = np.full(self._size, group == "ok", dtype=bool)
        held[key][rows] = mask

    def array(self, group: str, key: str) -> IntArray:
        return self._held[group][key]

    def group(self, group: str) -> Mapping[str, IntArray]:
        return self._held.get(group, {})

    def masks(self, group: str, keys: Iterable[str], *, usual: bool) -> Mapping[str, Mask]:
        everywhere = np.full(self._size, usual, dtype=bool)
        held = self._held.get(group, {})
        return {key: held.get(key, everywhere) for key in keys}

    def sums(self, group: str) -> Mapping[str, tuple[IntArray, Mask]]:
        complete = self.group(f"{group} complete")
        return {key: (values, complete[key]) for key, values in self.group(group).items()}
