"""What the audit log calls the writes of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.audit.wording import register_choices
from agencyqa.duties.enums import TermKind

EVENTS = {
    "duties.term.set": _l("设定办理时限或提醒天数"),
    "duties.feed.made": _l("生成日历订阅地址"),
    "duties.feed.revoked": _l("撤销日历订阅地址"),
}
TARGETS = {"duty_terms": _l("办理时限"), "calendar_feeds": _l("日历订阅地址")}
FIELDS = {"duty": _l("事项"), "term_kind": _l("时限种类")}

register_choices("duty_terms", term_kind=TermKind)
