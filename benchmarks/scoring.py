"""One sheet and up to four million: the engine beside hand-written numpy and the Decimal oracle, in one run.

.venv-test/bin/python -m benchmarks.scoring [--sheets 1000000] [--rounds 7]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from agencyqa.measures.shipped import shipped_versions
from agencyqa.scoring import Program, compile_scheme, scheme_to_data
from agencyqa.scoring.plans import ROWS_AT_ONCE
from benchmarks.answers import plain, random_columns, sheet_at
from benchmarks.by_hand import computed, score_columns
from benchmarks.measure import Line, by_turns, machine, peak_of, print_table
from benchmarks.mixed_form import mixed_form, score_mixed
from tests.unit.scoring import oracle_sheet

SHEETS = 1_000_000
SIZES = (10_000, 100_000, 4_000_000)
ByHand = Callable[[Mapping[str, Mapping[str, Any]]], Any]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.scoring")
    parser.add_argument("--sheets", type=int, default=SHEETS)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args(arguments)
    lines = list(scoring_lines(options.sheets, options.rounds, sizes=SIZES))
    print(f"\n{machine()}; medians of processor time in turns\n")
    print_table(lines)
    return 0


def scoring_lines(sheets: int = SHEETS, rounds: int = 7, sizes: tuple[int, ...] = ()) -> Iterator[Line]:
    reference = next(c.scheme for _, c in shipped_versions() if c.file.key == "reference-2021")
    yield from _lines("reference", compile_scheme(reference), score_columns, sheets, rounds)
    mixed = compile_scheme(mixed_form())
    yield from _lines("mixed", mixed, score_mixed, sheets, rounds)
    for size in sizes:
        yield from _many("mixed", mixed, score_mixed, size, max(3, rounds * min(1, sheets // size)))


def _many(name: str, program: Program, by_hand: ByHand, sheets: int, rounds: int) -> Iterator[Line]:
    columns = random_columns(program, sheets)
    bare = plain(columns)
    _compare(program, by_hand(bare), program.score_arrays(columns, criteria=False))
    _compare(program, in_blocks(by_hand, bare, sheets), program.score_arrays(columns, criteria=False))

    # Like the hand-written program, which gives the sums and the grade and keeps no single criterion.
    def sums() -> object:
        return program.score_arrays(columns, criteria=False)

    def whole() -> object:
        return by_hand(bare)

    def blocks() -> object:
        return in_blocks(by_hand, bare, sheets)

    # Somebody who needs the last half writes his program to take a block of rows after the other, as the engine does.
    floors = (
        {"whole columns": whole} if sheets <= ROWS_AT_ONCE else {"whole columns": whole, "blocks": blocks}
    )
    for way, by_itself in floors.items():
        floor, product = by_turns(by_itself, sums, rounds=rounds)
        yield Line(
            f"{name}: {sheets:,} sheets of {len(program.criterion_keys)} criteria",
            floor,
            product,
            peak=peak_of(sums),
            floor_peak=peak_of(by_itself),
            remark=f"floor: numpy in {way}, no check of answers",
        )


def in_blocks(by_hand: ByHand, bare: Mapping[str, Mapping[str, Any]], sheets: int) -> Any:
    """The hand-written program over blocks of rows that fit the processor's cache, its results put together."""
    parts: list[Any] = []
    for start in range(0, sheets, ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        block = {key: {name: values[rows] for name, values in held.items()} for key, held in bare.items()}
        sections, measures, total, grade = by_hand(block)
        if not parts:
            parts = [
                {key: np.empty(sheets, np.int64) for key in sections},
                {key: np.empty(sheets, np.int64) for key in measures},
                np.empty(sheets, np.int64),
                np.empty(sheets, np.int8),
            ]
        for kept, found in zip(parts[:2], (sections, measures), strict=True):
            for key, values in found.items():
                kept[key][rows] = values
        parts[2][rows], parts[3][rows] = total, grade
    return tuple(parts)


def _lines(name: str, program: Program, by_hand: ByHand, sheets: int, rounds: int) -> Iterator[Line]:
    yield from _many(name, program, by_hand, sheets, rounds)
    some = random_columns(program, 50)
    data = scheme_to_data(program.scheme)
    filled = [sheet_at(program, some, row) for row in range(some.size)]
    if by_hand is score_columns:
        floor, product = by_turns(
            lambda: [computed(sheet) for sheet in filled],
            lambda: [program.score(sheet) for sheet in filled],
            rounds=rounds * 3,
        )
        yield Line(f"{name}: one sheet", floor / 50, product / 50, remark="floor: plain integers")
    floor, product = by_turns(
        lambda: [oracle_sheet.sheet(data, sheet, {}) for sheet in filled],
        lambda: [program.score(sheet) for sheet in filled],
        rounds=rounds * 3,
    )
    yield Line(
        f"{name}: one sheet", floor / 50, product / 50, remark="floor: the Decimal oracle of the tests"
    )
    floor, product = by_turns(
        lambda: [program.score(sheet) for sheet in filled],
        lambda: [program.trace(sheet) for sheet in filled],
        rounds=rounds * 3,
    )
    yield Line(f"{name}: one sheet with its trace", floor / 50, product / 50, remark="floor: without trace")


def _compare(program: Program, expected: Any, result: Any) -> None:
    sections, measures, total, grade = expected
    worst_first = np.argsort([band.low for band in program.scheme.grades])
    assert result.complete.all()
    assert np.array_equal(result.total, total)
    assert np.array_equal(result.grade, worst_first[grade])
    for held, wanted in ((result.sections, sections), (result.measures, measures)):
        assert all(np.array_equal(held[key][0], value) for key, value in wanted.items())


if __name__ == "__main__":
    raise SystemExit(main())
