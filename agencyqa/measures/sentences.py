"""What a rule asks and what it did, as sentences. Everything in them comes from rule data and scheme wording."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from agencyqa.measures.texts import RuleTexts
from agencyqa.measures.words import gettext
from agencyqa.scoring import (
    SCALE,
    AllOrNothing,
    BandedRange,
    Composite,
    Deductions,
    FreeValue,
    InputSpec,
    Issue,
    Ordinal,
    RangeDeduction,
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
    found = [gettext("满分 %(points)s 分", points=format_points(rule.points))]
    for fault in rule.faults:
        values = {"fault": texts.input(fault.key), "amount": format_points(fault.amount)}
        if fault.max_count is None:
            found.append(gettext("%(fault)s，每处扣 %(amount)s 分", **values))
        elif fault.max_count == 1:
            found.append(gettext("%(fault)s，扣 %(amount)s 分", **values))
        else:
            limit = gettext(
                "%(fault)s，每处扣 %(amount)s 分，最多计 %(count)s 处", count=fault.max_count, **values
            )
            found.append(limit)
    return [*found, gettext("扣完为止")]


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
    AllOrNothing: _all_or_nothing,
    Deductions: _deductions,
    RangeDeduction: _range_deduction,
    Veto: _veto,
    Composite: _composite,
    FreeValue: _free,
    Ordinal: _ordinal,
}


def note_sentence(note: Mapping[str, Any], texts: RuleTexts) -> str:
    """One note of a trace ({"code", "path", "params"}) in the reader's language.

    ``texts`` are the words of the criterion's rule. A note of an unknown code shows its code.
    """
    params: Mapping[str, Any] = note["params"]
    path: str = note["path"]
    writer = _NOTES.get(note["code"])
    if writer is None:
        return str(note["code"])
    return writer(params, texts, f"{path}." if path else "")


def _p(params: Mapping[str, Any], name: str) -> str:
    value = params.get(name)
    return "—" if value is None else format_points(value)


def _note_band(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext(
        "选“%(band)s”（%(low)s～%(high)s 分），评 %(value)s 分",
        band=texts.choice(f"{prefix}band", params["band"]),
        low=_p(params, "low"),
        high=_p(params, "high"),
        value=_p(params, "value"),
    )


def _note_met(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    case = texts.choices.get(f"{prefix}met", {}).get("true", gettext("符合要求"))
    return gettext("%(case)s，得 %(points)s 分", case=case, points=_p(params, "points"))


def _note_not_met(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    case = texts.choices.get(f"{prefix}met", {}).get("false", gettext("不符合要求"))
    return gettext("%(case)s，不得分", case=case)


def _note_fault(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    values = {
        "fault": texts.input(f"{prefix}{params['fault']}"),
        "count": params["count"],
        "amount": _p(params, "amount"),
        "deducted": _p(params, "deducted"),
    }
    if params["count"] != params["counted"]:
        return gettext(
            "%(fault)s：%(count)s 处，按上限计 %(counted)s 处 × %(amount)s 分，扣 %(deducted)s 分",
            counted=params["counted"],
            **values,
        )
    return gettext("%(fault)s：%(count)s 处 × %(amount)s 分，扣 %(deducted)s 分", **values)


def _note_taken(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext(
        "满分 %(points)s 分，共扣 %(deducted)s 分，得 %(rest)s 分",
        points=_p(params, "points"),
        deducted=_p(params, "deducted"),
        rest=_p(params, "rest"),
    )


def _note_exhausted(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext(
        "满分 %(points)s 分，应扣 %(deducted)s 分，扣完为止，得 0 分",
        points=_p(params, "points"),
        deducted=_p(params, "deducted"),
    )


def _note_none(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext("没有扣分，得 %(points)s 分", points=_p(params, "points"))


def _note_range(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    values = {
        "fault": texts.input(f"{prefix}amount"),
        "points": _p(params, "points"),
        "amount": _p(params, "amount"),
        "rest": format_points(max(0, params["points"] - params["amount"])),
    }
    if params.get("count") is not None:
        return gettext(
            "%(fault)s：%(count)s 处，满分 %(points)s 分，共扣 %(amount)s 分，得 %(rest)s 分",
            count=params["count"],
            **values,
        )
    return gettext("%(fault)s：满分 %(points)s 分，扣 %(amount)s 分，得 %(rest)s 分", **values)


def _note_veto(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext("%(flag)s，本项不得分", flag=texts.input(f"{prefix}{params['flag']}"))


def _note_excepted(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext(
        "%(flag)s，但属于例外情形（%(exception)s），照常计分",
        flag=texts.input(f"{prefix}{params['flag']}"),
        exception=texts.input(f"{prefix}{params['exception']}"),
    )


def _note_no_veto(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext("未出现不得分情形（%(flag)s）", flag=texts.input(f"{prefix}{params['flag']}"))


def _note_part(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext(
        "%(part)s：得 %(value)s 分", part=texts.part(prefix.removesuffix(".")), value=_p(params, "value")
    )


def _note_sum(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext("各部分合计 %(value)s 分", value=_p(params, "value"))


def _note_free(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    values = {"value": _p(params, "value"), "low": _p(params, "low"), "high": _p(params, "high")}
    return gettext("评分人在 %(low)s～%(high)s 分之间评 %(value)s 分", **values)


def _note_unpublished(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    values = {"value": _p(params, "value"), "low": _p(params, "low"), "high": _p(params, "high")}
    return gettext("评分人在 %(low)s～%(high)s 分之间评 %(value)s 分（计分规则未公开）", **values)


def _note_level(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    case = texts.choice(f"{prefix}level", params["level"])
    return gettext("%(case)s，得 %(points)s 分", case=case, points=_p(params, "points"))


_NOTES: dict[str, Callable[[Mapping[str, Any], RuleTexts, str], str]] = {
    "banded.chosen": _note_band,
    "all_or_nothing.met": _note_met,
    "all_or_nothing.not_met": _note_not_met,
    "deductions.fault": _note_fault,
    "deductions.taken": _note_taken,
    "deductions.exhausted": _note_exhausted,
    "deductions.none": _note_none,
    "range_deduction.none": _note_none,
    "range_deduction.taken": _note_range,
    "veto.applied": _note_veto,
    "veto.excepted": _note_excepted,
    "veto.not_raised": _note_no_veto,
    "composite.part": _note_part,
    "composite.sum": _note_sum,
    "free.given": _note_free,
    "free.unpublished": _note_unpublished,
    "ordinal.level": _note_level,
}


def issue_sentence(issue: Issue, texts: RuleTexts, specs: Mapping[str, InputSpec]) -> str:
    """Why a criterion has no result yet. ``specs`` are the rule's inputs by name (``program.layout[key]``)."""
    spec = specs.get(issue.input) if issue.input is not None else None
    scale = 1 if spec is not None and spec.type == "count" else SCALE
    values = {
        name: format_points(value * (SCALE // scale)) if isinstance(value, int) else value
        for name, value in issue.params.items()
    }
    values["input"] = gettext("得分") if issue.input is None else _issue_label(issue.input, texts)
    if issue.code == "outside_band":
        band = issue.params.get("band")
        values["band"] = (
            "—" if band is None else texts.choice(str(issue.input).replace("value", "band"), band)
        )
    writer = _ISSUES.get(issue.code)
    return writer(values) if writer is not None else issue.code


def _issue_label(name: str, texts: RuleTexts) -> str:
    part = name.rpartition(".")[0]
    label = texts.input(name)
    return f"{texts.part(part)} · {label}" if part in texts.parts else label


_ISSUES: dict[str, Callable[[dict[str, Any]], str]] = {
    "missing": lambda v: gettext("“%(input)s”尚未填写。", **v),
    "malformed_points": lambda v: gettext("“%(input)s”应为分值。", **v),
    "malformed_count": lambda v: gettext("“%(input)s”应为整数。", **v),
    "malformed_flag": lambda v: gettext("“%(input)s”应为是或否。", **v),
    "malformed_entered": lambda v: gettext("评分人填写的得分不是分值。", **v),
    "unknown_choice": lambda v: gettext("“%(input)s”不是可选的一项。", **v),
    "out_of_range": lambda v: gettext("“%(input)s”应在 %(low)s～%(high)s 之间。", **v),
    "off_step": lambda v: gettext("“%(input)s”应为 %(step)s 的整数倍。", **v),
    "outside_band": lambda v: gettext("得分不在所选档次“%(band)s”的 %(low)s～%(high)s 分之内。", **v),
    "outside_deduction_range": lambda v: gettext("扣分应为 0，或在 %(low)s～%(high)s 分之间。", **v),
    "amount_without_count": lambda v: gettext("填写了扣分，但处数为 0。", **v),
    "entered_out_of_range": lambda v: gettext("评分人填写的得分应在 %(low)s～%(high)s 分之间。", **v),
}
