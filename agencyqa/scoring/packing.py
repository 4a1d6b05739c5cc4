"""The answers of a final sheet as one row of integers: stored beside the audit rows, read fast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from agencyqa.scoring.arrays import INT64_HIGH, INT64_LOW, Column, as_array, fits_int64
from agencyqa.scoring.columns import Answers, Columns, Entered, answer_of, code_of
from agencyqa.scoring.inputs import InputSpec
from agencyqa.scoring.problems import AnswersError, Problem
from agencyqa.scoring.scheme import Scheme

Layout = Mapping[str, Sequence[InputSpec]]


def pack(
    layout: Layout, criteria: Sequence[str], answers: Answers, entered: Entered
) -> tuple[int | None, ...]:
    row: list[int | None] = []
    wrong: list[Problem] = []
    for key, spec in _inputs(layout):
        value = (answers.get(key) or {}).get(spec.name)
        code = None if value is None else code_of(spec, value)
        if value is not None and code is None:
            wrong.append(Problem(f"{key}.{spec.name}", f"malformed_{spec.type}"))
        row.append(code)
    for key in criteria:
        figure = entered.get(key)
        if figure is not None and (isinstance(figure, bool) or not isinstance(figure, int)):
            wrong.append(Problem(key, "malformed_entered"))
        row.append(figure)
    if wrong:
        raise AnswersError(wrong)
    return tuple(row)


def unpack(
    layout: Layout, criteria: Sequence[str], row: Sequence[int | None]
) -> tuple[dict[str, dict[str, int | str | bool]], dict[str, int]]:
    _check_width(layout, criteria, [row])
    answers: dict[str, dict[str, int | str | bool]] = {key: {} for key in layout}
    inputs = list(_inputs(layout))
    for (key, spec), code in zip(inputs, row, strict=False):
        if code is None:
            continue
        if spec.type in ("choice", "flag") and not spec.low <= code <= spec.high:
            raise AnswersError([Problem(f"{key}.{spec.name}", "out_of_range")])
        answers[key][spec.name] = answer_of(spec, code)
    figures = zip(criteria, row[len(inputs) :], strict=True)
    return answers, {key: figure for key, figure in figures if figure is not None}


def columns_from_packed(scheme: Scheme, layout: Layout, rows: Sequence[Sequence[int | None]]) -> Columns:
    limits = {criterion.key: criterion.max_points for _, criterion in scheme.criteria()}
    _check_width(layout, tuple(limits), rows)
    inputs: dict[str, dict[str, Column]] = {key: {} for key in layout}
    cells: Iterator[Sequence[Any]] = zip(*rows, strict=True) if rows else iter(())
    for key, spec in _inputs(layout):
        inputs[key][spec.name] = _column(next(cells, ()), spec.low, spec.high)
    entered = {key: _column(next(cells, ()), 0, limit) for key, limit in limits.items()}
    return Columns(len(rows), inputs, entered)


def _column(values: Sequence[Any], low: int, high: int) -> Column:
    array = np.array(values, dtype=object)
    missing = np.array([value is None for value in values], dtype=bool)
    if missing.any():
        array = np.where(missing, 0, array)
    wide = not fits_int64(low - 1, high + 1)
    if not wide:
        array = np.clip(array, INT64_LOW, INT64_HIGH)
    return Column(as_array(array, wide=wide), missing if missing.any() else None)


def _inputs(layout: Layout) -> Iterator[tuple[str, InputSpec]]:
    for key, specs in layout.items():
        for spec in specs:
            yield key, spec


def _check_width(layout: Layout, criteria: Sequence[str], rows: Sequence[Sequence[int | None]]) -> None:
    width = sum(len(specs) for specs in layout.values()) + len(criteria)
    for number, row in enumerate(rows):
        if len(row) != width:
            params = {"expected": width, "got": len(row)}
            raise AnswersError([Problem(str(number), "packed_width", params)])
