"""How a scheme counts the results of its criteria, as the form would print it."""

from __future__ import annotations

from agencyqa.measures.texts import SchemeTexts
from agencyqa.measures.words import gettext
from agencyqa.scoring import Condition, Criterion, Scheme, SchemeVeto, format_points


def scheme_terms(scheme: Scheme, texts: SchemeTexts) -> list[str]:
    """What holds for the whole sheet; nothing for a scheme that simply adds its points up."""
    found: list[str] = []
    if scheme.adding == "weights":
        found.append(
            gettext(
                "总分按权重合成：各项得分率乘以权重，折算为满分 %(points)s 分，折算时四舍五入到万分之一分。",
                points=format_points(scheme.max_points),
            )
        )
    if any(criterion.bonus for _, criterion in scheme.criteria()):
        cap = scheme.max_points if scheme.total_cap is None else scheme.total_cap
        found.append(
            gettext("加分项不计入满分，按表中次序计入，总分最高 %(points)s 分。", points=format_points(cap))
        )
    if scheme.unanswered == "leave_out":
        found.append(gettext("未填的项目不计入，满分相应减少；不按 0 分计。"))
    if scheme.least_assessed is not None:
        found.append(
            gettext(
                "已评项目的分值不到满分的 %(percent)s%% 的，不出总分。",
                percent=format_points(scheme.least_assessed),
            )
        )
    return found


def criterion_terms(criterion: Criterion, scheme: Scheme, texts: SchemeTexts) -> list[str]:
    """How the scheme counts one criterion, where that is not simply its points."""
    found: list[str] = []
    if criterion.bonus:
        found.append(gettext("加分项，不计入满分"))
    elif criterion.weight == 0:
        found.append(gettext("权重为 0，只列示，不影响总分"))
    elif criterion.weight is not None:
        found.append(gettext("权重 %(weight)s", weight=format_points(criterion.weight)))
    return found + [condition_sentence(each, texts) for each in criterion.only_if]


def condition_sentence(condition: Condition, texts: SchemeTexts) -> str:
    """When a bonus is granted."""
    other = texts.criterion(condition.criterion)
    if condition.points is None:
        return gettext("仅在“%(criterion)s”得满分时计入", criterion=other)
    return gettext(
        "仅在“%(criterion)s”不低于 %(points)s 分时计入",
        criterion=other,
        points=format_points(condition.points),
    )


def veto_sentence(veto: SchemeVeto, texts: SchemeTexts) -> str:
    """What a veto of the whole scheme does once it is raised."""
    effects: list[str] = []
    if veto.caps_total is not None:
        effects.append(gettext("总分最高 %(points)s 分", points=format_points(veto.caps_total)))
    if veto.caps_grade is not None:
        effects.append(gettext("等级最高为“%(grade)s”", grade=texts.grade(veto.caps_grade)))
    what = gettext("，").join(effects)
    if veto.exception is None:
        return gettext("一经认定，%(what)s。", what=what)
    exception = texts.rule(veto.key).input(veto.exception)
    return gettext("一经认定，%(what)s（%(exception)s除外）。", what=what, exception=exception)
