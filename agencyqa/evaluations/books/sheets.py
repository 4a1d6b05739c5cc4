"""The workbook of an evaluation: its sheets and columns, by the words people use for them."""

from __future__ import annotations

from dataclasses import dataclass

from agencyqa.evaluations.enums import Dimension, ProblemKind
from agencyqa.spreadsheets.tables import CellKind, ColumnSpec

# Each sheet under its Chinese and its English name.
OVERALL = ("总体", "Overall")
INDICATORS = ("指标", "Indicators")
PROBLEMS = ("问题", "Problems")
GUIDE = ("说明", "Guide")


@dataclass(frozen=True)
class Words:
    """A thing under every word by which it may be written in a cell."""

    key: str
    titles: tuple[str, ...]


ITEMS = (
    Words("stated_total", ("报告评价总分", "Total stated in the report")),
    Words("stated_maximum", ("报告满分", "Maximum stated in the report")),
    Words("stated_grade", ("报告评价等级", "Grade stated in the report")),
    Words("amount", ("评价资金金额（元）", "Amount evaluated (yuan)")),
    Words("summary", ("评价结论", "Conclusion")),
)
OVERALL_COLUMNS = (
    ColumnSpec("item", ("项目", "Item")),
    ColumnSpec("value", ("填写内容", "Value"), blank=True),
)
INDICATOR_COLUMNS = (
    ColumnSpec("level", ("级次", "Level")),
    ColumnSpec("dimension", ("维度", "Dimension"), blank=True),
    ColumnSpec("name", ("指标名称", "Indicator")),
    ColumnSpec("weight", ("权重（分值）", "权重", "分值", "Weight (points)"), CellKind.DECIMAL, blank=True),
    ColumnSpec("score", ("得分", "Score"), CellKind.DECIMAL, blank=True),
    ColumnSpec("target", ("目标值", "Target"), required=False, blank=True),
    ColumnSpec("actual", ("实际完成", "Actual"), required=False, blank=True),
    ColumnSpec("evidence", ("评价依据", "Evidence"), required=False, blank=True),
)
PROBLEM_COLUMNS = (
    ColumnSpec("kind", ("问题类型", "Kind of problem")),
    ColumnSpec("facts", ("问题事实", "Facts")),
    ColumnSpec("amount", ("涉及金额（元）", "Amount in question (yuan)"), CellKind.DECIMAL, blank=True),
    ColumnSpec("recommendation", ("建议", "Recommendation"), required=False, blank=True),
    ColumnSpec("department", ("答复单位", "To be answered by"), required=False, blank=True),
    ColumnSpec("key", ("问题编号（系统填写）", "Problem key (system)"), required=False, blank=True),
)
LEVEL_WORDS = {
    word: level
    for level, words in enumerate(
        (("一级", "1级", "1"), ("二级", "2级", "2"), ("三级", "3级", "3"), ("四级", "4级", "4")), start=1
    )
    for word in words
}
DIMENSION_WORDS = {
    word: member
    for member, words in (
        (Dimension.DECISION, ("决策", "decision")),
        (Dimension.PROCESS, ("过程", "process")),
        (Dimension.OUTPUT, ("产出", "output", "outputs")),
        (Dimension.BENEFIT, ("效益", "benefit", "benefits")),
    )
    for word in words
}
KIND_WORDS = {
    word: member
    for member, words in (
        (ProblemKind.DECISION, ("立项与目标", "decision", "initiation and objectives")),
        (ProblemKind.FUNDS, ("资金管理", "funds", "management of funds")),
        (ProblemKind.IMPLEMENTATION, ("组织实施", "implementation")),
        (ProblemKind.OUTPUT, ("产出", "output", "outputs")),
        (ProblemKind.BENEFIT, ("效益", "benefit", "benefits")),
        (ProblemKind.OTHER, ("其他", "other")),
    )
    for word in words
}
