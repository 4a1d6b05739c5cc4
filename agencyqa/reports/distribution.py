"""How the results of a round spread over grades and score bands: counts, never a new score.

The figures are the integers that were stored when the round was computed; pandas only sorts them into bins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from agencyqa.assessments import result_policies
from agencyqa.assessments.enums import RoundState
from agencyqa.assessments.forms.ranking_page import band_label
from agencyqa.assessments.models import AnnualResult, AssessmentRound, GradeTable
from agencyqa.auth.actor import Actor
from agencyqa.web.charts import Chart, column_chart

# The lower edges of the score bands, best first.
EDGES = (90, 80, 70, 60, 0)
_TONES = ("success", "info", "warning", "danger")


@dataclass(frozen=True)
class Distribution:
    """``grades`` and ``bands`` are (label, how many); results without a figure are in ``unranked`` alone."""

    round_id: int
    year: int
    revision: int
    state: RoundState
    agencies: int
    unranked: int
    is_reference: bool
    grades: tuple[tuple[str, int], ...]
    bands: tuple[tuple[str, int], ...]
    chart: Chart


def latest_distribution(session: Session, actor: Actor, *, year: int | None = None) -> Distribution | None:
    """Of a computed round of the actor's bureau that the actor may see, in one statement.

    Without ``year`` of the newest published year, and of an open one only while nothing is published; else of the
    newest round of that year.
    """
    bureaus = (
        AssessmentRound.bureau_id == actor.bureau_id
        if actor.bureau_id is not None
        else AssessmentRound.bureau_id.in_(actor.bureau_ids)
    )
    is_open = sa.case((AssessmentRound.state == RoundState.PUBLISHED, 0), else_=1)
    first = [is_open] if year is None else []
    newest = (
        select(AssessmentRound.id)
        .where(
            result_policies.rounds_seen_by(actor),
            bureaus,
            AssessmentRound.computed_at.is_not(None),
            sa.true() if year is None else AssessmentRound.year == year,
        )
        .order_by(
            *first, AssessmentRound.year.desc(), AssessmentRound.revision.desc(), AssessmentRound.id.desc()
        )
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            AnnualResult.grade,
            AnnualResult.rounded,
            AnnualResult.places,
            AnnualResult.is_reference,
            AssessmentRound.id,
            AssessmentRound.year,
            AssessmentRound.revision,
            AssessmentRound.state,
            GradeTable.bands,
        )
        .join(AssessmentRound, AssessmentRound.id == AnnualResult.round_id)
        .join(GradeTable, GradeTable.id == AssessmentRound.grade_table_id)
        .where(result_policies.seen_by(actor), AnnualResult.round_id == newest)
        .order_by(AnnualResult.sort_position, AnnualResult.id)
    ).all()
    return distribution_of(rows) if rows else None


def distribution_of(rows: Sequence[Row[*tuple[Any, ...]]]) -> Distribution:
    """``rows`` of one round, at least one."""
    import pandas as pd

    first = rows[0]
    frame = pd.DataFrame(
        [(row.grade, row.rounded) for row in rows], columns=["grade", "rounded"], dtype=object
    )
    by_grade = frame["grade"].dropna().value_counts()
    table = sorted(first.bands, key=lambda band: -int(band["low"]))
    grades = tuple((band_label(table, band["key"]), int(by_grade.get(band["key"], 0))) for band in table)
    figures = frame["rounded"].dropna().astype("int64")
    unit = 10**first.places
    # Whole numbers all the way: a figure on an edge belongs to the band above it.
    limits = [edge * unit for edge in reversed(EDGES)]
    binned = pd.cut(figures, bins=[*limits, 101 * unit], right=False, labels=list(reversed(EDGES)))
    by_band = binned.value_counts()
    bands = tuple((_band(number), int(by_band.get(EDGES[number], 0))) for number in range(len(EDGES)))
    return Distribution(
        round_id=first.id,
        year=first.year,
        revision=first.revision,
        state=first.state,
        agencies=len(rows),
        unranked=int(frame["rounded"].isna().sum()),
        is_reference=any(row.is_reference for row in rows),
        grades=grades,
        bands=bands,
        chart=column_chart(
            gettext("%(year)s 年度考核等级分布", year=first.year),
            grades,
            y_title=gettext("机构数（家）"),
            tones=[_TONES[min(number, len(_TONES) - 1)] for number in range(len(grades))],
        ),
    )


def _band(number: int) -> str:
    if number == 0:
        return str(gettext("%(low)s 分及以上", low=EDGES[0]))
    if EDGES[number] == 0:
        return str(gettext("不足 %(high)s 分", high=EDGES[number - 1]))
    return str(gettext("%(low)s（含）至 %(high)s 分", low=EDGES[number], high=EDGES[number - 1]))
