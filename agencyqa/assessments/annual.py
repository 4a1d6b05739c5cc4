"""The year of a bureau from facts already read: engagements scored, rolled up by agency and ranked. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from agencyqa.assessments import workflow
from agencyqa.assessments.enums import ResultState, RoleMissing, SheetState, WeightMode
from agencyqa.assessments.shares import shares_to_data
from agencyqa.engagements.enums import EngagementState
from agencyqa.scoring import (
    AnnualResult,
    EngagementResult,
    GradeBand,
    MeasureScore,
    RankEntry,
    RoleShare,
    RoleSheets,
    Rounding,
    SheetScore,
    Subtotal,
    rank,
    roll_up_year,
    round_half_up,
    score_engagement,
)

# Ranking and every figure on a page have two decimals; the results themselves stay fractions.
SHOWN_PLACES = 2
NOT_OPENED = "not_opened"
FEE_MISSING = "fee_missing"


@dataclass(frozen=True)
class SheetFact:
    """The newest revision of one scorer's sheet, with the sums that were stored when it was submitted."""

    sheet_id: int
    engagement_id: int
    role: str
    revision: int
    state: SheetState
    total: int | None
    max_points: int
    measures: dict[str, list[int | None]]
    content_hash: str | None
    scheme_version_id: int
    scheme: str
    is_reference: bool
    body_id: int
    body_name: str
    # Of several scorers of one role which; 0 where there is one.
    seat: int = 0

    @property
    def seat_key(self) -> str:
        return f"{self.seat:02d}"

    def score(self) -> SheetScore:
        parts = tuple(Subtotal(key, held[0], held[1] or 0) for key, held in self.measures.items())
        return SheetScore(self.total, self.max_points, parts)

    def inputs(self) -> dict[str, Any]:
        return {
            "sheet_id": self.sheet_id,
            "role": self.role,
            **({"seat": self.seat} if self.seat else {}),
            "revision": self.revision,
            "total": self.total,
            "max": self.max_points,
            "measures": self.measures,
            "content_hash": self.content_hash,
            "scheme_version_id": self.scheme_version_id,
            "scheme": self.scheme,
        }


@dataclass(frozen=True)
class EngagementFact:
    engagement_id: int
    agency_id: int
    agency_name: str
    agency_order: str
    contract: str
    object_name: str
    fee: int
    signed_on: date
    state: EngagementState
    share_table_id: int
    shares: tuple[RoleShare, ...]
    sheets: tuple[SheetFact, ...]
    bureau_id: int
    bureau_name: str
    role_missing: RoleMissing = RoleMissing.WAIT

    def named(self) -> dict[str, Any]:
        return {
            "engagement_id": self.engagement_id,
            "contract": self.contract,
            "object": self.object_name,
            "agency": self.agency_name,
        }


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


def with_findings(
    years: Iterable[AgencyYear], findings: Mapping[int, list[dict[str, Any]]]
) -> list[AgencyYear]:
    """``findings`` are those on agencies as a whole, by agency."""
    return [replace(year, findings=list(findings.get(year.agency_id, ()))) for year in years]


def years_of_agencies(
    engagements: Sequence[EngagementFact],
    mode: WeightMode,
    grades: Sequence[GradeBand],
    rounding: Rounding,
) -> list[AgencyYear]:
    """In the order of the ranking; unranked agencies last, those of one rank by name."""
    by_agency: dict[int, list[EngagementFact]] = {}
    for engagement in engagements:
        by_agency.setdefault(engagement.agency_id, []).append(engagement)
    ordered = sorted(by_agency.items(), key=lambda item: (item[1][0].agency_order, item[0]))
    # The engine orders ties by their key, so the key says where the name stands.
    keyed = {f"{number:08d}": held for number, (_, held) in enumerate(ordered)}
    rolled = {key: _roll_up(held, mode, grades, rounding) for key, held in keyed.items()}
    entries = [
        RankEntry(key, result.score, is_provisional=result.state != "final")
        for key, (result, _) in rolled.items()
    ]
    return [
        _agency_year(keyed[row.key], *rolled[row.key], row.rounded, row.rank, position)
        for position, row in enumerate(rank(entries, SHOWN_PLACES), start=1)
    ]


def _roll_up(
    engagements: Sequence[EngagementFact], mode: WeightMode, grades: Sequence[GradeBand], rounding: Rounding
) -> tuple[AnnualResult, list[EngagementResult]]:
    scored = [score_of(engagement) for engagement in engagements]
    # Fees of which every one is 0 give no weight to anything: that is no result, and no reason to invent weights.
    has_weights = mode is WeightMode.EQUAL or any(engagement.fee for engagement in engagements)
    items = [
        result.as_item(str(engagement.engagement_id), engagement.fee if has_weights else None)
        for engagement, result in zip(engagements, scored, strict=True)
    ]
    return roll_up_year(items, mode.value, rounding, grades), scored


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


def is_counted(sheet: SheetFact) -> bool:
    return sheet.state in workflow.DECIDED


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
    result: AnnualResult,
    scored: Sequence[EngagementResult],
    rounded: int | None,
    place: int | None,
    position: int,
) -> AgencyYear:
    missing = [
        each
        for engagement, own in zip(engagements, scored, strict=True)
        for each in missing_of(engagement, own)
    ]
    without_fee = {issue.input for issue in result.missing if issue.code == "fee_missing"}
    missing += [
        {
            **engagement.named(),
            "role": None,
            "sheet_id": None,
            "state": FEE_MISSING,
            "body_id": engagement.bureau_id,
            "body_name": engagement.bureau_name,
        }
        for engagement in engagements
        if str(engagement.engagement_id) in without_fee
    ]
    counted = [sheet for engagement in engagements for sheet in _counted_sheets(engagement)]
    return AgencyYear(
        agency_id=engagements[0].agency_id,
        agency_name=engagements[0].agency_name,
        state=ResultState(result.state),
        score=result.score,
        rounded=rounded,
        rank=place,
        position=position,
        grade=result.grade,
        measures={
            key: measure_data(each) for key, each in sorted(result.measures.items(), key=_measure_order)
        },
        missing=missing,
        is_reference=any(sheet.is_reference for sheet in counted),
        engagement_count=len(engagements),
        inputs={
            "weights": result.trace["weights"],
            "engagements": [
                _inputs(engagement, each) for engagement, each in zip(engagements, scored, strict=True)
            ],
        },
        trace=result.trace,
    )


def _counted_sheets(engagement: EngagementFact) -> list[SheetFact]:
    roles = {share.role for share in engagement.shares if share.numerator}
    return [sheet for sheet in engagement.sheets if sheet.role in roles and is_counted(sheet)]


def _inputs(engagement: EngagementFact, result: EngagementResult) -> dict[str, Any]:
    return {
        "engagement_id": engagement.engagement_id,
        "contract": engagement.contract,
        "object": engagement.object_name,
        "fee": engagement.fee,
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
    return [year.agency_id, year.rank, year.inputs, year.trace, *([year.findings] if year.findings else [])]


def digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
