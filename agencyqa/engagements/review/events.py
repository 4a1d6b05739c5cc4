"""What the audit log calls the writes of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.audit.wording import register_choices
from agencyqa.engagements.review.enums import MarkKind

EVENTS = {
    "review.review.opened": _l("发起三级复核"),
    "review.review.level_passed": _l("复核通过一级"),
    "review.review.level_returned": _l("复核退回"),
    "review.review.withdrawn": _l("撤销复核"),
    "review.review.commented": _l("提出复核意见"),
    "review.review.answered": _l("答复复核意见"),
    "review.review.mark_recorded": _l("登记签字盖章"),
}

TARGETS = {"internal_reviews": _l("三级复核")}

FIELDS = {
    "level": _l("级次"),
    "versions": _l("文件版本"),
    "set_on": _l("签字盖章日期"),
}

register_choices("internal_reviews", kind=MarkKind)
