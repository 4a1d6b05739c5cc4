"""What the audit log calls the writes of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "milestones.term.paused": _l("期限中止"),
    "milestones.term.resumed": _l("期限恢复计算"),
}

TARGETS: dict[str, object] = {}

FIELDS = {
    "authority": _l("批准依据"),
    "began_on": _l("中止日期"),
    "ended_on": _l("恢复日期"),
    "anew": _l("重新计算"),
}
