"""From sheets to tables of marks: a row an engagement, a column a scorer, one table a criterion and one of totals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Row

from agencyqa.assessments.agreement.figures import Level, Ratings
from agencyqa.scoring import SCALE, Program, Rule

Sheet = Row[*tuple[Any, ...]]

_LEVELS = {
    "all_or_nothing": Level.NOMINAL,
    "banded": Level.ORDINAL,
    "ordinal": Level.ORDINAL,
    "rating": Level.ORDINAL,
    "ratio": Level.RATIO,
}


@dataclass(frozen=True)
class Scorer:
    """A person for a body; ``number`` tells apart several sheets that one person handed in for one engagement."""

    body: str
    person: str
    number: int


@dataclass(frozen=True)
class Marks:
    """``totals`` are percent of the maximum, ``criteria`` points. ``sheets`` has the sheet behind (row, column)."""

    scorers: tuple[Scorer, ...]
    totals: Ratings
    criteria: Mapping[str, Ratings]
    sheets: Mapping[tuple[int, int], Sheet]


def level_of(rule: Rule) -> Level:
    """What the marks of a rule allow to say. A veto adds a 0, which changes no order."""
    inner = getattr(rule, "rule", None)
    if rule.kind == "veto" and isinstance(inner, Rule):
        return level_of(inner)
    return _LEVELS.get(rule.kind, Level.INTERVAL)


def marks_of(rows: Sequence[Sheet], program: Program) -> Marks:
    """``rows`` are those of ``compared_sheets``, all of the scheme that ``program`` is of."""
    engagements = {key: number for number, key in enumerate(dict.fromkeys(row.engagement_id for row in rows))}
    columns: dict[tuple[int, int | None, int], int] = {}
    scorers: list[Scorer] = []
    met: defaultdict[tuple[int, int, int | None], int] = defaultdict(int)
    places: list[tuple[int, int]] = []
    for row in rows:
        who = (row.scorer_body_id, row.submitted_by_id)
        met[row.engagement_id, *who] += 1
        number = met[row.engagement_id, *who]
        column = columns.setdefault((*who, number), len(columns))
        if column == len(scorers):
            scorers.append(Scorer(row.scorer_name, row.person_name or "", number))
        places.append((engagements[row.engagement_id], column))
    shape = (len(engagements), len(columns))
    totals = _table(shape, places, [row.total * 100 / row.max_points for row in rows])
    return Marks(
        tuple(scorers), totals, _criteria(rows, program, places, shape), dict(zip(places, rows, strict=True))
    )


def _criteria(
    rows: Sequence[Sheet], program: Program, places: Sequence[tuple[int, int]], shape: tuple[int, int]
) -> dict[str, Ratings]:
    full = [number for number, row in enumerate(rows) if row.packed]
    run = program.score_arrays(program.columns_from_packed([rows[number].packed for number in full]))
    at = [places[number] for number in full]
    found: dict[str, Ratings] = {}
    for key in program.layout:
        known = run.ok[key].tolist()
        values = [
            mark / SCALE if has_mark else float("nan")
            for mark, has_mark in zip(run.counted[key].tolist(), known, strict=True)
        ]
        found[key] = _table(shape, at, values)
    return found


def _table(shape: tuple[int, int], places: Sequence[tuple[int, int]], values: Sequence[float]) -> Ratings:
    table = np.full(shape, np.nan)
    if places:
        table[tuple(np.array(places).T)] = values
    return table
