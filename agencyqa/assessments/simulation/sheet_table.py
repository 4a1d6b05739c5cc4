"""Very many filled-in sheets as a CSV table, one sheet a row, read block by block.

The heading names the sheet and its inputs: ``name``, then ``criterion.input`` for each answer and ``criterion`` alone
for the scorer's own figure, in any order. Points are decimal text, choices their keys, flags 1 or 0; an empty cell is
no answer.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from agencyqa.measures.reading import FileError, FileProblem
from agencyqa.scoring import InputSpec, Problem, Program, UnitsError, parse_points
from agencyqa.scoring.columns import code_of

BLOCK = 50_000
# Enough to see what is wrong with a file.
MOST_PROBLEMS = 50
NAME = "name"
_FLAGS = {"1": 1, "0": 0, "true": 1, "false": 0}

Read = Callable[[str], int | None]


@dataclass(frozen=True)
class Block:
    """``rows`` are packed answers in the order of the program's slots."""

    names: Sequence[str]
    rows: list[tuple[int | None, ...]]


def read_blocks(path: Path, program: Program) -> Iterator[Block]:
    """Raises FileError with the faults of the first block that has any; a wrong cell is never read as another.

    A line with nothing in it is no sheet.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        try:
            yield from _blocks(reader, program)
        except UnicodeDecodeError:
            raise FileError([FileProblem(Problem("", "not_utf8"))]) from None
        except csv.Error as error:
            problem = Problem("", "not_csv", {"detail": str(error)})
            raise FileError([FileProblem(problem, reader.line_num or 1)]) from None


def _blocks(reader: Iterator[list[str]], program: Program) -> Iterator[Block]:
    heading = next(reader, None)
    if not heading:
        raise FileError([FileProblem(Problem("", "empty_file"))])
    cells = _cells(heading, program)
    place = heading.index(NAME) if NAME in heading else None
    numbered = ((number, line) for number, line in enumerate(reader, start=2) if line)
    lines = list(islice(numbered, BLOCK))
    if not lines:
        raise FileError([FileProblem(Problem("", "no_sheets"))])
    while lines:
        yield _block(lines, len(heading), cells, place)
        lines = list(islice(numbered, BLOCK))


@dataclass
class _Cells:
    """The place of each slot in a line, and what its texts mean; each text is understood once."""

    name: str
    place: int | None
    read: Read
    known: dict[str, int | None]


def _cells(heading: Sequence[str], program: Program) -> list[_Cells]:
    places = {text: number for number, text in enumerate(heading)}
    slots = {f"{key}.{name}" if name else key: (key, name) for key, name in program.slots}
    wrong = [
        FileProblem(Problem(text, "unknown_field"), 1)
        for text in places
        if text != NAME and text not in slots
    ]
    wrong += [
        FileProblem(Problem(text, "duplicate_name", {"name": text}), 1)
        for text in places
        if heading.count(text) > 1
    ]
    if wrong:
        raise FileError(wrong[:MOST_PROBLEMS])
    specs = {(key, spec.name): spec for key, held in program.layout.items() for spec in held}
    return [
        _Cells(
            text,
            places.get(text),
            _reader(specs[slot]) if slot in specs else parse_points,
            {"": None},
        )
        for text, slot in slots.items()
    ]


def _reader(spec: InputSpec) -> Read:
    if spec.type == "flag":
        return lambda text: _FLAGS.get(text.lower())
    if spec.type == "choice":
        return lambda text: code_of(spec, text)
    if spec.type == "count":
        # What is longer lies outside the limits anyway, and Python reads no integer of any length.
        return lambda text: int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
    return parse_points


def _block(
    numbered: list[tuple[int, list[str]]], width: int, cells: list[_Cells], place: int | None
) -> Block:
    """``numbered`` are the lines, each with its number in the file."""
    wrong = [
        FileProblem(Problem("", "row_width", {"expected": str(width), "got": str(len(line))}), number)
        for number, line in numbered
        if len(line) != width
    ]
    if wrong:
        raise FileError(wrong[:MOST_PROBLEMS])
    numbers, lines = zip(*numbered, strict=True)
    columns = list(zip(*lines, strict=True))
    codes: list[Sequence[int | None]] = []
    for cell in cells:
        if cell.place is None:
            codes.append([None] * len(lines))
            continue
        texts = columns[cell.place]
        for text in set(texts).difference(cell.known):
            code = _understood(cell.read, text)
            if code is None:
                wrong.append(_problem(cell.name, text, numbers[texts.index(text)]))
            cell.known[text] = code
        codes.append([cell.known[text] for text in texts])
    if wrong:
        raise FileError(sorted(wrong, key=lambda problem: problem.line or 0)[:MOST_PROBLEMS])
    names = columns[place] if place is not None else [str(number) for number in numbers]
    return Block(names, list(zip(*codes, strict=True)))


def _understood(read: Read, text: str) -> int | None:
    try:
        return read(text.strip())
    except UnitsError:
        return None


def _problem(name: str, text: str, line: int) -> FileProblem:
    return FileProblem(Problem(name, "cell_not_understood", {"value": text}), line)
