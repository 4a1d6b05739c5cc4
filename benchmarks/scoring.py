"""A million sheets of the reference scheme at once, and one alone, beside the same arithmetic written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import sqlalchemy as sa

from agencyqa.assessments.models import ScoreSheet
from agencyqa.extensions import db
from agencyqa.measures.enums import Purpose
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import program_of
from agencyqa.scoring import Columns, Program
from agencyqa.scoring.arrays import Column
from benchmarks.by_hand import computed, score_columns
from benchmarks.measure import Line, by_turns, peak_of

SHEETS = 1_000_000


def scoring_lines() -> Iterator[Line]:
    program, sheets = _sheets()
    columns = _repeated(program.columns_from_packed([sheet.packed for sheet in sheets]), SHEETS)
    by_name = _plain(columns)
    sections, measures, total, grade = score_columns(by_name)
    result = program.score_arrays(columns, criteria=False)
    worst_first = np.argsort([band.low for band in program.scheme.grades])
    assert np.array_equal(result.total, total)
    assert np.array_equal(result.grade, worst_first[grade])
    for held, expected in ((result.sections, sections), (result.measures, measures)):
        assert all(np.array_equal(held[key][0], value) for key, value in expected.items())

    # Like the hand-written program, which gives the sums and the grade and keeps no single criterion.
    def sums() -> object:
        return program.score_arrays(columns, criteria=False)

    floor, product = by_turns(lambda: score_columns(by_name), sums, rounds=7)
    yield Line(
        f"scoring {SHEETS:,} sheets of {len(program.layout)} criteria",
        floor,
        product,
        peak=peak_of(sums),
        floor_peak=peak_of(lambda: score_columns(by_name)),
        remark="floor: numpy, no check of answers",
    )
    answers = sheets[0].answers
    floor, product = by_turns(lambda: computed(answers), lambda: program.score(answers), rounds=41, inner=20)
    yield Line("scoring one sheet", floor, product, remark="floor: plain integers, no check of answers")
    floor, product = by_turns(
        lambda: program.score(answers), lambda: program.trace(answers), rounds=41, inner=20
    )
    yield Line("one sheet with its trace", floor, product, remark="floor: the same without trace")


def _sheets() -> tuple[Program, list[ScoreSheet]]:
    session = db.session()
    sheets = session.scalars(
        sa.select(ScoreSheet).where(ScoreSheet.scorer_role == Purpose.BUREAU).order_by(ScoreSheet.id)
    ).all()
    return program_of(session.get_one(SchemeVersion, sheets[0].scheme_version_id)), list(sheets)


def _repeated(columns: Columns, size: int) -> Columns:
    """The same sheets over and over, up to ``size``."""

    def longer(column: Column) -> Column:
        missing = None if column.missing is None else np.resize(column.missing, size)
        return Column(np.resize(column.values, size), missing)

    return Columns(
        size,
        {
            key: {name: longer(column) for name, column in held.items()}
            for key, held in columns.inputs.items()
        },
        {key: longer(column) for key, column in columns.entered.items()},
    )


def _plain(columns: Columns) -> Mapping[str, Mapping[str, Any]]:
    return {
        key: {name: column.values for name, column in held.items()} for key, held in columns.inputs.items()
    }
