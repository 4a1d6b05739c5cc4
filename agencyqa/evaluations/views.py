"""What a page or workbook shows of one record: figures as stated beside those re-added, rows with their checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask_babel import gettext
from sqlalchemy import Row
from sqlalchemy.orm import Session

from agencyqa.evaluations.checks import Check, Result, Standard, parents
from agencyqa.evaluations.data import RecordData
from agencyqa.evaluations.enums import Dimension
from agencyqa.evaluations.models import EvaluationRecord, EvaluationStandard
from agencyqa.evaluations.queries.content import content_of, examined, standard_of
from agencyqa.evaluations.queries.records import names_of
from agencyqa.evaluations.standards import band_label, rules_of
from agencyqa.evaluations.words import check_from, check_sentence, check_tone
from agencyqa.web.formats import percent, points


@dataclass(frozen=True)
class Told:
    """A check as its reader sees it."""

    text: str
    tone: str
    code: str
    place: str


@dataclass(frozen=True)
class Figure:
    """``demand`` is what the figure must keep to where the report itself states none."""

    label: str
    stated: str
    readded: str
    checks: tuple[Told, ...]
    demand: str = ""

    @property
    def differs(self) -> bool:
        return any(each.tone == "danger" for each in self.checks)


@dataclass(frozen=True)
class RowView:
    """``weight_sum`` and ``score_sum`` are what the leaves below add up to."""

    number: int
    level: int
    dimension: Dimension
    name: str
    weight: int | None
    score: int | None
    weight_sum: int | None
    score_sum: int | None
    target: str
    actual: str
    evidence: str
    is_leaf: bool
    checks: tuple[Told, ...]


@dataclass(frozen=True)
class RecordView:
    record: EvaluationRecord
    names: Row[Any]
    standard: EvaluationStandard | None
    content: RecordData
    figures: tuple[Figure, ...]
    rows: tuple[RowView, ...]
    notes: tuple[Told, ...]
    fault_count: int


def told(check: Check, standard: Standard | None) -> Told:
    return Told(check_sentence(check, standard), check_tone(check), check.code, check.place)


def view_of(session: Session, record: EvaluationRecord) -> RecordView:
    """The checks of a submitted record are those it was handed in with; they were kept."""
    content = content_of(session, record)
    row = standard_of(session, record)
    result = examined(session, record, content)
    checks = [check_from(stored) for stored in record.checks]
    figures, rows, notes = parts_of(content, result, checks, rules_of(row))
    return RecordView(
        record, names_of(session, record), row, content, figures, rows, notes, record.fault_count
    )


def parts_of(
    content: RecordData, result: Result, checks: Sequence[Check], standard: Standard | None
) -> tuple[tuple[Figure, ...], tuple[RowView, ...], tuple[Told, ...]]:
    """Figures, rows, and the checks that belong to neither."""
    by_place: dict[str, list[Told]] = defaultdict(list)
    for check in checks:
        by_place[check.place].append(told(check, standard))
    figures = _figures(content, result, standard, by_place)
    rows = _rows(content, result, by_place)
    notes = [
        each
        for place, found in by_place.items()
        if place.partition(":")[0] in {"rows", "dimension"}
        for each in found
    ]
    return figures, rows, tuple(notes)


def _figures(
    content: RecordData, result: Result, standard: Standard | None, told_at: dict[str, list[Told]]
) -> tuple[Figure, ...]:
    grade = "—" if result.grade is None else band_label(result.grade)
    least = standard.min_results_share if standard else None
    return (
        Figure(gettext("总分"), points(content.stated_total), points(result.total), tuple(told_at["total"])),
        Figure(
            gettext("满分"),
            points(content.stated_maximum),
            points(result.maximum),
            tuple(told_at["maximum"]),
        ),
        Figure(gettext("评价等级"), content.stated_grade or "—", grade, tuple(told_at["grade"])),
        Figure(
            gettext("产出与效益权重占比"),
            "—",
            _share(result.results_share),
            tuple(told_at["share"]),
            "" if least is None else gettext("要求不低于 %(share)s", share=_share(least)),
        ),
    )


def _share(share: Fraction | None) -> str:
    return percent(share)


def _rows(content: RecordData, result: Result, told_at: dict[str, list[Told]]) -> tuple[RowView, ...]:
    above = parents([row.level for row in content.indicators])
    branches = {parent for parent in above if parent is not None}
    return tuple(
        RowView(
            number=index,
            level=row.level,
            dimension=row.dimension,
            name=row.name,
            weight=row.weight,
            score=row.score,
            weight_sum=result.sums[index].weight,
            score_sum=result.sums[index].score,
            target=row.target,
            actual=row.actual,
            evidence=row.evidence,
            is_leaf=index not in branches,
            checks=tuple(told_at[f"row:{index}"]),
        )
        for index, row in enumerate(content.indicators)
    )
