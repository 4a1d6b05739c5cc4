"""The Word template that is shipped: written by this code, so that no binary of unknown origin is."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

from agencyqa.inspections.documents.schema import LINE_NAMES

FONT = "宋体"
HEADING_FONT = "黑体"

_HEADING_LINES = (
    ("抽查编号", "number"),
    ("监督检查单位", "bureau"),
    ("被检查机构", "agency"),
    ("统一社会信用代码", "credit_code"),
    ("合同编号", "contract"),
    ("评价对象", "object"),
    ("委托方", "commissioner"),
    ("被评价单位", "evaluated_unit"),
    ("检查日期", "checked_on"),
    ("检查方式", "channel"),
    ("检查事由", "purpose"),
)
_FINDING_LINES = (
    ("问题类型", "fault"),
    ("严重程度", "severity"),
    ("次数", "occurrences"),
    ("事实", "facts"),
    ("事实发生日期", "fact_on"),
    ("依据", "provision"),
    ("依据内容", "provision_text"),
    ("机构陈述", "statement"),
    ("认定意见", "decision"),
    ("整改通知", "order"),
)
_ORDER_LINES = (
    ("下达日期", "issued_on"),
    ("涉及问题", "findings"),
    ("整改要求", "demand"),
    ("整改期限", "due_on"),
    ("状态", "state"),
)


@cache
def default_template() -> bytes:
    """Made once per process; the tags are those of ``schema.RECORD``."""
    from docx import Document

    document = Document()
    _set_fonts(document)
    document.core_properties.title = "监督检查记录"
    document.core_properties.author = ""
    document.core_properties.comments = ""
    title = document.add_heading("监督检查记录", level=0)
    title.alignment = 1
    _facts_table(document, [(label, f"{{{{ {name} }}}}") for label, name in _HEADING_LINES])
    document.add_paragraph(
        "检查人员：{% for inspector in inspectors %}{{ inspector.name }}{% if not loop.last %}、{% endif %}{% endfor %}"
    )
    document.add_heading("一、检查情况", level=1)
    document.add_paragraph("{{ summary }}")
    _loop_table(
        document,
        "items",
        (
            ("序号", "{{ item.number }}"),
            ("检查内容", "{{ item.text }}"),
            ("依据", "{{ item.provision }}"),
            ("结果", "{{ item.answer }}"),
            ("说明", "{{ item.note }}"),
        ),
    )
    document.add_heading("二、发现的问题", level=1)
    _block(document, "findings", "（{{ finding.state }}）", _FINDING_LINES, empty="未发现问题。")
    document.add_heading("三、整改情况", level=1)
    _block(document, "orders", "", _ORDER_LINES, empty="尚未下达整改要求。", with_answers=True)
    document.add_paragraph()
    document.add_paragraph("检查人员签字：                被检查机构签字：                ")
    document.add_paragraph("打印日期：{{ printed_on }}")
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _set_fonts(document: Any) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    for name, font, size in (
        ("Normal", FONT, 11),
        ("Title", HEADING_FONT, 20),
        ("Heading 1", HEADING_FONT, 14),
        ("Heading 2", HEADING_FONT, 12),
    ):
        style = document.styles[name]
        style.font.name, style.font.size = font, Pt(size)
        if name != "Normal":
            style.font.color.rgb = RGBColor(0, 0, 0)
        # Word chooses the font of Chinese characters by a setting of its own.
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _facts_table(document: Any, pairs: list[tuple[str, str]]) -> None:
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for label, text in pairs:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, text
    _set_widths(table, (4, 12))


def _loop_table(document: Any, name: str, columns: tuple[tuple[str, str], ...]) -> None:
    """The rows that begin and end the loop vanish when the template is filled in."""
    table = document.add_table(rows=4, cols=len(columns), style="Table Grid")
    table.rows[1].cells[0].text = f"{{%tr for {LINE_NAMES[name]} in {name} %}}"
    table.rows[3].cells[0].text = "{%tr endfor %}"
    for position, (label, text) in enumerate(columns):
        table.rows[0].cells[position].text = label
        table.rows[2].cells[position].text = text
    _set_widths(table, (1.2, 6, 4, 1.6, 3.2))


def _set_widths(table: Any, centimetres: tuple[float, ...]) -> None:
    from docx.shared import Cm

    table.autofit = False
    for row in table.rows:
        for cell, width in zip(row.cells, centimetres, strict=True):
            cell.width = Cm(width)


def _block(
    document: Any,
    name: str,
    suffix: str,
    lines: tuple[tuple[str, str], ...],
    *,
    empty: str,
    with_answers: bool = False,
) -> None:
    """A heading and a few labelled lines for each line of a table of the record."""
    line = LINE_NAMES[name]
    document.add_paragraph(f"{{%p for {line} in {name} %}}")
    document.add_heading(f"{{{{ {line}.number }}}}{suffix}", level=2)
    for label, field in lines:
        _labelled(document, label, f"{{{{ {line}.{field} }}}}")
    if with_answers:
        document.add_paragraph(f"{{%p for answer in {line}.answers %}}")
        _labelled(document, "第 {{ answer.number }} 次答复", "{{ answer.submitted_on }} {{ answer.late }}")
        document.add_paragraph("{{ answer.text }}")
        document.add_paragraph("{%p for verdict in answer.verdicts %}")
        _labelled(document, "{{ verdict.title }}", "{{ verdict.on }} {{ verdict.note }}")
        document.add_paragraph("{%p endfor %}")
        document.add_paragraph("{%p endfor %}")
        document.add_paragraph(f"{{%p if {line}.close_reason %}}")
        _labelled(document, "办结", f"{{{{ {line}.closed_on }}}} {{{{ {line}.close_reason }}}}")
        document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p else %}")
    document.add_paragraph(empty)
    document.add_paragraph("{%p endfor %}")


def _labelled(document: Any, label: str, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(f"{label}：").bold = True
    paragraph.add_run(text)
