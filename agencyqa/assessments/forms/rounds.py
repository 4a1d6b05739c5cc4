"""The fields of rounds, publication and result assignments."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.agencies.enums import AgencyKind
from agencyqa.assessments.enums import RoundState, WeightMode
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    FilterForm,
    FlagField,
    Form,
    FoundField,
    IdField,
    RadioChoiceField,
    TextChoiceField,
    TextField,
    VersionedForm,
    YearField,
)


class RoundFilter(FilterForm):
    year = YearField(_l("年度"))
    bureau_id = IdField(_l("财政局"), blank=_l("全部"))
    state = ChoiceField(_l("状态"), RoundState, blank=_l("全部"))


class RankingFilter(FilterForm):
    q = TextField(_l("机构名称"))
    grade = TextChoiceField(_l("等级"), blank=_l("全部"))
    rank_group = ChoiceField(_l("机构类型"), AgencyKind, blank=_l("全部"))


class RoundForm(Form):
    year = YearField(_l("考核年度"), required=True, help=_l("按委托业务的考核年度汇总，一般为合同签订年度。"))
    weight_mode = RadioChoiceField(_l("业务权重"), WeightMode, required=True)


class WeightForm(VersionedForm):
    weight_mode = RadioChoiceField(_l("业务权重"), WeightMode, required=True)


class ComputeForm(Form):
    """Nothing but the token: the round is computed from what is final now."""


class PublishForm(VersionedForm):
    accept_provisional = FlagField(_l("确认在评分不全的情况下发布，缺评分的机构以“暂定、不排名”公布"))
    provisional_reason = AreaField(_l("在评分不全时发布的理由"), maximum=1000, rows=3)


class CorrectRoundForm(Form):
    reason = AreaField(_l("更正理由"), required=True, maximum=1000, rows=3)


class ResultFilter(FilterForm):
    q = TextField(_l("机构名称"))
    year = YearField(_l("年度"))
    bureau_id = IdField(_l("财政局"), blank=_l("全部"))
    with_superseded = FlagField(_l("显示已被取代的版次"))


class AssignForm(Form):
    department_id = FoundField(_l("预算部门（单位）"), required=True)
    valid_from = DateField(_l("起始日"), required=True)
    valid_to = DateField(_l("截止日"), help=_l("当日仍可查看；不填则长期有效。"))


class EndForm(Form):
    last_day = DateField(
        _l("最后可查看日"), required=True, help=_l("填昨天即立即停止查看；已经过去的期间不能改动。")
    )
