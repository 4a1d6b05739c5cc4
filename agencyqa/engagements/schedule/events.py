"""What the audit log calls the writes of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.audit.wording import register_choices
from agencyqa.engagements.schedule.enums import StepKind

EVENTS = {
    "schedule.milestone.planned": _l("设定节点"),
    "schedule.milestone.moved": _l("变动节点期限"),
    "schedule.milestone.paused": _l("节点期限中止"),
    "schedule.milestone.resumed": _l("节点期限恢复计算"),
    "schedule.milestone.done": _l("登记节点完成"),
    "schedule.milestone.reopened": _l("撤销节点完成"),
    "schedule.milestone.cancelled": _l("取消节点"),
}

TARGETS = {"milestones": _l("节点")}

FIELDS = {
    "paused_on": _l("中止日期"),
    "version_id": _l("文件版本编号"),
    "party": _l("由谁办理"),
    "done_on": _l("完成日期"),
    "evidence": _l("佐证"),
}

register_choices("milestones", cause=StepKind)
