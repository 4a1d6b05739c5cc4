"""Plausible answers to any score sheet: better agencies get higher bands and fewer faults.

What is on record counts by itself; scorers of the demo seldom know of anything else.
"""

from __future__ import annotations

from agencyqa.demo.chance import Chance
from agencyqa.measures.counting import NOTHING, Counting
from agencyqa.measures.scheme_format import Effect
from agencyqa.scoring import SCALE, Criterion, Scheme
from agencyqa.scoring.rules import (
    AllOrNothing,
    BandedRange,
    Checklist,
    Composite,
    Deductions,
    FreeValue,
    Lateness,
    Ordinal,
    RangeDeduction,
    Rating,
    Ratio,
    Rule,
    Veto,
)
from agencyqa.scoring.vetoes import veto_inputs

Value = int | str | bool
Answers = dict[str, dict[str, Value]]


def answers_for(scheme: Scheme, counting: Counting, chance: Chance, quality: int) -> Answers:
    """``quality`` from 0 to 100. Every input that is typed is given; nothing is left to be guessed."""
    found = {criterion.key: _criterion(criterion, chance, quality) for criterion in criteria(scheme)}
    for veto in scheme.vetoes:
        found[veto.key] = {spec.name: False for spec in veto_inputs(veto)}
    for (criterion, name), counted in counting.places.items():
        if not counted.by_hand:
            del found[criterion][name]
        elif name.rpartition(".")[2] == "count":
            # The places of a range deduction go with its amount.
            continue
        elif counted.effect is Effect.ADD:
            found[criterion][name] = int(chance.happens(f"{criterion}/{name}/more", (100 - quality) // 5))
        else:
            found[criterion][name] = NOTHING[counted.effect]
    return found


def criteria(scheme: Scheme) -> list[Criterion]:
    return [criterion for section in scheme.sections for criterion in section.criteria]


def _criterion(criterion: Criterion, chance: Chance, quality: int) -> dict[str, Value]:
    # Nobody is equally good at everything.
    own = min(100, max(0, quality + chance.number(f"{criterion.key}/mood", 21) - 10))
    found: dict[str, Value] = {}
    _fill(found, criterion.rule, "", chance, criterion.key, own)
    return found


def _fill(found: dict[str, Value], rule: Rule, prefix: str, chance: Chance, name: str, quality: int) -> None:
    if isinstance(rule, BandedRange):
        bands = sorted(rule.bands, key=lambda band: -band.high)
        # Of three bands the upper third of the quality gets the first, and its place there by the rest.
        band = bands[_level(quality, len(bands))]
        found[f"{prefix}band"] = band.key
        share = quality * len(bands) % 100
        found[f"{prefix}value"] = _between(band.low, band.high, rule.step, share, chance, name)
    elif isinstance(rule, AllOrNothing):
        found[f"{prefix}met"] = not chance.happens(f"{name}/{prefix}unmet", (100 - quality) // 3)
    elif isinstance(rule, Deductions):
        for fault in rule.faults:
            is_found = chance.happens(f"{name}/{prefix}{fault.key}", (100 - quality) * 3 // 2)
            count = 1 + chance.number(f"{name}/{prefix}{fault.key}/count", 3) if is_found else 0
            found[f"{prefix}{fault.key}"] = min(count, fault.max_count or count)
    elif isinstance(rule, RangeDeduction):
        _range_deduction(found, rule, prefix, chance, name, quality)
    elif isinstance(rule, Veto):
        found[f"{prefix}{rule.flag}"] = chance.happens(f"{name}/{prefix}veto", (100 - quality) // 12)
        if rule.exception is not None:
            found[f"{prefix}{rule.exception}"] = False
        _fill(found, rule.rule, prefix, chance, name, quality)
    elif isinstance(rule, Composite):
        for part in rule.parts:
            _fill(found, part.rule, f"{prefix}{part.key}.", chance, name, quality)
    elif isinstance(rule, FreeValue):
        found[f"{prefix}value"] = _between(rule.low, rule.high, rule.step, quality, chance, name)
    elif isinstance(rule, Ordinal):
        levels = sorted(rule.levels, key=lambda level: -level.points)
        found[f"{prefix}level"] = levels[_level(quality, len(levels))].key
    elif not _counted_things(found, rule, prefix, chance, name, quality):
        raise TypeError(f"the demo cannot answer the rule {rule.kind!r}")


def _counted_things(
    found: dict[str, Value], rule: Rule, prefix: str, chance: Chance, name: str, quality: int
) -> bool:
    """What is there, what was done of what was planned, days late, a grade of a scale; False for other rules."""
    if isinstance(rule, Checklist):
        for item in rule.items:
            found[f"{prefix}{item.key}"] = not chance.happens(f"{name}/{prefix}{item.key}", 100 - quality)
    elif isinstance(rule, Ratio):
        planned = 20 + chance.number(f"{name}/{prefix}planned", 21)
        actual = max(1, planned * quality // 100)
        found[f"{prefix}actual"], found[f"{prefix}planned"] = actual * SCALE, planned * SCALE
    elif isinstance(rule, Lateness):
        is_late = chance.happens(f"{name}/{prefix}late", 100 - quality)
        found[f"{prefix}days"] = 1 + chance.number(f"{name}/{prefix}days", 8) if is_late else 0
        if rule.by_amount:
            found[f"{prefix}amount"] = (100 + chance.number(f"{name}/{prefix}amount", 2000)) * SCALE
        else:
            found[f"{prefix}class"] = rule.classes[-1].key
    elif isinstance(rule, Rating):
        found[f"{prefix}rating"] = rule.low + (rule.high - rule.low) * quality // 100
    else:
        return False
    return True


def _level(quality: int, count: int) -> int:
    return count - 1 - min(count - 1, quality * count // 100)


def _range_deduction(
    found: dict[str, Value], rule: RangeDeduction, prefix: str, chance: Chance, name: str, quality: int
) -> None:
    is_taken = chance.happens(f"{name}/{prefix}taken", 100 - quality)
    step = max(rule.step, 5000)
    amount = rule.low - rule.low % rule.step
    if amount < rule.low:
        amount += rule.step
    if is_taken and amount + step <= rule.high and chance.happens(f"{name}/{prefix}more", 30):
        amount += step
    found[f"{prefix}amount"] = amount if is_taken else 0
    if rule.per_occurrence:
        found[f"{prefix}count"] = 1 if is_taken else 0


def _between(low: int, high: int, step: int, share: int, chance: Chance, name: str) -> int:
    """A multiple of the step inside the band; scorers write halves, not ten-thousandths."""
    usual = max(step, 5000)
    if low % usual or high - low < usual:
        usual = step
    places = (high - low) // usual
    placed = min(100, max(0, share + chance.number(f"{name}/place", 21) - 10))
    return low + places * placed // 100 * usual
