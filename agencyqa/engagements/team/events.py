"""What the audit log calls the writes about teams."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "team.member.joined": _l("工作组人员加入"),
    "team.member.left": _l("工作组人员退出"),
    "team.member.corrected": _l("更正工作组人员起始日期"),
}

TARGETS = {"team_members": _l("工作组人员")}

FIELDS = {"engagement_id": _l("委托业务"), "person_id": _l("人员")}
