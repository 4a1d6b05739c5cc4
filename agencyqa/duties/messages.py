"""Sentences for the error codes and inbox codes of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, object] = {
    "duty_term_too_long": _l("请填写 0 至 %(days)s 之间的工作日数。"),
    "duty_term_taken": _l("刚刚已有人设定了自同一日起的时限，请刷新后查看。"),
    "duty_term_not_after": _l("开始日期应晚于上一次设定的开始日期 %(other)s。"),
    "calendar_unknown": _l("没有这个日历地址，或者它已被撤销。请登录后在“日历”页查看现在的地址。"),
    "inbox.duty_due_soon": _l("即将到期：%(duty)s（%(title)s），期限 %(due_on)s。"),
    "inbox.duty_overdue": _l("已经逾期：%(duty)s（%(title)s），期限 %(due_on)s。"),
    "inbox.waiting_overdue": _l(
        "本局办理超过时限：%(duty)s（%(title)s），应于 %(due_on)s 前办理（时限 %(days)s 个工作日）。"
    ),
}
