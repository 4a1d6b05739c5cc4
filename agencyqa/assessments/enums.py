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


class ResultState(StrEnum):
    FINAL = "final"
    PROVISIONAL = "provisional"
    EMPTY = "empty"


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
    ResultState,
    {
        ResultState.FINAL: (_l("结果完整"), "success"),
        ResultState.PROVISIONAL: (_l("暂定"), "warning"),
        ResultState.EMPTY: (_l("无评分"), "neutral"),
    },
)
