from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.engagements.deliverables.services.deadlines import LONGEST_TERM
from agencyqa.engagements.deliverables.services.pauses import Grounds
from agencyqa.web.forms import AreaField, DateField, RadioChoiceField, TextField, VersionedForm, WholeField
from agencyqa.web.labels import describe


class Counting(StrEnum):
    GO_ON = "go_on"
    ANEW = "anew"


describe(
    Counting,
    {
        Counting.GO_ON: _l("继续计算剩余的工作日"),
        Counting.ANEW: _l("自恢复之日的次日起重新计算全部工作日"),
    },
)
_AUTHORITY = _l("如批准人、会议纪要或者文号。")


class ExtendForm(VersionedForm):
    working_days = WholeField(_l("延长的工作日数"), required=True, minimum=1, maximum=LONGEST_TERM)
    authority = TextField(_l("批准依据"), required=True, maximum=200, help=_AUTHORITY)
    reason = AreaField(_l("理由"), required=True)

    @property
    def grounds(self) -> Grounds:
        return Grounds(self.reason.data, self.authority.data)


class PauseForm(VersionedForm):
    began_on = DateField(_l("中止日期"), required=True, help=_l("自这一天起不计入期限。"))
    authority = TextField(_l("批准依据"), required=True, maximum=200, help=_AUTHORITY)
    reason = AreaField(_l("理由"), required=True, help=_l("写明等待哪些补充材料、由谁提供。"))

    @property
    def grounds(self) -> Grounds:
        return Grounds(self.reason.data, self.authority.data)


class ResumeForm(VersionedForm):
    ended_on = DateField(_l("恢复日期"), required=True, help=_l("补充材料收到之日，自次日起计算。"))
    anew = RadioChoiceField(_l("计算方式"), Counting, required=True)
    ending = AreaField(_l("说明"), required=True, help=_l("写明收到了什么。"))
