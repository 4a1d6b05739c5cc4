"""A second computation, sheet by sheet in Decimal points, from the scheme's data alone.

It shares nothing with the engine but the shape of the data: no arrays, no integers of a ten-thousandth.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction
from typing import Any

getcontext().prec = 60

COUNT_LIMIT = 99_999


class Missing(Exception):
    pass


class Invalid(Exception):
    pass


def points(units: int) -> Decimal:
    return Decimal(units).scaleb(-4)


def mark(rule: Mapping[str, Any], given: Mapping[str, Any], prefix: str = "") -> Decimal:
    """Raises Invalid before Missing: a wrong figure stays wrong however much else is empty."""
    problems: list[type[Exception]] = []
    value = _mark(rule, given, prefix, problems)
    if Invalid in problems:
        raise Invalid
    if value is None:
        raise Missing
    return value


def _number(given: Mapping[str, Any], name: str, problems: list[type[Exception]]) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if type(value) is not int:
        problems.append(Invalid)
        return None
    return value


def _flag(given: Mapping[str, Any], name: str, problems: list[type[Exception]]) -> bool | None:
    value = given.get(name)
    if value is not None and type(value) is not bool:
        problems.append(Invalid)
        return None
    return value


def _count(given: Mapping[str, Any], name: str, problems: list[type[Exception]]) -> int | None:
    value = _number(given, name, problems)
    if value is not None and not 0 <= value <= COUNT_LIMIT:
        problems.append(Invalid)
    return value


def _choice(
    given: Mapping[str, Any], name: str, items: list[dict[str, Any]], problems: list[type[Exception]]
) -> dict[str, Any] | None:
    value = given.get(name)
    if value is None:
        return None
    for item in items:
        if item["key"] == value:
            return item
    problems.append(Invalid)
    return None


def _free(
    given: Mapping[str, Any], name: str, low: int, high: int, step: int, problems: list[type[Exception]]
) -> Decimal | None:
    value = _number(given, name, problems)
    if value is None:
        return None
    if value < low or value > high or value % step:
        problems.append(Invalid)
    return points(value)


def _mark(
    rule: Mapping[str, Any], given: Mapping[str, Any], at: str, problems: list[type[Exception]]
) -> Decimal | None:
    kind = rule["kind"]
    if kind == "banded":
        band = _choice(given, f"{at}band", rule["bands"], problems)
        lows, highs = [b["low"] for b in rule["bands"]], [b["high"] for b in rule["bands"]]
        step = rule["step"]
        rounds = rule.get("gaps", "refuse") == "round"
        value = _free(given, f"{at}value", min(lows), max(highs), 1 if rounds else step, problems)
        if band is None or value is None:
            return None
        if rounds:
            value = (value / points(step)).to_integral_value(ROUND_HALF_UP) * points(step)
        if not points(band["low"]) <= value <= points(band["high"]):
            problems.append(Invalid)
        return value
    if kind == "all_or_nothing":
        met = _flag(given, f"{at}met", problems)
        return None if met is None else points(rule["points"]) if met else Decimal(0)
    if kind == "deductions":
        rest: Decimal | None = points(rule["points"])
        for fault in rule["faults"]:
            count = _count(given, f"{at}{fault['key']}", problems)
            if count is None:
                rest = None
            elif rest is not None:
                cap = fault["max_count"]
                off = points(fault["amount"]) * (count if cap is None or count < cap else cap)
                most = fault.get("max_amount")
                rest -= off if most is None else min(off, points(most))
        return None if rest is None else rest if rest > 0 else Decimal(0)
    if kind == "range_deduction":
        return _range_deduction(rule, given, at, problems)
    if kind == "veto":
        raised = _flag(given, f"{at}{rule['flag']}", problems)
        excepted: bool | None = False
        if rule["exception"] is not None:
            excepted = _flag(given, f"{at}{rule['exception']}", problems)
        inner = _mark(rule["rule"], given, at, problems)
        if raised is None:
            return None
        if not raised:
            return inner
        return None if excepted is None else inner if excepted else Decimal(0)
    if kind == "composite":
        marks = [_mark(part["rule"], given, f"{at}{part['key']}.", problems) for part in rule["parts"]]
        known = [each for each in marks if each is not None]
        return sum(known, Decimal(0)) if len(known) == len(marks) else None
    if kind == "free":
        return _free(given, f"{at}value", rule["low"], rule["high"], rule["step"], problems)
    if kind == "ordinal":
        level = _choice(given, f"{at}level", rule["levels"], problems)
        return None if level is None else points(level["points"])
    return NEWER[kind](rule, given, at, problems)


def _range_deduction(
    rule: Mapping[str, Any], given: Mapping[str, Any], at: str, problems: list[type[Exception]]
) -> Decimal | None:
    count = _count(given, f"{at}count", problems) if rule["per_occurrence"] else 1
    amount = _number(given, f"{at}amount", problems)
    if amount is None:
        return None
    if count is None:
        if amount % rule["step"] or not 0 <= amount <= rule["high"] * COUNT_LIMIT:
            problems.append(Invalid)
        return None
    fits = count * rule["low"] <= amount <= count * rule["high"]
    if amount % rule["step"] or not (fits or (amount == 0 and not rule["per_occurrence"])):
        problems.append(Invalid)
    left = points(rule["points"]) - points(amount)
    return left if left > 0 else Decimal(0)


def _checklist(
    rule: Mapping[str, Any], given: Mapping[str, Any], at: str, problems: list[type[Exception]]
) -> Decimal | None:
    ticks = [(_flag(given, f"{at}{item['key']}", problems), item["points"]) for item in rule["items"]]
    if any(tick is None for tick, _ in ticks):
        return None
    return sum((points(units) for tick, units in ticks if tick), Decimal(0))


def _figure(given: Mapping[str, Any], name: str, problems: list[type[Exception]]) -> Decimal | None:
    value = _number(given, name, problems)
    if value is None:
        return None
    if not 0 <= value <= 10**12:
        problems.append(Invalid)
    return points(value)


def _rounded(value: Fraction, places: int) -> Decimal:
    """Half-up by hand, for a Decimal cannot hold every quotient."""
    whole, rest = divmod(value * 10**places, 1)
    return Decimal(whole + (1 if rest >= Fraction(1, 2) else 0)).scaleb(-places)


def _ratio(
    rule: Mapping[str, Any], given: Mapping[str, Any], at: str, problems: list[type[Exception]]
) -> Decimal | None:
    actual = _figure(given, f"{at}actual", problems)
    planned = _figure(given, f"{at}planned", problems)
    divisor = planned if rule["direction"] == "higher" else actual
    if divisor == 0 and rule["empty"] == "refuse":
        problems.append(Invalid)
    if actual is None or planned is None:
        return None
    full = points(rule["points"])
    cap = full if rule["cap"] is None else points(rule["cap"])
    if divisor == 0:
        return min(full, cap) if rule["empty"] == "full" else Decimal(0)
    part = Fraction(actual) / Fraction(planned) if rule["direction"] == "higher" else None
    if part is None:
        part = Fraction(planned) / Fraction(actual)
    return min(cap, _rounded(part * Fraction(full), rule["places"]))


def _lateness(
    rule: Mapping[str, Any], given: Mapping[str, Any], at: str, problems: list[type[Exception]]
) -> Decimal | None:
    days = _count(given, f"{at}days", problems)
    held: Mapping[str, Any] | None = None
    if rule["by_amount"]:
        amount = _figure(given, f"{at}amount", problems)
        if amount is not None:
            for each in rule["classes"]:
                if amount >= points(each["above"] or 0):
                    held = each
    else:
        held = _choice(given, f"{at}class", rule["classes"], problems)
    if days is None or held is None:
        return None
    penalties = []
    for step in rule["steps"]:
        threshold = points(step["multiple"]) * held["limit"]
        if days > threshold or (rule["reached"] == "at" and days == threshold):
            penalties.append(points(step["penalty"]))
    taken = sum(penalties, Decimal(0)) if rule["steps_add"] else (penalties or [Decimal(0)])[-1]
    left = points(rule["points"]) - days * points(rule["per_day"]) - taken
    return left if left > 0 else Decimal(0)


def _rating(
    rule: Mapping[str, Any], given: Mapping[str, Any], at: str, problems: list[type[Exception]]
) -> Decimal | None:
    rating = _number(given, f"{at}rating", problems)
    if rating is None:
        return None
    if rating == 0:
        return Decimal(0)
    if not rule["low"] <= rating <= rule["high"]:
        problems.append(Invalid)
        return Decimal(0)
    part = Fraction(rating, rule["high"])
    if rule["base"] == "low":
        part = Fraction(rating - rule["low"], rule["high"] - rule["low"])
    return min(points(rule["points"]), _rounded(part * Fraction(points(rule["points"])), rule["places"]))


NEWER = {"checklist": _checklist, "ratio": _ratio, "lateness": _lateness, "rating": _rating}


def is_left_out(rule: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Whether a well-formed answer says that the criterion cannot be assessed."""
    if rule["kind"] == "rating":
        return rule["cannot_assess"] == "leave_out" and given["rating"] == 0
    if rule["kind"] == "veto":
        excepted = rule["exception"] is not None and given[rule["exception"]] is True
        return (given[rule["flag"]] is False or excepted) and is_left_out(rule["rule"], given)
    return False
