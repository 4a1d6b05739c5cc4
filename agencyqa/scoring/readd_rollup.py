"""Adds the trace of an engagement or a year up again from the trace alone. It shares no code with the roll-up."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from agencyqa.scoring.exact import fraction_from_data
from agencyqa.scoring.problems import TraceError

Trace = Mapping[str, Any]
Measures = dict[str, Fraction]
UNITS = 10_000


def expect(place: str, got: Any, stated: Any) -> None:
    if got != stated:
        raise TraceError(place, "does_not_add_up")


# Engagement


def readd_engagement(trace: Trace) -> Fraction | None:
    figures = {role["role"]: _role(role) for role in trace["roles"]}
    shares = {role["role"]: _fraction(role["share"], f"roles.{role['role']}") for role in trace["roles"]}
    expect("roles", sum(shares.values(), Fraction(0)), Fraction(1))
    lacking = [key for key, share in shares.items() if share and figures[key][0] is None]
    carried = sum((share for key, share in shares.items() if key not in lacking), Fraction(0))
    left_out = lacking if trace.get("role_missing", "wait") == "reweight" and carried else []
    expect("left_out", left_out, trace.get("left_out", []))
    expect("missing", [] if left_out else lacking, trace["missing"])
    parts: list[Fraction | None] = []
    measures: Measures = {}
    for role in trace["roles"]:
        key, place = role["role"], f"roles.{role['role']}"
        percent, inside = figures[key]
        effective = shares[key]
        if left_out:
            effective = Fraction(0) if key in left_out else shares[key] / carried
        expect(place, effective, fraction_from_data(role.get("effective", role["share"])))
        contribution = None if percent is None else effective * percent
        expect(place, contribution, fraction_from_data(role["contribution"]))
        if effective:
            parts.append(contribution)
            for name, part in inside.items():
                measures[name] = measures.get(name, Fraction(0)) + effective * part
    score = _added(parts)
    _finish(trace, score, measures)
    return score


def _role(role: Trace) -> tuple[Fraction | None, Measures]:
    """The percentage of a role, by measure, from its sheet or from the seats of its panel."""
    place = f"roles.{role['role']}"
    percent, inside = _panel(role, place) if "panel" in role else _sheet(role, place)
    expect(place, percent, fraction_from_data(role["percent"]))
    return percent, inside


def _sheet(sheet: Trace, place: str) -> tuple[Fraction | None, Measures]:
    if sheet["total"] is None:
        return None, {}
    expect(place, sum(measure["total"] for measure in sheet["measures"]), sheet["total"])
    hundredth = Fraction(100, sheet["max"])
    return sheet["total"] * hundredth, {
        measure["key"]: measure["total"] * hundredth for measure in sheet["measures"]
    }


def _panel(role: Trace, place: str) -> tuple[Fraction | None, Measures]:
    panel, seats = role["panel"], role["seats"]
    expect(place, sorted({seat["key"] for seat in seats}), [seat["key"] for seat in seats])
    found = {seat["key"]: _sheet(seat, f"{place}.{seat['key']}") for seat in seats}
    known = {key: percent for key, (percent, _) in found.items() if percent is not None}
    is_enough = len(known) >= panel["least"] and (panel["missing"] != "wait" or len(known) == len(seats))
    trimmed: list[str] = []
    if panel["how"] == "trimmed_mean" and is_enough:
        ordered = sorted(known.items(), key=lambda pair: (pair[1], pair[0]))
        ends = ordered[: panel["trim"]] + ordered[-panel["trim"] :]
        trimmed = [key for key, _ in ends]
    counted = [key for key in known if key not in trimmed]
    for seat in seats:
        at = f"{place}.{seat['key']}"
        expect(at, known.get(seat["key"]), fraction_from_data(seat["percent"]))
        state = "counted" if seat["key"] in counted else "trimmed" if seat["key"] in trimmed else "missing"
        expect(at, state, seat["state"])
    if not is_enough:
        return None, {}
    inside: Measures = {}
    for key in counted:
        for name, part in found[key][1].items():
            inside[name] = inside.get(name, Fraction(0)) + part / len(counted)
    stated = {part["key"]: fraction_from_data(part["score"]) for part in role["parts"]}
    expect(f"{place}.parts", inside, stated)
    return sum((known[key] for key in counted), Fraction(0)) / len(counted), inside


# Year


def readd_year(trace: Trace) -> Fraction | None:
    rules = trace.get("rules", {})
    form_share = fraction_from_data(rules.get("agency_share")) or Fraction(0)
    credit_share = fraction_from_data(rules.get("credit_share")) or Fraction(0)
    share = 1 - form_share - credit_share
    measures: Measures = {}
    parts = _items(trace, share, measures)
    is_final = trace["state"] in ("final", "too_few")
    score = _added(parts) if share else Fraction(0)
    if not is_final:
        _finish(trace, None, {})
        return None
    steps = trace.get("steps", {})
    if rules:
        expect("steps.engagements", _stated(steps["engagements"]), (share, score))
    if score is not None and form_share:
        percent, inside = _sheet(trace["form"], "form")
        form = None if percent is None else form_share * percent
        expect("steps.form", _stated(steps["form"]), (form_share, form))
        _move(measures, {name: form_share * part for name, part in inside.items()})
        score = None if form is None else score + form
    if score is not None and "base" in rules:
        score = _credits(trace, credit_share, score, measures)
    if score is not None:
        score = _vetoes(trace, score, measures)
        expect("state", len(trace["items"]) < rules.get("least_engagements", 1), trace["state"] == "too_few")
    _finish(trace, score, measures)
    _grade(trace)
    return score


def _grade(trace: Trace) -> None:
    """Lowered exactly as far as the raised vetoes lower it; none at all where there were too few engagements."""
    grade = trace["grade"]
    if trace["state"] == "too_few":
        expect("grade", grade, None)
    if grade is None:
        return
    raised = {step["key"] for step in trace.get("steps", {}).get("vetoes", ())}
    lowest, by = grade["low"], None
    for veto in trace.get("rules", {}).get("vetoes", ()):
        if veto["key"] in raised and veto["grade_low"] is not None and veto["grade_low"] < lowest:
            lowest, by = veto["grade_low"], veto
    expect("grade.capped_by", None if by is None else by["key"], grade.get("capped_by"))
    if by is not None:
        expect("grade.key", by["caps_grade"], grade["key"])


def _items(trace: Trace, share: Fraction, measures: Measures) -> list[Fraction | None]:
    parts: list[Fraction | None] = []
    items = trace["items"]
    name = {"fee": "fee", "amount": "amount", "set": "set"}.get(trace["weights"])
    weights = [1 if name is None else item[name] for item in items]
    whole = None if None in weights else sum(weights)
    for item, own in zip(items, weights, strict=True):
        place = f"items.{item['key']}"
        weight = fraction_from_data(item["weight"])
        expect(place, Fraction(own, whole) if whole else None, weight)
        score = fraction_from_data(item["score"])
        contribution = None if weight is None or score is None else weight * score
        expect(place, contribution, fraction_from_data(item["contribution"]))
        parts.append(None if contribution is None else share * contribution)
        if weight is not None and contribution is not None:
            inside = {m["key"]: _fraction(m["score"], place) for m in item["measures"]}
            expect(place, sum(inside.values(), Fraction(0)), score)
            _move(measures, {key: share * weight * part for key, part in inside.items()})
    return parts


def _credits(trace: Trace, share: Fraction, score: Fraction, measures: Measures) -> Fraction:
    rules, step = trace["rules"], trace["steps"]["credits"]
    account: Measures = {"": Fraction(rules["base"], UNITS)}
    for credit in trace["credits"]:
        _move(account, {credit["measure"]: Fraction(credit["points"], UNITS)})
    everything = sum(account.values(), Fraction(0))
    expect("steps.credits.sum", everything, fraction_from_data(step["sum"]))
    held = everything
    if rules["floor"] is not None:
        held = max(held, Fraction(rules["floor"], UNITS))
    if rules["cap"] is not None:
        held = min(held, Fraction(rules["cap"], UNITS))
    expect("steps.credits.account", held, fraction_from_data(step["account"]))
    _move(account, {"": held - everything})
    factor = share or Fraction(1)
    expect("steps.credits", factor * held, fraction_from_data(step["contribution"]))
    _move(measures, {key: factor * part for key, part in account.items()})
    after = score + factor * held
    if not share:
        bounded = min(max(after, Fraction(0)), max(Fraction(100), score))
        expect("steps.credits.bounded", bounded, fraction_from_data(step["bounded"]))
        _move(measures, {"": bounded - after})
        after = bounded
    return after


def _vetoes(trace: Trace, score: Fraction, measures: Measures) -> Fraction:
    known = {veto["key"]: veto for veto in trace.get("rules", {}).get("vetoes", ())}
    for step in trace.get("steps", {}).get("vetoes", ()):
        place = f"vetoes.{step['key']}"
        if step["key"] not in known:
            raise TraceError(place, "unknown_veto")
        veto = known[step["key"]]
        expect(place, score, fraction_from_data(step["before"]))
        after = score if veto["caps_total"] is None else min(score, Fraction(veto["caps_total"], UNITS))
        expect(place, after, fraction_from_data(step["after"]))
        _move(measures, {veto["measure"]: after - score})
        score = after
    return score


def _move(measures: Measures, by: Mapping[str, Fraction]) -> None:
    for key, part in by.items():
        measures[key] = measures.get(key, Fraction(0)) + part


def _stated(step: Trace) -> tuple[Fraction | None, Fraction | None]:
    return fraction_from_data(step["share"]), fraction_from_data(step["contribution"])


# Both


def _added(parts: Sequence[Fraction | None]) -> Fraction | None:
    known = [part for part in parts if part is not None]
    return sum(known, Fraction(0)) if known and len(known) == len(parts) else None


def _finish(trace: Trace, score: Fraction | None, measures: Measures) -> None:
    expect("score", score, fraction_from_data(trace["score"]))
    for measure in trace["measures"]:
        stated = fraction_from_data(measure["score"])
        got = None if score is None else measures.get(measure["key"], Fraction(0))
        expect(f"measures.{measure['key']}", got, stated)
    if score is not None:
        expect("measures", sum(measures.values(), Fraction(0)), score)
        listed = {measure["key"] for measure in trace["measures"]}
        expect("measures", {key for key, part in measures.items() if part} <= listed, True)
    conclude(trace, score)


def _fraction(data: Any, place: str) -> Fraction:
    value = fraction_from_data(data)
    if value is None:
        raise TraceError(place, "missing")
    return value


def conclude(trace: Trace, score: Fraction | None) -> None:
    """The rounding step and the grade must follow from the score."""
    compared = score
    if trace["rounding"] is not None:
        unit = Fraction(1, 10 ** trace["rounding"]["places"])
        result = None if score is None else math.floor(score / unit + Fraction(1, 2))
        expect("rounding", result, trace["rounding"]["result"])
        compared = None if result is None else result * unit
    grade = trace["grade"]
    if grade is None:
        return
    expect("grade", compared, fraction_from_data(grade["compared"]))
    units = Fraction(-1) if compared is None else compared * UNITS
    if units < grade["low"] or (grade["high"] is not None and units >= grade["high"]):
        raise TraceError("grade", "outside_band")


READERS: Mapping[str, Callable[[Trace], Fraction | None]] = {
    "engagement": readd_engagement,
    "annual": readd_year,
}
