"""Tables in: a sheet of a workbook as rows of checked values, where every error names its cell."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import python_calamine

from agencyqa.spreadsheets import safety
from agencyqa.spreadsheets.cells import CellError, CellKind, Raw, Value, read_cell, value_of
from agencyqa.spreadsheets.failed import failed_cells, formula_cells, hidden_columns, hidden_rows
from agencyqa.spreadsheets.problems import Problem, UnreadableTable, address
from agencyqa.spreadsheets.safety import Limits

__all__ = [
    "CellKind",
    "ColumnSpec",
    "Grid",
    "Limits",
    "Problem",
    "TableReading",
    "TableRow",
    "UnreadableTable",
    "explain_table",
    "read_grid",
    "read_table",
    "sheet_names",
]

HEADER_SEARCH = 20
PROBLEM_LIMIT = 200
_SHOWN = 40
_CELLS_NAMED = 8


@dataclass(frozen=True)
class ColumnSpec:
    """``titles`` are the headings it is known by, the first for messages. ``required``: the column must be there;
    ``blank``: its cells may be empty."""

    key: str
    titles: tuple[str, ...]
    kind: CellKind = CellKind.TEXT
    required: bool = True
    blank: bool = False


@dataclass(frozen=True)
class TableRow:
    """``number`` is the row as Excel counts. A cell with a problem, or of a column that is not there, is None."""

    sheet: str
    number: int
    values: dict[str, Any]
    columns: dict[str, int] = field(repr=False)

    def address(self, key: str) -> str | None:
        """The address of a cell, such as "C7"; None where its column is not in the table."""
        return address(self.number - 1, self.columns[key]) if key in self.columns else None

    def cell(self, key: str) -> str:
        return Problem(self.sheet, self.address(key), "").where


@dataclass(frozen=True)
class TableReading:
    """``notes`` are no errors: they say which cell of a merged area counts, and what was taken of formulas."""

    rows: list[TableRow]
    problems: list[Problem]
    notes: list[Problem]


@dataclass(frozen=True)
class Grid:
    sheet: str
    rows: list[list[Value]]

    def at(self, row: int, column: int) -> str:
        """ "Sheet1!C7" from numbers that start at 0."""
        return f"{self.sheet}!{address(row, column)}"


def sheet_names(data: bytes, *, limits: Limits | None = None) -> list[str]:
    """Raise UnreadableTable where the file is no workbook."""
    safety.check(data, limits or Limits())
    return list(_open(data).sheet_names)


def read_grid(data: bytes, sheet: str | None = None, *, limits: Limits | None = None) -> Grid:
    """Every cell of a sheet (the first, unless named) from A1 on. Raise UnreadableTable where that cannot be."""
    content = _content(data, sheet, limits or Limits())
    return Grid(content.sheet, [[value_of(raw) for raw in row] for row in content.rows])


def read_table(
    data: bytes, columns: Sequence[ColumnSpec], *, sheet: str | None = None, limits: Limits | None = None
) -> tuple[list[TableRow], list[Problem]]:
    """The rows below the heading of the first sheet, or of the one named. Empty rows are passed over.

    Never raises for what is in the file. Use the rows only when there are no problems.
    """
    try:
        content = _content(data, sheet, limits or Limits())
    except UnreadableTable as error:
        return [], [error.problem]
    rows, problems, _ = _Reading(content, columns).result()
    return rows, problems


def explain_table(
    data: bytes,
    columns: Sequence[ColumnSpec],
    *,
    sheet: str | None = None,
    limits: Limits | None = None,
    unread: Sequence[str] | None = None,
) -> TableReading:
    """As ``read_table``, for forms that people merge and calculate in: of a merged area the first cell counts, of a
    formula the result saved with it, and the notes say so. What is hidden is read and noted.

    With ``unread``, headings that nobody has to read, every other unknown column that holds something is noted.
    """
    try:
        content = _content(data, sheet, limits or Limits())
    except UnreadableTable as error:
        return TableReading([], [error.problem], [])
    return TableReading(*_Reading(content, columns, explains=True, unread=unread).result())


Merge = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class _Content:
    sheet: str
    rows: list[list[Raw]]
    merged: list[Merge]
    failed: frozenset[str]
    # Address → whether the workbook holds the result of its formula.
    formulas: dict[str, bool]
    hidden_rows: frozenset[int]
    hidden_columns: list[tuple[int, int]]


def _open(data: bytes) -> python_calamine.CalamineWorkbook:
    try:
        return python_calamine.CalamineWorkbook.from_filelike(BytesIO(data))
    except python_calamine.PasswordError as error:
        raise UnreadableTable(Problem("", None, "table.password")) from error
    except python_calamine.CalamineError as error:
        raise UnreadableTable(Problem("", None, "table.not_a_workbook")) from error


def _content(data: bytes, sheet: str | None, limits: Limits) -> _Content:
    parts = safety.check(data, limits)
    book = _open(data)
    names = book.sheet_names
    if not names or (sheet is not None and sheet not in names):
        raise UnreadableTable(Problem(sheet or "", None, "table.no_sheet", {"names": list(names)}))
    name = names[0] if sheet is None else sheet
    try:
        found = book.get_sheet_by_name(name)
        rows = found.to_python(skip_empty_area=False)
    except python_calamine.CalamineError as error:
        raise UnreadableTable(Problem(name, None, "table.not_a_workbook")) from error
    merged = list(found.merged_cell_ranges or [])
    return _Content(
        name,
        rows,
        merged,
        failed_cells(parts, name),
        formula_cells(parts, name),
        hidden_rows(parts, name),
        hidden_columns(parts, name),
    )


def _heading(text: Any) -> str:
    """A heading as it is compared: width, case, spaces, line breaks and the asterisk of a required column apart."""
    plain = unicodedata.normalize("NFKC", str(text)).casefold()
    return "".join(plain.split()).strip("*")


class _Reading:
    def __init__(
        self,
        content: _Content,
        columns: Sequence[ColumnSpec],
        *,
        explains: bool = False,
        unread: Sequence[str] | None = None,
    ) -> None:
        self.explains = explains
        self.unread = unread
        self.formulas = content.formulas
        self.hidden_rows, self.hidden_columns = content.hidden_rows, content.hidden_columns
        self.notes: list[Problem] = []
        self.sheet = content.sheet
        self.rows = content.rows
        self.merged = content.merged
        self.failed = content.failed
        self.columns = columns
        self.problems: list[Problem] = []
        self.places: dict[str, int] = {}

    def result(self) -> tuple[list[TableRow], list[Problem], list[Problem]]:
        header = self._find_header()
        if header is None:
            titles = [column.titles[0] for column in self.columns]
            return [], [Problem(self.sheet, None, "table.no_header", {"titles": titles})], []
        self._check_merges(header)
        if self.explains:
            self._note_formulas(header)
        if self.unread is not None:
            self._note_unknown(header, {_heading(title) for title in self.unread})
        read: list[TableRow] = []
        for index in range(header + 1, len(self.rows)):
            if len(self.problems) >= PROBLEM_LIMIT:
                self.problems.append(
                    Problem(self.sheet, None, "table.more_problems", {"number": PROBLEM_LIMIT})
                )
                break
            if self._holds_something(index):
                read.append(TableRow(self.sheet, index + 1, self._read_row(index), self.places))
        if self.explains:
            self._note_hidden(header, [row.number for row in read])
        if not read and not self.problems:
            self.problems.append(Problem(self.sheet, None, "table.no_rows"))
        return read, self.problems, self.notes

    def _holds_something(self, index: int) -> bool:
        if any(value_of(raw) is not None for raw in self.rows[index]):
            return True
        return bool(self.failed) and any(
            address(index, place) in self.failed for place in self.places.values()
        )

    def _find_header(self) -> int | None:
        """The row, among the first, with most of the known headings."""
        known = {_heading(title): column.key for column in self.columns for title in column.titles}
        best, most = None, 0
        for index, row in enumerate(self.rows[:HEADER_SEARCH]):
            count = len(
                {known[_heading(raw)] for raw in row if isinstance(raw, str) and _heading(raw) in known}
            )
            if count > most:
                best, most = index, count
        if best is None:
            return None
        for place, raw in enumerate(self.rows[best]):
            key = known.get(_heading(raw)) if isinstance(raw, str) else None
            if key is None:
                continue
            if key in self.places:
                first = address(best, self.places[key])
                self._problem(best, place, "table.duplicate_column", title=str(raw).strip(), first=first)
            else:
                self.places[key] = place
        for column in self.columns:
            if column.required and column.key not in self.places:
                params = {"title": column.titles[0], "row": best + 1}
                self.problems.append(Problem(self.sheet, None, "table.missing_column", params))
        return best

    def _check_merges(self, header: int) -> None:
        """A merged area holds one value for several cells, and which of them were meant cannot be known.

        Read with explanations, it is the first one, as Excel keeps it; the others are empty.
        """
        wanted = set(self.places.values())
        for (top, left), (bottom, right) in sorted(self.merged):
            if bottom >= header and any(left <= place <= right for place in wanted):
                area = f"{address(top, left)}:{address(bottom, right)}"
                if self.explains:
                    params = {"area": area, "cell": address(top, left)}
                    self.notes.append(Problem(self.sheet, address(top, left), "table.merged_first", params))
                else:
                    self._problem(top, left, "table.merged", area=area)

    def _note_unknown(self, header: int, unread: set[str]) -> None:
        """A slip in a heading would silently lose everything below it."""
        below = self.rows[header + 1 :]
        for place, raw in enumerate(self.rows[header]):
            is_known = place in self.places.values() or _heading(raw) in unread
            if is_known or not any(place < len(row) and value_of(row[place]) is not None for row in below):
                continue
            title = str(raw).strip()[:_SHOWN]
            self.notes.append(
                Problem(self.sheet, address(header, place), "table.unknown_column", {"title": title})
            )

    def _note_formulas(self, header: int) -> None:
        """One note a column and kind, because a calculated column has hundreds of them."""
        for column in self.columns:
            place = self.places.get(column.key)
            if place is None:
                continue
            cells = [address(index, place) for index in range(header + 1, len(self.rows))]
            for has_value, code in ((True, "table.formula_taken"), (False, "table.formula_empty")):
                found = [
                    cell for cell in cells if self.formulas.get(cell) is has_value and cell not in self.failed
                ]
                if found:
                    more = ["…"] if len(found) > _CELLS_NAMED else []
                    params = {"cells": found[:_CELLS_NAMED] + more, "number": len(found)}
                    self.notes.append(Problem(self.sheet, found[0], code, params))

    def _note_hidden(self, header: int, read: Sequence[int]) -> None:
        """A filter may have been left on; what it hides is read all the same, and nobody should learn that later."""
        rows = [number for number in read if number in self.hidden_rows]
        if rows:
            more = ["…"] if len(rows) > _CELLS_NAMED else []
            params = {"rows": [*map(str, rows[:_CELLS_NAMED]), *more], "number": len(rows)}
            self.notes.append(Problem(self.sheet, f"A{rows[0]}", "table.hidden_rows", params))
        for place in sorted(self.places.values()):
            if any(first <= place + 1 <= last for first, last in self.hidden_columns):
                title = str(self.rows[header][place]).strip()[:_SHOWN]
                cell = address(header, place)
                self.notes.append(Problem(self.sheet, cell, "table.hidden_column", {"title": title}))

    def _read_row(self, index: int) -> dict[str, str | int | Decimal | date | None]:
        row = self.rows[index]
        values: dict[str, str | int | Decimal | date | None] = {}
        for column in self.columns:
            place = self.places.get(column.key)
            values[column.key] = None
            if place is None:
                continue
            if address(index, place) in self.failed:
                self._problem(index, place, "table.formula_error", title=column.titles[0])
                continue
            raw = row[place] if place < len(row) else None
            try:
                value = read_cell(raw, column.kind)
            except CellError as error:
                shown = str(raw).strip()
                shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
                self._problem(index, place, error.code, value=shown, title=column.titles[0])
                continue
            if value is None and not column.blank:
                self._problem(index, place, "table.empty_cell", title=column.titles[0])
            values[column.key] = value
        return values

    def _problem(self, row: int, column: int, code: str, **params: Any) -> None:
        self.problems.append(Problem(self.sheet, address(row, column), code, params))
