from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.engagements.team.enums import ChangeAction, TeamRole
from agencyqa.engagements.team.services import ChangeData
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    Form,
    FoundField,
    IdField,
    OnceForm,
    RadioChoiceField,
    VersionedForm,
)


class ChangeForm(OnceForm):
    leaves_id = IdField(_l("退出人员"), blank=_l("没有人退出"))
    joins_id = FoundField(_l("加入人员"), blank=_l("没有人加入"))
    role = ChoiceField(_l("加入人员的岗位"), TeamRole, required=True)
    reason = AreaField(_l("理由"), required=True)

    def data_object(self) -> ChangeData:
        return ChangeData(self.joins_id.data, self.leaves_id.data, self.role.data, self.reason.data)


class NameForm(Form):
    person_id = FoundField(_l("人员"), required=True, blank=_l("请选择"))
    role = ChoiceField(_l("岗位"), TeamRole, required=True)


class ConsentForm(VersionedForm):
    action = RadioChoiceField(_l("委托方意见"), ChangeAction, required=True)
    reason = AreaField(_l("理由"), help=_l("不同意的必须说明理由。"))
