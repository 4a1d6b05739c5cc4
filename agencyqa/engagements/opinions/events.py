"""What the audit log calls the writes of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "opinions.opinion.written": _l("被评价单位提出意见"),
    "opinions.opinion.answered": _l("答复被评价单位意见"),
    "opinions.plan_review.recorded": _l("登记方案专家评审"),
}

TARGETS = {"unit_opinions": _l("被评价单位意见"), "plan_reviews": _l("方案专家评审")}

FIELDS = {
    "outcome": _l("处理结果"),
    "expert": _l("专家"),
}
