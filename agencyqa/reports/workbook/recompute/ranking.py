"""The ranking from the recomputed annual figures, beside the stored one."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from agencyqa.assessments.enums import ResultState
from agencyqa.assessments.forms.ranking_page import group_label
from agencyqa.assessments.models import AnnualResult
from agencyqa.reports.workbook.content import Year
from agencyqa.reports.workbook.marks import Marks
from agencyqa.reports.workbook.recompute.agency import YearRows
from agencyqa.reports.workbook.recompute.columns import Letter
from agencyqa.reports.workbook.recompute.sheet import RecomputeSheet
from agencyqa.spreadsheets.workbook import Column, Formula, Kind, Workbook

# Beside what every ranking has: the figure that is ranked, and the places among agencies of a kind.
_RANKED, _GROUP, _GROUP_RANK, _STORED_GROUP_RANK = 6, 7, 8, 9


def write_recomputed_ranking(book: Workbook, year: Year, marks: Marks, figures: RecomputeSheet) -> None:
    has_least = any(source.count is not None for source in figures.years.values())
    is_grouped = any(result.group_count is not None for result in year.results)
    sheet = marks.sheet(
        book,
        gettext("复算排名"),
        _columns(is_extended=has_least or is_grouped, is_grouped=is_grouped),
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
            cells |= {1: Formula(f"{place}{Letter.COUNTED}{source.rounded}", figure), 3: figure}
            differences = [f"ABS(ROUND(B{row}-D{row},9))"]
            if has_least or is_grouped:
                cells[_RANKED] = _ranked(result, source, place, row, figure)
            if result.rank is not None:
                among = "G" if has_least or is_grouped else "B"
                area = f"{among}${first}:{among}${last}"
                cells |= {2: Formula(f"RANK({among}{row},{area})", result.rank), 4: result.rank}
                differences.append(f"ABS(C{row}-E{row})")
            if result.group_rank is not None:
                kind = f"H${first}:H${last},H{row}"
                better = f'COUNTIFS({kind},G${first}:G${last},">"&G{row})'
                cells[_GROUP_RANK] = Formula(f"1+{better}", result.group_rank)
                cells[_STORED_GROUP_RANK] = result.group_rank
                differences.append(f"ABS(I{row}-J{row})")
            cells[5] = Formula("+".join(differences), 0)
        if result.group_count is not None:
            # An empty cell would be looked for as 0.
            cells[_GROUP] = group_label(result.rank_group) or "—"
        sheet.write_cells(cells)
    row = sheet.row_number
    last_figure = max(figures.last_row, figures.first_row)
    parts = [f"SUM({place}{Letter.DIFFERENCE}{figures.first_row}:{Letter.DIFFERENCE}{last_figure})"]
    if last >= first:
        parts.append(f"SUM(F{first}:F{row - 1})")
    sheet.write_cells({0: gettext("差额合计"), 5: Formula("+".join(parts), 0)}, emphasis=True)


def _ranked(result: AnnualResult, source: YearRows, place: str, row: int, figure: float) -> Formula:
    """The figure where it is ranked. With too few engagements it is not, and an empty text ranks nobody."""
    if source.count is None:
        return Formula(f"B{row}", figure)
    is_few = f"{place}{Letter.COUNTED}{source.count}<{place}{Letter.MAXIMUM}{source.count}"
    return Formula(f'IF({is_few},"",B{row})', "" if result.state is ResultState.TOO_FEW else figure)


def _columns(*, is_extended: bool, is_grouped: bool) -> tuple[Column, ...]:
    ranked = Column("ranked", gettext("参加排名的得分"), 14, Kind.POINTS)
    grouped = (
        Column("group", gettext("组别"), 18),
        Column("group_rank", gettext("组内名次（复算）"), 16, Kind.POINTS),
        Column("stored_group_rank", gettext("组内名次（系统存储）"), 18, Kind.POINTS),
    )
    return (
        Column("agency", gettext("第三方机构"), 34),
        Column("figure", gettext("得分（复算）"), 14, Kind.POINTS),
        Column("rank", gettext("名次（复算）"), 14, Kind.POINTS),
        Column("stored", gettext("得分（系统存储）"), 16, Kind.POINTS),
        Column("stored_rank", gettext("名次（系统存储）"), 16, Kind.POINTS),
        Column("difference", gettext("差额（应为 0）"), 14, Kind.POINTS),
        *((ranked,) if is_extended else ()),
        *(grouped if is_grouped else ()),
    )
