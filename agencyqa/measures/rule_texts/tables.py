"""A bureau's own table: columns for item, points and rule text in whatever order, sections, subtotals, merged cells.

Nothing is decided here about a rule; ``read_rule`` looks at the texts afterwards.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from agencyqa.measures.book_document import BOOK_LIMITS, BookFault, table_fault
from agencyqa.measures.rule_texts.messages import TABLE_SENTENCES
from agencyqa.measures.rule_texts.source import NUMBER, source_of, value_of
from agencyqa.scoring import SCALE, format_points
from agencyqa.spreadsheets.tables import Grid, Problem, UnreadableTable, read_grid, sheet_names

MOST_ITEMS = 100
HEADER_SEARCH = 30
_ITEM = frozenset(
    (
        "考核项 考核项目 考核内容 考核指标 考核要点 考评内容 考评项目 考评指标 评分项 评分项目 "
        "评分内容 评分要素 评价内容 评价指标 评价项目 评价要素 指标 指标名称 项目 内容 要素 "
        "一级指标 二级指标 三级指标 类别 考核类别 考核方面 item criterion "
    ).split()
)
_POINTS = frozenset(
    (
        "分值 满分 标准分 标准分值 分数 权重 权重（分值） 分值（分） 分值(分) 满分值 "
        "满分（分） 配分 points maximumpoints "
    ).split()
)
_TEXT = frozenset(
    (
        "评分标准 计分标准 扣分标准 考核标准 评价标准 评分细则 考核细则 计分细则 评分办法 "
        "计分办法 评分方法 计分方法 评分规则 计分规则 评分说明 标准 考核评分标准 评分标准及说明 "
        "rule ruletext "
    ).split()
)
_TOTAL = re.compile(r"^(?:小计|合计|总计|总分|总得分|分值合计|得分合计|共计)")
_SECTION = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十]+(?:部分|类)|（[一二三四五六七八九十]+）)"
)
_STATED = re.compile(rf"[（(](?:满分)?({NUMBER})分[)）]")


@dataclass
class FreeRow:
    """``points`` is exact text, "" where the table does not say. ``where`` is the cell of the item."""

    section: str
    label: str
    points: str
    text: str
    where: str


@dataclass
class FreeTable:
    rows: list[FreeRow] = field(default_factory=list)
    faults: list[BookFault] = field(default_factory=list)
    notes: list[BookFault] = field(default_factory=list)


def read_free_table(data: bytes) -> FreeTable:
    """The first sheet that has such a table. Never raises for what is in the file."""
    try:
        names = sheet_names(data, limits=BOOK_LIMITS)
        for name in names:
            reader = _Reader(read_grid(data, name, limits=BOOK_LIMITS))
            if reader.find_header():
                return reader.table()
    except UnreadableTable as error:
        return FreeTable(faults=[table_fault(error.problem, TABLE_SENTENCES)])
    return FreeTable(faults=[table_fault(Problem("", None, "free_table.no_header"), TABLE_SENTENCES)])


class _Reader:
    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.header = -1
        self.items: list[int] = []
        self.points = -1
        self.text = -1
        self.result = FreeTable()
        self.section = ""
        self.summed = Fraction(0)

    def find_header(self) -> bool:
        for index, row in enumerate(self.grid.rows[:HEADER_SEARCH]):
            titles = [_title(value) for value in row]
            items = [place for place, title in enumerate(titles) if title in _ITEM]
            points = [place for place, title in enumerate(titles) if title in _POINTS]
            texts = [place for place, title in enumerate(titles) if title in _TEXT]
            if items and texts and (points or len(items) + len(texts) > 1):
                self.header, self.items = index, items
                self.points, self.text = points[0] if points else -1, texts[0]
                return True
        return False

    def table(self) -> FreeTable:
        for index in range(self.header + 1, len(self.grid.rows)):
            self._row(index)
        if not self.result.rows:
            self._fault("free_table.no_items", self.header, self.items[0])
        if len(self.result.rows) > MOST_ITEMS:
            self._fault("free_table.too_many", self.header, self.items[0], number=MOST_ITEMS)
        return self.result

    # --------------------------------------------------------------------------------------------- rows

    def _row(self, index: int) -> None:
        cells = [_plain(value) for value in self.grid.rows[index]]
        if not any(cells):
            return
        first = next(cell for cell in cells if cell)
        if _TOTAL.match(first):
            self._total(index)
            return
        labels = [(place, self._cell(index, place)) for place in self.items]
        named = [(place, label) for place, label in labels if label]
        text, points = self._cell(index, self.text), self._points(index)
        if len(self.items) > 1 and labels[0][1] and (len(named) > 1 or not text):
            self.section = labels[0][1]
            named = named[1:]
            if not named and not text:
                return
        alone = [cell for cell in dict.fromkeys(cells) if cell]
        if not text and (_SECTION.match(first) or (len(alone) == 1 and not points)):
            self.section = _STATED.sub("", first)
            return
        if named:
            label = " ".join(label for _, label in named)
            stated = _STATED.search(label)
            if not points and stated:
                points, label = _figure(stated.group(1)), _STATED.sub("", label).strip()
            self._add(FreeRow(self.section, label, points, text, self.grid.at(index, named[-1][0])))
        elif (text or points) and self.result.rows:
            self._continue(index, text, points)
        elif text or points:
            self._fault("free_table.no_item", index, self.text)

    def _add(self, row: FreeRow) -> None:
        self.result.rows.append(row)
        if row.points:
            self.summed += Fraction(row.points)

    def _continue(self, index: int, text: str, points: str) -> None:
        """A row without an item goes on with the one above, as below a merged cell; with points it stands beside it."""
        above = self.result.rows[-1]
        if points and text and above.points and above.text:
            number = sum(row.label.startswith(above.label) for row in self.result.rows) + 1
            label = f"{above.label}（{number}）"
            self._add(FreeRow(above.section, label, points, text, self.grid.at(index, self.text)))
            self._note("free_table.second_row", index, self.text, label=label)
            return
        if points and not above.points:
            above.points = points
            self.summed += Fraction(points)
        if not text:
            return
        above.text = f"{above.text}\n{text}" if above.text else text
        self._note("free_table.continued", index, self.text, label=above.label)

    def _total(self, index: int) -> None:
        """A sum over all that came before is compared; one over a section cannot be told from it and may differ."""
        stated = self._points(index)
        if (
            stated
            and Fraction(stated) != self.summed
            and _plain(self.grid.rows[index][0]).startswith(("合计", "总"))
        ):
            summed = format_points(int(self.summed * SCALE))
            self._note("free_table.sum_differs", index, max(self.points, 0), stated=stated, sum=summed)

    # -------------------------------------------------------------------------------------------- cells

    def _cell(self, index: int, place: int) -> str:
        row = self.grid.rows[index]
        return _plain(row[place]) if 0 <= place < len(row) else ""

    def _points(self, index: int) -> str:
        held = self._cell(index, self.points)
        if not held:
            return ""
        found = _figure(held)
        if not found and not _TOTAL.match(held):
            self._note("free_table.points_unclear", index, self.points, value=held[:40])
        return found

    def _fault(self, code: str, row: int, column: int, **params: Any) -> None:
        self.result.faults.append(self._told(code, row, column, params))

    def _note(self, code: str, row: int, column: int, **params: Any) -> None:
        self.result.notes.append(self._told(code, row, column, params))

    def _told(self, code: str, row: int, column: int, params: dict[str, Any]) -> BookFault:
        cell = self.grid.at(row, column).rpartition("!")[2]
        return table_fault(Problem(self.grid.sheet, cell, code, params), TABLE_SENTENCES)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value).strip()


def _title(value: Any) -> str:
    text = "".join(unicodedata.normalize("NFKC", _plain(value)).split()).casefold().strip("*：:")
    return text.replace("(", "（").replace(")", "）")


def _figure(text: str) -> str:
    """ "15", "15分", "（15 分）" as exact points; "" for what is no such figure."""
    plain = source_of(text).text.strip("（）")
    found = re.fullmatch(rf"({NUMBER})分?", plain)
    value = value_of(found.group(1)) if found else None
    if value is None or (value * SCALE).denominator != 1 or value > 1_000_000:
        return ""
    return format_points(int(value * SCALE))
