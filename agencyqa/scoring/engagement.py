"""The score of one engagement: the sheets of the scorer roles, each with its fixed share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from agencyqa.scoring.exact import fraction_to_data
from agencyqa.scoring.grades import grade_for, grade_problems, grade_to_data, rounding_to_data
from agencyqa.scoring.panel import (
    Panel,
    RoleFigure,
    Seat,
    figure_of_panel,
    figure_of_sheet,
    panel_problems,
    panel_to_data,
    parts_to_data,
    seats_to_data,
    sheet_to_data,
)
from agencyqa.scoring.problems import Problem, RollupError
from agencyqa.scoring.results import SheetScore
from agencyqa.scoring.scheme import GradeBand, Rounding
from agencyqa.scoring.units import round_half_up
from agencyqa.scoring.version import rollup_engine

# What happens to the share of a role from which nothing came: all wait for it, or the others carry it.
RoleMissing = Literal["wait", "reweight"]
# One sheet, or those of a panel by scorer; a scorer without a sheet stands there with None.
RoleSheets = SheetScore | None | Mapping[str, SheetScore | None]


@dataclass(frozen=True)
class RoleShare:
    """An exact share: a third is 1 and 3, seventy per cent 70 and 100. With a panel the role has several scorers."""

    role: str
    numerator: int
    denominator: int
    panel: Panel | None = None

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
    """`effective` is the share that counted, another than `share` only where a missing role was left out."""

    role: str
    share: Fraction
    percent: Fraction | None
    contribution: Fraction | None
    effective: Fraction
    seats: tuple[Seat, ...] | None = None


@dataclass(frozen=True)
class YearItem:
    """One engagement as the year needs it; `fee`, `amount` and `weight` are integers, None when not known."""

    key: str
    score: Fraction | None
    measures: Mapping[str, MeasureScore]
    fee: int | None = None
    amount: int | None = None
    weight: int | None = None


@dataclass(frozen=True)
class EngagementResult:
    """`score` is out of 100 and exact. Provisional means that a sheet is missing: then there is no score.

    `left_out` are the roles without a sheet whose shares the others carry, because the table says so.
    """

    state: Literal["final", "provisional"]
    score: Fraction | None
    measures: Mapping[str, MeasureScore]
    roles: tuple[RoleScore, ...]
    missing: tuple[str, ...]
    rounded: int | None
    places: int | None
    grade: str | None
    trace: dict[str, Any] = field(repr=False)
    left_out: tuple[str, ...] = ()

    def as_item(
        self, key: str, fee: int | None = None, amount: int | None = None, weight: int | None = None
    ) -> YearItem:
        return YearItem(key, self.score, self.measures, fee, amount, weight)


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
        if share.panel is not None:
            found += panel_problems(share.panel, f"{place}.panel")
    if not found:
        total = sum((share.share for share in shares), Fraction(0))
        if total != 1:
            params = {"num": total.numerator, "den": total.denominator}
            found.append(Problem("shares", "shares_do_not_add_up", params))
    return found


def score_engagement(
    shares: Sequence[RoleShare],
    sheets: Mapping[str, RoleSheets],
    rounding: Rounding | None = None,
    grades: Sequence[GradeBand] = (),
    role_missing: RoleMissing = "wait",
) -> EngagementResult:
    """The sum over roles of share x total / scheme maximum x 100.

    A role whose share is 0 needs no sheet. Any other missing one makes the result provisional: it has no score, and
    the other shares stay as they are; with `role_missing` "reweight" the others carry its share in their proportion,
    and the result says so. Raises RollupError for contradictory shares or sheets.
    """
    problems = check_shares(shares) + grade_problems(grades, rounding) + _sheet_problems(shares, sheets)
    if role_missing not in ("wait", "reweight"):
        problems.append(Problem("role_missing", "unknown_choice", {"choices": ["wait", "reweight"]}))
    if problems:
        raise RollupError(problems)
    figures = {share.role: _figure(share, sheets.get(share.role)) for share in shares}
    lacking = tuple(share.role for share in shares if share.share and figures[share.role].percent is None)
    carried = sum((share.share for share in shares if share.role not in lacking), Fraction(0))
    left_out = lacking if role_missing == "reweight" and carried else ()
    missing = () if left_out else lacking
    roles = tuple(_role_score(share, figures[share.role], left_out, carried) for share in shares)
    measures = _measures([(role.effective, figures[role.role]) for role in roles if role.effective])
    score: Fraction | None = None
    if not missing:
        score = sum((r.contribution for r in roles if r.share and r.contribution is not None), Fraction(0))
    graded = score is not None and bool(grades)
    outcome = grade_for(score, grades, rounding) if graded and score is not None else None
    rounded = None if score is None or rounding is None else round_half_up(score, rounding.places)
    is_extended = role_missing != "wait" or any(share.panel is not None for share in shares)
    trace = {
        "engine": rollup_engine(is_extended=is_extended),
        "type": "engagement",
        "state": "provisional" if missing else "final",
        "missing": list(missing),
        **({"role_missing": role_missing, "left_out": list(left_out)} if role_missing != "wait" else {}),
        "roles": [
            _role_to_data(share, role, figures[share.role], sheets.get(share.role))
            for share, role in zip(shares, roles, strict=True)
        ],
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
        left_out=left_out,
    )


def measures_to_data(measures: Mapping[str, MeasureScore]) -> list[dict[str, Any]]:
    return [
        {"key": key, "score": fraction_to_data(each.score), "max": fraction_to_data(each.maximum)}
        for key, each in measures.items()
    ]


def _sheet_problems(shares: Sequence[RoleShare], sheets: Mapping[str, RoleSheets]) -> list[Problem]:
    panels = {share.role: share.panel for share in shares}
    found: list[Problem] = []
    for role, held in sheets.items():
        place = f"sheets.{role}"
        if role not in panels:
            found.append(Problem(place, "role_without_share"))
        if isinstance(held, Mapping) != (panels.get(role) is not None) and held is not None:
            found.append(Problem(place, "panel_and_sheet_differ"))
        elif isinstance(held, Mapping):
            for key, sheet in held.items():
                found += sheet_problems(sheet, f"{place}.{key}")
        else:
            found += sheet_problems(held, place)
    return found


def sheet_problems(sheet: SheetScore | None, place: str) -> list[Problem]:
    """Sums that contradict each other; a sheet that is missing or unfinished has none.

    Where a scorer could assess nothing at all there is neither a total nor a maximum, and no fault in that.
    """
    if sheet is None:
        return []
    found: list[Problem] = []
    if sheet.max_points < (1 if sheet.total is not None else 0):
        found.append(Problem(place, "not_positive", {"value": sheet.max_points}))
    if sum(measure.max_points for measure in sheet.measures) != sheet.max_points:
        found.append(Problem(place, "measures_do_not_add_up", {"of": "max"}))
    if sheet.total is None:
        return found
    if sheet.total < 0 or (sheet.total > sheet.max_points and not sheet.may_exceed):
        found.append(Problem(place, "out_of_range", {"low": 0, "high": sheet.max_points}))
    if any(measure.total is None for measure in sheet.measures) or sheet.total != sum(
        measure.total or 0 for measure in sheet.measures
    ):
        found.append(Problem(place, "measures_do_not_add_up", {"of": "total"}))
    return found


def _figure(share: RoleShare, held: RoleSheets) -> RoleFigure:
    if share.panel is not None:
        return figure_of_panel(share.panel, held if isinstance(held, Mapping) else {})
    return figure_of_sheet(None if isinstance(held, Mapping) else held)


def _role_score(
    share: RoleShare, figure: RoleFigure, left_out: Sequence[str], carried: Fraction
) -> RoleScore:
    effective = share.share
    if left_out:
        effective = Fraction(0) if share.role in left_out else share.share / carried
    contribution = None if figure.percent is None else effective * figure.percent
    return RoleScore(share.role, share.share, figure.percent, contribution, effective, figure.seats)


def _measures(weighed: Sequence[tuple[Fraction, RoleFigure]]) -> dict[str, MeasureScore]:
    keys = dict.fromkeys(key for _, figure in weighed for key in figure.measures or ())
    is_final = all(figure.percent is not None for _, figure in weighed)
    is_known = all(figure.measures is not None for _, figure in weighed)
    scores = dict.fromkeys(keys, Fraction(0))
    maxima = dict.fromkeys(keys, Fraction(0))
    for share, figure in weighed:
        for key, (score, maximum) in (figure.measures or {}).items():
            maxima[key] += share * maximum
            scores[key] += share * (score or 0)
    return {
        key: MeasureScore(scores[key] if is_final else None, maxima[key] if is_known else None)
        for key in keys
    }


def _role_to_data(share: RoleShare, role: RoleScore, figure: RoleFigure, held: RoleSheets) -> dict[str, Any]:
    data: dict[str, Any] = {
        "role": role.role,
        "share": fraction_to_data(role.share),
        **sheet_to_data(None if isinstance(held, Mapping) else held),
        "percent": fraction_to_data(role.percent),
        "contribution": fraction_to_data(role.contribution),
    }
    if role.effective != role.share:
        data["effective"] = fraction_to_data(role.effective)
    if share.panel is not None:
        data["panel"] = panel_to_data(share.panel)
        data["seats"] = seats_to_data(figure.seats or ())
        data["parts"] = parts_to_data(figure.measures or {})
    return data
