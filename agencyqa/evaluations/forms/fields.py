"""The boxes of this area's pages: fields only."""

from __future__ import annotations

from collections.abc import Sequence

import wtforms
from flask_babel import lazy_gettext as _l

from agencyqa.evaluations.checks import DEEPEST
from agencyqa.evaluations.data import (
    CELL_TEXT_LIMIT,
    GRADE_LIMIT,
    MOST_POINTS,
    NAME_LIMIT,
    TEXT_LIMIT,
    AnswerData,
)
from agencyqa.evaluations.enums import AnswerState, Dimension, ProblemKind
from agencyqa.web.fields import InputField
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    FilterForm,
    FlagField,
    Form,
    FoundField,
    IdField,
    MoneyField,
    PointsField,
    RadioChoiceField,
    TextChoiceField,
    TextField,
    VersionedForm,
    WholeField,
    YearField,
)

LEVELS: Sequence[tuple[int, object]] = tuple(
    zip(range(1, DEEPEST + 1), (_l("一级"), _l("二级"), _l("三级"), _l("四级")), strict=True)
)


def _points(label: object, *, required: bool = False) -> PointsField:
    return PointsField(label, required=required, minimum=0, maximum=MOST_POINTS)


class RecordForm(VersionedForm):
    """The heading. Nothing is required while it is a draft."""

    stated_total = _points(_l("报告评价总分"))
    stated_maximum = _points(_l("报告满分"))
    stated_grade = TextField(_l("报告评价等级"), maximum=GRADE_LIMIT)
    amount = MoneyField(_l("评价资金金额（元）"))
    summary = AreaField(_l("评价结论"), maximum=TEXT_LIMIT * 2, rows=5)


class Row(wtforms.Form):
    """A row of a table inside the page's one form; its token is the page's."""

    @property
    def inputs(self) -> list[InputField]:
        return [field for field in self if isinstance(field, InputField)]


class IndicatorRow(Row):
    level = IdField(_l("级次"), required=True)
    dimension = ChoiceField(_l("维度"), Dimension, blank=_l("同上级"))
    name = TextField(_l("指标名称"), required=True, maximum=NAME_LIMIT)
    weight = _points(_l("权重（分值）"))
    score = _points(_l("得分"))
    target = AreaField(_l("目标值"), maximum=CELL_TEXT_LIMIT, rows=1)
    actual = AreaField(_l("实际完成"), maximum=CELL_TEXT_LIMIT, rows=1)
    evidence = AreaField(_l("评价依据"), maximum=CELL_TEXT_LIMIT, rows=1)


class ProblemRow(Row):
    key = TextField("", maximum=32)
    kind = ChoiceField(_l("问题类型"), ProblemKind, required=True)
    department_id = IdField(_l("答复单位"), required=True)
    amount = MoneyField(_l("涉及金额（元）"))
    facts = AreaField(_l("问题事实"), required=True, maximum=TEXT_LIMIT, rows=3)
    recommendation = AreaField(_l("建议"), maximum=TEXT_LIMIT, rows=2)


class ReasonForm(VersionedForm):
    reason = AreaField(_l("更正理由"), required=True, maximum=TEXT_LIMIT, rows=3)


class SubmitForm(VersionedForm):
    pass


class ConfirmForm(VersionedForm):
    pass


class AnswerForm(Form):
    """``seen`` is the number of the last answer on the page."""

    seen = WholeField("", minimum=0, maximum=100_000)
    state = RadioChoiceField(_l("答复"), AnswerState, required=True)
    text = AreaField(_l("说明"), required=True, maximum=TEXT_LIMIT, rows=4)
    measure = AreaField(_l("整改措施"), maximum=TEXT_LIMIT, rows=3, help=_l("采纳或部分采纳时填写。"))
    rectify_by = DateField(_l("整改期限"), help=_l("采纳或部分采纳时填写，不早于今天。"))
    rectified_on = DateField(_l("整改完成日期"), help=_l("已整改时填写，不晚于今天。"))

    def data_object(self) -> AnswerData:
        return AnswerData(
            self.state.data, self.text.data, self.measure.data, self.rectify_by.data, self.rectified_on.data
        )


class AssignForm(Form):
    department_id = FoundField(_l("部门（单位）"), required=True)
    valid_from = DateField(_l("可查看起始日"), required=True)
    valid_to = DateField(_l("可查看截止日"), help=_l("不填表示长期。"))


class EndForm(Form):
    last_day = DateField(_l("最后可查看日"), required=True, help=_l("填昨天表示立即停止查看。"))


class RecordFilter(FilterForm):
    year = YearField(_l("考核年度"))
    grade = TextChoiceField(_l("重新计算的等级"), blank=_l("全部等级"))
    faults = FlagField(_l("有核对问题"))
    unanswered = FlagField(_l("有待答复问题"))
