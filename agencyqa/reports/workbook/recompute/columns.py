"""The columns of the recomputing sheet, by the letters that its formulas name."""

from __future__ import annotations

from enum import IntEnum

from flask_babel import gettext
from xlsxwriter.utility import xl_col_to_name

from agencyqa.spreadsheets.workbook import Column, Kind


class At(IntEnum):
    """The columns, counted from 0."""

    AGENCY = 0
    CONTRACT = 1
    LEVEL = 2
    ITEM = 3
    MAXIMUM = 4
    WEIGHT = 5
    DIVISOR = 6
    ENTERED = 7
    COMPUTED = 8
    COUNTED = 9
    STORED = 10
    DIFFERENCE = 11
    WEIGHTED = 12
    NOTE = 13


class Letter:
    """The same as formulas name them: constants, because a year has tens of thousands of formulas."""

    LEVEL = xl_col_to_name(At.LEVEL)
    MAXIMUM = xl_col_to_name(At.MAXIMUM)
    WEIGHT = xl_col_to_name(At.WEIGHT)
    DIVISOR = xl_col_to_name(At.DIVISOR)
    ENTERED = xl_col_to_name(At.ENTERED)
    COUNTED = xl_col_to_name(At.COUNTED)
    STORED = xl_col_to_name(At.STORED)
    DIFFERENCE = xl_col_to_name(At.DIFFERENCE)
    WEIGHTED = xl_col_to_name(At.WEIGHTED)


# The inputs of a criterion stand to the right of everything else, as many as it has.
FIRST_INPUT = len(At)


def recompute_columns() -> tuple[Column, ...]:
    return (
        Column("agency", gettext("第三方机构"), 28),
        Column("contract", gettext("合同编号"), 16),
        Column("level", gettext("层次"), 14),
        Column("item", gettext("项目"), 40),
        Column("maximum", gettext("分值或满分"), 12, Kind.POINTS),
        Column("weight", gettext("占比分子或业务权重"), 14, Kind.POINTS),
        Column("divisor", gettext("占比分母"), 10, Kind.POINTS),
        Column("entered", gettext("评分人给分"), 12, Kind.POINTS),
        Column("computed", gettext("按规则计算"), 12, Kind.POINTS),
        Column("counted", gettext("复算"), 14, Kind.POINTS),
        Column("stored", gettext("系统存储"), 14, Kind.POINTS),
        Column("difference", gettext("差额（应为 0）"), 12, Kind.POINTS),
        Column("weighted", gettext("得分×权重"), 14, Kind.POINTS),
        Column("note", gettext("备注"), 20),
    )
