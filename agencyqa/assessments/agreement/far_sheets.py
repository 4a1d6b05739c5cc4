"""Which of some sheets are marked for a second look, for the lists and pages where they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

import numpy as np
from sqlalchemy.orm import Session

from agencyqa.assessments.agreement.queries import groups_beside, shared_totals
from agencyqa.assessments.agreement.second_look import LEAST_DISTANCE, FarMark, far_marks
from agencyqa.auth.actor import Actor


def far_sheets(session: Session, actor: Actor, sheet_ids: Collection[int]) -> Mapping[int, FarMark]:
    """The marks that the page of agreement gives, by sheet; for anybody but a supervising bureau none.

    What is usual in a year is read only where one of the sheets lies far enough from the others of its engagement.
    """
    if not sheet_ids:
        return {}
    groups: defaultdict[tuple[int, int, int], list[tuple[int, float]]] = defaultdict(list)
    for row in groups_beside(session, actor, sheet_ids):
        key = (row.year, row.version_id, row.engagement_id)
        groups[key].append((row.id, row.total * 100 / row.max_points))
    apart = {
        (year, version_id)
        for (year, version_id, _), sheets in groups.items()
        if any(abs(distance) >= LEAST_DISTANCE for distance in _distances([mark for _, mark in sheets]))
    }
    wanted = set(sheet_ids)
    return {
        sheet_id: mark
        for year, version_id in sorted(apart)
        for sheet_id, mark in _of_year(session, actor, year, version_id).items()
        if sheet_id in wanted
    }


def _distances(marks: list[float]) -> list[float]:
    middle = float(np.median(marks))
    return [mark - middle for mark in marks]


def _of_year(session: Session, actor: Actor, year: int, version_id: int) -> dict[int, FarMark]:
    rows: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    for row in shared_totals(session, actor, year, version_id):
        rows[row.engagement_id].append((row.id, row.total * 100 / row.max_points))
    sheets = list(rows.values())
    # Who scored does not matter here, so the sheets of an engagement simply stand side by side.
    table = np.full((len(sheets), max((len(each) for each in sheets), default=0)), np.nan)
    for number, each in enumerate(sheets):
        table[number, : len(each)] = [mark for _, mark in each]
    return {sheets[mark.row][mark.column][0]: mark for mark in far_marks(table) or ()}
