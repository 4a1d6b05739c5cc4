from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.web.forms import AreaField, DateField, Form, WholeField


class RetentionForm(Form):
    years = WholeField(_l("保管年数"), required=True, minimum=1, maximum=100)
    valid_from = DateField(
        _l("适用起始日期"), required=True, help=_l("适用于这一天起封存的档案；已封存的不变。")
    )
    source = AreaField(_l("依据"), required=True, rows=2, help=_l("本局文件的名称、文号或者日期。"))
