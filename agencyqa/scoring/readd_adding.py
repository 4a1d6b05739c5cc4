"""What each criterion of a trace gives to the total: weighted, left out, granted as a bonus, or taken off by a veto.

As with a pencil, from the trace alone; it shares no code with the engine.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from agencyqa.scoring.problems import TraceError
from agencyqa.scoring.readd_rollup import expect

Trace = Mapping[str, Any]
Given = dict[str, int | None]


def contributions(trace: Trace) -> tuple[Given, dict[str, int]]:
    """What every criterion gives and could give, by its key; checked against what the trace states."""
    criteria = [each for section in trace["sections"] for each in section["criteria"]]
    adding = trace.get("adding")
    if adding is None:
        return {c["key"]: c["counted"] for c in criteria}, {c["key"]: c["max"] for c in criteria}
    plain = [c for c in criteria if "bonus" not in c]
    given, maxima = _weighted(plain, trace["max"]) if adding["by"] == "weights" else _by_points(plain)
    for each in criteria:
        if "bonus" in each:
            maxima[each["key"]] = 0
    expect("adding.assessed_max", sum(maxima.values()), adding["assessed_max"])
    left_out = [c["key"] for c in criteria if c["state"] == "left_out"]
    expect("adding.left_out", left_out, adding["left_out"])
    _bonuses(criteria, trace, given)
    for each in criteria:
        expect(f"{each['key']}.contribution", given[each["key"]], each["contribution"])
        expect(f"{each['key']}.max_contribution", maxima[each["key"]], each["max_contribution"])
    return given, maxima


def _by_points(criteria: Sequence[Trace]) -> tuple[Given, dict[str, int]]:
    given: Given = {}
    maxima: dict[str, int] = {}
    for each in criteria:
        counts = each.get("weight") != 0
        given[each["key"]] = _figure(each, counts=counts)
        maxima[each["key"]] = each["max"] if counts and each["state"] != "left_out" else 0
    return given, maxima


def _figure(criterion: Trace, *, counts: bool = True) -> int | None:
    if criterion["state"] == "left_out":
        return 0
    counted = criterion["counted"]
    return counted if counts or counted is None else 0


def _weighted(criteria: Sequence[Trace], whole: int) -> tuple[Given, dict[str, int]]:
    """Differences of rounded sums; what is not known yet adds nothing to the sums."""
    weights = sum(each["weight"] for each in criteria)
    given: Given = {}
    maxima: dict[str, int] = {}
    reached = reachable = Fraction(0)
    for each in criteria:
        key, figure, weight = each["key"], _figure(each), Fraction(each["weight"] * whole, weights)
        before = _half_up(reached)
        reached += weight * Fraction(figure or 0, each["max"])
        given[key] = None if figure is None else _half_up(reached) - before
        before = _half_up(reachable)
        reachable += 0 if each["state"] == "left_out" else weight
        maxima[key] = _half_up(reachable) - before
    return given, maxima


def _half_up(value: Fraction) -> int:
    return math.floor(value + Fraction(1, 2))


def _bonuses(criteria: Sequence[Trace], trace: Trace, given: Given) -> None:
    """Grants every bonus whose conditions hold, in the order of the sheet, as far as the cap has room."""
    bonuses = [each for each in criteria if "bonus" in each]
    if not bonuses:
        return
    adding = trace["adding"]
    by_key = {each["key"]: each for each in criteria}
    earned = _earned(criteria)
    running = _sum(list(given.values()))
    cap = adding["total_cap"] - trace["max"] + adding["assessed_max"]
    for each in bonuses:
        place, bonus = f"{each['key']}.bonus", each["bonus"]
        for condition in bonus["conditions"]:
            other = by_key[condition["criterion"]]
            figure = earned[condition["criterion"]]
            expect(place, None if other["state"] == "left_out" else figure, condition["reached"])
            if condition["test"] == "full":
                expect(place, other["max"], condition["least"])
            expect(place, _holds(figure, condition), condition["met"])
        room = None if running is None else max(0, cap - running)
        expect(f"{place}.room", room, bonus["room"])
        figure = earned[each["key"]]
        given[each["key"]] = None if figure is None or room is None else min(figure, room)
        part = given[each["key"]]
        running = None if running is None or part is None else running + part


def _holds(figure: int | None, condition: Trace) -> bool | None:
    return None if figure is None else figure >= condition["least"]


def _earned(criteria: Sequence[Trace]) -> Given:
    """What conditions look at: what counts, of a bonus only if all its conditions hold; left out it is 0."""
    found: Given = {each["key"]: _figure(each) for each in criteria if "bonus" not in each}
    bonuses = {each["key"]: each for each in criteria if "bonus" in each}
    for start in bonuses:
        waiting = [start]
        while waiting:
            each = bonuses[waiting[-1]]
            before = [c["criterion"] for c in each["bonus"]["conditions"] if c["criterion"] not in found]
            if len(waiting) > len(bonuses):
                raise TraceError(f"{start}.bonus", "circular_condition")
            if before:
                waiting.append(before[0])
                continue
            found[waiting.pop()] = _counts_as(each, found)
    return found


def _counts_as(bonus: Trace, found: Given) -> int | None:
    held = [_holds(found[c["criterion"]], c) for c in bonus["bonus"]["conditions"]]
    met = None if None in held else all(held)
    expect(f"{bonus['key']}.bonus.met", met, bonus["bonus"]["met"])
    own = _figure(bonus, counts=bonus.get("weight") != 0)
    return None if own is None or met is None else own if met else 0


def _sum(figures: Sequence[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if len(known) == len(figures) else None


def vetoed(trace: Trace, total: int | None, measures: dict[str, list[int | None]]) -> int | None:
    """The total after all vetoes. What each takes off is added to its measure."""
    for veto in trace.get("vetoes", ()):
        place = f"vetoes.{veto['key']}"
        applies = _applies(veto)
        expect(place, applies, veto["applied"])
        takes: int | None = 0
        if veto["caps_total"] is not None:
            share = Fraction(trace["adding"]["assessed_max"], trace["max"])
            cap = _half_up(veto["caps_total"] * share)
            expect(f"{place}.cap", cap, veto["cap"])
            known = None if total is None or applies is None else total
            takes = None if known is None else min(0, cap - known) if applies else 0
            measures.setdefault(veto["measure"], []).append(takes)
        elif applies is None:
            takes = None
        expect(f"{place}.contribution", takes, veto["contribution"])
        total = None if total is None or takes is None else total + takes
    return total


def _applies(veto: Trace) -> bool | None:
    if veto["state"] != "ok":
        return None
    if not veto["inputs"]["raised"]:
        return False
    return veto["exception"] is None or not veto["inputs"][veto["exception"]]


def is_too_little(trace: Trace) -> bool:
    """Whether too little was assessed for a total."""
    adding = trace.get("adding")
    if adding is None:
        return False
    share = Fraction(adding["assessed_max"], trace["max"])
    least = adding.get("least_assessed")
    return share == 0 or (least is not None and share * 1_000_000 < least)


def check_cap(trace: Trace) -> None:
    """A grade that a veto lowered must be the one that the veto names."""
    grade = trace["grade"]
    if grade is None or "capped_by" not in grade:
        return
    veto = next((each for each in trace["vetoes"] if each["key"] == grade["capped_by"]), None)
    if veto is None or not veto["applied"] or veto["caps_grade"] != grade["key"]:
        raise TraceError("grade.capped_by", "does_not_add_up")
