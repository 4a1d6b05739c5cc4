"""The ranking from the recomputed annual figures, beside the stored one."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from agencyqa.reports.workbook.content import Year
from agencyqa.reports.workbook.marks import Marks
from agencyqa.reports.workbook.recompute.columns import Letter
from agencyqa.reports.workbook.recompute.sheet import RecomputeSheet
from agencyqa.spreadsheets.workbook import Column, Formula, Kind, Workbook


def write_recomputed_ranking(book: Workbook, year: Year, marks: Marks, figures: RecomputeSheet) -> None:
    sheet = marks.sheet(
        book,
        gettext("复算排名"),
        _columns(),
        gettext(
            "得分取自“复算”表；名次由公式排出，得分相同的并列，其后名次空出。最后一行是全部差额之和，应为 0。"
        ),
    )
    first = sheet.row_number
    last = first + len(year.results) - 1
    place = f"'{figures.name.replace(chr(39), chr(39) * 2)}'!"
    for result in year.results:
        row = sheet.row_number
        cells: dict[int, Any] = {0: result.agency_name}
        source = figures.years.get(result.agency_id)
        if source is not None and result.rounded is not None:
            figure = result.rounded / 10**result.places
            cells |= {1: Formula(f"{place}{Letter.COUNTED}{source}", figure), 3: figure}
            difference = f"ABS(ROUND(B{row}-D{row},9))"
            if result.rank is not None:
                cells |= {2: Formula(f"RANK(B{row},B${first}:B${last})", result.rank), 4: result.rank}
                difference += f"+ABS(C{row}-E{row})"
            cells[5] = Formula(difference, 0)
        sheet.write_cells(cells)
    row = sheet.row_number
    last_figure = max(figures.last_row, figures.first_row)
    parts = [f"SUM({place}{Letter.DIFFERENCE}{figures.first_row}:{Letter.DIFFERENCE}{last_figure})"]
    if last >= first:
        parts.append(f"SUM(F{first}:F{row - 1})")
    sheet.write_cells({0: gettext("差额合计"), 5: Formula("+".join(parts), 0)}, emphasis=True)


def _columns() -> tuple[Column, ...]:
    return (
        Column("agency", gettext("第三方机构"), 34),
        Column("figure", gettext("得分（复算）"), 14, Kind.POINTS),
        Column("rank", gettext("名次（复算）"), 14, Kind.POINTS),
        Column("stored", gettext("得分（系统存储）"), 16, Kind.POINTS),
        Column("stored_rank", gettext("名次（系统存储）"), 16, Kind.POINTS),
        Column("difference", gettext("差额（应为 0）"), 14, Kind.POINTS),
    )
