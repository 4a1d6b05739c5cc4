"""The sheet with the ranking."""

from __future__ import annotations

from fractions import Fraction

from flask_babel import gettext

from agencyqa.assessments.annual import SHOWN_PLACES
from agencyqa.assessments.forms.ranking_page import band_label, group_label, measure_label
from agencyqa.reports.workbook.content import Year
from agencyqa.reports.workbook.marks import Marks
from agencyqa.spreadsheets.workbook import Column, Kind, Workbook
from agencyqa.web.labels import label_of


def write_ranking(book: Workbook, year: Year, marks: Marks) -> None:
    """The stored figures themselves; an agency without a complete result has no total and no rank."""
    sheet = marks.sheet(
        book, gettext("排名"), _columns(year), gettext("名次相同的并列，其后名次空出；结果暂定的不排名。")
    )
    for result in year.results:
        row = {
            "rank": result.rank,
            "agency": result.agency_name,
            "credit_code": year.credit_codes.get(result.agency_id),
            "total": None if result.rounded is None else Fraction(result.rounded, 10**result.places),
            "grade": band_label(year.grades.bands, result.grade),
            "state": label_of(result.state),
            "engagements": result.engagement_count,
            "missing": result.missing_count,
            "group": group_label(result.rank_group),
            "group_rank": result.group_rank,
        }
        for key in year.measures:
            held = result.measure_scores.get(key)
            if held is None:
                continue
            if held["rounded"] is not None:
                row[f"measure:{key}"] = Fraction(held["rounded"], 10**SHOWN_PLACES)
            if held["maximum"] is not None:
                row[f"maximum:{key}"] = Fraction(held["maximum"])
        sheet.write(row)
    if any(result.rounded is not None for result in year.results):
        sheet.column_chart(
            gettext("年度考核得分"), categories="agency", values="total", y_title=gettext("得分（百分制）")
        )


def _columns(year: Year) -> tuple[Column, ...]:
    measures: list[Column] = []
    for key in year.measures:
        name = measure_label(key)
        measures += [
            Column(f"measure:{key}", gettext("%(measure)s 小计", measure=name), 11, Kind.SCORE),
            Column(f"maximum:{key}", gettext("%(measure)s 满分", measure=name), 11, Kind.SCORE),
        ]
    return (
        Column("rank", gettext("名次"), 7, Kind.RANK),
        *_group_columns(year),
        Column("agency", gettext("第三方机构"), 34),
        Column("credit_code", gettext("统一社会信用代码"), 22),
        Column("total", gettext("得分"), 10, Kind.SCORE),
        *measures,
        Column("grade", gettext("等级"), 8),
        Column("state", gettext("结果状态"), 12),
        Column("engagements", gettext("业务数"), 9, Kind.INT),
        Column("missing", gettext("未完成项"), 10, Kind.INT),
    )


def _group_columns(year: Year) -> tuple[Column, ...]:
    """Only where the rules of the year rank agencies among their own kind as well."""
    if all(result.group_count is None for result in year.results):
        return ()
    return (
        Column("group", gettext("组别"), 18),
        Column("group_rank", gettext("组内名次"), 10, Kind.RANK),
    )
