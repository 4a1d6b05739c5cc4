from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.engagements.contracts.enums import FeeMethod, MilestoneTrigger, SubcontractAction
from agencyqa.engagements.contracts.fees import Bracket, CostLine, TimeLine
from agencyqa.engagements.contracts.services import FeeTableData, SubcontractData, TermsData
from agencyqa.engagements.contracts.typed import LineFault, read_brackets, read_costs, read_times
from agencyqa.errors import Invalid
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    Form,
    MoneyField,
    OnceForm,
    RadioChoiceField,
    ShareField,
    TextField,
    VersionedForm,
)


class TermsForm(Form):
    agreed_on = DateField(_l("约定日期"), required=True, help=_l("补充协议填写其签订日期。"))
    scope = AreaField(_l("工作范围"), required=True)
    method = ChoiceField(_l("收费方法"), FeeMethod, required=True, blank=_l("请选择"))
    amount = MoneyField(_l("计费金额"), help=_l("分段累进所依据的金额，一般为评价对象的金额。"))
    lines = AreaField(
        _l("成本或者工作时间"),
        rows=6,
        help=_l("每行一项，用空格隔开。成本：项目 金额（元）；工作时间：人员 天数 每日单价（元）。"),
    )
    difference_reason = AreaField(_l("合同金额与计算结果不同的理由"))
    signed = MoneyField(_l("合同签订后"))
    plan_accepted = MoneyField(_l("评价方案通过后"))
    draft_submitted = MoneyField(_l("提交报告初稿后"))
    report_accepted = MoneyField(_l("评价报告验收后"))
    archived = MoneyField(_l("资料归档后"))
    reason = AreaField(_l("补充或者变更的理由"), help=_l("已有约定的，须说明为什么变更。"))

    def data_object(self) -> TermsData:
        """Raise Invalid for lines that cannot be read."""
        costs: list[CostLine] = []
        times: list[TimeLine] = []
        try:
            if self.method.data is FeeMethod.COST:
                costs = read_costs(self.lines.data)
            elif self.method.data is FeeMethod.TIME:
                times = read_times(self.lines.data)
        except LineFault as fault:
            raise Invalid("invalid", lines=(fault.code, {"line": fault.line})) from None
        payments = {
            trigger: amount
            for trigger in MilestoneTrigger
            if (amount := self[trigger.value].data) is not None
        }
        return TermsData(
            agreed_on=self.agreed_on.data,
            scope=self.scope.data,
            method=self.method.data,
            amount=self.amount.data,
            costs=tuple(costs),
            times=tuple(times),
            difference_reason=self.difference_reason.data,
            reason=self.reason.data,
            payments=payments,
        )


class FeeTableForm(Form):
    valid_from = DateField(_l("施行日期"), required=True, help=_l("适用于该日起签订的合同。"))
    brackets = AreaField(
        _l("分段"),
        required=True,
        rows=8,
        help=_l("每行一段，用空格隔开：上限（万元） 费率（%）；最后一段的上限写“以上”。例如：100 0.8"),
    )
    minimum = MoneyField(_l("最低收费"), help=_l("没有的留空。"))
    source = AreaField(_l("依据"), required=True, help=_l("规定的名称、文号或者会议纪要。"))

    def data_object(self) -> FeeTableData:
        """Raise Invalid for lines that cannot be read."""
        try:
            brackets: list[Bracket] = read_brackets(self.brackets.data)
        except LineFault as fault:
            raise Invalid("invalid", brackets=(fault.code, {"line": fault.line})) from None
        return FeeTableData(self.valid_from.data, brackets, self.source.data, self.minimum.data or 0)


class SubcontractForm(OnceForm):
    party = TextField(_l("分包方"), required=True)
    scope = AreaField(_l("分包的工作"), required=True)
    share = ShareField(_l("占合同金额的比例"), required=True)
    reason = AreaField(_l("理由"), required=True)

    def data_object(self) -> SubcontractData:
        return SubcontractData(
            self.party.data, self.scope.data, int(self.share.data * 1_000_000), self.reason.data
        )


class SubcontractConsentForm(VersionedForm):
    action = RadioChoiceField(_l("委托方意见"), SubcontractAction, required=True)
    reason = AreaField(_l("理由"), required=True)
