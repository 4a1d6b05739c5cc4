"""The rules by kind. A new rule is a module here and a line in RULES."""

from __future__ import annotations

from agencyqa.scoring.rules.all_or_nothing import AllOrNothing
from agencyqa.scoring.rules.banded import Band, BandedRange
from agencyqa.scoring.rules.base import Rule, excel_formula, in_cells
from agencyqa.scoring.rules.checklist import Checklist, Item
from agencyqa.scoring.rules.composite import Composite, Part
from agencyqa.scoring.rules.deductions import Deductions, Fault
from agencyqa.scoring.rules.free import FreeValue
from agencyqa.scoring.rules.lateness import LateClass, Lateness, LateStep
from agencyqa.scoring.rules.ordinal import Level, Ordinal
from agencyqa.scoring.rules.range_deduction import RangeDeduction
from agencyqa.scoring.rules.rating import Rating
from agencyqa.scoring.rules.ratio import Ratio
from agencyqa.scoring.rules.veto import Veto

RULES: dict[str, type[Rule]] = {
    rule.kind: rule
    for rule in (
        BandedRange,
        AllOrNothing,
        Deductions,
        RangeDeduction,
        Veto,
        Composite,
        FreeValue,
        Ordinal,
        Checklist,
        Ratio,
        Lateness,
        Rating,
    )
}

__all__ = [
    "RULES",
    "AllOrNothing",
    "Band",
    "BandedRange",
    "Checklist",
    "Composite",
    "Deductions",
    "Fault",
    "FreeValue",
    "Item",
    "LateClass",
    "LateStep",
    "Lateness",
    "Level",
    "Ordinal",
    "Part",
    "RangeDeduction",
    "Rating",
    "Ratio",
    "Rule",
    "Veto",
    "excel_formula",
    "in_cells",
]
