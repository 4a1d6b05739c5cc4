"""What the audit log calls the writes about teams."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "team.member.joined": _l("工作组人员加入"),
    "team.member.left": _l("工作组人员退出"),
    "team.change.proposed": _l("提出人员变更"),
    "team.change.consented": _l("同意人员变更"),
    "team.change.declined": _l("不同意人员变更"),
    "team.change.withdrawn": _l("撤回人员变更"),
    "team.member.corrected": _l("更正工作组人员起始日期"),
}

TARGETS = {"team_members": _l("工作组人员"), "team_changes": _l("人员变更")}

FIELDS = {
    "engagement_id": _l("委托业务"),
    "person_id": _l("人员"),
    "joins_id": _l("加入人员"),
    "leaves_id": _l("退出人员"),
    "decision_reason": _l("决定理由"),
}
