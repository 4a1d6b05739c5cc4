"""The year of a bureau from facts already read: engagements scored, rolled up by agency and ranked. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from agencyqa.assessments.enums import (
    RankGroups,
    ResultState,
    RoleMissing,
    SheetState,
    WeightMode,
    YearWeights,
)
from agencyqa.assessments.shares import shares_to_data
from agencyqa.assessments.year_facts import NO_AGENCY_FACT, AgencyFact, EngagementFact, SheetFact, is_counted
from agencyqa.assessments.year_plan import YearPlan, plain_plan
from agencyqa.measures.enums import Purpose
from agencyqa.scoring import (
    AnnualResult,
    EngagementResult,
    GradeBand,
    MeasureScore,
    RankEntry,
    RankRow,
    RoleSheets,
    Rounding,
    YearItem,
    rank,
    rank_in_groups,
    round_half_up,
    score_engagement,
    score_year,
)

# Ranking and every figure on a page have two decimals; the results themselves stay fractions.
SHOWN_PLACES = 2
NOT_OPENED = "not_opened"
FEE_MISSING = "fee_missing"
AMOUNT_MISSING = "amount_missing"
WEIGHT_MISSING = "weight_missing"
MISSING_FIGURES = frozenset({FEE_MISSING, AMOUNT_MISSING, WEIGHT_MISSING})


@dataclass(frozen=True)
class AgencyYear:
    """One agency's year, ready to be stored. ``rank`` is None while something is missing."""

    agency_id: int
    agency_name: str
    state: ResultState
    score: Fraction | None
    rounded: int | None
    rank: int | None
    position: int
    grade: str | None
    measures: dict[str, dict[str, Any]]
    missing: list[dict[str, Any]]
    is_reference: bool
    engagement_count: int
    inputs: dict[str, Any]
    trace: dict[str, Any]
    # Final findings on the agency itself: listed, and no part of the score.
    findings: list[dict[str, Any]] = field(default_factory=list)
    # Where agencies are ranked among their own kind as well.
    group: str = ""
    group_rank: int | None = None
    group_count: int | None = None


def with_findings(
    years: Iterable[AgencyYear], findings: Mapping[int, list[dict[str, Any]]]
) -> list[AgencyYear]:
    """``findings`` are those on agencies as a whole, by agency."""
    return [replace(year, findings=list(findings.get(year.agency_id, ()))) for year in years]


def years_of_agencies(
    engagements: Sequence[EngagementFact],
    plan: YearPlan | WeightMode,
    grades: Sequence[GradeBand],
    rounding: Rounding,
    agencies: Mapping[int, AgencyFact] | None = None,
) -> list[AgencyYear]:
    """In the order of the ranking; unranked agencies last, those of one rank by name.

    ``agencies`` is what concerns each as a whole, which only rules of the year's own ask for.
    """
    if isinstance(plan, WeightMode):
        plan = plain_plan(plan)
    by_agency: dict[int, list[EngagementFact]] = {}
    for engagement in engagements:
        by_agency.setdefault(engagement.agency_id, []).append(engagement)
    ordered = sorted(by_agency.items(), key=lambda item: (item[1][0].agency_order, item[0]))
    # The engine orders ties by their key, so the key says where the name stands.
    keyed = {f"{number:08d}": held for number, (_, held) in enumerate(ordered)}
    facts = {key: (agencies or {}).get(held[0].agency_id, NO_AGENCY_FACT) for key, held in keyed.items()}
    rolled = {key: _roll_up(held, facts[key], plan, grades, rounding) for key, held in keyed.items()}
    entries = [
        RankEntry(key, result.score, is_provisional=result.state != "final", group=facts[key].group)
        for key, (result, _) in rolled.items()
    ]
    years = [
        _agency_year(keyed[row.key], facts[row.key], plan, *rolled[row.key], row, position)
        for position, row in enumerate(rank(entries, SHOWN_PLACES), start=1)
    ]
    return years if plan.groups is RankGroups.NONE else _grouped(years, entries, keyed)


def _grouped(
    years: Sequence[AgencyYear],
    entries: Sequence[RankEntry],
    keyed: Mapping[str, Sequence[EngagementFact]],
) -> list[AgencyYear]:
    """The same years with their places among their own kind."""
    places: dict[int, tuple[str, int | None, int]] = {}
    for group, rows in rank_in_groups(entries, SHOWN_PLACES).items():
        ranked = sum(row.rank is not None for row in rows)
        for row in rows:
            places[keyed[row.key][0].agency_id] = (group, row.rank, ranked)
    return [
        replace(
            year,
            group=places[year.agency_id][0],
            group_rank=places[year.agency_id][1],
            group_count=places[year.agency_id][2],
        )
        for year in years
    ]


