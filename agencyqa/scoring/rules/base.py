"""What every rule offers. A rule is a frozen dataclass whose fields are its parameters."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from agencyqa.scoring.inputs import Bounds, InputSpec
from agencyqa.scoring.params import AnyRule, type_problems
from agencyqa.scoring.problems import Problem
from agencyqa.scoring.steps import Findings, Num, Row
from agencyqa.scoring.tape import Segment, Tape
from agencyqa.scoring.units import PLACES

KEY_PATTERN = re.compile(r"[a-z][a-z0-9_]*")
PLACEHOLDER = re.compile(r"\{([a-z0-9_.]+)\}")


class Rule(AnyRule, ABC):
    kind: ClassVar[str]
    explanation_codes: ClassVar[tuple[str, ...]]

    @abstractmethod
    def inputs(self) -> tuple[InputSpec, ...]:
        """The cells a scorer fills in, in order."""

    @cached_property
    def specs(self) -> tuple[InputSpec, ...]:
        """The same, made once: a rule never changes."""
        return self.inputs()

    @property
    def can_be_left_out(self) -> bool:
        """Whether an answer can take the whole criterion out of the sheet's maximum."""
        return False

    @abstractmethod
    def evaluate(self, tape: Tape) -> Num:
        """The mark in units, written down as steps on the tape."""

    @abstractmethod
    def excel(self) -> str:
        """Formula template in units: "{name}" stands for an input cell.

        Points cells hold units, choice cells the 1-based number of the choice, flag cells 1 or 0.
        """

    def excel_left_out(self) -> str | None:
        """The same for whether an answer leaves the criterion out, as a condition; None where none can."""
        return None

    @abstractmethod
    def parameter_problems(self) -> list[Problem]:
        """Faults in the sense of the parameters; their types have been checked."""

    def problems(self) -> list[Problem]:
        """Every fault of the parameters at once, nested rules included."""
        return type_problems(self) or self.parameter_problems()

    def bounds(self) -> Bounds:
        """The limits that the arithmetic itself proves. Only for a rule without problems."""
        result = self._written[1]
        return Bounds(result.low, result.high)

    def mark(self, given: Mapping[str, Any]) -> int | None:
        """What the rule alone gives for the inputs of one sheet; None where one is missing or wrong."""
        segment, result = self._written
        row: Row = segment.registers.copy()
        findings = Findings(given)
        for instruction in segment.instructions:
            instruction.one(row, findings)
        return None if findings.invalid else row[result.at]

    @cached_property
    def _written(self) -> tuple[Segment, Num]:
        tape = Tape()
        return tape.segment, self.evaluate(tape)


def key_problems(keys: Sequence[str], place: str) -> list[Problem]:
    """Faults of the keys of named things that stand side by side."""
    found: list[Problem] = []
    if not keys:
        found.append(Problem(place, "empty"))
    seen: set[str] = set()
    for key in keys:
        if not KEY_PATTERN.fullmatch(key):
            found.append(Problem(f"{place}.{key}", "bad_key", {"key": key}))
        if key in seen:
            found.append(Problem(f"{place}.{key}", "duplicate_key", {"key": key}))
        seen.add(key)
    return found


def positive_problem(value: int, place: str) -> list[Problem]:
    return [] if value > 0 else [Problem(place, "not_positive", {"value": value})]


def places_problems(places: int) -> list[Problem]:
    """Decimals of a point to which a quotient is rounded; marks have four."""
    return [] if 0 <= places <= PLACES else [Problem("places", "out_of_range", {"low": 0, "high": PLACES})]


def step_problems(step: int, edges: Mapping[str, int]) -> list[Problem]:
    """A step must be positive, and the edges must lie on it or they could never be given."""
    if step < 1:
        return [Problem("step", "not_positive", {"value": step})]
    return [
        Problem(place, "off_step", {"value": value, "step": step})
        for place, value in edges.items()
        if value % step
    ]


def prefix_placeholders(template: str, prefix: str) -> str:
    return PLACEHOLDER.sub(lambda match: f"{{{prefix}.{match.group(1)}}}", template)


def excel_formula(rule: Rule, cells: Mapping[str, str]) -> str:
    """The rule's formula over the given cells, without the equals sign; the result is in units."""
    return in_cells(rule.excel(), cells)


def in_cells(template: str, cells: Mapping[str, str]) -> str:
    """A formula template over the given cells."""
    return PLACEHOLDER.sub(lambda match: cells[match.group(1)], template)
