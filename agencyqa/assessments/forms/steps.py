"""The arithmetic of a criterion, line by line, with names beside the figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agencyqa.measures.scheme_format.words import CHOICES_OF
from agencyqa.measures.texts import RuleTexts
from agencyqa.measures.words import gettext
from agencyqa.scoring import Composite, InputSpec, Rule, Veto, format_scaled, param_specs

_SIGNS = {"add": " + ", "sub": " − ", "mul": " × "}
# The decimals that one factor brings along: points and figures of the world are integers of a ten-thousandth.
_PLACES = 4
_OF_INPUT = {"points": 1, "number": 1}
_OF_PARAM = {"points": 1}
# Steps that count, choose or answer yes and no.
_WHOLE = frozenset({"unless", "bracket", "reached_at", "reached_over"})


@dataclass(frozen=True)
class StepLine:
    """``names`` is the step with names, ``figures`` the same with figures and the result."""

    number: int
    label: str
    names: str
    figures: str
    result: str


def step_lines(steps: Sequence[Mapping[str, Any]], rule: Rule, words: RuleTexts) -> tuple[StepLine, ...]:
    inputs = {spec.name: spec for spec in rule.inputs()}
    factors: list[int] = []
    lines: list[StepLine] = []
    for number, step in enumerate(steps):
        args, path = step["args"], step["path"]
        held = [_factors(arg, _rule_at(rule, path), inputs, factors) for arg in args]
        factors.append(_result_factors(step["op"], held))
        names = [_name(arg, step, words) for arg in args]
        figures = [_figure(arg["value"], each) for arg, each in zip(args, held, strict=True)]
        result = _figure(step["result"], factors[-1])
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


def _rule_at(rule: Rule, path: str) -> Rule:
    """The rule that wrote a step: by part keys down to it; a veto hands its parameters on to what it wraps."""
    keys = path.split(".") if path else []
    while isinstance(rule, Veto) or (isinstance(rule, Composite) and keys):
        if isinstance(rule, Veto):
            rule = rule.rule
        else:
            key = keys.pop(0)
            rule = next(part.rule for part in rule.parts if part.key == key)
    return rule


def _factors(
    arg: Mapping[str, Any], rule: Rule, inputs: Mapping[str, InputSpec], factors: Sequence[int]
) -> int:
    """How many factors in ten-thousandths the figure is made of: none for a number of things."""
    ref = arg["ref"]
    if arg["from"] == "input":
        return _OF_INPUT.get(inputs[str(ref)].type, 0)
    if arg["from"] == "step":
        return factors[int(ref)]
    pieces = str(ref).split(".")
    spec = next((each for each in param_specs(rule.kind) if each.name == pieces[0]), None)
    if spec is not None and spec.fields:
        spec = next((each for each in spec.fields if each.name == pieces[-1]), None)
    return 0 if spec is None else _OF_PARAM.get(spec.type, 0)


def _result_factors(op: str, args: Sequence[int]) -> int:
    if op in _WHOLE:
        return 0
    if op == "mul":
        return sum(args)
    if op == "pick":
        return args[-1]
    # A quotient is a mark again.
    return 1 if op == "quotient" else args[0]


def _figure(value: int | None, factors: int) -> str:
    if value is None:
        return "—"
    text = format_scaled(value, _PLACES * factors)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _written(op: str, parts: Sequence[str]) -> str:
    if op in _SIGNS:
        return _SIGNS[op].join(parts)
    writer = _OPERATIONS.get(op)
    return parts[0] if writer is None else writer(parts)


_OPERATIONS: dict[str, Callable[[Sequence[str]], str]] = {
    "min": lambda p: gettext("取较小者（%(parts)s）", parts=gettext("，").join(p)),
    "max": lambda p: gettext("取较大者（%(parts)s）", parts=gettext("，").join(p)),
    "pick": lambda p: p[-1],
    "cancel": lambda p: gettext("%(flag)s 为 1 时得 0，否则 %(inner)s", flag=p[1], inner=p[0]),
    "unless": lambda p: gettext("%(flag)s ×（1 − %(exception)s）", flag=p[0], exception=p[1]),
    "quotient": lambda p: gettext("%(over)s ÷ %(under)s，四舍五入", over=p[0], under=p[1]),
    "to_step": lambda p: gettext("%(value)s 四舍五入到 %(step)s 的整数倍", value=p[0], step=p[1]),
    "bracket": lambda p: gettext("%(amount)s 所在的档次", amount=p[0]),
    "reached_at": lambda p: gettext(
        "%(days)s 达到 %(limit)s × %(multiple)s", days=p[0], multiple=p[1], limit=p[2]
    ),
    "reached_over": lambda p: gettext(
        "%(days)s 超过 %(limit)s × %(multiple)s", days=p[0], multiple=p[1], limit=p[2]
    ),
}


def _name(arg: Mapping[str, Any], step: Mapping[str, Any], words: RuleTexts) -> str:
    ref = arg["ref"]
    if arg["from"] == "step":
        return gettext("第 %(number)s 步", number=ref + 1)
    if arg["from"] == "input":
        return f"“{words.input(str(ref))}”"
    path = step["path"]
    return _param_name(str(ref), step["code"], f"{path}." if path else "", words)


def _param_name(ref: str, code: str, prefix: str, words: RuleTexts) -> str:
    pieces = ref.split(".")
    if len(pieces) == 3:
        place, key, name = pieces
        writer = _PARAMS.get((place, name))
        if writer is None:
            return ref
        if place == "steps":
            return writer(str(int(key) + 1))
        choices = CHOICES_OF.get(place)
        return writer(
            words.input(f"{prefix}{key}") if choices is None else words.choice(f"{prefix}{choices}", key)
        )
    own = _OWN_PARAMS.get(f"{code}.{ref}", _OWN_PARAMS.get(ref))
    return own() if own is not None else ref


_PARAMS: dict[tuple[str, str], Callable[[str], str]] = {
    ("faults", "amount"): lambda name: gettext("“%(fault)s”每处扣分", fault=name),
    ("faults", "max_count"): lambda name: gettext("“%(fault)s”最多计数", fault=name),
    ("faults", "max_amount"): lambda name: gettext("“%(fault)s”最多扣分", fault=name),
    ("levels", "points"): lambda name: gettext("“%(level)s”的分值", level=name),
    ("items", "points"): lambda name: gettext("“%(item)s”的分值", item=name),
    ("classes", "limit"): lambda name: gettext("“%(case)s”的期限", case=name),
    ("classes", "above"): lambda name: gettext("“%(case)s”的起点", case=name),
    ("steps", "multiple"): lambda name: gettext("第 %(number)s 档的倍数", number=name),
    ("steps", "penalty"): lambda name: gettext("第 %(number)s 档的扣分", number=name),
}
_OWN_PARAMS: dict[str, Callable[[], str]] = {
    "points": lambda: gettext("满分"),
    "least_deduction.low": lambda: gettext("每处最少扣分"),
    "most_deduction.high": lambda: gettext("每处最多扣分"),
    "low": lambda: gettext("最低值"),
    "high": lambda: gettext("最高值"),
    "cap": lambda: gettext("上限"),
    "step": lambda: gettext("计分单位"),
    "per_day": lambda: gettext("每日扣分"),
    "zero": lambda: "0",
}


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
    "to_step": lambda: gettext("修约"),
    "fault_capped": lambda: gettext("该项扣分上限"),
    "item_points": lambda: gettext("该项得分"),
    "ticked": lambda: gettext("具备各项合计"),
    "points_times": lambda: gettext("满分相乘"),
    "quotient": lambda: gettext("按比例得分"),
    "capped": lambda: gettext("不超过上限"),
    "class": lambda: gettext("所属类别"),
    "limit": lambda: gettext("期限（工作日）"),
    "days_deduction": lambda: gettext("按日扣分"),
    "step_reached": lambda: gettext("是否达到该档"),
    "step_penalty": lambda: gettext("该档扣分"),
    "step_penalties": lambda: gettext("各档扣分合计"),
    "highest_step": lambda: gettext("最高一档扣分"),
    "steps_above_low": lambda: gettext("高于最低级的级数"),
    "above_low": lambda: gettext("不低于 0"),
    "scale": lambda: gettext("全部级数"),
}
