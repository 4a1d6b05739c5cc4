from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.engagements.planning.enums import Coverage
from agencyqa.engagements.planning.services import LineData
from agencyqa.measures.enums import WorkKind
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    FilterForm,
    Form,
    FoundField,
    MoneyField,
    VersionedForm,
    YearField,
)


class PlanForm(Form):
    year = YearField(_l("年度"), required=True)
    source = AreaField(_l("依据"), help=_l("工作部署的名称、文号或者会议纪要。"))


class AdjustForm(Form):
    reason = AreaField(_l("调整理由"), required=True)


class LineForm(VersionedForm):
    object_id = FoundField(_l("评价对象"), required=True, blank=_l("请选择"))
    work_kind = ChoiceField(_l("业务类型"), WorkKind, required=True, blank=_l("请选择"))
    commissioner_id = FoundField(_l("委托方"), required=True, blank=_l("请选择"))
    evaluated_unit_id = FoundField(_l("被评价单位"), required=True, blank=_l("请选择"))
    due_on = DateField(_l("计划完成日期"), required=True)
    budget = MoneyField(_l("费用预算"), help=_l("没有安排费用的留空。"))
    note = AreaField(_l("列入理由"))

    def data_object(self) -> LineData:
        return LineData(
            object_id=self.object_id.data,
            work_kind=self.work_kind.data,
            commissioner_id=self.commissioner_id.data,
            evaluated_unit_id=self.evaluated_unit_id.data,
            due_on=self.due_on.data,
            budget=self.budget.data,
            note=self.note.data,
        )


class LineFilter(FilterForm):
    coverage = ChoiceField(_l("进展"), Coverage, blank=_l("全部"))
