"""The sheet that recomputes: criterion, section, total, percent, grade, engagement and year, each from the rows above.

Everything stands in one sheet, and is written row by row like any other.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext

from agencyqa.reports.workbook.content import Item, Year
from agencyqa.reports.workbook.marks import Marks
from agencyqa.reports.workbook.recompute.agency import AgencyRows, AgencyYear, YearRows
from agencyqa.reports.workbook.recompute.columns import recompute_columns
from agencyqa.reports.workbook.recompute.engagement import write_engagement
from agencyqa.reports.workbook.recompute.exactness import LIFT
from agencyqa.reports.workbook.recompute.rows import Rows
from agencyqa.reports.workbook.recompute.score_sheets import ScoreSheets
from agencyqa.spreadsheets.workbook import Workbook


class RecomputeSheet:
    """Takes the items in the order of the ranking; ``finish`` after the last one.

    ``years`` has the rows of the annual figure of each agency, for the sheet of the ranking.
    """

    def __init__(self, book: Workbook, year: Year, marks: Marks) -> None:
        self._sheet = marks.sheet(
            book,
            gettext("复算"),
            recompute_columns(),
            gettext(
                "分值、得分和填报均为万分之一分的整数（23 分为 230000）；得分率、业务和年度得分为百分制。"
                "“复算”一栏全是公式，改动填报、分值或权重即重新计算；“差额”应全为 0。"
            ),
            gettext(
                "按权重计分的，权重约为整数，“得分×权重”逐项累计，各项计入总分的为累计数四舍五入后之差；"
                "加分项的“得分×权重”为条件成立时的得分。"
            ),
            gettext(
                "公式中的 +%(lift)s 只用来防止二进制小数把恰好半数算低；"
                "个别不能由表格精确计算的行注明“不复算”和原因，见计分过程。",
                lift=LIFT,
            ),
        )
        self.first_row = self._sheet.row_number
        self._rows = Rows(self._sheet)
        self._sheets = ScoreSheets(self._rows)
        self._year = AgencyYear(self._rows, self._sheets, year)
        self._agency: AgencyRows | None = None
        self.years: dict[int, YearRows] = {}

    @property
    def name(self) -> str:
        return self._sheet.name

    @property
    def last_row(self) -> int:
        return self._sheet.row_number - 1

    def write(self, items: Iterable[Item]) -> None:
        for item in items:
            if self._agency is None or item.position == 0:
                self.finish()
                self._agency = AgencyRows(item.result, item.form)
            self._agency.engagements.append(write_engagement(self._rows, self._sheets, item))

    def finish(self) -> None:
        """Write the year of the agency whose engagements came last."""
        if self._agency is None:
            return
        found = self._year.write(self._agency)
        if found is not None:
            self.years[self._agency.result.agency_id] = found
        self._agency = None
