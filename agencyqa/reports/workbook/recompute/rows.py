"""The rows of the recomputing sheet: a figure by its formula, the stored one beside it, and their difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext

from agencyqa.reports.workbook.recompute.columns import At, Letter
from agencyqa.spreadsheets.workbook import Formula, Sheet

_DIFFERENCE = f"ABS(ROUND({Letter.COUNTED}{{0}}-{Letter.STORED}{{0}},9))"
_IS_OTHER = f"IF({Letter.COUNTED}{{0}}={Letter.STORED}{{0}},0,1)"

Cells = Mapping[int, Any]


class Rows:
    """``words`` are the levels and states in the reader's language, looked up once for a year."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.words = {
            "criterion": gettext("考核项"),
            "section": gettext("部分"),
            "assessed": gettext("已评满分"),
            "veto": gettext("一票否决"),
            "sheet": gettext("评分表"),
            "percent": gettext("得分率"),
            "grade": gettext("等级"),
            "panel": gettext("专家组"),
            "engagement": gettext("委托业务"),
            "count": gettext("业务项数"),
            "part": gettext("年度组成"),
            "credit": gettext("积分"),
            "account": gettext("积分合计"),
            "year": gettext("年度"),
            "rounded": gettext("年度（四舍五入）"),
            "left_out": gettext("不计入"),
            "provisional": gettext("暂定"),
            "too_few": gettext("业务数不足"),
            "too_large": gettext("不复算：数值超出表格双精度数能精确表示的范围"),
            "near_half": gettext("不复算：得分紧邻半数，表格的双精度数不能保证四舍五入"),
            "not_found": gettext("评分表未找到，取计算年度结果时存储的总分"),
        }

    @property
    def next(self) -> int:
        """The number of the row that is written next."""
        return self._sheet.row_number

    def put(self, cells: Cells, *, emphasis: bool = False) -> int:
        row = self.next
        self._sheet.write_cells(cells, emphasis=emphasis)
        return row

    def figure(
        self,
        cells: Cells,
        formula: str,
        stored: float | None,
        *,
        shown: float | None = None,
        emphasis: bool = False,
    ) -> int:
        """``shown`` is what the formula gives now; that is the stored figure, except where nothing is stored."""
        now = (stored if shown is None else shown) or 0
        held: dict[int, Any] = {**cells, At.COUNTED: Formula(formula, now), At.STORED: stored}
        return self.put({**held, At.DIFFERENCE: difference(self.next)}, emphasis=emphasis)

    def refused(
        self, cells: Cells, stored: float | str | None, reason: str, *, emphasis: bool = False
    ) -> int:
        """A stored figure that binary numbers do not give exactly, with the reason."""
        return self.put({**cells, At.COUNTED: stored, At.STORED: stored, At.NOTE: reason}, emphasis=emphasis)

    def text(self, level: str, formula: str, stored: str) -> int:
        cells: dict[int, Any] = {At.LEVEL: level, At.COUNTED: Formula(formula, stored), At.STORED: stored}
        return self.put({**cells, At.DIFFERENCE: is_other(self.next)})


def difference(row: int) -> Formula:
    return Formula(_DIFFERENCE.format(row), 0)


def is_other(row: int) -> Formula:
    """For what may be a word instead of a figure."""
    return Formula(_IS_OTHER.format(row), 0)


def summed(cells: Iterable[tuple[str, int]]) -> str:
    """The sum of cells, given by letter and row; those below each other as one area. Words in them count nothing."""
    areas: list[tuple[str, int, int]] = []
    for letter, row in cells:
        if areas and areas[-1][0] == letter and areas[-1][2] == row - 1:
            areas[-1] = (letter, areas[-1][1], row)
        else:
            areas.append((letter, row, row))
    if not areas:
        return "0"
    named = (f"{letter}{top}" if top == end else f"{letter}{top}:{letter}{end}" for letter, top, end in areas)
    return f"SUM({','.join(named)})"
