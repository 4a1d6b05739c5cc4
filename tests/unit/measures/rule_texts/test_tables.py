"""Tables as bureaus have them: columns in any order, sections, subtotals, merged cells, rows that go on."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import openpyxl

from agencyqa.measures.rule_texts.tables import FreeTable, read_free_table


def table(rows: Sequence[Sequence[Any]], merges: Sequence[str] = ()) -> FreeTable:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(list(row))
    for area in merges:
        sheet.merge_cells(area)
    target = BytesIO()
    book.save(target)
    return read_free_table(target.getvalue())


def in_short(found: FreeTable) -> list[tuple[str, str, str, str]]:
    assert found.faults == []
    return [(row.section, row.label, row.points, row.text) for row in found.rows]


def test_columns_in_any_order_below_a_title() -> None:
    found = table(
        [
            ["某区第三方机构考核评分表"],
            [],
            ["序号", "评分标准", "分值（分）", "考核内容", "得分"],
            [1, "每缺一项扣0.5分，扣完为止", 5, "方案要素", None],
            [2, "是得5分，否得0分", "５分", "按时提交", None],
            ["合计", None, 10],
        ]
    )
    assert in_short(found) == [
        ("", "方案要素", "5", "每缺一项扣0.5分，扣完为止"),
        ("", "按时提交", "5", "是得5分，否得0分"),
    ]
    assert found.notes == []


def test_levels_of_indicators_merged_over_rows() -> None:
    found = table(
        [
            ["一级指标", "二级指标", "分值", "计分标准"],
            ["组织管理", "人员配备", 10, "优得8-10分"],
            [None, None, None, "良得5-8分"],
            [None, None, None, "差得0-5分"],
            [None, "内部控制", 5, "每缺一项扣1分，扣完为止"],
            ["工作质量", "报告质量", 20.5, "每处错误扣0.5分，扣完为止"],
        ],
        ["A2:A5", "B2:B4", "C2:C4"],
    )
    assert in_short(found) == [
        ("组织管理", "人员配备", "10", "优得8-10分\n良得5-8分\n差得0-5分"),
        ("组织管理", "内部控制", "5", "每缺一项扣1分，扣完为止"),
        ("工作质量", "报告质量", "20.5", "每处错误扣0.5分，扣完为止"),
    ]
    assert [note.code for note in found.notes] == ["free_table.continued"] * 2
    assert found.notes[0].where == "Sheet!D3"


def test_section_rows_subtotals_and_points_in_the_name() -> None:
    found = table(
        [
            ["考核项目", "分值", "评分标准"],
            ["一、事前（30分）"],
            ["工作组能力", 15, "强10-15分，一般5-10分，差0-5分"],
            ["人员稳定（15分）", None, "稳定得15分，随意更换不得分"],
            ["小计", 30],
            ["二、事中"],
            ["沟通情况", "二十分", "好13-20分，一般7-12分，差0-6分"],
            ["合计", 60],
        ]
    )
    assert [(row.section, row.label, row.points) for row in found.rows] == [
        ("一、事前", "工作组能力", "15"),
        ("一、事前", "人员稳定", "15"),
        ("二、事中", "沟通情况", "20"),
    ]
    assert [(note.where, note.text) for note in found.notes] == [
        ("Sheet!B8", "表中合计 60 分，以上各项之和为 50 分。")
    ]


def test_two_rules_with_points_of_their_own_below_one_item() -> None:
    found = table(
        [
            ["考核内容", "分值", "评分标准"],
            ["语言", 3, "每处扣0.5分，扣完为止"],
            [None, 1, "排版每处扣0.2分，扣完为止"],
        ]
    )
    assert [(row.label, row.points) for row in found.rows] == [("语言", "3"), ("语言（2）", "1")]
    assert [note.code for note in found.notes] == ["free_table.second_row"]


def test_what_is_not_clear_is_said_with_its_cell() -> None:
    found = table([["考核内容", "分值", "评分标准"], ["质量", "若干", "酌情打分"], [None, 5, None]])
    assert [(note.where, note.code) for note in found.notes] == [("Sheet!B2", "free_table.points_unclear")]
    assert [(row.label, row.points) for row in found.rows] == [("质量", "5")]
    assert table([["日期", "金额"], [1, 2]]).faults[0].code == "free_table.no_header"
    assert table([["考核内容", "分值", "评分标准"]]).faults[0].code == "free_table.no_items"
    many: list[list[Any]] = [
        ["考核内容", "分值", "评分标准"],
        *([f"项{n}", 1, "酌情打分"] for n in range(101)),
    ]
    assert table(many).faults[0].text == "考核项过多，最多 100 项。"
