"""Filled-in score sheets as a workbook: a row for each sheet, a column for each input of the scheme."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _l

from agencyqa.measures.book_document import BOOK_LIMITS, BookBuilder, BookDocument, BookFault, table_fault
from agencyqa.measures.scheme_books.cells import plain_word
from agencyqa.measures.sentences import rule_sentence, veto_sentence
from agencyqa.measures.texts import SchemeTexts
from agencyqa.measures.words import gettext
from agencyqa.scoring import COUNT_LIMIT, InputSpec, Program, format_points
from agencyqa.spreadsheets.tables import (
    CellKind,
    ColumnSpec,
    Problem,
    TableRow,
    UnreadableTable,
    explain_table,
    read_grid,
)
from agencyqa.spreadsheets.workbook import Column, Kind, open_workbook

PREPARED_ROWS = 50
_NAME = ("名称", "Name", "name")
_KEY = re.compile(r"\[([a-z0-9_.]+)\]$")
_FIGURE = re.compile(r"[+-]?([0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3})(\.[0-9]{1,12})?")
_FLAGS = {
    "是": True,
    "yes": True,
    "true": True,
    "1": True,
    "否": False,
    "no": False,
    "false": False,
    "0": False,
}
_HEADER_SEARCH = 20


# The columns by name; one without an input holds the scorer's own figure.
Known = dict[str, tuple[str, InputSpec | None]]
# For each column the choice that every word stands for.
Offered = dict[str, dict[str, str]]


_SENTENCES = {
    "sheets.unknown_column": _l("方案没有“%(title)s”这一列。"),
    "sheets.column_twice": _l("“%(title)s”这一列前面已经有了，不知以哪一列为准，请删去一列。"),
    "sheets.no_header": _l("没有找到表头，请使用本方案的评分表模板。"),
}


# ---------------------------------------------------------------------------------------------- the template


def write_sheets_template(
    target: Path | BinaryIO, program: Program, texts: SchemeTexts, *, now: datetime, rows: int = PREPARED_ROWS
) -> None:
    """Rows to fill in, with drop-down lists, and a sheet that says what each column takes."""
    inputs = list(_inputs(program))
    columns = [Column("name", gettext("名称"), 24)]
    columns += [
        Column(f"{key}.{spec.name}", _title(key, spec, texts), 18, _column_kind(spec)) for key, spec in inputs
    ]
    with open_workbook(target, title=texts.title, created=now) as book:
        sheet = book.sheet(gettext("评分表"), columns)
        for _ in range(rows):
            sheet.write({})
        for key, spec in inputs:
            sheet.offer(f"{key}.{spec.name}", [word for _, word in _words(key, spec, texts)])
        _guide(book, program, texts)


def _guide(book: Any, program: Program, texts: SchemeTexts) -> None:
    columns = (
        Column("criterion", gettext("考核项"), 30, Kind.WRAP),
        Column("input", gettext("填写项"), 30, Kind.WRAP),
        Column("takes", gettext("填写方法"), 50, Kind.WRAP),
        Column("rule", gettext("计分标准"), 70, Kind.WRAP),
    )
    notes = (
        gettext("每行一张评分表，列的顺序可以改变；方括号里的标识请勿改动。"),
        gettext("评分人填写的得分与规则不一致的，另加一列，标题写 entered.考核项标识。"),
    )
    sheet = book.sheet(gettext("填写说明"), columns, title=texts.title, notes=notes)
    rules = {criterion.key: criterion.rule for _, criterion in program.scheme.criteria()}
    vetoes = {veto.key: veto for veto in program.scheme.vetoes}
    for key, spec in _inputs(program):
        sheet.write(
            {
                "criterion": texts.criterion(key),
                "input": texts.rule(key).place(spec.name),
                "takes": _takes(key, spec, texts),
                "rule": veto_sentence(vetoes[key], texts)
                if key in vetoes
                else rule_sentence(rules[key], texts.rule(key)),
            }
        )


def _inputs(program: Program) -> Iterator[tuple[str, InputSpec]]:
    for key, specs in program.layout.items():
        for spec in specs:
            yield key, spec


def _title(key: str, spec: InputSpec, texts: SchemeTexts) -> str:
    return f"{texts.criterion(key)} · {texts.rule(key).place(spec.name)} [{key}.{spec.name}]"


def _column_kind(spec: InputSpec) -> Kind:
    if spec.type == "count":
        return Kind.INT
    return Kind.POINTS if spec.type in {"points", "number"} else Kind.TEXT


def _words(key: str, spec: InputSpec, texts: SchemeTexts) -> list[tuple[str, str]]:
    """(key, word) of what may be chosen. Words that two choices share say nothing, so the keys stand there."""
    if spec.type == "flag":
        return [("true", gettext("是")), ("false", gettext("否"))]
    if spec.type != "choice":
        return []
    words = texts.rule(key)
    pairs = [(choice.key, words.choice(spec.name, choice.key)) for choice in spec.choices]
    if len({plain_word(word) for _, word in pairs}) < len(pairs):
        return [(choice, choice) for choice, _ in pairs]
    return pairs


def _takes(key: str, spec: InputSpec, texts: SchemeTexts) -> str:
    if pairs := _words(key, spec, texts):
        return gettext("、").join(word for _, word in pairs)
    if spec.type == "count":
        text = gettext("整数，%(low)s～%(high)s", low=spec.low, high=spec.high)
        # Only a scale of ratings ends before the limit of all counts.
        return text + gettext("；无法评价填 0") if spec.high < COUNT_LIMIT else text
    low, high = format_points(spec.low), format_points(spec.high)
    text = gettext("数字，%(low)s～%(high)s", low=low, high=high)
    if spec.step > 1:
        text += gettext("，以 %(step)s 为单位", step=format_points(spec.step))
    return text


# ---------------------------------------------------------------------------------------------- the way back


def is_workbook(name: str, content: bytes) -> bool:
    """By what the file begins with, else by its name, so that an old workbook is refused as a workbook."""
    begins_so = content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))
    return begins_so or name.lower().endswith((".xlsx", ".xls", ".xlsm", ".et"))


def read_sheets_book(
    content: bytes, program: Program, texts: SchemeTexts
) -> tuple[BookDocument | None, list[BookFault], list[BookFault]]:
    """The sheets as the data of a sheets file, each value with its cell; the faults of the table itself; its notes."""
    try:
        grid = read_grid(content, limits=BOOK_LIMITS)
    except UnreadableTable as error:
        return None, [table_fault(error.problem, _SENTENCES)], []
    known: Known = {f"{key}.{spec.name}": (key, spec) for key, spec in _inputs(program)}
    known |= {f"entered.{key}": (key, None) for key in program.layout}
    header = _header(grid.rows, known)
    if header is None:
        return None, [table_fault(Problem(grid.sheet, None, "sheets.no_header"), _SENTENCES)], []
    faults: list[BookFault] = []
    columns: dict[str, str] = {}
    for place, value in enumerate(grid.rows[header]):
        title = str(value).strip() if value is not None else ""
        name = _name_of(title)
        is_known = name in known or name == "name"
        if is_known and name not in columns:
            columns[name] = title
        elif title:
            cell = grid.at(header, place).rpartition("!")[2]
            code = "sheets.column_twice" if is_known else "sheets.unknown_column"
            problem = Problem(grid.sheet, cell, code, {"title": title[:60]})
            faults.append(table_fault(problem, _SENTENCES))
    specs = [
        ColumnSpec(name, (title, name), CellKind.TEXT, required=False, blank=True)
        for name, title in columns.items()
    ]
    table = explain_table(content, specs, sheet=grid.sheet, limits=BOOK_LIMITS)
    faults += [table_fault(problem, _SENTENCES) for problem in table.problems]
    builder = BookBuilder()
    held: list[dict[str, Any]] = []
    builder.data["sheets"] = held
    builder.place(("sheets",), grid.sheet)
    offered = _offered(program, texts)
    for row in table.rows:
        held.append(_sheet(row, len(held), known, offered, builder))
    notes = [table_fault(note, _SENTENCES, is_error=False) for note in table.notes]
    return builder.document(), faults, notes


def _header(rows: Sequence[Sequence[Any]], known: Known) -> int | None:
    best, most = None, 0
    for index, row in enumerate(rows[:_HEADER_SEARCH]):
        count = sum(_name_of(str(value).strip()) in known for value in row if value is not None)
        if count > most:
            best, most = index, count
    return best


def _name_of(title: str) -> str:
    plain = unicodedata.normalize("NFKC", title).strip()
    if plain in _NAME:
        return "name"
    found = _KEY.search(plain)
    return found.group(1) if found else plain


def _sheet(
    row: TableRow, number: int, known: Known, offered: Offered, builder: BookBuilder
) -> dict[str, Any]:
    sheet: dict[str, Any] = {"answers": {}, "entered": {}}
    path = ("sheets", number)
    builder.place(path, f"{row.sheet}!{row.number}")
    sheet["name"] = row.values.get("name") or gettext("第 %(row)s 行", row=row.number)
    for name in row.columns:
        if name == "name":
            continue
        key, spec = known[name]
        text, cell = row.values[name], row.cell(name)
        if spec is None:
            if text is not None:
                builder.set(sheet["entered"], (*path, "entered"), (key,), _figure(text), cell)
            continue
        value = None if text is None else _value(spec, text, offered[name])
        holder = sheet["answers"].setdefault(key, {})
        # An empty cell is where the missing answer belongs.
        builder.set(holder, (*path, "answers", key), (spec.name,), value, cell)
    return sheet


def _value(spec: InputSpec, text: str, words: Mapping[str, str]) -> Any:
    """What a sheets file would hold; what does not fit stays text, and the reader of sheets says so at its cell."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if spec.type == "flag":
        return _FLAGS.get(plain.casefold(), text)
    if spec.type == "choice":
        if any(choice.key == plain for choice in spec.choices):
            return plain
        return words.get(plain_word(text), text)
    if spec.type == "count":
        return int(plain) if re.fullmatch("[+-]?[0-9]{1,9}", plain) else text
    return _figure(text)


def _offered(program: Program, texts: SchemeTexts) -> Offered:
    """A workbook may have been made in the other language; where both know a word, the reader's own one counts."""
    languages = [SchemeTexts(texts.file, language) for language in (texts.language, "zh", "en")]
    found: Offered = {}
    for key, spec in _inputs(program):
        words = found[f"{key}.{spec.name}"] = {}
        for each in languages if spec.type == "choice" else ():
            for choice, word in _words(key, spec, each):
                words.setdefault(plain_word(word), choice)
    return found


def _figure(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain.replace(",", "") if _FIGURE.fullmatch(plain) else text
