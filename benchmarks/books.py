"""The annual workbook beside XlsxWriter alone, which writes the very cells that ours holds."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from agencyqa.extensions import db
from agencyqa.reports.workbook import write_workbook
from benchmarks.data import NOW, Filled, actor_of
from benchmarks.measure import Line, by_turns, peak_of, statements

Cell = str | float | int | bool | date | datetime | time | timedelta
Sheets = list[tuple[str, list[list[Cell]]]]
# They leave cells bare where they say nothing. The floor writes the results of their formulas, not the formulas.
BARE = ("复算", "复算排名")


def workbook_line(username: str, filled: Filled, folder: Path, *, rounds: int) -> Line:
    session = db.session()
    actor = actor_of(session, username)
    ours, bare = folder / "ours.xlsx", folder / "bare.xlsx"

    def product() -> None:
        # Nothing that the last turn loaded may help this one.
        session.rollback()
        session.expunge_all()
        write_workbook(session, actor, filled.round_id, ours, now=NOW)

    with statements(db.engine) as sent:
        product()
    sheets = read_cells(ours)
    floor, taken = by_turns(lambda: write_cells(sheets, bare), product, rounds=rounds)
    cells = sum(name not in BARE or value != "" for name, rows in sheets for row in rows for value in row)
    return Line(
        f"annual workbook, {cells:,} cells",
        floor,
        taken,
        len(sent),
        peak_of(product),
        peak_of(lambda: write_cells(sheets, bare)),
        remark=f"file {ours.stat().st_size / 1e6:.1f} MB, floor {bare.stat().st_size / 1e6:.1f} MB",
    )


def read_cells(file: Path) -> Sheets:
    book = CalamineWorkbook.from_path(str(file))
    return [
        (name, [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)])
        for name in book.sheet_names
    ]


def write_cells(sheets: Sheets, file: Path) -> None:
    """One format for all cells, empty ones included: they have their borders in ours as well."""
    book = xlsxwriter.Workbook(str(file), {"constant_memory": True})
    style = book.add_format({"border": 1})
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for index, value in enumerate(row):
                if value == "":
                    if name not in BARE:
                        sheet.write_blank(number, index, None, style)
                elif isinstance(value, str):
                    sheet.write_string(number, index, value, style)
                elif isinstance(value, int | float):
                    sheet.write_number(number, index, value, style)
    book.close()
