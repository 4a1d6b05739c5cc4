"""What scoring gives back: figures, states and codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from agencyqa.scoring.arrays import IntArray, Mask
from agencyqa.scoring.version import ENGINE_VERSION

State = Literal["ok", "missing", "invalid", "left_out"]
# "unassessed": everything is answered, but too little of it was assessed for a total.
SheetState = Literal["ok", "missing", "invalid", "unassessed"]


@dataclass(frozen=True)
class Issue:
    """Why a criterion has no result. `input` is None for the scorer's own figure."""

    code: str
    input: str | None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ConditionOutcome:
    """`reached` is what counts of the other criterion, None while it has no result or was left out."""

    criterion: str
    least: int
    reached: int | None
    met: bool | None


@dataclass(frozen=True)
class BonusOutcome:
    """`met`: all conditions hold. `room` is what the cap on the total still allowed when its turn came."""

    met: bool | None
    room: int | None
    conditions: tuple[ConditionOutcome, ...]


@dataclass(frozen=True)
class VetoResult:
    """A veto of the whole sheet. `cap` is the most that the total may be, on the scale of what was assessed;
    `contribution` is what the veto takes off, never above 0."""

    key: str
    measure: str
    state: Literal["ok", "missing", "invalid"]
    raised: bool | None
    excepted: bool | None
    applied: bool | None
    cap: int | None
    contribution: int | None
    caps_grade: str | None
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True)
class CriterionResult:
    """All figures in units. `counted` is the entered figure where there is one, else the computed.

    `counted` stays on the criterion's own scale; `contribution` is what it gives to the total, out of
    `max_contribution`: less or nothing for a bonus that is not granted, weighted where the scheme has weights.
    """

    key: str
    section: str
    measure: str
    max_points: int
    state: State
    computed: int | None
    entered: int | None
    counted: int | None
    issues: tuple[Issue, ...] = ()
    contribution: int | None = None
    max_contribution: int = 0
    bonus: BonusOutcome | None = None

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
    """The stored sums of one sheet: all that the engagement and the year need.

    `may_exceed`: bonuses may lift the total above the maximum, because the scheme caps it higher.
    """

    total: int | None
    max_points: int
    measures: tuple[Subtotal, ...]
    may_exceed: bool = False


@dataclass(frozen=True)
class SheetResult:
    """`known_total` adds up what has a result so far; it is for showing only and never a score.

    `assessed_max` is the part of the maximum that is not left out; `percent` and subtotals refer to it.
    `capped_by` names the veto that lowered the grade, `engine` the version of the arithmetic.
    """

    criteria: tuple[CriterionResult, ...]
    sections: tuple[Subtotal, ...]
    measures: tuple[Subtotal, ...]
    total: int | None
    max_points: int
    percent: Fraction | None
    grade: str | None
    state: SheetState
    known_total: int
    assessed_max: int
    partial: bool = False
    left_out: tuple[str, ...] = ()
    vetoes: tuple[VetoResult, ...] = ()
    capped_by: str | None = None
    engine: str = ENGINE_VERSION

    @property
    def is_complete(self) -> bool:
        return self.state == "ok"

    def criterion(self, key: str) -> CriterionResult:
        return next(result for result in self.criteria if result.key == key)

    def as_score(self) -> SheetScore:
        is_above = self.total is not None and self.total > self.assessed_max
        return SheetScore(self.total, self.assessed_max, self.measures, is_above)


@dataclass(frozen=True)
class ArrayResult:
    """Many sheets at once. A figure means something only where its `ok` mask is true.

    `missing`, `invalid` and `left_out` exclude each other: what is missing and invalid counts as invalid.
    The maxima are those of what was assessed. `grade` holds the position in
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
    left_out: Mapping[str, Mask]
    contribution: Mapping[str, IntArray]
    section_max: Mapping[str, IntArray]
    measure_max: Mapping[str, IntArray]
    assessed_max: IntArray
