from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.measures.workday_services import ChangeData
from agencyqa.web.forms import AreaField, DateField, Form, RadioChoiceField, TextField, YearField
from agencyqa.web.labels import describe


class DayNature(StrEnum):
    DAY_OFF = "day_off"
    WORKING = "working"


describe(DayNature, {DayNature.DAY_OFF: _l("放假"), DayNature.WORKING: _l("上班（调休）")})


class WorkdayForm(Form):
    first = DateField(_l("起始日期"), required=True)
    last = DateField(_l("截止日期"), help=_l("只有一天时可不填。"))
    nature = RadioChoiceField(_l("性质"), DayNature, required=True)
    name = TextField(_l("名称"), required=True, maximum=80, help=_l("如“春节”。"))
    source = AreaField(_l("依据"), required=True, rows=2, help=_l("放假通知的文号、日期或者网址。"))

    def data_object(self) -> ChangeData:
        return ChangeData(
            first=self.first.data,
            last=self.last.data or self.first.data,
            is_working=self.nature.data is DayNature.WORKING,
            name=self.name.data,
            source=self.source.data,
        )


class WorkdayYearForm(Form):
    year = YearField(_l("年份"), required=True)
    source = AreaField(_l("依据"), required=True, rows=2, help=_l("放假通知的文号、日期或者网址。"))
