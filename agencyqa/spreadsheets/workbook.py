"""Workbooks out: streamed row by row, safe against formulas in data, and the same bytes for the same input."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from agencyqa.spreadsheets.columns import Column, Kind, cell_value, clean_text, number_format

__all__ = ["Column", "Formula", "Kind", "Sheet", "Workbook", "open_workbook", "sheet_name"]

# The fonts of Chinese Windows and of WPS; where they are missing, the program takes its own Chinese font.
FONT = "微软雅黑"
HEADER_COLOUR = "#1F4E79"
RULE_COLOUR = "#BFC8D2"
BANNER_COLOURS = {"bg_color": "#FFF4D6", "font_color": "#7A4B00"}
SHEET_NAME_LIMIT = 31
# Of the list, and of the message, of a cell's validation.
_CHOICES_LIMIT = _MESSAGE_LIMIT = 255
_FORBIDDEN_IN_NAME = re.compile(r"[\[\]:*?/\\]")
# Excel keeps this name for itself.
_RESERVED_NAMES = {"history"}
_OPTIONS = {
    "constant_memory": True,
    # A text is data, whatever it looks like: neither a formula, a link nor a number.
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


class Formula(NamedTuple):
    """A live formula without its equals sign, made by the program and never from data, and the value it has now.

    Text in it is quoted by who makes it. Only functions that Excel has had since 2007 may stand in it.
    """

    text: str
    value: int | float | str


class _PlainWorksheet(Worksheet):
    """XlsxWriter looks through every formula for fifty functions of later versions, which costs more than all else."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula


def sheet_name(text: str) -> str:
    """A name that Excel accepts: no forbidden characters, at most 31, no apostrophe at either end."""
    name = _FORBIDDEN_IN_NAME.sub(" ", clean_text(text)).replace("\n", " ").replace("\t", " ")
    name = " ".join(name.split()).strip("' ")
    while _length(name) > SHEET_NAME_LIMIT:
        name = name[:-1]
    name = name.strip("' ") or "Sheet"
    return f"{name}_" if name.lower() in _RESERVED_NAMES else name


def _length(text: str) -> int:
    """Characters as Excel counts them: a character outside the basic plane is two."""
    return len(text.encode("utf-16-le")) // 2


@contextmanager
def open_workbook(
    target: Path | BinaryIO, *, title: str, created: datetime, author: str = "", subject: str = ""
) -> Iterator[Workbook]:
    """A workbook that is written to ``target`` when the block ends without an error.

    ``created`` (aware) is the only time in the file, so that the same input gives the same bytes.
    """
    book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, _OPTIONS)
    book.set_properties(
        {
            "title": clean_text(title),
            "subject": clean_text(subject),
            "author": clean_text(author),
            "created": created.astimezone(UTC).replace(tzinfo=None),
        }
    )
    workbook = Workbook(book)
    try:
        yield workbook
    except BaseException:
        workbook.abandon()
        raise
    workbook.finish()


