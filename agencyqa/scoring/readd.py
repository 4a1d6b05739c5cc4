"""Adds a trace up again from the trace alone, as with a pencil. It shares no code with the rules."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from agencyqa.scoring.exact import fraction_from_data
from agencyqa.scoring.problems import TraceError, join_place

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
}


def readd(trace: Trace) -> int | Fraction | None:
    """The total in units of a sheet, or the exact score of an engagement or a year; None if it has none.

    Raises TraceError where a step, sum, rounding or grade does not follow from the figures before it.
    """
    kind = trace.get("type")
    if kind == "sheet":
        return _sheet(trace)
    if kind == "engagement":
        return _engagement(trace)
    if kind == "annual":
        return _annual(trace)
    raise TraceError("type", "unknown_type")


def _expect(place: str, got: Any, stated: Any) -> None:
    if got != stated:
        raise TraceError(place, "does_not_add_up")


# Sheet


def _sheet(trace: Trace) -> int | None:
    measures: dict[str, list[int | None]] = {}
    for section in trace["sections"]:
        counted = [_criterion(each, join_place(section["key"], each["key"])) for each in section["criteria"]]
        for each, figure in zip(section["criteria"], counted, strict=True):
            measures.setdefault(each["measure"], []).append(figure)
        _expect(section["key"], _sum(counted), section["total"])
        _expect(f"{section['key']}.max", sum(each["max"] for each in section["criteria"]), section["max"])
    for measure in trace["measures"]:
        _expect(f"measures.{measure['key']}", _sum(measures.pop(measure["key"], [None])), measure["total"])
    _expect("measures", measures, {})
    total = _sum([section["total"] for section in trace["sections"]])
    _expect("total", total, trace["total"])
    _expect("total.measures", _sum([measure["total"] for measure in trace["measures"]]), total)
    _expect("max", sum(section["max"] for section in trace["sections"]), trace["max"])
    _expect("max.measures", sum(measure["max"] for measure in trace["measures"]), trace["max"])
    percent = None if total is None else Fraction(total * 100, trace["max"])
    _expect("percent", percent, fraction_from_data(trace["percent"]))
    _conclusion(trace, percent)
    return total


def _sum(figures: Sequence[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if len(known) == len(figures) else None


def _criterion(criterion: Trace, place: str) -> int | None:
    results: list[int | None] = []
    for number, step in enumerate(criterion["steps"]):
        at = join_place(place, f"steps.{number}")
        for arg in step["args"]:
            _argument(arg, step["path"], criterion, results, at)
        results.append(_step(step, at))
    if criterion["state"] != "ok":
        _expect(place, None, criterion["counted"])
        return None
    _expect(f"{place}.computed", results[-1], criterion["computed"])
    counted = criterion["computed"] if criterion["entered"] is None else criterion["entered"]
    _expect(f"{place}.counted", counted, criterion["counted"])
    if not 0 <= counted <= criterion["max"]:
        raise TraceError(place, "out_of_range")
    return int(counted)


def _argument(arg: Trace, path: str, criterion: Trace, results: Sequence[int | None], place: str) -> None:
    """Each figure of a step must be the one that stands where the step says it comes from."""
    value, ref = arg["value"], arg["ref"]
    if arg["from"] == "step":
        _expect(place, value, results[ref] if 0 <= ref < len(results) else TraceError)
    elif arg["from"] == "param":
        if value is not None and ref != "zero":
            _expect(place, value, _param(criterion["rule"], path, ref))
        elif ref == "zero":
            _expect(place, value, 0)
    elif criterion["state"] == "ok" and value is not None:
        given = criterion["inputs"].get(ref)
        # A choice is recorded by its position; its points are checked as a parameter.
        if not isinstance(given, str):
            _expect(place, value, None if given is None else int(given))


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
        if isinstance(held, Sequence):
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
    elif op in OPERATIONS:
        result = OPERATIONS[op](values)
    else:
        raise TraceError(place, "unknown_operation")
    _expect(place, result, step["result"])
    return result


# Engagement and year


def _engagement(trace: Trace) -> Fraction | None:
    parts: list[Fraction | None] = []
    measures: dict[str, Fraction] = {}
    shares = Fraction(0)
    for role in trace["roles"]:
        place = f"roles.{role['role']}"
        share = _fraction(role["share"], place)
        shares += share
        percent = None if role["total"] is None else Fraction(role["total"] * 100, role["max"])
        _expect(place, percent, fraction_from_data(role["percent"]))
        contribution = None if percent is None else share * percent
        _expect(place, contribution, fraction_from_data(role["contribution"]))
        if not share:
            continue
        parts.append(contribution)
        if contribution is not None:
            _expect(place, sum(measure["total"] for measure in role["measures"]), role["total"])
            for measure in role["measures"]:
                part = share * Fraction(measure["total"] * 100, role["max"])
                measures[measure["key"]] = measures.get(measure["key"], Fraction(0)) + part
    _expect("roles", shares, Fraction(1))
    return _finish(trace, parts, measures)


def _annual(trace: Trace) -> Fraction | None:
    parts: list[Fraction | None] = []
    measures: dict[str, Fraction] = {}
    items = trace["items"]
    fees = [item["fee"] for item in items]
    for item in items:
        place = f"items.{item['key']}"
        weight = fraction_from_data(item["weight"])
        if trace["weights"] == "equal":
            _expect(place, Fraction(1, len(items)), weight)
        else:
            _expect(place, None if None in fees else Fraction(item["fee"], sum(fees)), weight)
        score = fraction_from_data(item["score"])
        contribution = None if weight is None or score is None else weight * score
        _expect(place, contribution, fraction_from_data(item["contribution"]))
        parts.append(contribution)
        if weight is not None and contribution is not None:
            inside = {m["key"]: _fraction(m["score"], place) for m in item["measures"]}
            _expect(place, sum(inside.values(), Fraction(0)), score)
            for key, part in inside.items():
                measures[key] = measures.get(key, Fraction(0)) + weight * part
    return _finish(trace, parts, measures)


def _finish(
    trace: Trace, parts: Sequence[Fraction | None], measures: Mapping[str, Fraction]
) -> Fraction | None:
    known = [part for part in parts if part is not None]
    score = sum(known, Fraction(0)) if known and len(known) == len(parts) else None
    _expect("score", score, fraction_from_data(trace["score"]))
    for measure in trace["measures"]:
        stated = fraction_from_data(measure["score"])
        _expect(f"measures.{measure['key']}", None if score is None else measures.get(measure["key"]), stated)
    if score is not None:
        _expect("measures", sum(measures.values(), Fraction(0)), score)
    _conclusion(trace, score)
    return score


def _fraction(data: Any, place: str) -> Fraction:
    value = fraction_from_data(data)
    if value is None:
        raise TraceError(place, "missing")
    return value


def _conclusion(trace: Trace, score: Fraction | None) -> None:
    """The rounding step and the grade must follow from the score."""
    compared = score
    if trace["rounding"] is not None:
        unit = Fraction(1, 10 ** trace["rounding"]["places"])
        result = None if score is None else math.floor(score / unit + Fraction(1, 2))
        _expect("rounding", result, trace["rounding"]["result"])
        compared = None if result is None else result * unit
    grade = trace["grade"]
    if grade is None:
        return
    _expect("grade", compared, fraction_from_data(grade["compared"]))
    units = Fraction(-1) if compared is None else compared * 10_000
    if units < grade["low"] or (grade["high"] is not None and units >= grade["high"]):
        raise TraceError("grade", "outside_band")
