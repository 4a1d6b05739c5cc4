"""One agency's annual result as a page shows it, down to the sheets; figures that add up, with what rounding leaves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask_babel import gettext

from agencyqa.assessments.forms.ranking_page import band_label, measure_label, signed
from agencyqa.assessments.forms.share_words import panel_text
from agencyqa.assessments.models import AnnualResult, GradeTable
from agencyqa.measures.enums import Purpose
from agencyqa.scoring import (
    NO_MEASURE,
    TraceError,
    format_fraction,
    format_points,
    format_scaled,
    fraction_from_data,
    panel_from_data,
    readd,
    round_half_up,
)
from agencyqa.web.labels import label_of

EXACT_PLACES = 6


@dataclass(frozen=True)
class MeasureLine:
    """``meter`` is (value, maximum) in hundredths of a point."""

    label: str
    title: str
    score: str
    maximum: str
    meter: tuple[int, int] | None


@dataclass(frozen=True)
class SeatLine:
    """One scorer of a panel; ``state`` is "" for one who counts."""

    name: str
    total: str
    percent: str
    state: str
    sheet_id: int | None


@dataclass(frozen=True)
class RoleLine:
    """``sheet_id`` only where the reader may open the sheet."""

    role: str
    share: str
    total: str
    percent: str
    contribution: str
    sheet_id: int | None
    panel: str = ""
    seats: tuple[SeatLine, ...] = ()
    # "" but for a role that was left out, or whose share grew because another was.
    note: str = ""


@dataclass(frozen=True)
class EngagementLine:
    """``contribution`` is rounded for the table, ``exact`` as exact as decimals allow and as the reader may know.

    ``exact_weight`` is "" for whoever may not know it.
    """

    engagement_id: int
    contract: str
    object_name: str
    can_open: bool
    fee: int
    weight: str
    score: str
    contribution: str
    exact_score: str
    exact_weight: str
    exact: str
    roles: tuple[RoleLine, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class ResultPage:
    """``difference`` and ``item_difference``: what rounding leaves between the lines and the score; "" for nothing.

    Not ``is_exact``: the weights are fees that the reader may not know, so that he gets rounded figures alone.
    """

    score: str
    exact_score: str
    grade: str
    grade_text: str
    rounding_text: str
    measures: tuple[MeasureLine, ...]
    difference: str
    items: tuple[EngagementLine, ...]
    item_difference: str
    adds_up: bool
    is_exact: bool = True


def exact_score(result: AnnualResult) -> Fraction | None:
    if result.numerator is None or result.denominator is None:
        return None
    return Fraction(int(result.numerator), int(result.denominator))


def result_page(
    result: AnnualResult,
    table: GradeTable,
    *,
    titles: Mapping[str, str],
    engagement_ids: frozenset[int],
    sheet_ids: frozenset[int],
    is_exact: bool = True,
) -> ResultPage:
    """``engagement_ids`` and ``sheet_ids`` are those the reader may open."""
    score = exact_score(result)
    items = [
        _engagement(data, item, result.places, engagement_ids, sheet_ids, is_exact=is_exact)
        for data, item in zip(result.inputs["engagements"], result.trace["items"], strict=True)
    ]
    keys = sorted(result.measure_scores, key=lambda key: (key == NO_MEASURE, key))
    contributions = [fraction_from_data(item["contribution"]) for item in result.trace["items"]]
    shown_score = "" if result.rounded is None else format_scaled(result.rounded, result.places)
    return ResultPage(
        score=shown_score,
        exact_score=exact_text(score) if is_exact else shown_score,
        grade=band_label(table.bands, result.grade),
        grade_text=_grade_text(result, table),
        rounding_text=_rounding_text(result),
        measures=tuple(_measure(key, result.measure_scores[key], titles, result.places) for key in keys),
        difference=_left(result, [result.measure_scores[key]["rounded"] for key in keys]),
        items=tuple(items),
        item_difference=_left(
            result,
            [None if part is None else round_half_up(part, result.places) for part in contributions],
        ),
        adds_up=adds_up(result),
        is_exact=is_exact,
    )


def adds_up(result: AnnualResult) -> bool:
    """Whether the year, and every engagement in it, follows from its own figures and gives what is stored."""
    score = exact_score(result)
    rounded = None if score is None else round_half_up(score, result.places)
    if rounded != result.rounded:
        return False
    try:
        if readd(result.trace) != score:
            return False
        return all(
            readd(data["trace"]) == fraction_from_data(item["score"])
            for data, item in zip(result.inputs["engagements"], result.trace["items"], strict=True)
        )
    except TraceError:
        return False


def exact_text(value: Fraction | None) -> str:
    """The figure itself where it ends within six decimals, else rounded there and marked ≈."""
    if value is None:
        return ""
    text = format_fraction(value, EXACT_PLACES)
    if (value * 10**EXACT_PLACES).denominator == 1:
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"≈ {text}"


def shown(value: Fraction | None, places: int = 2) -> str:
    return "" if value is None else format_fraction(value, places)


def _left(result: AnnualResult, parts: Sequence[int | None]) -> str:
    if result.rounded is None:
        return ""
    return signed(result.rounded - sum(part or 0 for part in parts), result.places)


def _measure(key: str, held: Mapping[str, Any], titles: Mapping[str, str], places: int) -> MeasureLine:
    maximum = None if held["maximum"] is None else Fraction(held["maximum"])
    meter = None
    if held["rounded"] is not None and maximum:
        meter = (held["rounded"], round_half_up(maximum, places))
    return MeasureLine(
        label=measure_label(key),
        title=titles.get(key, ""),
        score="" if held["rounded"] is None else format_scaled(held["rounded"], places),
        maximum=shown(maximum, places),
        meter=meter,
    )


def _engagement(
    data: Mapping[str, Any],
    item: Mapping[str, Any],
    places: int,
    engagement_ids: frozenset[int],
    sheet_ids: frozenset[int],
    *,
    is_exact: bool,
) -> EngagementLine:
    weight, score = fraction_from_data(item["weight"]), fraction_from_data(item["score"])
    contribution = fraction_from_data(item["contribution"])
    sheets = {
        (sheet["role"], f"{sheet['seat']:02d}" if "seat" in sheet else ""): sheet["sheet_id"]
        for sheet in data["sheets"]
    }
    left_out = data["trace"].get("left_out", ())
    return EngagementLine(
        engagement_id=data["engagement_id"],
        contract=data["contract"],
        object_name=data["object"],
        can_open=data["engagement_id"] in engagement_ids,
        fee=data["fee"],
        weight="" if weight is None else format_fraction(weight * 100, 2) + "%",
        score=shown(score, places),
        contribution=shown(contribution, places),
        exact_score=exact_text(score),
        exact_weight="" if weight is None or not is_exact else f"{weight.numerator}/{weight.denominator}",
        exact=exact_text(contribution) if is_exact else shown(contribution, places),
        roles=tuple(role_line(role, sheets, sheet_ids, left_out) for role in data["trace"]["roles"]),
        missing=tuple(label_of(Purpose(role)) for role in data["trace"]["missing"]),
    )


def role_line(
    role: Mapping[str, Any],
    sheets: Mapping[tuple[str, str], int],
    sheet_ids: frozenset[int],
    left_out: Collection[str],
) -> RoleLine:
    """``sheets`` are those of the engagement by role and seat, ``sheet_ids`` those the reader may open."""
    key = role["role"]
    share = fraction_from_data(role["share"]) or Fraction(0)
    note = ""
    if key in left_out:
        note = gettext("缺少，其占比由其他角色承担")
    elif "effective" in role:
        actual = fraction_from_data(role["effective"]) or Fraction(0)
        note = gettext("实际占比 %(share)s", share=exact_text(actual * 100) + "%")
    sheet_id = sheets.get((key, ""))
    return RoleLine(
        role=label_of(Purpose(key)),
        share=exact_text(share * 100) + "%",
        total=_points_text(role),
        percent=exact_text(fraction_from_data(role["percent"])),
        contribution=exact_text(fraction_from_data(role["contribution"])),
        sheet_id=sheet_id if sheet_id in sheet_ids else None,
        panel=panel_text(panel_from_data(role["panel"])) if "panel" in role else "",
        seats=tuple(_seat(seat, sheets.get((key, seat["key"])), sheet_ids) for seat in role.get("seats", ())),
        note=note,
    )


def _seat(seat: Mapping[str, Any], sheet_id: int | None, sheet_ids: frozenset[int]) -> SeatLine:
    states = {"counted": "", "trimmed": gettext("去掉"), "missing": gettext("尚未评分")}
    return SeatLine(
        name=gettext("专家 %(number)s", number=int(seat["key"])),
        total=_points_text(seat),
        percent=exact_text(fraction_from_data(seat["percent"])),
        state=states[seat["state"]],
        sheet_id=sheet_id if sheet_id in sheet_ids else None,
    )


def _points_text(sheet: Mapping[str, Any]) -> str:
    if sheet["total"] is None:
        return ""
    return f"{format_points(sheet['total'])} / {format_points(sheet['max'])}"


def _grade_text(result: AnnualResult, table: GradeTable) -> str:
    grade = result.trace["grade"]
    if grade is None:
        return ""
    name, low = band_label(table.bands, grade["key"]), format_points(grade["low"])
    if grade["high"] is None:
        return str(gettext("%(grade)s：%(low)s 分以上（含）", grade=name, low=low))
    high = format_points(grade["high"])
    return str(gettext("%(grade)s：%(low)s（含）至 %(high)s（不含）分", grade=name, low=low, high=high))


def _rounding_text(result: AnnualResult) -> str:
    rounding = result.trace["rounding"]
    if rounding is None:
        return ""
    return str(
        gettext(
            "等级按四舍五入保留 %(places)s 位小数的 %(figure)s 分确定。",
            places=rounding["places"],
            figure=rounding["text"],
        )
    )
