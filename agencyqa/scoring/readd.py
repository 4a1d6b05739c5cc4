"""Adds a trace up again from the trace alone, as with a pencil. It shares no code with the rules."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from agencyqa.scoring.exact import fraction_from_data
from agencyqa.scoring.problems import TraceError, join_place
from agencyqa.scoring.readd_adding import check_cap, contributions, is_too_little, vetoed
from agencyqa.scoring.readd_rollup import READERS, conclude, expect
from agencyqa.scoring.units import SCALE

Trace = Mapping[str, Any]

OPERATIONS: dict[str, Callable[[list[int]], int]] = {
    "add": sum,
    "sub": lambda v: v[0] - v[1],
    "mul": lambda v: v[0] * v[1],
    "min": min,
    "max": max,
    "take": lambda v: v[0],
    "pick": lambda v: v[1],
    "unless": lambda v: v[0] * (1 - v[1]),
    "to_step": lambda v: math.floor(Fraction(v[0], v[1]) + Fraction(1, 2)) * v[1],
    "bracket": lambda v: sum(edge <= v[0] for edge in v[1:]) - 1,
    "reached_over": lambda v: int(v[0] > Fraction(v[1], SCALE) * v[2]),
    "reached_at": lambda v: int(v[0] >= Fraction(v[1], SCALE) * v[2]),
}


def readd(trace: Trace) -> int | Fraction | None:
    """The total in units of a sheet, or the exact score of an engagement or a year; None if it has none.

    Raises TraceError where a step, sum, rounding or grade does not follow from the figures before it.
    """
    kind = str(trace.get("type"))
    if kind == "sheet":
        return _sheet(trace)
    if kind in READERS:
        return READERS[kind](trace)
    raise TraceError("type", "unknown_type")


# Sheet


def _sheet(trace: Trace) -> int | None:
    given, maxima = contributions(trace)
    measures: dict[str, list[int | None]] = {}
    parts: list[int | None] = []
    for section in trace["sections"]:
        for each in section["criteria"]:
            _criterion(each, join_place(section["key"], each["key"]))
            measures.setdefault(each["measure"], []).append(given[each["key"]])
        held = [given[each["key"]] for each in section["criteria"]]
        expect(section["key"], _sum(held), section["total"])
        most = sum(maxima[each["key"]] for each in section["criteria"])
        expect(f"{section['key']}.max", most, section["max"])
        parts.append(section["total"])
    total = vetoed(trace, _sum(parts), measures)
    for measure in trace["measures"]:
        expect(f"measures.{measure['key']}", _sum(measures.pop(measure["key"], [None])), measure["total"])
    expect("measures", measures, {})
    if total is not None:
        expect("total.measures", sum(measure["total"] for measure in trace["measures"]), total)
    if is_too_little(trace):
        total = None
    expect("total", total, trace["total"])
    assessed = sum(maxima.values())
    expect("max.sections", sum(section["max"] for section in trace["sections"]), assessed)
    expect("max.measures", sum(measure["max"] for measure in trace["measures"]), assessed)
    if "adding" not in trace:
        expect("max", assessed, trace["max"])
    percent = None if total is None else Fraction(total * 100, assessed)
    expect("percent", percent, fraction_from_data(trace["percent"]))
    conclude(trace, percent)
    check_cap(trace)
    return total


def _sum(figures: Sequence[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if len(known) == len(figures) else None


def _criterion(criterion: Trace, place: str) -> None:
    results: list[int | None] = []
    for number, step in enumerate(criterion["steps"]):
        at = join_place(place, f"steps.{number}")
        for arg in step["args"]:
            _argument(arg, step["path"], criterion, results, at)
        results.append(_step(step, at))
    if criterion["state"] != "ok":
        expect(place, None, criterion["counted"])
        return
    expect(f"{place}.computed", results[-1], criterion["computed"])
    counted = criterion["computed"] if criterion["entered"] is None else criterion["entered"]
    expect(f"{place}.counted", counted, criterion["counted"])
    if not 0 <= counted <= criterion["max"]:
        raise TraceError(place, "out_of_range")


def _argument(arg: Trace, path: str, criterion: Trace, results: Sequence[int | None], place: str) -> None:
    """Each figure of a step must be the one that stands where the step says it comes from."""
    value, ref = arg["value"], arg["ref"]
    if arg["from"] == "step":
        expect(place, value, results[ref] if 0 <= ref < len(results) else TraceError)
    elif arg["from"] == "param":
        if value is not None and ref != "zero":
            expect(place, value, _param(criterion["rule"], path, ref))
        elif ref == "zero":
            expect(place, value, 0)
    elif criterion["state"] == "ok" and value is not None:
        given = criterion["inputs"].get(ref)
        # A choice is recorded by its position; its points are checked as a parameter.
        if not isinstance(given, str):
            expect(place, value, None if given is None else int(given))


def _param(rule: Trace, path: str, ref: str) -> Any:
    """Finds a parameter in the rule's data: by part keys down to the rule, then by field and item key."""
    keys = path.split(".") if path else []
    while rule["kind"] == "veto" or (rule["kind"] == "composite" and keys):
        if rule["kind"] == "veto":
            rule = rule["rule"]
        else:
            key = keys.pop(0)
            rule = next(part["rule"] for part in rule["parts"] if part["key"] == key)
    held: Any = rule
    for name in ref.split("."):
        if isinstance(held, Sequence) and name.isdigit():
            held = held[int(name)]
        elif isinstance(held, Sequence):
            held = next((item for item in held if item["key"] == name), {})
        else:
            held = held.get(name)
    return held


def _step(step: Trace, place: str) -> int | None:
    values = [arg["value"] for arg in step["args"]]
    op = step["op"]
    result: int | None
    if op == "cancel":
        inner, flag = values
        result = None if flag is None else 0 if flag == 1 else inner
    elif op == "unless" and values[0] == 0:
        result = 0
    elif None in values:
        result = None
    elif op == "quotient":
        over, under, instead = values
        unit = step["unit"]
        result = math.floor(Fraction(over, under * unit) + Fraction(1, 2)) * unit if under else instead
    elif op in OPERATIONS:
        result = OPERATIONS[op](values)
    else:
        raise TraceError(place, "unknown_operation")
    expect(place, result, step["result"])
    return result
