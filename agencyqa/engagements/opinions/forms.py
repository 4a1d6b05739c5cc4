from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.engagements.opinions.enums import Outcome
from agencyqa.web.forms import AreaField, DateField, Form, PointsField, RadioChoiceField, TextField


class OpinionForm(Form):
    place = TextField(_l("位置"), maximum=200, help=_l("如“第三部分第 2 段”“附表 1”。"))
    text = AreaField(_l("意见"), required=True, help=_l("一次一条，机构逐条答复；没有意见的，写“无意见”。"))


class AnswerForm(Form):
    outcome = RadioChoiceField(_l("处理结果"), Outcome, required=True)
    answer = AreaField(_l("说明"), required=True, help=_l("写明怎样修改；部分采纳或者未采纳的，写明理由。"))


class PlanReviewForm(Form):
    expert = TextField(_l("专家姓名"), required=True, maximum=120)
    position = TextField(_l("单位和职称"), maximum=200)
    score = PointsField(_l("评分"), required=True, help=_l("满分 100 分。"))
    text = AreaField(_l("评审意见"), required=True)
    held_on = DateField(_l("评审日期"), required=True)