class Workbook:
    def __init__(self, book: Any) -> None:
        self._book = book
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._names: set[str] = set()
        self._sheets: list[Sheet] = []

    def sheet(
        self,
        name: str,
        columns: Sequence[Column],
        *,
        title: str | None = None,
        notes: Sequence[str] = (),
        banner: str | None = None,
        landscape: bool = True,
    ) -> Sheet:
        """A new sheet: title, banner and notes, then the header of a table whose rows are written one by one."""
        worksheet = self._book.add_worksheet(self._unique(sheet_name(name)), _PlainWorksheet)
        sheet = Sheet(self, worksheet, columns, title=title, notes=notes, banner=banner, landscape=landscape)
        self._sheets.append(sheet)
        return sheet

    def finish(self) -> None:
        """Close the file; ``open_workbook`` does it."""
        if not self._sheets:
            self._book.add_worksheet()
        for sheet in self._sheets:
            sheet.finish()
        self._book.close()

    def abandon(self) -> None:
        """Give back the temporary files; nobody wants half a workbook."""
        for worksheet in self._book.worksheets():
            worksheet._opt_close()
            Path(worksheet.row_data_filename).unlink(missing_ok=True)
        self._book.fileclosed = 1

    def _unique(self, name: str) -> str:
        candidate, number = name, 1
        while candidate.lower() in self._names:
            number += 1
            suffix = f" ({number})"
            stem = name
            while _length(stem) + len(suffix) > SHEET_NAME_LIMIT:
                stem = stem[:-1]
            candidate = stem + suffix
        self._names.add(candidate.lower())
        return candidate

    def format(self, **properties: Any) -> Any:
        """One format object per look, since every cell repeats its number."""
        merged = {"font_name": FONT, "font_size": 10, "valign": "vcenter", **properties}
        key = tuple(sorted(merged.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(merged)
        return self._formats[key]

    def column_chart(self) -> Any:
        return self._book.add_chart({"type": "column"})


class Sheet:
    def __init__(
        self,
        book: Workbook,
        worksheet: Any,
        columns: Sequence[Column],
        *,
        title: str | None,
        notes: Sequence[str],
        banner: str | None,
        landscape: bool,
    ) -> None:
        self._book = book
        self._sheet = worksheet
        self._columns = tuple(columns)
        self._styles = {
            emphasis: [self._style(column, emphasis) for column in self._columns]
            for emphasis in (False, True)
        }
        self._charts = 0
        self._row = 0
        for index, column in enumerate(self._columns):
            worksheet.set_column(index, index, column.width)
        self._write_above(title, notes, banner)
        self._header_row = self._row
        self._write_header()
        self._set_up_page(landscape)

    @property
    def name(self) -> str:
        return str(self._sheet.get_name())

    @property
    def row_number(self) -> int:
        """The number, as Excel shows it, of the row that is written next."""
        return self._row + 1

    def write(self, row: Mapping[str, Any] | Sequence[Any], *, emphasis: bool = False) -> None:
        """One row of the table; a mapping may leave out columns. ``emphasis`` marks totals and section heads."""
        values = [row.get(column.key) for column in self._columns] if isinstance(row, Mapping) else row
        sheet, number = self._sheet, self._row
        # Most cells are texts or empty, and a year has half a million: they take the short way.
        for index, (value, column, style) in enumerate(
            zip(values, self._columns, self._styles[emphasis], strict=True)
        ):
            if value is None or value == "":
                sheet.write_blank(number, index, None, style)
            elif type(value) is str:
                sheet.write_string(number, index, clean_text(value), style)
            else:
                self._write_value(number, index, cell_value(column, value), style)
        self._row += 1

    def write_cells(
        self, cells: Mapping[int, str | int | float | Formula | None], *, emphasis: bool = False
    ) -> None:
        """One row by the numbers of its columns, as they are: nothing is converted, and what is left out stays bare.

        Columns beyond those of the table are allowed and have no look of their own.
        """
        sheet, number, styles = self._sheet, self._row, self._styles[emphasis]
        known = len(styles)
        for index, value in cells.items():
            if value is None:
                continue
            style = styles[index] if index < known else None
            if isinstance(value, Formula):
                sheet.write_formula(number, index, value.text, style, value.value)
            elif isinstance(value, str):
                sheet.write_string(number, index, clean_text(value), style)
            else:
                sheet.write_number(number, index, value, style)
        self._row += 1

    def _write_value(self, number: int, index: int, content: str | float | date | None, style: Any) -> None:
        sheet = self._sheet
        if content is None:
            sheet.write_blank(number, index, None, style)
        elif isinstance(content, str):
            sheet.write_string(number, index, content, style)
        elif isinstance(content, date):
            sheet.write_datetime(number, index, content, style)
        else:
            sheet.write_number(number, index, content, style)

    def write_all(self, rows: Iterable[Mapping[str, Any] | Sequence[Any]]) -> None:
        for row in rows:
            self.write(row)

    def offer(
        self, key: str, choices: Sequence[str], *, rows: int | None = None, from_row: int | None = None
    ) -> None:
        """A drop-down list in the rows of this column written so far (``from_row``, as Excel counts, is the first of
        them), or in its first ``rows``; Excel takes nothing else there. Excel knows no list beyond 255 characters, and
        no choice with a comma or a quote in it, which would break the list or the whole file: such a column gets
        none."""
        is_listable = not any(sign in choice for choice in choices for sign in ',"')
        if choices and is_listable and sum(len(choice) + 1 for choice in choices) <= _CHOICES_LIMIT:
            self._validate(key, rows, {"validate": "list", "source": list(choices)}, from_row)

    def offer_range(self, key: str, sheet: str, count: int) -> None:
        """As ``offer``, with the first column of another sheet's table of ``count`` rows (without title and notes)."""
        place = sheet_name(sheet).replace("'", "''")
        self._validate(key, None, {"validate": "list", "source": f"='{place}'!$A$2:$A${count + 1}"})

    def expect_number(
        self, key: str, low: int, high: int, *, rows: int | None = None, message: str = ""
    ) -> None:
        """Nothing but a number from ``low`` to ``high`` in the same rows as ``offer``."""
        rule = {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}
        shown = {"error_message": clean_text(message)[:_MESSAGE_LIMIT]} if message else {}
        self._validate(key, rows, {**rule, **shown})

    def _validate(
        self, key: str, rows: int | None, rule: dict[str, Any], from_row: int | None = None
    ) -> None:
        place = self._index(key)
        first = self._header_row + 1 if from_row is None else from_row - 1
        last = self._row - 1 if rows is None else first + rows - 1
        if last < first:
            return
        self._sheet.data_validation(first, place, last, place, rule)

    def column_chart(
        self,
        title: str,
        *,
        categories: str,
        values: str | Sequence[str],
        y_title: str = "",
        x_title: str = "",
    ) -> None:
        """A native chart, right of the table, over the rows written so far; ``categories`` and ``values`` are keys."""
        first, last = self._header_row + 1, self._row - 1
        if last < first:
            return
        chart = self._book.column_chart()
        keys = [values] if isinstance(values, str) else list(values)
        for key in keys:
            column = self._index(key)
            chart.add_series(
                {
                    "name": [self.name, self._header_row, column],
                    "categories": [self.name, first, self._index(categories), last, self._index(categories)],
                    "values": [self.name, first, column, last, column],
                    "gap": 60,
                }
            )
        font = {"name": FONT, "size": 9}
        chart.set_title({"name": clean_text(title), "name_font": {"name": FONT, "size": 12}})
        chart.set_x_axis({"name": clean_text(x_title), "name_font": font, "num_font": font})
        chart.set_y_axis(
            {
                "name": clean_text(y_title),
                "name_font": font,
                "num_font": font,
                "major_gridlines": {"visible": True},
            }
        )
        chart.set_legend({"none": True} if len(keys) == 1 else {"position": "bottom", "font": font})
        chart.set_size({"width": 640, "height": 320})
        place = xl_rowcol_to_cell(self._header_row + self._charts * 17, len(self._columns) + 1)
        self._sheet.insert_chart(place, chart, {"description": clean_text(title)})
        self._charts += 1

    def _index(self, key: str) -> int:
        return next(index for index, column in enumerate(self._columns) if column.key == key)

    def _write_above(self, title: str | None, notes: Sequence[str], banner: str | None) -> None:
        lines: list[tuple[str, float, dict[str, Any]]] = []
        if title:
            lines.append((title, 26, {"bold": True, "font_size": 14}))
        if banner:
            lines.append((banner, 20, {"bold": True, **BANNER_COLOURS}))
        lines += [(note, 16, {"font_color": "#5A6572"}) for note in notes]
        for text, height, look in lines:
            self._sheet.set_row(self._row, height)
            style = self._book.format(**look)
            self._sheet.write_string(self._row, 0, clean_text(text), style)
            if "bg_color" in look:
                for index in range(1, len(self._columns)):
                    self._sheet.write_blank(self._row, index, None, style)
            self._row += 1

    def _write_header(self) -> None:
        style = self._book.format(
            bold=True,
            font_color="#FFFFFF",
            bg_color=HEADER_COLOUR,
            border=1,
            border_color=RULE_COLOUR,
            align="center",
            text_wrap=True,
        )
        self._sheet.set_row(self._row, 30)
        for index, column in enumerate(self._columns):
            self._sheet.write_string(self._row, index, clean_text(column.title), style)
        self._row += 1
        self._sheet.freeze_panes(self._row, 1 if len(self._columns) > 1 else 0)

    def _style(self, column: Column, emphasis: bool) -> Any:
        look: dict[str, Any] = {"border": 1, "border_color": RULE_COLOUR, "num_format": number_format(column)}
        if column.kind is Kind.WRAP:
            look.update(text_wrap=True, valign="top")
        if column.kind is Kind.RANK:
            look["align"] = "center"
        if emphasis:
            look.update(bold=True, bg_color="#EEF3F8")
        return self._book.format(**look)

    def finish(self) -> None:
        """Called once, when the last row is known."""
        if self._columns:
            self._sheet.autofilter(
                self._header_row, 0, max(self._row - 1, self._header_row), len(self._columns) - 1
            )

    def _set_up_page(self, landscape: bool) -> None:
        if landscape:
            self._sheet.set_landscape()
        self._sheet.set_paper(9)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(self._header_row)
        self._sheet.set_footer("&C&P / &N")
        self._sheet.hide_gridlines(2)
