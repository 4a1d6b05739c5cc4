"""A workbook of a scheme as the scheme, or everything that is wrong with it, each with its cell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agencyqa.measures.book_document import BOOK_LIMITS, BookBuilder, BookDocument, BookFault, table_fault
from agencyqa.measures.reading import FileError, Path
from agencyqa.measures.scheme_books import words
from agencyqa.measures.scheme_books.cells import choice_code, from_cell, plain_word
from agencyqa.measures.scheme_books.fields import (
    Leaf,
    Model,
    form_leaves,
    leaves_of,
    lists_of,
    rule_leaves,
    scheme_lists,
)
from agencyqa.measures.scheme_books.messages import SENTENCES
from agencyqa.measures.scheme_books.rule_rows import Record, RuleRows
from agencyqa.measures.scheme_format import CheckedFile, CriterionPart, SchemeFile, SectionPart
from agencyqa.measures.scheme_format.checks import parse_document
from agencyqa.spreadsheets.tables import (
    ColumnSpec,
    Problem,
    TableReading,
    TableRow,
    UnreadableTable,
    explain_table,
    sheet_names,
)


@dataclass
class BookReading:
    """``checked`` is the scheme, None where ``faults`` holds an error. Notes say what was taken how."""

    checked: CheckedFile | None = None
    faults: list[BookFault] = field(default_factory=list)
    notes: list[BookFault] = field(default_factory=list)


def is_scheme_book(data: bytes) -> bool:
    """Whether the workbook has the sheets of a scheme. What cannot be opened counts as one, and is refused as such."""
    try:
        names = {plain_word(name) for name in sheet_names(data, limits=BOOK_LIMITS)}
    except UnreadableTable:
        return True
    return bool(names & set(map(plain_word, words.CRITERIA))) and bool(
        names & set(map(plain_word, words.RULES))
    )


def read_book(
    data: bytes, citations: Collection[str] | None = None, faults: Collection[str] | None = None
) -> BookReading:
    """Never raises for what is in the file. ``citations`` and ``faults`` as in ``parse_scheme``."""
    try:
        names = sheet_names(data, limits=BOOK_LIMITS)
    except UnreadableTable as error:
        return BookReading(faults=[table_fault(error.problem, SENTENCES)])
    book = Book(data, names)
    document = book.document()
    reading = BookReading(
        faults=[table_fault(problem, SENTENCES) for problem in book.problems],
        notes=[table_fault(note, SENTENCES, is_error=False) for note in book.notes],
    )
    if book.is_whole:
        try:
            checked = parse_document(document, citations, faults)
        except FileError as error:
            reading.faults += _new(reading.faults, [document.fault(found) for found in error.problems])
        else:
            reading.notes += [document.fault(warning) for warning in checked.warnings]
            reading.checked = checked if not reading.faults else None
    order = {name: number for number, name in enumerate(names)}
    reading.faults.sort(key=lambda fault: _place(fault, order))
    return reading


def _place(fault: BookFault, order: Mapping[str, int]) -> tuple[int, int, str]:
    """Sheet by sheet and row by row, as somebody goes through the workbook to correct it."""
    sheet, _, cell = fault.where.rpartition("!")
    row = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return order.get(sheet, -1), int(row) if row.isdigit() else 0, cell


def _new(known: Iterable[BookFault], found: Iterable[BookFault]) -> list[BookFault]:
    """A cell that could not be read at all is named once, with the reason nearest to it.

    A rule is not called empty on a sheet of which some rows were not taken.
    """
    cells = {fault.where for fault in known if "!" in fault.where}
    sheets = {cell.rpartition("!")[0] for cell in cells}
    return [
        fault
        for fault in found
        if fault.where not in cells
        and not (fault.code == "empty" and fault.where.rpartition("!")[0] in sheets)
    ]


# What stands beside the cells for whoever reads the workbook.
_FOR_READING = (*words.NAME, *words.SENTENCE, *words.NOTE)


class Book:
    """The sheets of a workbook as one document; ``is_whole`` unless a sheet or a column is not there."""

    def __init__(self, data: bytes, names: list[str]) -> None:
        self.bytes = data
        self.names = names
        self.builder = BookBuilder()
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.is_whole = True
        self.passed_over: set[str] = set()

    def document(self) -> BookDocument:
        self.settings()
        owners = self.criteria()
        for each in scheme_lists():
            assert each.model is not None
            for key, owner in self.listed(each.name, each.model).items():
                owners.setdefault(key, owner)
        self.rules(owners)
        return self.builder.document()

    # ------------------------------------------------------------------------------------------- sheets

    def settings(self) -> None:
        columns = (_spec("item", words.ITEM), _spec("value", words.VALUE))
        table = self._table(words.SCHEME, columns)
        if table is None:
            return
        self.builder.place((), f"{table.rows[0].sheet}!A1" if table.rows else "")
        known = {
            plain_word(title): leaf
            for leaf in leaves_of(SchemeFile)
            for title in words.field_titles(leaf.name)
        }
        for row in table.rows:
            item, value = row.values["item"], row.values["value"]
            leaf = known.get(plain_word(item or ""))
            if leaf is None:
                if item or value:
                    self._problem(row, "item", "book.unknown_setting", value=(item or "")[:40])
            elif value is not None:
                self._set(self.builder.data, (), leaf, row, "value")
            else:
                # An empty cell is where a missing setting would be filled in.
                self.builder.place(leaf.path, row.cell("value"))
        self._english(self.builder.data)

    def criteria(self) -> dict[str, Record]:
        """The criteria by key, for the sheet of rules."""
        leaves = form_leaves()
        columns = [_spec("@type", words.ROW_TYPE), *_specs(leaves.values())]
        table = self._table(words.CRITERIA, columns)
        sections: list[dict[str, Any]] = []
        found: dict[str, Record] = {}
        if table is None:
            return found
        self.builder.data["sections"] = sections
        for row in table.rows:
            word = plain_word(row.values["@type"] or "")
            if word in map(plain_word, words.SECTION):
                section: dict[str, Any] = {}
                sections.append(section)
                self._record(section, ("sections", len(sections) - 1), SectionPart, leaves, row)
            elif word in map(plain_word, words.CRITERION):
                if not sections:
                    self._problem(row, "@type", "book.criterion_without_section")
                    self.passed_over.add(row.values["key"] or "")
                    continue
                held = sections[-1]["criteria"]
                path: Path = ("sections", len(sections) - 1, "criteria", len(held))
                criterion: dict[str, Any] = {}
                held.append(criterion)
                self._record(criterion, path, CriterionPart, leaves, row)
                key = criterion.get("key")
                if isinstance(key, str):
                    found.setdefault(key, (criterion, path, CriterionPart))
            else:
                choices = [words.SECTION[0], words.CRITERION[0]]
                self._problem(row, "@type", "book.not_offered", value=word[:40], choices=choices)
                self.passed_over.add(row.values["key"] or "")
        return found

    def rules(self, owners: dict[str, Record]) -> None:
        leaves = rule_leaves()
        columns = [
            _spec("@criterion", words.OF_CRITERION),
            _spec("@part", words.OF_PART),
            _spec("@content", words.CONTENT),
            *_specs(leaves.values()),
        ]
        table = self._table(words.RULES, columns)
        if table is None:
            return
        reader = RuleRows(owners, self._problem)
        for row in table.rows:
            if row.values["@criterion"] in self.passed_over:
                # Its criterion has been named as wrong; its rules are another matter.
                continue
            place = reader.place(row)
            if place is not None:
                holder, path, model = place
                self._record(holder, path, model, leaves, row)
                reader.read(row, holder, path, model)

    def listed(self, name: str, model: Model) -> dict[str, Record]:
        """The items by key, where they hold lists of their own, which stand on the sheet of rules."""
        found: dict[str, Record] = {}
        pair = words.LISTS.get(name, (name, name))
        leaves = {leaf.name: leaf for leaf in leaves_of(model)}
        table = self._table(pair, list(_specs(leaves.values())), is_needed=False)
        if table is None or not table.rows:
            return found
        held: list[dict[str, Any]] = []
        self.builder.data[name] = held
        for row in table.rows:
            item: dict[str, Any] = {}
            held.append(item)
            self._record(item, (name, len(held) - 1), model, leaves, row)
            if lists_of(model) and isinstance(item.get("key"), str):
                found.setdefault(item["key"], (item, (name, len(held) - 1), model))
        return found

    # ------------------------------------------------------------------------------------------- records

    def _record(
        self, holder: dict[str, Any], path: Path, model: Model, leaves: dict[str, Leaf], row: TableRow
    ) -> None:
        """Every filled cell of the row goes into the record, or is named because the record has no such thing."""
        own = {leaf.name: leaf for leaf in leaves_of(model)}
        for each in lists_of(model):
            if each.is_required:
                # Without rows it is empty, and the check of the scheme says so.
                holder.setdefault(each.name, [])
        first = next((key for key in row.columns if row.values.get(key) is not None), None)
        self.builder.place(path, row.cell(first) if first else row.sheet)
        for name in leaves:
            if row.values.get(name) is None:
                if name in own and name in row.columns:
                    self.builder.place((*path, *own[name].path), row.cell(name))
            elif name in own:
                self._set(holder, path, own[name], row, name)
            else:
                title = words.field_titles(name)[0]
                self._problem(row, name, "book.cell_not_used", title=title)
        self._english(holder)

    def _set(self, holder: dict[str, Any], path: Path, leaf: Leaf, row: TableRow, column: str) -> None:
        text = row.values[column]
        if leaf.type == "choice" and choice_code(leaf, text) is None:
            offered = [words.choice_word(leaf.path[-1], code, "zh") for code in leaf.choices]
            self._problem(row, column, "book.not_offered", value=text[:40], choices=offered)
        self.builder.set(holder, path, leaf.path, from_cell(leaf, text), row.cell(column))

    def _english(self, holder: dict[str, Any]) -> None:
        """A bureau's own form has no English; its words are then the same in both languages."""
        for held in holder.values():
            if isinstance(held, dict) and "zh" in held and "en" not in held:
                held["en"] = held["zh"]

    def _table(
        self, pair: words.Pair, columns: list[ColumnSpec] | tuple[ColumnSpec, ...], *, is_needed: bool = True
    ) -> TableReading | None:
        name = next((each for each in self.names if plain_word(each) in map(plain_word, pair)), None)
        if name is None:
            if is_needed:
                self.is_whole = False
                self.problems.append(Problem(pair[0], None, "table.no_sheet", {"names": list(self.names)}))
            return None
        table = explain_table(self.bytes, columns, sheet=name, limits=BOOK_LIMITS, unread=_FOR_READING)
        problems = [p for p in table.problems if is_needed or p.code != "table.no_rows"]
        if any(problem.cell is None for problem in problems):
            self.is_whole = False
        self.problems += problems
        self.notes += table.notes
        return table

    def _problem(self, row: TableRow, column: str, code: str, **params: Any) -> None:
        self.problems.append(Problem(row.sheet, row.address(column), code, params))


def _spec(key: str, pair: words.Pair) -> ColumnSpec:
    return ColumnSpec(key, pair, blank=True)


def _specs(leaves: Iterable[Leaf]) -> Iterable[ColumnSpec]:
    """Columns that nobody uses may be missing; that a record lacks something is said where it is needed."""
    return (
        ColumnSpec(leaf.name, words.field_titles(leaf.name), required=False, blank=True) for leaf in leaves
    )
