from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.agencies.enums import ProposalAction, ReportAction, ReportState
from agencyqa.agencies.forms import ProfileFields
from agencyqa.agencies.services import ReportData
from agencyqa.agencies.workflow import PROPOSAL_OF_BUREAU
from agencyqa.clock import today
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    FilterForm,
    FlagField,
    Form,
    IdField,
    RadioChoiceField,
    VersionedForm,
    WholeField,
    YearField,
)


class ProposalForm(ProfileFields):
    bureau_id = IdField(_l("由哪个财政局确认"), required=True, blank=_l("请选择"))
    effective_on = DateField(_l("变更生效日期"), required=True, default=today)
    reason = AreaField(_l("变更原因"), required=True, maximum=500, rows=3)


class DecideProposalForm(VersionedForm):
    action = RadioChoiceField(_l("决定"), ProposalAction, required=True)
    reason = AreaField(_l("意见"), maximum=500, rows=3, help=_l("不予确认的必须填写，机构能看到"))

    def offer(self) -> None:
        self.action.choices = [pair for pair in self.action.choices if pair[0] in PROPOSAL_OF_BUREAU]


class ReportYearForm(Form):
    year = YearField(_l("年度"), required=True)
    opened_on = DateField(_l("部署日期"), required=True, default=today)
    working_days = WholeField(_l("期限（工作日）"), required=True, default=20, help=_l("自部署次日起算"))


class ReportFilter(FilterForm):
    year_id = IdField(_l("年度"))
    state = ChoiceField(_l("状态"), ReportState, blank=_l("全部状态"))
    is_late = FlagField(_l("只看逾期"))


class ReportForm(VersionedForm):
    statement = AreaField(_l("本年度执业情况"), maximum=5000, rows=8)
    independence = AreaField(_l("独立性和利害关系变化"), maximum=2000, rows=4)
    violations = AreaField(_l("受到的处理处罚"), maximum=2000, rows=3, help=_l("没有的填“无”"))
    is_record_right = FlagField(_l("已核对机构档案、人员和证书，内容真实准确"))
    # Otherwise it is only saved.
    is_submitted_now = FlagField(_l("现在提交（提交后不能修改）"))

    def data_object(self) -> ReportData:
        return ReportData(
            self.statement.data,
            self.independence.data,
            self.violations.data,
            self.is_record_right.data,
        )


class DecideReportForm(VersionedForm):
    action = RadioChoiceField(_l("处理"), ReportAction, required=True)
    reason = AreaField(_l("意见"), maximum=500, rows=3, help=_l("退回的必须填写，机构能看到"))

    def offer(self) -> None:
        offered = {ReportAction.RETURN, ReportAction.ACCEPT}
        self.action.choices = [pair for pair in self.action.choices if pair[0] in offered]
