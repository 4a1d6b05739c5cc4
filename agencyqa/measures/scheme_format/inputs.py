"""Which inputs of a rule occurrences on record can feed, and what they do to them."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from agencyqa.measures.scheme_format.rules import RulePart


class Effect(StrEnum):
    """Occurrences are added to a count, raise a veto, or make a condition unmet."""

    ADD = "add"
    RAISE = "raise"
    FAIL = "fail"


# What an occurrence does to the things of a list, each of which is an input.
_ITEMS = {"faults": Effect.ADD, "items": Effect.FAIL}


def countable_inputs(rule: RulePart, prefix: str = "") -> Iterator[tuple[str, Effect]]:
    """The inputs of a rule that occurrences can feed, by the engine's names."""
    for name, effect in _own_inputs(rule):
        yield f"{prefix}{name}", effect
    for _, item in rule.named_items():
        inner = getattr(item, "rule", None)
        if inner is not None:
            yield from countable_inputs(inner, f"{prefix}{item.key}.")
    wrapped = getattr(rule, "rule", None)
    if wrapped is not None:
        yield from countable_inputs(wrapped, prefix)


def _own_inputs(rule: Any) -> Iterator[tuple[str, Effect]]:
    match rule.kind:
        case "range_deduction" if rule.per_occurrence:
            yield "count", Effect.ADD
        case "all_or_nothing":
            yield "met", Effect.FAIL
        case "veto":
            # The exception is a judgement, which no record makes.
            yield rule.flag, Effect.RAISE
        case "lateness":
            # An occurrence of lateness is a working day.
            yield "days", Effect.ADD
        case _:
            for place, item in rule.named_items():
                if place in _ITEMS:
                    yield item.key, _ITEMS[place]
