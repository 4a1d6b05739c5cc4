"""What scoring gives back: figures, states and codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from agencyqa.scoring.tape import IntArray, Mask

State = Literal["ok", "missing", "invalid"]


@dataclass(frozen=True)
class Issue:
    """Why a criterion has no result. `input` is None for the scorer's own figure."""

    code: str
    input: str | None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CriterionResult:
    """All figures in units. `counted` is the entered figure where there is one, else the computed."""

    key: str
    section: str
    measure: str
    max_points: int
    state: State
    computed: int | None
    entered: int | None
    counted: int | None
    issues: tuple[Issue, ...] = ()

    @property
    def difference(self) -> int | None:
        """entered - computed; None when nothing was entered or nothing computed."""
        if self.entered is None or self.computed is None:
            return None
        return self.entered - self.computed

    @property
    def differs(self) -> bool:
        """Whether the scorer departs from the rule, for which a reason must be asked."""
        return bool(self.difference)


@dataclass(frozen=True)
class Subtotal:
    """`total` is None while one of its criteria has no result."""

    key: str
    total: int | None
    max_points: int


@dataclass(frozen=True)
class SheetScore:
    """The stored sums of one sheet: all that the engagement and the year need."""

    total: int | None
    max_points: int
    measures: tuple[Subtotal, ...]


@dataclass(frozen=True)
class SheetResult:
    """`known_total` adds up what has a result so far; it is for showing only and never a score."""

    criteria: tuple[CriterionResult, ...]
    sections: tuple[Subtotal, ...]
    measures: tuple[Subtotal, ...]
    total: int | None
    max_points: int
    percent: Fraction | None
    grade: str | None
    state: State
    known_total: int

    @property
    def is_complete(self) -> bool:
        return self.state == "ok"

    def criterion(self, key: str) -> CriterionResult:
        return next(result for result in self.criteria if result.key == key)

    def as_score(self) -> SheetScore:
        return SheetScore(self.total, self.max_points, self.measures)


@dataclass(frozen=True)
class ArrayResult:
    """Many sheets at once. A figure means something only where its `ok` mask is true.

    `missing` and `invalid` exclude each other: what is both counts as invalid. `grade` holds the position in
    the scheme's grades, -1 where there is none.
    """

    size: int
    computed: Mapping[str, IntArray]
    entered: Mapping[str, IntArray]
    counted: Mapping[str, IntArray]
    ok: Mapping[str, Mask]
    missing: Mapping[str, Mask]
    invalid: Mapping[str, Mask]
    sections: Mapping[str, tuple[IntArray, Mask]]
    measures: Mapping[str, tuple[IntArray, Mask]]
    total: IntArray
    complete: Mask
    grade: IntArray
