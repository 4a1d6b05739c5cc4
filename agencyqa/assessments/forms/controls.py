"""The fields of a page for one rule: their controls, words, limits and units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agencyqa.assessments.forms.layout import NO, YES, Block, Input, none_field
from agencyqa.measures.counting import CountedFault
from agencyqa.measures.texts import RuleTexts
from agencyqa.measures.words import gettext
from agencyqa.scoring import SCALE, Checklist, Lateness, Rating, format_points

# What is taken off for many occurrences together has no limit that would tell a scorer anything.
MOST_POINTS_SHOWN = 1000 * SCALE
# A figure that the system supplies: it is shown and not typed.
SUPPLIED = "supplied"


@dataclass(frozen=True)
class Option:
    """Chosen is the one whose value is the text of its field."""

    value: str
    label: str
    note: str


@dataclass(frozen=True)
class Field:
    """``id`` is the id of the first control, to which errors link. ``unit`` is "" for a figure without one."""

    name: str
    id: str
    label: str
    widget: str
    text: str
    hint: str
    error: str
    options: tuple[Option, ...] = ()
    unit: str = ""


@dataclass(frozen=True)
class Group:
    """The fields of one rule; ``label`` is empty where the group needs no name of its own.

    ``none`` is the box of a checklist that says that none of it is there.
    """

    label: str
    fields: tuple[Field, ...]
    groups: tuple[Group, ...] = ()
    none: Field | None = None


def fields_of(key: str, block: Block, words: RuleTexts, counted: Mapping[str, CountedFault]) -> Group:
    """The empty fields of a criterion's rule, or of a veto, nested as the rule is."""
    label = words.part(block.path) if block.part is not None else ""
    fields = tuple(_field(item, block, words, counted.get(item.name)) for item in block.inputs)
    groups = tuple(fields_of(key, part, words, counted) for part in block.parts)
    none = None
    if isinstance(block.rule, Checklist) and any(field.widget == "tick" for field in fields):
        name = none_field(key, block.path)
        none = Field(name, name, gettext("以上均不具备"), "tick", "", "", "")
    return Group(label, fields, groups, none)


def filled_group(group: Group, typed: Mapping[str, str], errors: Mapping[str, str]) -> Group:
    return Group(
        group.label,
        tuple(filled(field, typed, errors) for field in group.fields),
        tuple(filled_group(part, typed, errors) for part in group.groups),
        None if group.none is None else filled(group.none, typed, errors),
    )


def filled(field: Field, typed: Mapping[str, str], errors: Mapping[str, str]) -> Field:
    return replace(field, text=typed.get(field.name, ""), error=errors.get(field.name, ""))


def control_id(item: Input) -> str:
    return f"{item.field}-0" if item.widget in {"choice", "yesno", "rating"} else item.field


def _field(item: Input, block: Block, words: RuleTexts, counted: CountedFault | None) -> Field:
    label = words.input(item.name)
    if counted is not None and not counted.by_hand:
        return Field(item.field, item.field, label, SUPPLIED, "", gettext("由系统按在案情况计入"), "")
    if counted is not None:
        # What is on record counts by itself; typed a second time it would count twice.
        label = gettext("%(label)s（另行发现）", label=label)
    return Field(
        item.field,
        control_id(item),
        label,
        item.widget,
        "",
        _hint(item, block),
        "",
        _options(item, block, words),
        _unit(item, block),
    )


def _options(item: Input, block: Block, words: RuleTexts) -> tuple[Option, ...]:
    own = words.choices.get(item.name, {})
    rule = block.rule
    if item.widget == "yesno":
        return (
            Option(YES, own.get("true", gettext("是")), ""),
            Option(NO, own.get("false", gettext("否")), ""),
        )
    if isinstance(rule, Rating) and item.widget == "rating":
        return _grades(rule, own)
    if item.widget != "choice":
        return ()
    notes = {choice.key: _range(choice.low, choice.high) for choice in item.spec.choices}
    if isinstance(rule, Lateness):
        notes = {each.key: gettext("期限 %(days)s 个工作日", days=each.limit) for each in rule.classes}
    return tuple(
        Option(choice.key, words.choice(item.name, choice.key), notes[choice.key])
        for choice in item.spec.choices
    )


def _grades(rule: Rating, own: Mapping[str, str]) -> tuple[Option, ...]:
    """The grades of a scale, the highest first, and "cannot assess", which is no grade."""
    ends = {rule.low: own.get("low", ""), rule.high: own.get("high", "")}
    grades = [
        Option(str(number), str(number), ends.get(number, ""))
        for number in range(rule.high, rule.low - 1, -1)
    ]
    is_left_out = rule.cannot_assess == "leave_out"
    note = gettext("不计入，满分相应减少") if is_left_out else gettext("得 0 分")
    return (*grades, Option("0", own.get("0", gettext("无法评价")), note))


def _hint(item: Input, block: Block) -> str:
    if isinstance(block.rule, Checklist):
        points = next(each.points for each in block.rule.items if each.key == item.local)
        return gettext("%(points)s 分", points=format_points(points))
    if isinstance(block.rule, Rating):
        return "" if item.widget == "rating" else gettext("无法评价请填 0")
    if item.widget == "count" or (item.widget == "points" and item.spec.high > MOST_POINTS_SHOWN):
        return gettext("没有请填 0")
    return _range(item.spec.low, item.spec.high) if item.widget == "points" else ""


def _unit(item: Input, block: Block) -> str:
    if item.widget == "points":
        return gettext("分")
    if item.widget != "count" or isinstance(block.rule, Rating):
        return ""
    return gettext("个工作日") if isinstance(block.rule, Lateness) else gettext("处")


def _range(low: int, high: int) -> str:
    if low == high:
        return gettext("%(points)s 分", points=format_points(low))
    return gettext("%(low)s～%(high)s 分", low=format_points(low), high=format_points(high))
