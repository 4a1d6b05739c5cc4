"""Workbooks of agencies for tests, as an officer would fill in the template."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from tests.factories.agencies import make_credit_code

HEADINGS = (
    "机构名称",
    "统一社会信用代码",
    "机构类型",
    "成立日期",
    "法定代表人（负责人）",
    "地址",
    "联系人",
    "联系电话",
    "电子邮箱",
    "已在信用管理平台备案",
    "申请（登记）日期",
    "办理方式",
    "说明",
    "备案编号",
    "备案日期",
    "总部的统一社会信用代码",
    "业务领域",
)


def line(name: str, code: str | None = None, **changes: Any) -> list[Any]:
    """A row that is right; ``changes`` by heading, where 申请日期 is short for 申请（登记）日期."""
    if "申请日期" in changes:
        changes["申请（登记）日期"] = changes.pop("申请日期")
    values: dict[str, Any] = dict.fromkeys(HEADINGS) | {
        "机构名称": name,
        "统一社会信用代码": code or make_credit_code(),
        "机构类型": "会计师事务所",
        "成立日期": date(2010, 5, 1),
        "法定代表人（负责人）": "王明",
        "申请（登记）日期": date(2022, 6, 1),
        "办理方式": "受理并准予登记",
    }
    return list((values | changes).values())


def workbook(*rows: Sequence[Any], headings: Sequence[str] = HEADINGS) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "机构"
    for row in (headings, *rows):
        sheet.append(list(row))
    target = BytesIO()
    book.save(target)
    return target.getvalue()
