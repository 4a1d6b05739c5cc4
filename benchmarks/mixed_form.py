"""A form of 25 criteria that mixes every rule, with a bonus and a veto; and the same as somebody would program it who
needs only this one: numpy over whole columns, no checks, no trace, no other scheme."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from agencyqa.scoring import (
    AllOrNothing,
    Band,
    BandedRange,
    Checklist,
    Composite,
    Condition,
    Criterion,
    Deductions,
    Fault,
    FreeValue,
    GradeBand,
    Item,
    LateClass,
    Lateness,
    LateStep,
    Level,
    Ordinal,
    Part,
    RangeDeduction,
    Rating,
    Ratio,
    Rule,
    Scheme,
    SchemeVeto,
    Section,
    Veto,
)

POINT = 10_000


def _bands(*edges: int) -> BandedRange:
    return BandedRange(
        tuple(Band(f"b{n}", low * POINT, high * POINT) for n, (low, high) in enumerate(pairwise(edges))),
        5_000,
    )


def _faults(points: int, *amounts: int) -> Deductions:
    return Deductions(points * POINT, tuple(Fault(f"f{n}", amount) for n, amount in enumerate(amounts)))


CLASSES = (LateClass("small", 10), LateClass("large", 20))
LATENESS = Lateness(4 * POINT, CLASSES, 1_000, (LateStep(POINT, POINT), LateStep(2 * POINT, 2 * POINT)))
RULES: dict[str, dict[str, tuple[int, Rule]]] = {
    "team": {
        "ability": (5, _bands(0, 2, 4, 5)),
        "stable": (3, AllOrNothing(3 * POINT)),
        "licence": (3, AllOrNothing(3 * POINT)),
        "training": (2, Checklist((Item("plan", 5_000), Item("held", POINT), Item("noted", 5_000)))),
        "independence": (5, Veto(_faults(5, 20_000, 5_000), "conflict", "declared")),
    },
    "plan": {
        "design": (6, _bands(0, 2, 4, 6)),
        "indicators": (4, _faults(4, 5_000, 10_000, 2_000)),
        "sample": (4, Ratio(4 * POINT, empty="zero")),
        "on_time": (4, LATENESS),
        "contact": (4, Rating(4 * POINT, high=5, cannot_assess="zero")),
    },
    "work": {
        "papers": (6, _faults(6, 10_000, 5_000, 2_000)),
        "visits": (4, Ratio(4 * POINT, places=2, empty="zero")),
        "evidence": (6, _bands(0, 2, 4, 6)),
        "review": (
            6,
            Composite(tuple(Part(key, AllOrNothing(2 * POINT)) for key in ("one", "two", "three"))),
        ),
        "conduct": (4, RangeDeduction(4 * POINT, 5_000, 2 * POINT, 500)),
    },
    "report": {
        "facts": (6, _bands(0, 2, 4, 6)),
        "analysis": (6, _bands(0, 2, 4, 6)),
        "advice": (4, Ordinal((Level("best", 4 * POINT), Level("good", 3 * POINT), Level("poor", 0)))),
        "language": (4, Composite((Part("words", _faults(3, 5_000)), Part("setting", _faults(1, 2_000))))),
        "sums": (4, Deductions(4 * POINT, (Fault("f0", 5_000, 6), Fault("f1", 1_000, None, 15_000)))),
    },
    "after": {
        "archive": (4, _faults(4, 10_000, 5_000)),
        "use": (2, Ordinal((Level("yes", 2 * POINT), Level("no", 0)))),
        "support": (2, FreeValue(0, 2 * POINT, 500)),
        "opinion": (2, Rating(2 * POINT, high=6, cannot_assess="zero", base="low")),
        "merit": (3, FreeValue(0, 3 * POINT, 500)),
    },
}
MERIT = (Condition("facts", "at_least", 4 * POINT),)


def mixed_form() -> Scheme:
    sections = tuple(
        Section(
            name,
            sum(points for key, (points, _) in rules.items() if key != "merit") * POINT,
            tuple(
                Criterion(
                    key,
                    points * POINT,
                    rule,
                    f"M{1 + number % 3}",
                    bonus=key == "merit",
                    only_if=MERIT if key == "merit" else (),
                )
                for key, (points, rule) in rules.items()
            ),
        )
        for number, (name, rules) in enumerate(RULES.items())
    )
    grades = tuple(GradeBand(key, low * POINT) for key, low in (("a", 90), ("b", 80), ("c", 60), ("d", 0)))
    return Scheme(
        "mixed", "1", 100 * POINT, sections, grades, vetoes=(SchemeVeto("fraud", "M1", 59 * POINT),)
    )


def _half_up(over: Any, under: Any, unit: int) -> Any:
    divisor = np.maximum(under, 1) * unit
    return np.where(under == 0, 0, (2 * over + divisor) // (2 * divisor) * unit)


def _points(a: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    def faults(held: Mapping[str, Any], points: int, *amounts: int, part: str = "") -> Any:
        rest = points * POINT - held[f"{part}f0"] * amounts[0]
        for number, amount in enumerate(amounts[1:], start=1):
            rest = rest - held[f"{part}f{number}"] * amount
        return np.maximum(rest, 0)

    limit = np.array([10, 20])[a["on_time"]["class"]]
    days = a["on_time"]["days"]
    step = np.where(days > 2 * limit, 20_000, np.where(days > limit, 10_000, 0))
    blocked = a["independence"]["conflict"] * (1 - a["independence"]["declared"])
    sample, visits, sums = a["sample"], a["visits"], a["sums"]
    training = a["training"]
    return {
        "ability": a["ability"]["value"],
        "stable": a["stable"]["met"] * 30_000,
        "licence": a["licence"]["met"] * 30_000,
        "training": training["plan"] * 5_000 + training["held"] * 10_000 + training["noted"] * 5_000,
        "independence": faults(a["independence"], 5, 20_000, 5_000) * (1 - blocked),
        "design": a["design"]["value"],
        "indicators": faults(a["indicators"], 4, 5_000, 10_000, 2_000),
        "sample": np.minimum(_half_up(40_000 * sample["actual"], sample["planned"], 1), 40_000),
        "on_time": np.maximum(40_000 - days * 1_000 - step, 0),
        "contact": (2 * 40_000 * a["contact"]["rating"] + 5) // 10,
        "papers": faults(a["papers"], 6, 10_000, 5_000, 2_000),
        "visits": np.minimum(_half_up(40_000 * visits["actual"], visits["planned"], 100), 40_000),
        "evidence": a["evidence"]["value"],
        "review": (a["review"]["one.met"] + a["review"]["two.met"] + a["review"]["three.met"]) * 20_000,
        "conduct": np.maximum(40_000 - a["conduct"]["amount"], 0),
        "facts": a["facts"]["value"],
        "analysis": a["analysis"]["value"],
        "advice": np.array([40_000, 30_000, 0])[a["advice"]["level"]],
        "language": faults(a["language"], 3, 5_000, part="words.")
        + faults(a["language"], 1, 2_000, part="setting."),
        "sums": np.maximum(
            40_000 - np.minimum(sums["f0"], 6) * 5_000 - np.minimum(sums["f1"] * 1_000, 15_000), 0
        ),
        "archive": faults(a["archive"], 4, 10_000, 5_000),
        "use": np.array([20_000, 0])[a["use"]["level"]],
        "support": a["support"]["value"],
        "opinion": (2 * 20_000 * np.maximum(a["opinion"]["rating"] - 1, 0) + 5) // 10,
        "merit": a["merit"]["value"] * (a["facts"]["value"] >= 40_000),
    }


EDGES = np.array([0, 60 * POINT, 80 * POINT, 90 * POINT])


def score_mixed(a: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, Any], dict[str, Any], Any, Any]:
    """Sections, measures, totals and the numbers of the grades from the worst up."""
    points = _points(a)
    merit = points.pop("merit")
    sections = {name: sum(points[key] for key in rules if key != "merit") for name, rules in RULES.items()}
    base = sum(sections.values())
    merit = np.minimum(merit, np.maximum(100 * POINT - base, 0))
    sections["after"] = sections["after"] + merit
    total = base + merit
    cut = np.maximum(total - 59 * POINT, 0) * a["fraud"]["raised"]
    names = list(sections)
    measures = {f"M{number + 1}": sum(sections[name] for name in names[number::3]) for number in range(3)}
    measures["M1"] = measures["M1"] - cut
    total = total - cut
    return sections, measures, total, np.searchsorted(EDGES, total, side="right") - 1
