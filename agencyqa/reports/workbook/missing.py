"""The sheet with what is missing, and with what was left out or deserves a look before anybody relies on the year."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext

from agencyqa.assessments.forms.ranking_page import missing_line
from agencyqa.reports.workbook.content import Year
from agencyqa.reports.workbook.marks import Marks
from agencyqa.spreadsheets.workbook import Column, Workbook

_Row = tuple[str, str, str, str, str, str, str]


def write_missing(book: Workbook, year: Year, marks: Marks) -> None:
    sheet = marks.sheet(
        book,
        gettext("未完成"),
        _columns(),
        gettext("缺少评分的业务使机构的年度结果暂定，不按 0 分计，也不排名。"),
    )
    for row in (*_missing(year), *_noted(year)):
        sheet.write(row)


def _missing(year: Year) -> Iterator[_Row]:
    for result in year.results:
        for entry in result.missing:
            line = missing_line(entry)
            yield (
                gettext("缺少评分"),
                line.agency,
                line.contract,
                line.object_name,
                line.role,
                line.state,
                line.who,
            )


def _noted(year: Year) -> Iterator[_Row]:
    reasons = {
        "left_out": gettext("已终止，不计入"),
        "unfinished": gettext("业务尚未完成"),
        "zero_fee": gettext("合同金额为 0"),
    }
    for name, reason in reasons.items():
        for entry in year.round.notes.get(name, ()):
            yield (reason, entry["agency"], entry["contract"], entry["object"], "", "", "")


def _columns() -> tuple[Column, ...]:
    return (
        Column("reason", gettext("事由"), 16),
        Column("agency", gettext("第三方机构"), 34),
        Column("contract", gettext("合同编号"), 20),
        Column("object", gettext("评价对象"), 36),
        Column("role", gettext("缺少的内容"), 18),
        Column("state", gettext("状态"), 18),
        Column("who", gettext("待办单位"), 24),
    )
