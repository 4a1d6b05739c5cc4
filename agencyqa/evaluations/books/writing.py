"""Workbooks out: the form to fill in with what the draft holds, and one evaluation as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from flask_babel import gettext

from agencyqa.auth.actor import Actor
from agencyqa.evaluations.books import sheets
from agencyqa.evaluations.data import MOST_INDICATORS, MOST_PROBLEMS, RecordData
from agencyqa.evaluations.enums import Dimension, ProblemKind
from agencyqa.evaluations.forms.fields import LEVELS
from agencyqa.evaluations.queries.problems import ProblemView
from agencyqa.evaluations.views import RecordView
from agencyqa.i18n import aside, language
from agencyqa.scoring import format_points
from agencyqa.spreadsheets.tables import ColumnSpec
from agencyqa.spreadsheets.workbook import Column, Kind, Workbook, open_workbook
from agencyqa.web.formats import day, moment, yuan
from agencyqa.web.labels import label_of

_HIGHEST_POINTS = 10_000
_WIDTHS: Mapping[str, float] = {
    "item": 24,
    "value": 60,
    "level": 8,
    "dimension": 10,
    "name": 36,
    "target": 28,
    "actual": 28,
    "evidence": 36,
    "kind": 16,
    "facts": 50,
    "recommendation": 40,
    "department": 24,
    "key": 36,
    "amount": 16,
}
_KINDS = {
    "weight": Kind.POINTS,
    "score": Kind.POINTS,
    "amount": Kind.MONEY,
    "facts": Kind.WRAP,
    "recommendation": Kind.WRAP,
    "target": Kind.WRAP,
    "actual": Kind.WRAP,
    "evidence": Kind.WRAP,
    "value": Kind.WRAP,
}


def write_template(
    target: BinaryIO,
    content: RecordData,
    choices: Sequence[tuple[int, str]],
    *,
    title: str,
    author: str,
    now: datetime,
) -> None:
    """The form with what the draft holds already; a new one begins with the four dimensions."""
    with open_workbook(target, title=title, created=now, author=author) as book:
        _overall(book, content)
        _indicators(book, content)
        _problems(book, content, choices)
        guide = book.sheet(_word(sheets.GUIDE), (Column("text", gettext("填写说明"), 110, Kind.WRAP),))
        for text in _guide():
            guide.write((text,))


def _overall(book: Workbook, content: RecordData) -> None:
    sheet = book.sheet(_word(sheets.OVERALL), _columns(sheets.OVERALL_COLUMNS), landscape=False)
    values = {
        "stated_total": "" if content.stated_total is None else format_points(content.stated_total),
        "stated_maximum": "" if content.stated_maximum is None else format_points(content.stated_maximum),
        "stated_grade": content.stated_grade,
        "amount": "" if content.amount is None else yuan(content.amount),
        "summary": content.summary,
    }
    for item in sheets.ITEMS:
        sheet.write({"item": _word(item.titles), "value": values[item.key]})


def _indicators(book: Workbook, content: RecordData) -> None:
    sheet = book.sheet(_word(sheets.INDICATORS), _columns(sheets.INDICATOR_COLUMNS))
    sheet.offer("level", [str(level) for level, _ in LEVELS], rows=MOST_INDICATORS)
    sheet.offer("dimension", [label_of(member) for member in Dimension], rows=MOST_INDICATORS)
    for key in ("weight", "score"):
        message = gettext("请填写 0 至 %(maximum)s 之间的数字，最多四位小数。", maximum=_HIGHEST_POINTS)
        sheet.expect_number(key, 0, _HIGHEST_POINTS, rows=MOST_INDICATORS, message=message)
    for row in content.indicators:
        sheet.write(
            {
                "level": str(row.level),
                "dimension": label_of(row.dimension),
                "name": row.name,
                "weight": row.weight,
                "score": row.score,
                "target": row.target,
                "actual": row.actual,
                "evidence": row.evidence,
            }
        )
    if not content.indicators:
        for member in Dimension:
            sheet.write({"level": "1", "dimension": label_of(member), "name": label_of(member)})


def _problems(book: Workbook, content: RecordData, choices: Sequence[tuple[int, str]]) -> None:
    names = dict(choices)
    sheet = book.sheet(_word(sheets.PROBLEMS), _columns(sheets.PROBLEM_COLUMNS))
    sheet.offer("kind", [label_of(member) for member in ProblemKind], rows=MOST_PROBLEMS)
    sheet.offer("department", list(names.values()), rows=MOST_PROBLEMS)
    for problem in content.problems:
        sheet.write(
            {
                "kind": label_of(problem.kind),
                "facts": problem.facts,
                "amount": problem.amount,
                "recommendation": problem.recommendation,
                "department": names.get(problem.department_id, ""),
                "key": problem.key,
            }
        )


def _guide() -> list[str]:
    return [
        gettext("“总体”表填写报告写明的总分、满分、等级、评价资金金额和结论，按报告原文填写，不要自行更正。"),
        gettext(
            "“指标”表每行一个指标，自上而下排列：一级指标之后紧接它的二级指标，依次类推，最多四级、200 行。"
        ),
        gettext("维度只须在一级指标填写（决策、过程、产出、效益），下级留空即与上级相同。"),
        gettext(
            "最末级指标必须填写权重和得分；上级指标的权重、得分按报告所写填写，系统会与下级合计核对。"
            "没有的分值请留空，不要填 0。"
        ),
        gettext(
            "请勿使用合并单元格：合并区域只取左上角一格。可以使用公式，系统取工作簿保存的计算结果，公式本身不保存。"
        ),
        gettext("“问题”表每行一个问题。答复单位留空时由被评价单位答复。问题编号由系统填写，新增问题请留空。"),
        gettext("上传后先预览，确认无误才会保存，并替换草稿的全部内容；有错误时逐格列出，不保存任何内容。"),
    ]


def _word(words: tuple[str, ...]) -> str:
    """The Chinese word, or the English one for a reader of English."""
    return words[-1] if language() == "en" else words[0]


def _columns(specs: Sequence[ColumnSpec]) -> tuple[Column, ...]:
    return tuple(
        Column(spec.key, _word(spec.titles), _WIDTHS.get(spec.key, 14), _KINDS.get(spec.key, Kind.TEXT))
        for spec in specs
    )


# ------------------------------------------------------------------------------------------------- export


def write_record(
    target: BinaryIO, view: RecordView, problems: Sequence[ProblemView], actor: Actor, *, now: datetime
) -> None:
    """The record as its page shows it: figures as stated beside those added up again, problems and answers."""
    title = gettext("评价结果：%(object)s", object=view.names.object)
    notes = (
        gettext(
            "合同 %(contract)s · %(agency)s · 第 %(revision)s 版",
            contract=view.names.contract_number,
            agency=view.names.agency,
            revision=view.record.revision,
        ),
        gettext("本表是对资金使用的评价，不是对第三方机构的考核。"),
        gettext("制表单位：%(name)s", name=actor.body_name),
    )
    with open_workbook(target, title=title, created=now, author=actor.body_name) as book:
        _export_figures(book, view, title, notes)
        _export_indicators(book, view)
        _export_problems(book, problems)


def _export_figures(book: Workbook, view: RecordView, title: str, notes: Sequence[str]) -> None:
    columns = (
        Column("item", gettext("项目"), 24),
        Column("stated", gettext("报告所写"), 24, Kind.WRAP),
        Column("readded", gettext("系统重新计算"), 24),
        Column("checks", gettext("核对"), 70, Kind.WRAP),
    )
    sheet = book.sheet(gettext("总体"), columns, title=title, notes=notes)
    for figure in view.figures:
        sheet.write(
            (
                aside(figure.label, figure.demand) if figure.demand else figure.label,
                figure.stated,
                figure.readded,
                "\n".join(each.text for each in figure.checks),
            )
        )
    sheet.write((gettext("评价资金金额（元）"), yuan(view.record.amount), "", ""))
    sheet.write((gettext("提交时间"), moment(view.record.submitted_at), "", ""))
    sheet.write((gettext("评价结论"), view.record.summary, "", ""))


def _export_indicators(book: Workbook, view: RecordView) -> None:
    columns = (
        Column("level", gettext("级次"), 8, Kind.INT),
        Column("dimension", gettext("维度"), 10),
        Column("name", gettext("指标名称"), 36),
        Column("weight", gettext("权重（分值）"), 12, Kind.POINTS),
        Column("weight_sum", gettext("下级权重合计"), 12, Kind.POINTS),
        Column("score", gettext("得分"), 12, Kind.POINTS),
        Column("score_sum", gettext("下级得分合计"), 12, Kind.POINTS),
        Column("target", gettext("目标值"), 28, Kind.WRAP),
        Column("actual", gettext("实际完成"), 28, Kind.WRAP),
        Column("evidence", gettext("评价依据"), 36, Kind.WRAP),
        Column("checks", gettext("核对"), 50, Kind.WRAP),
    )
    sheet = book.sheet(gettext("指标"), columns)
    for row in view.rows:
        sheet.write(
            {
                "level": row.level,
                "dimension": label_of(row.dimension),
                "name": row.name,
                "weight": row.weight,
                "weight_sum": None if row.is_leaf else row.weight_sum,
                "score": row.score,
                "score_sum": None if row.is_leaf else row.score_sum,
                "target": row.target,
                "actual": row.actual,
                "evidence": row.evidence,
                "checks": "\n".join(each.text for each in row.checks),
            },
            emphasis=row.level == 1,
        )


def _export_problems(book: Workbook, problems: Sequence[ProblemView]) -> None:
    columns = (
        Column("number", gettext("序号"), 6, Kind.INT),
        Column("kind", gettext("问题类型"), 16),
        Column("facts", gettext("问题事实"), 50, Kind.WRAP),
        Column("amount", gettext("涉及金额（元）"), 16, Kind.MONEY),
        Column("recommendation", gettext("建议"), 40, Kind.WRAP),
        Column("department", gettext("答复单位"), 24),
        Column("answers", gettext("答复"), 60, Kind.WRAP),
        Column("rectify_by", gettext("整改期限"), 12, Kind.DATE),
        Column("rectified_on", gettext("整改完成日期"), 12, Kind.DATE),
        Column("overdue", gettext("整改逾期"), 10),
    )
    sheet = book.sheet(gettext("问题"), columns)
    for number, view in enumerate(problems, start=1):
        last: Any = view.answers[-1] if view.answers else None
        texts = [
            f"{day(each.answered_at)} {each.department} {label_of(each.state)}\n{each.text}\n{each.measure}".strip()
            for each in view.answers
        ]
        sheet.write(
            {
                "number": number,
                "kind": label_of(view.problem.kind),
                "facts": view.problem.facts,
                "amount": view.problem.amount,
                "recommendation": view.problem.recommendation,
                "department": view.department,
                "answers": "\n".join(texts),
                "rectify_by": last.rectify_by if last else None,
                "rectified_on": last.rectified_on if last else None,
                "overdue": gettext("是") if view.is_overdue else "",
            }
        )
