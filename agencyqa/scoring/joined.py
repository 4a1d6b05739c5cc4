"""Arrays of all rows, filled block by block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from agencyqa.scoring.arrays import IntArray, Mask


class Joined:
    """Arrays by (group, key). A mask that no block ever marked takes no memory of its own."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._held: dict[str, dict[str, IntArray]] = {}

    def rows(self, group: str, key: str, rows: slice, *, wide: bool = False, mask: bool = False) -> IntArray:
        """The part of an array that belongs to these rows, to be filled."""
        held = self._held.setdefault(group, {})
        if key not in held:
            held[key] = np.empty(self.size, dtype=bool if mask else object if wide else np.int64)
        return held[key][rows]

    def mark(self, group: str, key: str, rows: slice, mask: Mask | None) -> None:
        """For a mask that mostly is nowhere out of the usual (None)."""
        held = self._held.setdefault(group, {})
        if mask is None:
            return
        if key not in held:
            held[key] = np.full(self.size, group == "ok", dtype=bool)
        held[key][rows] = mask

    def array(self, group: str, key: str) -> IntArray:
        return self._held[group][key]

    def group(self, group: str) -> Mapping[str, IntArray]:
        return self._held.get(group, {})

    def masks(self, group: str, keys: Iterable[str], *, usual: bool) -> Mapping[str, Mask]:
        everywhere = np.full(self.size, usual, dtype=bool)
        held = self._held.get(group, {})
        return {key: held.get(key, everywhere) for key in keys}

    def sums(self, group: str, keys: Iterable[str]) -> Mapping[str, tuple[IntArray, Mask]]:
        values, complete = self.group(group), self.group(f"{group} complete")
        return {key: (values[key], complete[key]) for key in keys}
