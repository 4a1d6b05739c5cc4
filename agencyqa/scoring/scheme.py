"""A score sheet's scheme: sections of criteria, each with a rule, stated totals and grades."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agencyqa.scoring.params import Count, Key, Points, Text
from agencyqa.scoring.rules.base import Rule

# The key under which criteria that belong to no measure are collected, so that subtotals add up to the total.
NO_MEASURE = ""


@dataclass(frozen=True)
class Criterion:
    key: Key
    max_points: Points
    rule: Rule
    measure: Text | None = None


@dataclass(frozen=True)
class Section:
    """`max_points` is what the form states; the check compares it with the sum of the criteria."""

    key: Key
    max_points: Points
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class GradeBand:
    """Half-open [low, high) on the percentage, in units (90 % is 900000).

    Without `high` it reaches to the next band; the highest band includes everything above its low edge.
    """

    key: Key
    low: Points
    high: Points | None = None


@dataclass(frozen=True)
class Rounding:
    """Half-up to so many decimals of the percentage. Only what the scheme names is rounded."""

    places: Count


@dataclass(frozen=True)
class Scheme:
    key: Key
    version: Text
    max_points: Points
    sections: tuple[Section, ...]
    grades: tuple[GradeBand, ...] = ()
    rounding: Rounding | None = None

    def criteria(self) -> Iterator[tuple[Section, Criterion]]:
        for section in self.sections:
            for criterion in section.criteria:
                yield section, criterion

    def measures(self) -> tuple[str, ...]:
        """Measure keys in the order of their first criterion."""
        return tuple(dict.fromkeys(criterion.measure or NO_MEASURE for _, criterion in self.criteria()))
