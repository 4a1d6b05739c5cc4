"""The fields of year rules, credits, and weights set by hand."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.assessments.enums import RankGroups, YearWeights
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    FilterForm,
    Form,
    FoundField,
    PointsField,
    RadioChoiceField,
    ShareField,
    SoughtField,
    TextChoiceField,
    TextField,
    WholeField,
    YearField,
)

VETO_ROWS = 3
MOST_POINTS = 1_000_000


class YearRulesForm(Form):
    """Rows ``veto_1`` and so on; an empty row is no veto."""

    valid_from = DateField(
        _l("自年度末日期起"),
        required=True,
        help=_l("年度考核按该年 12 月 31 日有效的规则办理；已开启的年度保持原规则。"),
    )
    source = TextField(_l("依据"), required=True, maximum=500, help=_l("例如本局印发的考核方案名称与文号。"))
    weights = RadioChoiceField(_l("业务权重"), YearWeights, required=True)
    least_engagements = WholeField(
        _l("参加排名的最少业务数"), required=True, minimum=0, maximum=999,
        help=_l("不足的机构有得分，但不定等级、不排名。"),
    )  # fmt: skip
    groups = ChoiceField(_l("排名分组"), RankGroups, required=True)
    agency_share = ShareField(_l("机构年度评分占比"), help=_l("机构层面的问题按该评分表计分；不设的留空。"))
    base = PointsField(
        _l("积分基础分"), minimum=-MOST_POINTS, maximum=MOST_POINTS, help=_l("不设积分的留空。")
    )
    credit_share = ShareField(_l("积分占比"), help=_l("留空则积分直接加在年度得分上。"))
    floor = PointsField(_l("积分下限"), minimum=-MOST_POINTS, maximum=MOST_POINTS)
    cap = PointsField(_l("积分上限"), minimum=-MOST_POINTS, maximum=MOST_POINTS)


for _number in range(1, VETO_ROWS + 1):
    setattr(YearRulesForm, f"veto_{_number}", TextField(_l("否决事项"), maximum=80))
    setattr(YearRulesForm, f"veto_en_{_number}", TextField(_l("英文名称"), maximum=120))
    setattr(YearRulesForm, f"fault_{_number}", TextChoiceField(_l("问题代码"), blank=_l("请选择")))
    setattr(YearRulesForm, f"total_{_number}", PointsField(_l("得分上限"), minimum=0, maximum=MOST_POINTS))
    setattr(YearRulesForm, f"grade_{_number}", TextChoiceField(_l("等级上限"), blank=_l("不限")))


class CreditFilter(FilterForm):
    year = YearField(_l("年度"))
    agency_id = SoughtField(_l("机构"), blank=_l("全部机构"))


class CreditForm(Form):
    agency_id = FoundField(_l("第三方机构"), required=True)
    occurred_on = DateField(_l("发生日"), required=True, help=_l("计入该日所在的年度。"))
    points = PointsField(
        _l("加减分"), required=True, minimum=-MOST_POINTS, maximum=MOST_POINTS, help=_l("扣分填负数。")
    )
    reason = AreaField(_l("理由"), required=True, maximum=1000, rows=3)
    evidence = AreaField(
        _l("佐证"), required=True, maximum=1000, rows=3, help=_l("例如文件名称、文号，或者在案的记录。")
    )


class WithdrawCreditForm(Form):
    reason = AreaField(_l("撤销理由"), required=True, maximum=1000, rows=3)


class WeightOfForm(Form):
    weight = WholeField(
        _l("权重数"), required=True, minimum=0, maximum=1_000_000, help=_l("只看各项业务之间的比例，不必合计为 100。")
    )  # fmt: skip
    reason = AreaField(_l("理由"), required=True, maximum=1000, rows=3)
