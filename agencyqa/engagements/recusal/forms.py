from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.engagements.deliverables.services.pauses import Grounds
from agencyqa.engagements.recusal.enums import CaseAction, CaseState, ExemptionCause
from agencyqa.engagements.recusal.services import CaseDecision, DeclarationData, ExemptionData, TermsData
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    FilterForm,
    FlagField,
    Form,
    IdField,
    OnceForm,
    RadioChoiceField,
    TextField,
    VersionedForm,
    WholeField,
)


class DeclarationForm(OnceForm):
    person_id = IdField(_l("声明人"), required=True, blank=_l("请选择"))
    has_conflict = FlagField(
        _l("有应当说明的情况"), help=_l("勾选后须写明情况；财政监管人员决定前，声明人不参与有关工作。")
    )
    statement = AreaField(_l("说明"), help=_l("与委托方、被评价单位、主管部门或者评价对象的关系。"))
    signed_on = DateField(
        _l("签署日期"), required=True, help=_l("纸质声明填写纸面日期；本人在系统内签署的为当日。")
    )

    def data_object(self) -> DeclarationData:
        return DeclarationData(
            person_id=self.person_id.data,
            is_independent=not self.has_conflict.data,
            signed_on=self.signed_on.data,
            statement=self.statement.data,
        )


class DecisionForm(VersionedForm):
    action = RadioChoiceField(_l("决定"), CaseAction, required=True)
    reason = AreaField(_l("理由"), required=True)

    def data_object(self) -> CaseDecision:
        return CaseDecision(self.action.data, self.reason.data)


class ExemptionForm(Form):
    person_id = IdField(_l("免签人员"), required=True, blank=_l("请选择"))
    cause = RadioChoiceField(_l("情形"), ExemptionCause, required=True)
    authority = TextField(
        _l("批准依据"), required=True, maximum=200, help=_l("如批准人、会议纪要或者文号，或者所依据的条款。")
    )
    reason = AreaField(
        _l("理由"), required=True, help=_l("写明何时起不能签署、机构做过哪些联系；不写与签署无关的个人情况。")
    )

    def data_object(self) -> ExemptionData:
        grounds = Grounds(self.reason.data, self.authority.data)
        return ExemptionData(self.person_id.data, self.cause.data, grounds)


class WithdrawForm(VersionedForm):
    reason = AreaField(_l("理由"), required=True)


class CaseFilter(FilterForm):
    state = ChoiceField(_l("状态"), CaseState, blank=_l("全部状态"))


class TermsForm(Form):
    valid_from = DateField(_l("施行日期"), required=True, help=_l("适用于该日起签订的合同。"))
    tie_months = WholeField(
        _l("利害关系终止后的期限"), required=True, minimum=0, help=_l("终止不满这一期限的，提醒考虑回避。")
    )
    work_months = WholeField(
        _l("以往业务的期限"),
        required=True,
        minimum=0,
        help=_l("在这一期限内对同一对象做过的业务，提醒考虑回避。"),
    )
    source = AreaField(_l("依据"), required=True, help=_l("规定的名称、文号或者会议纪要。"))

    def data_object(self) -> TermsData:
        return TermsData(self.valid_from.data, self.tie_months.data, self.work_months.data, self.source.data)
