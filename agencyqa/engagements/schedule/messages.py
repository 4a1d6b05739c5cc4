"""The sentences of this area's errors, inbox messages and lines of the story."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGES = {
    "milestone_wrong_state": _l("这个节点现在是“%(state)s”，不能“%(action)s”。"),
    "milestone_engagement_terminated": _l("委托业务已经终止，不再办理节点。"),
    "milestone_too_many": _l("一项委托业务最多设定 %(count)s 个节点。"),
    "milestone_done_day": _l("完成日期应在合同签订日期 %(first)s 至今天之间。"),
    "milestone_proof_unknown": _l("请选择这项委托业务已经提交的文件。"),
    "inbox.milestone_planned": _l("已设定节点“%(what)s”，期限 %(due_on)s，合同 %(contract)s。"),
    "inbox.milestone_moved": _l("节点“%(what)s”的期限变为 %(due_on)s（%(cause)s），合同 %(contract)s。"),
    "inbox.milestone_paused": _l("节点“%(what)s”的期限自 %(began_on)s 起中止，合同 %(contract)s。"),
    "inbox.milestone_done": _l("节点“%(what)s”已于 %(done_on)s 完成，合同 %(contract)s。"),
    "inbox.milestone_reopened": _l("节点“%(what)s”的完成登记已撤销，合同 %(contract)s。"),
    "inbox.milestone_cancelled": _l("节点“%(what)s”已取消，合同 %(contract)s。"),
    "trail.milestone_planned": _l("设定节点“%(what)s”，期限 %(after)s"),
    "trail.milestone_moved": _l("节点“%(what)s”的期限由 %(before)s 变为 %(after)s（%(cause)s）"),
    "trail.milestone_paused": _l("节点“%(what)s”的期限自 %(on)s 起中止"),
    "trail.milestone_done": _l("节点“%(what)s”完成，完成日期 %(on)s"),
    "trail.milestone_reopened": _l("撤销节点“%(what)s”的完成登记"),
    "trail.milestone_cancelled": _l("取消节点“%(what)s”"),
}
