"""The arithmetic of a criterion, line by line, with names beside the figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agencyqa.measures.texts import RuleTexts
from agencyqa.measures.words import gettext
from agencyqa.scoring import Rule, format_points

_SIGNS = {"add": " + ", "sub": " − ", "mul": " × "}
# These steps count occurrences or answer yes and no; every other one gives points.
_PLAIN_STEPS = frozenset({"counted", "veto_applies"})


@dataclass(frozen=True)
class StepLine:
    """``names`` is the step with names, ``figures`` the same with figures and the result."""

    number: int
    label: str
    names: str
    figures: str
    result: str


def step_lines(steps: Sequence[Mapping[str, Any]], rule: Rule, words: RuleTexts) -> tuple[StepLine, ...]:
    plain_inputs = {spec.name for spec in rule.inputs() if spec.type not in ("points", "number")}
    is_plain = [step["code"] in _PLAIN_STEPS for step in steps]
    lines: list[StepLine] = []
    for number, step in enumerate(steps):
        args = step["args"]
        names = [_name(arg, step["path"], words) for arg in args]
        figures = [_figure(arg["value"], _counts(arg, plain_inputs, is_plain)) for arg in args]
        result = _figure(step["result"], is_plain[number])
        lines.append(
            StepLine(
                number + 1,
                _step_label(step, words),
                _written(step["op"], names),
                _with_result(_written(step["op"], figures), result),
                result,
            )
        )
    return tuple(lines)


def _with_result(figures: str, result: str) -> str:
    """A figure that is taken as it is needs no sign of equality."""
    return result if figures == result else f"{figures} = {result}"


def _counts(arg: Mapping[str, Any], plain_inputs: set[str], is_plain: Sequence[bool]) -> bool:
    """Whether the figure is a number of things rather than points."""
    if arg["from"] == "input":
        return str(arg["ref"]) in plain_inputs
    if arg["from"] == "step":
        return is_plain[int(arg["ref"])]
    return str(arg["ref"]).endswith("max_count")


def _figure(value: int | None, is_count: bool) -> str:
    if value is None:
        return "—"
    return str(value) if is_count else format_points(value)


def _written(op: str, parts: Sequence[str]) -> str:
    match op:
        case "add" | "sub" | "mul":
            return _SIGNS[op].join(parts)
        case "min":
            return gettext("取较小者（%(parts)s）", parts=gettext("，").join(parts))
        case "max":
            return gettext("取较大者（%(parts)s）", parts=gettext("，").join(parts))
        case "pick":
            return parts[-1]
        case "cancel":
            return gettext("%(flag)s 为 1 时得 0，否则 %(inner)s", flag=parts[1], inner=parts[0])
        case "unless":
            return gettext("%(flag)s ×（1 − %(exception)s）", flag=parts[0], exception=parts[1])
        case _:
            return parts[0]


def _name(arg: Mapping[str, Any], path: str, words: RuleTexts) -> str:
    ref = arg["ref"]
    if arg["from"] == "step":
        return gettext("第 %(number)s 步", number=ref + 1)
    if arg["from"] == "input":
        return f"“{words.input(str(ref))}”"
    return _param_name(str(ref), f"{path}." if path else "", words)


def _param_name(ref: str, prefix: str, words: RuleTexts) -> str:
    pieces = ref.split(".")
    if len(pieces) == 3 and pieces[0] == "faults":
        fault = words.input(f"{prefix}{pieces[1]}")
        if pieces[2] == "max_count":
            return gettext("“%(fault)s”最多计数", fault=fault)
        return gettext("“%(fault)s”每处扣分", fault=fault)
    if len(pieces) == 3 and pieces[0] == "levels":
        return gettext("“%(level)s”的分值", level=words.choice(f"{prefix}level", pieces[1]))
    match ref:
        case "points":
            return gettext("满分")
        case "low":
            return gettext("每处最少扣分")
        case "high":
            return gettext("每处最多扣分")
        case "zero":
            return "0"
        case _:
            return ref


def _step_label(step: Mapping[str, Any], words: RuleTexts) -> str:
    writer = _LABELS.get(step["code"])
    label = writer() if writer is not None else step["code"]
    path = step["path"]
    return f"{words.part(path)} · {label}" if path in words.parts else label


# Functions, so that a label costs one look-up in the catalogue and not all of them.
_LABELS: dict[str, Callable[[], str]] = {
    "value": lambda: gettext("评分"),
    "met_points": lambda: gettext("符合时得分"),
    "level_points": lambda: gettext("等级对应分值"),
    "fault_deduction": lambda: gettext("该项扣分"),
    "counted": lambda: gettext("计入处数"),
    "deducted": lambda: gettext("扣分合计"),
    "rest": lambda: gettext("扣后余分"),
    "not_below_zero": lambda: gettext("扣完为止"),
    "least_deduction": lambda: gettext("最少可扣"),
    "most_deduction": lambda: gettext("最多可扣"),
    "parts": lambda: gettext("各部分合计"),
    "veto_applies": lambda: gettext("是否适用不得分"),
    "veto": lambda: gettext("不得分条款"),
}
