"""The score of one engagement: the sheets of the scorer roles, each with its fixed share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from agencyqa.scoring.exact import fraction_to_data
from agencyqa.scoring.grades import grade_for, grade_problems, grade_to_data, rounding_to_data
from agencyqa.scoring.problems import Problem, RollupError
from agencyqa.scoring.results import SheetScore
from agencyqa.scoring.scheme import GradeBand, Rounding
from agencyqa.scoring.units import round_half_up
from agencyqa.scoring.version import ENGINE_VERSION


@dataclass(frozen=True)
class RoleShare:
    """An exact share: a third is 1 and 3, seventy per cent 70 and 100."""

    role: str
    numerator: int
    denominator: int

    @property
    def share(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)


@dataclass(frozen=True)
class MeasureScore:
    """The part of a score that comes from one measure, and the part that could; both out of 100."""

    score: Fraction | None
    maximum: Fraction | None


@dataclass(frozen=True)
class RoleScore:
    role: str
    share: Fraction
    percent: Fraction | None
    contribution: Fraction | None


@dataclass(frozen=True)
class YearItem:
    """One engagement as the year needs it; `fee` is an integer (of a fen), None when not known."""

    key: str
    score: Fraction | None
    measures: Mapping[str, MeasureScore]
    fee: int | None = None


@dataclass(frozen=True)
class EngagementResult:
    """`score` is out of 100 and exact. Provisional means that a sheet is missing: then there is no score."""

    state: Literal["final", "provisional"]
    score: Fraction | None
    measures: Mapping[str, MeasureScore]
    roles: tuple[RoleScore, ...]
    missing: tuple[str, ...]
    rounded: int | None
    places: int | None
    grade: str | None
    trace: dict[str, Any] = field(repr=False)

    def as_item(self, key: str, fee: int | None = None) -> YearItem:
        return YearItem(key, self.score, self.measures, fee)


def check_shares(shares: Sequence[RoleShare]) -> list[Problem]:
    """Shares must add up to one exactly; nothing is stretched to fit."""
    if not shares:
        return [Problem("shares", "empty")]
    found: list[Problem] = []
    seen: set[str] = set()
    for share in shares:
        place = f"shares.{share.role}"
        if share.role in seen:
            found.append(Problem(place, "duplicate_key", {"key": share.role}))
        seen.add(share.role)
        if any(isinstance(n, bool) or not isinstance(n, int) for n in (share.numerator, share.denominator)):
            found.append(Problem(place, "not_an_integer"))
        elif share.denominator < 1:
            found.append(Problem(place, "not_positive", {"value": share.denominator}))
        elif share.numerator < 0:
            found.append(Problem(place, "negative", {"value": share.numerator}))
    if not found:
        total = sum((share.share for share in shares), Fraction(0))
        if total != 1:
            params = {"num": total.numerator, "den": total.denominator}
            found.append(Problem("shares", "shares_do_not_add_up", params))
    return found


def score_engagement(
    shares: Sequence[RoleShare],
    sheets: Mapping[str, SheetScore | None],
    rounding: Rounding | None = None,
    grades: Sequence[GradeBand] = (),
) -> EngagementResult:
    """The sum over roles of share x total / scheme maximum x 100.

    A role whose share is 0 needs no sheet. Any other missing sheet makes the result provisional: it has no
    score, and the other shares stay as they are. Raises RollupError for contradictory shares or sheets.
    """
    problems = check_shares(shares) + grade_problems(grades, rounding) + _sheet_problems(shares, sheets)
    if problems:
        raise RollupError(problems)
    roles = tuple(_role_score(share, sheets.get(share.role)) for share in shares)
    missing = tuple(role.role for role in roles if role.share and role.percent is None)
    weighed = [(share.share, sheets.get(share.role)) for share in shares if share.share]
    measures = _measures([(share, sheet) for share, sheet in weighed])
    score: Fraction | None = None
    if not missing:
        score = sum((r.contribution for r in roles if r.share and r.contribution is not None), Fraction(0))
    graded = score is not None and bool(grades)
    outcome = grade_for(score, grades, rounding) if graded and score is not None else None
    rounded = None if score is None or rounding is None else round_half_up(score, rounding.places)
    trace = {
        "engine": ENGINE_VERSION,
        "type": "engagement",
        "state": "provisional" if missing else "final",
        "missing": list(missing),
        "roles": [_role_to_data(role, sheets.get(role.role)) for role in roles],
        "measures": measures_to_data(measures),
        "score": fraction_to_data(score),
        "rounding": None if score is None else rounding_to_data(score, rounding),
        "grade": grade_to_data(outcome),
    }
    return EngagementResult(
        state="provisional" if missing else "final",
        score=score,
        measures=measures,
        roles=roles,
        missing=missing,
        rounded=rounded,
        places=None if rounding is None else rounding.places,
        grade=None if outcome is None else outcome.key,
        trace=trace,
    )


def measures_to_data(measures: Mapping[str, MeasureScore]) -> list[dict[str, Any]]:
    return [
        {"key": key, "score": fraction_to_data(each.score), "max": fraction_to_data(each.maximum)}
        for key, each in measures.items()
    ]


def _sheet_problems(shares: Sequence[RoleShare], sheets: Mapping[str, SheetScore | None]) -> list[Problem]:
    known = {share.role for share in shares}
    found = [Problem(f"sheets.{role}", "role_without_share") for role in sheets if role not in known]
    for role, sheet in sheets.items():
        if sheet is None:
            continue
        place = f"sheets.{role}"
        if sheet.max_points < 1:
            found.append(Problem(place, "not_positive", {"value": sheet.max_points}))
        if sum(measure.max_points for measure in sheet.measures) != sheet.max_points:
            found.append(Problem(place, "measures_do_not_add_up", {"of": "max"}))
        if sheet.total is None:
            continue
        if not 0 <= sheet.total <= sheet.max_points:
            found.append(Problem(place, "out_of_range", {"low": 0, "high": sheet.max_points}))
        if any(measure.total is None for measure in sheet.measures) or sheet.total != sum(
            measure.total or 0 for measure in sheet.measures
        ):
            found.append(Problem(place, "measures_do_not_add_up", {"of": "total"}))
    return found


def _role_score(share: RoleShare, sheet: SheetScore | None) -> RoleScore:
    if sheet is None or sheet.total is None:
        return RoleScore(share.role, share.share, None, None)
    percent = Fraction(sheet.total * 100, sheet.max_points)
    return RoleScore(share.role, share.share, percent, share.share * percent)


def _measures(weighed: Sequence[tuple[Fraction, SheetScore | None]]) -> dict[str, MeasureScore]:
    keys = dict.fromkeys(measure.key for _, sheet in weighed if sheet for measure in sheet.measures)
    is_final = all(sheet is not None and sheet.total is not None for _, sheet in weighed)
    is_known = all(sheet is not None for _, sheet in weighed)
    scores = dict.fromkeys(keys, Fraction(0))
    maxima = dict.fromkeys(keys, Fraction(0))
    for share, sheet in weighed:
        if sheet is None:
            continue
        for measure in sheet.measures:
            maxima[measure.key] += share * Fraction(measure.max_points * 100, sheet.max_points)
            scores[measure.key] += share * Fraction((measure.total or 0) * 100, sheet.max_points)
    return {
        key: MeasureScore(scores[key] if is_final else None, maxima[key] if is_known else None)
        for key in keys
    }


def _role_to_data(role: RoleScore, sheet: SheetScore | None) -> dict[str, Any]:
    return {
        "role": role.role,
        "share": fraction_to_data(role.share),
        "total": None if sheet is None else sheet.total,
        "max": None if sheet is None else sheet.max_points,
        "measures": []
        if sheet is None
        else [{"key": m.key, "total": m.total, "max": m.max_points} for m in sheet.measures],
        "percent": fraction_to_data(role.percent),
        "contribution": fraction_to_data(role.contribution),
    }
