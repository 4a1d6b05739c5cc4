from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from agencyqa.duties.enums import Duty, TermKind
from agencyqa.duties.kinds import OF_BUREAU
from agencyqa.duties.terms import TermData
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    FilterForm,
    FlagField,
    Form,
    WholeField,
    YearField,
)
from agencyqa.web.labels import label_of


class DutyFilter(FilterForm):
    duty = ChoiceField(_l("事项种类"), Duty, blank=_l("全部种类"))
    due_from = DateField(_l("期限自"))
    due_to = DateField(_l("期限至"))
    late = FlagField(_l("只看逾期"))


class BoardFilter(FilterForm):
    year = YearField(_l("考核年度"))


class TermForm(Form):
    kind = ChoiceField(_l("种类"), TermKind, required=True)
    duty = ChoiceField(
        _l("事项种类"), Duty, blank=_l("（提醒适用于全部事项）"), help=_l("办理时限按事项分别设定。")
    )
    working_days = WholeField(
        _l("工作日数"), help=_l("自开始等待的次日起算，最后一日计入；时限留空表示不再设限。")
    )
    valid_from = DateField(_l("自何日起"), required=True)
    source = AreaField(_l("依据"), required=True, help=_l("例如局内规定的名称、文号和日期。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duty.choices = [(duty.value, label_of(duty)) for duty in OF_BUREAU]

    def data_object(self) -> TermData:
        return TermData(
            kind=self.kind.data,
            duty=self.duty.data,
            working_days=self.working_days.data,
            valid_from=self.valid_from.data,
            source=self.source.data or "",
        )
