"""From a rule text to a proposal. Pure: no database, no clock, no language but that of the text."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from agencyqa.measures.rule_texts import awards, marks, special, taking_off
from agencyqa.measures.rule_texts.happenings import Event, Kind, events_of
from agencyqa.measures.rule_texts.pieces import Piece, numbered
from agencyqa.measures.rule_texts.proposals import (
    Doubt,
    NotUnderstood,
    Proposal,
    RuleData,
    Sureness,
    figure,
    wording,
)
from agencyqa.measures.rule_texts.source import Source, source_of
from agencyqa.measures.rule_texts.state import State

# Longer than any rule of a form; a whole document in a cell is no rule.
LONGEST = 1000

# What says that one figure depends on another in a way that no rule here has, or that the rule is elsewhere.
_REFUSED: tuple[tuple[str, str], ...] = (
    (r"第[一二三四五六1-6]次|首次|再次|连续|累计[0-9一二三四五六七八九十]+(?:次|项|处)", "escalating"),
    (r"翻倍|加倍|双倍|减半扣|倒扣(?!分?为止)|倒扣分", "multiplied"),
    (
        r"(?<!不)见附|另行(?:规定|制定)|参照|按照?.{0,12}(?:办法|规定|细则|标准)(?:执行|计分|评分|扣分)",
        "elsewhere",
    ),
    (r"扣[0-9.]+分(?:或|/)(?:扣)?[0-9.]+分|[0-9.]+或[0-9.]+分", "alternative"),
    (r"(?:扣|得|计)[0-9.]+分(?:以上|以下)", "open_ended"),
    (r"按比例(?:扣|折算|递减|递增|得|给|计)", "proportion"),
    (
        r"每(?:满|达|超过?|缺少?|降低|增加|下降)?(?:[2-9]|[1-9][0-9]+|[0-9]+\.[0-9]+|[二两三四五六七八九十])(?:个|处|项|次|天|日|%|份|人|万|分)",
        "per_several",
    ),
    (r"(?:排名|名次|前[0-9一二三四五六七八九十]+(?:名|%)|平均(?:分|值)|中位)", "compared"),
)


def read_rule(text: str, points: Fraction | int | None = None) -> Proposal:
    """``points`` are those of the item, where the table has them. Never raises for what the text says."""
    full = None if points is None else Fraction(points)
    written = text.strip()
    if not written or len(written) > LONGEST:
        return _fallback(full, Doubt("too_long" if written else "no_text"))
    source = source_of(written)
    try:
        state = State(full)
        rule = _read(source, state)
        return state.proposal(rule)
    except NotUnderstood as error:
        veto = special.scheme_veto(source)
        if veto is None:
            return _fallback(full, error.doubt, bonus="加分" in source.text)
        return replace(
            _fallback(full, error.doubt),
            readings=veto.readings,
            doubts=veto.doubts,
            scheme_veto=veto.label,
            veto_cap="" if veto.cap is None else figure(veto.cap),
            veto_grade=veto.grade,
        )


def _fallback(points: Fraction | None, doubt: Doubt, *, bonus: bool = False) -> Proposal:
    """A free value between 0 and the points, which says nothing of its own."""
    rule: RuleData | None = None
    if points is not None and points > 0:
        try:
            rule = {"kind": "free", "low": "0", "high": figure(points)}
        except NotUnderstood:
            rule = None
    return Proposal(rule, Sureness.NOT_UNDERSTOOD, (), (doubt,), bonus)


def _read(source: Source, state: State) -> RuleData:
    text = source.text
    if special.scheme_veto(source):
        raise NotUnderstood("scheme_veto")
    pieces = numbered(source)
    if pieces is not None:
        return _composite(*pieces, state)
    for pattern, code in _REFUSED:
        if found := re.search(pattern, text):
            raise NotUnderstood(code, words=source.words(found.start(), found.end()))
    for reader in (
        awards.bonus,
        special.ratio,
        special.lateness,
        special.rating,
        special.free,
        marks.shared,
    ):
        rule = reader(source, state)
        if rule is not None:
            return rule
    events, tail = events_of(source, state.points)
    events = _settings(events, state)
    state.leave(tail)
    return _by_events(events, state)


def _settings(events: list[Event], state: State) -> list[Event]:
    """Take out what speaks of the item as a whole: its points, and the unit of the marks."""
    rest: list[Event] = []
    carried = ""
    for event in events:
        before = carried + event.before
        carried = ""
        if event.kind is Kind.FULL:
            state.set_points(event.low, event.words)
            carried = before
        elif event.kind is Kind.STEP:
            state.step = figure(event.low)
            state.read(event.words, "step", points=state.step)
            carried = before
        elif event.kind is Kind.ROUNDED:
            state.step, state.gaps = figure(event.low), "round"
            state.read(event.words, "rounded", points=state.step)
            carried = before
        else:
            rest.append(replace(event, before=before))
    state.leave(carried)
    return rest


def _by_events(events: list[Event], state: State) -> RuleData:
    kinds = {event.kind for event in events}
    gives = {Kind.GET, Kind.GET_RANGE} & kinds
    takes = {Kind.OFF, Kind.RANGE_OFF} & kinds
    if gives and takes:
        raise NotUnderstood("gives_and_takes")
    if gives:
        return marks.read(events, state)
    if takes:
        return taking_off.read(events, state)
    if kinds == {Kind.ZERO} and len(events) == 1:
        return _veto_alone(events[0], state)
    raise NotUnderstood("nothing_recognised")


def _veto_alone(event: Event, state: State) -> RuleData:
    """What is given where the veto does not hold is not said, so the scorer gives it."""
    points = state.needed_points()
    inner: RuleData = {"kind": "free", "low": "0", "high": figure(points)}
    state.doubt("otherwise_unsaid")
    return taking_off.veto_over(inner, event, state)


def _composite(head: Source, pieces: list[Piece], state: State) -> RuleData:
    """Each numbered piece by itself: parts with points of their own, or the faults or things of one rule."""
    state.leave(head.text)
    own: list[tuple[Piece, State, RuleData | None]] = []
    for piece in pieces:
        inside = State(piece.points)
        try:
            own.append((piece, inside, _read(piece.source, inside)))
        except NotUnderstood as error:
            if error.doubt.code != "points_unknown":
                raise
            own.append((piece, inside, None))
    rules = [rule for _, _, rule in own if rule is not None]
    if len(rules) == len(own):
        if all(_is_named_points(rule) and not piece.label for piece, _, rule in own if rule is not None):
            return _things(rules, state, [inside for _, inside, _ in own])
        return _parts(own, state)
    if rules:
        raise NotUnderstood("parts_without_points")
    return _faults(pieces, state)


def _parts(own: list[tuple[Piece, State, RuleData | None]], state: State) -> RuleData:
    state.take_over(inside for _, inside, _ in own)
    state.expect(sum((inside.points or Fraction(0) for _, inside, _ in own), Fraction(0)))
    return {
        "kind": "composite",
        "parts": [
            {"key": f"p{n}", "label": wording(piece.label or f"第{n}部分"), "rule": rule}
            for n, (piece, _, rule) in enumerate(own, start=1)
        ],
    }


def _is_named_points(rule: RuleData) -> bool:
    return rule["kind"] == "all_or_nothing" and "met_label" in rule and "not_met_label" not in rule


def _things(rules: list[RuleData], state: State, inside: list[State]) -> RuleData:
    """Things that each give some points: what is there adds up."""
    for part in inside:
        state.readings += part.readings
    total = sum((Fraction(rule["points"]) for rule in rules), Fraction(0))
    state.expect(total)
    items = [
        {"key": f"i{n}", "points": rule["points"], "label": rule["met_label"]}
        for n, rule in enumerate(rules, start=1)
    ]
    if len({item["label"]["zh"] for item in items}) != len(items):
        raise NotUnderstood("label_missing")
    return {"kind": "checklist", "items": items}


def _faults(pieces: list[Piece], state: State) -> RuleData:
    """Pieces that only take off share the points of the item."""
    faults: list[RuleData] = []
    points = state.needed_points()
    parts: list[State] = []
    for piece in pieces:
        inside = State(points)
        rule = _read(piece.source, inside)
        if rule["kind"] != "deductions":
            raise NotUnderstood("parts_without_points")
        for fault in rule["faults"]:
            label = fault["label"]["zh"]
            if piece.label:
                label = f"{piece.label}：{label}"
            faults.append({**fault, "key": f"f{len(faults) + 1}", "label": wording(label)})
        parts.append(inside)
    state.take_over(parts)
    has_floor = any(reading.code == "floor" for reading in state.readings)
    is_open = any(doubt.code == "floor_assumed" for doubt in state.doubts)
    state.doubts = [doubt for doubt in state.doubts if doubt.code != "floor_assumed"]
    if not has_floor and (is_open or taking_off.most_off(faults) > points):
        state.doubt("floor_assumed")
    if len({fault["label"]["zh"] for fault in faults}) != len(faults):
        raise NotUnderstood("label_missing")
    return {"kind": "deductions", "points": figure(points), "faults": faults}
