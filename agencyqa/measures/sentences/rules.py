"""What a rule asks, as the form would print it. Everything comes from rule data and scheme wording."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agencyqa.measures.texts import RuleTexts
from agencyqa.measures.words import gettext
from agencyqa.scoring import (
    AllOrNothing,
    BandedRange,
    Checklist,
    Composite,
    Deductions,
    Fault,
    FreeValue,
    Lateness,
    Ordinal,
    RangeDeduction,
    Rating,
    Ratio,
    Rule,
    Veto,
    format_points,
)


def rule_sentence(rule: Rule, texts: RuleTexts) -> str:
    """The whole rule in the reader's language, as the form would print it."""
    clauses = _clauses(rule, texts)
    return gettext("；").join(clauses) + gettext("。") if clauses else ""


def _clauses(rule: Rule, texts: RuleTexts) -> list[str]:
    writer = _WRITERS.get(type(rule))
    return writer(rule, texts) if writer is not None else []


def _banded(rule: BandedRange, texts: RuleTexts) -> list[str]:
    found = [
        gettext(
            "%(band)s：%(low)s～%(high)s 分",
            band=texts.choice("band", band.key),
            low=format_points(band.low),
            high=format_points(band.high),
        )
        for band in rule.bands
    ]
    if rule.gaps == "round":
        return [*found, gettext("得分四舍五入到 %(step)s 分的整数倍", step=format_points(rule.step))]
    return found + _step(rule.step)


def _all_or_nothing(rule: AllOrNothing, texts: RuleTexts) -> list[str]:
    labels = texts.choices.get("met", {})
    met = labels.get("true", gettext("符合要求"))
    not_met = labels.get("false", gettext("不符合要求"))
    return [
        gettext("%(case)s，得 %(points)s 分", case=met, points=format_points(rule.points)),
        gettext("%(case)s，不得分", case=not_met),
    ]


def _deductions(rule: Deductions, texts: RuleTexts) -> list[str]:
    faults = [_fault(fault, texts.input(fault.key)) for fault in rule.faults]
    return [gettext("满分 %(points)s 分", points=format_points(rule.points)), *faults, gettext("扣完为止")]


def _fault(fault: Fault, label: str) -> str:
    values = {"fault": label, "amount": format_points(fault.amount)}
    if fault.max_count == 1:
        clause = gettext("%(fault)s，扣 %(amount)s 分", **values)
    elif fault.max_count is None:
        clause = gettext("%(fault)s，每处扣 %(amount)s 分", **values)
    else:
        clause = gettext(
            "%(fault)s，每处扣 %(amount)s 分，最多计 %(count)s 处", count=fault.max_count, **values
        )
    if fault.max_amount is None:
        return clause
    return gettext("%(clause)s，最多扣 %(amount)s 分", clause=clause, amount=format_points(fault.max_amount))


def _checklist(rule: Checklist, texts: RuleTexts) -> list[str]:
    return [
        gettext("%(case)s，得 %(points)s 分", case=texts.input(item.key), points=format_points(item.points))
        for item in rule.items
    ]


def _ratio(rule: Ratio, texts: RuleTexts) -> list[str]:
    names = {"actual": texts.input("actual"), "planned": texts.input("planned")}
    points = format_points(rule.points)
    if rule.direction == "higher":
        found = [gettext("按“%(actual)s”÷“%(planned)s”× %(points)s 分计算", points=points, **names)]
    else:
        found = [gettext("按“%(planned)s”÷“%(actual)s”× %(points)s 分计算", points=points, **names)]
    cap = rule.points if rule.cap is None else rule.cap
    found.append(gettext("最高 %(points)s 分", points=format_points(cap)))
    found.append(_rounded(rule.places))
    divisor = names["planned" if rule.direction == "higher" else "actual"]
    match rule.empty:
        case "zero":
            found.append(gettext("“%(divisor)s”为 0 时不得分", divisor=divisor))
        case "full":
            full = format_points(min(rule.points, cap))
            found.append(gettext("“%(divisor)s”为 0 时得 %(points)s 分", divisor=divisor, points=full))
        case _:
            found.append(gettext("“%(divisor)s”不能为 0", divisor=divisor))
    return found


