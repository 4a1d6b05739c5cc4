"""What stands beside the engagements in an annual result: the agency-level form, credits, vetoes, the group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from flask_babel import gettext

from agencyqa.assessments.forms.ranking_page import band_label, group_label
from agencyqa.assessments.forms.result_page import exact_text, shown
from agencyqa.assessments.forms.rule_words import percent, plan_lines, veto_label
from agencyqa.assessments.models import AnnualResult, GradeTable
from agencyqa.assessments.year_plan import YearPlan
from agencyqa.i18n import listed
from agencyqa.scoring import format_points, fraction_from_data

# How a figure is written for this reader.
Words = Callable[[Fraction | None], str]


@dataclass(frozen=True)
class PartLine:
    """One part of the annual figure: `figure` out of 100, times the share, gives the contribution."""

    name: str
    figure: str
    share: str
    contribution: str
    sheet_id: int | None = None


@dataclass(frozen=True)
class CreditLine:
    occurred_on: date
    points: str
    reason: str
    evidence: str


@dataclass(frozen=True)
class VetoLine:
    """``numbers`` are the findings that raise it; ``effect`` what it did to the total or the grade, "" for nothing."""

    label: str
    numbers: str
    effect: str


@dataclass(frozen=True)
class YearParts:
    rules: tuple[str, ...]
    parts: tuple[PartLine, ...]
    credits: tuple[CreditLine, ...]
    account: str
    vetoes: tuple[VetoLine, ...]
    group: str
    group_rank: int | None
    group_count: int | None
    scores_findings: bool


def year_parts(
    result: AnnualResult,
    plan: YearPlan,
    table: GradeTable,
    sheet_ids: frozenset[int],
    *,
    is_exact: bool = True,
) -> YearParts:
    """``sheet_ids`` are those the reader may open. Not ``is_exact``: what rests on the weights is rounded for him."""
    weighted = exact_text if is_exact else shown
    trace, inputs = result.trace, result.inputs
    steps = trace.get("steps", {})
    return YearParts(
        rules=tuple(plan_lines(plan, table.bands)),
        parts=tuple(_parts(plan, trace, inputs, steps, sheet_ids, weighted)),
        credits=tuple(
            CreditLine(
                date.fromisoformat(each["occurred_on"]),
                ("+" if each["points"] > 0 else "") + format_points(each["points"]),
                each["reason"],
                each["evidence"],
            )
            for each in inputs.get("credits", ())
        ),
        account=_account(plan, steps, weighted),
        vetoes=tuple(_vetoes(plan, table, trace, inputs, steps, weighted)),
        group=group_label(result.rank_group),
        group_rank=result.group_rank,
        group_count=result.group_count,
        scores_findings=bool(inputs.get("form")),
    )


def _parts(
    plan: YearPlan,
    trace: Mapping[str, Any],
    inputs: Mapping[str, Any],
    steps: Mapping[str, Any],
    sheet_ids: frozenset[int],
    weighted: Words,
) -> list[PartLine]:
    if not steps or not (plan.agency_share or plan.base is not None):
        return []
    share = 1 - plan.agency_share - plan.credit_share
    lines: list[PartLine] = []
    if share:
        contribution = fraction_from_data(steps["engagements"]["contribution"]) or Fraction(0)
        lines.append(
            PartLine(
                gettext("各项委托业务"),
                weighted(contribution / share),
                percent(share),
                weighted(contribution),
            )
        )
    if plan.agency_share:
        form = trace["form"]
        contribution = fraction_from_data(steps["form"]["contribution"]) or Fraction(0)
        sheet_id = (inputs.get("form") or {}).get("sheet_id")
        lines.append(
            PartLine(
                gettext("机构年度评分"),
                f"{format_points(form['total'])} / {format_points(form['max'])}",
                percent(plan.agency_share),
                exact_text(contribution),
                sheet_id if sheet_id in sheet_ids else None,
            )
        )
    if plan.base is not None:
        credit = steps["credits"]
        lines.append(
            PartLine(
                gettext("积分"),
                exact_text(fraction_from_data(credit["account"])),
                percent(plan.credit_share) if plan.credit_share else gettext("直接相加"),
                exact_text(fraction_from_data(credit["contribution"])),
            )
        )
    return lines


def _account(plan: YearPlan, steps: Mapping[str, Any], weighted: Words) -> str:
    if plan.base is None or "credits" not in steps:
        return ""
    credit = steps["credits"]
    text = gettext(
        "基础分 %(base)s，加减后 %(sum)s，计入 %(account)s",
        base=format_points(plan.base),
        sum=exact_text(fraction_from_data(credit["sum"])),
        account=exact_text(fraction_from_data(credit["account"])),
    )
    if "bounded" in credit:
        bounded = weighted(fraction_from_data(credit["bounded"]))
        text += gettext("；相加并限于 0 至 100 后为 %(figure)s", figure=bounded)
    return str(text)


def _vetoes(
    plan: YearPlan,
    table: GradeTable,
    trace: Mapping[str, Any],
    inputs: Mapping[str, Any],
    steps: Mapping[str, Any],
    weighted: Words,
) -> list[VetoLine]:
    known = {veto.key: veto for veto in plan.vetoes}
    moved = {step["key"]: step for step in steps.get("vetoes", ())}
    grade = trace["grade"] or {}
    lines: list[VetoLine] = []
    for each in inputs.get("raised", ()):
        key = each["veto"]
        effects: list[str] = []
        step = moved.get(key)
        if step is not None and step["before"] != step["after"]:
            effects.append(
                gettext(
                    "得分由 %(before)s 降为 %(after)s",
                    before=weighted(fraction_from_data(step["before"])),
                    after=weighted(fraction_from_data(step["after"])),
                )
            )
        if grade.get("capped_by") == key:
            effects.append(
                gettext(
                    "等级由“%(reached)s”降为“%(grade)s”",
                    reached=band_label(table.bands, grade["reached"]),
                    grade=band_label(table.bands, grade["key"]),
                )
            )
        lines.append(VetoLine(veto_label(known[key]), listed(each["numbers"]), gettext("；").join(effects)))
    return lines
