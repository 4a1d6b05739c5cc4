from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class EngagementState(StrEnum):
    CONTRACTED = "contracted"
    COMPLETED = "completed"
    TERMINATED = "terminated"


class EngagementAction(StrEnum):
    EDIT = "edit"
    COMPLETE = "complete"
    TERMINATE = "terminate"
    REOPEN = "reopen"


class Outcome(StrEnum):
    """What the check of one rule says about an engagement."""

    PASSED = "passed"
    WARNING = "warning"
    NO_RULE = "no_rule"
    REFUSED = "refused"


describe(
    EngagementState,
    {
        EngagementState.CONTRACTED: (_l("履约中"), "progress"),
        EngagementState.COMPLETED: (_l("已完成"), "success"),
        EngagementState.TERMINATED: (_l("已终止"), "neutral"),
    },
)
describe(
    EngagementAction,
    {
        EngagementAction.EDIT: _l("修改"),
        EngagementAction.COMPLETE: _l("登记完成"),
        EngagementAction.TERMINATE: _l("终止"),
        EngagementAction.REOPEN: _l("撤销完成"),
    },
)
describe(
    Outcome,
    {
        Outcome.PASSED: (_l("符合"), "success"),
        Outcome.WARNING: (_l("提醒"), "warning"),
        Outcome.NO_RULE: (_l("当日尚无规定"), "neutral"),
        Outcome.REFUSED: (_l("不符合"), "danger"),
    },
)
