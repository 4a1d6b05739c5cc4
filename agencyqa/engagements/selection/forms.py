from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.engagements.selection.enums import SelectionMethod, SelectionState
from agencyqa.engagements.selection.services import CandidateData, ExclusionData, SelectionData
from agencyqa.measures.enums import WorkKind
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    FilterForm,
    Form,
    FoundField,
    IdField,
    MoneyField,
    OnceForm,
    PointsField,
    TextField,
    VersionedForm,
    YearField,
)


class SelectionForm(Form):
    object_id = FoundField(_l("评价对象"), required=True, blank=_l("请选择"))
    work_kind = ChoiceField(_l("业务类型"), WorkKind, required=True, blank=_l("请选择"))
    commissioner_id = FoundField(_l("委托方"), required=True, blank=_l("请选择"))
    evaluated_unit_id = FoundField(_l("被评价单位"), required=True, blank=_l("请选择"))
    method = ChoiceField(_l("选取方式"), SelectionMethod, required=True, blank=_l("请选择"))
    method_reason = AreaField(_l("选用该方式的理由"), help=_l("直接委托的必须说明理由。"))
    held_on = DateField(
        _l("选取日期"), required=True, help=_l("开标、评审或者会议之日；按当日情况检查候选机构。")
    )

    def data_object(self) -> SelectionData:
        return SelectionData(
            object_id=self.object_id.data,
            work_kind=self.work_kind.data,
            commissioner_id=self.commissioner_id.data,
            evaluated_unit_id=self.evaluated_unit_id.data,
            method=self.method.data,
            held_on=self.held_on.data,
            method_reason=self.method_reason.data,
        )


class CandidateForm(VersionedForm):
    agency_id = FoundField(_l("第三方机构"), required=True, blank=_l("请选择"))
    offer = MoneyField(_l("报价"), help=_l("没有报价的留空。"))
    score = PointsField(_l("评审得分"), help=_l("没有评分的留空。"))
    note = AreaField(_l("说明"))

    def data_object(self) -> CandidateData:
        return CandidateData(self.agency_id.data, self.offer.data, self.score.data, self.note.data)


class DecideForm(VersionedForm):
    agency_id = IdField(_l("选定的机构"), required=True, blank=_l("请选择"))
    reason = AreaField(_l("选定理由"), required=True)


class CancelForm(VersionedForm):
    reason = AreaField(_l("理由"), required=True)


class SelectionFilter(FilterForm):
    state = ChoiceField(_l("状态"), SelectionState, blank=_l("全部状态"))
    method = ChoiceField(_l("选取方式"), SelectionMethod, blank=_l("全部方式"))


class ExclusionForm(OnceForm):
    agency_id = FoundField(_l("第三方机构"), required=True, blank=_l("请选择"))
    valid_from = DateField(_l("起始日期"), required=True)
    valid_to = DateField(_l("终止日期"), required=True, help=_l("两日均计算在内。"))
    assessment_year = YearField(_l("所依据的考核年度"))
    grade = TextField(_l("考核等级"), maximum=40)
    reason = AreaField(_l("理由"), required=True)

    def data_object(self) -> ExclusionData:
        return ExclusionData(
            agency_id=self.agency_id.data,
            valid_from=self.valid_from.data,
            valid_to=self.valid_to.data,
            reason=self.reason.data,
            assessment_year=self.assessment_year.data,
            grade=self.grade.data,
        )


class WithdrawForm(Form):
    reason = AreaField(_l("理由"), required=True)
