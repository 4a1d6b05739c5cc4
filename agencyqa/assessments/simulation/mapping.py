"""The answers of past sheets under another scheme: by criterion key and input, and nothing guessed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from agencyqa.scoring import Columns, InputSpec, Program
from agencyqa.scoring.arrays import INT64_HIGH, INT64_LOW, Column, as_array, either, fits_int64
from agencyqa.scoring.columns import answer_of

# "gone": the draft has no such criterion or input, so what was answered no longer counts. The others leave an input
# of the draft unanswered: it is new, takes another kind of figure, or no longer offers the choice that was made.
GapKind = Literal["criterion_gone", "input_gone", "criterion_new", "input_new", "other_type", "choice_gone"]

PackedRows = Sequence[Sequence[int | None]]


@dataclass(frozen=True)
class Gap:
    """``input`` and ``choice`` are empty where the gap is the whole criterion or input; ``sheets`` counts them."""

    kind: GapKind
    criterion: str
    input: str
    sheets: int
    choice: str = ""


@dataclass(frozen=True)
class Mapped:
    columns: Columns
    gaps: tuple[Gap, ...]


def map_answers(old: Program, new: Program, rows: PackedRows, *, assume: bool = False) -> Mapped:
    """``rows`` are packed by the old scheme. The scorers' own figures go with their criteria.

    ``assume``: a veto of the whole sheet that the old scheme does not know was not raised.
    """
    columns = old.columns_from_packed(rows)
    if old.layout == new.layout and old.digest == new.digest:
        return Mapped(columns, ())
    size = columns.size
    gaps = _gone(old, new, size)
    inputs: dict[str, dict[str, Column]] = {}
    for key, specs in new.layout.items():
        known = {spec.name: spec for spec in old.layout.get(key, ())}
        if key not in old.layout:
            gaps.append(Gap("criterion_new", key, "", size))
        held: dict[str, Column] = {}
        for spec in specs:
            before = known.get(spec.name)
            if before is None or before.type != spec.type:
                if key in old.layout:
                    kind: GapKind = "input_new" if before is None else "other_type"
                    gaps.append(Gap(kind, key, spec.name, size))
                is_assumed = assume and key not in old.layout and key not in new.criterion_keys
                held[spec.name] = Column(np.zeros(size, dtype=np.int64)) if is_assumed else _nothing(size)
            elif spec.type == "choice":
                held[spec.name], lost = _choice(before, spec, columns.inputs[key][spec.name])
                gaps += [Gap("choice_gone", key, spec.name, count, choice) for choice, count in lost]
            else:
                held[spec.name] = _fitting(columns.inputs[key][spec.name], spec.low, spec.high)
        inputs[key] = held
    entered = {
        criterion.key: _fitting(columns.entered[criterion.key], 0, criterion.max_points)
        if criterion.key in columns.entered
        else _nothing(size)
        for _, criterion in new.scheme.criteria()
    }
    return Mapped(Columns(size, inputs, entered), tuple(gaps))


def _gone(old: Program, new: Program, size: int) -> list[Gap]:
    gaps: list[Gap] = []
    for key, specs in old.layout.items():
        if key not in new.layout:
            gaps.append(Gap("criterion_gone", key, "", size))
            continue
        kept = {spec.name for spec in new.layout[key]}
        gaps += [Gap("input_gone", key, spec.name, size) for spec in specs if spec.name not in kept]
    return gaps


def _nothing(size: int) -> Column:
    return Column(np.zeros(size, dtype=np.int64), np.ones(size, dtype=bool))


def _fitting(column: Column, low: int, high: int) -> Column:
    """The same figures in the form the new limits ask for; what lies outside stays outside, and is reported."""
    wide = not fits_int64(low - 1, high + 1)
    values = column.values
    if not wide and values.dtype == np.dtype(object):
        values = np.clip(values, INT64_LOW, INT64_HIGH)
    return Column(as_array(values, wide=wide), column.missing)


def _choice(before: InputSpec, after: InputSpec, column: Column) -> tuple[Column, list[tuple[str, int]]]:
    """Choices go by their keys, whatever their order; one that is no longer offered leaves the input unanswered."""
    numbers = {choice.key: number for number, choice in enumerate(after.choices)}
    table = np.array([numbers.get(choice.key, -1) for choice in before.choices], dtype=np.int64)
    values = table[np.clip(column.values, 0, len(table) - 1).astype(np.intp)]
    gone = values < 0
    if column.missing is not None:
        gone &= ~column.missing
    lost = [
        (choice.key, int((gone & (column.values == number)).sum()))
        for number, choice in enumerate(before.choices)
        if table[number] < 0
    ]
    missing = either(column.missing, gone if gone.any() else None)
    return Column(np.maximum(values, 0), missing), [(choice, count) for choice, count in lost if count]


def answers_at(
    program: Program, columns: Columns, row: int
) -> tuple[dict[str, dict[str, int | str | bool]], dict[str, int]]:
    """One sheet out of the columns, as the engine takes it."""
    answers: dict[str, dict[str, int | str | bool]] = {}
    for key, specs in program.layout.items():
        answers[key] = {}
        for spec in specs:
            column = columns.inputs[key][spec.name]
            if column.missing is None or not column.missing[row]:
                answers[key][spec.name] = answer_of(spec, int(column.values[row]))
    entered = {
        key: int(column.values[row])
        for key, column in columns.entered.items()
        if column.missing is None or not column.missing[row]
    }
    return answers, entered
