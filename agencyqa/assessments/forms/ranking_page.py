"""The ranking of a year as a page shows it: rounded figures that visibly add up, grades counted, gaps named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import Row

from agencyqa.agencies.enums import AgencyKind
from agencyqa.assessments.annual import (
    AMOUNT_MISSING,
    FEE_MISSING,
    MISSING_FIGURES,
    NOT_OPENED,
    WEIGHT_MISSING,
)
from agencyqa.assessments.enums import UNFINISHED, SheetState
from agencyqa.assessments.models import GradeTable
from agencyqa.measures.enums import Purpose
from agencyqa.measures.texts import reader_language
from agencyqa.scoring import NO_MEASURE, format_scaled
from agencyqa.web.labels import label_of, tone_of

# A list of everything that is missing in a large bureau helps nobody; the count is always given.
LISTED = 200


@dataclass(frozen=True)
class RankingLine:
    """``parts`` are the subtotals in the order of ``measures``; ``difference`` is what their rounding leaves."""

    row: Row[Any]
    score: str
    parts: tuple[str, ...]
    difference: str
    grade: str
    group: str = ""


@dataclass(frozen=True)
class GradeCount:
    label: str
    count: int
    of: int


@dataclass(frozen=True)
class MissingLine:
    """``who`` has to act next."""

    engagement_id: int
    sheet_id: int | None
    agency: str
    contract: str
    object_name: str
    role: str
    state: str
    tone: str
    who: str
    # Whether a page leads to where the missing figure is entered.
    set_weight: bool = False


@dataclass(frozen=True)
class RankingPage:
    measures: tuple[tuple[str, str], ...]
    lines: tuple[RankingLine, ...]
    has_differences: bool
    grades: tuple[GradeCount, ...]
    ranked: int
    unranked: int
    # Those of the unranked for whom something may still come.
    provisional: int
    has_groups: bool
    engagements: int
    missing: tuple[MissingLine, ...]
    missing_count: int


def measure_label(key: str) -> str:
    return gettext("其他（服务评价表）") if key == NO_MEASURE else key


def ranking_page(rows: Sequence[Row[Any]], table: GradeTable) -> RankingPage:
    keys = sorted(
        {key for row in rows for key in row.measure_scores}, key=lambda key: (key == NO_MEASURE, key)
    )
    labels = {band["key"]: band_label(table.bands, band["key"]) for band in table.bands}
    lines = tuple(_line(row, keys, labels) for row in rows)
    missing = [each for row in rows for each in row.missing]
    ranked = sum(row.rank is not None for row in rows)
    return RankingPage(
        measures=tuple((key, measure_label(key)) for key in keys),
        lines=lines,
        has_differences=any(line.difference for line in lines),
        grades=grade_counts(rows, table),
        ranked=ranked,
        unranked=len(rows) - ranked,
        provisional=sum(row.state in UNFINISHED for row in rows),
        has_groups=any(row.group_count is not None for row in rows),
        engagements=sum(row.engagement_count for row in rows),
        missing=tuple(missing_line(each) for each in missing[:LISTED]),
        missing_count=len(missing),
    )


def grade_counts(rows: Sequence[Row[Any]], table: GradeTable) -> tuple[GradeCount, ...]:
    """Every grade of the table, best first, also those that nobody got; last, who has none yet."""
    counts: dict[str | None, int] = {}
    for row in rows:
        counts[row.grade] = counts.get(row.grade, 0) + 1
    bands = sorted(table.bands, key=lambda band: -int(band["low"]))
    found = [
        GradeCount(band_label(table.bands, band["key"]), counts.get(band["key"], 0), len(rows))
        for band in bands
    ]
    if None in counts:
        found.append(GradeCount(gettext("暂无等级"), counts[None], len(rows)))
    return tuple(found)


def band_label(bands: Sequence[Mapping[str, Any]], key: str | None) -> str:
    """The name of a grade in the reader's language, from the bands of its table."""
    for band in bands:
        if band["key"] == key:
            english = reader_language() == "en" and band.get("label_en")
            return str(band["label_en"] if english else band["label"])
    return key or ""


def _line(row: Row[Any], keys: Sequence[str], labels: Mapping[str, str]) -> RankingLine:
    parts = [row.measure_scores.get(key, {}).get("rounded") for key in keys]
    rest = 0 if row.rounded is None else row.rounded - sum(part or 0 for part in parts)
    return RankingLine(
        row=row,
        score="" if row.rounded is None else format_scaled(row.rounded, row.places),
        parts=tuple("" if part is None else format_scaled(part, row.places) for part in parts),
        difference=signed(rest, row.places),
        grade=labels.get(row.grade, row.grade or ""),
        group=group_label(row.rank_group),
    )


def group_label(group: str) -> str:
    """The kind of agency among which it was ranked; "" for none."""
    return str(label_of(AgencyKind(group))) if group else ""


def signed(value: int, places: int) -> str:
    """A rounding difference with its sign, "" for none."""
    if not value:
        return ""
    return ("+" if value > 0 else "−") + format_scaled(abs(value), places)


def missing_line(entry: Mapping[str, Any]) -> MissingLine:
    role = label_of(Purpose(entry["role"])) if entry["role"] else _figure_name(entry["state"])
    state, tone = missing_state(entry["state"])
    return MissingLine(
        engagement_id=entry["engagement_id"],
        sheet_id=entry["sheet_id"],
        agency=entry["agency"],
        contract=entry["contract"],
        object_name=entry["object"],
        role=role,
        state=state,
        tone=tone,
        who=entry["body_name"],
        set_weight=entry["state"] == WEIGHT_MISSING,
    )


def _figure_name(code: str) -> str:
    names = {AMOUNT_MISSING: gettext("评价对象资金额"), WEIGHT_MISSING: gettext("业务权重")}
    return str(names.get(code) or gettext("合同金额"))


def missing_state(code: str) -> tuple[str, str]:
    """The words and the tone of why something is missing."""
    if code == NOT_OPENED:
        return gettext("尚未下发"), "danger"
    if code == FEE_MISSING:
        return gettext("金额均为 0，无法加权"), "danger"
    if code in MISSING_FIGURES:
        return gettext("尚未填写，无法加权"), "danger"
    state = SheetState(code)
    return label_of(state), tone_of(state)
