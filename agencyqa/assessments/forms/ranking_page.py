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
from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.models import GradeTable
from agencyqa.assessments.queries.ranking import YearFigures
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
    """Some lines of a ranking; everything else is of the whole year."""

    measures: tuple[tuple[str, str], ...]
    lines: tuple[RankingLine, ...]
    figures: YearFigures
    grades: tuple[GradeCount, ...]
    missing: tuple[MissingLine, ...]


def measure_label(key: str) -> str:
    return gettext("其他（服务评价表）") if key == NO_MEASURE else key


def ranking_page(
    rows: Sequence[Row[Any]],
    table: GradeTable,
    figures: YearFigures,
    missing: Sequence[Mapping[str, Any]],
) -> RankingPage:
    """Each measure of the year has its column, also where no agency of ``rows`` has a subtotal."""
    keys = sorted(figures.measures, key=lambda key: (key == NO_MEASURE, key))
    labels = dict(grade_choices(table))
    return RankingPage(
        measures=tuple((key, measure_label(key)) for key in keys),
        lines=tuple(_line(row, keys, labels) for row in rows),
        figures=figures,
        grades=_grade_counts(figures, table),
        missing=tuple(missing_line(each) for each in missing),
    )


def grade_choices(table: GradeTable) -> list[tuple[str, str]]:
    """The grades with their names, best first."""
    bands = sorted(table.bands, key=lambda band: -int(band["low"]))
    return [(band["key"], band_label(table.bands, band["key"])) for band in bands]


def _grade_counts(figures: YearFigures, table: GradeTable) -> tuple[GradeCount, ...]:
    """Every grade of the table, best first, also those that nobody got; last, who has none yet."""
    counts, count = figures.grades, figures.agencies
    found = [GradeCount(label, counts.get(key, 0), count) for key, label in grade_choices(table)]
    if None in counts:
        found.append(GradeCount(gettext("暂无等级"), counts[None], count))
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
