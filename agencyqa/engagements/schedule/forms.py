from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.engagements.deliverables.services.deadlines import LONGEST_TERM
from agencyqa.engagements.schedule.enums import MilestoneKind, Party
from agencyqa.engagements.schedule.services import MilestoneData
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    IdField,
    OnceForm,
    TextField,
    VersionedForm,
    WholeField,
)


class PlanForm(OnceForm):
    kind = ChoiceField(_l("节点"), MilestoneKind, required=True)
    title = TextField(_l("名称"), maximum=200, help=_l("“其他节点”必须填写；同类节点有几个时用来区分。"))
    party = ChoiceField(_l("由谁办理"), Party, blank=_l("按节点种类"))
    due_on = DateField(_l("期限日期"))
    counted_from = DateField(_l("起算日"), help=_l("自次日起计算。"))
    working_days = WholeField(_l("工作日数"), minimum=0, maximum=LONGEST_TERM)

    def data_object(self) -> MilestoneData:
        return MilestoneData(
            kind=self.kind.data,
            title=self.title.data or "",
            party=self.party.data,
            due_on=self.due_on.data,
            counted_from=self.counted_from.data,
            working_days=self.working_days.data,
        )


class FinishForm(VersionedForm):
    done_on = DateField(_l("完成日期"), required=True)
    evidence = AreaField(
        _l("佐证"), required=True, help=_l("例如会议纪要、签到表、付款凭证的名称、编号和存放处。")
    )
    version_id = IdField(_l("已提交的文件"), blank=_l("没有"), help=_l("佐证已经作为成果提交的，在此选择。"))


class ReasonForm(VersionedForm):
    reason = AreaField(_l("理由"), required=True)