def _roll_up(
    engagements: Sequence[EngagementFact],
    fact: AgencyFact,
    plan: YearPlan,
    grades: Sequence[GradeBand],
    rounding: Rounding,
) -> tuple[AnnualResult, list[EngagementResult]]:
    scored = [score_of(engagement) for engagement in engagements]
    items = [
        result.as_item(
            str(engagement.engagement_id),
            engagement.fee,
            engagement.amount if plan.weights is YearWeights.AMOUNT else None,
            engagement.weight if plan.weights is YearWeights.SET else None,
        )
        for engagement, result in zip(engagements, scored, strict=True)
    ]
    # Weights of which every one is 0 give no weight to anything: that is no result, and no reason to invent weights.
    if plan.weights is not YearWeights.EQUAL and all(_weight(item, plan.weights) == 0 for item in items):
        items = [replace(item, fee=None, amount=None, weight=None) for item in items]
    rules = plan.rules(grades, rounding)
    form = fact.form if plan.agency_share else None
    result = score_year(
        items,
        rules,
        form=form.score() if form is not None and is_counted(form) else None,
        credits=[each.credit() for each in fact.credits] if plan.base is not None else [],
        raised=[each["veto"] for each in plan.raised(fact.findings)],
    )
    return result, scored


def _weight(item: YearItem, weights: YearWeights) -> int | None:
    return {YearWeights.FEE: item.fee, YearWeights.AMOUNT: item.amount}.get(weights, item.weight)


def score_of(engagement: EngagementFact) -> EngagementResult:
    """Only decided sheets count; a missing one makes the engagement provisional, never 0."""
    sheets: dict[str, RoleSheets] = {}
    for share in engagement.shares:
        held = [each for each in engagement.sheets if each.role == share.role]
        if share.panel is not None:
            # Who was invited and is not decided yet has a seat without a sheet.
            sheets[share.role] = {
                each.seat_key: each.score() if is_counted(each) else None for each in held if each.seat
            }
        else:
            decided = [each.score() for each in held if is_counted(each) and not each.seat]
            sheets[share.role] = decided[0] if decided else None
    return score_engagement(
        engagement.shares,
        sheets,
        Rounding(SHOWN_PLACES),
        role_missing=engagement.role_missing.value,
    )


def missing_of(engagement: EngagementFact, result: EngagementResult) -> list[dict[str, Any]]:
    """Which sheets the engagement still lacks, and who is to act on each. Of a panel each seat that is waited for."""
    found: list[dict[str, Any]] = []
    for role in result.missing:
        waiting: list[SheetFact | None] = [
            each for each in engagement.sheets if each.role == role and not is_counted(each)
        ]
        found += [_missing_sheet(engagement, role, each) for each in waiting or [None]]
    return found


def _missing_sheet(engagement: EngagementFact, role: str, sheet: SheetFact | None) -> dict[str, Any]:
    # A sheet that nobody made, and one that waits for review, lie with the bureau.
    with_scorer = sheet is not None and sheet.state is not SheetState.SUBMITTED
    return {
        **engagement.named(),
        "role": role,
        "sheet_id": sheet.sheet_id if sheet else None,
        "state": sheet.state.value if sheet else NOT_OPENED,
        "body_id": sheet.body_id if sheet and with_scorer else engagement.bureau_id,
        "body_name": sheet.body_name if sheet and with_scorer else engagement.bureau_name,
    }


def _agency_year(
    engagements: Sequence[EngagementFact],
    fact: AgencyFact,
    plan: YearPlan,
    result: AnnualResult,
    scored: Sequence[EngagementResult],
    row: RankRow,
    position: int,
) -> AgencyYear:
    missing = [
        each
        for engagement, own in zip(engagements, scored, strict=True)
        for each in missing_of(engagement, own)
    ]
    missing += _missing_figures(engagements, result)
    counted = [sheet for engagement in engagements for sheet in _counted_sheets(engagement)]
    form = fact.form if plan.agency_share and fact.form is not None and is_counted(fact.form) else None
    if any(issue.code == "form_missing" for issue in result.missing):
        missing.append(_missing_form(engagements[0], fact.form))
    return AgencyYear(
        agency_id=engagements[0].agency_id,
        agency_name=engagements[0].agency_name,
        state=ResultState(result.state),
        score=result.score,
        rounded=row.rounded,
        rank=row.rank,
        position=position,
        grade=result.grade,
        measures={
            key: measure_data(each) for key, each in sorted(result.measures.items(), key=_measure_order)
        },
        missing=missing,
        is_reference=any(sheet.is_reference for sheet in [*counted, *([form] if form else [])]),
        engagement_count=len(engagements),
        inputs={
            "weights": result.trace["weights"],
            "engagements": [
                _inputs(engagement, each, plan) for engagement, each in zip(engagements, scored, strict=True)
            ],
            **_agency_inputs(fact, form, plan),
        },
        trace=result.trace,
    )


