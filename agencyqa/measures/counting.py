"""Which faults a scheme counts, and under which input of which criterion. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from agencyqa.measures.scheme_format import Effect, SchemeFile

# What an input says that the system supplies while nothing is on record.
NOTHING: Mapping[Effect, int | bool] = {Effect.ADD: 0, Effect.RAISE: False, Effect.FAIL: True}


@dataclass(frozen=True)
class CountedFault:
    """``by_hand``: the scorer types further occurrences; else the input is the system's alone.

    ``criterion`` may also be a veto of the whole scheme.
    """

    fault: str
    criterion: str
    input: str
    by_hand: bool
    effect: Effect

    @property
    def place(self) -> tuple[str, str]:
        return self.criterion, self.input


@dataclass(frozen=True)
class Counting:
    """The faults that one version of a scheme counts, by code; a code stands under at most one criterion."""

    faults: Mapping[str, CountedFault]

    @cached_property
    def places(self) -> Mapping[tuple[str, str], CountedFault]:
        """The inputs that occurrences feed. Of several codes under one input any tells what it does to it."""
        return {each.place: each for each in self.faults.values()}

    @cached_property
    def supplied(self) -> Mapping[tuple[str, str], int | bool]:
        """The inputs that nobody types, with their value while nothing is on record."""
        return {place: NOTHING[each.effect] for place, each in self.places.items() if not each.by_hand}

    def of_criterion(self, key: str) -> tuple[CountedFault, ...]:
        return tuple(each for each in self.faults.values() if each.criterion == key)


def counting_of(file: SchemeFile) -> Counting:
    """For a file that was checked."""
    found: dict[str, CountedFault] = {}
    for _, key, effects, counts in file.counted():
        for each in counts:
            found[each.fault] = CountedFault(each.fault, key, each.input, each.by_hand, effects[each.input])
    return Counting(found)
