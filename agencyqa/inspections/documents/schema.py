"""The names a record template may use, with what each one holds: the list on the page, and the check of a template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

# A list with one dict in it is a table that a template loops over.
RECORD: dict[str, Any] = {
    "number": _l("抽查编号"),
    "bureau": _l("财政局"),
    "agency": _l("被检查机构"),
    "credit_code": _l("统一社会信用代码"),
    "contract": _l("合同编号；检查机构整体时写明"),
    "object": _l("评价对象"),
    "commissioner": _l("委托方"),
    "evaluated_unit": _l("被评价单位"),
    "checked_on": _l("检查日期"),
    "channel": _l("检查方式"),
    "purpose": _l("检查事由"),
    "summary": _l("检查情况"),
    "state": _l("记录状态"),
    "recorded_on": _l("记录日期"),
    "printed_on": _l("打印日期"),
    "inspectors": [{"name": _l("检查人员姓名")}],
    "items": [
        {
            "number": _l("序号"),
            "text": _l("检查内容"),
            "provision": _l("依据"),
            "answer": _l("检查结果"),
            "note": _l("说明"),
        }
    ],
    "findings": [
        {
            "number": _l("问题编号"),
            "fault": _l("问题类型"),
            "severity": _l("严重程度"),
            "occurrences": _l("次数"),
            "facts": _l("事实"),
            "fact_on": _l("事实发生日期"),
            "provision": _l("依据"),
            "provision_text": _l("依据的内容"),
            "state": _l("状态"),
            "statement": _l("机构的陈述"),
            "stated_on": _l("陈述日期"),
            "decision": _l("认定意见"),
            "decided_on": _l("认定日期"),
            "order": _l("所在的整改通知"),
        }
    ],
    "orders": [
        {
            "number": _l("整改编号"),
            "issued_on": _l("下达日期"),
            "due_on": _l("整改期限"),
            "state": _l("状态"),
            "demand": _l("整改要求"),
            "findings": _l("涉及的问题"),
            "closed_on": _l("办结日期"),
            "close_reason": _l("办结理由"),
            "answers": [
                {
                    "number": _l("次序"),
                    "submitted_on": _l("提交日期"),
                    "late": _l("逾期情况"),
                    "text": _l("整改情况"),
                    "verdicts": [{"title": _l("核查结论"), "on": _l("核查日期"), "note": _l("核查意见")}],
                }
            ],
        }
    ],
}

# The name of one line of each table, as the shipped template and the list on the page call it.
LINE_NAMES = {
    "inspectors": "inspector",
    "items": "item",
    "findings": "finding",
    "orders": "order",
    "answers": "answer",
    "verdicts": "verdict",
}


def placeholders(
    shape: dict[str, Any] | None = None, owner: str = ""
) -> Iterator[tuple[str, str, LazyString | None]]:
    """(how it is written, the loop it stands in or "", meaning), depth first."""
    for name, held in (RECORD if shape is None else shape).items():
        written = f"{owner}.{name}" if owner else name
        if isinstance(held, list):
            line = LINE_NAMES[name]
            yield f"for {line} in {written}", owner, None
            yield from placeholders(held[0], line)
        else:
            yield written, owner, held


def sample(shape: dict[str, Any] | None = None, *, lines: int = 2) -> dict[str, Any]:
    """A record with ``lines`` lines in every table, to try a template on."""
    return {
        name: [sample(held[0], lines=lines) for _ in range(lines)]
        if isinstance(held, list)
        else f'样例 {name} <&> "引号"'
        for name, held in (RECORD if shape is None else shape).items()
    }
