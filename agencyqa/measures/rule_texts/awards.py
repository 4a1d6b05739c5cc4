"""Texts that give points beyond the maximum, and points for each occurrence up to a limit."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from agencyqa.measures.rule_texts.labels import clean
from agencyqa.measures.rule_texts.proposals import NotUnderstood, RuleData, figure, wording
from agencyqa.measures.rule_texts.source import NUMBER, Source, value_of
from agencyqa.measures.rule_texts.state import State

# A list with more numbers to choose from helps nobody; then the scorer gives the figure.
MOST_LEVELS = 20

_RANGE = re.compile(rf"加(?:分)?(?P<a>{NUMBER})(?:分)?(?:~+|至|到)(?P<b>{NUMBER})分")
_EACH = re.compile(rf"每(?P<what>[^；。]{{0,40}}?)，?(?:可|再|另)?加(?:分)?(?P<n>{NUMBER})分")
_CAP = re.compile(
    rf"，?(?:加分)?(?:累计|合计|总计)?(?:最多|最高|至多|上限为?|不超过|不得超过)(?:可?加分?)?(?P<n>{NUMBER})分"
)
_ONCE = re.compile(rf"加(?:分)?(?P<n>{NUMBER})分")
# Right after "每" or after "一": the 例 of 案例 counts nothing.
_UNIT = re.compile("(?:^|(?<=[一1]))个?(项|次|篇|份|件|例|起|人|条|家|处|个|天|日|月|年)")


def bonus(source: Source, state: State) -> RuleData | None:
    text = source.text
    several, each, cap, once = _RANGE.search(text), _EACH.search(text), _CAP.search(text), _ONCE.search(text)
    if "加分" not in text and once is None and several is None:
        return None
    if re.search("扣|减分", text):
        raise NotUnderstood("gives_and_takes")
    state.is_bonus = True
    state.doubt("bonus")
    has_cap = cap is not None and ("加" in cap.group(0) or "加" in text[: cap.start()])
    if each is not None and (has_cap or state.points is not None):
        return _for_each(source, cap if has_cap else None, state)
    if has_cap and cap is not None:
        state.read(source.words(cap.start(), cap.end()), "bonus_cap", points=figure(_value(cap.group("n"))))
        state.points = _value(cap.group("n"))
    elif several is not None:
        state.points = _value(several.group("b"))
        words = source.words(several.start(), several.end())
        state.read(words, "bonus_cap", points=figure(state.points))
    elif once is not None and each is None:
        return _once(source, once, state)
    else:
        raise NotUnderstood("bonus_without_end")
    return {"kind": "free", "low": "0", "high": figure(state.points)}


def _once(source: Source, once: re.Match[str], state: State) -> RuleData:
    points = _value(once.group("n"))
    label = clean(source.text[: once.start()])
    state.read(source.words(0, once.end()), "bonus_once", points=figure(points))
    state.leave(source.text[once.end() :])
    if not label:
        raise NotUnderstood("label_missing")
    state.points = points
    return {"kind": "all_or_nothing", "points": figure(points), "met_label": wording(label)}


def _for_each(source: Source, cap: re.Match[str] | None, state: State) -> RuleData:
    """Without a limit of its own the bonus ends at the points that the table gives the item."""
    text = source.text
    found = list(_EACH.finditer(text))
    most = state.points if cap is None else _value(cap.group("n"))
    assert most is not None
    spans = [each.span() for each in found]
    for each in found:
        points = figure(_value(each.group("n")))
        state.read(source.words(each.start(), each.end()), "bonus_each", points=points)
    if cap is None:
        state.doubt("bonus_cap_assumed", points=figure(most))
    else:
        state.read(source.words(cap.start(), cap.end()), "bonus_cap", points=figure(most))
        spans.append(cap.span())
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + "；" + text[end:]
    state.leave(text.strip("；"))
    state.points = most
    if len(found) > 1:
        # Kinds that each give their own points are added up by nobody but the scorer.
        state.doubt("bonus_several", points=figure(most))
        return {"kind": "free", "low": "0", "high": figure(most)}
    return by_count(_value(found[0].group("n")), most, found[0].group("what"))


def by_count(each: Fraction, most: Fraction, what: str) -> RuleData:
    """So many points for each up to a limit, as the numbers to choose from; ``what`` are the words after "每"."""
    if each <= 0 or each > most:
        raise NotUnderstood("range_reversed")
    number = math.ceil(most / each)
    if number > MOST_LEVELS:
        rule: RuleData = {"kind": "free", "low": "0", "high": figure(most)}
        return rule | ({"step": figure(each)} if (most / each).denominator == 1 else {})
    named = _UNIT.search(what)
    unit = named.group(1) if named is not None else "次"
    return {
        "kind": "ordinal",
        "levels": [
            {
                "key": f"n{count}",
                "points": figure(min(count * each, most)),
                "label": wording(f"{count}{unit}及以上" if count == number else f"{count}{unit}"),
            }
            for count in range(number + 1)
        ],
    }


def _value(text: str) -> Fraction:
    found = value_of(text)
    if found is None:
        raise NotUnderstood("not_a_figure", words=text)
    return found
