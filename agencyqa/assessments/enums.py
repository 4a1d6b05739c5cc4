from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class SheetState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    FINAL = "final"
    PUBLISHED = "published"


class SheetAction(StrEnum):
    """What can be done to a sheet; ``workflow`` says in which state."""

    SAVE = "save"
    SUBMIT = "submit"
    RETURN = "return"
    FINALISE = "finalise"
    PUBLISH = "publish"
    CORRECT = "correct"


class RoundState(StrEnum):
    OPEN = "open"
    PUBLISHED = "published"


class RoundAction(StrEnum):
    """What can be done to a round; ``round_workflow`` says in which state."""

    COMPUTE = "compute"
    PUBLISH = "publish"
    CORRECT = "correct"


class WeightMode(StrEnum):
    EQUAL = "equal"
    FEE = "fee"


class YearWeights(StrEnum):
    """How the rules of a year weigh its engagements; ``WeightMode`` are those that need no rules."""

    EQUAL = "equal"
    FEE = "fee"
    AMOUNT = "amount"
    SET = "set"


class RoleMissing(StrEnum):
    """What happens to the share of a scorer role from which nothing came."""

    WAIT = "wait"
    REWEIGHT = "reweight"


class PanelHow(StrEnum):
    """How the sheets of several scorers become one figure."""

    MEAN = "mean"
    TRIMMED_MEAN = "trimmed_mean"


class PanelMissing(StrEnum):
    WAIT = "wait"
    LEAVE_OUT = "leave_out"


class RankGroups(StrEnum):
    """Among whom agencies are ranked beside the ranking of all."""

    NONE = "none"
    KIND = "kind"


class ResultState(StrEnum):
    FINAL = "final"
    PROVISIONAL = "provisional"
    EMPTY = "empty"
    TOO_FEW = "too_few"


# Something is missing that may still come.
UNFINISHED = frozenset({ResultState.PROVISIONAL, ResultState.EMPTY})


describe(
    SheetState,
    {
        SheetState.DRAFT: (_l("待评分"), "progress"),
        SheetState.SUBMITTED: (_l("待审核"), "info"),
        SheetState.RETURNED: (_l("已退回"), "warning"),
        SheetState.FINAL: (_l("已定稿"), "success"),
        SheetState.PUBLISHED: (_l("已发布"), "success"),
    },
)
describe(
    SheetAction,
    {
        SheetAction.SAVE: _l("保存"),
        SheetAction.SUBMIT: _l("提交"),
        SheetAction.RETURN: _l("退回"),
        SheetAction.FINALISE: _l("定稿"),
        SheetAction.PUBLISH: _l("对外发布"),
        SheetAction.CORRECT: _l("更正"),
    },
)
describe(
    RoundState,
    {RoundState.OPEN: (_l("进行中"), "progress"), RoundState.PUBLISHED: (_l("已发布"), "success")},
)
describe(
    RoundAction,
    {
        RoundAction.COMPUTE: _l("计算"),
        RoundAction.PUBLISH: _l("发布"),
        RoundAction.CORRECT: _l("更正"),
    },
)
describe(WeightMode, {WeightMode.EQUAL: _l("各业务等权"), WeightMode.FEE: _l("按合同金额加权")})
describe(
    YearWeights,
    {
        YearWeights.EQUAL: _l("各业务等权"),
        YearWeights.FEE: _l("按合同金额加权"),
        YearWeights.AMOUNT: _l("按评价对象资金额加权"),
        YearWeights.SET: _l("按逐项设定的权重加权"),
    },
)
describe(
    RoleMissing,
    {
        RoleMissing.WAIT: _l("缺少某一角色的评分时，业务得分暂定"),
        RoleMissing.REWEIGHT: _l("缺少某一角色的评分时，其占比按比例由其他角色承担"),
    },
)
describe(
    PanelHow,
    {
        PanelHow.MEAN: _l("取各专家评分的平均值"),
        PanelHow.TRIMMED_MEAN: _l("去掉最高、最低后取平均值"),
    },
)
describe(
    PanelMissing,
    {
        PanelMissing.WAIT: _l("等待全部受邀专家评分"),
        PanelMissing.LEAVE_OUT: _l("达到最少人数即可，未评分的专家不计"),
    },
)
describe(
    RankGroups,
    {RankGroups.NONE: _l("不分组"), RankGroups.KIND: _l("按机构类别分组排名")},
)
describe(
    ResultState,
    {
        ResultState.FINAL: (_l("结果完整"), "success"),
        ResultState.PROVISIONAL: (_l("暂定"), "warning"),
        ResultState.EMPTY: (_l("无评分"), "neutral"),
        ResultState.TOO_FEW: (_l("业务数不足"), "warning"),
    },
)
