"""Texts that give points: bands, levels, all or nothing, a list of things that each give some."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from agencyqa.measures.rule_texts import awards, taking_off
from agencyqa.measures.rule_texts.happenings import Event, Kind
from agencyqa.measures.rule_texts.labels import clean, split_gap
from agencyqa.measures.rule_texts.proposals import NotUnderstood, RuleData, figure, wording
from agencyqa.measures.rule_texts.source import NUMBER, Source, value_of
from agencyqa.measures.rule_texts.state import State

_OTHERWISE = {
    "否则",
    "反之",
    "其他",
    "其它",
    "其余",
    "其他情况",
    "其他情形",
    "其余情况",
    "否则的话",
    "否则均",
}
# What the form says by itself where a rule has no words of its own.
_USUAL = {"met_label": "符合要求", "not_met_label": "不符合要求"}
_GRADES = set("优良中差好较一般合格不及基本甲乙丙丁ABCDE级等秀强弱完全部分")
_X = rf"{NUMBER}(?:分)?(?:(?:~+|至|到){NUMBER}(?:分)?)?"
_SHARED = re.compile(
    r"(?P<labels>[^，；。：、/]{1,20}(?:[/、，][^，；。：、/]{1,20})+?|[优良中差好合格甲乙丙丁]{2,6})"
    r"(?:[二两三四五六2-6]?个?(?:档|等级|等次|级|档次))?[，：]?(?:的)?(?:分别|依次|对应)"
    r"(?:地)?(?:可?得|计|为|给|评|记|打|赋)?(?:分)?(?:为)?(?P<values>"
    + _X
    + r"(?:[/、，]"
    + _X
    + r")+)(?:分)?"
)


def shared(source: Source, state: State) -> RuleData | None:
    """ "优/良/中/差分别得10/8/6/0分": names and figures each in a row."""
    found = _SHARED.search(source.text) if re.search("分别|依次|对应", source.text) else None
    if found is None:
        return None
    values = re.split("[/、，]", found.group("values"))
    held = found.group("labels")
    labels = re.split("[/、，]", held) if re.search("[/、，]", held) else list(held)
    labels = [clean(label) for label in labels]
    if len(labels) > len(values) and len(labels) == len(values) + 1:
        # "按…情况，优、良…": what comes before the first name.
        state.leave(labels.pop(0))
    if len(labels) != len(values) or len(set(labels)) != len(labels):
        raise NotUnderstood("names_and_figures", words=source.words(found.start(), found.end()))
    state.leave(source.text[: found.start()])
    state.leave(source.text[found.end() :])
    state.read(source.words(found.start(), found.end()), "shared", number=str(len(labels)))
    ranges = [re.split("~+|至|到", value.replace("分", "")) for value in values]
    if all(len(each) == 2 for each in ranges):
        return _banded(
            [(label, _value(a), _value(b)) for label, (a, b) in zip(labels, ranges, strict=True)], state
        )
    if any(len(each) != 1 for each in ranges):
        raise NotUnderstood("mixed")
    return _ordinal([(label, _value(each[0])) for label, each in zip(labels, ranges, strict=True)], state)


def read(events: list[Event], state: State) -> RuleData:
    entries: list[tuple[str, Event]] = []
    for event in events:
        label, before = split_gap(event.before)
        state.leave(before)
        if event.kind not in {Kind.GET, Kind.GET_RANGE, Kind.ZERO}:
            raise NotUnderstood("gives_and_takes")
        if re.search("最多|最高|至多|上限", label[-3:]):
            state.set_points(event.low, event.words)
            state.leave(label[:-2])
            continue
        entries.append((label, event))
    counted = [(label, event) for label, event in entries if "每" in label]
    if counted:
        return _counted(counted[0], entries, state)
    vetoes = [(label, e) for label, e in entries if e.kind is Kind.ZERO and (e.exception or e.is_whole_item)]
    ranges = [(label, e) for label, e in entries if e.kind is Kind.GET_RANGE]
    if ranges:
        others = [pair for pair in entries if pair not in ranges and pair not in vetoes]
        if others or len(vetoes) > 1:
            raise NotUnderstood("mixed")
        rule = _bands(ranges, state)
        return taking_off.veto_over(rule, vetoes[0][1], state) if vetoes else rule
    given = [(label, e) for label, e in entries if e not in [v for _, v in vetoes]]
    if vetoes and (len(given) > 1 or vetoes[0][1].exception):
        if len(vetoes) > 1:
            raise NotUnderstood("mixed")
        return taking_off.veto_over(_levels(given, state), vetoes[0][1], state)
    return _levels(entries, state)


def _counted(counted: tuple[str, Event], entries: list[tuple[str, Event]], state: State) -> RuleData:
    """ "每篇报告得1分，最多得5分": so much for each, up to what the item is worth."""
    label, event = counted
    before, _, what = label.partition("每")
    is_award = event.kind is Kind.GET and re.search("[得计给记]", event.words) and "扣" not in label
    if len(entries) > 1 or before or not is_award or state.points is None:
        raise NotUnderstood("counted_award", words=label)
    state.read(f"{label}{event.words}", "award_each", points=figure(event.high))
    return awards.by_count(event.high, state.points, what)


def _bands(ranges: list[tuple[str, Event]], state: State) -> RuleData:
    for label, event in ranges:
        code = "band" if label else "range"
        state.read(
            f"{label}{event.words}" if label else event.words,
            code,
            low=figure(event.low),
            high=figure(event.high),
        )
    if len(ranges) == 1 and not ranges[0][0]:
        event = ranges[0][1]
        if event.low > 0:
            state.doubt("single_range")
        state.expect(event.high)
        rule: RuleData = {"kind": "free", "low": figure(event.low), "high": figure(event.high)}
        if state.step:
            rule["step"] = state.step
        return rule
    return _banded([(label, event.low, event.high) for label, event in ranges], state)


def _banded(bands: list[tuple[str, Fraction, Fraction]], state: State) -> RuleData:
    if any(low >= high or not label for label, low, high in bands):
        raise NotUnderstood("range_reversed" if all(label for label, _, _ in bands) else "label_missing")
    state.expect(max(high for _, _, high in bands))
    if len(bands) == 1:
        state.doubt("single_range")
    rule: RuleData = {
        "kind": "banded",
        "bands": [
            {"key": f"b{n}", "low": figure(low), "high": figure(high), "label": wording(label)}
            for n, (label, low, high) in enumerate(bands, start=1)
        ],
    }
    ordered = sorted((low, high) for _, low, high in bands)
    gaps = {after[0] - before[1] for before, after in pairwise(ordered)} - {Fraction(0)}
    if any(gap < 0 for gap in gaps):
        raise NotUnderstood("bands_overlap")
    if state.step:
        rule["step"] = state.step
        if state.gaps:
            rule["gaps"] = state.gaps
    elif gaps:
        step = min(gaps)
        edges = [edge for band in ordered for edge in band]
        if len(gaps) > 1 or any((edge / step).denominator != 1 for edge in edges):
            raise NotUnderstood("bands_apart")
        # Bands of whole points leave nothing between them if nothing but whole points is given.
        rule["step"] = figure(step)
        state.doubt("step_assumed", step=figure(step))
    return rule


def _levels(entries: list[tuple[str, Event]], state: State) -> RuleData:
    for label, event in entries:
        code = "zero" if event.high == 0 else "level"
        state.read(f"{label}{event.words}", code, points=figure(event.high))
    values = [event.high for _, event in entries]
    if len(entries) == 1:
        label, event = entries[0]
        if event.high == 0 or not label:
            raise NotUnderstood("label_missing")
        state.doubt("otherwise_unsaid")
        return _all_or_nothing(label, "", event.high, state)
    zeros = [label for label, event in entries if event.high == 0]
    if len(entries) == 2 and len(zeros) == 1:
        met = next(label for label, event in entries if event.high != 0)
        return _all_or_nothing(met, zeros[0], max(values), state)
    named = [(label, event.high) for label, event in entries]
    most, total = max(values), sum(values, Fraction(0))
    if not zeros and total == state.points and most != state.points:
        return _checklist(named, state)
    if state.points is None and not zeros and not all(set(label) <= _GRADES for label, _ in named):
        raise NotUnderstood("points_unknown")
    return _ordinal(named, state)


def _all_or_nothing(met: str, not_met: str, points: Fraction, state: State) -> RuleData:
    state.expect(points)
    rule: RuleData = {"kind": "all_or_nothing", "points": figure(points)}
    for name, label in (("met_label", met), ("not_met_label", not_met)):
        if label and label not in _OTHERWISE and label != _USUAL[name]:
            rule[name] = wording(label)
    return rule


def _ordinal(levels: list[tuple[str, Fraction]], state: State) -> RuleData:
    labels = [label for label, _ in levels]
    if not all(labels) or len(set(labels)) != len(labels):
        raise NotUnderstood("label_missing")
    state.expect(max(points for _, points in levels))
    return {
        "kind": "ordinal",
        "levels": [
            {"key": f"l{n}", "points": figure(points), "label": wording(label)}
            for n, (label, points) in enumerate(levels, start=1)
        ],
    }


def _checklist(items: list[tuple[str, Fraction]], state: State) -> RuleData:
    labels = [label for label, _ in items]
    if not all(labels) or len(set(labels)) != len(labels):
        raise NotUnderstood("label_missing")
    return {
        "kind": "checklist",
        "items": [
            {"key": f"i{n}", "points": figure(points), "label": wording(label)}
            for n, (label, points) in enumerate(items, start=1)
        ],
    }


def _value(text: str) -> Fraction:
    found = value_of(text)
    if found is None:
        raise NotUnderstood("not_a_figure", words=text)
    return found
