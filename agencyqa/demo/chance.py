"""Invented figures that are the same on every machine: drawn from a hash, not from a random generator."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
_SIZE = 2**64


class Chance:
    """Each question has a name; the same name always gets the same answer."""

    def __init__(self, seed: str) -> None:
        self.seed = seed

    def number(self, name: str, below: int) -> int:
        digest = hashlib.sha256(f"{self.seed}/{name}".encode()).digest()
        return int.from_bytes(digest[:8]) * below // _SIZE

    def happens(self, name: str, percent: int) -> bool:
        return self.number(name, 100) < percent

    def one_of(self, name: str, choices: Sequence[T]) -> T:
        return choices[self.number(name, len(choices))]
