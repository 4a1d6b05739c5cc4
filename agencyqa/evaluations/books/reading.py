"""A filled-in workbook as an evaluation, with everything that is wrong named by its cell. Nothing is stored here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from agencyqa.evaluations import checks
from agencyqa.evaluations.books import sheets
from agencyqa.evaluations.data import (
    CELL_TEXT_LIMIT,
    GRADE_LIMIT,
    MOST_INDICATORS,
    MOST_POINTS,
    MOST_PROBLEMS,
    NAME_LIMIT,
    TEXT_LIMIT,
    IndicatorData,
    ProblemData,
    RecordData,
)
from agencyqa.evaluations.enums import Dimension, ProblemKind
from agencyqa.scoring import UnitsError, parse_points
from agencyqa.spreadsheets.tables import (
    ColumnSpec,
    Problem,
    TableReading,
    TableRow,
    UnreadableTable,
    explain_table,
    sheet_names,
)
from agencyqa.web.formats import FEN_PER_YUAN
from agencyqa.web.normalise import text as plain_text

_MOST_FEN = 10**15
Choices = Sequence[tuple[int, str]]


@dataclass
class Reading:
    """``data`` is what would be stored, None where ``problems`` says why not. ``notes`` explain what was taken how."""

    data: RecordData | None = None
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def read_book(data: bytes, current: RecordData, choices: Choices) -> Reading:
    """``current`` gives what the workbook leaves out, ``choices`` who may be asked to answer, the first by default.

    Never raises for what is in the file.
    """
    try:
        names = sheet_names(data)
    except UnreadableTable as error:
        return Reading(problems=[error.problem])
    book = _Book(data, names, choices)
    heading = book.heading(current)
    indicators = book.indicators()
    problems = book.problem_rows(current)
    book.reading.problems.sort(key=_place)
    if not book.reading.problems:
        book.reading.data = replace(heading, indicators=tuple(indicators), problems=tuple(problems))
    return book.reading


class _Book:
    def __init__(self, data: bytes, names: Sequence[str], choices: Choices) -> None:
        self.data = data
        self.names = names
        self.choices = choices
        self.reading = Reading()

    # ------------------------------------------------------------------------------------------- sheets

    def heading(self, current: RecordData) -> RecordData:
        table = self._table(sheets.OVERALL, sheets.OVERALL_COLUMNS, is_needed=False)
        if table is None:
            return current
        known = {_plain(title): item.key for item in sheets.ITEMS for title in item.titles}
        found: dict[str, Any] = {item.key: None for item in sheets.ITEMS}
        for row in table.rows:
            key = known.get(_plain(row.values["item"] or ""))
            if key is None:
                if row.values["item"]:
                    self._problem(row, "item", "book.unknown_item", value=row.values["item"])
            elif row.values["value"]:
                found[key] = self._heading_value(row, key)
        texts = {name: found[name] or "" for name in ("stated_grade", "summary")}
        return replace(current, **{**found, **texts})

    def _heading_value(self, row: TableRow, key: str) -> Any:
        if key == "stated_grade":
            return self._text(row, "value", GRADE_LIMIT)
        if key == "summary":
            return self._text(row, "value", TEXT_LIMIT * 2)
        figure = plain_text(row.values["value"]).replace(",", "")
        try:
            number = Decimal(figure) if figure.replace(".", "", 1).lstrip("-").isdecimal() else None
        except ArithmeticError:
            number = None
        if number is None:
            self._problem(row, "value", "table.not_a_number", value=row.values["value"][:40])
            return None
        return self._money(row, "value", number) if key == "amount" else self._points(row, "value", number)

    def indicators(self) -> list[IndicatorData]:
        table = self._table(sheets.INDICATORS, sheets.INDICATOR_COLUMNS, is_needed=True)
        if table is None:
            return []
        rows = table.rows
        if len(rows) > MOST_INDICATORS:
            self._problem(rows[MOST_INDICATORS], "name", "too_many_indicators", maximum=MOST_INDICATORS)
            return []
        levels = [self._choice(row, "level", sheets.LEVEL_WORDS, "book.unknown_level") for row in rows]
        if None in levels:
            return []
        for index in checks.misplaced(levels):
            self._problem(rows[index], "level", "level_misplaced")
        above = checks.parents(levels)
        found: list[IndicatorData] = []
        dimensions: list[Dimension | None] = []
        for index, row in enumerate(rows):
            parent = above[index]
            inherited = None if parent is None else dimensions[parent]
            dimension = self._dimension(row, inherited)
            dimensions.append(dimension or inherited)
            found.append(
                IndicatorData(
                    level=levels[index],
                    dimension=dimension or inherited or Dimension.DECISION,
                    name=self._text(row, "name", NAME_LIMIT),
                    weight=self._points(row, "weight", row.values["weight"]),
                    score=self._points(row, "score", row.values["score"]),
                    target=self._text(row, "target", CELL_TEXT_LIMIT),
                    actual=self._text(row, "actual", CELL_TEXT_LIMIT),
                    evidence=self._text(row, "evidence", CELL_TEXT_LIMIT),
                )
            )
        return found

    def _dimension(self, row: TableRow, inherited: Dimension | None) -> Dimension | None:
        """Empty below a row that has one; the first level must say it."""
        written = row.values["dimension"]
        if not written:
            if inherited is None:
                self._problem(
                    row, "dimension", "table.empty_cell", title=sheets.INDICATOR_COLUMNS[1].titles[0]
                )
            return None
        found: Dimension | None = self._choice(
            row, "dimension", sheets.DIMENSION_WORDS, "book.unknown_dimension"
        )
        if found is not None and inherited is not None and found is not inherited:
            self._problem(row, "dimension", "dimension_differs")
        return found

    def problem_rows(self, current: RecordData) -> list[ProblemData]:
        table = self._table(sheets.PROBLEMS, sheets.PROBLEM_COLUMNS, is_needed=False)
        if table is None:
            return list(current.problems)
        if len(table.rows) > MOST_PROBLEMS:
            self._problem(table.rows[MOST_PROBLEMS], "facts", "too_many_problems", maximum=MOST_PROBLEMS)
            return []
        found: list[ProblemData] = []
        departments = {name: body_id for body_id, name in self.choices}
        for row in table.rows:
            kind: ProblemKind | None = self._choice(row, "kind", sheets.KIND_WORDS, "book.unknown_kind")
            department: int | None = self.choices[0][0] if self.choices else None
            if row.values["department"]:
                department = self._choice(row, "department", departments, "book.unknown_department")
            elif department is None:
                self._problem(row, "department", "book.unknown_department", value="")
            values: dict[str, Any] = {
                "facts": self._text(row, "facts", TEXT_LIMIT),
                "recommendation": self._text(row, "recommendation", TEXT_LIMIT),
                "amount": self._money(row, "amount", row.values["amount"]),
                "key": plain_text(row.values["key"] or "")[:32],
            }
            if kind is not None and department is not None:
                found.append(ProblemData(kind=kind, department_id=department, **values))
        return found

    # -------------------------------------------------------------------------------------------- cells

    def _table(
        self, names: tuple[str, ...], columns: Sequence[ColumnSpec], *, is_needed: bool
    ) -> TableReading | None:
        name = next((each for each in self.names if _plain(each) in {_plain(name) for name in names}), None)
        if name is None:
            if is_needed:
                params = {"names": list(self.names)}
                self.reading.problems.append(Problem(names[0], None, "table.no_sheet", params))
            else:
                self.reading.notes.append(Problem(names[0], None, "book.sheet_left_out"))
            return None
        table = explain_table(self.data, columns, sheet=name)
        problems = table.problems
        if not is_needed:
            # A sheet with nothing below its heading says that there is nothing.
            problems = [problem for problem in problems if problem.code != "table.no_rows"]
        self.reading.problems += problems
        self.reading.notes += table.notes
        return table

    def _text(self, row: TableRow, key: str, maximum: int) -> str:
        text = plain_text(row.values[key] or "")
        if len(text) > maximum:
            self._problem(row, key, "too_long", maximum=maximum, length=len(text))
        return text

    def _points(self, row: TableRow, key: str, number: Decimal | None) -> int | None:
        if number is None:
            return None
        try:
            units = parse_points(number)
        except UnitsError as error:
            self._problem(row, key, error.code, places=4)
            return None
        return self._bounded(row, key, units, MOST_POINTS, MOST_POINTS // 10_000)

    def _money(self, row: TableRow, key: str, number: Decimal | None) -> int | None:
        if number is None:
            return None
        if abs(number) > _MOST_FEN:
            self._problem(row, key, "too_large")
            return None
        fen = number * FEN_PER_YUAN
        if fen != fen.to_integral_value():
            self._problem(row, key, "too_many_decimals", places=2)
            return None
        return self._bounded(row, key, int(fen), _MOST_FEN, _MOST_FEN // FEN_PER_YUAN)

    def _bounded(self, row: TableRow, key: str, value: int, most: int, shown: int) -> int | None:
        if value < 0:
            self._problem(row, key, "negative")
        elif value > most:
            self._problem(row, key, "above_maximum", maximum=shown)
        else:
            return value
        return None

    def _choice(self, row: TableRow, key: str, words: Mapping[str, Any], code: str) -> Any:
        written = row.values[key]
        if not written:
            # An empty cell of a column that needs one was named by the reader of the table.
            return None
        found = {_plain(word): thing for word, thing in words.items()}.get(_plain(written))
        if found is None:
            self._problem(row, key, code, value=written[:40], choices=_offered(words))
        return found

    def _problem(self, row: TableRow, key: str, code: str, **params: Any) -> None:
        self.reading.problems.append(Problem(row.sheet, row.address(key), code, params))


def _offered(words: Mapping[str, Any]) -> list[str]:
    """The first word of each thing."""
    first: dict[Any, str] = {}
    for word, thing in words.items():
        first.setdefault(thing, word)
    return list(first.values())


_ORDER = {
    name: place
    for place, names in enumerate((sheets.OVERALL, sheets.INDICATORS, sheets.PROBLEMS))
    for name in names
}


def _place(problem: Problem) -> tuple[int, int, str]:
    """Sheet by sheet and row by row, as somebody goes through the workbook to correct it."""
    cell = problem.cell or ""
    row = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return _ORDER.get(problem.sheet, 0), int(row or 0), cell


def _plain(text: str) -> str:
    """A word as it is compared: width, spaces and case apart."""
    return "".join(plain_text(text).split()).casefold()
