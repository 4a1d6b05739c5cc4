"""How each kind of rule is written in a scheme file: the engine's parameters, and the words beside them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from agencyqa.measures.scheme_format.fields import FilePart, Key, Points, Text
from agencyqa.scoring import format_points


class BandPart(FilePart):
    key: Key
    low: Points
    high: Points
    label: Text


class BandedPart(FilePart):
    kind: Literal["banded"]
    bands: Annotated[list[BandPart], Field(max_length=20)]
    step: Points = 1


class AllOrNothingPart(FilePart):
    kind: Literal["all_or_nothing"]
    points: Points
    met_label: Text | None = None
    not_met_label: Text | None = None


class FaultPart(FilePart):
    key: Key
    amount: Points
    max_count: int | None = None
    label: Text


class DeductionsPart(FilePart):
    kind: Literal["deductions"]
    points: Points
    faults: Annotated[list[FaultPart], Field(max_length=40)]


class RangeDeductionPart(FilePart):
    kind: Literal["range_deduction"]
    points: Points
    low: Points
    high: Points
    step: Points = 1
    per_occurrence: bool = False
    label: Text


class VetoPart(FilePart):
    kind: Literal["veto"]
    rule: RulePart
    flag: Key = "veto"
    flag_label: Text
    exception: Key | None = None
    exception_label: Text | None = None

    @model_validator(mode="after")
    def _exception_has_words(self) -> VetoPart:
        if (self.exception is None) != (self.exception_label is None):
            raise PydanticCustomError("exception_incomplete", "key and label belong together")
        return self


class PartPart(FilePart):
    key: Key
    label: Text
    rule: RulePart


class CompositePart(FilePart):
    kind: Literal["composite"]
    parts: Annotated[list[PartPart], Field(max_length=20)]


class FreePart(FilePart):
    kind: Literal["free"]
    low: Points
    high: Points
    step: Points = 1
    published: bool = True


class LevelPart(FilePart):
    key: Key
    points: Points
    label: Text


class OrdinalPart(FilePart):
    kind: Literal["ordinal"]
    levels: Annotated[list[LevelPart], Field(max_length=20)]


RulePart = Annotated[
    BandedPart
    | AllOrNothingPart
    | DeductionsPart
    | RangeDeductionPart
    | VetoPart
    | CompositePart
    | FreePart
    | OrdinalPart,
    Field(discriminator="kind"),
]
AnyRulePart = (
    BandedPart
    | AllOrNothingPart
    | DeductionsPart
    | RangeDeductionPart
    | VetoPart
    | CompositePart
    | FreePart
    | OrdinalPart
)
for _part in (VetoPart, PartPart, CompositePart):
    _part.model_rebuild()

_WORDS = {"label", "met_label", "not_met_label", "flag_label", "exception_label"}


def rule_data(part: AnyRulePart) -> dict[str, Any]:
    """The rule as the engine reads it: all words left out, figures in ten-thousandths of a point."""
    data: dict[str, Any] = _without_words(part)
    return data


def _without_words(held: Any) -> Any:
    if isinstance(held, FilePart):
        return {
            name: _without_words(getattr(held, name))
            for name in type(held).model_fields
            if name not in _WORDS
        }
    return [_without_words(item) for item in held] if isinstance(held, list) else held


def free_stand_in(max_points: int) -> dict[str, Any]:
    """A rule that stands in for a broken one, so that the rest of a file can still be checked."""
    return {"kind": "free", "low": "0", "high": format_points(max(max_points, 1))}
