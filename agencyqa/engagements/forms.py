from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.engagements.data import EngagementData
from agencyqa.engagements.enums import EngagementState
from agencyqa.measures.enums import WorkKind
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    FilterForm,
    FlagField,
    FoundField,
    MoneyField,
    SoughtField,
    TextField,
    VersionedForm,
    YearField,
)


class EngagementForm(VersionedForm):
    object_id = FoundField(_l("评价对象"), required=True, blank=_l("请选择"))
    work_kind = ChoiceField(_l("业务类型"), WorkKind, required=True, blank=_l("请选择"))
    is_clerical_only = FlagField(
        _l("仅承担辅助性工作"), help=_l("机构不以自己的名义出具报告或者结论。负面清单内的业务只能如此委托。")
    )
    commissioner_id = FoundField(_l("委托方"), required=True, blank=_l("请选择"))
    evaluated_unit_id = FoundField(_l("被评价单位"), required=True, blank=_l("请选择"))
    agency_id = FoundField(_l("第三方机构"), required=True, blank=_l("请选择"))
    principal_evaluator_id = FoundField(
        _l("主评人"), blank=_l("尚未确定"), help=_l("括号内为任职机构，须为合同签订当日在任的主评人。")
    )
    contract_number = TextField(_l("合同编号"), required=True, maximum=80)
    contract_signed_on = DateField(_l("合同签订日期"), required=True)
    due_on = DateField(_l("约定完成日期"), required=True, help=_l("当日完成不算逾期。"))
    # The service refuses a negative fee together with everything else that is wrong.
    fee = MoneyField(_l("合同金额"), required=True, minimum=None)
    note = AreaField(_l("备注"))

    def data_object(self) -> EngagementData:
        return EngagementData(
            object_id=self.object_id.data,
            commissioner_id=self.commissioner_id.data,
            evaluated_unit_id=self.evaluated_unit_id.data,
            agency_id=self.agency_id.data,
            principal_evaluator_id=self.principal_evaluator_id.data,
            work_kind=self.work_kind.data,
            contract_number=self.contract_number.data,
            contract_signed_on=self.contract_signed_on.data,
            due_on=self.due_on.data,
            fee=self.fee.data,
            is_clerical_only=self.is_clerical_only.data,
            note=self.note.data,
        )


class EngagementFilter(FilterForm):
    q = TextField(_l("合同编号或评价对象"))
    year = YearField(_l("考核年度"))
    state = ChoiceField(_l("状态"), EngagementState, blank=_l("全部状态"))
    agency_id = SoughtField(_l("第三方机构"), blank=_l("全部机构"))
    department_id = SoughtField(_l("委托方或被评价单位"), blank=_l("全部部门（单位）"))
    overdue = FlagField(_l("只看逾期"))


class CompletionForm(VersionedForm):
    completed_on = DateField(_l("实际完成日期"), required=True)


class ReasonForm(VersionedForm):
    reason = AreaField(_l("理由"), required=True)


class YearForm(VersionedForm):
    year = YearField(_l("考核年度"), required=True)
    reason = AreaField(_l("理由"), required=True)