def _agency_inputs(fact: AgencyFact, form: SheetFact | None, plan: YearPlan) -> dict[str, Any]:
    """Only what rules of the year's own ask for: other results keep the bytes they always had."""
    data: dict[str, Any] = {}
    if plan.agency_share:
        data["form"] = None if form is None else form.inputs()
    if plan.base is not None:
        data["credits"] = [each.inputs() for each in fact.credits]
    if plan.vetoes:
        data["raised"] = plan.raised(fact.findings)
    if plan.groups is not RankGroups.NONE:
        data["group"] = fact.group
    return data


def _missing_figures(engagements: Sequence[EngagementFact], result: AnnualResult) -> list[dict[str, Any]]:
    """Engagements whose weight is not known; ``state`` names the figure."""
    lacking = {issue.input: issue.code for issue in result.missing if issue.code in MISSING_FIGURES}
    return [
        {
            **engagement.named(),
            "role": None,
            "sheet_id": None,
            "state": lacking[str(engagement.engagement_id)],
            "body_id": engagement.bureau_id,
            "body_name": engagement.bureau_name,
        }
        for engagement in engagements
        if str(engagement.engagement_id) in lacking
    ]


def _missing_form(engagement: EngagementFact, form: SheetFact | None) -> dict[str, Any]:
    """The sheet about the agency's year, which lies with the bureau whatever its state."""
    return {
        "engagement_id": None,
        "contract": "",
        "object": "",
        "agency": engagement.agency_name,
        "role": Purpose.AGENCY_YEAR.value,
        "sheet_id": form.sheet_id if form else None,
        "state": form.state.value if form else NOT_OPENED,
        "body_id": engagement.bureau_id,
        "body_name": engagement.bureau_name,
    }


def _counted_sheets(engagement: EngagementFact) -> list[SheetFact]:
    roles = {share.role for share in engagement.shares if share.numerator}
    return [sheet for sheet in engagement.sheets if sheet.role in roles and is_counted(sheet)]


def _inputs(engagement: EngagementFact, result: EngagementResult, plan: YearPlan) -> dict[str, Any]:
    return {
        "engagement_id": engagement.engagement_id,
        "contract": engagement.contract,
        "object": engagement.object_name,
        "fee": engagement.fee,
        **({"amount": engagement.amount} if plan.weights is YearWeights.AMOUNT else {}),
        **({"weight": engagement.weight} if plan.weights is YearWeights.SET else {}),
        "signed_on": engagement.signed_on.isoformat(),
        "share_table_id": engagement.share_table_id,
        "shares": shares_to_data(engagement.shares),
        **(
            {}
            if engagement.role_missing is RoleMissing.WAIT
            else {"role_missing": engagement.role_missing.value}
        ),
        "sheets": [sheet.inputs() for sheet in _counted_sheets(engagement)],
        "trace": result.trace,
    }


def sheets_in(inputs: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every sheet that counted in a result, by what is kept with it: those of its engagements and the agency's own."""
    found = [sheet for engagement in inputs["engagements"] for sheet in engagement["sheets"]]
    return found + ([inputs["form"]] if inputs.get("form") else [])


def _measure_order(item: tuple[str, MeasureScore]) -> tuple[bool, str]:
    """M1, M2, M3, and what belongs to no measure last."""
    return (item[0] == "", item[0])


def measure_data(measure: MeasureScore) -> dict[str, Any]:
    return {
        "score": fraction_text(measure.score),
        "maximum": fraction_text(measure.maximum),
        "rounded": None if measure.score is None else round_half_up(measure.score, SHOWN_PLACES),
    }


def fraction_text(value: Fraction | None) -> str | None:
    return None if value is None else f"{value.numerator}/{value.denominator}"


def digest_of(years: Iterable[AgencyYear]) -> str:
    """All results with everything they rest on as one hash, the same for the same facts."""
    return digest([_digested(year) for year in years])


def _digested(year: AgencyYear) -> list[Any]:
    # No findings are left out, so that years from before keep the hashes they had.
    in_group = [[year.group, year.group_rank, year.group_count]] if year.group_count is not None else []
    findings = [year.findings] if year.findings else []
    return [year.agency_id, year.rank, year.inputs, year.trace, *findings, *in_group]


def digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