def _lateness(rule: Lateness, texts: RuleTexts) -> list[str]:
    found = [gettext("满分 %(points)s 分", points=format_points(rule.points))]
    if rule.per_day:
        found.append(gettext("每逾期一个工作日扣 %(amount)s 分", amount=format_points(rule.per_day)))
    for each in rule.classes:
        values = {"case": texts.choice("class", each.key), "days": each.limit}
        if rule.by_amount and each.above:
            found.append(
                gettext(
                    "%(case)s（%(amount)s为 %(above)s 及以上）：期限 %(days)s 个工作日",
                    amount=texts.input("amount"),
                    above=format_points(each.above),
                    **values,
                )
            )
        else:
            found.append(gettext("%(case)s：期限 %(days)s 个工作日", **values))
    for step in rule.steps:
        values = {"multiple": format_points(step.multiple), "penalty": format_points(step.penalty)}
        if rule.reached == "at":
            found.append(gettext("逾期达到期限的 %(multiple)s 倍，另扣 %(penalty)s 分", **values))
        else:
            found.append(gettext("逾期超过期限的 %(multiple)s 倍，另扣 %(penalty)s 分", **values))
    if len(rule.steps) > 1:
        found.append(
            gettext("各档扣分相加") if rule.steps_add else gettext("多档同时达到的，只按最高一档扣分")
        )
    return [*found, gettext("扣完为止")]


def _rating(rule: Rating, texts: RuleTexts) -> list[str]:
    points = format_points(rule.points)
    found = [gettext("按 %(low)s～%(high)s 评级", low=rule.low, high=rule.high)]
    if rule.base == "zero":
        found.append(gettext("得分为评级 ÷ %(high)s × %(points)s 分", high=rule.high, points=points))
    else:
        found.append(
            gettext(
                "得分为（评级 − %(low)s）÷ %(span)s × %(points)s 分",
                low=rule.low,
                span=rule.high - rule.low,
                points=points,
            )
        )
    found.append(_rounded(rule.places))
    if rule.cannot_assess == "leave_out":
        return [*found, gettext("无法评价的不计入，满分相应减少")]
    return [*found, gettext("无法评价的得 0 分")]


def _rounded(places: int) -> str:
    return gettext("四舍五入保留 %(places)s 位小数", places=places)


def _range_deduction(rule: RangeDeduction, texts: RuleTexts) -> list[str]:
    values = {
        "fault": texts.input("amount"),
        "low": format_points(rule.low),
        "high": format_points(rule.high),
    }
    found = [gettext("满分 %(points)s 分", points=format_points(rule.points))]
    if rule.per_occurrence:
        found += [gettext("%(fault)s，每处扣 %(low)s～%(high)s 分", **values), gettext("扣完为止")]
    else:
        found.append(gettext("%(fault)s，扣 %(low)s～%(high)s 分", **values))
    return found + _step(rule.step)


def _veto(rule: Veto, texts: RuleTexts) -> list[str]:
    found = _clauses(rule.rule, texts)
    flag = texts.input(rule.flag)
    if rule.exception is None:
        return [*found, gettext("%(flag)s，本项不得分", flag=flag)]
    exception = texts.input(rule.exception)
    return [*found, gettext("%(flag)s，本项不得分（%(exception)s除外）", flag=flag, exception=exception)]


def _composite(rule: Composite, texts: RuleTexts) -> list[str]:
    found: list[str] = []
    for number, part in enumerate(rule.parts, start=1):
        inner = gettext("，").join(_clauses(part.rule, texts.under(part.key)))
        found.append(
            gettext("（%(number)s）%(part)s：%(rule)s", number=number, part=texts.part(part.key), rule=inner)
        )
    return found


def _free(rule: FreeValue, texts: RuleTexts) -> list[str]:
    low, high = format_points(rule.low), format_points(rule.high)
    found = [gettext("在 %(low)s～%(high)s 分之间评分", low=low, high=high), *_step(rule.step)]
    return found if rule.published else [*found, gettext("本项计分规则未公开，由评分人据实评定")]


def _ordinal(rule: Ordinal, texts: RuleTexts) -> list[str]:
    return [
        gettext(
            "%(case)s，得 %(points)s 分",
            case=texts.choice("level", level.key),
            points=format_points(level.points),
        )
        for level in rule.levels
    ]


def _step(step: int) -> list[str]:
    return [gettext("以 %(step)s 分为单位", step=format_points(step))] if step > 1 else []


_WRITERS: dict[type[Rule], Callable[[Any, RuleTexts], list[str]]] = {
    BandedRange: _banded,
    Checklist: _checklist,
    Lateness: _lateness,
    Rating: _rating,
    Ratio: _ratio,
    AllOrNothing: _all_or_nothing,
    Deductions: _deductions,
    RangeDeduction: _range_deduction,
    Veto: _veto,
    Composite: _composite,
    FreeValue: _free,
    Ordinal: _ordinal,
}
