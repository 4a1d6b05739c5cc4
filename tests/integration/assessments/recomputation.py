"""A year worked out a second time: from the scheme files and the raw answers, in Decimal and Fraction.

Nothing of the engine is used. A file is read as text throughout, so that no figure passes through a float.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

SCHEMES = Path(__file__).resolve().parents[3] / "agencyqa" / "measures" / "data" / "schemes"
UNIT = Decimal("0.0001")


def scheme_file(key: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load((SCHEMES / f"{key}.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)
    return found


def criteria_of(scheme: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(section["key"], each) for section in scheme["sections"] for each in section["criteria"]]


# -------------------------------------------------------------------------------------------- chance answers


def units(points: Decimal) -> int:
    return int(points / UNIT)


def answers_by_chance(scheme: Mapping[str, Any], chance: random.Random) -> dict[str, dict[str, Any]]:
    """A complete sheet, with edges, vetoes and more faults than there are points."""
    return {each["key"]: dict(_answer(each["rule"], chance)) for _, each in criteria_of(scheme)}


def _stepped(low: Decimal, high: Decimal, step: Decimal, chance: random.Random) -> int:
    places = int((high - low) / step)
    return units(low + step * chance.choice([0, places, chance.randint(0, places)]))


def _answer(rule: Mapping[str, Any], chance: random.Random) -> list[tuple[str, Any]]:
    kind = rule["kind"]
    if kind == "banded":
        band = chance.choice(rule["bands"])
        step = Decimal(rule.get("step", "0.0001"))
        return [
            ("band", band["key"]),
            ("value", _stepped(Decimal(band["low"]), Decimal(band["high"]), step, chance)),
        ]
    if kind == "all_or_nothing":
        return [("met", chance.random() < 0.7)]
    if kind == "deductions":
        return [(fault["key"], chance.choice([0, 0, 1, 2, 7, 60])) for fault in rule["faults"]]
    if kind == "range_deduction":
        count = chance.choice([0, 1, 3])
        step = Decimal(rule.get("step", "0.0001"))
        if rule.get("per_occurrence") == "true":
            low, high = count * Decimal(rule["low"]), count * Decimal(rule["high"])
            return [("count", count), ("amount", _stepped(low, high, step, chance))]
        taken = _stepped(Decimal(rule["low"]), Decimal(rule["high"]), step, chance)
        return [("amount", taken if count else 0)]
    if kind == "veto":
        own: list[tuple[str, Any]] = [(rule.get("flag", "veto"), chance.random() < 0.3)]
        if "exception" in rule:
            own.append((rule["exception"], chance.random() < 0.5))
        return own + _answer(rule["rule"], chance)
    if kind == "composite":
        return [
            (f"{part['key']}.{name}", value)
            for part in rule["parts"]
            for name, value in _answer(part["rule"], chance)
        ]
    assert kind == "free", kind
    step = Decimal(rule.get("step", "0.0001"))
    return [("value", _stepped(Decimal(rule["low"]), Decimal(rule["high"]), step, chance))]


# -------------------------------------------------------------------------------------------------- one sheet


def mark(rule: Mapping[str, Any], given: Mapping[str, Any], at: str = "") -> Decimal:
    """Points of one complete item."""
    kind = rule["kind"]
    if kind in {"banded", "free"}:
        return given[f"{at}value"] * UNIT
    if kind == "all_or_nothing":
        return Decimal(rule["points"]) if given[f"{at}met"] else Decimal(0)
    if kind == "deductions":
        rest = Decimal(rule["points"])
        for fault in rule["faults"]:
            count = given[f"{at}{fault['key']}"]
            if "max_count" in fault and count > int(fault["max_count"]):
                count = int(fault["max_count"])
            rest -= count * Decimal(fault["amount"])
        return rest if rest > 0 else Decimal(0)
    if kind == "range_deduction":
        rest = Decimal(rule["points"]) - given[f"{at}amount"] * UNIT
        return rest if rest > 0 else Decimal(0)
    if kind == "veto":
        raised = given[at + rule.get("flag", "veto")]
        if raised and not ("exception" in rule and given[at + rule["exception"]]):
            return Decimal(0)
        return mark(rule["rule"], given, at)
    assert kind == "composite", kind
    return sum((mark(part["rule"], given, f"{at}{part['key']}.") for part in rule["parts"]), Decimal(0))


@dataclass(frozen=True)
class Sums:
    """Points got and points possible."""

    got: Decimal
    most: Decimal

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.got + other.got, self.most + other.most)

    def stored(self) -> list[int]:
        return [units(self.got), units(self.most)]


@dataclass(frozen=True)
class Sheet:
    marks: dict[str, Decimal]
    sections: dict[str, Sums]
    measures: dict[str, Sums]
    total: Sums


def sheet_of(scheme: Mapping[str, Any], answers: Mapping[str, Any], entered: Mapping[str, int]) -> Sheet:
    marks: dict[str, Decimal] = {}
    sections: dict[str, Sums] = {}
    measures: dict[str, Sums] = {}
    nothing = total = Sums(Decimal(0), Decimal(0))
    for section, item in criteria_of(scheme):
        key = item["key"]
        own = entered[key] * UNIT if key in entered else mark(item["rule"], answers[key])
        marks[key] = own
        sums = Sums(own, Decimal(item["max_points"]))
        sections[section] = sections.get(section, nothing) + sums
        measures[item.get("measure", "")] = measures.get(item.get("measure", ""), nothing) + sums
        total += sums
    assert total.most == Decimal(scheme["max_points"])
    return Sheet(marks, sections, measures, total)


# --------------------------------------------------------------------------------------- engagement and year


@dataclass(frozen=True)
class Part:
    """A score of 100 and what it is made of by measure: (got, possible)."""

    score: Fraction
    measures: dict[str, tuple[Fraction, Fraction]]


def weighed(parts: Sequence[tuple[Fraction, Part]]) -> Part:
    score = Fraction(0)
    measures: dict[str, tuple[Fraction, Fraction]] = {}
    for weight, part in parts:
        score += weight * part.score
        for key, (got, most) in part.measures.items():
            before = measures.get(key, (Fraction(0), Fraction(0)))
            measures[key] = (before[0] + weight * got, before[1] + weight * most)
    return Part(score, measures)


def part_of(sheet: Sheet) -> Part:
    whole = Fraction(sheet.total.most)
    return Part(
        Fraction(sheet.total.got) * 100 / whole,
        {
            key: (Fraction(sums.got) * 100 / whole, Fraction(sums.most) * 100 / whole)
            for key, sums in sheet.measures.items()
        },
    )


def half_up(value: Fraction, places: int) -> int:
    """By long division, to the digit after the last one kept."""
    digits, rest = divmod(value.numerator * 10**places, value.denominator)
    return digits + (1 if 2 * rest >= value.denominator else 0)


def grade_of(value: Fraction, bands: Sequence[Mapping[str, Any]], places: int) -> str:
    figure = Fraction(half_up(value, places), 10**places)
    reached = [band for band in bands if figure >= Fraction(band["low"], 10_000)]
    return str(max(reached, key=lambda band: int(band["low"]))["key"])
