from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class MilestoneKind(StrEnum):
    """What is reached on the way, beside what is handed in."""

    KICK_OFF = "kick_off"
    FIELDWORK_BEGINS = "fieldwork_begins"
    FIELDWORK_ENDS = "fieldwork_ends"
    INTERIM_REPORT = "interim_report"
    EXPERT_MEETING = "expert_meeting"
    PAYMENT = "payment"
    OTHER = "other"


class Party(StrEnum):
    """Whose turn it is."""

    AGENCY = "agency"
    COMMISSIONER = "commissioner"


# Where nobody says otherwise.
USUAL_PARTY = {
    MilestoneKind.KICK_OFF: Party.AGENCY,
    MilestoneKind.FIELDWORK_BEGINS: Party.AGENCY,
    MilestoneKind.FIELDWORK_ENDS: Party.AGENCY,
    MilestoneKind.INTERIM_REPORT: Party.AGENCY,
    MilestoneKind.EXPERT_MEETING: Party.COMMISSIONER,
    MilestoneKind.PAYMENT: Party.COMMISSIONER,
    MilestoneKind.OTHER: Party.AGENCY,
}


class MilestoneState(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class MilestoneAction(StrEnum):
    MOVE = "move"
    FINISH = "finish"
    REOPEN = "reopen"
    CANCEL = "cancel"


class StepKind(StrEnum):
    """What happened to a milestone, as its history names it."""

    PLANNED = "planned"
    BY_HAND = "by_hand"
    EXTENDED = "extended"
    CALENDAR = "calendar"
    PAUSED = "paused"
    RESUMED = "resumed"
    RESTARTED = "restarted"
    DONE = "done"
    REOPENED = "reopened"
    CANCELLED = "cancelled"


describe(
    MilestoneKind,
    {
        MilestoneKind.KICK_OFF: _l("项目启动"),
        MilestoneKind.FIELDWORK_BEGINS: _l("现场工作开始"),
        MilestoneKind.FIELDWORK_ENDS: _l("现场工作结束"),
        MilestoneKind.INTERIM_REPORT: _l("中期汇报"),
        MilestoneKind.EXPERT_MEETING: _l("专家评审会"),
        MilestoneKind.PAYMENT: _l("支付合同款"),
        MilestoneKind.OTHER: _l("其他节点"),
    },
)
describe(Party, {Party.AGENCY: _l("第三方机构"), Party.COMMISSIONER: _l("委托方")})
describe(
    MilestoneState,
    {
        MilestoneState.PLANNED: (_l("待办"), "progress"),
        MilestoneState.DONE: (_l("已完成"), "success"),
        MilestoneState.CANCELLED: (_l("已取消"), "neutral"),
    },
)
describe(
    MilestoneAction,
    {
        MilestoneAction.MOVE: _l("变动期限"),
        MilestoneAction.FINISH: _l("登记完成"),
        MilestoneAction.REOPEN: _l("撤销完成"),
        MilestoneAction.CANCEL: _l("取消"),
    },
)
describe(
    StepKind,
    {
        StepKind.PLANNED: _l("设定节点"),
        StepKind.BY_HAND: _l("财政局调整"),
        StepKind.EXTENDED: _l("延长期限"),
        StepKind.CALENDAR: _l("工作日历更新"),
        StepKind.PAUSED: _l("期限中止"),
        StepKind.RESUMED: _l("中止后继续计算"),
        StepKind.RESTARTED: _l("中止后重新计算"),
        StepKind.DONE: _l("登记完成"),
        StepKind.REOPENED: _l("撤销完成"),
        StepKind.CANCELLED: _l("取消"),
    },
)
