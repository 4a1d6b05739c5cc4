"""What a rule did on a sheet: the notes of a trace as sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from agencyqa.measures.texts import RuleTexts
from agencyqa.measures.words import gettext
from agencyqa.scoring import format_points


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
    if params["deducted"] < params["count"] * params["amount"]:
        return gettext("%(fault)s：%(count)s 处 × %(amount)s 分，按上限扣 %(deducted)s 分", **values)
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


def _note_rounded(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext(
        "所评 %(given)s 分四舍五入到 %(step)s 分的整数倍，为 %(value)s 分",
        given=_p(params, "given"),
        step=_p(params, "step"),
        value=_p(params, "value"),
    )


def _note_item(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    case = texts.input(f"{prefix}{params['item']}")
    return gettext("%(case)s，得 %(points)s 分", case=case, points=_p(params, "points"))


def _note_no_item(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext("%(items)s 项均不具备，得 0 分", items=params["items"])


def _note_items(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext("具备的各项合计 %(value)s 分", value=_p(params, "value"))


def _ratio_values(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> dict[str, str]:
    return {
        "actual_label": texts.input(f"{prefix}actual"),
        "planned_label": texts.input(f"{prefix}planned"),
        **{name: _p(params, name) for name in ("actual", "planned", "points", "value", "cap")},
    }


def _note_quotient(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext(
        "%(actual_label)s %(actual)s，%(planned_label)s %(planned)s，按比例得 %(value)s 分",
        **_ratio_values(params, texts, prefix),
    )


def _note_ratio_capped(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext(
        "%(actual_label)s %(actual)s，%(planned_label)s %(planned)s，按比例超过上限，得 %(cap)s 分",
        **_ratio_values(params, texts, prefix),
    )


def _note_ratio_empty(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext(
        "%(actual_label)s %(actual)s，%(planned_label)s %(planned)s，除数为 0，按规则得 %(value)s 分",
        **_ratio_values(params, texts, prefix),
    )


def _note_class(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    case = texts.choice(f"{prefix}class", params["class"])
    return gettext("%(case)s：期限 %(days)s 个工作日", case=case, days=params["limit"])


def _note_on_time(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext("没有逾期，得 %(points)s 分", points=_p(params, "points"))


def _note_days(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext(
        "逾期 %(days)s 个工作日 × %(amount)s 分，扣 %(deducted)s 分",
        days=params["days"],
        amount=_p(params, "per_day"),
        deducted=_p(params, "deducted"),
    )


def _note_step(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext(
        "适用“期限（%(days)s 个工作日）的 %(multiple)s 倍”一档，另扣 %(penalty)s 分",
        days=params["limit"],
        multiple=_p(params, "multiple"),
        penalty=_p(params, "penalty"),
    )


def _note_rating(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext(
        "评级 %(rating)s（%(low)s～%(high)s），得 %(value)s 分",
        rating=params["rating"],
        low=params["low"],
        high=params["high"],
        value=_p(params, "value"),
    )


def _note_left_out(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext("无法评价，本项不计入，满分相应减少")


def _note_counted_zero(params: Mapping[str, Any], texts: RuleTexts, prefix: str) -> str:
    return gettext("无法评价，按规则得 0 分")


_NOTES: dict[str, Callable[[Mapping[str, Any], RuleTexts, str], str]] = {
    "banded.chosen": _note_band,
    "banded.rounded": _note_rounded,
    "checklist.item": _note_item,
    "checklist.none": _note_no_item,
    "checklist.sum": _note_items,
    "lateness.class": _note_class,
    "lateness.on_time": _note_on_time,
    "lateness.days": _note_days,
    "lateness.step": _note_step,
    "lateness.rest": _note_taken,
    "rating.given": _note_rating,
    "rating.left_out": _note_left_out,
    "rating.counted_zero": _note_counted_zero,
    "ratio.quotient": _note_quotient,
    "ratio.capped": _note_ratio_capped,
    "ratio.empty": _note_ratio_empty,
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
