"""Texts that take points off: faults with their amounts, a range, and what makes the whole item nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from agencyqa.measures.rule_texts.happenings import Event, Kind
from agencyqa.measures.rule_texts.labels import fault_of, says_each, split_gap
from agencyqa.measures.rule_texts.proposals import NotUnderstood, RuleData, figure, wording
from agencyqa.measures.rule_texts.state import State

_ALL = re.compile(r"累计|合计|共计|本项|该项|此项")


@dataclass
class _Fault:
    label: str
    amount: Fraction
    is_repeated: bool
    max_count: int | None = None
    max_amount: Fraction | None = None
    is_assumed: bool = False


def read(events: list[Event], state: State) -> RuleData:
    points = state.needed_points()
    if any(event.kind is Kind.RANGE_OFF for event in events):
        return _range(events, points, state)
    faults: list[_Fault] = []
    vetoes: list[Event] = []
    has_floor = False
    for event in events:
        words, before = split_gap(event.before)
        if event.kind is Kind.OFF:
            state.leave(before)
            faults.append(_fault(words, event, points, state))
        elif event.kind is Kind.ZERO:
            vetoes.append(event)
        else:
            state.leave(event.before)
            has_floor |= _limit(event, faults, points, state)
    _tell(faults, points, state, has_floor=has_floor)
    rule: RuleData = {"kind": "deductions", "points": figure(points), "faults": _items(faults)}
    if len(vetoes) > 1:
        raise NotUnderstood("several_vetoes")
    return veto_over(rule, vetoes[0], state) if vetoes else rule


def _fault(words: str, event: Event, points: Fraction, state: State) -> _Fault:
    if re.search("提前|加分", words):
        raise NotUnderstood("gives_and_takes")
    label, is_repeated = fault_of(words, event.unit)
    amount = event.low
    code = "per_occurrence" if is_repeated else "once"
    state.read(f"{words}{event.words}", code, fault=label, amount=figure(amount))
    if amount > points:
        state.doubt("amount_above_points", amount=figure(amount), points=figure(points))
    if amount <= 0:
        raise NotUnderstood("not_a_figure", words=event.words)
    is_assumed = is_repeated and not event.unit and not says_each(words)
    return _Fault(label, amount, is_repeated, is_assumed=is_assumed)


def _limit(event: Event, faults: list[_Fault], points: Fraction, state: State) -> bool:
    """Whether the limit says that nothing goes below zero; another one is set on the fault before it."""
    if event.kind is Kind.FLOOR:
        state.read(event.words, "floor")
        return True
    if not faults:
        raise NotUnderstood("limit_of_nothing", words=event.words)
    if event.kind is Kind.COUNT_CAP:
        if event.low.denominator != 1 or event.low < 1:
            raise NotUnderstood("not_a_figure", words=event.words)
        faults[-1].max_count = int(event.low)
        state.read(event.words, "count_cap", count=str(int(event.low)))
        return False
    state.read(event.words, "cap", amount=figure(event.low))
    if event.low == points:
        return True
    if event.low > points:
        raise NotUnderstood("cap_above_points", amount=figure(event.low), points=figure(points))
    if len(faults) > 1 and _ALL.search(event.words + event.before):
        raise NotUnderstood("cap_of_all", words=event.words)
    faults[-1].max_amount = event.low
    if len(faults) > 1:
        state.doubt("cap_of_which", fault=faults[-1].label)
    return False


def _tell(faults: list[_Fault], points: Fraction, state: State, *, has_floor: bool) -> None:
    labels = [fault.label for fault in faults]
    if len(set(labels)) != len(labels):
        raise NotUnderstood("label_missing")
    most = Fraction(0)
    is_bounded = True
    for fault in faults:
        if not fault.is_repeated and fault.max_count is None:
            fault.max_count = 1
        if fault.max_amount is not None:
            most += fault.max_amount
        elif fault.max_count is not None:
            most += fault.max_count * fault.amount
        else:
            is_bounded = False
    for fault in faults:
        # A floor or a limit makes sense only where it costs more than once.
        if fault.is_assumed and not has_floor and fault.max_amount is None and fault.max_count is None:
            state.doubt("each_assumed", fault=fault.label)
    if not has_floor and not (is_bounded and most <= points):
        state.doubt("floor_assumed")


def most_off(faults: list[RuleData]) -> Fraction:
    """Of faults that are all bounded."""
    return sum(
        (
            Fraction(fault["max_amount"])
            if "max_amount" in fault
            else fault.get("max_count", 0) * Fraction(fault["amount"])
            for fault in faults
        ),
        Fraction(0),
    )


def _items(faults: list[_Fault]) -> list[RuleData]:
    items: list[RuleData] = []
    for number, fault in enumerate(faults, start=1):
        item: RuleData = {"key": f"f{number}", "amount": figure(fault.amount), "label": wording(fault.label)}
        if fault.max_count is not None:
            item["max_count"] = fault.max_count
        if fault.max_amount is not None:
            item["max_amount"] = figure(fault.max_amount)
        items.append(item)
    return items


def _range(events: list[Event], points: Fraction, state: State) -> RuleData:
    found = [event for event in events if event.kind is Kind.RANGE_OFF]
    others = [event for event in events if event.kind not in {Kind.RANGE_OFF, Kind.FLOOR, Kind.ZERO}]
    vetoes = [event for event in events if event.kind is Kind.ZERO]
    if len(found) > 1 or others or len(vetoes) > 1:
        raise NotUnderstood("several_ranges")
    event = found[0]
    words, before = split_gap(event.before)
    state.leave(before)
    label, is_repeated = fault_of(words, event.unit)
    if event.low >= event.high or event.high > points:
        raise NotUnderstood("range_reversed")
    state.read(f"{words}{event.words}", "range_off", low=figure(event.low), high=figure(event.high))
    for each in events:
        if each.kind is Kind.FLOOR:
            state.leave(each.before)
            state.read(each.words, "floor")
    has_floor = any(each.kind is Kind.FLOOR for each in events)
    if is_repeated and not event.unit and not says_each(words) and not has_floor:
        state.doubt("each_assumed", fault=label)
    rule: RuleData = {
        "kind": "range_deduction",
        "points": figure(points),
        "low": figure(event.low),
        "high": figure(event.high),
        "label": wording(label),
    }
    if is_repeated:
        rule["per_occurrence"] = True
    if state.step:
        rule["step"] = state.step
    return veto_over(rule, vetoes[0], state) if vetoes else rule


def veto_over(rule: RuleData, event: Event, state: State) -> RuleData:
    words, before = split_gap(event.before)
    state.leave(before)
    flag = words.removeprefix("出现") if len(words) > 4 else words
    if not flag or flag in {"否则", "反之"}:
        raise NotUnderstood("veto_without_words")
    state.read(f"{words}{event.words}", "veto", flag=flag)
    held: RuleData = {"kind": "veto", "rule": rule, "flag_label": wording(flag)}
    if event.exception:
        held["exception"] = "exception"
        held["exception_label"] = wording(event.exception)
        state.read(event.exception, "exception")
    return held
