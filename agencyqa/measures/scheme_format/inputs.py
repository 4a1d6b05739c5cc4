"""Which inputs of a rule occurrences on record can feed, and what they do to them."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from agencyqa.measures.scheme_format.rules import (
    AllOrNothingPart,
    AnyRulePart,
    CompositePart,
    DeductionsPart,
    RangeDeductionPart,
    VetoPart,
)


class Effect(StrEnum):
    """Occurrences are added to a count, raise a veto, or make a condition unmet."""

    ADD = "add"
    RAISE = "raise"
    FAIL = "fail"


def countable_inputs(rule: AnyRulePart, prefix: str = "") -> Iterator[tuple[str, Effect]]:
    """The inputs of a rule that occurrences can feed, by the engine's names."""
    match rule:
        case DeductionsPart():
            for fault in rule.faults:
                yield f"{prefix}{fault.key}", Effect.ADD
        case RangeDeductionPart() if rule.per_occurrence:
            yield f"{prefix}count", Effect.ADD
        case AllOrNothingPart():
            yield f"{prefix}met", Effect.FAIL
        case VetoPart():
            # The exception is a judgement, which no record makes.
            yield f"{prefix}{rule.flag}", Effect.RAISE
            yield from countable_inputs(rule.rule, prefix)
        case CompositePart():
            for part in rule.parts:
                yield from countable_inputs(part.rule, f"{prefix}{part.key}.")
        case _:
            pass
