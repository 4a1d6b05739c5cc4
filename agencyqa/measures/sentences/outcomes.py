"""What a scheme made of the results of a sheet: left out, weighed, granted, capped."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from agencyqa.measures.texts import SchemeTexts
from agencyqa.measures.words import gettext
from agencyqa.scoring import (
    BonusOutcome,
    ConditionOutcome,
    Criterion,
    CriterionResult,
    Scheme,
    SheetResult,
    VetoResult,
    format_fraction,
    format_points,
)


def criterion_outcome(
    criterion: Criterion,
    result: CriterionResult,
    notes: Collection[str],
    scheme: Scheme,
    texts: SchemeTexts,
) -> list[str]:
    """How a result goes into the total; nothing where it simply is added. ``notes`` are the codes the rule noted."""
    if result.state == "left_out":
        # A rating that cannot be assessed says so by itself.
        return [] if "rating.left_out" in notes else [gettext("没有填写，本项不计入，满分相应减少")]
    if result.state != "ok":
        return []
    if result.bonus is not None:
        return _bonus(result, result.bonus, texts)
    if criterion.weight == 0:
        return [gettext("只列示，不影响总分")]
    if scheme.adding == "weights" and result.contribution is not None:
        return [
            gettext(
                "权重 %(weight)s：折算计入 %(points)s 分，最多 %(max)s 分（按累计数四舍五入到万分之一分）",
                weight=format_points(criterion.weight or 0),
                points=format_points(result.contribution),
                max=format_points(result.max_contribution),
            )
        ]
    return []


def _bonus(result: CriterionResult, bonus: BonusOutcome, texts: SchemeTexts) -> list[str]:
    unmet = [_unmet(each, texts) for each in bonus.conditions if each.met is False]
    if unmet:
        return [*unmet, gettext("条件不成立，加分不计入")]
    if bonus.met is None or result.contribution is None:
        return [gettext("所依条件的项目还没有结果，加分暂不能计入")]
    granted, given = format_points(result.contribution), result.counted or 0
    if result.contribution < given:
        return [gettext("总分上限只余 %(points)s 分，计入 %(points)s 分", points=granted)]
    return [gettext("加分计入 %(points)s 分", points=granted)]


def _unmet(condition: ConditionOutcome, texts: SchemeTexts) -> str:
    other, least = texts.criterion(condition.criterion), format_points(condition.least)
    if condition.reached is None:
        return gettext("“%(criterion)s”没有计分，须达到 %(least)s 分", criterion=other, least=least)
    return gettext(
        "“%(criterion)s”得 %(points)s 分，须达到 %(least)s 分",
        criterion=other,
        points=format_points(condition.reached),
        least=least,
    )


def veto_outcome(veto: VetoResult, result: SheetResult, texts: SchemeTexts) -> list[str]:
    """Whether a veto of the whole sheet was raised, and what it took away."""
    if veto.raised is None:
        return []
    if not veto.raised:
        return [gettext("未认定")]
    if veto.excepted:
        return [gettext("已认定，但属于例外情形，不适用")]
    found = [gettext("已认定")]
    if veto.cap is not None and veto.contribution is not None:
        cap = format_points(veto.cap)
        if veto.contribution:
            taken = format_points(-veto.contribution)
            found.append(gettext("总分最高 %(cap)s 分，从总分中扣去 %(taken)s 分", cap=cap, taken=taken))
        else:
            found.append(gettext("总分没有超过上限 %(cap)s 分", cap=cap))
    if veto.caps_grade is not None:
        grade = texts.grade(veto.caps_grade)
        if result.capped_by == veto.key:
            found.append(gettext("等级限为“%(grade)s”", grade=grade))
        else:
            found.append(gettext("等级没有高于“%(grade)s”", grade=grade))
    return found


def sheet_outcome(result: SheetResult, scheme: Scheme, texts: SchemeTexts) -> list[str]:
    """What is left out of the whole sheet, and how much of it was assessed."""
    if not result.left_out:
        return []
    share = Fraction(result.assessed_max * 100, result.max_points)
    found = [
        gettext(
            "有 %(count)s 项不计入：%(items)s。",
            count=len(result.left_out),
            items=gettext("、").join(texts.criterion(key) for key in result.left_out),
        ),
        gettext(
            "已评项目的满分为 %(assessed)s 分，占满分 %(max)s 分的 %(share)s%%。",
            assessed=format_points(result.assessed_max),
            max=format_points(result.max_points),
            share=format_fraction(share, 2),
        ),
    ]
    if result.state == "unassessed":
        least = format_points(scheme.least_assessed or 0)
        found.append(gettext("不到 %(least)s%%，不出总分。", least=least))
    return found
