"""What a rule asks of the scorer, as plain data from which forms, workbooks and documents are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

InputType = Literal["choice", "points", "count", "flag", "number"]

# Above this a count is a typing slip. The limit also lets the compiler prove that sums fit 64 bits.
COUNT_LIMIT = 99_999

# A figure of the world beside the scores (an amount, a quantity) in ten-thousandths: up to a hundred million.
NUMBER_LIMIT = 10**12


@dataclass(frozen=True)
class Choice:
    """One option of a choice; `low` and `high` are the units it may yield."""

    key: str
    low: int
    high: int


@dataclass(frozen=True)
class InputSpec:
    """One input cell. Limits are units for points and numbers, and plain integers otherwise.

    `needed_if` names a flag: unless that flag is set, this input may stay empty.
    """

    name: str
    type: InputType
    low: int
    high: int
    step: int = 1
    choices: tuple[Choice, ...] = ()
    needed_if: str | None = None

    def under(self, prefix: str) -> InputSpec:
        needed = None if self.needed_if is None else f"{prefix}.{self.needed_if}"
        return replace(self, name=f"{prefix}.{self.name}", needed_if=needed)


def reader_of(spec: InputSpec) -> Callable[[Any], int | None]:
    """Gives the integer that stands for a well-formed answer, None for one of the wrong type."""
    if spec.type == "flag":
        return lambda answer: int(answer) if isinstance(answer, bool) else None
    if spec.type == "choice":
        codes = {choice.key: number for number, choice in enumerate(spec.choices)}
        return lambda answer: codes.get(answer) if isinstance(answer, str) else None
    return lambda answer: answer if isinstance(answer, int) and not isinstance(answer, bool) else None


@dataclass(frozen=True)
class Bounds:
    """The least and the greatest mark (units) a rule can give."""

    low: int
    high: int


def choice_input(name: str, choices: tuple[Choice, ...]) -> InputSpec:
    return InputSpec(name, "choice", 0, len(choices) - 1, 1, choices)


def points_input(name: str, low: int, high: int, step: int = 1) -> InputSpec:
    return InputSpec(name, "points", low, high, step)


def count_input(name: str) -> InputSpec:
    return InputSpec(name, "count", 0, COUNT_LIMIT)


def number_input(name: str) -> InputSpec:
    return InputSpec(name, "number", 0, NUMBER_LIMIT)


def flag_input(name: str, needed_if: str | None = None) -> InputSpec:
    return InputSpec(name, "flag", 0, 1, needed_if=needed_if)
