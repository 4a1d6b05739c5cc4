"""A score sheet's scheme: sections of criteria, each with a rule, stated totals and grades."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from agencyqa.scoring.params import NEWER, Count, Key, Points, Text
from agencyqa.scoring.rules.base import Rule

# The key under which criteria that belong to no measure are collected, so that subtotals add up to the total.
NO_MEASURE = ""


@dataclass(frozen=True)
class Condition:
    """What another criterion must have reached: its full points, or at least so many on its own scale."""

    criterion: Key
    test: Literal["full", "at_least"]
    points: Points | None = None


@dataclass(frozen=True)
class Criterion:
    """`weight` is needed where the scheme adds weights; a weight of 0 shows the item and moves nothing.

    A bonus stands outside the maximum. It is granted in the order of the sheet as long as the cap on the total
    has room, and only if every condition of `only_if` holds.
    """

    key: Key
    max_points: Points
    rule: Rule
    measure: Text | None = None
    weight: Points | None = field(default=None, metadata=NEWER)
    bonus: bool = field(default=False, metadata=NEWER)
    only_if: tuple[Condition, ...] = field(default=(), metadata=NEWER)


@dataclass(frozen=True)
class Section:
    """`max_points` is what the form states; the check compares it with what the criteria can contribute."""

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
class SchemeVeto:
    """A fact that caps the whole sheet, unless its named exception applies: the total at most `caps_total`
    points, the grade at most `caps_grade`. What it takes off counts under `measure`."""

    key: Key
    measure: Text | None
    caps_total: Points | None = None
    caps_grade: Key | None = None
    exception: Key | None = None


@dataclass(frozen=True)
class Scheme:
    """`least_assessed` is the percentage (90 % is 900000) of the maximum that must have been assessed."""

    key: Key
    version: Text
    max_points: Points
    sections: tuple[Section, ...]
    grades: tuple[GradeBand, ...] = ()
    rounding: Rounding | None = None
    adding: Literal["points", "weights"] = field(default="points", metadata=NEWER)
    total_cap: Points | None = field(default=None, metadata=NEWER)
    unanswered: Literal["wait", "leave_out"] = field(default="wait", metadata=NEWER)
    least_assessed: Points | None = field(default=None, metadata=NEWER)
    vetoes: tuple[SchemeVeto, ...] = field(default=(), metadata=NEWER)

    def criteria(self) -> Iterator[tuple[Section, Criterion]]:
        for section in self.sections:
            for criterion in section.criteria:
                yield section, criterion

    def measures(self) -> tuple[str, ...]:
        """Measure keys in the order of their first criterion, then of their first veto."""
        held = [criterion.measure for _, criterion in self.criteria()]
        held += [veto.measure for veto in self.vetoes if veto.caps_total is not None]
        return tuple(dict.fromkeys(measure or NO_MEASURE for measure in held))
