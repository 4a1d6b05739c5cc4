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
    GIVEN = 13
    POSSIBLE = 14
    POSSIBLE_WEIGHTED = 15
    FLAG = 16
    NOTE = 17


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
    GIVEN = xl_col_to_name(At.GIVEN)
    POSSIBLE = xl_col_to_name(At.POSSIBLE)
    POSSIBLE_WEIGHTED = xl_col_to_name(At.POSSIBLE_WEIGHTED)
    FLAG = xl_col_to_name(At.FLAG)


# The inputs of a row stand to the right of everything else, as many as it has.
FIRST_INPUT = len(At)


def input_letter(number: int) -> str:
    """The column of a row's input, counted from 0."""
    return str(xl_col_to_name(FIRST_INPUT + number))


def recompute_columns() -> tuple[Column, ...]:
    return (
        Column("agency", gettext("第三方机构"), 28),
        Column("contract", gettext("合同编号"), 16),
        Column("level", gettext("层次"), 14),
        Column("item", gettext("项目"), 40),
        Column("maximum", gettext("分值或满分"), 12, Kind.POINTS),
        Column("weight", gettext("占比分子或权重"), 14, Kind.POINTS),
        Column("divisor", gettext("占比或权重分母"), 12, Kind.POINTS),
        Column("entered", gettext("评分人给分"), 12, Kind.POINTS),
        Column("computed", gettext("按规则计算"), 12, Kind.POINTS),
        Column("counted", gettext("复算"), 14, Kind.POINTS),
        Column("stored", gettext("系统存储"), 14, Kind.POINTS),
        Column("difference", gettext("差额（应为 0）"), 12, Kind.POINTS),
        Column("weighted", gettext("得分×权重"), 14, Kind.POINTS),
        Column("given", gettext("计入总分"), 12, Kind.POINTS),
        Column("possible", gettext("计入满分"), 12, Kind.POINTS),
        Column("possible_weighted", gettext("满分×权重"), 14, Kind.POINTS),
        Column("flag", gettext("不计入或适用（1 为是）"), 12, Kind.POINTS),
        Column("note", gettext("备注"), 20),
        Column("inputs", gettext("填报（依次向右）"), 16, Kind.POINTS),
    )
