"""The forms around a score sheet; the fields of the sheet itself come from its scheme (``layout``)."""

from __future__ import annotations

from uuid import uuid4

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from agencyqa.assessments.enums import PanelHow, PanelMissing, RoleMissing, SheetState
from agencyqa.measures.enums import Purpose
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    FilterForm,
    FlagField,
    Form,
    FoundManyField,
    PointsField,
    RadioChoiceField,
    ShareField,
    TextField,
    VersionedForm,
    WholeField,
    YearField,
)

GRADE_ROWS = 6


class EntryForm(VersionedForm):
    """``editing_key`` is new on every opening of the page, so that the log holds one entry for each.

    ``facts_seen`` is the stamp of the record that the page shows.
    """

    editing_key = HiddenField(default=lambda: uuid4().hex)
    facts_seen = HiddenField()


class SheetFilter(FilterForm):
    state = ChoiceField(_l("状态"), SheetState, blank=_l("全部状态"))
    role = ChoiceField(_l("评分角色"), Purpose, blank=_l("全部角色"))
    year = YearField(_l("考核年度"))
    overdue = FlagField(_l("只看逾期"))


class ReturnForm(VersionedForm):
    reason = AreaField(_l("退回理由"), required=True, maximum=1000)


class FinaliseForm(VersionedForm):
    pass


class CorrectForm(Form):
    reason = AreaField(_l("更正理由"), required=True, maximum=1000)
    due_on = DateField(_l("完成期限"))


class OpenForm(Form):
    due_on = DateField(_l("评分期限"), help=_l("过期未提交的评分表会标为逾期，并提醒评分单位。"))


class OpenYearForm(OpenForm):
    year = YearField(_l("考核年度"), required=True)


class OpenedYearFilter(FilterForm):
    year = YearField(_l("考核年度"))


class InviteForm(OpenForm):
    experts = FoundManyField(_l("邀请的专家"), required=True)


class WithdrawTableForm(Form):
    reason = AreaField(_l("撤回理由"), required=True, maximum=1000, rows=3)


class ShareTableForm(Form):
    valid_from = DateField(_l("自合同签订日起"), required=True)
    source = TextField(_l("依据"), required=True, maximum=500, help=_l("例如本局印发的考核方案名称与文号。"))
    bureau = ShareField(_l("财政部门占比"))
    commissioner = ShareField(_l("委托方占比"))
    evaluated_unit = ShareField(_l("被评价单位占比"))
    expert = ShareField(_l("专家占比"))
    panel_how = ChoiceField(_l("多位专家的计分"), PanelHow, blank=_l("不设专家评分"))
    panel_trim = WholeField(
        _l("最高、最低各去掉几份"), minimum=1, maximum=9, help=_l("只在“去掉最高、最低”时填写；不填为 1。")
    )
    panel_least = WholeField(
        _l("最少几位专家"), minimum=1, maximum=99, help=_l("已评分的专家不足这个数，就没有专家得分。")
    )
    panel_missing = ChoiceField(_l("专家尚未全部评分时"), PanelMissing, blank=_l("不设专家评分"))
    role_missing = RadioChoiceField(_l("某一角色没有评分时"), RoleMissing, required=True)


class GradeTableForm(Form):
    """Rows ``label_1``, ``label_en_1``, ``low_1`` and so on; an empty row is no grade."""

    valid_from = DateField(_l("启用日期"), required=True)
    source = TextField(_l("依据"), required=True, maximum=500, help=_l("例如本局印发的考核方案名称与文号。"))
    places = WholeField(
        _l("得分保留小数位数"), required=True, minimum=0, maximum=4, help=_l("四舍五入后再比较等级。")
    )


for _number in range(1, GRADE_ROWS + 1):
    setattr(GradeTableForm, f"label_{_number}", TextField(_l("等级名称"), maximum=40))
    setattr(GradeTableForm, f"label_en_{_number}", TextField(_l("英文名称"), maximum=60))
    setattr(GradeTableForm, f"low_{_number}", PointsField(_l("不低于（分）"), minimum=0, maximum=1_000_000))
