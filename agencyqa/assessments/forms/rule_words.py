"""The rules of a year in words, for the pages of tables, rounds and results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from flask_babel import gettext

from agencyqa.assessments.enums import RankGroups
from agencyqa.assessments.year_plan import PlanVeto, YearPlan
from agencyqa.measures.texts import code_title, reader_language
from agencyqa.scoring import format_fraction, format_points
from agencyqa.web.labels import label_of


def plan_lines(plan: YearPlan, bands: Sequence[Mapping[str, Any]] = ()) -> list[str]:
    """One sentence for each rule that a year without rules of its own would not have."""
    lines = [gettext("业务权重：%(weights)s", weights=label_of(plan.weights))]
    shares = [(gettext("各项委托业务"), 1 - plan.agency_share - plan.credit_share)]
    if plan.agency_share:
        shares.append((gettext("机构年度评分"), plan.agency_share))
    if plan.credit_share:
        shares.append((gettext("积分"), plan.credit_share))
    if len(shares) > 1:
        parts = [f"{name} {percent(share)}" for name, share in shares if share]
        lines.append(gettext("年度得分由以下部分组成：%(parts)s", parts=" + ".join(parts)))
    if plan.base is not None:
        lines.append(account_line(plan))
    if plan.least_engagements != 1:
        lines.append(
            gettext("业务少于 %(least)s 项的，有得分，但不定等级、不参加排名", least=plan.least_engagements)
        )
    lines += [veto_line(veto, bands) for veto in plan.vetoes]
    if plan.groups is not RankGroups.NONE:
        lines.append(str(label_of(plan.groups)))
    return lines


def account_line(plan: YearPlan) -> str:
    text = gettext("积分＝基础分 %(base)s ＋ 全年加减分", base=format_points(plan.base or 0))
    low, high = plan.floor, plan.cap
    if plan.credit_share:
        low, high = low or 0, 1_000_000 if high is None else high
    if low is not None:
        text += gettext("，最低 %(low)s", low=format_points(low))
    if high is not None:
        text += gettext("，最高 %(high)s", high=format_points(high))
    if not plan.credit_share:
        text += gettext("，直接加在年度得分上，加后不超过 100、不低于 0")
    return str(text)


def veto_label(veto: PlanVeto) -> str:
    return veto.label_en if reader_language() == "en" and veto.label_en else veto.label


def veto_line(veto: PlanVeto, bands: Sequence[Mapping[str, Any]]) -> str:
    effects = []
    if veto.caps_total is not None:
        effects.append(gettext("得分不超过 %(points)s", points=format_points(veto.caps_total)))
    if veto.caps_grade is not None:
        effects.append(gettext("等级不高于“%(grade)s”", grade=_band(veto.caps_grade, bands)))
    text = gettext(
        "一票否决“%(label)s”（问题：%(faults)s）：%(effects)s",
        label=veto_label(veto),
        faults=gettext("、").join(code_title(code) for code in veto.faults),
        effects=gettext("，").join(effects),
    )
    return str(text)


def _band(key: str, bands: Sequence[Mapping[str, Any]]) -> str:
    for band in bands:
        if band["key"] == key:
            english = reader_language() == "en" and band.get("label_en")
            return str(band["label_en"] if english else band["label"])
    return key


def percent(share: Fraction) -> str:
    text = format_fraction(share * 100, 4).rstrip("0").rstrip(".")
    return f"{text}%"
