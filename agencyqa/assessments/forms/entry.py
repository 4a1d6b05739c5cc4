"""What was typed on a score sheet, read once for the form, the autosave and every other way in."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agencyqa.assessments.evidence import FactRow, is_scored
from agencyqa.assessments.forms.layout import (
    ENTERED_PREFIX,
    NO,
    OVERRULE_PREFIX,
    REASON_PREFIX,
    SHEET_PREFIXES,
    WHY_PREFIX,
    YES,
    Input,
    checklists_of,
    entered_field,
    inputs_of,
    none_field,
    overrule_field,
    reason_field,
    why_field,
)
from agencyqa.scoring import Scheme, UnitsError, format_points, parse_points
from agencyqa.web import normalise

REASON_LIMIT = 1000
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)

# A code of the message table with its figures.
Fault = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Entry:
    """The content of a sheet. Only what was given is in it: a missing answer is no key, never a 0.

    ``overrules`` are the rows of the record that are set aside, by key with the reason; None says nothing about them.
    """

    answers: Mapping[str, Mapping[str, int | str | bool]] = field(default_factory=dict)
    entered: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    overrules: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Typed:
    """``texts`` is every field as it was typed, to be shown again; ``faults`` are the fields that cannot be read.

    ``foreign`` are filled-in fields that the scheme does not have, for instance of a page made for another scheme.
    Dropping them in silence would lose an answer, so whoever stores the entry must refuse them.
    """

    entry: Entry
    texts: Mapping[str, str]
    faults: Mapping[str, Fault]
    foreign: Mapping[str, str] = field(default_factory=dict)


class _Unreadable(ValueError):
    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.fault: Fault = (code, params)


def read_entry(
    scheme: Scheme,
    fields: Mapping[str, str],
    *,
    supplied: Collection[tuple[str, str]] = (),
    facts: Sequence[FactRow] = (),
) -> Typed:
    """``fields`` holds the fields of a whole page by name; an unticked box and an empty field are the same as none.

    ``supplied`` are the inputs that nobody types, ``facts`` the rows of the record that may be set aside.
    """
    entered: dict[str, int] = {}
    reasons: dict[str, str] = {}
    texts: dict[str, str] = {}
    faults: dict[str, Fault] = {}
    answers = _answers(scheme, fields, supplied, texts, faults)
    for _, criterion in scheme.criteria():
        name = entered_field(criterion.key)
        text = texts[name] = fields.get(name, "")
        try:
            figure = _points(text)
        except _Unreadable as error:
            faults[name] = error.fault
        else:
            if figure is not None:
                entered[criterion.key] = figure
        name = reason_field(criterion.key)
        texts[name] = fields.get(name, "")
        if reason := _reason(name, texts[name], faults):
            reasons[criterion.key] = reason
    overrules: dict[str, str] = {}
    for row in facts:
        if is_scored(row):
            tick, name = overrule_field(row["key"]), why_field(row["key"])
            texts[tick] = YES if fields.get(tick, "") == YES else ""
            texts[name] = fields.get(name, "")
            if texts[tick]:
                overrules[row["key"]] = _reason(name, texts[name], faults)
    foreign = {
        name: text
        for name, text in fields.items()
        if name.startswith(SHEET_PREFIXES) and name not in texts and text.strip()
    }
    return Typed(Entry(answers, entered, reasons, overrules), texts, faults, foreign)


def _answers(
    scheme: Scheme,
    fields: Mapping[str, str],
    supplied: Collection[tuple[str, str]],
    texts: dict[str, str],
    faults: dict[str, Fault],
) -> dict[str, dict[str, int | str | bool]]:
    answers: dict[str, dict[str, int | str | bool]] = {}
    for key, item in inputs_of(scheme):
        if (key, item.name) in supplied:
            continue
        text = texts[item.field] = fields.get(item.field, "")
        if item.widget == "tick":
            continue
        try:
            value = _value(item, text)
        except _Unreadable as error:
            faults[item.field] = error.fault
            continue
        if value is not None:
            answers.setdefault(key, {})[item.name] = value
    for key, block in checklists_of(scheme):
        asked = [item for item in block.inputs if (key, item.name) not in supplied]
        if ticks := _ticks(asked, none_field(key, block.path), fields, texts, faults):
            answers.setdefault(key, {}).update(ticks)
    return answers


def _ticks(
    asked: Sequence[Input],
    none: str,
    fields: Mapping[str, str],
    texts: dict[str, str],
    faults: dict[str, Fault],
) -> dict[str, bool]:
    """What is ticked of a checklist; empty while neither a tick nor the box for none says that it was looked at."""
    if not asked:
        return {}
    is_none = fields.get(none, "") == YES
    texts[none] = YES if is_none else ""
    ticks = {item.name: texts[item.field] == YES for item in asked}
    if is_none and any(ticks.values()):
        faults[none] = ("none_with_ticks", {})
        return {}
    return ticks if is_none or any(ticks.values()) else {}


def _reason(name: str, text: str, faults: dict[str, Fault]) -> str:
    reason = normalise.text(text)
    if len(reason) > REASON_LIMIT:
        faults[name] = ("too_long", {"maximum": REASON_LIMIT, "length": len(reason)})
        return ""
    return reason


def write_entry(
    scheme: Scheme,
    entry: Entry,
    *,
    supplied: Collection[tuple[str, str]] = (),
    facts: Sequence[FactRow] = (),
) -> dict[str, str]:
    """The fields of the page that would be read back as this entry."""
    texts: dict[str, str] = {}
    for key, item in inputs_of(scheme):
        if (key, item.name) in supplied:
            continue
        value = entry.answers.get(key, {}).get(item.name)
        texts[item.field] = "" if value is None else _text(item, value)
    for key, block in checklists_of(scheme):
        asked = [item.name for item in block.inputs if (key, item.name) not in supplied]
        if asked:
            held = [entry.answers.get(key, {}).get(name) for name in asked]
            texts[none_field(key, block.path)] = YES if all(value is False for value in held) else ""
    for _, criterion in scheme.criteria():
        figure = entry.entered.get(criterion.key)
        texts[entered_field(criterion.key)] = "" if figure is None else format_points(figure)
        texts[reason_field(criterion.key)] = entry.reasons.get(criterion.key, "")
    for row in facts:
        if is_scored(row):
            reason = (entry.overrules or {}).get(row["key"])
            texts[overrule_field(row["key"])] = "" if reason is None else YES
            texts[why_field(row["key"])] = reason or ""
    return texts


def criterion_of(field_name: str, facts: Sequence[FactRow] = ()) -> str:
    """The key of the criterion a field belongs to."""
    if field_name.startswith((OVERRULE_PREFIX, WHY_PREFIX)):
        names = {name(row["key"]): row["criterion"] for row in facts for name in (overrule_field, why_field)}
        return str(names.get(field_name, field_name))
    for prefix in (ENTERED_PREFIX, REASON_PREFIX):
        if field_name.startswith(prefix):
            return field_name.removeprefix(prefix)
    return field_name.split("-", 2)[1]


def _value(item: Input, text: str) -> int | str | bool | None:
    match item.widget:
        case "points" | "number":
            return _points(text)
        case "count" | "rating":
            return _count(text)
        case "check" | "tick":
            return text == YES
        case "yesno":
            if text not in {"", YES, NO}:
                raise _Unreadable("not_a_choice")
            return None if text == "" else text == YES
        case "choice":
            if text and text not in {choice.key for choice in item.spec.choices}:
                raise _Unreadable("not_a_choice")
            return text or None


def _points(text: str) -> int | None:
    figure = normalise.figure(text)
    if not figure:
        return None
    if not normalise.is_decimal(figure):
        raise _Unreadable("not_a_number")
    try:
        return parse_points(figure)
    except UnitsError as error:
        raise _Unreadable(error.code, places=4) from None


def _count(text: str) -> int | None:
    figure = normalise.figure(text)
    if not figure:
        return None
    if not _WHOLE.fullmatch(figure):
        raise _Unreadable("not_a_whole_number")
    return int(figure)


def _text(item: Input, value: int | str | bool) -> str:
    if item.widget in {"points", "number"}:
        return format_points(int(value))
    if item.widget == "yesno":
        return YES if value else NO
    if item.widget in {"check", "tick"}:
        return YES if value else ""
    return str(value)
