"""The second computation of a whole sheet: weights, left-out items, bonuses, vetoes, grade; in fractions of points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.unit.scoring.oracle import Invalid, Missing, is_left_out, mark, points

Data = Mapping[str, Any]


@dataclass
class OracleSheet:
    """A mark is a figure in points, or "missing", "invalid" or "left_out". Everything else is in points, too."""

    marks: dict[str, Decimal | str] = field(default_factory=dict)
    given: dict[str, Fraction | None] = field(default_factory=dict)
    sections: dict[str, Fraction | None] = field(default_factory=dict)
    measures: dict[str, Fraction | None] = field(default_factory=dict)
    assessed: Fraction = Fraction(0)
    total: Fraction | None = None
    grade: str | None = None
    capped_by: str | None = None


def sheet(scheme: Data, answers: Data, entered: Mapping[str, int | None]) -> OracleSheet:
    found = OracleSheet()
    criteria = [c for section in scheme["sections"] for c in section["criteria"]]
    for criterion in criteria:
        key = criterion["key"]
        found.marks[key] = state_of(scheme, criterion, answers.get(key, {}), entered.get(key))
    found.assessed = assessed(scheme, criteria, found)
    give(scheme, criteria, found)
    cuts = [veto(scheme, each, answers.get(each["key"], {}), found) for each in scheme.get("vetoes", [])]
    running = added(found.given.values())
    taken: list[tuple[str, Fraction | None]] = []
    for each, (applies, cap) in zip(scheme.get("vetoes", []), cuts, strict=True):
        off: Fraction | None = Fraction(0)
        if applies is None or (running is None and each["caps_total"] is not None):
            off = None
        elif applies and cap is not None and running is not None and running > cap:
            off = cap - running
        if each["caps_total"] is not None:
            taken.append((each["measure"] or "", off))
        running = None if running is None or off is None else running + off
    for section in scheme["sections"]:
        found.sections[section["key"]] = added(found.given[c["key"]] for c in section["criteria"])
    names = list(dict.fromkeys([*(c["measure"] or "" for c in criteria), *(name for name, _ in taken)]))
    for name in names:
        own = [found.given[c["key"]] for c in criteria if (c["measure"] or "") == name]
        found.measures[name] = added([*own, *(off for held, off in taken if held == name)])
    least = Fraction(scheme.get("least_assessed", 0), 1_000_000)
    whole = Fraction(points(scheme["max_points"]))
    if running is not None and found.assessed > 0 and found.assessed / whole >= least:
        found.total = running
        found.grade = grade(scheme, running * 100 / found.assessed)
        lower(scheme, found, [applies for applies, _ in cuts])
    return found


def added(parts: Any) -> Fraction | None:
    held = list(parts)
    return None if None in held else sum(held, Fraction(0))


def state_of(scheme: Data, criterion: Data, given: Data, figure: int | None) -> Decimal | str:
    out = False
    try:
        value: Decimal | None = mark(criterion["rule"], given)
        out = is_left_out(criterion["rule"], given)
    except Invalid:
        return "invalid"
    except Missing:
        value = None
        is_empty = all(answer is None for answer in given.values())
        out = is_empty and scheme.get("unanswered") == "leave_out"
    if figure is not None and (out or not 0 <= figure <= criterion["max_points"]):
        return "invalid"
    if out:
        return "left_out"
    if value is None:
        return "missing"
    return value if figure is None else points(figure)


def counts(criterion: Data) -> bool:
    return not criterion.get("bonus") and criterion.get("weight") != 0


def to_places(value: Fraction) -> Fraction:
    whole, rest = divmod(value * 10_000, 1)
    return Fraction(whole + (rest >= Fraction(1, 2)), 10_000)


def share_of(scheme: Data, criteria: list[Data], criterion: Data) -> Fraction:
    """The exact part of the maximum that a criterion stands for."""
    if not counts(criterion):
        return Fraction(0)
    if scheme.get("adding") != "weights":
        return Fraction(points(criterion["max_points"]))
    weights = sum(c["weight"] for c in criteria if counts(c))
    return Fraction(points(scheme["max_points"])) * Fraction(criterion["weight"], weights)


def assessed(scheme: Data, criteria: list[Data], found: OracleSheet) -> Fraction:
    shares = [share_of(scheme, criteria, c) for c in criteria if found.marks[c["key"]] != "left_out"]
    return to_places(sum(shares, Fraction(0)))


def give(scheme: Data, criteria: list[Data], found: OracleSheet) -> None:
    so_far = Fraction(0)
    for criterion in criteria:
        held = found.marks[criterion["key"]]
        if criterion.get("bonus"):
            continue
        part = Fraction(0)
        if isinstance(held, Decimal):
            part = Fraction(held) / Fraction(points(criterion["max_points"]))
        exact = so_far + part * share_of(scheme, criteria, criterion)
        known = isinstance(held, Decimal) or held == "left_out"
        found.given[criterion["key"]] = to_places(exact) - to_places(so_far) if known else None
        so_far = exact
    running = added(found.given.values())
    cap = points(scheme.get("total_cap") or scheme["max_points"]) - points(scheme["max_points"])
    by_key = {c["key"]: c for c in criteria}
    for criterion in criteria:
        if not criterion.get("bonus"):
            continue
        figure = earned(criterion, by_key, found)
        if figure is None or running is None:
            found.given[criterion["key"]] = running = None
            continue
        room = max(Fraction(0), Fraction(cap) + found.assessed - running)
        found.given[criterion["key"]] = part = min(figure, room)
        running += part


def earned(criterion: Data, by_key: Mapping[str, Data], found: OracleSheet) -> Fraction | None:
    held = found.marks[criterion["key"]]
    if held in ("missing", "invalid"):
        return None
    value = Fraction(0)
    if isinstance(held, Decimal):
        value = Fraction(held)
    if not criterion.get("bonus"):
        return value
    if criterion.get("weight") == 0:
        value = Fraction(0)
    for condition in criterion.get("only_if", []):
        other = by_key[condition["criterion"]]
        reached = earned(other, by_key, found)
        if reached is None:
            return None
        least = other["max_points"] if condition["test"] == "full" else condition["points"]
        if reached < Fraction(points(least)):
            value = Fraction(0)
    return value


def veto(scheme: Data, held: Data, given: Data, found: OracleSheet) -> tuple[bool | None, Fraction | None]:
    """Whether it applies, None where that is not known, and the most that the total may be."""
    cap = None
    if held["caps_total"] is not None:
        part = found.assessed / Fraction(points(scheme["max_points"]))
        cap = to_places(Fraction(points(held["caps_total"])) * part)
    raised, exception = given.get("raised"), held["exception"]
    excepted = False if exception is None else given.get(exception)
    if any(flag is not None and type(flag) is not bool for flag in (raised, excepted)):
        return None, cap
    if raised is None:
        return None, cap
    if not raised:
        return False, cap
    return (None if excepted is None else not excepted), cap


def grade(scheme: Data, percent: Fraction) -> str | None:
    if scheme["rounding"] is not None:
        places = scheme["rounding"]["places"]
        whole, rest = divmod(percent * 10**places, 1)
        percent = Fraction(whole + (rest >= Fraction(1, 2)), 10**places)
    best: tuple[Fraction, str] | None = None
    for band in scheme["grades"]:
        low = Fraction(points(band["low"]))
        if percent >= low and (best is None or low > best[0]):
            best = (low, band["key"])
    return None if best is None else best[1]


def lower(scheme: Data, found: OracleSheet, applies: list[bool | None]) -> None:
    order = [band["key"] for band in sorted(scheme["grades"], key=lambda band: band["low"])]
    for held, does in zip(scheme.get("vetoes", []), applies, strict=True):
        cap = held["caps_grade"]
        if (
            does
            and cap is not None
            and found.grade is not None
            and order.index(cap) < order.index(found.grade)
        ):
            found.grade, found.capped_by = cap, held["key"]
