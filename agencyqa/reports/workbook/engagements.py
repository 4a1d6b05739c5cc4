"""The sheet with the score of every engagement: what each scorer gave, by which share, and what it adds to the year."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext

from agencyqa.measures.enums import Purpose
from agencyqa.reports.workbook.content import Item, Year
from agencyqa.reports.workbook.marks import Marks
from agencyqa.scoring import fraction_from_data
from agencyqa.spreadsheets.workbook import Column, Kind, Sheet, Workbook
from agencyqa.web.labels import label_of


def engagement_sheet(book: Workbook, year: Year, marks: Marks) -> Sheet:
    return marks.sheet(
        book,
        gettext("业务得分"),
        _columns(year),
        gettext(
            "业务得分＝各评分角色百分制得分×占比之和；年度得分＝各业务得分×业务权重之和。"
            "缺评分表的业务没有得分，不按 0 分计。"
        ),
    )


def write_engagements(sheet: Sheet, items: Iterable[Item]) -> None:
    for item in items:
        sheet.write(_row(item))


def _row(item: Item) -> dict[str, Any]:
    data = item.data
    row: dict[str, Any] = {
        "contract": data["contract"],
        "object": data["object"],
        "commissioner": item.names.commissioner if item.names else None,
        "unit": item.names.unit if item.names else None,
        "agency": item.result.agency_name,
        "fee": data["fee"],
        "weight": fraction_from_data(item.traced["weight"]),
        "score": fraction_from_data(item.traced["score"]),
        "contribution": fraction_from_data(item.traced["contribution"]),
    }
    for role in data["trace"]["roles"]:
        key = role["role"]
        share = fraction_from_data(role["share"])
        percent = fraction_from_data(role["percent"])
        row[f"share:{key}"] = share
        row[f"part:{key}"] = fraction_from_data(role["contribution"])
        row[f"percent:{key}"] = percent if percent is not None or not share else gettext("未完成")
    if row["score"] is None:
        row["score"] = gettext("暂定")
    return row


def _columns(year: Year) -> tuple[Column, ...]:
    roles: list[Column] = []
    for role in year.roles:
        name = label_of(Purpose(role))
        roles += [
            Column(f"percent:{role}", gettext("%(role)s（百分制）", role=name), 14, Kind.SCORE, 4),
            Column(f"share:{role}", gettext("%(role)s占比", role=name), 12, Kind.PERCENT),
            Column(f"part:{role}", gettext("%(role)s折算", role=name), 12, Kind.SCORE, 4),
        ]
    return (
        Column("contract", gettext("合同编号"), 20),
        Column("object", gettext("评价对象"), 36),
        Column("commissioner", gettext("委托方"), 22),
        Column("unit", gettext("被评价单位"), 22),
        Column("agency", gettext("第三方机构"), 34),
        Column("fee", gettext("合同金额（元）"), 16, Kind.MONEY),
        Column("weight", gettext("业务权重"), 12, Kind.PERCENT, 4),
        *roles,
        Column("score", gettext("业务得分"), 12, Kind.SCORE, 4),
        Column("contribution", gettext("计入年度得分"), 14, Kind.SCORE, 4),
    )
