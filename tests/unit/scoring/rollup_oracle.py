"""A second computation of engagements and years from plain data, measure by measure, each figure only at the end.

It shares nothing with the engine: no classes, no traces; means come from the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from statistics import mean
from typing import Any

# {measure: points}; a sheet is {"max": units, "points": {measure: units}} or None.
Vector = dict[str, Fraction]
Sheet = Mapping[str, Any] | None


def of_sheet(sheet: Sheet) -> Vector | None:
    if sheet is None:
        return None
    return {key: Fraction(points, sheet["max"]) * 100 for key, points in sheet["points"].items()}


def of_panel(panel: Mapping[str, Any], sheets: Mapping[str, Sheet]) -> Vector | None:
    there = [(sum(vector.values()), key, vector) for key in sheets if (vector := of_sheet(sheets[key]))]
    if len(there) < panel["least"] or (panel["missing"] == "wait" and len(there) < len(sheets)):
        return None
    there.sort(key=lambda each: each[:2])
    for _ in range(panel["trim"] if panel["how"] == "trimmed_mean" else 0):
        there = there[1:-1]
    keys = {key for *_, vector in there for key in vector}
    return {key: mean(vector.get(key, Fraction(0)) for *_, vector in there) for key in keys}


def of_engagement(roles: Sequence[Mapping[str, Any]], role_missing: str) -> Vector | None:
    """Roles are {"share", "sheet"} or {"share", "panel", "sheets"}."""
    vectors = [
        (
            role["share"],
            of_panel(role["panel"], role["sheets"]) if "panel" in role else of_sheet(role["sheet"]),
        )
        for role in roles
        if role["share"]
    ]
    present = [(share, vector) for share, vector in vectors if vector is not None]
    if not present or (role_missing == "wait" and len(present) < len(vectors)):
        return None
    whole = sum(share for share, _ in present)
    return added([scaled(vector, share / whole) for share, vector in present])


def of_year(rules: Mapping[str, Any], items: Sequence[tuple[int, Vector]], form: Sheet) -> Vector:
    """`items` are (weight, score by measure), all of them known. `credits` and `raised` stand in the rules."""
    rest = 1 - rules["agency_share"] - rules["credit_share"]
    whole = sum(weight for weight, _ in items)
    year = added([scaled(vector, rest * Fraction(weight, whole)) for weight, vector in items])
    if rules["agency_share"]:
        year = added([year, scaled(of_sheet(form) or {}, rules["agency_share"])])
    if rules["base"] is not None:
        year = with_credits(rules, year)
    for veto in rules["vetoes"]:
        if veto["key"] in rules["raised"] and veto["caps_total"] is not None:
            over = max(Fraction(0), total(year) - Fraction(veto["caps_total"], 10_000))
            year = added([year, {veto["measure"]: -over}])
    return year


def with_credits(rules: Mapping[str, Any], year: Vector) -> Vector:
    entries = [{measure: Fraction(points, 10_000)} for measure, points in rules["credits"]]
    account = added([{"": Fraction(rules["base"], 10_000)}, *entries])
    low, high = rules["floor"], rules["cap"]
    if rules["credit_share"]:
        low, high = (low or 0), (1_000_000 if high is None else high)
    held = total(account)
    if low is not None and held < Fraction(low, 10_000):
        held = Fraction(low, 10_000)
    if high is not None and held > Fraction(high, 10_000):
        held = Fraction(high, 10_000)
    account = added([account, {"": held - total(account)}])
    if rules["credit_share"]:
        return added([year, scaled(account, rules["credit_share"])])
    both = added([year, account])
    ceiling = max(Fraction(100), total(year))
    return added([both, {"": sorted([Fraction(0), total(both), ceiling])[1] - total(both)}])


def scaled(vector: Vector, by: Fraction) -> Vector:
    return {key: by * part for key, part in vector.items()}


def added(vectors: Sequence[Vector]) -> Vector:
    keys = {key for vector in vectors for key in vector}
    return {key: sum((vector.get(key, Fraction(0)) for vector in vectors), Fraction(0)) for key in keys}


def total(vector: Vector) -> Fraction:
    return sum(vector.values(), Fraction(0))
