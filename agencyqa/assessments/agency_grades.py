"""The grades of published and open years, for the list of agencies; only what the actor may see."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.hooks import grades
from agencyqa.agencies.models import Agency
from agencyqa.assessments.models import AnnualResult, AssessmentRound, GradeTable
from agencyqa.assessments.result_policies import is_superseded, seen_by
from agencyqa.auth.actor import Actor
from agencyqa.db import kept, read_rows
from agencyqa.i18n import language

_VALUE = re.compile(r"(\d{4})/([\w-]{1,40})", re.ASCII)


def _counts(actor: Actor) -> ColumnElement[bool]:
    """Each result in its newest revision; the round is joined."""
    return sa.and_(seen_by(actor), ~is_superseded())


@kept
def _grades_given(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Each grade of each year with the newest table that names it, the best of a year first."""
    return (
        select(
            AnnualResult.year,
            AnnualResult.grade,
            sa.func.max(AssessmentRound.grade_table_id).label("table"),
        )
        .join(AssessmentRound, AssessmentRound.id == AnnualResult.round_id)
        .where(_counts(actor), AnnualResult.grade.is_not(None))
        .group_by(AnnualResult.year, AnnualResult.grade)
        .order_by(AnnualResult.year.desc(), sa.func.max(AnnualResult.rounded).desc(), AnnualResult.grade)
    )


_BANDS = select(GradeTable.id, GradeTable.bands).where(
    GradeTable.id.in_(sa.bindparam("tables", expanding=True))
)


class AnnualGrades:
    """A value is ``year/grade``: the grade by its key, which every bureau names as its table says."""

    def choices(self, session: Session, actor: Actor) -> list[tuple[str, str]]:
        rows = read_rows(session, _grades_given(actor)).all()
        words = self._words(session, {row.table for row in rows})
        return [
            (f"{row.year}/{row.grade}", f"{row.year} {words.get((row.table, row.grade), row.grade)}")
            for row in rows
        ]

    def condition(self, actor: Actor, value: str) -> ColumnElement[bool]:
        found = _VALUE.fullmatch(value)
        if found is None:
            return sa.false()
        graded = (
            select(AnnualResult.agency_id)
            .join(AssessmentRound, AssessmentRound.id == AnnualResult.round_id)
            .where(_counts(actor), AnnualResult.year == int(found[1]), AnnualResult.grade == found[2])
        )
        return Agency.id.in_(graded)

    def of_agencies(
        self, session: Session, actor: Actor, agency_ids: Collection[int]
    ) -> dict[int, list[tuple[str, str]]]:
        rows = session.execute(
            select(
                AnnualResult.agency_id,
                AnnualResult.year,
                AnnualResult.grade,
                AssessmentRound.grade_table_id.label("table"),
                Body.name.label("bureau"),
            )
            .join(AssessmentRound, AssessmentRound.id == AnnualResult.round_id)
            .join(Body, Body.id == AnnualResult.bureau_id)
            .where(_counts(actor), AnnualResult.agency_id.in_(agency_ids), AnnualResult.grade.is_not(None))
            .order_by(AnnualResult.year.desc(), Body.sort_key, AnnualResult.id)
        ).all()
        words = self._words(session, {row.table for row in rows})
        found: dict[int, list[tuple[str, str]]] = {}
        for row in rows:
            text = words.get((row.table, row.grade or ""), row.grade or "")
            found.setdefault(row.agency_id, []).append((f"{row.bureau} {row.year}", text))
        return found

    def _words(self, session: Session, tables: set[int]) -> dict[tuple[int, str], str]:
        """The names of grades in the reader's language."""
        if not tables:
            return {}
        name = "label_en" if language() == "en" else "label"
        rows = read_rows(session, _BANDS, {"tables": list(tables)})
        return {(row.id, band["key"]): band[name] for row in rows for band in row.bands}


grades.append(AnnualGrades())
