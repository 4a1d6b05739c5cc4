from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class PlanState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    DROPPED = "dropped"


class PlanAction(StrEnum):
    EDIT = "edit"
    APPROVE = "approve"
    DROP = "drop"
    # Not chosen by anybody: the next version was approved.
    SUPERSEDE = "supersede"


class Coverage(StrEnum):
    """How far a line of the plan has come."""

    PLANNED = "planned"
    COMMISSIONED = "commissioned"
    DONE = "done"


describe(
    PlanState,
    {
        PlanState.DRAFT: (_l("草案"), "warning"),
        PlanState.APPROVED: (_l("已批准"), "success"),
        PlanState.SUPERSEDED: (_l("已调整"), "neutral"),
        PlanState.DROPPED: (_l("已放弃"), "neutral"),
    },
)
describe(
    PlanAction,
    {
        PlanAction.EDIT: _l("修改"),
        PlanAction.APPROVE: _l("批准"),
        PlanAction.DROP: _l("放弃"),
        PlanAction.SUPERSEDE: _l("被新版取代"),
    },
)
describe(
    Coverage,
    {
        Coverage.PLANNED: (_l("尚未委托"), "warning"),
        Coverage.COMMISSIONED: (_l("已委托"), "progress"),
        Coverage.DONE: (_l("已完成"), "success"),
    },
)
