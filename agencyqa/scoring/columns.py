"""Answers of sheets turned into columns, one for each input, with masks kept apart from the values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agencyqa.scoring.arrays import INT64_HIGH, INT64_LOW, Column, as_array, fits_int64
from agencyqa.scoring.inputs import InputSpec, reader_of
from agencyqa.scoring.problems import AnswersError, Problem
from agencyqa.scoring.scheme import Criterion

Answers = Mapping[str, Mapping[str, "int | str | bool | None"]]
Entered = Mapping[str, "int | None"]


@dataclass(frozen=True)
class Columns:
    """`inputs` is by criterion and input name, `entered` by criterion; each column has `size` rows."""

    size: int
    inputs: Mapping[str, Mapping[str, Column]]
    entered: Mapping[str, Column]

    def rows(self, part: slice) -> Columns:
        """Some of the rows, without copying them."""
        return Columns(
            part.stop - part.start,
            {
                key: {name: column.rows(part) for name, column in held.items()}
                for key, held in self.inputs.items()
            },
            {key: column.rows(part) for key, column in self.entered.items()},
        )


def check_names(
    layout: Mapping[str, frozenset[str]], criteria: Sequence[str], answers: Answers, entered: Entered
) -> None:
    """Raises AnswersError for names the scheme does not have: dropping them would hide a lost answer."""
    found: list[Problem] = []
    for key, held in answers.items():
        known = layout.get(key)
        if known is None:
            found.append(Problem(key, "unknown_criterion"))
        elif held and not known.issuperset(held):
            found += [Problem(f"{key}.{name}", "unknown_input") for name in held if name not in known]
    found += [Problem(key, "unknown_criterion") for key in entered if key not in criteria]
    if found:
        raise AnswersError(found)


def code_of(spec: InputSpec, value: Any) -> int | None:
    """The integer that stands for a well-formed answer; None for one of the wrong type."""
    return reader_of(spec)(value)


def answer_of(spec: InputSpec, code: int) -> int | str | bool:
    if spec.type == "flag":
        return bool(code)
    return spec.choices[code].key if spec.type == "choice" else code


def encode_column(spec: InputSpec, answers: Sequence[Any]) -> Column:
    """The column of one input over all sheets."""
    read = reader_of(spec)
    missing = [answer is None for answer in answers]
    codes = [None if answer is None else read(answer) for answer in answers]
    malformed = [code is None and not gone for code, gone in zip(codes, missing, strict=True)]
    return make_column([code or 0 for code in codes], missing, malformed, spec.low, spec.high)


def make_column(
    values: Sequence[int], missing: Sequence[bool], malformed: Sequence[bool], low: int, high: int
) -> Column:
    """Integers beyond 64 bits are pulled in: still outside the limits, hence still reported."""
    wide = not fits_int64(low - 1, high + 1)
    if not wide:
        values = [min(max(value, INT64_LOW), INT64_HIGH) for value in values]
    array = as_array(np.array(values, dtype=object), wide=wide)
    return Column(
        array,
        np.array(missing, dtype=bool) if any(missing) else None,
        np.array(malformed, dtype=bool) if any(malformed) else None,
    )


def encode_entered(criterion: Criterion, figures: Sequence[Any]) -> Column:
    missing = [figure is None for figure in figures]
    malformed = [f is not None and (isinstance(f, bool) or not isinstance(f, int)) for f in figures]
    values = [0 if gone or bad else f for f, gone, bad in zip(figures, missing, malformed, strict=True)]
    return make_column(values, missing, malformed, 0, criterion.max_points)
